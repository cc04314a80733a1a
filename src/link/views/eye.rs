//! Eyes of one lane.

use crate::chain::Probe;
use crate::error::Result;
use crate::link::views::view::View;
use crate::measure::eye::{EyeDiagram, clearest_delay};
use crate::measure::levels::OuterLevels;
use rayon::prelude::*;

/// Samples per symbol of an eye's waveform.
const SAMPLES_PER_SYMBOL: usize = 32;
/// Cells of an eye's height.
const ROWS: usize = 400;
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

/// An eye diagram with levels, thresholds and error ratio.
#[derive(Clone, Debug)]
pub struct EyeView {
    /// Link and lane.
    pub name: String,
    /// Its test point.
    pub node: Node,
    /// The density; W at `tp2` and `tp3`, full scale -1 .. 1 at the slicer.
    pub eye: EyeDiagram,
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
    /// The eye of at least `symbols` symbols, noise included, at `node`.
    ///
    /// The centre is the sampling instant at the slicer, and the instant of largest level
    /// separation at an optical test point.
    ///
    /// # Errors
    ///
    /// At the slicer, a receiver that does not train.
    pub fn eye(&mut self, node: Node, symbols: u64) -> Result<EyeView> {
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
        let waveform = |block: u64| {
            let (levels, draws) = self.block(block);
            (
                self.workspaces.with(plan, |workspace| probe.waveform(workspace, &levels, &draws)),
                levels,
            )
        };
        let (first, levels) = waveform(0);
        let centre = if node == Node::Slicer {
            0
        } else {
            clearest_delay(&first, probe.samples_per_symbol(), &levels)
        };
        let blank = EyeDiagram::new(probe.samples_per_symbol(), range(&first), ROWS);
        let draw = |mut eye: EyeDiagram, waveform: &[f32]| {
            eye.push(waveform, centre);
            eye
        };
        let first = draw(blank.clone(), &first);
        let rest = (1..blocks)
            .into_par_iter()
            .fold(|| blank.clone(), |eye, block| draw(eye, &waveform(block).0));
        let eye = rest.reduce(
            || blank.clone(),
            |mut a, b| {
                a.merge(&b);
                a
            },
        );
        let mut sum = first;
        sum.merge(&eye);
        Ok(self.eye_view(node, sum, blocks * plan.grid().symbols as u64))
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
