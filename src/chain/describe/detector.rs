//! Detectors as data.

/// Detector of a receiver.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DetectorSpec {
    /// Slicer: symbol by symbol.
    #[default]
    Slicer,
    /// Decision feedback: postcursors of earlier decisions are subtracted first.
    Dfe {
        /// Taps.
        taps: usize,
        /// Largest magnitude of a tap over the main cursor.
        limit: f64,
        /// Their values, latest symbol first; empty to have them trained.
        fixed: Vec<f64>,
    },
    /// Detection of the likeliest sequence.
    Mlse {
        /// Postcursors used by it, 1 or 2.
        memory: usize,
        /// Least decision depth, samples.
        depth: usize,
        /// The postcursors, latest symbol first; empty to have them trained.
        fixed: Vec<f64>,
    },
}

impl DetectorSpec {
    /// Number of postcursors that the forward filter leaves to the detector.
    pub(crate) fn postcursors(&self) -> usize {
        match self {
            DetectorSpec::Slicer => 0,
            DetectorSpec::Dfe { taps, .. } => *taps,
            DetectorSpec::Mlse { memory, .. } => *memory,
        }
    }

    /// Largest magnitude of a postcursor over the main cursor.
    pub(crate) fn limit(&self) -> f64 {
        if let DetectorSpec::Dfe { limit, .. } = self { *limit } else { f64::INFINITY }
    }

    /// Their values, if given.
    pub(crate) fn fixed(&self) -> &[f64] {
        match self {
            DetectorSpec::Slicer => &[],
            DetectorSpec::Dfe { fixed, .. } | DetectorSpec::Mlse { fixed, .. } => fixed,
        }
    }
}
