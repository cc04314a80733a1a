//! Polarisation-mode dispersion: both estimators against two fields, and against each other.

use crate::support::{agreement, preset, run_lane};
use lightlane::chain::{NoiseSelection, PlanCache, StreamKeys, Workspace};
use lightlane::link::{Config, Lane};
use lightlane::transmitter::TransmitterKind;

/// The detected current of a lane's first block without noise.
fn detected(config: &Config) -> Vec<f32> {
    let lane = Lane::build(config, 0, &mut PlanCache::default()).unwrap();
    let plan = &lane.optical().plan;
    let levels = lane.blocks(1, false).remove(0);
    let keys = StreamKeys {
        shared_seed: lane.shared_seed,
        lane_seed: lane.lane_seed,
        block: 0,
        noise: 0,
        selection: NoiseSelection::None,
    };
    Workspace::new(plan).detected(plan, &levels, &keys).to_vec()
}

/// Two field components that a delay of two samples moves by one sample each way, detected one by
/// one, after a chirped transmitter and 2 km of fibre: 70 % and 30 % of the power.
#[test]
fn it_is_the_sum_of_two_delayed_fields() {
    let mut config = preset("800gbase-dr8");
    config.fibre.length_km = 2.0;
    let alone = detected(&config);
    let sample_ps = 1e3 / (config.symbol_rate_gbd * config.simulation.samples_per_symbol as f64);
    config.fibre.pmd.differential_group_delay_ps = 2.0 * sample_ps;
    config.fibre.pmd.power_split = 0.7;
    let both = detected(&config);
    let (n, most) = (alone.len(), alone.iter().copied().fold(0.0, f32::max));
    for (k, found) in both.iter().enumerate() {
        let (early, late) = (alone[(k + 1) % n], alone[(k + n - 1) % n]);
        let expected = 0.7 * early + 0.3 * late;
        assert!((found - expected).abs() < 1e-5 * most, "{k}: {found} {expected}");
    }
}

/// Counted as predicted where intensity noise passes it and shot noise does not, with a delay that
/// costs 2.3 dB at half the symbol rate and, near the floor of intensity noise, more of the margin.
/// In one state alone it is a delay: noise is drawn in place of its closed form, to 1 % of its
/// variance, of which the loss margin makes two and a half times as much near that floor.
#[test]
fn links_with_a_delay_are_counted_as_predicted() {
    let mut config = preset("1.6tbase-dr8");
    config.transmitter.kind = TransmitterKind::Mzm;
    config.transmitter.mzm.laser.rin_db_per_hz = -142.0;
    config.fibre.reflections.enabled = false;
    let margin_db = |config: &Config| run_lane(config, 0).loss_margin_db.unwrap();
    let without_db = margin_db(&config);
    config.fibre.pmd.differential_group_delay_ps = 4.2;
    let with_db = margin_db(&config);
    println!("loss margin {without_db} dB, with 4.2 ps {with_db} dB");
    assert!(with_db < without_db - 0.3);
    let one_state = {
        let mut config = config.clone();
        config.fibre.pmd.power_split = 1.0;
        margin_db(&config)
    };
    assert!((one_state - without_db).abs() < 0.1, "{one_state} {without_db}");
    config.fibre.connector_loss_db += with_db + 0.3;
    agreement("4.2 ps", &run_lane(&config, 1 << 21));
}
