use super::network_file::Touchstone;
use crate::seed::Seed;
use num_complex::Complex64;
use std::fmt::Write;

fn read(text: &str, ports: usize) -> Touchstone {
    Touchstone::parse(text, Some(ports)).unwrap_or_else(|remedy| panic!("{remedy}\n{text}"))
}

/// 0.5 at -60 degrees is 0.25 - j 0.4330127, -6.0206 dB.
#[test]
fn every_format_and_unit_reads_alike() {
    for text in [
        "! a\n# GHz S RI R 50\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.25 -0.4330127 .9 0 0 0 ! end\n",
        "# hz s ma r 75\n1e9 0 0 1 0 .9 0 0 0\n2e9 0 0 0.5 -60 .9 0 0 0\n",
        "# MHz S DB R 50\n1000 0 0 0 0 0 0 0 0\n2000 0 0 -6.0206 -60 0 0 0 0\n",
        "#\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.5 -60 .9 0 0 0\n1 2 0.4 30 0.2\n",
        "# R 50 THz MA\r\n.001 0 0 1 0 .9 0 0 0\r\n\r\n.002 0 0 0.5 -60 .9 0 0 0",
        "1 0 0 1 0 .9 0 0 0\r2 0 0 0.5 300 .9 0 0 0\r",
        "# kHz\n1e6 0 0 1 0\n.9 0 0 0\n2e6 ! broken\n0 0 0.5\n! and again\n -60 .9 0\n0 0\n",
    ] {
        let file = read(text, 2);
        assert_eq!(file.f_hz().len(), 2, "{text}");
        let s = file.at(1, 2, 1);
        assert!(
            (file.f_hz()[1] - 2e9).abs() < 1.0
                && (s - Complex64::new(0.25, -0.433_012_7)).norm() < 1e-6,
            "{text} {s}"
        );
    }
    let file = read("# GHz S MA R 50\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.5 -60 .8 0 0 0\n", 2);
    assert!((file.at(1, 1, 2).re - 0.8).abs() < 1e-12);
}

#[test]
fn noise_parameters_are_left_with_a_note() {
    let data = "#\n1 0 0 1 0 .9 0 0 0\n2 0 0 0.5 -60 .9 0 0 0\n";
    for noise in [
        "1 2 0.4 30 0.2\n",
        "! noise\n.5 2 .4 30 .2\n3 2 .4 30 .2\n",
        "4 2 .4 30 .2\n5 2 .4 30 .2\n",
    ] {
        let file = read(&format!("{data}{noise}"), 2);
        assert_eq!(file.f_hz().len(), 2);
        assert!(
            file.notes().iter().any(|note| note.contains("of noise parameters are left")),
            "{:?}",
            file.notes()
        );
    }
}

#[test]
fn option_lines_behind_the_first_are_left_with_a_few_notes() {
    let file = read(
        &format!("# MHz\n{}1 0 0 1 0 .9 0 0 0\n# kHz\n2 0 0 1 0 .9 0 0 0\n", "#\n".repeat(1000)),
        2,
    );
    assert_eq!(file.f_hz(), [1e6, 2e6]);
    assert!(
        file.notes().len() == 16
            && file.notes()[0] == "line 2: a second option line is ignored; the first holds",
        "{:?}",
        file.notes()
    );
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    for (text, expected) in [
        ("# GHz Q RI R 50\n", "line 1: `Q`: must be an option line such as"),
        ("# GHz S R x\n", "line 1: `x`: must be an option line such as"),
        ("# GHz S R -50\n", "line 1: reference `-50`: must be from 0.001 to 1000000 ohm"),
        (
            "# R 50 50 50\n1 0 0 1 0 .9 0 0 0\n",
            "line 2: has 3 reference impedances; must have one or 2",
        ),
        ("[Version] 3.0\n", "line 1: [Version] `3.0`: must be 1.0, 1.1, 2.0 or 2.1"),
        ("[Network Data]\n", "line 1: [Network Data] ``: must be after [Version] 2.0"),
        ("1 0 0\n", "line 1: has 3 columns, must have 9"),
        (
            "1 0 0 1 0 .9 0 0 0 1 1\n",
            "line 1: has more columns than the 9 numbers of a frequency of 2 ports",
        ),
        ("# GHz S MA R 50\n1 0 0 x 0 0 0 0 0\n", "line 2, column 4: `x`: must be a number"),
        (
            "1 0 0 1 0 0 0 0 0\n1 0 0 .9 0 0 0 0 0\n",
            "line 2: frequency 1e9 Hz is repeated with another S, 0.100 apart; must ascend",
        ),
        ("1 0 0 1 0 0 0 0 0\n.5 0 0 1 0 0 0 0 0\n", "line 2: frequency 5e8 Hz descends"),
        ("-1 0 0 1 0 0 0 0 0\n", "line 1: frequency -1e9 Hz: must be 0, or from"),
        ("# Hz\n5e-324 0 0 1 0 0 0 0 0\n", "line 2: frequency 5e-324 Hz: must be 0, or from 1e-6"),
        ("# DB\n1 9999 0 1 0 0 0 0 0\n", "line 2: S at 1e9 Hz is not finite or above 1e12"),
        ("# Z RI\n1 -1 0 0 0 0 0 -1 0\n", "line 2: S at 1e9 Hz is not finite"),
        ("1 inf 0 1 0 0 0 0 0\n", "line 1, column 2: `inf`: must be a finite number"),
        ("! nothing\n", "holds no data"),
        (
            "# GHz S MA R 50\n1 0 0 1 0 1 0 0 0\n0 0 1 0 1 0 0 0\n0 0 1 0 1 0 0 0\n0 0 1 0 1 0 0 0\n",
            "line 3: frequency 0e0 Hz",
        ),
    ] {
        let complaint = Touchstone::parse(text, Some(2)).unwrap_err();
        assert!(complaint.starts_with(expected), "{text}: {complaint}");
    }
    let four = "1 0 0 1 0 1 0 0 0\n.1 0 1 0 1 0 0 0\n.1 0 1 0 1 0 0 0\n.1 0 1 0 1 0 0 0\n2 0 0 1 0 1 0 0 0\n";
    let complaint = Touchstone::parse(four, Some(2)).unwrap_err();
    assert!(complaint.ends_with("its lines look like 4 ports: name it .s4p?"), "{complaint}");
    assert!(
        Touchstone::parse("1 0 0\n", None).unwrap_err().contains("must be named .s1p to .s12p")
    );
    assert!(
        Touchstone::parse("# H\n1 0 0\n", Some(1))
            .unwrap_err()
            .contains("are of 2 ports, not of 1")
    );
}

const TWO: &str = "[Version] 2.0\n# GHz S RI R 50\n[Number of Ports] 2\n[Two-Port Data Order] 12_21\n[Number of Frequencies] 1\n";

#[test]
fn what_is_wrong_in_version_2_is_named_too() {
    let with = |text: &str| TWO.to_owned() + text;
    for (text, expected) in [
        (
            with("[Matrix Format] Round\n"),
            "line 6: [Matrix Format] `Round`: must be Full, Lower or Upper",
        ),
        (
            with("[Mixed-Mode Order] D1,2\n[Network Data]\n"),
            "line 6: [Mixed-Mode Order] `D1,2`: must be 2 modes, each port in S or in one D and one C",
        ),
        (with("[Reference] 50 75 60\n[Network Data]\n"), "line 7: has 3 reference impedances"),
        (with("[Wonder]\n"), "line 6: [Wonder] ``: must be a keyword of Touchstone 2.0"),
        (with("[Network Data\n"), "line 6: `[`: must be closed"),
        (with("1 0 0\n"), "line 6: numbers before [Network Data]"),
        (with("[Network Data]\n1 0 0 1\n[End]\n"), "line 7: has 4 columns, must have 9"),
        (
            with("[Network Data]\n1 0 0 1 0 1 0 0 0\n2 0 0 1 0 1 0 0 0\n[End]\n"),
            "line 8: is a frequency more than [Number of Frequencies] 1",
        ),
        (
            with("[Number of Frequencies] 9\n[Network Data]\n1 0 0 1 0 1 0 0 0\n[End]\n"),
            "has 1 frequencies where [Number of Frequencies] says 9",
        ),
        (
            with("[Network Data]\n[Matrix Format] Lower\n"),
            "line 7: [Matrix Format] `Lower`: must be above [Network Data], or removed",
        ),
        (with("[Network Data]\n[Network Data]\n"), "line 7: [Network Data] is repeated"),
        (
            with("[Number of Frequencies] 18446744073709551616\n"),
            "line 6: [Number of Frequencies] `18446744073709551616`: must be a whole number",
        ),
        (with("[End]\n"), "holds no data; must hold [Network Data]"),
        (
            "[Version] 2.0\n#\n[Number of Ports] 4000000000\n".to_owned(),
            "line 3: [Number of Ports] `4000000000`: must be a whole number from 1 to 64",
        ),
        (
            "[Version] 2.0\n#\n[Network Data]\n".to_owned(),
            "line 3: data begin without [Number of Ports]",
        ),
        (
            "[Version] 2.0\n#\n[Number of Ports] 3\n[Network Data]\n".to_owned(),
            "line 4: data begin without [Number of Frequencies]",
        ),
    ] {
        let complaint = Touchstone::parse(&text, None).unwrap_err();
        assert!(complaint.starts_with(expected), "{text}: {complaint}");
    }
}

#[test]
fn both_orders_of_two_ports_and_a_reference_each_are_read() {
    let body = "[Network Data]\n1 .1 0 .2 0 .3 0 .4 0\n[Noise Data]\n1 2 3 4 5\n[End]\nanything\n";
    let file = Touchstone::parse(
        &format!(
            "{TWO}[Reference] 50\n75\n[begin  information]\n[Manufacturer] x\n[no end\n# y\n1 2\n[End Information]\n{body}"
        ),
        None,
    );
    let file = file.unwrap();
    assert_eq!(
        (file.at(0, 1, 2).re, file.at(0, 2, 1).re, file.reference_ohm()),
        (0.2, 0.3, &[50.0, 75.0][..])
    );
    let file =
        Touchstone::parse(&format!("{}{body}", TWO.replace("12_21", "21_12")), Some(4)).unwrap();
    assert_eq!((file.at(0, 1, 2).re, file.at(0, 2, 1).re), (0.3, 0.2));
    assert!(file.notes()[0].contains("has 2 ports, the file's name 4"), "{:?}", file.notes());
    assert_eq!(read("# R 50 75\n1 .1 0 .2 0 .3 0 .4 0\n", 2).reference_ohm(), [50.0, 75.0]);
}

/// A symmetric S of `ports` ports at three frequencies.
fn network(ports: usize) -> Vec<Complex64> {
    let mut rng = Seed::new(ports as u64).named("touchstone").rng();
    let mut s = vec![Complex64::default(); 3 * ports * ports];
    for k in 0..3 {
        for i in 0..ports {
            for j in 0..=i {
                let x = Complex64::from_polar(0.05 + 0.1 * rng.normal().abs(), rng.normal());
                s[(k * ports + i) * ports + j] = x;
                s[(k * ports + j) * ports + i] = x;
            }
        }
    }
    s
}

fn pair(format: &str, x: Complex64) -> String {
    match format {
        "RI" => format!(" {} {}", x.re, x.im),
        "MA" => format!(" {} {}", x.norm(), x.arg().to_degrees()),
        _ => format!(" {} {}", 20.0 * x.norm().log10(), x.arg().to_degrees()),
    }
}

/// One matrix in rows, four pairs a line at most; of two ports in one line as 11 21 12 22.
fn rows(
    format: &str,
    s: &[Complex64],
    ports: usize,
    columns: impl Fn(usize) -> std::ops::Range<usize>,
) -> String {
    let mut text = String::new();
    for i in 0..ports {
        for (n, j) in columns(i).enumerate() {
            let at = if ports == 2 { j * ports + i } else { i * ports + j };
            text += if n > 0 && n % 4 == 0 { "\n" } else { "" };
            text += &pair(format, s[at]);
        }
        text += if ports == 2 && i == 0 { "" } else { " ! row\n" };
    }
    text
}

/// Decimal numbers in shortest form are read back to the last bit; angles and decibels to a few.
#[test]
fn one_network_written_in_versions_1_and_2_and_all_matrix_formats_reads_the_same() {
    for ports in [1, 2, 3, 4, 5, 8, 12] {
        let s = network(ports);
        for format in ["RI", "MA", "DB"] {
            let matrix = |k: usize| &s[k * ports * ports..(k + 1) * ports * ports];
            let mut one = format!("! version 1\n# MHz S {format} R 42.5\n");
            let head = format!(
                "[Version] 2.1\n# MHz S {format}\n[Number of Ports] {ports}\n[Two-Port Order] 21_12\n[Number of Frequencies] 3\n"
            );
            let head = if ports == 2 { head } else { head.replace("[Two-Port Order] 21_12\n", "") };
            let head = head + "[Reference]" + &" 42.5".repeat(ports) + "\n";
            let mut twos: Vec<String> = ["Full", "Lower", "Upper"]
                .iter()
                .map(|f| format!("{head}[Matrix Format] {f}\n[Network Data]\n"))
                .collect();
            for k in 0..3 {
                write!(one, "{}{}", k * 10, rows(format, matrix(k), ports, |_| 0..ports)).unwrap();
                write!(twos[0], "{}{}", k * 10, rows(format, matrix(k), ports, |_| 0..ports))
                    .unwrap();
                write!(twos[1], "{}{}", k * 10, rows(format, matrix(k), ports, |i| 0..i + 1))
                    .unwrap();
                write!(twos[2], "{}{}", k * 10, rows(format, matrix(k), ports, |i| i..ports))
                    .unwrap();
            }
            let one = read(&one, ports);
            for two in twos {
                let two = Touchstone::parse(&(two + "[End]\n"), None).unwrap();
                assert_eq!(
                    (&one.s, &one.f_hz, &one.reference_ohm),
                    (&two.s, &two.f_hz, &two.reference_ohm),
                    "{ports} {format}"
                );
                assert!(two.notes().is_empty(), "{:?}", two.notes());
            }
            assert_eq!(one.f_hz, [0.0, 10e6, 20e6]);
            let tolerance = if format == "RI" { 0.0 } else { 1e-14 };
            assert!(
                one.s.iter().zip(&s).all(|(a, b)| (a - b).norm() <= tolerance),
                "{ports} {format}"
            );
        }
    }
}

/// Version 1 writes impedances over the reference, version 2 in ohm.
#[test]
fn impedances_are_relative_in_version_1_and_in_ohm_in_version_2() {
    let one = read("# Z RI R 75\n1 2 0\n", 1);
    let two = "[Version] 2.0\n# Z RI R 75\n[Number of Ports] 1\n[Number of Frequencies] 1\n[Network Data]\n1 150 0\n";
    for file in [one, Touchstone::parse(two, None).unwrap()] {
        assert!((file.at(0, 1, 1).re - 1.0 / 3.0).abs() < 1e-15, "{file:?}");
    }
}

#[test]
fn comments_of_port_impedances_that_are_not_understood_are_refused() {
    let row = |ghz: usize| format!("{ghz} .1 0 .2 0 .2 0 .1 0\n");
    for (text, expected) in [
        (
            format!("# R 50\n{}! Port Impedance 50 0 42\n", row(1)),
            "line 3: the port impedances in a comment are 3 numbers; must be 2, one for each port, or 4",
        ),
        (
            format!("# R 50\n{}! Port Impedance 50 0 42 x\n", row(1)),
            "line 3: the port impedances `50 0 42 x` in a comment are not understood",
        ),
        (
            format!("# R 50\n{}! Port Impedance 50 0 0 0\n", row(1)),
            "line 3: the impedance of port 2 in a comment is 0 ohm; must have a real part",
        ),
        (
            format!("# R 50\n{}! Port Impedance 50 0 1 0 1 0 50 0\n", row(1)),
            "line 3: ports 1 and 2 have a mutual impedance in a comment",
        ),
        (
            format!(
                "# R 50\n{}! Port Impedance 42 42\n{}! Port Impedance 43 43\n{}",
                row(1),
                row(2),
                row(3)
            ),
            "line 3: port impedances in comments stand 2 times for 3 frequencies and differ",
        ),
        (
            format!("# Z RI R 50\n! Port Impedance 42 42\n{}", row(1)),
            "line 2: port impedances in comments (42 ohm) differ from the reference of 50 ohm; must be S",
        ),
        ("# GHz S RI R 50\n1 .1 0 .2 0 .2 0 .1 \u{a0}0\n".to_owned(), "line 2: `1 .1 0"),
    ] {
        let complaint = Touchstone::parse(&text, Some(2)).unwrap_err();
        assert!(complaint.starts_with(expected), "{text}: {complaint}");
    }
}

#[test]
fn comments_that_name_other_impedances_or_mixed_modes_are_noted() {
    let with = |comment: &str| format!("! {comment}\n# GHz S RI R 50\n1 .1 0 .2 0 .2 0 .1 0\n");
    for (comment, expected) in [
        (
            "Reference Z0 = 42.5 Ohm",
            "line 1: a comment names an impedance (`Reference Z0 = 42.5 Ohm`)",
        ),
        ("Port impedance renormalised", "line 1: a comment names an impedance (`renormalised`)"),
        ("Freq Sdd11 Sdd12", "line 1: a comment names mixed modes (`Freq Sdd11 Sdd12`)"),
        ("Port[1] = Diff1", "port 1 is named `Diff1`, as of a mixed mode"),
    ] {
        let file = read(&with(comment), 2);
        assert!(
            file.notes().len() == 1 && file.notes()[0].starts_with(expected),
            "{:?}",
            file.notes()
        );
        assert_eq!(file.at(0, 2, 1).re, 0.2);
    }
    for comment in
        ["Impedance: 50 Ohms", "Port Impedance 50 0 50.00000001 0", "Gamma 1 2 3 4", "25"]
    {
        assert!(read(&with(comment), 2).notes().is_empty(), "{comment}");
    }
    assert_eq!(read(&with("Port[1] = a\n! port 2 = \"b c\""), 2).port_names(), ["a", "b c"]);
    assert!(read(&with("Port[1] = a"), 2).port_names().is_empty());
}

/// Two ports of the impedances Z, as S in 50 ohm, as S of modes in 100 and 25 ohm, and as the Z of
/// modes: V_D = V1 - V2, I_D = (I1 - I2) / 2, V_C = (V1 + V2) / 2, I_C = I1 + I2, thus
/// Z_DD = Z11 + Z22 - 2 Z12, Z_DC = (Z11 - Z22) / 2, Z_CC = (Z11 + Z22 + 2 Z12) / 4.
#[test]
fn modes_by_their_impedances_and_by_their_waves_are_the_same_ports() {
    let (z11, z22, z12) = (80.0, 60.0, 20.0);
    let head = "[Version] 2.0\n# GHz";
    let rest =
        "RI R 50\n[Number of Ports] 2\n[Number of Frequencies] 1\n[Two-Port Data Order] 12_21";
    let modes = "[Mixed-Mode Order] D1,2 C1,2\n[Network Data]";
    let of = |text: String| Touchstone::parse(&text, None).unwrap();
    let ports =
        of(format!("{head} Z {rest}\n[Network Data]\n1 {z11} 0 {z12} 0 {z12} 0 {z22} 0\n[End]\n"));
    let (dd, dc, cc) = (z11 + z22 - 2.0 * z12, (z11 - z22) / 2.0, (z11 + z22 + 2.0 * z12) / 4.0);
    let by_z = of(format!("{head} Z {rest}\n{modes}\n1 {dd} 0 {dc} 0 {dc} 0 {cc} 0\n[End]\n"));
    // S = (Z - R) (Z + R)^-1 between references of 100 and 25 ohm
    let n = (dd + 100.0) * (cc + 25.0) - dc * dc;
    let s_dd = ((dd - 100.0) * (cc + 25.0) - dc * dc) / n;
    let s_cc = ((dd + 100.0) * (cc - 25.0) - dc * dc) / n;
    let s_dc = 2.0 * dc * (100.0f64 * 25.0).sqrt() / n;
    let by_s =
        of(format!("{head} S {rest}\n{modes}\n1 {s_dd} 0 {s_dc} 0 {s_dc} 0 {s_cc} 0\n[End]\n"));
    for other in [by_z, by_s] {
        assert_eq!(other.reference_ohm(), [50.0; 2]);
        let apart = other.s.iter().zip(&ports.s).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        assert!(apart < 1e-15, "{other:?} {ports:?}");
    }
}
