//! Files of measured parts on the command line: files read are listed, all problems are reported at
//! once.

use crate::cli::{Folder, SMALL, good, refused};

const GOOD: &str = "f (GHz), S21 (dB)\n0.1, 0\n20, -1\n40, -3.2\n60, -8\n";

#[test]
fn every_wrong_file_is_one_line_with_key_file_line_and_remedy() {
    let folder = Folder::new("wrong-files");
    folder
        .write("text.csv", "0,0\n1,abc\n")
        .write("gap.csv", "0,0\n1,\n2,-1\n")
        .write("down.csv", "1,0\n0,0\n")
        .write("one.csv", "1,0\n")
        .write("nan.csv", "0,0\n1,nan\n")
        .write("comma.csv", "0;0\n1;-0,5\n")
        .write("wide.s2p", "# GHz S RI R 50\n1 0 0 1 0\n")
        .write("binary.csv", [0u8, 159, 146, 150])
        .write("good.csv", GOOD)
        .write("large.csv", "");
    std::fs::File::options()
        .write(true)
        .open(folder.0.join("large.csv"))
        .unwrap()
        .set_len(100 << 20)
        .unwrap();
    folder.write(
        "bad.toml",
        "preset = '800gbase-dr8'\n[receiver]\ntia.response = { file = 'text.csv' }\ndsp.adc.response.file = 'gap.csv'\n\
         photodiode.response.file = 'down.csv'\ntia.noise_file = 'comma.csv'\n[transmitter]\ndac.response.file = 'one.csv'\n\
         eml.response.file = 'nan.csv'\neml.driver.response.file = 'wide.s2p'\neml.curve.file = 'binary.csv'\n\
         mzm.response.file = 'large.csv'\nmzm.driver.response = { file = 'good.csv', convention = 'power' }\n\
         eml.driver.curve.file = 'none.csv'\nmzm.laser.rin = 'table'\n[lane.3]\ntransmitter.dac.response.file = 'gone.csv'\n",
    );
    let lines = refused(&folder.run(&["run", "bad.toml"]));
    for expected in [
        "bad.toml:3:25: receiver.tia.response.file = text.csv: line 2, column 2: `abc`: must be a number",
        "receiver.dsp.adc.response.file = gap.csv: line 2, column 2: is empty; must be a number: fill the gap",
        "receiver.photodiode.response.file = down.csv: line 2: frequency, GHz, 0 descends after 1; must ascend",
        "receiver.tia.noise_file = comma.csv: line 2, column 2: `-0,5`: has a decimal comma; must have a point, -0.5",
        "transmitter.dac.response.file = one.csv: line 1: is the only one with numbers; must be two or more",
        "transmitter.eml.response.file = nan.csv: line 2, column 2: `nan`: must be a finite number",
        "transmitter.eml.driver.response.file = wide.s2p: line 2: has 5 columns, must have 9",
        "transmitter.eml.curve.file = binary.csv: line 1: is not text; must be a text file of numbers",
        "transmitter.mzm.response.file = large.csv: has 104857600 bytes, must have at most 16777216",
        "transmitter.mzm.driver.response.convention = power: must be \"amplitude\"",
        "transmitter.eml.driver.curve.file = none.csv: cannot be opened",
        "transmitter.mzm.laser.rin_file: must name a file of frequency and dB/Hz",
        "lane.3.transmitter.dac.response.file = gone.csv: cannot be opened",
    ] {
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected}\n{lines:#?}");
    }
    assert_eq!(lines.len(), 13, "{lines:#?}");
}

#[test]
fn json_names_every_file_with_its_digest_and_warns_where_data_ends() {
    let folder = Folder::new("files");
    folder.write("tia.csv", GOOD).write("other.csv", GOOD.replace("-8", "-9")).write(
        "my.toml",
        "preset = '1.6tbase-dr8'\nreceiver.tia.response.file = 'tia.csv'\nlane.1.receiver.tia.response.file = 'other.csv'\n",
    );
    let text = good(&folder.run(&[&["run", "my.toml", "--json"][..], &SMALL].concat()));
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let files = json["files"].as_array().unwrap();
    let keys: Vec<_> = files
        .iter()
        .map(|file| (file["key"].as_str().unwrap(), file["file"].as_str().unwrap()))
        .collect();
    assert_eq!(
        keys,
        [
            ("receiver.tia.response.file", "tia.csv"),
            ("lane.1.receiver.tia.response.file", "other.csv")
        ]
    );
    let digest = GOOD.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!(files[0]["digest"].as_str().unwrap(), format!("fnv1a64:{digest:016x}"));
    assert_ne!(files[0]["digest"], files[1]["digest"]);
    let warnings = json["warnings"].as_array().unwrap();
    let expected = "receiver.tia.response.file: tia.csv ends at 60.0 GHz; from there to 212.5 GHz it is extrapolated";
    assert!(
        warnings.iter().any(|warning| warning.as_str().unwrap().starts_with(expected)),
        "{warnings:#?}"
    );
}

/// The mean and the settled levels of the power exported are those that the run reports: PRBS31Q's
/// block of 8192 symbols and the settled pattern differ by 1 % of the swing in their mean.
#[test]
fn an_exported_waveform_has_the_power_that_is_reported_and_changes_no_result() {
    let folder = Folder::new("export");
    let plain = good(&folder.run(&[&["run", "800gbase-dr8", "--json"][..], &SMALL].concat()));
    let exports = ["--export", "tp2.npy", "--export", "tp3=far.csv", "--lane", "1"];
    let text =
        good(&folder.run(&[&["run", "800gbase-dr8", "--json"][..], &SMALL, &exports].concat()));
    assert_eq!(plain, text);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let reported_mw = |key: &str| 10f64.powf(json["lanes"][1][key].as_f64().unwrap() / 10.0);
    let bytes = std::fs::read(folder.0.join("tp2.npy")).unwrap();
    let header = String::from_utf8_lossy(&bytes[10..128]).into_owned();
    assert!(header.contains("(32768,)"), "{header}");
    let tp2: Vec<f64> = bytes[128..]
        .chunks(4)
        .map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap())))
        .collect();
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    assert!((mean(&tp2) / reported_mw("launch_power_dbm") - 1.0).abs() < 0.02, "{}", mean(&tp2));
    let far = std::fs::read_to_string(folder.0.join("far.csv")).unwrap();
    let tp3: Vec<f64> =
        far.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
    assert_eq!((far.lines().next(), tp3.len()), (Some("time_ps,power_mw,level"), 32768));
    assert!((mean(&tp3) / reported_mw("received_power_dbm") - 1.0).abs() < 0.02, "{}", mean(&tp3));
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn an_export_that_cannot_be_is_refused_before_anything_is_run() {
    let folder = Folder::new("no-export");
    for (arguments, expected) in [
        (&["--export", "nowhere/tp2.npy"][..], "nowhere/tp2.npy: No such file or directory"),
        (
            &["--export", "tp2.npy", "--lane", "8"],
            "--lane = 8: no such lane: lanes = 8, numbered from 0",
        ),
    ] {
        let lines = refused(&folder.run(&[&["run", "800gbase-dr8"][..], arguments].concat()));
        assert!(lines.len() == 1 && lines[0].contains(expected), "{lines:#?}");
    }
    let output = folder.run(&["run", "800gbase-dr8", "--export", "tp9.npy"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("must name a node: tp2.npy"));
    assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0);
}
