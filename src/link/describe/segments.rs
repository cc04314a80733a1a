//! The parts of a lane between decisions.

use crate::link::describe::module::ModuleKind;

/// A part of a lane that makes decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// From the host to a module that decides.
    Ahead,
    /// The segment with the light.
    Light,
    /// From a module that has decided to the host.
    Behind,
}

impl Part {
    /// All of them, in the order of the symbols.
    pub(crate) const ALL: [Part; 3] = [Part::Ahead, Part::Light, Part::Behind];

    /// True when a lane of such a module has it.
    pub(crate) fn exists(self, kind: ModuleKind) -> bool {
        match self {
            Part::Ahead => kind.retimes_transmit(),
            Part::Light => true,
            Part::Behind => kind == ModuleKind::Retimed,
        }
    }
}
