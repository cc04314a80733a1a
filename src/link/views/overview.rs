//! All lanes on one page.

use crate::error::{Error, Result};
use crate::link::layers::layered::Resolved;
use crate::link::result::figures::{LaneResult, LinkResult};
use crate::link::views::eye::{EyeView, Node};
use crate::link::views::link_name::link_name;
use crate::link::views::view::View;
use rayon::prelude::*;

/// Largest number of lanes on a page.
const MOST: usize = 16;
/// Symbols of each eye.
const SYMBOLS: u64 = 1 << 15;

/// All lanes of a link, each with its eye at the slicer.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The link.
    pub name: String,
    /// Limit of the pre-FEC bit error ratio.
    pub limit_ber: f64,
    /// Mean of the lanes' semi-analytic bit error ratios.
    pub ber: Option<f64>,
    /// Smallest margin, dB.
    pub loss_margin_db: Option<f64>,
    /// Lane of the smallest margin.
    pub worst_lane: Option<usize>,
    /// Lanes of the link.
    pub lanes: usize,
    /// The first lanes, and the worst.
    pub panels: Vec<Panel>,
}

/// One lane on the page.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Result of its run.
    pub result: LaneResult,
    /// Its eye at the slicer; absent when the receiver does not train.
    pub eye: Option<EyeView>,
}

impl Overview {
    /// The page of a link's result.
    ///
    /// # Errors
    ///
    /// A pattern's file that cannot be read or is no pattern.
    pub fn new(link: &Resolved, result: &LinkResult) -> Result<Overview> {
        let mut shown: Vec<&LaneResult> = result.lanes.iter().take(MOST).collect();
        let worst = result.lanes.iter().find(|lane| Some(lane.lane) == result.port.worst_lane);
        if let Some(worst) = worst.filter(|w| shown.iter().all(|lane| lane.lane != w.lane)) {
            shown.pop();
            shown.push(worst);
        }
        let panel = |lane: &&LaneResult| {
            let eye = match View::new(link, lane.lane)?.eye(Node::Slicer, SYMBOLS) {
                Ok(eye) => Some(eye),
                Err(Error::Input(_)) => None,
                Err(other) => return Err(other),
            };
            Ok(Panel { result: (*lane).clone(), eye })
        };
        Ok(Overview {
            name: link_name(link, &[]),
            limit_ber: result.limit_ber,
            ber: result.port.ber_semi_analytic,
            loss_margin_db: result.port.loss_margin_db,
            worst_lane: result.port.worst_lane,
            lanes: result.lanes.len(),
            panels: shown.par_iter().map(panel).collect::<Result<_>>()?,
        })
    }
}
