//! One channel, written as the programs of the trade write it: every form reads as the same
//! network, in `channel`, `com` and `run`, or is refused in words.

use crate::cli::{Folder, good, refused};
use lightlane::host::com::{ComChannel, Parameters};
use lightlane::host::{ElectricalChannel, Inspection, PortSelection};
use lightlane::measured::Library;
use num_complex::Complex64;
use std::f64::consts::TAU;
use std::fmt::Write;

/// Frequencies of a file: 0 to 50 GHz.
const POINTS: usize = 501;
/// Half the symbol rate, Hz.
const NYQUIST_HZ: f64 = 26.5625e9;

fn real(ohm: f64) -> Complex64 {
    Complex64::new(ohm, 0.0)
}

fn ghz(k: usize) -> f64 {
    k as f64 / 10.0
}

/// S11 (= S22 with the ports exchanged) and S21 of a line between two complex references, from its
/// chain matrix, as travelling waves.
///
/// ```text
/// S21 = 2 sqrt(Z1) sqrt(Z2) / N,   S11 = (A Z2 + B - C Z1 Z2 - D Z1) / N,   N = A Z2 + B + C Z1 Z2 + D Z1
/// ```
///
/// Of 42.5 ohm, 400 ps, 8 dB of skin effect at 26.56 GHz.
fn line(k: usize, z1: Complex64, z2: Complex64) -> [Complex64; 2] {
    let f_hz = ghz(k) * 1e9;
    let skin = 8.0 / 8.685_889_638 * (f_hz / NYQUIST_HZ).sqrt();
    let g = Complex64::new(skin, skin + TAU * f_hz * 400e-12);
    let (a, b, c) = (g.cosh(), 42.5 * g.sinh(), g.sinh() / 42.5);
    let n = a * z2 + b + c * z1 * z2 + a * z1;
    [(a * z2 + b - c * z1 * z2 - a * z1) / n, 2.0 * z1.sqrt() * z2.sqrt() / n]
}

/// S of two lines, from port 1 to 2 and from 3 to 4.
fn matrix(k: usize, z: &[Complex64; 4]) -> Vec<Complex64> {
    let mut s = vec![Complex64::default(); 16];
    for (i, j) in [(0, 1), (2, 3)] {
        let ([s11, s21], [s22, _]) = (line(k, z[i], z[j]), line(k, z[j], z[i]));
        (s[i * 4 + i], s[j * 4 + j], s[i * 4 + j], s[j * 4 + i]) = (s11, s22, s21, s21);
    }
    s
}

fn rows(ghz: f64, s: &[Complex64]) -> String {
    let mut text = format!("{ghz}");
    for row in s.chunks(4) {
        row.iter().for_each(|s| write!(text, " {} {}", s.re, s.im).unwrap());
        text += "\n";
    }
    text
}

/// A file of version 1: its head, the references that S is of, the comments after each frequency.
fn file(
    head: &str,
    ohm: impl Fn(usize) -> [Complex64; 4],
    after: impl Fn(&[Complex64; 4]) -> String,
) -> String {
    let one = |k: usize| rows(ghz(k), &matrix(k, &ohm(k))) + &after(&ohm(k));
    head.to_owned() + &(0..POINTS).map(one).collect::<String>()
}

fn plain() -> String {
    file("# GHz S RI R 50\n", |_| [real(50.0); 4], |_| String::new())
}

/// Impedances of modes: complex, of each port and frequency its own.
fn modes(k: usize) -> [Complex64; 4] {
    let x = ghz(k) / 50.0;
    [(42.5, -3.0), (47.0, -2.0), (44.0, 1.0), (60.0, 2.5)]
        .map(|(re, im)| Complex64::new(re + 5.0 * x, im * x))
}

/// Modes of version 2 by their definition, D = (1 - 3) / sqrt(2), .., of 100 and 25 ohm.
fn mixed() -> String {
    let mut text = format!(
        "[Version] 2.0\n# GHz S RI R 50\n[Number of Ports] 4\n[Mixed-Mode Order] D1,3 D2,4 C1,3 C2,4\n\
         [Number of Frequencies] {POINTS}\n[Network Data]\n"
    );
    let m =
        [[1.0, 0.0, -1.0, 0.0], [0.0, 1.0, 0.0, -1.0], [1.0, 0.0, 1.0, 0.0], [0.0, 1.0, 0.0, 1.0]];
    for k in 0..POINTS {
        let s = matrix(k, &[real(50.0); 4]);
        let of = |at: usize| -> Complex64 {
            (0..16).map(|i| s[i] * (m[at / 4][i / 4] * m[at % 4][i % 4] / 2.0)).sum()
        };
        text += &rows(ghz(k), &(0..16).map(of).collect::<Vec<_>>());
    }
    text + "[End]\n"
}

/// Forms of the same network with their names, and words of the note that each must get.
fn forms() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let none = |_: &[Complex64; 4]| String::new();
    let all = |ohm: f64| move |_: usize| [real(ohm); 4];
    let glued = |z: &[Complex64; 4]| {
        format!(
            "! Gamma         !               0 61.5 0 61.5\n!  0 61.5 0 61.5\n! Port Impedance{} {} {} {}\n!               {} {} {} {}\n",
            z[0].re, z[0].im, z[1].re, z[1].im, z[2].re, z[2].im, z[3].re, z[3].im
        )
    };
    let row_of_reals = "! Port Impedance 42.5 42.5 42.5 42.5\n# GHz S RI R 50\n";
    let matrix_of_ports = |z: &[Complex64; 4]| {
        let one = |at: usize| if at.is_multiple_of(5) { z[at / 5] } else { Complex64::default() };
        let row = |i: usize| {
            (0..4)
                .map(|j| one(i * 4 + j))
                .map(|z| format!("{} {} ", z.re, z.im))
                .collect::<String>()
        };
        format!("! Port Impedance {}\n! {}\n! {}\n! {}\n", row(0), row(1), row(2), row(3))
    };
    let text = plain();
    let again = rows(10.0, &matrix(100, &[real(50.0); 4]));
    let latin: Vec<u8> = [&b"! 25 \xb0C\n"[..], text.as_bytes()].concat();
    let wide: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    vec![
        ("own.s4p", file("# GHz S RI R 42.5\n", all(42.5), none).into(), ""),
        (
            "each.s4p",
            file("# GHz S RI R 42.5 50 75 100\n", |_| [42.5, 50.0, 75.0, 100.0].map(real), none)
                .into(),
            "",
        ),
        (
            "modes.s4p",
            file("# GHz S RI R 50\n", modes, glued).into(),
            "line 8: the port impedances in comments, 42.5 ohm and others, are not the option line's 50 ohm",
        ),
        ("reals.s4p", file(row_of_reals, all(42.5), none).into(), "42.5 ohm, are not"),
        (
            "matrix.s4p",
            file("# GHz S RI R 50\n", modes, matrix_of_ports).into(),
            "42.5 ohm and others",
        ),
        ("stated.s4p", file("# GHz S RI R 50\n", all(50.0), glued).into(), ""),
        (
            "complex.s4p",
            file("# GHz S RI R (42.5 - 3j)\n", |_| [Complex64::new(42.5, -3.0); 4], none).into(),
            "the reference 42.5-3j ohm is complex",
        ),
        ("real.s4p", text.replace("R 50", "R (50+0j)").into(), ""),
        ("bare.s4p", text.replace("R 50", "R").into(), "line 1: `R` has no number"),
        ("twice.s4p", text.replace(&again, &again.repeat(2)).into(), "a frequency is repeated"),
        ("latin.s4p", latin, "line 1: is not UTF-8"),
        ("wide.s4p", wide, "is UTF-16"),
        ("mixed.ts", mixed().into(), ""),
    ]
}

fn distance(a: &ComChannel, b: &ComChannel) -> f64 {
    let apart = |k: usize| {
        let ports = [(1, 1), (1, 2), (2, 1), (2, 2)];
        ports.map(|(i, j)| (a.network.at(k, i, j) - b.network.at(k, i, j)).norm())
    };
    assert_eq!(a.network.f_hz().len(), b.network.f_hz().len());
    (0..a.network.f_hz().len()).flat_map(apart).fold(0.0, f64::max)
}

/// Figures of `channel` and the loss of `run`, which depend on references.
fn figures(path: &str, ports: &PortSelection) -> [f64; 6] {
    let found = Inspection::open(path, Some(ports), Some(53.125)).unwrap();
    let channel = ElectricalChannel {
        ports: Some(ports.clone()),
        ..ElectricalChannel::of_files(vec![path.to_owned()])
    };
    let library = Library::default();
    let loss_db = |f_hz: f64| channel.loss_db(f_hz, &library).unwrap();
    [
        found.dc_loss_db,
        found.nyquist_loss_db.unwrap(),
        found.near_return_loss_db,
        found.largest_singular_value,
        loss_db(0.0),
        loss_db(NYQUIST_HZ),
    ]
}

/// Numbers are written to the last bit; 1e-9 leaves room for the renormalisation of 500 matrices
/// and for decibels of 0 dB.
#[test]
fn a_network_is_the_same_in_whatever_references_and_forms_it_is_written() {
    let folder = Folder::new("channel-forms");
    folder.write("plain.s4p", plain());
    let ports: PortSelection = "1-2/3-4".parse().unwrap();
    let path = |name: &str| folder.0.join(name).to_str().unwrap().to_owned();
    let expected = ComChannel::open(&path("plain.s4p"), Some(&ports)).unwrap();
    assert!(expected.warnings.is_empty(), "{:?}", expected.warnings);
    let printed = figures(&path("plain.s4p"), &ports);
    for (name, bytes, note) in forms() {
        folder.write(name, bytes);
        let read = ComChannel::open(&path(name), Some(&ports)).unwrap();
        let apart = distance(&read, &expected);
        assert!(apart < 1e-9, "{name}: {apart:e}");
        let said = read.warnings.join("\n");
        assert!(said.contains(note) && said.is_empty() == note.is_empty(), "{name}: {said}");
        let own = figures(&path(name), &ports);
        let off = own.iter().zip(printed).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        println!("{name}: S {apart:.1e}, figures {off:.1e}");
        assert!(off < 1e-9, "{name}: {own:?} {printed:?}");
    }
}

/// The lines lose nothing at 0 Hz. A row of zeros there is replaced alike in the three commands.
/// The law, fitted over half a turn of S21, is 1.2 % (0.11 dB) high at 0 Hz, where a passive line
/// has 1 at most; it also has a reflection of 0.09 there, which then takes 1 - sqrt(1 - 0.09^2),
/// 0.4 % or 0.035 dB, from S21: a third of that in the margin.
#[test]
fn a_row_of_zeros_at_0_hz_is_replaced_with_a_warning_in_every_command() {
    let folder = Folder::new("channel-zeros");
    let zeros = rows(0.0, &[Complex64::default(); 16]);
    let text = plain().replace(&rows(0.0, &matrix(0, &[real(50.0); 4])), &zeros);
    folder.write("plain.s4p", plain()).write("zeros.s4p", text);
    let ports: PortSelection = "1-2/3-4".parse().unwrap();
    let set = Parameters::named("kr1-802.3ck").unwrap();
    let com = |name: &str| {
        let path = folder.0.join(name);
        let channel = ComChannel::open(path.to_str().unwrap(), Some(&ports)).unwrap();
        let margin = set.margin(&channel, &[]).unwrap();
        (margin.com_db.unwrap(), margin.warnings)
    };
    let ((sound_db, _), (db, warnings)) = (com("plain.s4p"), com("zeros.s4p"));
    println!("COM {sound_db:.4} and {db:.4} dB");
    assert!((sound_db - 8.54).abs() < 0.005 && (db - sound_db).abs() < 0.01, "{sound_db} {db}");
    let note = "S at 0 Hz is zero throughout";
    assert!(warnings.iter().any(|warning| warning.starts_with(note)), "{warnings:?}");
    let path = folder.0.join("zeros.s4p");
    let [dc_db, .., run_dc_db, _] = figures(path.to_str().unwrap(), &ports);
    assert!((0.0..0.036).contains(&dc_db), "{dc_db}");
    assert!((dc_db - run_dc_db).abs() < 1e-9, "{dc_db} {run_dc_db}");
    let printed = |name: &str| good(&folder.run(&["channel", name, "--ports", "1-2/3-4"]));
    assert!(printed("plain.s4p").contains("as in the file") && printed("zeros.s4p").contains(note));
    assert!(printed("zeros.s4p").contains("extrapolated"));
}

#[test]
fn ports_are_named_by_the_names_in_comments() {
    let folder = Folder::new("channel-names");
    let names = "! Port[1] = TX_P\n! Port[2] = RX_P\n! Port[3] = TX_N\n! Port[4] = RX_N\n";
    folder.write("named.s4p", names.to_owned() + &plain()).write("plain.s4p", plain());
    let arguments = |file, ports| ["channel", file, "--ports", ports, "--json"];
    let by_name = good(&folder.run(&arguments("named.s4p", "tx_p-rx_p/tx_n-rx_n")));
    let by_number = good(&folder.run(&arguments("plain.s4p", "1-2/3-4")));
    assert_eq!(by_name, by_number.replace("plain.s4p", "named.s4p"));
    let said = refused(&folder.run(&["com", "named.s4p", "--ports", "tx_p-rx_p/tx_n-rx_q"]));
    assert!(said[0].contains("; ports: 1 = TX_P, 2 = RX_P, 3 = TX_N, 4 = RX_N"), "{said:?}");
}

/// Numbers in dB under an option line that says MA have gains of some ten: refused before the
/// search, as is what ends below the Nyquist frequency.
#[test]
fn what_is_no_passive_channel_up_to_nyquist_is_refused_at_once() {
    let folder = Folder::new("channel-active");
    let mut db = "# GHz S MA R 50\n".to_owned();
    for k in 0..POINTS {
        let (through, zero) = (format!("{} {}", -0.03 * k as f64 - 0.1, -14.4 * k as f64), "-60 0");
        let one = format!("-26 10 {through}");
        let other = format!("{through} -26 10");
        db += &format!("{} {one} {zero} {zero}\n{other} {zero} {zero}\n", ghz(k));
        db += &format!("{zero} {zero} {one}\n{zero} {zero} {other}\n");
    }
    let short: String = plain().lines().take(1 + 4 * 200).map(|line| format!("{line}\n")).collect();
    folder.write("db.s4p", db).write("short.s4p", short).write("plain.s4p", plain());
    for arguments in [
        &["com", "db.s4p", "--ports", "1-2/3-4"][..],
        &["com", "plain.s4p", "--ports", "1-2/3-4", "--next", "db.s4p"],
    ] {
        let said = refused(&folder.run(arguments));
        let expected = "is not passive: the largest singular value of its differential S is";
        assert!(said.len() == 1 && said[0].contains(expected), "{said:?}");
        assert!(said[0].contains("must be at most 1.1"), "{said:?}");
    }
    let set = |text: &str| ["--set".to_owned(), format!("host.channel.{text}")];
    let arguments: Vec<String> = ["run", "800gbase-dr8", "--set", "module.kind=lpo"]
        .map(str::to_owned)
        .into_iter()
        .chain(set("kind=files"))
        .chain(set("files=[\"short.s4p\"]"))
        .chain(set("ports=1-2/3-4"))
        .collect();
    let said = refused(&folder.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()));
    let expected = "short.s4p: ends at 19.9 GHz; must reach the Nyquist frequency of 26.5625 GHz";
    assert!(said.len() == 1 && said[0].contains(expected), "{said:?}");
}
