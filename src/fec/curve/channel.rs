//! Errors between the sent and the received codewords of a point.

use super::awgn::Awgn;
use super::description::FecCurve;
use crate::fec::errors::sparse_errors::SparseErrorModel;
use crate::fec::inner::code::{BLOCK_SYMBOLS, PAYLOAD_SYMBOLS};
use crate::seed::Rng;

/// Errors of a point.
#[derive(Clone, Debug)]
pub(super) enum CurveChannel {
    /// Hard decisions: decision errors, and whether there is a precoder.
    Hard { model: SparseErrorModel, precoder: bool },
    /// Soft decisions: noise, and the inner decoder.
    Soft(Box<Awgn>),
}

/// Bits before any decoder.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PreFecCount {
    pub(super) bits: u64,
    pub(super) errors: u64,
}

impl CurveChannel {
    /// The errors of a curve at a bit error ratio.
    pub(super) fn new(curve: &FecCurve, ber: f64) -> Self {
        match &curve.coding.inner {
            Some(inner) => Self::Soft(Box::new(Awgn::new(ber, inner.decoder))),
            None => {
                let errors = curve.burst.errors(ber).expect("checked: the burst makes this ratio");
                Self::Hard {
                    model: SparseErrorModel::new(&errors),
                    precoder: curve.coding.precoder,
                }
            }
        }
    }

    /// True if the BER at the outer code differs from that at the slicer.
    pub(super) fn is_changed(&self) -> bool {
        matches!(self, Self::Soft(_) | Self::Hard { precoder: true, .. })
    }

    /// Reports each bit error among the first payload bits of a lane, in order.
    pub(super) fn draw(
        &self,
        rng: Rng,
        payload_symbols: u64,
        mut wrong: impl FnMut(u64),
    ) -> PreFecCount {
        let hit = |symbol: u64, bits: u8| {
            if symbol < payload_symbols {
                [2, 1]
                    .into_iter()
                    .zip(2 * symbol..)
                    .filter(|(mask, _)| bits & mask != 0)
                    .for_each(|(_, bit)| wrong(bit));
            }
        };
        match self {
            Self::Hard { model, precoder } => PreFecCount {
                bits: 2 * payload_symbols,
                errors: model.draw(rng, payload_symbols, *precoder, hit),
            },
            Self::Soft(awgn) => {
                let blocks = payload_symbols.div_ceil(PAYLOAD_SYMBOLS as u64);
                PreFecCount {
                    bits: 2 * blocks * BLOCK_SYMBOLS as u64,
                    errors: awgn.draw(rng, blocks, hit),
                }
            }
        }
    }
}
