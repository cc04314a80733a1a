//! Per-thread buffers. Running a block never allocates and never fails.

use crate::chain::build::plan::Plan;
use crate::dsp::ffe;
use crate::dsp::mlse::Mlse;
use crate::math::fft;
use crate::run_options::CancelToken;
use crate::signal::{Aligned, Grid, Samples};
use num_complex::Complex32;

mod couple;
mod detect;
mod dispersed_power;
pub(in crate::chain) mod front;
pub(in crate::chain) mod probe;
pub(in crate::chain) mod reflect;
mod sampler;

/// Per-thread buffers for blocks of one grid. The code that runs a block is in the files of this
/// folder; the fields are private to it.
pub struct Workspace {
    grid: Grid,
    symbols: Aligned<f32>,
    edges: Aligned<f32>,
    symbol_spectrum: Aligned<Complex32>,
    real: Samples,
    other: Samples,
    field: Samples,
    spectrum: Aligned<Complex32>,
    normals: Aligned<f32>,
    sampled_spectrum: Aligned<Complex32>,
    sampled: Aligned<f32>,
    slope: Aligned<f32>,
    curvature: Aligned<f32>,
    padded: Aligned<f32>,
    equalised: Aligned<f32>,
    sent: Vec<u8>,
    decided: Vec<u8>,
    /// Levels that a segment passes on.
    given: Vec<u8>,
    plain: Vec<u8>,
    decided_plain: Vec<u8>,
    /// Sequence detector, kept between blocks.
    mlse: Option<Mlse>,
    /// Extra factor on the received power in the current block.
    transmission: f32,
    scratch: Aligned<Complex32>,
    aggressor: Aligned<f32>,
    aggressor_spectrum: Aligned<Complex32>,
    /// The field whose copies are added to it; empty without reflections.
    delayed: Aligned<Complex32>,
    /// Light of other lanes; `None` where no plan has any.
    coupled: Option<couple::CoupledBlock>,
    /// Token of the run that it works for.
    pub(super) cancel: CancelToken,
}

impl Workspace {
    /// True once the run that it works for was cancelled.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Memory for the blocks of `plan` and of every plan on the same grid.
    pub fn new(plan: &Plan) -> Workspace {
        let (grid, k) = (plan.grid, plan.grid.symbols * 2);
        let m = grid.samples();
        let mut workspace = Workspace {
            grid,
            symbols: Aligned::new(grid.symbols),
            edges: Aligned::new(grid.symbols),
            symbol_spectrum: Aligned::new(fft::bins(grid.symbols)),
            real: Samples::Real(Aligned::new(m)),
            other: Samples::Real(Aligned::new(m)),
            field: Samples::Complex(Aligned::new(m)),
            spectrum: Aligned::new(grid.bins()),
            normals: Aligned::new(m + 2),
            sampled_spectrum: Aligned::new(fft::bins(k)),
            sampled: Aligned::new(k),
            slope: Aligned::new(k),
            curvature: Aligned::new(k),
            padded: Aligned::new(k + 2 * ffe::TAPS_MAX),
            equalised: Aligned::new(grid.symbols),
            sent: vec![0; grid.symbols],
            decided: vec![0; grid.symbols],
            given: vec![0; grid.symbols],
            plain: vec![0; grid.symbols],
            decided_plain: vec![0; grid.symbols],
            mlse: None,
            transmission: 1.0,
            scratch: Aligned::new(plan.transforms.scratch()),
            aggressor: Aligned::new(0),
            aggressor_spectrum: Aligned::new(0),
            delayed: Aligned::new(0),
            coupled: None,
            cancel: CancelToken::default(),
        };
        workspace.fit(plan);
        workspace
    }

    /// Makes room for `plan`, which is on the same grid but may sample otherwise.
    pub(crate) fn fit(&mut self, plan: &Plan) {
        let scratch = plan
            .interferer_paths()
            .map(|leak| leak.transform.scratch())
            .chain([plan.transforms.scratch()])
            .max()
            .unwrap_or(1);
        let symbols = plan.interferer_paths().map(|leak| leak.symbols).max().unwrap_or(0);
        if self.aggressor.len() < symbols {
            self.aggressor = Aligned::new(symbols);
            self.aggressor_spectrum = Aligned::new(fft::bins(symbols));
        }
        let samples = plan.grid.samples();
        if plan.reflections().is_some() && self.delayed.len() < samples {
            self.delayed = Aligned::new(samples);
        }
        if let Some(coupled) = &plan.coupled {
            self.coupled.get_or_insert_with(|| couple::CoupledBlock::new(plan));
            coupled.lanes.iter().for_each(|lane| self.fit(&lane.plan));
        }
        if self.scratch.len() < scratch {
            self.scratch = Aligned::new(scratch);
        }
    }

    /// Grid of the blocks.
    pub(crate) fn grid(&self) -> Grid {
        self.grid
    }

    /// Transmitted levels of the last counted block.
    #[inline]
    pub(crate) fn sent(&self) -> &[u8] {
        &self.sent
    }

    /// Decided levels of the last counted block.
    #[inline]
    pub(crate) fn decided(&self) -> &[u8] {
        &self.decided
    }

    /// The equalised block, a value for each symbol; once decided, the values that were decided.
    #[inline]
    pub(crate) fn equalised(&self) -> &[f32] {
        &self.equalised
    }

    /// Samples of the converter.
    #[inline]
    pub(crate) fn sampled(&self, plan: &Plan) -> &[f32] {
        &self.sampled[..plan.sampled()]
    }

    /// Memory for transforms.
    #[inline]
    pub(crate) fn scratch(&mut self) -> &mut [Complex32] {
        &mut self.scratch
    }

    /// Memory for normal numbers, and that of the equalised and of the decided block, to be filled
    /// by noise-only counting.
    #[inline]
    pub(crate) fn slicer_buffers(&mut self) -> (&mut [f32], &mut [f32], &mut [u8]) {
        (&mut self.normals, &mut self.equalised, &mut self.decided)
    }

    /// Lends the buffers for the levels of a block and of one of its segments;
    /// [`Workspace::keep_levels`] returns them.
    #[inline]
    pub(crate) fn take_levels(&mut self) -> (Vec<u8>, Vec<u8>) {
        (std::mem::take(&mut self.sent), std::mem::take(&mut self.given))
    }

    /// Returns the buffers of [`Workspace::take_levels`].
    #[inline]
    pub(crate) fn keep_levels(&mut self, sent: Vec<u8>, given: Vec<u8>) {
        (self.sent, self.given) = (sent, given);
    }
}
