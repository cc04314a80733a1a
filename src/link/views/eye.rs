//! Eyes of one lane.

use crate::chain::Probe;
use crate::error::Result;
use crate::link::views::view::View;
use crate::measure::eye::{EyeDiagram, clearest_delay};
use crate::measure::eye_opening::{EyeOpening, LevelDensity};
use crate::measure::levels::OuterLevels;
use crate::measure::tdecq::filtered;
use rayon::prelude::*;

/// Samples per symbol of an eye's waveform.
const SAMPLES_PER_SYMBOL: usize = 32;
/// Cells of an eye's height.
const ROWS: usize = 400;
/// The same of the counts from which heights and widths are read.
const OPENING_ROWS: usize = 2000;
/// Share of a level's symbols beyond the edges of an eye: 33 of a level in a default eye.
const EDGE_SHARE: f64 = 1e-3;
/// Headroom above and below the first block's waveform (fraction of its swing).
const ROOM: f64 = 0.1;

/// Test point of an eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// Optical power into the fibre.
    Tp2,
    /// Optical power out of the fibre.
    Tp3,
    /// Output of the equaliser.
    Slicer,
}

impl Node {
    /// Every node.
    pub fn all() -> [Node; 3] {
        [Node::Tp2, Node::Tp3, Node::Slicer]
    }

    /// Its name in the chain, in flags and in file names.
    pub fn name(self) -> &'static str {
        match self {
            Node::Tp2 => "tp2",
            Node::Tp3 => "tp3",
            Node::Slicer => "slicer",
        }
    }
}

/// What an eye of light is seen through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EyeFilter {
    /// Nothing: the light itself.
    #[default]
    None,
    /// A Bessel-Thomson filter of fourth order, as an oscilloscope for the lane's TDECQ has it.
    BesselThomson,
}

/// An eye diagram with levels, thresholds and error ratio.
#[derive(Clone, Debug)]
pub struct EyeView {
    /// Link and lane.
    pub name: String,
    /// Its test point.
    pub node: Node,
    /// The density; W at `tp2` and `tp3`, full scale -1 .. 1 at the slicer.
    pub eye: EyeDiagram,
    /// 3 dB bandwidth of the filter that the light has passed, GHz; absent without one.
    pub filter_ghz: Option<f64>,
    /// The three eyes, the lowest first; `None` for a closed one.
    pub openings: [Option<EyeOpening>; 3],
    /// Share of a level's symbols beyond the edges of `openings`.
    pub edge_share: f64,
    /// Symbols drawn.
    pub symbols: u64,
    /// Symbol period, s.
    pub symbol_s: f64,
    /// Levels: the settled outer ones of optical power, lowest first, or the four means at the
    /// slicer.
    pub levels: Vec<f64>,
    /// Thresholds; empty at an optical test point.
    pub thresholds: Vec<f64>,
    /// Semi-analytic bit error ratio of the lane, where there is one. The eye at the slicer of a
    /// receiver with feedback or sequences is shown with the postcursors of the transmitted symbols
    /// subtracted.
    pub ber: Option<f64>,
    /// Signal to noise ratio at the slicer, dB.
    pub snr_db: Option<f64>,
    /// Settled levels of optical power, and where they were measured.
    pub light: Option<(Node, OuterLevels)>,
}

impl View {
    /// The eye of at least `symbols` symbols, noise included, at `node`, without a filter.
    ///
    /// # Errors
    ///
    /// As [`View::eye_through`].
    pub fn eye(&mut self, node: Node, symbols: u64) -> Result<EyeView> {
        self.eye_through(node, EyeFilter::None, symbols)
    }

    /// The eye of at least `symbols` symbols, noise included, at `node`. There is no filter after
    /// the equaliser.
    ///
    /// The centre is the sampling instant at the slicer, and the instant of largest level
    /// separation at an optical test point.
    ///
    /// # Errors
    ///
    /// At the slicer, a receiver that does not train.
    pub fn eye_through(&mut self, node: Node, filter: EyeFilter, symbols: u64) -> Result<EyeView> {
        if node == Node::Slicer {
            self.receiver()?;
        }
        let (plan, blocks) = (&self.lane.optical().plan, self.blocks_of(symbols));
        let probe = match (&self.receiver, node) {
            (Ok((trained, _)), Node::Slicer) => {
                Probe::slicer(plan, trained, SAMPLES_PER_SYMBOL, &mut self.cache)
            }
            _ => Probe::light(plan, node.name(), SAMPLES_PER_SYMBOL, &mut self.cache)
                .expect("every lane has tp2 and tp3"),
        };
        let bandwidth = match (filter, node) {
            (EyeFilter::BesselThomson, Node::Tp2 | Node::Tp3) => {
                let reference = self.lane.config.tdecq.reference();
                reference.map(|reference| reference.bandwidth_symbol_rates)
            }
            _ => None,
        };
        let per_symbol = probe.samples_per_symbol();
        let waveform = |block: u64| {
            let (levels, draws) = self.block(block);
            let seen =
                self.workspaces.with(plan, |workspace| probe.waveform(workspace, &levels, &draws));
            match bandwidth {
                Some(bandwidth) => (filtered(&seen, per_symbol, bandwidth), levels),
                None => (seen, levels),
            }
        };
        let (first, levels) = waveform(0);
        let centre =
            if node == Node::Slicer { 0 } else { clearest_delay(&first, per_symbol, &levels) };
        let range = range(&first);
        let blank = (
            EyeDiagram::new(per_symbol, range, ROWS),
            LevelDensity::new(per_symbol, range, OPENING_ROWS),
        );
        type Both = (EyeDiagram, LevelDensity);
        let draw = |(mut eye, mut density): Both, (waveform, levels): &(Vec<f32>, Vec<u8>)| {
            eye.push(waveform, centre);
            density.push(waveform, per_symbol, centre, levels);
            (eye, density)
        };
        let merged = |mut sum: Both, more: Both| {
            sum.0.merge(&more.0);
            sum.1.merge(&more.1);
            sum
        };
        let of_first = draw(blank.clone(), &(first, levels));
        let rest = (1..blocks)
            .into_par_iter()
            .fold(|| blank.clone(), |both, block| draw(both, &waveform(block)))
            .reduce(|| blank.clone(), merged);
        let (eye, density) = merged(of_first, rest);
        let rate_ghz = self.lane.config.symbol_rate_gbd;
        Ok(EyeView {
            filter_ghz: bandwidth.map(|part| part * rate_ghz),
            openings: density.openings(EDGE_SHARE),
            ..self.eye_view(node, eye, blocks * plan.grid().symbols as u64)
        })
    }

    fn eye_view(&self, node: Node, eye: EyeDiagram, symbols: u64) -> EyeView {
        let receiver = self.receiver.as_ref().ok();
        let light = if node == Node::Tp2 {
            self.tp2.map(|o| (Node::Tp2, o))
        } else {
            self.tp3.map(|o| (Node::Tp3, o))
        };
        let (levels, thresholds) = match (node, receiver, light) {
            (Node::Slicer, Some((trained, prediction)), _) => (
                prediction.levels.map(|(mean, _)| mean).to_vec(),
                trained.thresholds.0.map(f64::from).to_vec(),
            ),
            (Node::Tp2 | Node::Tp3, _, Some((_, outer))) => {
                (vec![outer.zero_w, outer.three_w], vec![])
            }
            _ => (vec![], vec![]),
        };
        EyeView {
            name: self.name.clone(),
            node,
            eye,
            filter_ghz: None,
            openings: [None; 3],
            edge_share: EDGE_SHARE,
            symbols,
            symbol_s: self.lane.grid().symbol_s(),
            levels,
            thresholds,
            ber: receiver.filter(|(_, p)| p.no_prediction.is_none()).map(|(_, p)| p.ber),
            snr_db: receiver.map(|(_, p)| p.snr_db),
            light,
        }
    }
}

/// The waveform's range with headroom for later blocks.
fn range(waveform: &[f32]) -> (f64, f64) {
    let (low, high) =
        waveform.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &x| {
            (low.min(x.into()), high.max(x.into()))
        });
    let room = (ROOM * (high - low)).max(1e-6 * high.abs()).max(1e-12);
    (low - room, high + room)
}
