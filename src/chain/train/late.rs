//! A trained receiver that samples later.

use crate::chain::build::trained::Trained;
use crate::chain::run::block;
use crate::math::buffer_pool::Pooled;
use num_complex::Complex32;

impl Trained {
    /// The same receiver, which samples later by this part of a symbol.
    pub(crate) fn late(&self, late_ui: f64, symbols: usize) -> Trained {
        let turned = |h: &Pooled<Complex32>| {
            let mut out = Pooled::zeros(h.len());
            block::phase_ramp(h, late_ui / symbols as f64, &mut out);
            out
        };
        Trained {
            delay_ui: self.delay_ui + late_ui,
            response: turned(&self.response),
            interferers: self.interferers.iter().map(turned).collect(),
            ..self.clone()
        }
    }
}
