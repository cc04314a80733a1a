//! Name of a link in titles: preset, module, transmitter, and what was changed.

use crate::chart::labels::{key_label, value_label};
use crate::link::describe::config::Config;
use crate::link::layers::changes::Change;
use crate::link::layers::layered::Resolved;

/// Largest number of changes in a name, and of their letters together.
const CHANGES_MAX: usize = 3;
const LETTERS_MAX: usize = 70;

/// Tables that say how results are computed or judged, not which link it is.
const NOT_THE_LINK: [&str; 3] = ["simulation", "targets", "tdecq"];

/// Keys whose values stand in a name by themselves.
const KINDS: [[&str; 2]; 2] = [["module", "kind"], ["transmitter", "kind"]];

/// Name of a link: `800gbase-dr8, EML, fibre length 2 km`; `varied` keys are left out, since they
/// have a value for each point.
pub(crate) fn link_name(link: &Resolved, varied: &[String]) -> String {
    let changes = link.changes.iter().collect();
    named(link, &link.lanes.iter().collect::<Vec<_>>(), changes, varied)
}

/// Name of one lane of it: `800gbase-dr8, EML, fibre length 2 km, lane 0`.
pub(super) fn lane_name(link: &Resolved, number: usize) -> String {
    let mine = |change: &&Change| change.in_lane().0.is_none_or(|lane| lane == number);
    // a lane's own value replaces the one of all lanes
    let replaced = |change: &&Change| {
        let own = |other: &Change| other.in_lane() == (Some(number), change.path.as_slice());
        link.changes.iter().any(own)
    };
    let changes = link.changes.iter().filter(mine).filter(|change| !replaced(change)).collect();
    let lanes: Vec<&Config> = link.lanes.get(number).into_iter().collect();
    format!("{}, lane {number}", named(link, &lanes, changes, &[]))
}

fn named(link: &Resolved, lanes: &[&Config], changes: Vec<&Change>, varied: &[String]) -> String {
    let base = &link.base;
    let preset = base.preset.clone();
    let mut parts = vec![preset.unwrap_or_else(|| format!("{} GBd", base.symbol_rate_gbd))];
    let is_varied = |key: &[&str]| varied.contains(&key.join("."));
    if !is_varied(&KINDS[0]) {
        let hosts = lanes.iter().filter(|lane| lane.module.kind.has_hosts());
        parts.extend(each_once(hosts.map(|lane| lane.module.kind.name().to_uppercase())));
    }
    if !is_varied(&KINDS[1]) {
        let kinds = lanes.iter().map(|lane| lane.transmitter.kind.key().to_uppercase());
        parts.extend(each_once(kinds));
    }
    let shown = changes.into_iter().filter(|change| {
        let (_, inside) = change.in_lane();
        let stands_already = KINDS.iter().any(|kind| inside == kind);
        let table = inside.first().map_or("", String::as_str);
        !stands_already && !NOT_THE_LINK.contains(&table) && !varied.contains(&change.key())
    });
    parts.extend(few(shown.map(|change| text(change, lanes.len() == 1)).collect()));
    parts.join(", ")
}

/// `fibre length 2 km`; in the name of a lane, without its number.
fn text(change: &Change, of_one_lane: bool) -> String {
    let key = if of_one_lane { change.in_lane().1.join(".") } else { change.key() };
    let (quantity, unit) = key_label(&key);
    format!("{quantity} {} {unit}", value_label(&change.value)).trim_end().to_owned()
}

/// The names, each once, with strokes between them.
fn each_once(names: impl Iterator<Item = String>) -> Option<String> {
    let mut kept: Vec<String> = Vec::new();
    names.for_each(|name| {
        if !kept.contains(&name) {
            kept.push(name);
        }
    });
    (!kept.is_empty()).then(|| kept.join("/"))
}

/// The first texts, and how many there are besides.
fn few(texts: Vec<String>) -> Vec<String> {
    let all = texts.len();
    let mut letters = 0;
    let mut kept: Vec<String> = texts
        .into_iter()
        .take(CHANGES_MAX)
        .take_while(|text| {
            letters += text.chars().count();
            letters <= LETTERS_MAX
        })
        .collect();
    match (kept.len(), all - kept.len()) {
        (_, 0) => {}
        (0, 1) => kept.push("1 change".to_owned()),
        (0, more) => kept.push(format!("{more} changes")),
        (_, more) => kept.push(format!("{more} more")),
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::LayeredConfig;

    fn resolved(sets: &[&str]) -> Resolved {
        let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
        sets.iter().for_each(|set| stack.set(set).unwrap());
        stack.resolve().unwrap()
    }

    #[test]
    fn a_name_has_what_was_changed_and_every_kind() {
        let name = |sets: &[&str]| link_name(&resolved(sets), &[]);
        assert_eq!(name(&[]), "800gbase-dr8, EML");
        assert_eq!(name(&["simulation.seed=5", "fibre.length_km=0.5"]), "800gbase-dr8, EML");
        assert_eq!(name(&["fibre.length_km=2"]), "800gbase-dr8, EML, fibre length 2 km");
        assert_eq!(
            name(&["module.kind=lpo", "transmitter.kind=mzm"]),
            "800gbase-dr8, LPO, MZM",
            "no kind twice"
        );
        assert_eq!(
            name(&["lane.1.transmitter.kind=mzm", "lane.2.fibre.length_km=1"]),
            "800gbase-dr8, EML/MZM, lane 2 fibre length 1 km"
        );
        let many = ["fibre.length_km=2", "receiver.tia.bandwidth_ghz=40", "spread.module=3"];
        assert!(name(&[&many[..], &["spread.launch_power_db=0.4"]].concat()).ends_with("1 more"));
    }

    #[test]
    fn a_lane_is_named_by_its_own_values() {
        let link = resolved(&[
            "fibre.length_km=2",
            "lane.1.transmitter.kind=mzm",
            "lane.1.fibre.length_km=1",
        ]);
        assert_eq!(lane_name(&link, 0), "800gbase-dr8, EML, fibre length 2 km, lane 0");
        assert_eq!(lane_name(&link, 1), "800gbase-dr8, MZM, fibre length 1 km, lane 1");
    }

    #[test]
    fn what_varies_is_left_out() {
        let link = resolved(&["module.kind=lpo", "fibre.length_km=2"]);
        let varied = ["module.kind", "transmitter.kind", "fibre.length_km"].map(str::to_owned);
        assert_eq!(link_name(&link, &varied), "800gbase-dr8");
    }
}
