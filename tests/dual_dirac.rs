//! Dual-Dirac jitter: prediction against counting, where it is a large part of the noise.

use crate::support::{preset, run};
use lightlane::dsp::DetectorKind;
use lightlane::link::{Config, LaneResult, ModuleKind};
use lightlane::pattern::PatternKind;

type Change = fn(&mut Config);

/// Error ratio to which extra loss brings each link.
const BER: f64 = 2e-4;

const LINKS: [(&str, Change); 6] = [
    ("188 fs", |c| c.host.tx.dual_dirac_jitter_fs = 188.0),
    ("300 fs", |c| c.host.tx.dual_dirac_jitter_fs = 300.0),
    ("400 fs", |c| c.host.tx.dual_dirac_jitter_fs = 400.0),
    ("300 fs, 10 km", |c| {
        c.host.tx.dual_dirac_jitter_fs = 300.0;
        c.fibre.length_km = 6.0;
    }),
    ("300 fs, dfe", |c| {
        c.host.tx.dual_dirac_jitter_fs = 300.0;
        c.host.rx.dsp.detector = DetectorKind::Dfe;
    }),
    ("300 fs, mlse", |c| {
        c.host.tx.dual_dirac_jitter_fs = 300.0;
        c.host.rx.dsp.detector = DetectorKind::Mlse;
    }),
];

fn lane(change: Change) -> (Config, LaneResult) {
    let mut c = preset("1.6tbase-dr8");
    c.module.kind = ModuleKind::Lpo;
    (c.lanes, c.spread.launch_power_db, c.limits.pmd_ber) = (1, 0.0, BER);
    (c.pattern.kind, c.simulation.block_symbols) = (PatternKind::Prbs13q, 8191);
    (c.simulation.symbols, c.simulation.symbols_at_limit) = (0, (2500.0 / BER) as u64);
    change(&mut c);
    let lane = run(&c).lanes.remove(0);
    (c, lane)
}

/// Prediction against counting.
#[test]
fn dual_dirac_jitter_is_predicted_as_it_is_counted() {
    for (name, change) in LINKS {
        let start = std::time::Instant::now();
        let (mut c, lane) = lane(change);
        println!("{name} {:?}", start.elapsed());
        println!(
            "  shares {:?}",
            lane.slicer.as_ref().map(|s| s
                .noise_shares
                .iter()
                .take(5)
                .map(|s| (s.source.clone(), s.share))
                .collect::<Vec<_>>())
        );
        let counted = lane.ber_counted_at_limit.unwrap_or(0.0);
        let predicted = lane.ber_semi_analytic_at_limit.unwrap_or(0.0);
        println!(
            "  margin {:?} snr margin {:?}, {} errors, counted {counted:.4e}, predicted {predicted:.4e}, ln {:.4}",
            lane.loss_margin_db,
            lane.snr_margin_db,
            lane.errors_at_limit,
            (predicted / counted).ln()
        );
        let start = std::time::Instant::now();
        c.host.tx.jitter_fs = c.host.tx.jitter_fs.hypot(c.host.tx.dual_dirac_jitter_fs);
        c.host.tx.dual_dirac_jitter_fs = 0.0;
        c.simulation.symbols_at_limit = 0;
        let lane = run(&c).lanes.remove(0);
        println!(
            "  {:?} as gaussian margin {:?} snr margin {:?}",
            start.elapsed(),
            lane.loss_margin_db,
            lane.snr_margin_db
        );
    }
}
