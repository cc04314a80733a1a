//! An inner code that modules add to what their hosts send: segments of unlike rates.

use crate::error::{KeyPath, Problems};
use crate::fec::{InnerCoding, ber_after_inner, ber_before_inner};
use crate::link::describe::config::Config;
use crate::link::describe::segments::SegmentKind;

impl Config {
    /// Symbol rate of a segment, GBd: hosts have no inner code that modules add.
    pub fn symbol_rate_of(&self, kind: SegmentKind) -> f64 {
        if self.inner_of_modules().is_some() && !kind.has_light() {
            self.symbol_rate_gbd / InnerCoding::RATE_RATIO
        } else {
            self.symbol_rate_gbd
        }
    }

    /// True if modules take off an inner code, so that the lane's error ratio is that after it.
    pub fn modules_decode(&self) -> bool {
        self.inner_of_modules().is_some()
    }

    /// The inner code that modules add to what their hosts send and take off again, with segments
    /// of unlike rates.
    pub(crate) fn inner_of_modules(&self) -> Option<InnerCoding> {
        (self.segments().len() > 1).then(|| self.fec.chosen()?.inner)?
    }

    /// The same of the light alone: what an inner code of the modules lets through is the limit.
    pub(crate) fn optical_limit_ber(&self) -> f64 {
        let limit = self.limit_ber();
        let before = |inner: InnerCoding| ber_before_inner(inner.decoder, limit);
        self.inner_of_modules().and_then(before).unwrap_or(limit)
    }

    /// Reports what is missing to decode an inner code in the modules.
    pub(super) fn check_inner_of_modules(&self, root: &KeyPath, problems: &mut Problems) {
        let kind = self.module.kind;
        let Some(inner) = self.inner_of_modules() else { return };
        let coding = &self.fec.coding;
        if !self.carries_payload() {
            let remedy = format!(
                "must be \"payload\" where modules of kind \"{}\" decode the inner code of {coding}",
                kind.name()
            );
            let at = root.key("pattern");
            problems.report(&at, "kind", self.pattern.kind.as_str(), remedy);
        }
        if ber_after_inner(inner.decoder, 0.0).is_none() {
            let remedy = format!(
                "must be left out, or 0, where modules of kind \"{}\" decode the inner code: what \
                 it leaves is known for these",
                kind.name()
            );
            let positions = self.fec.inner_positions.unwrap_or_default();
            problems.report(&root.key("fec"), "inner_positions", positions, remedy);
        }
        if self.limits.link_outer_ber.is_none() {
            let remedy = format!(
                "must be given where modules of kind \"{}\" decode the inner code: the limit from \
                 host to host before the outer code, 2.921e-4 of 1.6TBASE-DR8",
                kind.name()
            );
            problems.report(&root.key("limits"), "link_outer_ber", "absent", remedy);
        }
    }
}
