//! PIN photodiode: light in, current out.

use crate::chain::{Chain, Density, Law, Map, Noise, Shape};
use crate::error::{KeyPath, Problems};
use crate::math::{prototype::Family, simd::multiversion};
use crate::measured::{BuildContext, FileError, FileReader, Response, ResponseDomain};
use crate::signal::{Ampere, Field};
use crate::units::{CHARGE_C, giga, nano};
use num_complex::Complex32;
use serde::{Deserialize, Serialize};

/// A PIN photodiode with shot noise.
///
/// ```text
/// i(t) = R |E(t)|^2 + n(t),    <n^2> = q (i + I_dark) f_s    (2 q (i + I_dark) over the band f_s / 2)
/// ```
///
/// In: field, sqrt(W). Out: current, A. The dark current adds shot noise; its mean does not pass
/// the AC-coupled receiver.
///
/// # Limits
///
/// Responsivity does not depend on temperature. Saturation is not modelled; the junction's
/// bandwidth is [`Photodiode::bandwidth_ghz`], a single pole.
///
/// # Reference
///
/// G. P. Agrawal, *Fiber-Optic Communication Systems*, optical receivers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Photodiode {
    /// Photocurrent per optical power at the diode, A/W.
    pub responsivity_a_per_w: f64,
    /// Current without light at the reference temperature, nA.
    pub dark_current_na: f64,
    /// Rise of the temperature that doubles it, K.
    pub dark_current_doubling_k: f64,
    /// 3 dB electrical bandwidth, GHz.
    pub bandwidth_ghz: f64,
    /// A measured opto-electric response in place of the pole.
    pub response: Response,
}

impl Default for Photodiode {
    fn default() -> Self {
        Photodiode {
            responsivity_a_per_w: 0.85,
            dark_current_na: 10.0,
            dark_current_doubling_k: 10.0, // InGaAs and germanium, assumed
            bandwidth_ghz: 40.0,
            response: Response::default(),
        }
    }
}

impl Photodiode {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        problems.range(at, "responsivity_a_per_w", self.responsivity_a_per_w, 0.01..=2.0);
        problems.range(at, "dark_current_na", self.dark_current_na, 0.0..=1e9);
        let doubling_k = self.dark_current_doubling_k;
        problems.range(at, "dark_current_doubling_k", doubling_k, 1.0..=1000.0);
        problems.range(at, "bandwidth_ghz", self.bandwidth_ghz, 1.0..=500.0);
    }

    /// Reads its files and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        files.response(&at.key("response"), &self.response, ResponseDomain::Optical);
    }

    /// Detects: square law, shot noise, pole.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend(
        &self,
        light: Chain<Field>,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Ampere>, FileError> {
        let doublings = context.temperature.rise_k() / self.dark_current_doubling_k;
        let shot = Law::Shot { dark_a: nano(self.dark_current_na) * doublings.exp2() };
        let current = light.map(SquareLaw { responsivity: self.responsivity_a_per_w as f32 });
        let response = context.response(&self.response, || {
            Shape::low_pass(Family::Bessel, 1, giga(self.bandwidth_ghz), 0.0)
        })?;
        Ok(current
            .noise(Noise::new("photodiode.shot", shot, Density::White(2.0 * CHARGE_C)))
            .response(response))
    }
}

struct SquareLaw {
    responsivity: f32,
}

impl Map<Field, Ampere> for SquareLaw {
    fn apply(&self, x: &[Complex32], y: &mut [f32]) {
        square(self.responsivity, x, y);
    }

    fn name(&self) -> &'static str {
        "photodiode"
    }
}

multiversion! {
fn square(responsivity: f32, x: &[Complex32], y: &mut [f32]) {
    y.iter_mut().zip(x).for_each(|(y, e)| *y = responsivity * (e.re * e.re + e.im * e.im));
}
}
