//! Impairments and tolerances of an electrical channel.

use super::channel::{ChannelKind, ElectricalChannel, SILENT_DB};
use crate::error::KeyPath;
use crate::sheet::{Deviation, Impairment, Impairments, Part, Tolerance};
use toml::Value;

/// Coupling in place of a removed one: the smallest that a key takes, dB.
const UNCOUPLED_DB: f64 = -300.0;

impl ElectricalChannel {
    /// Lists the channel itself and its crosstalk; `way` names the direction.
    pub(crate) fn impairments(&self, way: &str, at: &KeyPath, list: &mut Impairments) {
        let new = |what: &str| Impairment::new(Part::Host, format!("host {what}{way}"));
        list.push(new("channel").with_if(self.kind != ChannelKind::Thru, at, "kind", "thru"));
        let mut silent = new("crosstalk");
        for (level, db, key, files) in [
            ("fext_db", self.fext_db, "fext_files", &self.fext_files),
            ("next_db", self.next_db, "next_files", &self.next_files),
        ] {
            let none = Value::Array(Vec::new());
            silent = silent.with_if(!files.is_empty(), at, key, none);
            silent = silent.with_if(db > SILENT_DB, at, level, UNCOUPLED_DB);
        }
        list.push(silent);
    }

    /// Lists the loss of its trace; `way` names the direction.
    pub(crate) fn tolerances(&self, way: &str, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let loss = ("loss_db", self.trace.loss_db);
        let (step, source) = (Deviation::Absolute(1.0), "board to board, assumed");
        let (name, trace) = (format!("host channel loss{way}"), at.key("trace"));
        list.push(Tolerance::new(Part::Host, name, &trace, loss, step, source));
    }
}
