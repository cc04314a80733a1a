//! Tests of curves and spectra from text.

use super::*;

fn curve(text: &str, kind: SeriesKind) -> Result<Monotone, String> {
    read(&Text { text: text.to_owned(), digest: 0 }, kind)
}

#[test]
fn a_transmission_is_one_at_0_v_in_either_order_and_unit() {
    for (text, unit) in [
        ("V, dB\n-3, -12\n-2, -5\n0, -2\n", TransmissionUnit::Db),
        ("0, -2\n-2, -5\n-3, -12\n", TransmissionUnit::Db),
        ("-3, 0.1\n-2, 0.5011872336\n0, 1\n", TransmissionUnit::Linear),
    ] {
        let curve = curve(text, SeriesKind::Transmission(unit)).unwrap();
        assert!(curve.at(0.0).abs() < 1e-9 && curve.at(-1.0).abs() < 1e-9, "{text}");
        assert!(
            (curve.at(2.0).exp() - 0.501_187_233_6).abs() < 1e-9
                && (curve.at(3.0).exp() - 0.1).abs() < 1e-9,
            "{text}"
        );
    }
}

#[test]
fn half_a_drive_curve_is_completed_to_an_odd_one() {
    let curve = curve("0, 0\n0.5, 0.6\n1, 1\n", SeriesKind::Drive).unwrap();
    assert!(
        (curve.at(-0.5) + 0.6).abs() < 1e-12
            && curve.at(0.0).abs() < 1e-12
            && (curve.at(9.0) - 1.0).abs() < 1e-12
    );
}

#[test]
fn a_modulators_largest_transmission_is_one_and_an_amplifiers_slope_at_zero_too() {
    let mzm = curve("2, -9\n0, -6\n-2, -4\n", SeriesKind::DriveTransmission(TransmissionUnit::Db))
        .unwrap();
    assert!(mzm.at(-2.0).abs() < 1e-12 && (mzm.at(2.0) + 0.5 * 10f64.ln()).abs() < 1e-9);
    let amplifier =
        curve("0, 0\n0.1, 20\n0.2, 40\n1, 100\n2, 110\n", SeriesKind::Compression).unwrap();
    assert!((amplifier.at(0.1) - 0.1).abs() < 1e-6 && (amplifier.at(-5.0) + 0.55).abs() < 1e-6);
    let light = curve("mA, mW\n0, 0\n10, 0\n110, 50\n", SeriesKind::Light).unwrap();
    assert!(light.at(5.0).abs() < 1e-12 && (light.at(110.0) - 50.0).abs() < 1e-12);
}

#[test]
fn a_spectrum_is_a_density_over_hz() {
    let rin = curve("f (MHz), RIN\n100, -140\n20000, -150\n", SeriesKind::Rin).unwrap();
    assert!(
        (rin.at(1e8).exp() / 1e-14 - 1.0).abs() < 1e-9
            && (rin.at(1e12).exp() / 1e-15 - 1.0).abs() < 1e-9
    );
    let noise = curve("0 10\n50 20\n", SeriesKind::CurrentNoise).unwrap();
    assert!((noise.at(50e9).exp() / 4e-22 - 1.0).abs() < 1e-9);
}

/// The same curve in several units, by the names of its columns.
#[test]
fn a_curve_is_the_same_in_every_unit_that_its_header_names() {
    let db = TransmissionUnit::Db;
    let cases: [(SeriesKind, f64, &[&str]); 6] = [
        (
            SeriesKind::CurrentNoise,
            20e9,
            &[
                "0 16\n40 20\n",
                "f (GHz),noise (nA/sqrt(Hz))\n0,0.016\n40,0.02\n",
                "f_Hz,noise_A_per_rtHz\n0,16e-12\n40e9,20e-12\n",
                "f (MHz);S (pA^2/Hz)\n0;256\n40000;400\n",
            ],
        ),
        (
            SeriesKind::Rin,
            20e9,
            &[
                "0,-140\n40,-150\n",
                "f (THz),RIN [1/Hz]\n0,1e-14\n0.04,1e-15\n",
                "GHz dBc/Hz\n0 -140\n40 -150\n",
            ],
        ),
        (
            SeriesKind::Transmission(db),
            1.5,
            &[
                "-3,-10\n0,0\n",
                "V (mV),T (%)\n-3000,10\n0,100\n",
                "V,P (uW)\n-3,50\n0,500\n",
                "bias (V),P (dBm)\n-3,-5\n0,5\n",
            ],
        ),
        (SeriesKind::DriveTransmission(db), 1.0, &["-2,-10\n2,0\n", "V,T (1)\n-2,0.1\n2,1\n"]),
        (SeriesKind::Light, 40.0, &["0,0\n100,10\n", "I (A),P (uW)\n0,0\n0.1,10000\n"]),
        (SeriesKind::Drive, 0.5, &["0,0\n1,2\n", "input (%),output (mV)\n0,0\n100,2000\n"]),
    ];
    for (kind, x, texts) in cases {
        let first = curve(texts[0], kind).unwrap().at(x);
        for text in texts {
            let found = curve(text, kind).unwrap().at(x);
            assert!(
                (found - first).abs() < 1e-9 * first.abs().max(1.0),
                "{text}: {found}, {first}"
            );
        }
    }
}

#[test]
fn a_unit_of_another_quantity_is_refused() {
    let linear = SeriesKind::Transmission(TransmissionUnit::Linear);
    for (text, kind, expected) in [
        (
            "f (GHz),V (nV/sqrt(Hz))\n0,1\n1,1\n",
            SeriesKind::CurrentNoise,
            "line 1: column 2, `V (nV/sqrt(Hz))`: the unit `nV/sqrt(Hz)` is not understood",
        ),
        (
            "t (ns),RIN (dB/Hz)\n0,-140\n1,-140\n",
            SeriesKind::Rin,
            "line 1: column 1, `t (ns)`: is another quantity; its unit must be Hz",
        ),
        (
            "I (mA),V (V)\n0,0\n1,1\n",
            SeriesKind::Light,
            "line 1: column 2, `V (V)`: is another quantity; its unit must be W, mW",
        ),
        ("V,T (dB)\n-1,-3\n0,0\n", linear, "its column `T (dB)` is in decibels"),
    ] {
        let complaint = curve(text, kind).unwrap_err();
        assert!(complaint.starts_with(expected), "{text}: {complaint}");
    }
}

#[test]
fn what_is_no_curve_is_refused_with_its_line() {
    let db = SeriesKind::Transmission(TransmissionUnit::Db);
    for (text, kind, expected) in [
        ("0, 0\n1, -3\n2, -6\n", db, "line 2: voltage 1: must be negative for reverse voltages"),
        ("0, 0\n-2, -3\n-1, -6\n", db, "line 2: voltage -2 turns round"),
        (
            "-2, 0\n0, 1\n",
            SeriesKind::Transmission(TransmissionUnit::Linear),
            "line 1: transmission 0: must be above 0",
        ),
        (
            "0, 1\n1, 0\n2, 1\n",
            SeriesKind::DriveTransmission(TransmissionUnit::Linear),
            "line 2: transmission 0: must be above 0",
        ),
        ("0, 0\n10, -1\n", SeriesKind::Light, "line 2: 10 mA and -1 mW: must be a current from 0"),
        ("1, 1\n0, 2\n", SeriesKind::Light, "line 2: current 0 descends after 1"),
        (
            "-1, 1\n1, 0\n",
            SeriesKind::Compression,
            "line 1: the output does not rise at an input of 0",
        ),
        (
            "0, 0\n0.5, 0.5\n",
            SeriesKind::Drive,
            "line 2: the input ends at 0.5: must reach full scale",
        ),
        ("-0.5, 0\n1, 0.5\n", SeriesKind::Drive, "line 1: the input ends at -0.5"),
        (
            "0, 146\n1, 146\n",
            SeriesKind::Rin,
            "line 1: RIN in dB/Hz of 146: must be from -300 to -80",
        ),
        (
            "0, 0\n1, 16\n",
            SeriesKind::CurrentNoise,
            "line 1: noise in pA/sqrt(Hz) of 0: must be from",
        ),
    ] {
        let complaint = curve(text, kind).unwrap_err();
        assert!(complaint.starts_with(expected), "{text}: {complaint}");
    }
}

/// Frequencies in GHz that are one in Hz, and voltages without a slope between them.
#[test]
fn points_that_no_curve_goes_through_are_refused() {
    for (text, kind) in [
        ("1.9000000000000001 -150\n1.9000000000000004 -150\n", SeriesKind::Rin),
        ("-1e300 1\n1e300 2\n", SeriesKind::DriveTransmission(TransmissionUnit::Db)),
        ("-5e-324 1\n0 2\n", SeriesKind::Transmission(TransmissionUnit::Db)),
        ("0 0\n1e-200 1\n", SeriesKind::Compression),
    ] {
        let message = curve(text, kind).unwrap_err();
        assert!(message.contains("too near each other or too far apart"), "{text}: {message}");
    }
}
