//! Chromatic dispersion of the fibre, alone and with chirp.

use super::comparison::{Comparison, Mutation, ReferenceKind, Tolerance};
use crate::chain::{
    Chain, Map, NoiseSelection, Plan, PlanCache, Probe, Sampler, Shape, StreamKeys, Workspace,
};
use crate::fibre::SingleMode;
use crate::seed::Seed;
use crate::signal::{Ampere, Field, Grid, Volt};
use num_complex::Complex32;
use std::f64::consts::{PI, TAU};

const LIGHT_M_PER_S: f64 = 299_792_458.0;

pub(super) fn comparisons() -> Vec<Comparison> {
    let limits = [
        ("min", 1304.5, 1324.0, -0.93, "most negative"),
        ("max", 1317.5, 1300.0, 0.80, "most positive"),
    ];
    let mut all: Vec<Comparison> = limits.map(limit).into();
    all.extend([(0.0, "0"), (0.5, "plus"), (-0.5, "minus")].map(response));
    all.push(null());
    all
}

fn limit(
    (name, wavelength_nm, zero_nm, reference, extreme): (&str, f64, f64, f64, &str),
) -> Comparison {
    Comparison {
        id: format!("dispersion.dr4_{name}"),
        kind: ReferenceKind::Published,
        conditions: format!(
            "500 m, {wavelength_nm} nm, zero dispersion at {zero_nm} nm, slope 0.093 ps/(nm^2 km): \
             {extreme} dispersion"
        ),
        source: "IEEE Std 802.3 Table 124-11, as quoted in brown_3df_03c_2212 (secondary)".into(),
        unit: "ps/nm",
        reference,
        tolerance: Tolerance::Absolute(0.005),
        derivation: "half a unit of the last digit printed".into(),
        mutation: Mutation::new("fibre.zero_dispersion_nm", zero_nm, 0.5),
        known: None,
        ours: Box::new(move |zero_dispersion_nm| {
            let fibre = SingleMode {
                length_km: 0.5,
                zero_dispersion_nm,
                dispersion_slope_ps_per_nm2_km: 0.093,
                ..SingleMode::default()
            };
            Some(fibre.dispersion_ps_per_nm(wavelength_nm))
        }),
    }
}

/// A modulator of chirp alpha: E = sqrt(1 + m x) e^(j alpha/2 ln(1 + m x)).
struct Chirped {
    alpha: f32,
}

impl Map<Volt, Field> for Chirped {
    fn apply(&self, x: &[f32], y: &mut [Complex32]) {
        for (y, x) in y.iter_mut().zip(x) {
            let p = 1.0 + 0.01 * x;
            *y = Complex32::from_polar(p.sqrt(), self.alpha / 2.0 * p.ln());
        }
    }

    fn name(&self) -> &'static str {
        "chirped"
    }
}

/// Square law.
struct Square;

impl Map<Field, Ampere> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }

    fn name(&self) -> &'static str {
        "square"
    }
}

const WAVELENGTH_NM: f64 = 1317.5;
const GRID: Grid = Grid { symbols: 960, samples_per_symbol: 8, symbol_rate_hz: 106.25e9 };
/// Symbols in a period of the square wave.
const PERIOD: usize = 4;

/// Power of the tone after the fibre over that before it.
fn tone_ratio(alpha: f64, zero_dispersion_nm: f64) -> Option<f64> {
    let fibre = SingleMode {
        length_km: 10.0,
        zero_dispersion_nm,
        dispersion_slope_ps_per_nm2_km: 0.092,
        ..SingleMode::default()
    };
    let mut cache = PlanCache::default();
    let modulator = Chirped { alpha: alpha as f32 };
    let light: Chain<Field> = Chain::symbols().hold(GRID).map::<Field>(modulator).probe("tp2");
    let light = light.response::<Field>(fibre.dispersion(WAVELENGTH_NM)).probe("tp3");
    let volt: Chain<Volt> = light.map::<Ampere>(Square).response(Shape::Gain(1.0));
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: 20.0, jitter_s: 0.0 };
    let plan = Plan::build(volt, sampler, GRID, &mut cache);
    let mut workspace = Workspace::new(&plan);
    let level = |k: usize| if k % PERIOD < PERIOD / 2 { 3 } else { 0 };
    let levels: Vec<u8> = (0..GRID.symbols).map(level).collect();
    let draws = StreamKeys {
        shared_seed: Seed::new(1),
        lane_seed: Seed::new(1),
        block: 0,
        noise: 0,
        selection: NoiseSelection::None,
    };
    let mut tone = |node: &str| -> Option<f64> {
        let probe = Probe::light(&plan, node, 8, &mut cache)?;
        let power = probe.waveform(&mut workspace, &levels, &draws);
        let angle = |i: usize| TAU * i as f64 / (8 * PERIOD) as f64;
        let sum = |part: fn(f64) -> f64| {
            power.iter().enumerate().map(|(i, &p)| f64::from(p) * part(angle(i))).sum::<f64>()
        };
        Some(sum(f64::cos).hypot(sum(f64::sin)))
    };
    Some(tone("tp3")? / tone("tp2")?)
}

fn response((alpha, name): (f64, &str)) -> Comparison {
    let f_hz = 106.25e9 / PERIOD as f64;
    // s / m^2 at 1317.5 nm, from 0.092 ps/(nm^2 km) and 1300 nm
    let d = 0.092 / 4.0 * (WAVELENGTH_NM - 1300f64.powi(4) / WAVELENGTH_NM.powi(3)) * 1e-6;
    let turned = PI * (WAVELENGTH_NM * 1e-9).powi(2) * d * 10e3 * f_hz * f_hz / LIGHT_M_PER_S;
    Comparison {
        id: format!("dispersion.chirp_{name}"),
        kind: ReferenceKind::ClosedForm,
        conditions: format!(
            "10 km, 1317.5 nm, zero at 1300 nm, tone of 26.5625 GHz, chirp {alpha}: response of the \
             power"
        ),
        source: "F. Devaux et al., J. Lightwave Technol. 11 (1993) 1937: sqrt(1 + a^2) |cos(pi \
                 lambda^2 D L f^2 / c + arctan a)|"
            .into(),
        unit: "",
        reference: (1.0 + alpha * alpha).sqrt() * (turned + alpha.atan()).cos().abs(),
        tolerance: Tolerance::Absolute(1e-3),
        derivation: "a depth of 1 % leaves 1e-4 of second order, single precision 1e-4".into(),
        mutation: Mutation::new("fibre.zero_dispersion_nm", 1300.0, 5.0),
        known: None,
        ours: Box::new(move |zero_nm| tone_ratio(alpha, zero_nm)),
    }
}

/// Frequency at which both sidebands cancel, GHz: half a turn between them and the carrier.
fn null() -> Comparison {
    let expected = (LIGHT_M_PER_S / (2.0 * 1550e-9f64.powi(2) * 17e-6 * 1e3)).sqrt() / 1e9;
    Comparison {
        id: "dispersion.c_band_null".into(),
        kind: ReferenceKind::ClosedForm,
        conditions: "1 km of 17 ps/(nm km) at 1550 nm: first null of the intensity response".into(),
        source: "f^2 = c / (2 lambda^2 D L), G. P. Agrawal, Nonlinear Fiber Optics".into(),
        unit: "GHz",
        reference: expected,
        tolerance: Tolerance::Absolute(0.01),
        derivation: "the slope of the dispersion is even in the sidebands' sum and drops out; the \
                     search ends at 1e-6 GHz"
            .into(),
        mutation: Mutation::new("fibre.length_km", 1.0, 0.01),
        known: None,
        ours: Box::new(|length_km| {
            // 17 ps/(nm km) at 1550 nm
            let slope = 4.0 * 17.0 / (1550.0 - 1312f64.powi(4) / 1550f64.powi(3));
            let fibre = SingleMode {
                length_km,
                zero_dispersion_nm: 1312.0,
                dispersion_slope_ps_per_nm2_km: slope,
                ..SingleMode::default()
            };
            let shape = fibre.dispersion(1550.0);
            // half of the sum of both sidebands' phases
            let phase = |ghz: f64| {
                let [up, down] = [1e9, -1e9].map(|hz| shape.at(hz * ghz));
                (up * down).arg() / 2.0
            };
            let (mut low, mut high) = (40.0, 75.0);
            while high - low > 1e-6 {
                let middle: f64 = 0.5 * (low + high);
                // the phase of the product wraps where its half reaches a quarter turn
                if phase(middle) > 0.0 { low = middle } else { high = middle }
            }
            Some(low)
        }),
    }
}
