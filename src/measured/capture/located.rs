//! Patterns that a capture may carry, and the one that was found.

/// A pattern that a capture may carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Its name in messages.
    pub name: String,
    /// One period of levels 0 to 3.
    pub levels: Vec<u8>,
}

/// Pattern, rate and polarity found in a capture.
#[derive(Clone, Debug, PartialEq)]
pub struct Located {
    /// Name of the pattern.
    pub pattern: String,
    /// One period of the levels sent, as in the light (3 is the highest power), the first in the
    /// capture's first symbol.
    pub levels: Vec<u8>,
    /// True if the power is lowest where the pattern is highest.
    pub inverted: bool,
    /// True when the two bits of each symbol stand in the other order.
    pub swapped: bool,
    /// Samples per symbol, by the capture's clock.
    pub samples_per_symbol: f64,
    /// Sampling instant within a symbol that separates levels best, 0 to 1; sample 0 lies at 0.
    pub delay_ui: f64,
    /// Distance of its symbol rate from the one given, in parts per million; zero when there was
    /// none.
    pub off_ppm: f64,
    /// Mean correlation of symbols with their samples, 0 to 1.
    pub correlation: f64,
}

impl Located {
    /// The same in words, with the number of periods.
    pub fn found(&self, periods: usize) -> String {
        let mut words = format!(
            "{periods} period{} of {} ({} symbols)",
            if periods == 1 { "" } else { "s" },
            self.pattern,
            self.levels.len()
        );
        words += &format!(
            ", {:.3} samples per symbol, {:+.1} ppm, correlation {:.3}",
            self.samples_per_symbol, self.off_ppm, self.correlation
        );
        words += if self.inverted { ", inverted" } else { "" };
        words + if self.swapped { ", bits of each symbol swapped" } else { "" }
    }
}
