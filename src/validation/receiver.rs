//! Filters and noise of the receiver.

use super::comparison::{Comparison, Disagreement, Mutation, ReferenceKind, Tolerance};
use super::lane;
use super::stored::{CODES, number, numbers};
use crate::chain::{PlanCache, Shape};
use crate::link::Config;
use crate::math::prototype::Family;
use crate::measured::{BuildContext, Library};
use crate::receiver::Tia;
use crate::seed::Seed;
use crate::sheet::Temperature;
use crate::signal::Grid;
use crate::transmitter::{Electrode, TransmitterKind};
use crate::units::{giga, pico};
use std::f64::consts::TAU;

const SCRIPT: &str = "tests/oracle/codes: python codes.py > codes.json";

pub(super) fn comparisons() -> Vec<Comparison> {
    vec![moment("white", 0), moment("square", 1), delay(), white_part(), sensitivity()]
}

fn bessel(order: f64) -> Shape {
    Shape::low_pass(Family::Bessel, order as usize, giga(20.0), 0.0)
}

fn moment(name: &str, index: usize) -> Comparison {
    let of = ["|H|^2", "(f / BW)^2 |H|^2"][index];
    Comparison {
        id: format!("receiver.bessel4_{name}"),
        kind: ReferenceKind::IndependentProgram,
        conditions: format!("Bessel low-pass of order 4: integral of {of} over the bandwidth"),
        source: format!("SciPy 1.17.1, signal.bessel and integrate.quad; {SCRIPT}"),
        unit: "",
        reference: numbers(&CODES, "/bessel4_moments")[index],
        tolerance: Tolerance::Absolute(1e-6),
        derivation: "theirs is a quadrature to 1e-9, ours a sum over residues; poles are known to \
                     1e-9"
            .into(),
        mutation: Mutation::new("receiver.tia.order", 4.0, 1.0),
        known: None,
        ours: Box::new(move |order| {
            let band = bessel(order).noise_bandwidth()?;
            Some([band.white_hz, band.square_hz][index] / band.half_power_hz)
        }),
    }
}

fn delay() -> Comparison {
    Comparison {
        id: "receiver.bessel4_delay".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions: "Bessel low-pass of order 4: delay at low frequency times the bandwidth".into(),
        source: format!("SciPy 1.17.1, signal.bessel and freqs; {SCRIPT}"),
        unit: "",
        reference: number(&CODES, "/bessel4_delay_s"),
        tolerance: Tolerance::Absolute(1e-6),
        derivation: "the delay is flat to the eighth power of the frequency; poles to 1e-9".into(),
        mutation: Mutation::new("receiver.tia.order", 4.0, 1.0),
        known: None,
        ours: Box::new(|order| {
            let f_hz = giga(20.0) * 1e-4;
            Some(-bessel(order).at(f_hz).arg() / (TAU * f_hz) * giga(20.0))
        }),
    }
}

fn white_part() -> Comparison {
    let moments: f64 = numbers(&CODES, "/bessel4_moments").iter().sum();
    Comparison {
        id: "receiver.tia_white_part".into(),
        kind: ReferenceKind::IndependentProgram,
        conditions: "TIA of 32 GHz, Bessel of order 4, 16.9 pA/rtHz on average: white part of its \
                     density a0 (1 + (f / BW)^2)"
            .into(),
        source: format!(
            "average^2 over the two integrals above by SciPy 1.17.1; {SCRIPT}; the amplifier: D. \
             Patel et al., IEEE J. Solid-State Circuits 58 (2023), doi 10.1109/JSSC.2022.3218558"
        ),
        unit: "pA/rtHz",
        reference: 16.9 / moments.sqrt(),
        tolerance: Tolerance::Absolute(1e-5),
        derivation: "the integrals agree to 1e-6".into(),
        mutation: Mutation::new("receiver.tia.noise_average_pa_per_rthz", 16.9, 0.1),
        known: None,
        ours: Box::new(|noise_average_pa_per_rthz| {
            let tia = Tia { noise_average_pa_per_rthz, bandwidth_ghz: 32.0, ..Tia::default() };
            let grid = Grid { symbol_rate_hz: giga(56.0), symbols: 256, samples_per_symbol: 4 };
            let (library, mut cache) = (Library::default(), PlanCache::default());
            let lane_seed = Seed::new(1);
            let (temperature, library) = (Temperature::default(), &library);
            let cache = &mut cache;
            let context = BuildContext { grid, lane: 0, lane_seed, temperature, library, cache };
            Some(tia.density(&context).ok()?.at(0.0).sqrt() / pico(1.0))
        }),
    }
}

/// The receiver of Patel et al. on light as good as their transmitter may be: no equaliser.
fn patel(noise_pa_per_rthz: f64) -> Config {
    let mut c = lane::preset("800gbase-dr8");
    lane::quiet(&mut c);
    c.tdecq.enabled = false;
    c.symbol_rate_gbd = 56.0;
    c.simulation.samples_per_symbol = 8;
    c.transmitter.kind = TransmitterKind::Mzm;
    c.transmitter.ffe.taps = vec![1.0];
    c.transmitter.dac.bandwidth_ghz = 70.0;
    let m = &mut c.transmitter.mzm;
    (m.driver.bandwidth_ghz, m.driver.swing_vpp) = (70.0, 1.0);
    (m.electrode, m.bandwidth_ghz, m.bias_error_deg) = (Electrode::LowPass, 70.0, 0.0);
    m.reverse_bias_v = 6.0;
    let r = &mut c.receiver;
    r.photodiode.bandwidth_ghz = 70.0;
    r.dsp.adc.bandwidth_ghz = 100.0;
    (r.tia.bandwidth_ghz, r.tia.noise_average_pa_per_rthz) = (32.0, noise_pa_per_rthz);
    (r.dsp.ffe.taps, r.dsp.ffe.precursors) = (1, Some(0));
    r.coupling_loss_db = 0.0;
    c.fibre.reflections.enabled = false;
    (c.fibre.length_km, c.fibre.connector_loss_db) = (0.0, 0.0);
    c.limits.pmd_ber = 2.4e-4;
    c
}

fn sensitivity() -> Comparison {
    Comparison {
        id: "receiver.patel_sensitivity".into(),
        kind: ReferenceKind::Published,
        conditions: "56 GBd, TIA of 32 GHz and 16.9 pA/rtHz, no equaliser, BER 2.4e-4: OMA at the \
                     diode, wide-band light, 0.85 A/W"
            .into(),
        source: "D. Patel et al., A 112-Gb/s -8.2-dBm Sensitivity 4-PAM Linear TIA in 16-nm CMOS, \
                 IEEE J. Solid-State Circuits 58 (2023), abstract: SER 4.8e-4 without \
                 post-equalisation"
            .into(),
        unit: "dBm",
        reference: -8.2,
        tolerance: Tolerance::Absolute(0.3),
        derivation: "printed to 0.1 dB; responsivity is not in the abstract, 0.8 to 0.95 A/W: 0.3 \
                     dB"
        .into(),
        mutation: Mutation::new("receiver.tia.noise_average_pa_per_rthz", 16.9, 3.0),
        known: Some(Disagreement {
            difference: -1.17,
            because: "the abstract gives neither the transmitter's bandwidth nor whether -8.2 dBm is \
                      OMA or mean power; ours has ideal light and a Bessel response",
        }),
        ours: Box::new(|pa| lane::run(&patel(pa), 0)?.sensitivity_oma_dbm),
    }
}
