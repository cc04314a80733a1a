//! Expected bursts of decision errors.

/// Longest burst with a share of its own, symbols.
pub(crate) const BURST_LENGTHS: usize = 16;

/// Expected numbers of symbol errors and of bursts by the length that they reach.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ExpectedBursts {
    pub(crate) symbol_errors: f64,
    /// Bursts of at least 1, 2, .. symbols.
    pub(crate) reached: [f64; BURST_LENGTHS],
}

impl ExpectedBursts {
    /// Adds those of other symbols.
    pub(crate) fn add(&mut self, other: &ExpectedBursts) {
        self.add_part(1.0, other);
    }

    /// Adds a share of others.
    pub(crate) fn add_part(&mut self, share: f64, other: &ExpectedBursts) {
        self.symbol_errors += share * other.symbol_errors;
        self.reached.iter_mut().zip(&other.reached).for_each(|(sum, part)| *sum += share * part);
    }

    /// Share of the symbol errors that another one follows; `None` without any.
    pub(crate) fn continuation(&self) -> Option<f64> {
        (self.symbol_errors > 0.0).then(|| (1.0 - self.reached[0] / self.symbol_errors).max(0.0))
    }

    /// Shares of bursts of 1, 2, .. symbols; the last with longer ones.
    pub(crate) fn shares(&self) -> Vec<f64> {
        let longer = self.reached.iter().skip(1).chain([&0.0]);
        let bursts = self.reached[0].max(f64::MIN_POSITIVE);
        self.reached.iter().zip(longer).map(|(here, longer)| (here - longer) / bursts).collect()
    }
}
