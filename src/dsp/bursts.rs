//! Lengths of error bursts.

/// Longest burst with its own count, symbols.
pub const LONGEST: usize = 64;
/// Decisions compared at a time.
const RUN: usize = 64;

/// Counts error bursts; state is kept from call to call.
///
/// ```text
/// a burst starts with the first wrong decision after `memory` right ones and ends with the last one before `memory` right ones
/// ```
///
/// Its length includes the right decisions in between. With a memory of 1 a burst is a run of wrong
/// decisions.
///
/// ```
/// use lightlane::dsp::bursts::Bursts;
/// let mut bursts = Bursts::new(1);
/// bursts.push(&[0, 0, 0, 0, 0, 0], &[0, 1, 1, 0, 1, 0]);
/// assert_eq!((bursts.wrong(), bursts.bursts(), bursts.lengths()[2]), (3, 2, 1));
/// assert_eq!(bursts.continuation(), 1.0 / 3.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Bursts {
    memory: u64,
    lengths: [u64; LONGEST + 1],
    symbols: u64,
    wrong: u64,
    continued: u64,
    longest: u64,
    square: u64,
    /// Length of the open burst up to its last wrong decision; 0 if none is open.
    open: u64,
    /// Right decisions since the last wrong one of an open burst.
    right: u64,
}

impl Default for Bursts {
    /// An empty counter of runs of wrong decisions.
    fn default() -> Self {
        Bursts::new(1)
    }
}

impl Bursts {
    /// An empty counter; `memory` right decisions separate two bursts.
    ///
    /// # Panics
    ///
    /// If `memory` is 0.
    #[must_use]
    pub fn new(memory: u64) -> Self {
        assert!(memory > 0, "bursts need at least one right decision between them");
        Self {
            memory,
            lengths: [0; LONGEST + 1],
            symbols: 0,
            wrong: 0,
            continued: 0,
            longest: 0,
            square: 0,
            open: 0,
            right: 0,
        }
    }

    /// Counts the next decisions against the symbols sent.
    ///
    /// # Panics
    ///
    /// If the lengths differ.
    pub fn push(&mut self, sent: &[u8], decided: &[u8]) {
        assert_eq!(sent.len(), decided.len(), "as many decisions as symbols");
        self.symbols += sent.len() as u64;
        for (sent, decided) in sent.chunks(RUN).zip(decided.chunks(RUN)) {
            // most runs have no error, and no burst is open
            if self.open == 0 && sent == decided {
                continue;
            }
            for (sent, decided) in sent.iter().zip(decided) {
                if sent == decided {
                    self.pass();
                } else {
                    self.fail();
                }
            }
        }
    }

    fn pass(&mut self) {
        if self.open > 0 {
            self.right += 1;
            if self.right == self.memory {
                self.close();
            }
        }
    }

    fn fail(&mut self) {
        self.wrong += 1;
        self.continued += u64::from(self.open > 0 && self.right == 0);
        self.open += self.right + 1;
        self.right = 0;
    }

    fn close(&mut self) {
        self.lengths[(self.open as usize).min(LONGEST)] += 1;
        self.longest = self.longest.max(self.open);
        self.square += self.open * self.open;
        (self.open, self.right) = (0, 0);
    }

    /// Adds the counts of another counter; an open burst of either ends.
    pub fn merge(&mut self, other: &Self) {
        let mut other = other.clone();
        [&mut *self, &mut other]
            .into_iter()
            .filter(|bursts| bursts.open > 0)
            .for_each(Bursts::close);
        self.lengths.iter_mut().zip(&other.lengths).for_each(|(count, other)| *count += other);
        self.symbols += other.symbols;
        self.wrong += other.wrong;
        self.continued += other.continued;
        self.square += other.square;
        self.longest = self.longest.max(other.longest);
    }

    /// Symbols seen.
    #[must_use]
    pub fn symbols(&self) -> u64 {
        self.symbols
    }

    /// Wrong decisions.
    #[must_use]
    pub fn wrong(&self) -> u64 {
        self.wrong
    }

    /// Bursts that have ended.
    #[must_use]
    pub fn bursts(&self) -> u64 {
        self.lengths.iter().sum()
    }

    /// Ended bursts by their length; the last count has the longer ones too.
    #[must_use]
    pub fn lengths(&self) -> &[u64; LONGEST + 1] {
        &self.lengths
    }

    /// Longest ended burst, symbols.
    #[must_use]
    pub fn longest(&self) -> u64 {
        self.longest
    }

    /// Share of the wrong decisions that another one follows; 0 without any.
    #[must_use]
    pub fn continuation(&self) -> f64 {
        if self.wrong == 0 { 0.0 } else { self.continued as f64 / self.wrong as f64 }
    }

    /// Standard deviation of the count of wrong decisions if bursts are independent: the root of
    /// the sum of squared lengths.
    #[must_use]
    pub fn deviation(&self) -> f64 {
        (self.square as f64).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(memory: u64, wrong: &[u8], piece: usize) -> Bursts {
        let mut bursts = Bursts::new(memory);
        wrong.chunks(piece).for_each(|wrong| bursts.push(&vec![0; wrong.len()], wrong));
        bursts
    }

    #[test]
    fn lengths_depend_on_the_memory_and_not_on_the_pieces() {
        let wrong = [0, 1, 1, 0, 2, 0, 0, 1, 0, 0, 0, 3, 3, 3, 0, 0];
        for piece in 1..=wrong.len() {
            let runs = counted(1, &wrong, piece);
            assert_eq!(runs.lengths()[..4], [0, 2, 1, 1]);
            assert_eq!((runs.wrong(), runs.symbols(), runs.longest()), (7, 16, 3));
            assert_eq!(runs.continuation(), 3.0 / 7.0);
            assert_eq!(runs.deviation(), f64::sqrt(1.0 + 1.0 + 4.0 + 9.0));
            let apart = counted(2, &wrong, piece);
            assert_eq!(apart.lengths()[..5], [0, 1, 0, 1, 1]);
        }
    }

    #[test]
    fn merged_counters_are_the_counter_of_both() {
        let (a, b) = ([0, 1, 1, 0, 1, 0], [0, 1, 0, 0, 1, 1]);
        let mut merged = counted(1, &a, 6);
        merged.merge(&counted(1, &b, 6));
        let whole = counted(1, &[a, b].concat().into_iter().chain([0]).collect::<Vec<_>>(), 4);
        assert_eq!(
            (merged.lengths(), merged.wrong(), merged.bursts()),
            (whole.lengths(), whole.wrong(), 4)
        );
    }

    #[test]
    fn bursts_longer_than_the_table_share_its_last_count() {
        let bursts = counted(1, &[[1; 100].as_slice(), &[0]].concat(), 7);
        assert_eq!((bursts.lengths()[LONGEST], bursts.longest()), (1, 100));
    }
}
