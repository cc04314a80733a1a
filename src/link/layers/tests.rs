use super::layered::LayeredConfig;
use super::renamed::RENAMED;
use super::swept::Key;
use crate::transmitter::TransmitterKind;
use std::io::Write;
use std::path::PathBuf;
use toml::Value;

/// A file for one test, deleted after it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir()
            .join(format!("lightlane-layers-{}-{name}.toml", std::process::id()));
        std::fs::File::create(&path).and_then(|mut file| file.write_all(bytes)).unwrap();
        Scratch(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn open(&self) -> LayeredConfig {
        LayeredConfig::open(self.path()).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// The problems of a file, its folder's name left out.
fn problems(name: &str, text: &str) -> Vec<String> {
    let file = Scratch::new(name, text.as_bytes());
    let error = file.open().resolve().unwrap_err().to_string();
    error.lines().map(|line| line.replace(file.path(), "FILE")).collect()
}

fn refused_flag(assignment: &str) -> String {
    refused_flag_or_none(assignment).expect("it is refused")
}

fn refused_flag_or_none(assignment: &str) -> Option<String> {
    let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
    stack.set(assignment).and_then(|()| stack.resolve().map(drop)).err().map(|e| e.to_string())
}

#[test]
fn a_later_layer_wins_and_a_lane_patch_over_all() {
    let file = Scratch::new(
        "order",
        b"preset = '800gbase-dr8'\nlanes = 4\n[fibre]\nlength_km = 1.0\n[lane.2]\nfibre.length_km = 0.1\n[lane.3.receiver.tia]\nbandwidth_ghz = 30\n",
    );
    let mut stack = file.open();
    stack.set("fibre.length_km=2").unwrap();
    stack.set("fibre.length_km = 3").unwrap();
    let resolved = stack.resolve().unwrap();
    assert_eq!(
        resolved.lanes.iter().map(|lane| lane.fibre.length_km).collect::<Vec<_>>(),
        [3.0, 3.0, 0.1, 3.0]
    );
    assert_eq!(resolved.lanes[3].receiver.tia.bandwidth_ghz, 30.0);
    assert_eq!(resolved.lanes[2].receiver.tia.bandwidth_ghz, 34.0, "the preset lies underneath");
    assert_eq!(
        (resolved.base.preset.as_deref(), stack.preset()),
        (Some("800gbase-dr8"), Some("800gbase-dr8"))
    );
}

#[test]
fn a_flag_may_leave_the_quotes_out_and_write_a_count_with_an_exponent() {
    let mut stack = LayeredConfig::open("1.6tbase-dr8").unwrap();
    for assignment in [
        "transmitter.kind=mzm",
        "pattern.kind='ssprq'",
        "simulation.symbols=1e6",
        "lane.5.fibre.length_km=2",
    ] {
        stack.set(assignment).unwrap();
    }
    let resolved = stack.resolve().unwrap();
    assert_eq!(resolved.base.transmitter.kind, TransmitterKind::Mzm);
    assert_eq!(resolved.base.simulation.symbols, 1_000_000);
    assert_eq!(resolved.lanes[5].fibre.length_km, 2.0);
}

#[test]
fn unknown_keys_and_wrong_types_are_all_named_with_line_column_path_and_remedy() {
    let text = "lnes = 8\n[fibre]\nlenght_km = 1\nloss_db_per_km = '2'\n[transmitter]\nkind = 'mzn'\nffe.taps = 3\n[lane.1]\n\
                fibre.lenght_km = 1\nlanes = 2\n[lane.one]\n[simulation]\nblock_symbols = -1\n[targets]\n\
                loss_margin_db = [1, 2, 3]\n";
    let expected = [
        "FILE:1:1: lnes: unknown key, did you mean lanes?",
        "FILE:3:1: fibre.lenght_km: unknown key, did you mean length_km?",
        "FILE:4:18: fibre.loss_db_per_km = '2': must be a number",
        "FILE:6:8: transmitter.kind = 'mzn': must be \"eml\" or \"mzm\" or \"ring\" or \"tfln\" or \"waveform\" or \"stressed\", did you mean mzm?",
        "FILE:7:12: transmitter.ffe.taps = 3: must be a list of numbers, such as [0.0, 1.0, 0.0]",
        "FILE:9:7: lane.1.fibre.lenght_km: unknown key, did you mean length_km?",
        "FILE:10:1: lane.1.lanes: applies to all lanes: must be outside [lane.N]",
        "FILE:11:7: lane.one: must be the number of a lane, from 0 to 63",
        "FILE:13:17: simulation.block_symbols = -1: must be a whole number, 0 or more",
        "FILE:15:18: targets.loss_margin_db = [1, 2, 3]: \
         must be two numbers, the lower one first: [low, high]",
    ];
    assert_eq!(problems("all", text), expected);
}

#[test]
fn a_range_error_is_found_together_with_the_others_where_it_was_written() {
    let text = "preset = '800gbase-dr8'\n[fibre]\nlength_km = -1\nlos = 3\n[lane.2.fibre]\nlength_km = nan\n";
    let found = problems("range", text);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].starts_with("FILE:4:1: fibre.los: unknown key"), "{}", found[0]);
    assert!(
        found[1].starts_with("FILE:3:13: fibre.length_km = -1: must be from 0"),
        "{}",
        found[1]
    );
    assert!(
        found[2].starts_with("FILE:6:13: lane.2.fibre.length_km = NaN: must be from 0"),
        "{}",
        found[2]
    );
}

#[test]
fn a_flag_that_is_wrong_is_named() {
    for (assignment, expected) in [
        (
            "fibre.length_km=nan",
            "--set fibre.length_km=nan: fibre.length_km = NaN: must be from 0 to 1000",
        ),
        (
            "fibre.length_km=2km",
            "--set fibre.length_km=2km: fibre.length_km = \"2km\": must be a number",
        ),
        (
            "fibre.lenght_km=2",
            "--set fibre.lenght_km=2: fibre.lenght_km: unknown key, did you mean length_km?",
        ),
        (
            "length_km=2",
            "--set length_km=2: length_km: unknown key here, did you mean fibre.length_km?",
        ),
        ("fibre=2", "--set fibre=2: fibre = 2: must be a table of keys"),
        ("fibre", "--set fibre: must be KEY=VALUE, such as fibre.length_km=2"),
        ("a\nb=2", "--set a b=2: must be KEY=VALUE, such as fibre.length_km=2"),
        ("=2", "--set =2: must be KEY=VALUE, such as fibre.length_km=2"),
        (
            "lane.8.fibre.length_km=2",
            "--set lane.8.fibre.length_km=2: lane.8: there is no such lane: lanes = 8, numbered from 0",
        ),
        (
            "transmitter.kind=3",
            "--set transmitter.kind=3: transmitter.kind = 3: must be \"eml\" or \"mzm\" or \"ring\" or \"tfln\" or \"waveform\" or \"stressed\"",
        ),
        (
            "transmitter.kind={}",
            "--set transmitter.kind={}: transmitter.kind = {}: must be \"eml\" or \"mzm\" or \"ring\" or \"tfln\" or \"waveform\" or \"stressed\"",
        ),
        (
            "simulation.seed=99999999999999999999",
            "--set simulation.seed=99999999999999999999: simulation.seed = 99999999999999999999: must be at most 2^63 - 1",
        ),
        ("lanes=0", "--set lanes=0: lanes = 0: must be from 1 to 64"),
        (
            "preset=1.6tbase-dr8",
            "--set preset=1.6tbase-dr8: preset = 1.6tbase-dr8: the preset is chosen by the name or the file that is run",
        ),
    ] {
        assert_eq!(refused_flag(assignment), expected);
    }
}

#[test]
fn a_block_shorter_than_its_equaliser_is_refused() {
    let text = "simulation.block_symbols = 1024\nreceiver.dsp.ffe.taps = 200\n";
    let found = problems("block", text);
    assert!(
        found
            .iter()
            .any(|p| p.starts_with("FILE:1:28: simulation.block_symbols = 1024: must be at least")),
        "{found:#?}"
    );
}

#[test]
fn a_key_written_twice_and_a_number_with_its_unit_do_not_hide_other_problems() {
    let found = problems("twice", "lanes = 4\nlanes = 5\n[fibre]\nlength_km = 2 km\nloss = 3\n");
    let expected =
        ["FILE:2:1: lanes: is written twice", "FILE:4:13: length_km = 2 km: is not a TOML value"];
    assert!(
        expected.iter().zip(&found).all(|(expected, found)| found.starts_with(expected)),
        "{found:#?}"
    );
    assert!(found[2].starts_with("FILE:5:1: fibre.loss: unknown key"), "{found:#?}");
}

#[test]
fn prose_is_refused_in_few_lines() {
    let found = problems("prose", &"It was a dark and stormy night.\n".repeat(300));
    assert!(found.len() <= 11 && found.iter().all(|line| line.contains("not TOML")), "{found:#?}");
}

#[test]
fn a_file_of_nothing_but_mistakes_is_not_read_to_its_end() {
    let keys: String = (0..10_000).map(|i| format!("k{i} = {i}\n")).collect();
    let found = problems("many", &keys);
    assert_eq!(found.len(), 51);
    assert_eq!(found[50], "FILE: more than 50 problems; the rest was not read");
}

#[test]
fn a_preset_that_is_not_there_is_named_with_its_place_and_the_list() {
    let found = problems("preset", "lanes = 8\npreset = '1.6tbase-dr4'\n");
    assert_eq!(
        found,
        [
            "FILE:2:10: preset = 1.6tbase-dr4: no such preset, did you mean 1.6tbase-dr8? (`lightlane presets` lists them)"
        ]
    );
    let error = LayeredConfig::open("800gbase").unwrap_err().to_string();
    assert_eq!(
        error,
        "800gbase: neither a file nor a preset, did you mean 800gbase-dr8 or 800gbase-dr8-2 or 800gbase-dr4 or 800gbase-dr4-2? (`lightlane presets` lists them)"
    );
}

#[test]
fn what_is_no_description_is_refused_in_one_line() {
    let folder = std::env::temp_dir();
    let large = Scratch::new("large", b"");
    std::fs::File::options().write(true).open(&large.0).unwrap().set_len(100 << 20).unwrap();
    let binary = Scratch::new("binary", &[0x7f, b'E', b'L', b'F', 0, 1, 2]);
    let latin = Scratch::new("latin", b"# f\xfcr\n");
    for (source, expected) in [
        (folder.to_str().unwrap(), "is a directory"),
        (large.path(), "is too large"),
        (binary.path(), "is not TOML"),
        (latin.path(), "is not TOML"),
        ("no/such/file.toml", "No such file"),
    ] {
        let error = LayeredConfig::open(source).unwrap_err().to_string();
        assert!(
            error.contains(expected) && error.contains(source) && error.lines().count() == 1,
            "{error}"
        );
    }
}

#[test]
fn the_hash_tells_other_links_and_not_other_spellings() {
    let hash = |assignments: &[&str]| {
        let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
        assignments.iter().for_each(|a| stack.set(a).unwrap());
        stack.resolve().unwrap().hash
    };
    assert_eq!(hash(&[]).len(), 16);
    assert_eq!(hash(&["fibre.length_km=2"]), hash(&["fibre.length_km=1", "fibre.length_km=2.0"]));
    assert_ne!(hash(&["fibre.length_km=2"]), hash(&[]));
    assert_ne!(hash(&["lane.7.fibre.length_km=2"]), hash(&[]));
}

#[test]
fn the_merged_text_says_the_same_link_again() {
    let mut stack = LayeredConfig::open("1.6tbase-dr8").unwrap();
    stack.set("lane.1.fibre.length_km=2").unwrap();
    let file = Scratch::new("merged", stack.merged_text().as_bytes());
    assert_eq!(file.open().resolve().unwrap().hash, stack.resolve().unwrap().hash);
}

#[test]
fn nesting_without_end_is_refused_and_not_followed() {
    assert!(refused_flag(&format!("{}=1", "a.".repeat(10_000))).contains("must be KEY=VALUE"));
    assert!(
        !problems("deep", &format!("lanes = {}1{}", "[".repeat(50_000), "]".repeat(50_000)))
            .is_empty()
    );
    assert!(!problems("keys", &format!("{}b = 1\n", "a.".repeat(50_000))).is_empty());
}

/// Every renamed key is refused wherever it may be used, and its new name is a key.
#[test]
fn every_renamed_key_is_refused_with_its_new_name_which_exists() {
    assert!(RENAMED.keys.len() > 20);
    for (old, new) in &RENAMED.keys {
        assert_eq!(RENAMED.key(old).as_ref(), Some(new));
        let flag = format!("{old}=1");
        assert_eq!(
            refused_flag(&flag),
            format!("--set {flag}: {old}: renamed, use {new}"),
            "as a flag"
        );
        let axis = Key::read("--axis", old, &["1".to_owned()]).unwrap_err().to_string();
        assert_eq!(axis, format!("--axis: {old}: renamed, use {new}"), "as an axis");
        let text = format!("lanes = 2\n[lane.1]\n{old} = 1\n");
        let in_lane = problems("renamed", &text);
        let link_wide = ["fec", "simulation", "targets"].iter().any(|table| old.starts_with(table));
        let expected = if link_wide {
            "applies to all lanes".to_owned()
        } else {
            format!("lane.1.{old}: renamed, use lane.1.{new}")
        };
        assert!(in_lane[0].contains(&expected), "{in_lane:?}");
        // for an existing key the problem, if any, is that of the value
        let message = refused_flag_or_none(&format!("{new}=1")).unwrap_or_default();
        assert!(!message.contains("unknown key"), "{message}");
        assert!(!RENAMED.keys.contains_key(new), "{new} was renamed, too");
    }
}

#[test]
fn every_renamed_value_is_refused_with_its_new_name_which_is_taken() {
    for (key, values) in &RENAMED.values {
        for (old, new) in values {
            assert_eq!(
                refused_flag(&format!("{key}={old}")),
                format!("--set {key}={old}: {key} = \"{old}\": renamed, use \"{new}\"")
            );
            let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
            stack.set(&format!("{key}={new}")).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}

#[test]
fn renamed_keys_of_a_file_are_named_one_by_one_where_they_stand() {
    let text = "preset = '800gbase-dr8'\n[receiver.ffe]\ntaps = 9\nfrozen = [1.0]\n\
                [lane.1.host.rx.adc]\nbits = 3\n[receiver.clock]\n";
    let expected = [
        "FILE:3:1: receiver.ffe.taps: renamed, use receiver.dsp.ffe.taps",
        "FILE:4:1: receiver.ffe.frozen: renamed, use receiver.dsp.ffe.fixed",
        "FILE:6:1: lane.1.host.rx.adc.bits: renamed, use lane.1.host.rx.dsp.adc.bits",
        "FILE:7:11: receiver.clock: renamed, use receiver.dsp.clock",
    ];
    let mut found = problems("renamed-file", text);
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn fiber_is_understood_in_every_key_and_never_written() {
    let file = Scratch::new(
        "fiber",
        b"preset = '800gbase-dr8'\n[fiber]\nlength_km = 2\n[fibre]\nconnector_loss_db = 1\n\
          [lane.1]\nfiber.length_km = 3\n[transmitter.mzm]\nfiber_coupling_loss_db = 2\n",
    );
    let mut stack = file.open();
    stack.set("fiber.loss_db_per_km=0.4").unwrap();
    let (key, _) = Key::read("--axis", "fiber.length_km", &["1".to_owned()]).unwrap();
    assert_eq!(key.name(), "fibre.length_km");
    assert!(!stack.merged_text().contains("fiber"));
    let resolved = stack.resolve().unwrap();
    let fibre = &resolved.base.fibre;
    assert_eq!((fibre.length_km, fibre.connector_loss_db, fibre.loss_db_per_km), (2.0, 1.0, 0.4));
    assert_eq!(resolved.lanes[1].fibre.length_km, 3.0);
    assert_eq!(resolved.base.transmitter.mzm.fibre_coupling_loss_db, 2.0);
    assert_eq!(
        problems("fiber-twice", "fibre.length_km = 1\n[fiber]\nlength_km = 2\n"),
        ["FILE:3:1: fibre.length_km: is written twice"]
    );
}

#[test]
fn a_key_is_set_by_a_value_as_by_its_text() {
    let mut by_text = LayeredConfig::open("800gbase-dr8").unwrap();
    let mut by_value = by_text.clone();
    by_text.set("fibre.length_km=2").unwrap();
    by_text.set("transmitter.kind=mzm").unwrap();
    by_text.set("transmitter.ffe.taps=[0.0, 1.0, 0.0]").unwrap();
    by_text.set("lane.3.simulation = 1").unwrap_err();
    by_value.set_value("fibre.length_km", 2.0).unwrap();
    by_value.set_value("transmitter.kind", "mzm").unwrap();
    by_value.set_value("transmitter.ffe.taps", vec![0.0, 1.0, 0.0]).unwrap();
    assert_eq!(by_value.resolve().unwrap().hash, by_text.resolve().unwrap().hash);
    for (key, value, message) in [
        ("fibre.lenght_km", Value::from(2), "unknown key, did you mean length_km?"),
        ("fibre.length_km", Value::from("2 km"), "must be a number"),
        ("receiver.decision", Value::from("a\nb"), "renamed, use receiver.dsp.detector"),
        ("preset", Value::from("800gbase-dr8"), "the preset is chosen by the name"),
        ("a = 1\nb", Value::from(2), "must be KEY=VALUE"),
    ] {
        let error = by_value.set_value(key, value).unwrap_err().to_string();
        assert!(error.contains(message) && error.lines().count() == 1, "{error}");
    }
}

#[test]
fn an_enob_is_one_value_or_a_row_and_its_problems_name_the_key() {
    let resolved = |assignments: &[&str]| {
        let mut stack = LayeredConfig::open("1.6tbase-dr8").unwrap();
        assignments.iter().for_each(|assignment| stack.set(assignment).unwrap());
        stack.resolve().map(|resolved| resolved.lanes[0].clone()).map_err(|e| e.to_string())
    };
    let adc = "receiver.dsp.adc";
    let one = [format!("{adc}.enob=4"), format!("{adc}.enob_at_ghz=53.125")];
    let row = [format!("{adc}.enob=[4.9, 4]"), format!("{adc}.enob_at_ghz=[10, 53.125]")];
    for pair in [&one, &row] {
        let lane = resolved(&pair.each_ref().map(String::as_str)).unwrap();
        assert!(lane.receiver.dsp.adc.enob.is_some(), "{:?}", lane.receiver.dsp.adc);
    }
    // 60 fs and sub-converters of the preset leave 5.30 bits
    let refused = format!("{adc}.enob=5.5");
    let said = resolved(&[&refused, &one[1]]).unwrap_err();
    assert!(said.contains("receiver.dsp.adc.enob = 5.5") && said.contains("5.30 bits"), "{said}");
    assert!(resolved(&[&one[0]]).unwrap_err().contains("enob_at_ghz: must be given"));
}

/// The paths of all keys of a description.
fn all_keys() -> Vec<String> {
    fn walk(table: &toml::Table, at: &str, found: &mut Vec<String>) {
        for (name, value) in table {
            let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            found.push(path.clone());
            if let Value::Table(inner) = value {
                walk(inner, &path, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(&LayeredConfig::default_text().parse().unwrap(), "", &mut found);
    found
}

/// Every key, misspelt where it stands and at the top, in a flag and in a lane: what is proposed
/// may be written there.
#[test]
fn a_hint_names_keys_that_may_stand_where_it_proposes_them() {
    let refusals = |assignment: &str| -> Vec<(String, String)> {
        let layer = super::layer::Layer::flag("--set", assignment);
        layer.problems.iter().map(|p| (p.path.clone(), p.remedy.clone())).collect()
    };
    let mut proposed = 0;
    for key in all_keys() {
        let last = key.rsplit('.').next().unwrap();
        for written in [format!("{key}x"), last.to_owned(), format!("{last}x")] {
            for lane in ["", "lane.1."] {
                for (path, remedy) in refusals(&format!("{lane}{written}=1")) {
                    let Some((_, rest)) = remedy.split_once("did you mean ") else { continue };
                    let names = rest.trim_end_matches('?');
                    let at = path.strip_prefix(lane).unwrap_or(&path);
                    let around = at.rsplit_once('.').map_or("", |(table, _)| table);
                    for name in names.split(" or ") {
                        let sibling = remedy.starts_with("unknown key, ") && !around.is_empty();
                        let full =
                            if sibling { format!("{around}.{name}") } else { name.to_owned() };
                        let said = refusals(&format!("{lane}{full}=1"));
                        let fails = said.iter().any(|(_, why)| {
                            ["unknown key", "applies to all lanes", "the preset is chosen"]
                                .iter()
                                .any(|start| why.starts_with(start))
                        });
                        assert!(!fails, "{lane}{written}: {remedy} {full}: {said:?}");
                        proposed += 1;
                    }
                }
            }
        }
    }
    assert!(proposed > 300, "{proposed}");
}
