//! Solution of one lane: training, prediction and margin.

use crate::chain::{NotEvaluated, PlanCache, Prediction, Trained, WorkspacePool};
use crate::link::build::files;
use crate::link::build::lane::Lane;
use crate::link::solve::cascade;
use crate::link::solve::counted_margin::CountedMarginSearch;
use crate::link::solve::margin::LossMargin;
use crate::link::solve::method::LaneCounter;
use crate::link::solve::noise_warnings::noise_warnings;
use crate::link::solve::overload_margin::{self, OverloadMargin};
use crate::link::solve::segment::{self, SolvedSegment, optical_predictor};
use crate::link::solve::{clock, margin, snr_margin};
use crate::link::test_points::levels::{launch_warnings, settled};
use crate::link::test_points::transmitter::{self, TxMeasurement};
use crate::math::interval::Interval;
use crate::measure::levels::OuterLevels;
use crate::run_options::CancelToken;
use crate::units::db_from_power_ratio;

/// Share of the detected power in the top tenth of the band above which the grid may be too coarse.
const BAND_EDGE_SHARE: f64 = 1e-4;

/// One lane after prediction and margin, before counting.
pub(crate) struct SolvedLane {
    pub(crate) lane: Lane,
    pub(crate) solution: Result<LaneSolution, NotEvaluated>,
    pub(crate) tp2: Option<OuterLevels>,
    pub(crate) tp3: Option<OuterLevels>,
    /// Measurement of the transmitter, if requested.
    pub(crate) tx: Option<TxMeasurement>,
    pub(crate) warnings: Vec<String>,
}

/// Receivers of a lane, their predictions, and the margin.
pub(crate) struct LaneSolution {
    /// Every segment, in the lane's order.
    pub(crate) segments: Vec<SolvedSegment>,
    /// Index of the optical segment among them.
    pub(crate) optical_index: usize,
    pub(crate) margin: LossMargin,
    /// Absent without a prediction, or where no loss keeps the limit.
    pub(crate) overload_margin: Option<OverloadMargin>,
    /// Growth of all noise to the limit, dB; absent without a prediction, or where interference
    /// alone misses the limit.
    pub(crate) snr_margin_db: Option<f64>,
    /// 95 % interval of a counted margin.
    pub(crate) margin_interval: Option<[f64; 2]>,
    pub(crate) at_limit: Option<Prediction>,
    /// Counters at the operating point and at the limit.
    pub(crate) counter: LaneCounter,
    pub(crate) counter_at_limit: LaneCounter,
    /// Why the prediction does not apply to this lane; it then only guides the count.
    pub(crate) no_prediction: Option<String>,
}

/// Predicted bit error ratio of a lane, its 95 % interval, and whether past decisions were assumed
/// correct.
#[derive(Clone, Copy)]
pub(crate) struct PredictedBer {
    pub(crate) ber: f64,
    pub(crate) interval: Interval,
    pub(crate) ideal_feedback: bool,
}

impl LaneSolution {
    /// The optical segment.
    pub(crate) fn optical(&self) -> &SolvedSegment {
        &self.segments[self.optical_index]
    }

    /// The electrical segments, in their order.
    fn electrical(&self) -> impl Iterator<Item = &SolvedSegment> {
        let optical = self.optical_index;
        self.segments.iter().enumerate().filter(move |(at, _)| *at != optical).map(|(_, s)| s)
    }

    /// The receivers of the electrical segments.
    pub(crate) fn electrical_receivers(&self) -> Vec<&Trained> {
        self.electrical().map(|solved| &solved.trained).collect()
    }

    /// Prediction of the lane: that of the optical segment after those of the electrical ones.
    pub(crate) fn whole(&self, optical: &Prediction) -> PredictedBer {
        let all = || self.electrical().map(|solved| &solved.prediction).chain([optical]);
        PredictedBer {
            ber: cascade::of_all(all().map(|p| p.ber)),
            // the whole rises with each ratio below a half
            interval: Interval {
                low: cascade::of_all(all().map(|p| p.interval.low.min(0.5))),
                high: cascade::of_all(all().map(|p| p.interval.high.min(0.5))),
            },
            ideal_feedback: all().any(|p| p.ideal_feedback),
        }
    }
}

/// Trains one lane, predicts its error ratio and searches its margin.
pub(crate) fn solve(
    lane: Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> SolvedLane {
    let (tp2, tp3) = settled(&lane, workspaces, cache);
    let mut warnings = launch_warnings(&lane, tp2);
    warnings.extend(files::short(&lane));
    let solution = solution(&lane, tp3, workspaces, cancel, &mut warnings);
    let tx = lane.config.tdecq.enabled.then(|| transmitter::measure(&lane, workspaces, cache));
    if let Some(tx) = &tx {
        warnings.extend(tx.not_evaluated.iter().cloned());
    }
    SolvedLane { lane, solution, tp2, tp3, tx, warnings }
}

/// The electrical segments are solved first: the optical one has the remainder of the limit.
fn solution(
    lane: &Lane,
    tp3: Option<OuterLevels>,
    workspaces: &WorkspacePool,
    cancel: &CancelToken,
    warnings: &mut Vec<String>,
) -> Result<LaneSolution, NotEvaluated> {
    let electrical: Vec<SolvedSegment> = lane
        .electrical()
        .map(|segment| segment::solve(lane, segment, workspaces))
        .collect::<Result<_, _>>()?;
    workspaces.with(&lane.optical().plan, |workspace| {
        let around: Vec<&Trained> = electrical.iter().map(|solved| &solved.trained).collect();
        let mut predictor = optical_predictor(lane, workspace);
        let trained = predictor.train(workspace, 1.0, None)?;
        let prediction = predictor.predict(workspace, &trained);
        warnings.extend(clock::guarded(lane, &trained, &around)?);
        let no_prediction =
            no_prediction(lane, [&trained].into_iter().chain(around.iter().copied()));
        let spent = cascade::of_all(electrical.iter().map(|solved| solved.prediction.ber));
        let left = cascade::remainder(lane.config.limit_ber(), spent);
        let (margin, margin_interval) = match (left, failing_segments(lane, &electrical)) {
            (None, _) => (LossMargin::Floor(spent), None),
            (_, Some(because)) => (LossMargin::Uncounted(because), None),
            _ if no_prediction.is_some() => {
                let search = CountedMarginSearch { lane, electrical: &around, workspaces, cancel };
                search.find(&mut predictor, workspace, &trained, prediction.ber)
            }
            (Some(left), _) => (margin::find(&mut predictor, workspace, &trained, left), None),
        };
        let (mut overload_margin, mut snr_margin_db) = (None, None);
        if left > 0.0 && no_prediction.is_none() {
            let largest_db = tp3.map_or(0.0, |tp3| lane.config.limits.oma_max_dbm - tp3.oma_dbm());
            overload_margin = overload_margin::find(
                &mut predictor,
                workspace,
                &trained,
                [prediction.ber, left],
                &margin,
                largest_db,
            );
            snr_margin_db = snr_margin::find(&mut predictor, workspace, &trained, left);
        }
        warnings.extend(not_converged(lane, &trained));
        let simulation = &lane.config.simulation;
        let (at_limit, counter_at_limit) = match &margin {
            LossMargin::Found(_, trained) => (
                Some(predictor.predict(workspace, trained)),
                LaneCounter::of(
                    lane,
                    simulation.symbols_at_limit,
                    &mut predictor,
                    workspace,
                    trained,
                ),
            ),
            _ => (None, LaneCounter::Chain),
        };
        let counter =
            LaneCounter::of(lane, simulation.symbols, &mut predictor, workspace, &trained);
        warnings.extend(noise_warnings(lane, &prediction));
        let edge = predictor.power_near_band_edge();
        if edge > BAND_EDGE_SHARE {
            warnings.push(format!(
                "{edge:.1e} of the detected power lies in the top tenth of the band: more \
                 simulation.samples_per_symbol than {} would be safer",
                simulation.samples_per_symbol
            ));
        }
        let optical_index = lane.optical_index();
        let mut segments = electrical;
        segments.insert(optical_index, SolvedSegment { trained, prediction });
        Ok(LaneSolution {
            segments,
            optical_index,
            margin,
            overload_margin,
            snr_margin_db,
            margin_interval,
            at_limit,
            counter,
            counter_at_limit,
            no_prediction,
        })
    })
}

/// Why a lane has no loss margin: an electrical segment misses its own limit at any optical power.
fn failing_segments(lane: &Lane, electrical: &[SolvedSegment]) -> Option<String> {
    let failing = lane.electrical().zip(electrical).filter(|(segment, solved)| {
        let limit = segment.limit_ber;
        !solved.prediction.ideal_feedback && limit.is_some_and(|x| solved.prediction.ber > x)
    });
    let names: Vec<&str> = failing.map(|(segment, _)| segment.kind.as_str()).collect();
    let limit = lane.config.limits.aui_ber;
    (!names.is_empty()).then(|| {
        format!(
            "no margin: {} misses the limit of a segment, {limit:e}, at any optical power",
            names.join(", ")
        )
    })
}

/// Why no error ratio of a lane can be predicted with these receivers.
fn no_prediction<'a>(
    lane: &Lane,
    mut trained: impl Iterator<Item = &'a Trained>,
) -> Option<String> {
    clock::no_prediction(lane)
        .or_else(|| trained.find_map(|trained| trained.detector.no_prediction()).map(str::to_owned))
}

/// Warning of an adaptive loop that has not converged.
fn not_converged(lane: &Lane, trained: &Trained) -> Option<String> {
    let end = trained.convergence.filter(|end| !end.reached())?;
    let db = |ratio: f64| db_from_power_ratio(ratio);
    Some(format!(
        "lane {}: LMS has not settled: its last block lies {:.1} dB above the least mean square \
         error and {:+.1} dB from the block before; another receiver.dsp.ffe.lms_step may help",
        lane.number,
        db(end.last / end.least),
        db(end.last / end.before)
    ))
}
