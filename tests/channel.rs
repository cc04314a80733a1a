//! `lightlane channel`, on files of closed form.

use crate::cli::{Folder, good, refused};

/// Two lines of 4 dB at 10 GHz and 100 ps, uncoupled, matched to 50 ohm: from port 1 to 3 and from
/// 2 to 4.
fn lines() -> String {
    let mut text = "# GHz S MA R 50\n".to_owned();
    for k in 0..=200 {
        let ghz = f64::from(k) / 10.0;
        let through = format!("{} {}", 10f64.powf(-4.0 * ghz / 10.0 / 20.0), -360.0 * ghz * 0.1);
        let zero = "0 0";
        text += &format!("{ghz} {zero} {zero} {through} {zero}\n{zero} {zero} {zero} {through}\n");
        text += &format!("{through} {zero} {zero} {zero}\n{zero} {through} {zero} {zero}\n");
    }
    text
}

/// The JSON of an inspection, which reads back and writes the same text.
fn read_back(text: &str) -> serde_json::Value {
    let read: lightlane::host::Inspection = serde_json::from_str(text).unwrap();
    assert_eq!(lightlane::report::json(&read), text);
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_channel_of_closed_form_is_told_to_its_last_digit() {
    let folder = Folder::new("channel-command");
    folder.write("lines.s4p", lines());
    let text = good(&folder.run(&[
        "channel",
        "lines.s4p",
        "--symbol-rate-gbd",
        "20",
        "--plot",
        "lines.svg",
    ]));
    assert!(text.contains("differential through 1-3/2-4") && text.contains("is guessed"), "{text}");
    assert!(std::fs::read_to_string(folder.0.join("lines.svg")).unwrap().starts_with("<svg"));
    let json = good(&folder.run(&[
        "channel",
        "lines.s4p",
        "--symbol-rate-gbd",
        "20",
        "--ports",
        "1-3/2-4",
        "--json",
    ]));
    let json = read_back(&json);
    let figure = |name: &str| json[name].as_f64().unwrap();
    assert!(
        (figure("nyquist_loss_db") - 4.0).abs() < 1e-9 && (figure("delay_ps") - 100.0).abs() < 1e-6,
        "{json}"
    );
    assert!(
        figure("dc_loss_db").abs() < 1e-9
            && figure("near_return_loss_db") > 200.0
            && figure("conversion_db") < -200.0,
        "{json}"
    );
    assert!(
        (figure("largest_singular_value") - 1.0).abs() < 1e-9
            && json["warnings"].as_array().unwrap().is_empty(),
        "{json}"
    );
    // there is no coupling between the lines
    let across = good(&folder.run(&["channel", "lines.s4p", "--ports", "1-2/3-4", "--json"]));
    let across = read_back(&across);
    assert!(across["dc_loss_db"].as_f64().unwrap() > 200.0, "{across}");
}

#[test]
fn what_is_no_channel_is_refused_in_one_line() {
    let folder = Folder::new("channel-refused");
    folder.write("lines.s4p", lines());
    folder.write("text.s4p", "no option line\n");
    for (arguments, expected) in [
        (&["channel", "none.s4p"][..], "none.s4p: cannot be opened"),
        (&["channel", "text.s4p"], "line 1"),
        (&["channel", "lines.s4p", "--ports", "1-2"], "--ports = 1-2: "),
        (&["channel", "lines.s4p", "--ports", "1-2/3-9"], "port 9: must be from 1 to 4"),
        (
            &["channel", "lines.s4p", "--symbol-rate-gbd", "0"],
            "--symbol-rate-gbd = 0: must be from 0.1 to 500",
        ),
        (&["channel", "lines.s4p", "--plot", "lines.pdf"], "lines.pdf"),
    ] {
        let said = refused(&folder.run(arguments));
        assert!(said.len() == 1 && said[0].contains(expected), "{arguments:?}: {said:?}");
    }
}
