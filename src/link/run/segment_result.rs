//! Results of the segments of a lane.

use crate::chain::{ClockReading, Tally};
use crate::link::build::lane::Lane;
use crate::link::build::segment::Segment;
use crate::link::describe::config::Config;
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::link::result::clock::ClockResult;
use crate::link::result::figures::SegmentResult;
use crate::link::result::verdict::judged;
use crate::link::solve::segment::SolvedSegment;
use crate::measured::Library;
use crate::serdes::Ctle;
use crate::units::giga;

/// Settings, predictions and counts of the segments of a lane, in their order; none if the link has
/// no host.
pub(super) fn results(
    lane: &Lane,
    solved: &[SolvedSegment],
    counted: &[Tally],
    clocks: &[ClockReading],
) -> Vec<SegmentResult> {
    if !lane.config.module.kind.has_hosts() {
        return vec![];
    }
    let all = lane.segments.iter().zip(solved).enumerate();
    all.map(|(i, (segment, solved))| result(lane, segment, solved, counted.get(i), clocks.get(i)))
        .collect()
}

/// The result of one segment.
fn result(
    lane: &Lane,
    segment: &Segment,
    solved: &SolvedSegment,
    tally: Option<&Tally>,
    clock: Option<&ClockReading>,
) -> SegmentResult {
    let SolvedSegment { trained, prediction } = solved;
    let config = &lane.config;
    let limit_ber = segment.limit_ber;
    let settings = SegmentSettings::of(config, segment.kind, &lane.library);
    let interval = tally.map(|tally| tally.interval().0);
    let holds = prediction.no_prediction.is_none();
    let predicted = |figure: f64| holds.then_some(figure);
    // what a prediction that does not hold says is an upper bound
    let keeps = |limit: f64| match (holds || prediction.ber <= limit, interval) {
        (true, _) => Some(prediction.ber <= limit),
        (false, Some(interval)) => judged([interval.low, interval.high], limit),
        (false, None) => None,
    };
    SegmentResult {
        name: segment.kind,
        ber_semi_analytic: predicted(prediction.ber),
        ber_semi_analytic_low: predicted(prediction.interval.low),
        ber_semi_analytic_high: predicted(prediction.interval.high),
        ber_ideal_feedback: prediction.ber_ideal_feedback,
        bits: tally.map_or(0, Tally::bits),
        errors: tally.map_or(0, |tally| tally.bit_errors),
        ber_counted: tally.filter(|tally| tally.bit_errors > 0).map(Tally::ber),
        ber_counted_low: interval.map(|interval| interval.low),
        ber_counted_high: interval.map(|interval| interval.high),
        limit_ber,
        passes: limit_ber.and_then(keeps),
        snr_db: Some(prediction.snr_db),
        clock: clock.map_or_else(ClockResult::default, |clock| {
            let predicted = prediction.phase_error_rms_ui;
            ClockResult::of(clock, predicted, config.symbol_rate_of(segment.kind))
        }),
        channel_loss_db: settings.loss_db,
        tx_taps: settings.tx_taps,
        input_ctle_db: settings.input_ctle_db,
        ctle_db: settings.ctle_db,
        rx_postcursors: trained.postcursors.iter().map(|&tap| f64::from(tap)).collect(),
        rx_taps: trained.taps.iter().map(|&tap| f64::from(tap)).collect(),
    }
}

/// Settings of a segment that an operator would program, and the loss of its electrical channel.
struct SegmentSettings {
    tx_taps: Vec<f64>,
    loss_db: Option<f64>,
    input_ctle_db: Option<[f64; 2]>,
    ctle_db: Option<[f64; 2]>,
}

impl SegmentSettings {
    fn of(config: &Config, kind: SegmentKind, library: &Library) -> SegmentSettings {
        use DecisionPoint::{FarHost, FarModule, NearHost, NearModule};
        let Config { host, module, .. } = config;
        let tx = match kind.from {
            NearHost => Some(&host.tx),
            FarModule => Some(&module.tx),
            _ => None,
        };
        let channel = match (kind.from, kind.to) {
            (NearHost, _) => Some(&host.channel),
            (_, FarHost) => Some(host.channel_to_host()),
            _ => None,
        };
        let input = (kind.from == NearHost && kind.has_light()).then_some(&module.input.ctle);
        let receiver = match kind.to {
            NearModule => Some(&module.rx.ctle),
            FarHost => Some(&host.rx.ctle),
            _ => None,
        };
        let nyquist_hz = giga(config.symbol_rate_of(kind)) / 2.0;
        let gains = |ctle: &Ctle| [ctle.gain_db, ctle.low_gain_db];
        SegmentSettings {
            tx_taps: tx.map_or_else(Vec::new, |tx| tx.ffe.taps.clone()),
            loss_db: channel.and_then(|c| c.loss_db(nyquist_hz, library).ok()),
            input_ctle_db: input.map(gains),
            ctle_db: receiver.map(gains),
        }
    }
}
