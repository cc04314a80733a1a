//! The segments of a lane: from one decision point to the next.

use crate::link::describe::module::ModuleKind;
use crate::seed::StreamKey;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

use DecisionPoint::{FarHost, FarModule, NearHost, NearModule};

/// Points where symbols are decided or first transmitted, in the order of propagation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DecisionPoint {
    /// The transmitting host.
    NearHost,
    /// The transmitting module.
    NearModule,
    /// The receiving module.
    FarModule,
    /// The receiving host.
    FarHost,
}

/// A segment of a lane: symbols are sent at one decision point and decided at the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SegmentKind {
    /// Decision point at its start.
    pub from: DecisionPoint,
    /// Decision point at its end.
    pub to: DecisionPoint,
}

impl SegmentKind {
    /// All segments of all pairs of modules.
    pub const ALL: [SegmentKind; 6] = [
        SegmentKind::HOST_TO_MODULE,
        SegmentKind::OPTICAL,
        SegmentKind::MODULE_TO_HOST,
        SegmentKind { from: NearModule, to: FarHost },
        SegmentKind { from: NearHost, to: FarModule },
        SegmentKind { from: NearHost, to: FarHost },
    ];
    /// From the host to a module with a DSP.
    pub const HOST_TO_MODULE: SegmentKind = SegmentKind { from: NearHost, to: NearModule };
    /// From module to module, both with a DSP.
    pub const OPTICAL: SegmentKind = SegmentKind { from: NearModule, to: FarModule };
    /// From a module with a DSP to the host.
    pub const MODULE_TO_HOST: SegmentKind = SegmentKind { from: FarModule, to: FarHost };

    /// True if its symbols cross the fibre.
    pub fn has_light(self) -> bool {
        self.from <= NearModule && self.to >= FarModule
    }

    /// Its name in tables, in JSON and in messages.
    pub fn as_str(self) -> &'static str {
        match (self.from, self.to) {
            (NearHost, NearModule) => "host to module",
            (NearModule, FarModule) => "optical",
            (FarModule, FarHost) => "module to host",
            (NearModule, FarHost) => "optical to host",
            (NearHost, FarModule) => "host to optical",
            _ => "host to host",
        }
    }

    /// Key of its random streams within a lane; the optical segment uses the lane's.
    pub(crate) fn stream(self) -> Option<StreamKey> {
        const HOST_TO_MODULE: StreamKey = StreamKey::fixed("host to module");
        const MODULE_TO_HOST: StreamKey = StreamKey::fixed("module to host");
        match self.from {
            _ if self.has_light() => None,
            NearHost => Some(HOST_TO_MODULE),
            _ => Some(MODULE_TO_HOST),
        }
    }
}

impl fmt::Display for SegmentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Default for SegmentKind {
    fn default() -> Self {
        SegmentKind::OPTICAL
    }
}

impl Serialize for SegmentKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SegmentKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known = SegmentKind::ALL.into_iter().find(|kind| kind.as_str() == name);
        known.ok_or_else(|| D::Error::custom(format!("no segment is named \"{name}\"")))
    }
}

/// The segments of a lane between two modules, in the order of its symbols; exactly one is optical.
///
/// This function alone depends on the kind of a module: whether a host is part of the link, and
/// whether the module decides before its optical output (near end) or after its optical input (far
/// end).
pub fn segments(near: ModuleKind, far: ModuleKind) -> Vec<SegmentKind> {
    let has = |kind| match kind {
        ModuleKind::Optics => (false, true, true),
        ModuleKind::Retimed => (true, true, true),
        ModuleKind::Lro => (true, true, false),
        ModuleKind::Lpo => (true, false, false),
    };
    let ((near_host, near_decides, _), (far_host, _, far_decides)) = (has(near), has(far));
    let points = [
        (NearHost, near_host),
        (NearModule, near_decides),
        (FarModule, far_decides),
        (FarHost, far_host),
    ];
    let points: Vec<DecisionPoint> =
        points.into_iter().filter(|(_, there)| *there).map(|(point, _)| point).collect();
    points.windows(2).map(|pair| SegmentKind { from: pair[0], to: pair[1] }).collect()
}

impl ModuleKind {
    /// The segments of a lane between two modules of this kind.
    pub fn segments(self) -> Vec<SegmentKind> {
        segments(self, self)
    }

    /// True when a host's channels are part of the link.
    pub fn has_hosts(self) -> bool {
        self.segments()[0].from == NearHost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ModuleKind; 4] =
        [ModuleKind::Optics, ModuleKind::Retimed, ModuleKind::Lro, ModuleKind::Lpo];

    /// Names of the segments between modules of one kind.
    fn names(kind: ModuleKind) -> Vec<&'static str> {
        kind.segments().into_iter().map(SegmentKind::as_str).collect()
    }

    #[test]
    fn each_kind_of_module_has_its_segments() {
        assert_eq!(names(ModuleKind::Optics), ["optical"]);
        assert_eq!(names(ModuleKind::Retimed), ["host to module", "optical", "module to host"]);
        assert_eq!(names(ModuleKind::Lro), ["host to module", "optical to host"]);
        assert_eq!(names(ModuleKind::Lpo), ["host to host"]);
    }

    #[test]
    fn every_pair_of_modules_has_one_segment_with_light_and_no_gap() {
        for (near, far) in KINDS.into_iter().flat_map(|near| KINDS.map(|far| (near, far))) {
            let list = segments(near, far);
            assert_eq!(list.iter().filter(|kind| kind.has_light()).count(), 1, "{near:?} {far:?}");
            assert!(list.windows(2).all(|pair| pair[0].to == pair[1].from), "{near:?} {far:?}");
            assert!(list.iter().all(|kind| SegmentKind::ALL.contains(kind)), "{near:?} {far:?}");
        }
    }

    #[test]
    fn a_name_reads_back_as_its_segment() {
        for kind in SegmentKind::ALL {
            let text = serde_json::to_string(&kind).unwrap();
            assert_eq!(text, format!("\"{}\"", kind.as_str()));
            assert_eq!(serde_json::from_str::<SegmentKind>(&text).unwrap(), kind);
        }
        assert!(serde_json::from_str::<SegmentKind>("\"light\"").is_err());
    }

    /// These texts key the random streams of a lane's segments and never change.
    #[test]
    fn only_electrical_segments_have_streams_of_their_own() {
        let of = |kind: SegmentKind| kind.stream().map(|key| key.text().to_owned());
        assert_eq!(of(SegmentKind::HOST_TO_MODULE).as_deref(), Some("host to module"));
        assert_eq!(of(SegmentKind::MODULE_TO_HOST).as_deref(), Some("module to host"));
        assert!(
            SegmentKind::ALL.into_iter().filter(|kind| kind.has_light()).all(|k| of(k).is_none())
        );
    }
}
