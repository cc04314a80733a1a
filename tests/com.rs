//! `lightlane com`, and the margins of PyChOpMarg (tests/oracle/com).

use crate::cli::{Folder, good, refused};
use lightlane::host::com::{
    Aggressor, AggressorEnd, ChannelOperatingMargin, ComChannel, Parameters, Steps,
};
use lightlane::host::{Package, PcbTrace, PortSelection};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Folder of the files, beside the project or beside the folder of its worktrees.
fn folder() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/data/channels", "../../shared/data/channels"]
        .iter()
        .map(|beside| root.join(beside))
        .find(|folder| folder.is_dir())
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// The set with its equalisers held at a case's settings.
fn held(set: &Parameters, at: &Value) -> Parameters {
    let mut set = set.clone();
    let only = |value: &Value| Steps { from: number(value), to: number(value), step: 0.0 };
    for (tap, value) in
        set.transmitter.taps.iter_mut().zip(at["transmit_taps"].as_array().expect("taps"))
    {
        (tap.from, tap.to, tap.step) = (number(value), number(value), 0.0);
    }
    (set.receiver.ctle.gain_db, set.receiver.ctle.low_gain_db) =
        (only(&at["ctle_gain_db"]), only(&at["ctle_low_gain_db"]));
    set
}

/// A case's channel and aggressors; `None` without its files.
fn channels(case: &Value) -> Option<(ComChannel, Vec<Aggressor>)> {
    if let Some(trace) = case.get("trace") {
        let figure = |name: &str| number(&trace[name]);
        let trace = PcbTrace {
            loss_db: figure("loss_db"),
            loss_at_ghz: figure("loss_at_ghz"),
            skin_percent: figure("skin_percent"),
            delay_ps: figure("delay_ps"),
            impedance_ohm: figure("impedance_ohm"),
            near: Package::none(),
            far: Package::none(),
        };
        let step_ghz = number(&case["step_ghz"]);
        let points = (number(&case["last_ghz"]) / step_ghz).round() as u32;
        let f_hz: Vec<f64> = (0..=points).map(|k| f64::from(k) * step_ghz * 1e9).collect();
        return Some((
            ComChannel::from(trace.network(&f_hz, 100.0).expect("it is lossy")),
            Vec::new(),
        ));
    }
    let folder = folder()?;
    let map: PortSelection = "1-2/3-4".parse().expect("a map");
    let open = |end: &str| {
        let file = folder.join(format!("c2m_il14_{end}.s4p"));
        ComChannel::open(file.to_str().expect("a path"), Some(&map))
            .unwrap_or_else(|remedy| panic!("{end}: {remedy}"))
    };
    let ends: Vec<&str> = case["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|end| end.as_str().expect("text"))
        .collect();
    let side = |end: &str| {
        if end.starts_with("fext") { AggressorEnd::FarEnd } else { AggressorEnd::NearEnd }
    };
    let aggressors =
        ends[1..].iter().map(|end| Aggressor { side: side(end), channel: open(end) }).collect();
    Some((open(ends[0]), aggressors))
}

/// Both sample 32 times a symbol at the same phase. Pulses differ by what each puts between points
/// and beyond the last frequency and by a cut of PyChOpMarg's below 1e-3 of the peak, which shows
/// in the ISI; PDFs by interference below A_s / 1000, which it leaves out and we count as Gaussian:
/// of COM 0.02 dB were seen, of the NEXT, all of it near that bound, 20 %, so that crosstalk is
/// compared by its COM.
#[test]
fn margins_of_one_setting_are_those_of_an_independent_program() {
    let oracle: Value =
        serde_json::from_str(include_str!("oracle/com/com.json")).expect("the oracle is JSON");
    for case in oracle["cases"].as_array().expect("cases") {
        let Some((victim, aggressors)) = channels(case) else {
            println!("skipped: no ../shared/data/channels beside the project");
            continue;
        };
        let set = Parameters::named(case["set"].as_str().expect("a name")).expect("it ships");
        let at = &case["at"];
        let ours = held(&set, at).margin(&victim, &aggressors).expect("a margin");
        let theirs = |name: &str| number(&at[name]);
        let (com_db, fom_db) = (ours.com_db.expect("finite"), ours.fom_db.expect("finite"));
        let what = case.get("trace").or(case.get("files")).expect("a channel");
        println!(
            "{} {what}: COM {:.3} dB against {:.3}, FOM {:.3} against {:.3}; mV: signal {:.3} {:.3}, ISI {:.3} {:.3}, noise {:.3} {:.3}, crosstalk {:.3} {:.3}",
            set.name,
            com_db,
            theirs("com_db"),
            fom_db,
            theirs("fom_db"),
            ours.signal_mv,
            theirs("signal_mv"),
            ours.isi_mv,
            theirs("isi_mv"),
            ours.receiver_noise_mv,
            theirs("receiver_noise_mv"),
            ours.crosstalk_mv,
            theirs("crosstalk_mv")
        );
        assert!((com_db - theirs("com_db")).abs() < 0.05, "{what}: COM {com_db} {at}");
        assert!((fom_db - theirs("fom_db")).abs() < 0.05, "{what}: FOM {fom_db} {at}");
        for (name, ours, share) in [
            ("signal_mv", ours.signal_mv, 1e-3),
            ("isi_mv", ours.isi_mv, 0.02),
            ("receiver_noise_mv", ours.receiver_noise_mv, 2e-3),
            ("transmitter_noise_mv", ours.transmitter_noise_mv, 2e-3),
            ("random_jitter_mv", ours.random_jitter_mv, 2e-3),
        ] {
            assert!((ours / theirs(name) - 1.0).abs() < share, "{what}: {name} {ours} {at}");
        }
        let best = set.margin(&victim, &aggressors).expect("a margin");
        let found = held(&set, &case["found"]).margin(&victim, &aggressors).expect("a margin");
        let [best, found] = [best, found].map(|margin| margin.fom_db.expect("finite"));
        assert!(best > found - 0.01, "{what}: what was found by them is better: {best} {found}");
    }
}

/// Two matched, uncoupled lines of 3 dB at 10 GHz and 300 ps up to 60 GHz, from port 1 to 2 and
/// from 3 to 4, times a share.
fn lines(share: f64) -> String {
    let mut text = "# GHz S MA R 50\n".to_owned();
    for k in 0..=1200 {
        let ghz = f64::from(k) / 20.0;
        let through =
            format!("{} {}", share * 10f64.powf(-3.0 * ghz / 10.0 / 20.0), -360.0 * ghz * 0.3);
        let zero = "0 0";
        text += &format!("{ghz} {zero} {through} {zero} {zero}\n{through} {zero} {zero} {zero}\n");
        text += &format!("{zero} {zero} {zero} {through}\n{zero} {zero} {through} {zero}\n");
    }
    text
}

fn margin(text: &str) -> Value {
    let read: ChannelOperatingMargin = serde_json::from_str(text).expect("it reads back");
    assert_eq!(lightlane::report::json(&read), text);
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn a_margin_is_printed_with_what_makes_it_and_a_missed_one_is_exit_code_1() {
    let folder = Folder::new("com");
    folder
        .write("thru.s4p", lines(1.0))
        .write("xtalk.s4p", lines(0.02))
        .write("loud.s4p", lines(0.3));
    let text = good(&folder.run(&["com", "thru.s4p"]));
    assert!(
        text.contains("COM")
            && text.contains("PASS, at least 3 dB")
            && text.contains("1-2/3-4 is guessed"),
        "{text}"
    );
    assert!(
        text.lines().all(|line| line.chars().count() <= 120 || line.starts_with("warning")),
        "{text}"
    );
    let alone = margin(&good(&folder.run(&["com", "thru.s4p", "--ports", "1-2/3-4", "--json"])));
    let both = [
        "com",
        "thru.s4p",
        "--ports",
        "1-2/3-4",
        "--fext",
        "xtalk.s4p",
        "--next",
        "xtalk.s4p",
        "xtalk.s4p",
        "--json",
    ];
    let near = margin(&good(&folder.run(&both)));
    let com_db = |margin: &Value| number(&margin["com_db"]);
    assert!(
        com_db(&alone) > com_db(&near) + 0.1 && number(&near["crosstalk_mv"]) > 0.0,
        "{alone} {near}"
    );
    assert!(
        (number(&alone["nyquist_loss_db"]) - 3.0 * 2.65625).abs() < 1e-6 && alone["passes"] == true,
        "{alone}"
    );
    let loud = folder.run(&["com", "thru.s4p", "--next", "loud.s4p", "--json"]);
    assert_eq!(loud.status.code(), Some(1));
    assert_eq!(margin(std::str::from_utf8(&loud.stdout).expect("text"))["passes"], false);
    // a custom set: a built-in one with another limit
    let set = include_str!("../src/host/com/kr1_802_3ck.toml")
        .replace("com_min_db = 3.0", "com_min_db = 19.0");
    folder.write("mine.toml", set);
    assert_eq!(
        folder.run(&["com", "thru.s4p", "--parameters", "mine.toml"]).status.code(),
        Some(1)
    );
}

#[test]
fn what_has_no_margin_is_refused_in_one_line() {
    let folder = Folder::new("com-refused");
    folder.write("thru.s4p", lines(1.0)).write("empty.toml", "name = \"x\"\n");
    for (arguments, expected) in [
        (&["com", "none.s4p"][..], "none.s4p: cannot be opened"),
        (&["com", "thru.s4p", "--ports", "1-2"], "--ports = 1-2: "),
        (&["com", "thru.s4p", "--parameters", "kr9"], "kr9: cannot be read"),
        (
            &["com", "thru.s4p", "--parameters", "empty.toml"],
            "empty.toml:1:1: missing field `title`",
        ),
        (&["com", "thru.s4p", "--fext", "none.s4p"], "none.s4p: cannot be opened"),
        (
            &["com", "thru.s4p", "--fext", "thru.s4p", "--fext-ports", "1-2/3-4", "1-2/3-4"],
            "2 maps for 1 files; must be one for all",
        ),
        (
            &["com", "thru.s4p", "--next", "thru.s4p", "--next-ports", "0-1/2-3"],
            "--next-ports = 0-1/2-3: ",
        ),
        (
            &["com", "thru.s4p", "--ports", "1-3/2-4"],
            "passes no pulse: is this the right port map?",
        ),
    ] {
        let said = refused(&folder.run(arguments));
        assert!(said.len() == 1 && said[0].contains(expected), "{arguments:?}: {said:?}");
    }
    assert_eq!(folder.run(&["com", "thru.s4p", "--fext-ports", "1-2/3-4"]).status.code(), Some(2));
}

/// The widest search of 93A within an acceptable time: 3 s in a release build, tests are slower.
#[test]
fn a_search_of_all_settings_takes_seconds() {
    let set = Parameters::named("kr1-802.3ck").expect("it ships");
    let f_hz: Vec<f64> = (0..=6000).map(|k| f64::from(k) * 10e6).collect();
    let victim = ComChannel::from(
        PcbTrace { near: Package::none(), ..PcbTrace::default() }
            .network(&f_hz, 100.0)
            .expect("it is lossy"),
    );
    let begin = std::time::Instant::now();
    let ChannelOperatingMargin { com_db, .. } = set.margin(&victim, &[]).expect("a margin");
    let seconds = begin.elapsed().as_secs_f64();
    println!("COM {com_db:.2?} dB in {seconds:.2} s");
    assert!(com_db.is_some() && seconds < 20.0, "{seconds} s");
}
