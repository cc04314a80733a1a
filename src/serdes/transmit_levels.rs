//! Level adjustment of a transmit DSP.

use crate::chain::{Chain, LEVEL_CONTEXTS, level_context};
use crate::error::{KeyPath, Problems};
use crate::signal::Symbol;
use serde::{Deserialize, Serialize};

/// Drives of levels 1 and 2 of an ideal transmitter.
pub(crate) const LINEAR_INNER: [f64; 2] = [-1.0 / 3.0, 1.0 / 3.0];

/// Criterion by which the drives of the levels are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelTraining {
    /// As given.
    #[default]
    None,
    /// Equal steps between the mean levels at TP2, in the middle of the symbol and after the
    /// reference filter.
    EqualEyes,
    /// The least predicted error ratio of the optical segment.
    LeastErrorRatio,
    /// The least TDECQ.
    LeastTdecq,
}

/// Drives of the four levels, before the transmit equaliser.
///
/// ```text
/// x[k] = table(s[k-1], s[k], s[k+1])   or   -1, inner, 1 of s[k];    |x| <= 1
/// ```
///
/// The outer levels keep the full scale, so that OMA and extinction ratio of settled runs stay, and
/// no entry exceeds it: with the taps of [`TransmitFfe`](super::TransmitFfe), scaled to a sum of
/// magnitudes of one, the converter is never driven beyond. A real DSP maps symbols to words of
/// the converter in front of its filter as well, because a word of the map then has one meaning
/// for any taps, and the peak is bounded by design.
///
/// Training starts from equal drives and ignores `inner` and `entries`. Inner levels are found by
/// secants on both levels at once; the table takes out the mean error of each three symbols that
/// no linear filter could.
///
/// # Limits
///
/// Of the module's own converter: a linear module driven by a host has its levels in `host.tx`.
/// Captured and stressed sources convert symbols themselves. The drives have no resolution of
/// their own beyond the converter's noise.
///
/// # Reference
///
/// J. H. Ke, Y. Gao, J. C. Cartledge, *400 Gbit/s single-carrier and 1 Tbit/s three-carrier
/// superchannel signals using dual polarization 16-QAM with look-up table correction and optical
/// pulse shaping*, Optics Express 22 (2014), tables over three symbols.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransmitLevels {
    /// Criterion of their training.
    pub train: LevelTraining,
    /// Drives of levels 1 and 2 between -1 and 1, those of levels 0 and 3.
    pub inner: [f64; 2],
    /// A drive for every three symbols, `entries`, in place of one for every level.
    pub table: bool,
    /// The 64 drives of a table: 16 times the level before, 4 times the level itself, and the level
    /// after.
    pub entries: Vec<f64>,
}

impl Default for TransmitLevels {
    fn default() -> Self {
        TransmitLevels {
            train: LevelTraining::None,
            inner: LINEAR_INNER,
            table: false,
            entries: Vec::new(),
        }
    }
}

impl TransmitLevels {
    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        let [low, high] = self.inner;
        if !(-1.0 < low && low < high && high < 1.0) {
            let remedy = "must be two rising numbers between -1 and 1, the drives of the outer \
                          levels";
            problems.report(at, "inner", format!("{:?}", self.inner), remedy);
        }
        let entries = &self.entries;
        let written = || format!("{} numbers", entries.len());
        if entries.is_empty() {
            if self.table && self.train == LevelTraining::None {
                let remedy = "must be 64 numbers with table = true, unless train is another than \
                              \"none\"";
                problems.report(at, "entries", written(), remedy);
            }
        } else if entries.len() != LEVEL_CONTEXTS {
            problems.report(at, "entries", written(), "must be 64 numbers, or none");
        } else if entries.iter().any(|x| !(-1.0..=1.0).contains(x)) {
            problems.report(at, "entries", written(), "must be numbers from -1 to 1");
        } else if [0, 3].map(|s| entries[level_context(s, s, s)]) != [-1.0, 1.0] {
            let remedy =
                "must hold -1 first and 1 last: a run of an outer level has the full scale";
            problems.report(at, "entries", written(), remedy);
        }
    }

    /// The drive of every three symbols; `None` where each is that of an ideal transmitter.
    pub(crate) fn drives(&self) -> Option<[f64; LEVEL_CONTEXTS]> {
        if self.table && self.entries.len() == LEVEL_CONTEXTS {
            return Some(std::array::from_fn(|i| self.entries[i]));
        }
        (self.inner != LINEAR_INNER).then(|| self.of_levels())
    }

    /// True if they are trained, or given other than those of an ideal transmitter.
    pub(crate) fn are_adjusted(&self) -> bool {
        self.train != LevelTraining::None || self.drives().is_some()
    }

    /// The table in which only the level itself counts.
    pub(crate) fn of_levels(&self) -> [f64; LEVEL_CONTEXTS] {
        let drives = [-1.0, self.inner[0], self.inner[1], 1.0];
        std::array::from_fn(|i| drives[i / 4 % 4])
    }

    pub(crate) fn extend(&self, symbols: Chain<Symbol>) -> Chain<Symbol> {
        match self.drives() {
            Some(drives) => symbols.drives(drives),
            None => symbols,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(levels: &TransmitLevels) -> Vec<String> {
        let mut problems = Problems::new();
        levels.check(&KeyPath::root().key("levels"), &mut problems);
        problems.iter().map(|problem| problem.path.clone()).collect()
    }

    #[test]
    fn drives_beyond_the_full_scale_are_refused() {
        let fixed = |inner: [f64; 2]| TransmitLevels { inner, ..Default::default() };
        assert!(problems(&fixed([-0.4, 0.3])).is_empty());
        for wrong in [[-1.0, 0.3], [-0.3, 1.2], [0.3, -0.3], [f64::NAN, 0.3]] {
            assert_eq!(problems(&fixed(wrong)), ["levels.inner"], "{wrong:?}");
        }
        let table = |entries: Vec<f64>| TransmitLevels {
            table: true,
            entries,
            ..TransmitLevels::default()
        };
        let ideal = TransmitLevels::default().of_levels().to_vec();
        assert!(problems(&table(ideal.clone())).is_empty());
        for (at, value) in [(5, 1.01), (0, -0.9), (63, 0.9), (7, f64::NAN)] {
            let mut entries = ideal.clone();
            entries[at] = value;
            assert_eq!(problems(&table(entries)), ["levels.entries"], "{at}");
        }
        assert_eq!(problems(&table(vec![0.0; 16])), ["levels.entries"]);
        assert_eq!(problems(&table(vec![])), ["levels.entries"]);
        let trained = TransmitLevels { train: LevelTraining::EqualEyes, ..table(vec![]) };
        assert!(problems(&trained).is_empty());
    }

    /// Every sequence of seven symbols, entries at the ends of their range.
    #[test]
    fn no_table_and_no_taps_exceed_the_full_scale() {
        let ffe = super::super::TransmitFfe { taps: vec![0.1, -0.3, 1.0, -0.25, 0.05] };
        let taps = ffe.scaled();
        let mut drives = TransmitLevels::default().of_levels();
        drives.iter_mut().enumerate().for_each(|(i, x)| *x = if i % 3 == 0 { -1.0 } else { 1.0 });
        let mut peak = 0f64;
        for word in 0..1usize << 14 {
            let s = |k: usize| word >> (2 * k) & 3;
            let x = |k: usize| drives[level_context(s(k - 1), s(k), s(k + 1))];
            peak = peak.max((0..5).map(|j| taps[j] * x(5 - j)).sum::<f64>().abs());
        }
        assert!(peak <= 1.0 + 1e-12 && peak > 0.9, "{peak}");
    }

    #[test]
    fn levels_of_an_ideal_transmitter_leave_the_chain_as_it_is() {
        assert_eq!(TransmitLevels::default().drives(), None);
        let bent = TransmitLevels { inner: [-0.4, 0.3], ..Default::default() };
        let drives = bent.drives().expect("they differ");
        for before in 0..4 {
            let of = |s: usize| drives[level_context(before, s, 3 - before)];
            assert_eq!([0, 1, 2, 3].map(of), [-1.0, -0.4, 0.3, 1.0]);
        }
    }
}
