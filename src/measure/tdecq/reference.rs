//! Reference receivers and equalisers of TDECQ, as data.

use super::error::TdecqError;
use crate::math::gaussian::q_inverse;

/// Longest reference equaliser, taps.
pub const TAPS_MAX: usize = 64;

/// Distance of a symbol rate from the one that a reference is for, as a part.
const RATE_TOLERANCE: f64 = 2e-3;

/// Limits of the taps over the largest one, w(i) / w(0), by their distance from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TapLimits {
    /// w(0) itself.
    pub main: [f64; 2],
    /// i = -1 and 1.
    pub next: [f64; 2],
    /// i = -2 and 2.
    pub second: [f64; 2],
    /// All others.
    pub far: [f64; 2],
    /// Largest |w(1) - w(-1)| / w(0).
    pub difference: f64,
}

impl TapLimits {
    /// The range of w(i) / w(0), `distance` = |i| from 1.
    pub fn ratio(&self, distance: usize) -> [f64; 2] {
        match distance {
            1 => self.next,
            2 => self.second,
            _ => self.far,
        }
    }
}

/// A reference receiver: filter, equaliser, target.
///
/// ```text
/// z(t) = sum_i w(i) y(t - i T) - b a(n-1),   i = -precursors ..,   sum w = 1 + b
/// ```
///
/// y: the waveform after the filter; a: the decided level of the symbol before, on a scale from
/// P_ave - OMA / 2 to P_ave + OMA / 2; decisions are free of errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reference {
    /// Its name on the command line.
    pub name: &'static str,
    /// Symbol error ratio at which the noise is read.
    pub target_ser: f64,
    /// 3 dB bandwidth of the 4th-order Bessel-Thomson filter, symbol rates.
    pub bandwidth_symbol_rates: f64,
    /// Taps of the feed-forward equaliser, a symbol period apart.
    pub taps: usize,
    /// Most taps before the largest.
    pub most_precursors: usize,
    /// Distance of each histogram window from the centre, symbol periods.
    pub window_offset_ui: f64,
    /// Width of a window, symbol periods.
    pub window_width_ui: f64,
    /// Smallest value of the largest tap.
    pub main_tap_min: f64,
    /// Limits of the others; without them none is larger than the largest.
    pub tap_limits: Option<TapLimits>,
    /// Largest coefficient of the decision feedback, 0 for none.
    pub dfe_max: f64,
    /// How far each threshold may move from its nominal place, of the OMA.
    pub threshold_adjust: f64,
}

/// IEEE Std 802.3 clause 121.8.5 with the changes of 802.3cd (status: secondary sources,
/// standards.md 7).
///
/// Windows at 0.45 and 0.55 UI, 0.04 UI wide. Precursors (assumed): the largest is tap 1, 2 or 3;
/// `main_tap_min` 0.8 and the thresholds' 1 % (assumed, from memory of clauses 138 to 140).
const SMF_100G: Reference = Reference {
    name: "100g-smf",
    target_ser: 4.8e-4,
    bandwidth_symbol_rates: 0.5,
    taps: 5,
    most_precursors: 2,
    window_offset_ui: 0.05,
    window_width_ui: 0.04,
    main_tap_min: 0.8,
    tap_limits: None,
    dfe_max: 0.0,
    threshold_adjust: 0.01,
};

/// Clause 167 (status: assumed): nine taps; precursors assumed.
const MMF_100G: Reference = Reference { name: "100g-mmf", taps: 9, most_precursors: 3, ..SMF_100G };

/// LPO MSA 100G-DR-LPO revision 1.0 (status: secondary source, standards.md 9): nine taps, SER
/// 4.0e-4; precursors assumed.
const LPO_100G: Reference =
    Reference { name: "100g-lpo", target_ser: 4.0e-4, taps: 9, most_precursors: 3, ..SMF_100G };

/// P802.3dj clauses 180 and 181 (status: draft, second-hand): 15 taps with up to three precursors,
/// feedback to 0.3, limits as TDECQ-Calculator-Py (2N2223) prints them, citing welch_3dj_01_2405
/// and comments 313 and 183 on D2.1. SER (assumed): that of 100G; twice the limit of 2.28e-4 would
/// make 4.56e-4 and 0.02 dB.
const DR_106: Reference = Reference {
    name: "200g-106gbd",
    taps: 15,
    most_precursors: 3,
    tap_limits: Some(TapLimits {
        main: [0.8, 2.5],
        next: [-0.4, 0.05],
        second: [-0.1, 0.2],
        far: [-0.1, 0.1],
        difference: 0.25,
    }),
    dfe_max: 0.3,
    ..SMF_100G
};

/// P802.3dj clauses 182 and 183 with the inner code (status: draft): as [`DR_106`]; SER 9.6e-3 as
/// papers print it; twice the limit of 4.85e-3 would make 9.7e-3 and 0.006 dB.
const DR_113: Reference = Reference { name: "200g-113gbd", target_ser: 9.6e-3, ..DR_106 };

impl Reference {
    /// 100 Gb/s a lane over single-mode fibre, 53.125 GBd: five taps.
    pub const SMF_100G: Reference = SMF_100G;
    /// 100 Gb/s a lane over multimode fibre: nine taps.
    pub const MMF_100G: Reference = MMF_100G;
    /// 100 Gb/s a lane with linear optics (LPO MSA): nine taps.
    pub const LPO_100G: Reference = LPO_100G;
    /// 200 Gb/s a lane without inner code, 106.25 GBd, draft.
    pub const DR_106: Reference = DR_106;
    /// 200 Gb/s a lane with inner code, 113.4375 GBd, draft.
    pub const DR_113: Reference = DR_113;

    /// Every reference, in the order of the manual.
    pub fn all() -> [Reference; 5] {
        [SMF_100G, MMF_100G, LPO_100G, DR_106, DR_113]
    }

    /// The reference for a symbol rate, GBd: 53.125, 106.25 and 113.4375 have one each.
    pub fn of_rate(symbol_rate_gbd: f64) -> Option<Reference> {
        let near = |rate: f64| (symbol_rate_gbd / rate - 1.0).abs() < RATE_TOLERANCE;
        [(53.125, Reference::SMF_100G), (106.25, Reference::DR_106), (113.4375, Reference::DR_113)]
            .into_iter()
            .find_map(|(rate, reference)| near(rate).then_some(reference))
    }

    /// Q of the target: an ideal eye has the symbol error ratio 3/2 Q(Qt).
    pub fn qt(&self) -> f64 {
        q_inverse(self.target_ser / 1.5)
    }

    /// Checks a reference; the error is its first problem.
    pub(super) fn check(&self) -> Result<(), TdecqError> {
        let wrong = |what| Err(TdecqError::Reference { name: self.name, what });
        let ranges = self.tap_limits.map(|l| [l.main, l.next, l.second, l.far]);
        if !(self.target_ser > 1e-15 && self.target_ser < 0.1) {
            wrong("target_ser must be from 1e-15 to 0.1")
        } else if !(0.1..=10.0).contains(&self.bandwidth_symbol_rates) {
            wrong("bandwidth_symbol_rates must be from 0.1 to 10")
        } else if self.taps == 0 || self.taps > TAPS_MAX || self.most_precursors >= self.taps {
            wrong("taps must be from 1 to 64, more than most_precursors")
        } else if !(0.0..1.0).contains(&self.main_tap_min) || !(0.0..=1.0).contains(&self.dfe_max) {
            wrong("main_tap_min must be below 1, dfe_max from 0 to 1")
        } else if !(0.0..=0.1).contains(&self.threshold_adjust) {
            wrong("threshold_adjust must be from 0 to 0.1")
        } else if !(0.0..=0.4).contains(&self.window_offset_ui)
            || !(0.0..=0.2).contains(&self.window_width_ui)
        {
            wrong("window_offset_ui must be from 0 to 0.4, window_width_ui from 0 to 0.2")
        } else if ranges.is_some_and(|[main, others @ ..]| {
            !(main[0] < 1.0 && main[1] > 1.0) || others.iter().any(|r| !(r[0] < 0.0 && r[1] > 0.0))
        }) || self
            .tap_limits
            .is_some_and(|l| l.difference.is_nan() || l.difference <= 0.0)
        {
            wrong(
                "tap_limits must leave room for no equalisation: main about 1, the others about 0",
            )
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// standards.md 7: 3.414, 3.463, 2.489.
    #[test]
    fn targets_have_the_qs_of_the_literature() {
        for (reference, qt) in [(SMF_100G, 3.41407), (LPO_100G, 3.463), (DR_113, 2.489)] {
            assert!((reference.qt() - qt).abs() < 6e-4, "{}: {}", reference.name, reference.qt());
        }
    }

    #[test]
    fn a_symbol_rate_has_its_reference_if_a_clause_has_one() {
        for (rate, name) in [
            (53.125, Some("100g-smf")),
            (106.25, Some("200g-106gbd")),
            (113.44, Some("200g-113gbd")),
            (50.0, None),
        ] {
            assert_eq!(Reference::of_rate(rate).map(|r| r.name), name);
        }
    }

    #[test]
    fn every_reference_is_a_possible_one_and_has_its_own_name() {
        let mut names: Vec<_> = Reference::all().map(|r| r.name).into();
        assert!(Reference::all().iter().all(|r| r.check().is_ok()));
        names.dedup();
        assert_eq!(names.len(), 5);
    }
}
