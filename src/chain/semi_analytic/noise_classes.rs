//! Variances by level and pattern.

/// Patterns of a symbol and its two neighbours.
pub(crate) const CLASSES: usize = 64;

/// The variance at the slicer of each drawn line, by pattern.
pub(crate) struct Classes {
    pub(crate) lines: Vec<Option<[f32; CLASSES]>>,
}

impl Classes {
    /// Adds the variance of line `i` at each symbol.
    pub(crate) fn add(&self, i: usize, levels: &[u8], out: &mut [f32]) {
        let Some(variance) = &self.lines[i] else { return };
        out.iter_mut().zip(patterns(levels)).for_each(|(out, class)| *out += variance[class]);
    }
}

/// The class of each symbol of a periodic block.
pub(crate) fn patterns(levels: &[u8]) -> impl Iterator<Item = usize> {
    let before = levels.last().into_iter().chain(levels);
    let after = levels.iter().skip(1).chain(levels.first());
    before.zip(levels).zip(after).map(|((&before, &own), &after)| {
        usize::from(before) * 16 + usize::from(own) * 4 + usize::from(after)
    })
}
