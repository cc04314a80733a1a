//! Temperature of the modules.

use crate::units::KELVIN_AT_0_C;

/// Temperature of both modules' cases, against that for which the values of a description hold.
///
/// A part is as far above the case as at the reference: its own heat stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Temperature {
    /// Of the case, degrees Celsius.
    pub case_c: f64,
    /// Of the case for which the values hold, degrees Celsius.
    pub reference_c: f64,
}

impl Default for Temperature {
    /// At the reference of 50 degrees, the middle of 0 to 70 with a rise of 15 (`assumed`).
    fn default() -> Self {
        Temperature { case_c: 50.0, reference_c: 50.0 }
    }
}

impl Temperature {
    /// The case at the reference.
    #[must_use]
    pub fn of_reference(self) -> Temperature {
        Temperature { case_c: self.reference_c, ..self }
    }

    /// Case above the reference, K.
    #[must_use]
    pub fn rise_k(self) -> f64 {
        self.case_c - self.reference_c
    }

    /// Absolute temperature over that of the reference: the power of thermal noise follows it.
    #[must_use]
    pub fn absolute_ratio(self) -> f64 {
        (self.case_c + KELVIN_AT_0_C) / (self.reference_c + KELVIN_AT_0_C)
    }
}
