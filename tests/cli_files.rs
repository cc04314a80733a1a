//! Files of measured parts at the command line: what is read is named, what is wrong is said at once.

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
    std::fs::File::options().write(true).open(folder.0.join("large.csv")).unwrap().set_len(100 << 20).unwrap();
    folder.write(
        "bad.toml",
        "preset = '800gbase-dr8'\n[receiver]\ntia.response = { file = 'text.csv' }\nadc.response.file = 'gap.csv'\n\
         photodiode.response.file = 'down.csv'\ntia.noise_file = 'comma.csv'\n[transmitter]\ndac.response.file = 'one.csv'\n\
         eml.response.file = 'nan.csv'\neml.driver.response.file = 'wide.s2p'\neml.curve.file = 'binary.csv'\n\
         mzm.response.file = 'large.csv'\nmzm.driver.response = { file = 'good.csv', convention = 'power' }\n\
         eml.driver.curve.file = 'none.csv'\nmzm.laser.rin = 'table'\n[lane.3]\ntransmitter.dac.response.file = 'gone.csv'\n",
    );
    let lines = refused(&folder.run(&["run", "bad.toml"]));
    for expected in [
        "bad.toml:3:25: receiver.tia.response.file = text.csv: line 2, column 2: `abc`: must be a number",
        "receiver.adc.response.file = gap.csv: line 2, column 2: is empty; must be a number: fill the gap",
        "receiver.photodiode.response.file = down.csv: line 2: frequency, GHz, 0 descends behind 1; must ascend",
        "receiver.tia.noise_file = comma.csv: line 2, column 2: `-0,5`: has a decimal comma; must have a point, -0.5",
        "transmitter.dac.response.file = one.csv: line 1: is the only one with numbers; must be two or more",
        "transmitter.eml.response.file = nan.csv: line 2, column 2: `nan`: must be a finite number",
        "transmitter.eml.driver.response.file = wide.s2p: line 2: has 5 columns, must have 9",
        "transmitter.eml.curve.file = binary.csv: line 1: is no text; must be a text file of numbers",
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
    let keys: Vec<_> = files.iter().map(|file| (file["key"].as_str().unwrap(), file["file"].as_str().unwrap())).collect();
    assert_eq!(keys, [("receiver.tia.response.file", "tia.csv"), ("lane.1.receiver.tia.response.file", "other.csv")]);
    let digest = GOOD.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(files[0]["digest"].as_str().unwrap(), format!("fnv1a64:{digest:016x}"));
    assert_ne!(files[0]["digest"], files[1]["digest"]);
    let warnings = json["warnings"].as_array().unwrap();
    let expected = "receiver.tia.response.file: tia.csv ends at 60.0 GHz; from there to 212.5 GHz it is extrapolated";
    assert!(warnings.iter().any(|warning| warning.as_str().unwrap().starts_with(expected)), "{warnings:#?}");
}
