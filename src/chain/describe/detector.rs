//! Detectors as they are asked for.

/// How a receiver decides, as it is asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum DetectorSpec {
    /// Symbol by symbol.
    #[default]
    Slicer,
    /// Interference of earlier decisions is subtracted first.
    Dfe {
        /// Taps.
        taps: usize,
        /// Most that a tap may be of the main cursor.
        limit: f64,
        /// Their values, latest symbol first; empty where they are to be found.
        fixed: Vec<f64>,
    },
    /// The sequence that explains all samples best.
    Mlse {
        /// Postcursors that are left to it, 1 or 2.
        memory: usize,
        /// Least decision depth, samples.
        depth: usize,
        /// The postcursors, latest symbol first; empty where they are to be found.
        fixed: Vec<f64>,
    },
}

impl DetectorSpec {
    /// Earlier symbols whose interference the forward filter leaves to the decisions.
    pub(crate) fn postcursors(&self) -> usize {
        match self {
            DetectorSpec::Slicer => 0,
            DetectorSpec::Dfe { taps, .. } => *taps,
            DetectorSpec::Mlse { memory, .. } => *memory,
        }
    }

    /// Most that one may be of the main cursor.
    pub(crate) fn limit(&self) -> f64 {
        if let DetectorSpec::Dfe { limit, .. } = self { *limit } else { f64::INFINITY }
    }

    /// Their values where they are given.
    pub(crate) fn fixed(&self) -> &[f64] {
        match self {
            DetectorSpec::Slicer => &[],
            DetectorSpec::Dfe { fixed, .. } | DetectorSpec::Mlse { fixed, .. } => fixed,
        }
    }
}
