//! Solution of one lane: training, prediction and margin.

use crate::chain::{
    NotEvaluated, PlanCache, Prediction, Predictor, Trained, Workspace, WorkspacePool,
};
use crate::fec::inner::Chase;
use crate::fec::{InnerCoding, ber_after_inner, ber_before};
use crate::fibre::Corner;
use crate::link::build::files;
use crate::link::build::lane::Lane;
use crate::link::result::compliant::CompliantMargin;
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
    /// The worse corner of the fibre's dispersion, if requested.
    pub(crate) worst_corner: Option<WorstCorner>,
    /// Margins with compliant transmitters, if requested.
    pub(crate) compliant: CompliantMargin,
    pub(crate) warnings: Vec<String>,
}

/// Distances of a lane from its limit.
pub(crate) struct Margins {
    pub(crate) loss: LossMargin,
    /// 95 % interval of a counted loss margin.
    pub(crate) loss_interval: Option<[f64; 2]>,
    /// Absent without a prediction, or where no loss keeps the limit.
    pub(crate) overload: Option<OverloadMargin>,
    /// Growth of all noise to the limit, dB; absent without a prediction, or where interference
    /// alone misses the limit.
    pub(crate) snr_db: Option<f64>,
}

impl Margins {
    fn loss_only((loss, loss_interval): (LossMargin, Option<[f64; 2]>)) -> Margins {
        Margins { loss, loss_interval, overload: None, snr_db: None }
    }
}

/// The corner of the smaller loss margin.
#[derive(Clone, Copy)]
pub(crate) struct WorstCorner {
    pub(crate) corner: Corner,
    /// Absent where no loss keeps the limit there, or the margin is not known.
    pub(crate) loss_margin_db: Option<f64>,
}

/// Receivers of a lane, their predictions, and the margins.
pub(crate) struct LaneSolution {
    /// Every segment, in the lane's order.
    pub(crate) segments: Vec<SolvedSegment>,
    /// Index of the optical segment among them.
    pub(crate) optical_index: usize,
    pub(crate) margins: Margins,
    pub(crate) at_limit: Option<Prediction>,
    /// Counters at the operating point and at the limit.
    pub(crate) counter: LaneCounter,
    pub(crate) counter_at_limit: LaneCounter,
    /// Why the prediction does not apply to this lane; it then only guides the count.
    pub(crate) no_prediction: Option<String>,
    /// The decoder of an inner code that modules take off before the last host.
    decoder: Option<Chase>,
}

/// Predicted bit error ratio of a lane, its 95 % interval, and whether it only guides a count.
#[derive(Clone, Copy)]
pub(crate) struct PredictedBer {
    pub(crate) ber: f64,
    pub(crate) interval: Interval,
    pub(crate) refused: bool,
    /// The ratio with past decisions assumed correct, where a receiver uses them.
    pub(crate) ber_ideal_feedback: Option<f64>,
}

impl PredictedBer {
    /// That of a segment's decisions.
    pub(crate) fn of(prediction: &Prediction) -> PredictedBer {
        PredictedBer {
            ber: prediction.ber,
            interval: prediction.interval,
            refused: prediction.no_prediction.is_some(),
            ber_ideal_feedback: prediction.ber_ideal_feedback,
        }
    }
}

impl LaneSolution {
    /// The optical segment.
    pub(crate) fn optical(&self) -> &SolvedSegment {
        &self.segments[self.optical_index]
    }

    /// The electrical segments, in their order.
    pub(crate) fn electrical(&self) -> impl Iterator<Item = &SolvedSegment> + Clone {
        let optical = self.optical_index;
        self.segments.iter().enumerate().filter(move |(at, _)| *at != optical).map(|(_, s)| s)
    }

    /// The receivers of the electrical segments.
    pub(crate) fn electrical_receivers(&self) -> Vec<&Trained> {
        self.electrical().map(|solved| &solved.trained).collect()
    }

    /// Prediction of the lane: that of the optical segment, after an inner code of the modules,
    /// with those of the electrical ones.
    pub(crate) fn whole(&self, optical: &Prediction) -> PredictedBer {
        let all = || self.electrical().map(|solved| &solved.prediction).chain([optical]);
        let ber = |of: fn(&Prediction) -> f64| {
            let electrical = self.electrical().map(|solved| of(&solved.prediction));
            let decoder = self.decoder;
            let light = decoder.and_then(|decoder| decoded(decoder, optical, of(optical)));
            cascade::of_all(electrical.chain([light.unwrap_or(of(optical))]))
        };
        PredictedBer {
            ber: ber(|p| p.ber),
            // the whole rises with each ratio below a half
            interval: Interval {
                low: ber(|p| p.interval.low.min(0.5)),
                high: ber(|p| p.interval.high.min(0.5)),
            },
            refused: all().any(|p| p.no_prediction.is_some()),
            ber_ideal_feedback: all()
                .any(|p| p.ber_ideal_feedback.is_some())
                .then(|| ber(|p| p.ber_ideal_feedback.unwrap_or(p.ber))),
        }
    }

    /// Predicted bit error ratio of all electrical segments.
    pub(crate) fn electrical_ber(&self) -> f64 {
        cascade::of_all(self.electrical().map(|solved| solved.prediction.ber))
    }
}

/// What the inner code of the modules leaves of a ratio of the light, on average over what stands
/// still while it decodes: phases of strong reflections, or of the sampling.
fn decoded(decoder: Chase, optical: &Prediction, ber: f64) -> Option<f64> {
    let after = |relative: f64| ber_after_inner(decoder, (relative * ber).min(0.5));
    match (&optical.over_reflections, &optical.over_phase) {
        (Some(over), _) => {
            let states = over.states().iter();
            states.map(|&(relative, weight)| Some(weight * after(relative)?)).sum()
        }
        (None, Some(over)) if optical.ber > 0.0 => over.mean_of(|own| after(own / optical.ber)),
        _ => after(1.0),
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
    let of_modulator = lane.modulator.warnings();
    warnings.extend(of_modulator.into_iter().map(|said| format!("lane {}: {said}", lane.number)));
    warnings.extend(files::short(&lane));
    warnings.extend(files::doubts(&lane));
    let solution = solution(&lane, tp3, workspaces, cancel, &mut warnings);
    let tx = lane.config.tdecq.enabled.then(|| transmitter::measure_once(&lane, workspaces, cache));
    if let Some(tx) = &tx {
        warnings.extend(tx.not_evaluated.iter().cloned());
    }
    SolvedLane {
        lane,
        solution,
        tp2,
        tp3,
        tx,
        worst_corner: None,
        compliant: CompliantMargin::default(),
        warnings,
    }
}

/// The electrical segments are solved first: the optical one has the remainder of the limit.
pub(crate) fn solution(
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
        let no_prediction = no_prediction(lane, &electrical, &prediction);
        let refused = electrical.iter().any(|solved| solved.prediction.no_prediction.is_some())
            || (lane.config.inner_of_modules().is_some() && prediction.bursts.is_some());
        let margins = match remainder(lane, electrical.iter(), &prediction) {
            Err(none) => Margins::loss_only((none, None)),
            Ok(left)
                if margin_is_counted(lane, refused, &trained, left)
                    && lane.config.inner_of_modules().is_some() =>
            {
                let because = "no margin: it would be counted, which it is not through an inner \
                               code of the modules";
                Margins::loss_only((LossMargin::Uncounted(because.to_owned()), None))
            }
            Ok(left) if margin_is_counted(lane, refused, &trained, left) => {
                let search = CountedMarginSearch { lane, electrical: &around, workspaces, cancel };
                Margins::loss_only(search.find(&mut predictor, workspace, &trained, prediction.ber))
            }
            Ok(left) => {
                let gain_db = tp3.map_or(0.0, |tp3| lane.config.limits.oma_max_dbm - tp3.oma_dbm());
                predicted_margins(&mut predictor, workspace, &trained, left, gain_db)
            }
        };
        warnings.extend(not_converged(lane, &trained));
        let simulation = &lane.config.simulation;
        let (at_limit, counter_at_limit) = match &margins.loss {
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
        warnings.extend(noise_warnings(lane, &trained.detector, &prediction));
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
            margins,
            at_limit,
            counter,
            counter_at_limit,
            no_prediction,
            decoder: lane.config.inner_of_modules().map(|inner| inner.decoder),
        })
    })
}

/// The part of the limit that the electrical segments leave to the optical one, before an inner
/// code of the modules as its frozen phases are predicted now; else why there is no margin.
pub(super) fn remainder<'a>(
    lane: &Lane,
    electrical: impl Iterator<Item = &'a SolvedSegment> + Clone,
    optical: &Prediction,
) -> Result<f64, LossMargin> {
    let spent = cascade::of_all(electrical.clone().map(|solved| solved.prediction.ber));
    let left = cascade::remainder(lane.config.limit_ber(), spent);
    let left = left.ok_or(LossMargin::Floor(spent))?;
    let inner = lane.config.inner_of_modules();
    let before = |inner: InnerCoding| ber_before(left, |ber| decoded(inner.decoder, optical, ber));
    let left = inner.and_then(before).unwrap_or(left);
    failing_segments(lane, electrical)
        .map_or(Ok(left), |because| Err(LossMargin::Uncounted(because)))
}

/// Margins by prediction to a limit of the optical segment; `gain_db` leads to the largest OMA of
/// the PMD.
fn predicted_margins(
    predictor: &mut Predictor<'_>,
    workspace: &mut Workspace,
    trained: &Trained,
    limit_ber: f64,
    gain_db: f64,
) -> Margins {
    let loss = margin::find(predictor, workspace, trained, limit_ber);
    let overload = overload_margin::find(predictor, workspace, trained, limit_ber, &loss, gain_db);
    let snr_db = snr_margin::find(predictor, workspace, trained, limit_ber);
    Margins { loss, loss_interval: None, overload, snr_db }
}

/// Why a lane has no loss margin: an electrical segment misses its own limit at any optical power.
fn failing_segments<'a>(
    lane: &Lane,
    electrical: impl Iterator<Item = &'a SolvedSegment>,
) -> Option<String> {
    let failing = lane.electrical().zip(electrical).filter(|(segment, solved)| {
        let limit = segment.limit_ber;
        solved.prediction.no_prediction.is_none()
            && limit.is_some_and(|x| solved.prediction.ber > x)
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

/// Why the prediction of a lane only guides its count.
fn no_prediction(
    lane: &Lane,
    electrical: &[SolvedSegment],
    optical: &Prediction,
) -> Option<String> {
    if lane.config.inner_of_modules().is_some() && optical.bursts.is_some() {
        let because = "decisions fed back make bursts, of which an inner code leaves other errors";
        return Some(because.to_owned());
    }
    let mut refusals = electrical.iter().map(|solved| solved.prediction.no_prediction);
    let refusal = refusals.find_map(|refusal| refusal).or(optical.no_prediction);
    clock::no_prediction(lane).or_else(|| refusal.map(str::to_owned))
}

/// True if the margin to this bit error ratio of the optical segment is counted: a prediction does
/// not hold there, or was `refused` for an electrical segment. A symbol error has one bit error.
pub(super) fn margin_is_counted(
    lane: &Lane,
    refused: bool,
    trained: &Trained,
    limit_ber: f64,
) -> bool {
    clock::no_prediction(lane).is_some()
        || refused
        || trained.detector.no_prediction(2.0 * limit_ber).is_some()
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
