//! Candidate patterns of a capture, and the one found.

/// A candidate pattern.
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
    /// One period of the transmitted levels (3 is the highest power), beginning with the capture's
    /// first symbol.
    pub levels: Vec<u8>,
    /// True if the power is lowest where the pattern is highest.
    pub inverted: bool,
    /// True when the two bits of each symbol are swapped.
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
    /// Text of the result, with the number of periods.
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
