//! Results of the segments of a lane.

use crate::chain::{ClockReading, Prediction, Tally, Trained};
use crate::host::Channel;
use crate::link::describe::config::Config;
use crate::link::describe::module::ModuleKind;
use crate::link::result::clock::ClockResult;
use crate::link::result::figures::SegmentResult;
use crate::link::result::verdict::judged;
use crate::serdes::{Ctle, SerdesTx};
use crate::units::giga;

/// Most that wrong feedback multiplies errors by: a tap of 1 goes on with 0.75, four in a burst,
/// and a wide margin (assumed).
const MOST_PROPAGATION: f64 = 20.0;

/// What the segments of a lane were set to and what each of them came to, in their order: their
/// receivers, and what was counted of each.
pub(crate) fn results(
    config: &Config,
    solved: &[(&Trained, &Prediction)],
    counted: &[Tally],
    clocks: &[ClockReading],
) -> Vec<SegmentResult> {
    let (host, module, limits) = (&config.host, &config.module, &config.limits);
    let settings =
        |tx: Option<&SerdesTx>, channel: Option<&Channel>, ctles: [Option<&Ctle>; 2]| Settings {
            tx_taps: tx.map_or_else(Vec::new, |tx| tx.ffe.taps.clone()),
            loss_db: channel.map(|channel| channel.loss_db(giga(config.symbol_rate_gbd) / 2.0)),
            ctles: ctles.map(|ctle| ctle.map(|ctle| [ctle.gain_db, ctle.low_gain_db])),
        };
    let ahead = || {
        (
            "host to module",
            Some(limits.aui_ber),
            settings(Some(&host.tx), Some(&host.channel), [None, Some(&module.rx.ctle)]),
        )
    };
    let behind = || {
        (
            "module to host",
            Some(limits.aui_ber),
            settings(Some(&module.tx), Some(host.back()), [None, Some(&host.rx.ctle)]),
        )
    };
    let rows = match module.kind {
        ModuleKind::Optics => vec![],
        ModuleKind::Retimed => vec![
            ahead(),
            ("light", Some(limits.pmd_ber), settings(None, None, [None, None])),
            behind(),
        ],
        ModuleKind::Lro => vec![
            ahead(),
            ("light to host", None, settings(None, Some(host.back()), [None, Some(&host.rx.ctle)])),
        ],
        ModuleKind::Lpo => {
            let ctles = [Some(&module.input.ctle), Some(&host.rx.ctle)];
            vec![("host to host", None, settings(Some(&host.tx), Some(&host.channel), ctles))]
        }
    };
    let one = |(i, (name, limit_ber, settings)): (usize, (&'static str, Option<f64>, Settings))| {
        let (trained, prediction) = solved[i];
        let tally = counted.get(i);
        let interval = tally.map(|tally| tally.interval().0);
        let [input, output] = settings.ctles;
        let foreseen = |figure: f64| (!prediction.ideal_feedback).then_some(figure);
        let keeps = |limit: f64| match (prediction.ideal_feedback, interval) {
            (false, _) => Some(prediction.ber <= limit),
            (true, Some(interval)) => {
                // what feedback that is never wrong leaves this far below, bursts do not bring up
                // to the limit
                let far_below = prediction.ber * MOST_PROPAGATION <= limit && interval.low <= limit;
                judged([interval.low, interval.high], limit).or(far_below.then_some(true))
            }
            (true, None) => None,
        };
        SegmentResult {
            name,
            ber_semi_analytic: foreseen(prediction.ber),
            ber_semi_analytic_low: foreseen(prediction.interval.low),
            ber_semi_analytic_high: foreseen(prediction.interval.high),
            ber_ideal_feedback: prediction.ideal_feedback.then_some(prediction.ber),
            bits: tally.map_or(0, Tally::bits),
            errors: tally.map_or(0, |tally| tally.bit_errors),
            ber_counted: tally.filter(|tally| tally.bit_errors > 0).map(Tally::ber),
            ber_counted_low: interval.map(|interval| interval.low),
            ber_counted_high: interval.map(|interval| interval.high),
            limit_ber,
            passes: limit_ber.and_then(keeps),
            snr_db: Some(prediction.snr_db),
            clock: clocks.get(i).map_or_else(ClockResult::default, |clock| {
                ClockResult::of(clock, config.symbol_rate_gbd)
            }),
            channel_loss_db: settings.loss_db,
            tx_taps: settings.tx_taps,
            input_ctle_db: input,
            ctle_db: output,
            rx_postcursors: trained.postcursors.iter().map(|&tap| f64::from(tap)).collect(),
            rx_taps: trained.taps.iter().map(|&tap| f64::from(tap)).collect(),
        }
    };
    rows.into_iter().enumerate().filter(|(i, _)| *i < solved.len()).map(one).collect()
}

struct Settings {
    tx_taps: Vec<f64>,
    loss_db: Option<f64>,
    ctles: [Option<[f64; 2]>; 2],
}
