//! The comparison as text.

use super::super::changed::changed;
use super::notes::{meaning, notes};
use super::tables::layout;
use crate::link::LinkResult;
use crate::sweep::Compared;

/// All variants, notes on their differences, and the best one; lines have at most 120 characters,
/// except warnings.
pub fn compared(compared: &Compared) -> String {
    let variants = compared.variants.as_slice();
    let Some(first) = variants.first() else { return "no variant was completed\n".to_owned() };
    let mut out = format!(
        "{}: {}\n{}\n",
        first.result.preset.as_deref().unwrap_or("custom link"),
        common(compared),
        changed(&first.result, &compared.keys)
    );
    out += &layout(compared);
    out.push('\n');
    for line in meaning(variants, compared.rank_by) {
        out += &format!("{line}\n");
    }
    for line in notes(variants) {
        out += &format!("{line}\n");
    }
    out
}

/// Common properties of all variants: `4 variants of 8 lanes of 53.125 GBd, seed 1`.
fn common(compared: &Compared) -> String {
    let variants = compared.variants.as_slice();
    let first = &variants[0].result;
    let all =
        |same: &dyn Fn(&LinkResult) -> bool| variants.iter().all(|variant| same(&variant.result));
    let number = variants.len();
    let mut out = format!("{number} variant{}", if number == 1 { "" } else { "s" });
    if !compared.complete {
        out += &format!(" (of {})", compared.total);
    }
    if all(&|result| result.lanes.len() == first.lanes.len()) {
        out += &format!(
            " of {} lane{}",
            first.lanes.len(),
            if first.lanes.len() == 1 { "" } else { "s" }
        );
    }
    if all(&|result| result.symbol_rate_gbd == first.symbol_rate_gbd) {
        out += &format!(" of {} GBd", first.symbol_rate_gbd);
    }
    if all(&|result| result.seed == first.seed) {
        out += &format!(", seed {}", first.seed);
    }
    if all(&|result| result.limit_ber == first.limit_ber) {
        out += &format!(", pre-FEC BER limit {:e}", first.limit_ber);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::tables::WIDTH;
    use super::*;
    use crate::link::LaneResult;
    use crate::report::sample;
    use crate::sweep::{Coordinates, Difference, RankBy, Variant};
    use serde_json::Value;

    fn variant(at: &[(&str, Value)], rank: usize, result: LinkResult) -> Variant {
        let difference = Difference {
            same_seeds: true,
            margin_lanes: 8,
            loss_margin_db: Some(-11.04),
            loss_margin_db_low: Some(-12.34),
            loss_margin_db_high: Some(-10.56),
            ln_ber_lanes: 8,
            ln_ber: Some(-234.5),
            ln_ber_low: Some(-345.6),
            ln_ber_high: Some(-123.4),
            lanes: Vec::new(),
        };
        Variant {
            at: Coordinates(
                at.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            ),
            rank,
            rank_by_loss: rank,
            rank_by_snr: rank,
            loss_margin_mean_db: Some(-10.04),
            loss_margin_mean_db_low: Some(-11.31),
            loss_margin_mean_db_high: Some(-9.02),
            difference: Some(difference),
            result,
        }
    }

    /// The first has no difference.
    fn of(mut variants: Vec<Variant>) -> Compared {
        variants[0].difference = None;
        let keys = variants[0].at.0.iter().map(|(key, _)| key.clone()).collect();
        Compared {
            schema: 2,
            version: "0.1.0".to_owned(),
            keys,
            total: variants.len() as u64,
            complete: true,
            rank_by: RankBy::Loss,
            same_seeds: true,
            variants,
        }
    }

    fn wide(variants: usize, keys: usize) -> Compared {
        let file = Value::from("measured/in/the/laboratory/of/june/amplifier.s2p");
        let key = |i: usize| {
            [
                "receiver.tia.response.file",
                "transmitter.mzm.laser.rin_db_per_hz",
                "pattern.file",
                "fibre.length_km",
            ][i]
        };
        let at: Vec<(&str, Value)> = (0..keys).map(|i| (key(i), file.clone())).collect();
        of((0..variants)
            .map(|i| variant(&at, i + 1, sample::result((56..64).map(sample::lane).collect())))
            .collect())
    }

    #[test]
    fn the_widest_figures_fit_the_width_in_every_layout() {
        for (variants, keys) in [(1, 1), (2, 1), (4, 1), (4, 3), (5, 1), (64, 1), (64, 2), (64, 4)]
        {
            let text = compared(&wide(variants, keys));
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= WIDTH, "{variants} variants, {keys} keys: {widest}\n{text}");
            assert!(
                text.contains("../of/june/amplifier") || text.contains("amplifier.s2p"),
                "{text}"
            );
        }
    }

    #[test]
    fn few_variants_stand_in_columns_and_many_in_rows() {
        let at = |km: f64| [("fibre.length_km", Value::from(km))];
        let some = |count: usize| {
            of((0..count)
                .map(|i| variant(&at(0.5 + i as f64), i + 1, sample::result(vec![sample::lane(1)])))
                .collect())
        };
        let columns = compared(&some(2));
        let line = |text: &str, first: &str| -> Vec<String> {
            let line = text
                .lines()
                .find(|line| line.trim_start().starts_with(first))
                .unwrap_or_else(|| panic!("{first}: {text}"));
            line.split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(line(&columns, "fibre.length_km")[1..], ["0.5", "1.5"]);
        assert_eq!(line(&columns, "rank by loss margin")[4..], ["1", "2"]);
        assert_eq!(
            line(&columns, "loss margin difference")[4..],
            ["reference", "-11.0", "(-12.3..-10.6)"]
        );
        assert!(
            columns.contains("mean over 8 lanes, 95 % interval from their spread"),
            "{columns}"
        );
        assert!(
            columns.contains("best by loss margin: variant 1, loss margin 5.90 dB, SNR margin"),
            "{columns}"
        );
        let rows = compared(&some(6));
        assert_eq!(line(&rows, "6")[..4], ["6", "5.5", "6", "5.90"]);
    }

    #[test]
    fn a_lane_without_a_figure_is_never_a_pass_and_its_reason_is_told_once() {
        let dark = LaneResult {
            lane: 1,
            not_evaluated: Some("no lock".to_owned()),
            ..LaneResult::default()
        };
        let with = |lanes| variant(&[("lanes", Value::from(2))], 1, sample::result(lanes));
        let text =
            compared(&of(vec![with(vec![sample::lane(0)]), with(vec![sample::lane(0), dark])]));
        assert!(
            text.contains("NOT JUDGED") && text.contains("variant 2: lane 1: no lock"),
            "{text}"
        );
        assert_eq!(text.matches("warning: the light is dim").count(), 1, "{text}");
    }

    #[test]
    fn unlike_ranks_by_loss_and_snr_are_told_in_a_line() {
        let with = |by_loss, by_snr| {
            let mut one = variant(
                &[("transmitter.kind", Value::from("eml"))],
                by_loss,
                sample::result(vec![sample::lane(0)]),
            );
            one.rank_by_snr = by_snr;
            one.result.port.snr_margin_db = Some(5.7);
            one
        };
        let said = "loss and SNR margins rank differently: 1 2 by loss, 2 1 by SNR";
        let text = compared(&of(vec![with(1, 2), with(2, 1)]));
        let both = ["SNR margin, worst lane, dB", "5.70", said];
        assert!(both.iter().all(|part| text.contains(part)), "{text}");
        assert!(!compared(&of(vec![with(1, 1), with(2, 2)])).contains("rank differently"));
    }

    #[test]
    fn other_seeds_are_not_called_paired_and_one_variant_is_not_compared() {
        let one = || {
            variant(
                &[("simulation.seed", Value::from(1))],
                1,
                sample::result(vec![sample::lane(0)]),
            )
        };
        let mut two = of(vec![one(), one()]);
        two.variants[1].difference.as_mut().unwrap().same_seeds = false;
        assert!(compared(&two).contains("variant 2: other seeds than variant 1, NOT paired"));
        assert!(compared(&of(vec![one()])).contains("nothing to compare"));
    }
}
