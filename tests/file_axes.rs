//! Files on an axis and in an assignment: lists, patterns, ports by name, and the channel's ports
//! for its crosstalk.

use crate::cli::{Folder, good, refused};
use serde_json::Value;
use std::f64::consts::TAU;
use std::fmt::Write;

/// A matched four-port whose lines 1-2 and 3-4 lose `loss_db` at 26.5625 GHz, and pass nothing
/// below 1 GHz where they are `blocked`.
fn four_port(loss_db: f64, blocked: bool) -> String {
    let names = ["tx-p", "rx-p", "tx-n", "rx-n"].iter().enumerate();
    let mut text: String = names.map(|(i, name)| format!("! Port[{}] = {name}\n", i + 1)).collect();
    text += "# GHz S MA R 50\n";
    for k in 0..=600 {
        let f_ghz = f64::from(k) * 0.1;
        let db = -loss_db * (f_ghz / 26.5625).sqrt() - if blocked { 40.0 } else { 0.0 };
        let (gain, degrees) = (10f64.powf(db / 20.0), -(TAU * f_ghz * 0.1).to_degrees());
        let passes = format!("{gain:.6} {:.3}", degrees % 360.0);
        let zero = "0 0";
        writeln!(text, "{f_ghz:.1} {zero} {passes} {zero} {zero}").unwrap();
        writeln!(text, "{passes} {zero} {zero} {zero}").unwrap();
        writeln!(text, "{zero} {zero} {zero} {passes}").unwrap();
        writeln!(text, "{zero} {zero} {passes} {zero}").unwrap();
    }
    text
}

const LPO: [&str; 8] =
    ["800gbase-dr8", "--set", "lanes=1", "--set", "module.kind=lpo", "--symbols", "0", "--set"];

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder
        .write("ch-a.s4p", four_port(4.0, false))
        .write("ch-b.s4p", four_port(12.0, false))
        .write("fext.s4p", four_port(2.0, true));
    folder
}

/// Each file is a point, whose rows have its path and the figures of a run with it; a pattern
/// stands for the files that it matches; one axis more is one more file.
#[test]
fn every_file_on_an_axis_is_a_point_named_by_its_path() {
    let folder = folder("axis-files");
    let sweep = |axis: &str| {
        let axis = ["host.channel.ports=1-2/3-4", "--axis", axis, "--out", "a.jsonl"];
        folder.run(&[&["sweep"], &LPO[..], &axis].concat())
    };
    let rows = || -> Vec<Value> {
        let text = std::fs::read_to_string(folder.0.join("a.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let key = "host.channel.files";
    good(&sweep(&format!("{key}=ch-b.s4p,ch-a.s4p")));
    let listed = rows();
    assert_eq!([&listed[0][key], &listed[1][key]], ["ch-b.s4p", "ch-a.s4p"]);
    let margin = |row: &Value| row["snr_margin_db"].as_f64().unwrap();
    assert!(margin(&listed[1]) > margin(&listed[0]) + 0.1, "{listed:?}");
    good(&sweep(&format!("{key}=ch-*.s4p")));
    let matched = rows();
    assert_eq!([&matched[0], &matched[1]], [&listed[1], &listed[0]]);
    good(&sweep(&format!("{key}=[ch-a.s4p,ch-b.s4p],ch-a.s4p")));
    assert_eq!(rows()[0][key], "ch-a.s4p, ch-b.s4p");
    let set = [&format!("{key}=ch-b.s4p")[..], "--set", "host.channel.ports=1-2/3-4", "--json"];
    let run: Value =
        serde_json::from_str(&good(&folder.run(&[&["run"], &LPO[..], &set].concat()))).unwrap();
    assert_eq!(run["lanes"][0]["snr_margin_db"], listed[0]["snr_margin_db"]);
    let lines = refused(&sweep(&format!("{key}=no-*.s4p")));
    assert!(lines[0].contains("host.channel.files = no-*.s4p: no file matches"), "{lines:?}");
}

/// A list in a file without brackets is refused with the list that it should be.
#[test]
fn a_path_in_place_of_a_list_is_refused_with_the_list() {
    let folder = folder("file-list");
    folder.write("a.toml", "preset = \"800gbase-dr8\"\nhost.channel.files = \"ch-a.s4p\"\n");
    let lines = refused(&folder.run(&["run", "a.toml"]));
    assert!(lines[0].contains("must be a list of files, such as [\"host.s4p\"]"), "{lines:?}");
}

/// Names of the file's comments are ports, in a description too; files of crosstalk have those of
/// the channel unless they have their own.
#[test]
fn ports_may_be_names_and_crosstalk_has_those_of_the_channel() {
    let folder = folder("port-names");
    let margin = |more: &[&str]| {
        let fext = ["host.channel.fext_files=fext.s4p", "--set", "host.channel.files=ch-a.s4p"];
        let text = good(&folder.run(&[&["run"], &LPO[..], &fext, more, &["--json"]].concat()));
        let run: Value = serde_json::from_str(&text).unwrap();
        (run["lanes"][0]["snr_margin_db"].as_f64().unwrap(), run["warnings"].to_string())
    };
    let ports = |key: &str, map: &str| format!("host.channel.{key}={map}");
    let [own, fext] =
        [ports("ports", "1-2/3-4"), ports("fext_ports", "1-2/3-4")].map(|set| set.to_owned());
    let (numbered, _) = margin(&["--set", &own, "--set", &fext]);
    assert_eq!(margin(&["--set", &own]).0, numbered);
    assert_eq!(margin(&["--set", &ports("ports", "tx-p-rx-p/tx-n-rx-n")]).0, numbered);
    let (guessed, warnings) = margin(&[]);
    assert_eq!(guessed, numbered);
    // what is said of a file stands where warnings stand
    assert!(warnings.contains("port map 1-2/3-4 is guessed"), "{warnings}");
    let turned = margin(&["--set", &own, "--set", &ports("fext_ports", "1-4/3-2")]).0;
    assert!(turned > numbered, "no crosstalk from a port that nothing passes to: {turned}");
    let wrong = ["host.channel.files=ch-a.s4p", "--set", "host.channel.ports=a-b/c-d"];
    let lines = refused(&folder.run(&[&["run"], &LPO[..], &wrong].concat()));
    assert!(lines[0].contains("ports: 1 = tx-p, 2 = rx-p, 3 = tx-n, 4 = rx-n"), "{lines:?}");
}

/// A channel that gives more power than it gets is a warning of the run.
#[test]
fn a_channel_that_is_not_passive_is_a_warning() {
    let folder = folder("active");
    folder.write("ch-c.s4p", four_port(-1.0, false));
    let set = ["host.channel.files=ch-c.s4p", "--set", "host.channel.ports=1-2/3-4", "--json"];
    let text = good(&folder.run(&[&["run"], &LPO[..], &set].concat()));
    let run: Value = serde_json::from_str(&text).unwrap();
    let said = "host.channel.files: ch-c.s4p is not passive";
    assert!(run["warnings"].to_string().contains(said), "{}", run["warnings"]);
}
