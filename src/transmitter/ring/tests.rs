//! The whole modulator: levels, noise of the laser's frequency, heating by the pattern.

use super::detuning::{Detuning, Side};
use super::model::RingModel;
use super::sheet::Ring;
use crate::chain::{
    Chain, NoiseOrigin, NoiseSelection, Plan, PlanCache, Probe, Sampler, Shape, StreamKeys,
    Workspace,
};
use crate::error::{KeyPath, Problems};
use crate::measured::{BuildContext, FileReader, Library};
use crate::seed::Seed;
use crate::sheet::Temperature;
use crate::signal::{Field, Grid, Volt};
use crate::transmitter::driver::Driver;
use crate::transmitter::laser::Laser;
use crate::transmitter::modulator::{Drive, Modulator, ModulatorSheet};
use crate::units::{db_from_power_ratio, dbm_from_watt, mega};
use num_complex::Complex32;
use std::f64::consts::PI;

fn model(ring: &Ring) -> RingModel {
    let (library, mut problems) = (Library::default(), Problems::new());
    ring.read(&KeyPath::root(), &mut FileReader::new(&library, &mut problems)).unwrap()
}

/// The published ring with a driver that does not saturate and a junction of 1 kV, whose shift is
/// in proportion to its voltage.
fn published(swing_vpp: f64, swing_pm: f64) -> Ring {
    Ring {
        laser: Laser { wavelength_nm: 1314.4, ..Laser::default() },
        driver: Driver {
            swing_vpp,
            saturation_vpp: 1000.0,
            noise_nv_per_rthz: 0.0,
            ..Driver::default()
        },
        shift_pm_per_v: swing_pm / swing_vpp,
        built_in_v: 1000.0,
        loss_fall_per_v: 0.0,
        detuning: Detuning::Er,
        target_er_db: 3.5,
        ..Ring::default()
    }
}

/// As in `resonator.rs`, by the keys that a user sets: 2.95 / 1.82 dB and -5.52 / -4.39 dB, to the
/// digits given, on both sides of the resonance.
#[test]
fn a_ring_detuned_to_its_extinction_ratio_has_the_published_levels() {
    for side in [Side::Blue, Side::Red] {
        for (swing_vpp, swing_pm, loss_db, oma_db) in
            [(2.0, 80.0, 2.95, -5.52), (3.0, 125.0, 1.82, -4.39)]
        {
            let ring = model(&Ring { side, ..published(swing_vpp, swing_pm) });
            let full_w = ring.power_before_modulation_w();
            let high_w = ring.settled_field(1.0).norm_sqr();
            let low_w = ring.settled_field(-1.0).norm_sqr();
            assert!((db_from_power_ratio(high_w / low_w) - 3.5).abs() < 1e-3, "{side:?}");
            let loss = -db_from_power_ratio(high_w / full_w);
            let oma = db_from_power_ratio(ring.settled_oma_w(1.0) / full_w);
            assert!((loss - loss_db).abs() < 0.006, "{side:?}: {loss}");
            assert!((oma - oma_db).abs() < 0.006, "{side:?}: {oma}");
        }
    }
}

/// 56.2 mW, 1.0 dB to the chip's edge, a tree of 0.19 dB per stage, 2.0, 0.5 and 1.8 dB: 12.2 dBm
/// for a lane alone, and 3.01 + 0.19 dB less for each doubling of the lanes.
#[test]
fn one_laser_feeds_one_two_four_or_eight_rings() {
    for (stages, lanes_per_laser) in [1, 2, 4, 8].into_iter().enumerate() {
        let ring = Ring { lanes_per_laser, laser_fibre_loss_db: 1.0, ..Ring::default() };
        let dbm = dbm_from_watt(model(&ring).power_before_modulation_w());
        let expected = 12.2 - stages as f64 * (10.0 * 2f64.log10() + 0.19);
        assert!((dbm - expected).abs() < 1e-9, "{lanes_per_laser}: {dbm}");
    }
    let mut problems = Problems::new();
    let ring = Ring { lanes_per_laser: 3, ..Ring::default() };
    ModulatorSheet::check(&ring, &KeyPath::root(), &mut problems);
    assert!(problems.to_string().contains("lanes_per_laser = 3: must be 1, 2, 4 or 8"));
}

/// The junction's shift falls with its depletion, and has the slope given at the bias.
#[test]
fn the_shift_follows_the_depletion() {
    let ring = Ring::default();
    let slope = (ring.straightened_v(1e-4) - ring.straightened_v(-1e-4)) / 2e-4;
    assert!((slope - 1.0).abs() < 1e-6);
    // from 0.5 to 2.5 V about a bias of 1.5 V: 2 (2.4 V) (sqrt(3.4 / 2.4) - sqrt(1.4 / 2.4))
    let chord = ring.straightened_v(1.0) - ring.straightened_v(-1.0);
    let expected = 4.8 * ((3.4f64 / 2.4).sqrt() - (1.4f64 / 2.4).sqrt());
    assert!((chord - expected).abs() < 1e-12 && chord > 2.0);
}

struct Square;
impl crate::chain::Map<Field, Volt> for Square {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x.norm_sqr());
    }
    fn name(&self) -> &'static str {
        "square"
    }
}

const GRID: Grid = Grid { symbol_rate_hz: 106.25e9, symbols: 4096, samples_per_symbol: 8 };

/// The light of a ring at a drive of zero.
fn undriven(ring: &RingModel, lane: usize) -> Plan {
    let (library, mut cache) = (Library::default(), PlanCache::default());
    let volts = Chain::symbols().hold(GRID).response(Shape::Gain(0.0));
    let cache = &mut cache;
    let mut context = BuildContext {
        grid: GRID,
        lane,
        lane_seed: Seed::new(3),
        temperature: Temperature::default(),
        library: &library,
        cache,
    };
    let light = ring.extend(Drive::of_host(volts, GRID), &mut context).probe("tp2");
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: 8.0, jitter_s: 0.0 };
    Plan::build(light.map::<Volt>(Square), sampler, GRID, cache)
}

/// At a constant drive the laser's frequency noise, white of density linewidth / pi, is RIN of the
/// squared slope of ln T, as fast as the ring: `(d ln T / d nu)^2 S |H(f) / H(0)|^2`, H the
/// small-signal response. Eight blocks of 32768 samples, some eight to a correlation time, know a
/// variance to 0.8 %; five times that are allowed.
#[test]
fn the_frequency_noise_of_the_laser_becomes_intensity_noise_by_the_slope() {
    for detuning_pm in [-130.0, -50.0, 130.0] {
        let sheet = Ring {
            laser: Laser { rin_db_per_hz: -300.0, linewidth_mhz: 2.0, ..Laser::default() },
            detuning: Detuning::Given,
            detuning_pm,
            ..published(2.0, 80.0)
        };
        let (ring, resonance) = (model(&sheet), sheet.resonator(-detuning_pm.signum()));
        let response = |f_hz: f64| resonance.small_signal(detuning_pm, f_hz).norm_sqr();
        let half_hz = GRID.sample_rate_hz() / 2.0;
        let mean =
            (0..4000).map(|i| response((f64::from(i) + 0.5) / 4000.0 * half_hz)).sum::<f64>()
                / 4000.0
                / response(0.0);
        let slope = resonance.slope_per_hz(detuning_pm);
        let expected = slope * slope * mega(2.0) / PI * mean * half_hz;
        // of the model, on average over the same band
        let stated = ring.rin_per_hz(half_hz).unwrap() * half_hz;
        assert!((stated / expected - 1.0).abs() < 1e-3, "{detuning_pm}: {stated}");

        let (plan, mut cache) = (undriven(&ring, 0), PlanCache::default());
        let probe = Probe::light(&plan, "tp2", 8, &mut cache).expect("it is named");
        let mut workspace = Workspace::new(&plan);
        let (levels, mut square, mut sum, mut n) = (vec![0; GRID.symbols], 0.0, 0.0, 0.0);
        for block in 0..8 {
            let keys = StreamKeys {
                shared_seed: Seed::new(1),
                lane_seed: Seed::new(2),
                block,
                noise: block,
                selection: NoiseSelection::All,
            };
            for power in probe.waveform(&mut workspace, &levels, &keys) {
                let power = f64::from(power);
                (square, sum, n) = (square + power * power, sum + power, n + 1.0);
            }
        }
        let found = square * n / (sum * sum) - 1.0;
        assert!((found / expected - 1.0).abs() < 0.04, "{detuning_pm}: {found:e} {expected:e}");
    }
}

/// RIN and frequency noise are those of the laser: common to the lanes that it feeds.
#[test]
fn lanes_of_one_laser_share_its_noises() {
    let ring = model(&Ring { lanes_per_laser: 2, ..Ring::default() });
    let names = |lane: usize| -> Vec<String> {
        let plan = undriven(&ring, lane);
        let of_laser =
            plan.noises().iter().filter(|noise| noise.class.origin == NoiseOrigin::Laser);
        of_laser.map(|noise| noise.id.name.clone()).collect()
    };
    assert_eq!(names(0), names(1));
    assert_eq!(names(2), ["laser.ring1.frequency", "laser.ring1.rin"]);
}

/// Slow data leave the mean of the four settled levels' absorption; fast data nearly the same.
#[test]
fn the_heating_is_that_of_the_patterns_mean_absorption() {
    let library = Library::default();
    let sheet = Ring { lock_error_pm: 20.0, ..published(2.0, 80.0) };
    let laser =
        sheet.laser.model(&KeyPath::root(), &mut FileReader::new(&library, &mut Problems::new()));
    let driver =
        sheet.driver.model(&KeyPath::root(), &mut FileReader::new(&library, &mut Problems::new()));
    let resonance = sheet.resonator(1.0);
    for (symbol_rate_hz, within) in [(2e9, 2e-3), (53.125e9, 0.02), (106.25e9, 0.02)] {
        let ring = RingModel::new(
            sheet.clone(),
            laser.clone().expect("it has no file"),
            driver.clone(),
            Some(symbol_rate_hz),
        );
        let state = ring.state();
        let levels = [-1.0, -1.0 / 3.0, 1.0 / 3.0, 1.0];
        let lost = levels.map(|v| resonance.absorption(state.detuning_pm, v)).iter().sum::<f64>();
        // 75 pm/K, 1 K/mW, 50 %
        let expected = 37.5 * ring.power_at_ring_w() * 1e3 * lost / 4.0;
        assert!(
            (state.heating_pm / expected - 1.0).abs() < within,
            "{symbol_rate_hz}: {} {expected}",
            state.heating_pm
        );
        assert!(state.holds_lock && state.others_pm.is_empty());
        let moved_pm = ring.lock_pm() - state.detuning_pm;
        assert!(moved_pm > 5.0 && moved_pm < 20.0, "{moved_pm}");
    }
}

/// A temperature step of 1 K is a shift of 75 pm without the light, and less on the blue side with
/// it; both errors add.
#[test]
fn lock_error_and_temperature_shift_the_detuning() {
    let moved = |lock_error_pm: f64, temperature_step_k: f64, heating_percent: f64| {
        let ring = Ring { lock_error_pm, temperature_step_k, heating_percent, ..Ring::default() };
        let ring = model(&ring);
        ring.lock_pm() - ring.state().detuning_pm
    };
    assert_eq!(moved(0.0, 0.0, 50.0), 0.0);
    assert!((moved(0.0, 0.2, 0.0) - 15.0).abs() < 1e-4);
    assert!((moved(5.0, 0.2, 0.0) - 20.0).abs() < 1e-4);
    assert!((moved(20.0, 0.0, 50.0) - moved(5.0, 0.2, 50.0)).abs() < 1e-4);
    assert!((1.0..19.0).contains(&moved(20.0, 0.0, 50.0)), "{}", moved(20.0, 0.0, 50.0));
}

#[test]
fn bistability_and_a_lock_that_does_not_hold_are_reported() {
    let said = |power_dbm: f64, side: Side| {
        let laser = Laser { power_dbm, ..Laser::default() };
        model(&Ring { laser, side, ..Ring::default() }).warnings().join("\n")
    };
    assert_eq!(said(15.0, Side::Blue), "");
    let blue = said(26.0, Side::Blue);
    assert!(blue.contains("bistable") && !blue.contains("does not stay"), "{blue}");
    let red = said(26.0, Side::Red);
    assert!(red.contains("does not stay at its detuning"), "{red}");
    let slow = Ring { thermal_time_us: 0.1, thermal_resistance_k_per_mw: 50.0, ..Ring::default() };
    let slow = model(&slow).warnings().join("\n");
    assert!(slow.contains("wanders with the data"), "{slow}");
}
