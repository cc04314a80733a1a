//! Robustness of the Touchstone reader: for any bytes either a message or a network on which all
//! operations work.

use lightlane::host::{MixedMode, Network, PortMap};
use lightlane::measured::Touchstone;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, RngSeed};
use std::fmt::Write;

/// The same cases in every run.
fn cases(cases: u32) -> ProptestConfig {
    let fixed = RngSeed::Fixed(1);
    ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: fixed,
        rng_algorithm: RngAlgorithm::ChaCha,
        ..ProptestConfig::default()
    }
}

/// Whole files of both versions to be damaged.
fn sound() -> Vec<String> {
    let row = "0.1 10 .2 -20 3e-1 30 0.4 -40";
    let mut four = "! four ports\n# GHz S MA R 50\n".to_owned();
    let mut lower = "[Version] 2.0\n# MHz S DB\n[Number of Ports] 4\n[Number of Frequencies] 3\n[Reference] 50 50\n 50 50\n\
                     [Matrix Format] Lower\n[Begin Information]\nanything\n[End Information]\n[Network Data]\n"
        .to_owned();
    for f in 0..3 {
        write!(four, "{f} {row}\n{row} ! b\n{row}\n{row}\n").unwrap();
        write!(lower, "{f} -1 2\n-3 4 -5 6\n-7 8 -9 10 -11 12\n-1 2 -3 4 -5 6 -7 8\n").unwrap();
    }
    let two = "# Hz S RI R 50 75\n1e9 .1 0 .9 0 .9 0 .1 0\n2e9 .1 0 .8 -.1 .8 -.1 .1 0\n3e9 .1 0 .8 -.1 .8 -.1 .1 0\n1 2 3 4 5\n";
    let hybrid = "[Version] 2.1\n# kHz H RI R 50\n[Number of Ports] 2\n[Two-Port Data Order] 12_21\n[Number of Frequencies] 1\n\
                  [Number of Noise Frequencies] 1\n[Network Data]\n1 25 0 1 0 -1 0 .01 0\n[Noise Data]\n1 2 3 4 5\n[End]\n";
    vec![
        four,
        lower + "[End]\n",
        two.to_owned(),
        hybrid.to_owned(),
        "# THz Z MA R 1\n0 1 2\n.1 2 3\n".to_owned(),
    ]
}

/// One modification of a text.
#[derive(Clone, Debug)]
enum Damage {
    Byte(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Drop(prop::sample::Index, usize),
    Twice(prop::sample::Index, usize),
    Word(prop::sample::Index, &'static str),
}

fn damage() -> impl Strategy<Value = Damage> {
    let words = [
        " 1e999 ",
        " -0 ",
        " nan ",
        "inf",
        "1e308 ",
        "4294967297 ",
        "\n[End]\n",
        "\n[Network Data]\n",
        "\n[Version] 2.0\n",
        "\n#\n",
        "!",
        "\r",
        "[",
        "]",
        "\n[Number of Ports] 64\n",
        "\n[Number of Frequencies] 99999999\n",
        "\n[Matrix Format] Upper\n",
        "\n[Reference] 1 2 3\n",
        "é",
        "\u{0}",
        "1,5 ",
        "\n[Mixed-Mode Order] D1,2\n",
        "# Y DB R 1e-3\n",
        "\n[Begin Information]\n",
        "\n[Noise Data]\n",
        "1e-320 ",
    ];
    prop_oneof![
        4 => (any::<prop::sample::Index>(), any::<u8>())
            .prop_map(|(at, byte)| Damage::Byte(at, byte)),
        1 => any::<prop::sample::Index>().prop_map(Damage::Cut),
        2 => (any::<prop::sample::Index>(), 1..40usize).prop_map(|(at, n)| Damage::Drop(at, n)),
        2 => (any::<prop::sample::Index>(), 1..80usize).prop_map(|(at, n)| Damage::Twice(at, n)),
        4 => (any::<prop::sample::Index>(), prop::sample::select(words.to_vec()))
            .prop_map(|(at, word)| Damage::Word(at, word)),
    ]
}

fn malformed(text: &str, damages: &[Damage]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for damage in damages {
        let length = bytes.len() + 1;
        match damage {
            Damage::Byte(at, byte) if !bytes.is_empty() => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Damage::Byte(..) => {}
            Damage::Cut(at) => bytes.truncate(at.index(length)),
            Damage::Drop(at, n) => {
                let at = at.index(length);
                bytes.drain(at..(at + n).min(bytes.len()));
            }
            Damage::Twice(at, n) => {
                let at = at.index(length);
                let again = bytes[at..(at + n).min(bytes.len())].to_vec();
                bytes.splice(at..at, again);
            }
            Damage::Word(at, word) => {
                let at = at.index(length);
                bytes.splice(at..at, word.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Applies all operations of a file to a text; true when it is a valid file.
fn survives(text: &str, ports: Option<usize>) -> bool {
    let file = match Touchstone::parse(text, ports) {
        Ok(file) => file,
        Err(remedy) => {
            assert!(
                !remedy.is_empty() && remedy.len() < 400 && !remedy.contains('\n'),
                "{remedy:?}"
            );
            return false;
        }
    };
    assert_eq!(file.lines().len(), file.f_hz().len());
    let network = Network::from(file);
    let quality = network.quality();
    assert!(
        quality.largest_singular_value.is_finite() && quality.causality_percent >= 0.0,
        "{quality:?}"
    );
    let _ = (
        quality.warnings(),
        PortMap::guess(&network),
        network.renormalised(&vec![75.0; network.ports()]),
    );
    let whole = network.completed().network;
    assert!(
        whole.f_hz()[0] == 0.0 && (0..whole.f_hz().len()).all(|k| whole.at(k, 1, 1).is_finite()),
        "{text:?}"
    );
    if let Ok(mixed) = MixedMode::of(&whole, &"1-2/3-4".parse().expect("a map")) {
        let two = mixed.differential();
        if let Ok(transfer) = two.then(&two).and_then(|twice| twice.voltage_transfer(90.0, 110.0)) {
            let _ = (transfer.table(0), transfer.early_percent(), transfer.pulse(53.125e9));
        }
    }
    true
}

#[test]
fn the_texts_to_be_spoilt_are_sound() {
    for (text, ports) in sound().iter().zip([Some(4), None, Some(2), None, Some(1)]) {
        assert!(survives(text, ports), "{text}: {:?}", Touchstone::parse(text, ports));
    }
}

proptest! {
    #![proptest_config(cases(6000))]

    #[test]
    fn a_spoilt_file_is_read_or_refused_in_words(
        text in prop::sample::select(sound()),
        damages in prop::collection::vec(damage(), 0..6),
        ports in prop::option::of(prop_oneof![4 => 1..=4usize, 1 => 0..=100usize]),
    ) {
        survives(&malformed(&text, &damages), ports);
    }

    #[test]
    fn any_text_is_read_or_refused_in_words(
        text in any::<String>(),
        ports in prop::option::of(0..=100usize),
    ) {
        survives(&text, ports);
    }

    #[test]
    fn any_port_map_is_read_or_refused_in_words(text in "[0-9 /,-]{0,12}|\\PC{0,12}") {
        match text.parse::<PortMap>() {
            Ok(map) => prop_assert_eq!(map.to_string().parse::<PortMap>(), Ok(map)),
            Err(remedy) => prop_assert!(remedy.starts_with("port map `"), "{}", remedy),
        }
    }
}

/// A header that announces more than the data: no memory is reserved for missing data.
#[test]
fn a_hostile_head_costs_nothing() {
    let head = "[Version] 2.0\n# GHz S RI R 50\n[Number of Ports] 64\n[Number of Frequencies] 100000000\n[Network Data]\n";
    let remedy = Touchstone::parse(&format!("{head}1 0 0\n"), None).unwrap_err();
    assert!(remedy.starts_with("line 6: has 3 columns, must have 8193"), "{remedy}");
    assert!(Touchstone::parse(&"1 ".repeat(1 << 20), Some(1)).is_err());
    assert!(Touchstone::parse(&format!("# R {}", "50 ".repeat(1 << 20)), Some(2)).is_err());
}
