//! Bit error ratio against received power, by both estimators.

use crate::chain::{Stop, Trained, count};
use crate::chart::ErrorBar;
use crate::error::Result;
use crate::link::solve::budget::{WATERFALL_ERRORS, WATERFALL_ROUND_BLOCKS, WATERFALL_SYMBOLS};
use crate::link::solve::counted_margin::CountedMarginSearch;
use crate::link::solve::margin::LossMargin;
use crate::link::solve::segment::optical_predictor;
use crate::link::solve::{clock, margin};
use crate::link::views::view::{View, refused};
use crate::run_options::CancelToken;
use crate::units::{dbm_from_watt, power_ratio};

/// Range and step of the extra loss along the curve, dB.
const STEP_DB: f64 = 0.5;
const DB_MIN: f64 = -1.0;
const DB_MAX: f64 = 30.0;
/// Bit error ratio at which the curve ends.
const BER_MAX: f64 = 4e-2;
/// Error ratios near which points are counted.
const COUNTED_AT: [f64; 6] = [2e-2, 5e-3, 1e-3, 2e-4, 4e-5, 1e-5];

/// Bit error ratio against received power.
#[derive(Clone, Debug)]
pub struct Waterfall {
    /// Link and lane.
    pub name: String,
    /// Semi-analytic curve: average received power in dBm, ascending, and bit error ratio.
    pub curve: Vec<(f64, f64)>,
    /// Counted points with at least ten errors.
    pub counted: Vec<WaterfallPoint>,
    /// Limit of the pre-FEC bit error ratio.
    pub limit_ber: f64,
    /// Operating point: received power in dBm, and bit error ratio.
    pub operating: (f64, f64),
    /// Extra loss that brings the lane to the limit, dB.
    pub loss_margin_db: Option<f64>,
}

/// A counted bit error ratio with its 95 % interval.
#[derive(Clone, Copy, Debug)]
pub struct WaterfallPoint {
    /// Average received power, dBm.
    pub dbm: f64,
    /// Bit error ratio.
    pub ber: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Bits wrong.
    pub errors: u64,
}

impl WaterfallPoint {
    /// The point with its interval, for a figure.
    pub fn error_bar(&self) -> ErrorBar {
        ErrorBar { x: self.dbm, y: self.ber, low: self.low, high: self.high }
    }
}

impl View {
    /// The waterfall, with the receiver trained at every power.
    ///
    /// # Errors
    ///
    /// A receiver that does not train, or a lane without a prediction.
    pub fn waterfall(&self) -> Result<Waterfall> {
        let (start, prediction) = self.receiver()?;
        let lane = &self.lane;
        if let Some(because) = clock::no_prediction(lane) {
            return Err(refused("lane", lane.number, format!("has no waterfall: {because}")));
        }
        let tp3 = self.tp3.ok_or_else(|| {
            refused("lane", lane.number, "has no settled levels at TP3".to_owned())
        })?;
        let received_dbm = dbm_from_watt(tp3.average_w);
        let limit_ber = lane.config.optical_limit_ber();
        let mut solved: Vec<(f64, f64, Trained)> = Vec::new();
        let loss_margin_db = self.workspaces.with(&lane.optical().plan, |workspace| {
            let mut predictor = optical_predictor(lane, workspace);
            let never = CancelToken::default();
            let search = CountedMarginSearch {
                lane,
                electrical: &[],
                workspaces: &self.workspaces,
                cancel: &never,
            };
            let margin = if start.detector.no_prediction(2.0 * limit_ber).is_some() {
                search.find(&mut predictor, workspace, start, prediction.ber).0
            } else {
                margin::find(&mut predictor, workspace, start, limit_ber)
            };
            let loss_margin_db = match margin {
                LossMargin::Found(db, _) => Some(db),
                _ => None,
            };
            // a link that fails is computed at more power, up to where it passes
            let least_db = loss_margin_db.map_or(DB_MIN, |db| (db + DB_MIN).min(DB_MIN).floor());
            let mut near = start.clone();
            let steps = ((DB_MAX - least_db) / STEP_DB) as usize;
            for loss_db in (0..=steps).map(|i| least_db + i as f64 * STEP_DB) {
                let Ok(trained) =
                    predictor.train(workspace, power_ratio(-loss_db) as f32, Some(&near))
                else {
                    break;
                };
                let ber = predictor.predict(workspace, &trained).ber;
                near = trained.clone();
                solved.push((loss_db, ber, trained));
                if ber > BER_MAX && loss_db >= 0.0 {
                    break;
                }
            }
            loss_margin_db
        });
        let mut picked: Vec<usize> = Vec::new();
        for ber in COUNTED_AT {
            let distance = |i: &usize| (solved[*i].1.max(1e-300) / ber).ln().abs();
            let nearest = (0..solved.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
            picked.extend(nearest.filter(|i| distance(i) < 1.0 && !picked.contains(i)));
        }
        let mut counted: Vec<WaterfallPoint> = picked
            .iter()
            .filter_map(|&i| self.counted(received_dbm - solved[i].0, &solved[i].2))
            .collect();
        counted.sort_by(|a, b| a.dbm.total_cmp(&b.dbm));
        let mut curve: Vec<(f64, f64)> =
            solved.iter().map(|(loss_db, ber, _)| (received_dbm - loss_db, *ber)).collect();
        if curve.is_empty() {
            curve.push((received_dbm, prediction.ber));
        }
        curve.reverse();
        Ok(Waterfall {
            name: self.name.clone(),
            curve,
            counted,
            limit_ber,
            operating: (received_dbm, prediction.ber),
            loss_margin_db,
        })
    }

    fn counted(&self, dbm: f64, trained: &Trained) -> Option<WaterfallPoint> {
        let stop = Stop {
            round_blocks: WATERFALL_ROUND_BLOCKS,
            symbols: WATERFALL_SYMBOLS,
            bit_errors: WATERFALL_ERRORS,
        };
        let tally = count(
            &[self.lane.counted(trained)],
            &stop,
            &self.workspaces,
            &mut (),
            &CancelToken::default(),
        )
        .remove(0)
        .end;
        let (interval, _) = tally.interval();
        let point = WaterfallPoint {
            dbm,
            ber: tally.ber(),
            low: interval.low,
            high: interval.high,
            errors: tally.bit_errors,
        };
        (tally.bit_errors >= 10).then_some(point)
    }
}
