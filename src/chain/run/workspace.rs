//! Per-thread buffers. Running a block never allocates and never fails.

use crate::chain::build::plan::Plan;
use crate::dsp::ffe;
use crate::dsp::mlse::Mlse;
use crate::math::fft;
use crate::signal::{Aligned, Grid, Samples};
use num_complex::Complex32;

/// State of sequence detection, kept so that no block makes it anew.
#[derive(Default)]
pub(crate) struct Detection {
    pub(crate) mlse: Option<Mlse>,
}

/// One thread's memory for blocks of one grid.
pub struct Workspace {
    pub(crate) grid: Grid,
    pub(crate) symbols: Aligned<f32>,
    pub(crate) edges: Aligned<f32>,
    pub(crate) symbol_spectrum: Aligned<Complex32>,
    pub(crate) real: Samples,
    pub(crate) other: Samples,
    pub(crate) field: Samples,
    pub(crate) spectrum: Aligned<Complex32>,
    pub(crate) normals: Aligned<f32>,
    pub(crate) sampled_spectrum: Aligned<Complex32>,
    pub(crate) sampled: Aligned<f32>,
    pub(crate) slope: Aligned<f32>,
    pub(crate) curvature: Aligned<f32>,
    pub(crate) padded: Aligned<f32>,
    pub(crate) equalised: Aligned<f32>,
    pub(crate) sent: Vec<u8>,
    pub(crate) decided: Vec<u8>,
    /// Levels that a segment sends on.
    pub(crate) given: Vec<u8>,
    pub(crate) plain: Vec<u8>,
    pub(crate) decided_plain: Vec<u8>,
    pub(crate) detection: Detection,
    pub(crate) scratch: Aligned<Complex32>,
    pub(crate) aggressor: Aligned<f32>,
    pub(crate) aggressor_spectrum: Aligned<Complex32>,
}

impl Workspace {
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
            detection: Detection::default(),
            scratch: Aligned::new(plan.transforms.scratch()),
            aggressor: Aligned::new(0),
            aggressor_spectrum: Aligned::new(0),
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
        if self.scratch.len() < scratch {
            self.scratch = Aligned::new(scratch);
        }
    }
}
