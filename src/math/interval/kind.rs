//! Methods by which an interval is computed.

use serde::{Deserialize, Serialize};

/// Method of a confidence interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum IntervalKind {
    /// No interval: no bits were counted.
    #[default]
    #[serde(rename = "none")]
    None,
    /// Clopper and Pearson, for independent errors.
    #[serde(rename = "clopper-pearson")]
    ClopperPearson,
    /// Clopper and Pearson, with the number of errors reduced by the excess variance of bursts.
    #[serde(rename = "clopper-pearson, bursts")]
    ClopperPearsonBursts,
    /// Bootstrap over blocks.
    #[serde(rename = "block-bootstrap")]
    BlockBootstrap,
    /// Normal on weighted samples, of the logarithm.
    #[serde(rename = "weighted samples")]
    WeightedSamples,
    /// Interval of the count, combined with the scatter of the stored blocks.
    #[serde(rename = "count and stored blocks")]
    CountAndStoredBlocks,
}

impl IntervalKind {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            IntervalKind::None => "none",
            IntervalKind::ClopperPearson => "clopper-pearson",
            IntervalKind::ClopperPearsonBursts => "clopper-pearson, bursts",
            IntervalKind::BlockBootstrap => "block-bootstrap",
            IntervalKind::WeightedSamples => "weighted samples",
            IntervalKind::CountAndStoredBlocks => "count and stored blocks",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_reads_back_by_its_name() {
        use IntervalKind::*;
        for kind in [
            None,
            ClopperPearson,
            ClopperPearsonBursts,
            BlockBootstrap,
            WeightedSamples,
            CountAndStoredBlocks,
        ] {
            let text = serde_json::to_string(&kind).unwrap();
            assert_eq!(text, format!("\"{}\"", kind.as_str()));
            assert_eq!(serde_json::from_str::<IntervalKind>(&text).unwrap(), kind);
        }
    }
}
