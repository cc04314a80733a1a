//! Extraction of a lane's payload symbol errors from its decisions, block by block.

use crate::fec::inner::chase::Chase;
use crate::fec::inner::code::{BLOCK_SYMBOLS, PAYLOAD_SYMBOLS};
use crate::fec::inner::soft::Soft;

/// A payload symbol error, in levels before the precoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SymbolError {
    /// The payload symbol, from the block's first.
    pub index: u32,
    /// The level sent.
    pub sent: u8,
    /// The level decided.
    pub decided: u8,
}

/// Extraction of payload errors from the slicer values of a lane.
#[derive(Clone, Copy, Debug)]
pub enum ErrorExtractor {
    /// Decisions as they are.
    Plain,
    /// Decisions on precoded levels, a block's first one precoded after level 0.
    Precoded,
    /// Blocks of the inner code, that many in turn.
    Inner(Chase, Soft, usize),
}

/// Payload errors of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ErrorPositions {
    /// Payload symbols.
    pub symbols: u64,
    /// Symbol errors, in order.
    pub wrong: Vec<SymbolError>,
    /// With a precoder: the first symbol's level, and by how much the last decision was too high,
    /// modulo 4.
    pub(super) seam: Option<(u8, u8)>,
}

impl ErrorExtractor {
    /// Extracts the errors of a block from levels on the line, slicer values and decided levels.
    ///
    /// # Panics
    ///
    /// If the slices differ in length; with an inner code, if they hold no whole number of its
    /// blocks in turn.
    #[must_use]
    pub fn read(&self, sent: &[u8], values: &[f32], decided: &[u8]) -> ErrorPositions {
        assert!(sent.len() == values.len() && sent.len() == decided.len());
        match self {
            ErrorExtractor::Plain => ErrorPositions {
                symbols: sent.len() as u64,
                wrong: differing(sent, decided).collect(),
                seam: None,
            },
            ErrorExtractor::Precoded => precoded(sent, decided),
            ErrorExtractor::Inner(chase, soft, turns) => inner(chase, soft, *turns, sent, values),
        }
    }
}

impl ErrorPositions {
    /// Joins the block to the one before, whose last decision was too high by `carried` modulo 4;
    /// returns this value for the block.
    ///
    /// ```text
    /// decided(0) = r(0) + r(-1),    r(-1) = p(-1) + carried
    /// ```
    ///
    /// The state of the precoder at the start of a block does not matter: the receiver adds it
    /// again.
    pub fn join(&mut self, carried: u8) -> u8 {
        let Some((first, last_error)) = self.seam else { return 0 };
        if carried != 0 {
            let was_wrong = self.wrong.first().is_some_and(|wrong| wrong.index == 0);
            let decided = if was_wrong { self.wrong.remove(0).decided } else { first };
            let decided = (decided + carried) & 3;
            if decided != first {
                self.wrong.insert(0, SymbolError { index: 0, sent: first, decided });
            }
        }
        last_error
    }
}

fn differing<'a>(sent: &'a [u8], decided: &'a [u8]) -> impl Iterator<Item = SymbolError> + 'a {
    let pairs = sent.iter().zip(decided).enumerate().filter(|(_, (sent, decided))| sent != decided);
    pairs.map(|(index, (&sent, &decided))| SymbolError { index: index as u32, sent, decided })
}

/// A decision error affects two symbols: its position and the next.
fn precoded(sent: &[u8], decided: &[u8]) -> ErrorPositions {
    let plain = |k: usize| (sent[k] + if k == 0 { 0 } else { sent[k - 1] }) & 3;
    let mut read = ErrorPositions { symbols: sent.len() as u64, ..ErrorPositions::default() };
    let mut push = |index: usize, error: u8| {
        if error != 0 {
            let sent = plain(index);
            read.wrong.push(SymbolError { index: index as u32, sent, decided: (sent + error) & 3 });
        }
    };
    // after a decision error: its position and error
    let mut open: Option<(usize, u8)> = None;
    for wrong in differing(sent, decided) {
        let (k, error) = (wrong.index as usize, wrong.decided.wrapping_sub(wrong.sent) & 3);
        let mut carried = 0;
        if let Some((before, after)) = open {
            if before + 1 == k {
                carried = after;
            } else {
                push(before + 1, after);
            }
        }
        push(k, (error + carried) & 3);
        open = Some((k, error));
    }
    let mut last_error = 0;
    if let Some((before, after)) = open {
        if before + 1 == sent.len() {
            last_error = after;
        } else {
            push(before + 1, after);
        }
    }
    read.seam = sent.first().map(|&first| (first, last_error));
    read
}

fn inner(chase: &Chase, soft: &Soft, turns: usize, sent: &[u8], values: &[f32]) -> ErrorPositions {
    assert!(sent.len().is_multiple_of(BLOCK_SYMBOLS * turns), "blocks of the inner code are whole");
    let mut read = ErrorPositions {
        symbols: (sent.len() / BLOCK_SYMBOLS * PAYLOAD_SYMBOLS) as u64,
        ..ErrorPositions::default()
    };
    let (mut block, mut received, mut payload) =
        ([0; BLOCK_SYMBOLS], [0.0; BLOCK_SYMBOLS], [0; PAYLOAD_SYMBOLS]);
    let spans =
        sent.chunks_exact(BLOCK_SYMBOLS * turns).zip(values.chunks_exact(BLOCK_SYMBOLS * turns));
    for (span, (sent, values)) in spans.enumerate() {
        for turn in 0..turns {
            block
                .iter_mut()
                .zip(sent.iter().skip(turn).step_by(turns))
                .for_each(|(to, &from)| *to = from);
            received
                .iter_mut()
                .zip(values.iter().skip(turn).step_by(turns))
                .for_each(|(to, &from)| *to = from);
            chase.decode(soft, &received, &mut payload);
            let first = ((span * turns + turn) * PAYLOAD_SYMBOLS) as u32;
            read.wrong.extend(
                differing(&block[..PAYLOAD_SYMBOLS], &payload)
                    .map(|wrong| SymbolError { index: first + wrong.index, ..wrong }),
            );
        }
    }
    read
}

/// The payload of complete spans of levels on the line, in order.
#[cfg(test)]
pub(super) fn payload(layout: &super::CodewordLayout, levels: &[u8]) -> Vec<u8> {
    let mut placed: Vec<(u64, u8)> = levels
        .iter()
        .enumerate()
        .filter_map(|(index, &level)| Some((layout.payload_symbol(index as u64)?, level)))
        .collect();
    placed.sort_unstable();
    placed.into_iter().map(|(_, level)| level).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{precode, unprecode};
    use crate::seed::Seed;

    /// Blocks of any length after a precoder that never restarts, errors of any density: the same
    /// symbol errors as undoing the precoder on the whole stream.
    #[test]
    fn precoded_blocks_joined_are_the_stream_undone_as_a_whole() {
        let mut rng = Seed::new(5).rng();
        let plain: Vec<u8> = (0..6000).map(|_| (rng.next_u64() & 3) as u8).collect();
        for one_in in [2, 5, 50] {
            let errors: Vec<u8> = plain
                .iter()
                .map(|_| {
                    if rng.next_u64().is_multiple_of(one_in) {
                        (rng.next_u64() & 3) as u8
                    } else {
                        0
                    }
                })
                .collect();
            let mut whole = plain.clone();
            precode(&mut whole, 0);
            let mut received: Vec<u8> =
                whole.iter().zip(&errors).map(|(p, e)| (p + e) & 3).collect();
            unprecode(&mut received, 0);
            let expected: Vec<SymbolError> = differing(&plain, &received).collect();
            for block in [1, 2, 7, 1000, 6000] {
                let (mut found, mut carried) = (Vec::new(), 0);
                for first in (0..plain.len()).step_by(block) {
                    let last = (first + block).min(plain.len());
                    let mut sent = plain[first..last].to_vec();
                    precode(&mut sent, 0);
                    let decided: Vec<u8> =
                        sent.iter().zip(&errors[first..]).map(|(p, e)| (p + e) & 3).collect();
                    let mut read =
                        ErrorExtractor::Precoded.read(&sent, &vec![0.0; sent.len()], &decided);
                    carried = read.join(carried);
                    found.extend(
                        read.wrong.iter().map(|wrong| SymbolError {
                            index: wrong.index + first as u32,
                            ..*wrong
                        }),
                    );
                }
                assert_eq!(found, expected, "blocks of {block}, one error in {one_in}");
            }
        }
    }

    #[test]
    fn plain_blocks_have_no_seam() {
        let mut read = ErrorExtractor::Plain.read(&[0, 1, 2], &[0.0; 3], &[0, 2, 2]);
        assert_eq!(read.wrong, [SymbolError { index: 1, sent: 1, decided: 2 }]);
        assert_eq!((read.join(3), read.wrong.len(), read.symbols), (0, 1, 3));
    }
}
