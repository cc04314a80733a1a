//! Kinds of module and their segments; the hosts.

use crate::error::{KeyPath, Problems};
use crate::host::ElectricalChannel;
use crate::measured::FileReader;
use crate::receiver::LinearOutput;
use crate::serdes::{SerdesRx, SerdesTx};
use crate::transmitter::LinearInput;
use serde::{Deserialize, Serialize};

/// Kind of module, which determines the decision points of a lane.
///
/// | kind | segments |
/// | --- | --- |
/// | `optics` | module DSP -> light -> module DSP, without hosts |
/// | `retimed` | host -> module DSP, module DSP -> light -> module DSP, module DSP -> host |
/// | `lro` | host -> module DSP, module DSP -> light -> linear output -> host |
/// | `lpo` | host -> linear input -> light -> linear output -> host |
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModuleKind {
    /// The optical segment alone.
    #[default]
    Optics,
    /// A DSP in both directions.
    Retimed,
    /// A DSP in the transmit direction only (LRO, RTLR).
    Lro,
    /// No DSP (LPO).
    Lpo,
}

impl ModuleKind {
    /// Its key.
    pub fn name(self) -> &'static str {
        match self {
            ModuleKind::Optics => "optics",
            ModuleKind::Retimed => "retimed",
            ModuleKind::Lro => "lro",
            ModuleKind::Lpo => "lpo",
        }
    }
}

/// The module: its kind, and its electrical interfaces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Module {
    /// Kind.
    pub kind: ModuleKind,
    /// Electrical receiver from the host, of retimed modules and LRO.
    pub rx: SerdesRx,
    /// Electrical transmitter to the host, of retimed modules.
    pub tx: SerdesTx,
    /// Linear path from the host to the modulator's driver, of LPO.
    pub input: LinearInput,
    /// Linear path from the photodiode to the host, of LRO and LPO.
    pub output: LinearOutput,
}

/// The hosts at both ends, which are alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Host {
    /// Transmitter to the module.
    pub tx: SerdesTx,
    /// Receiver from the module.
    pub rx: SerdesRx,
    /// Channel from the host to the module; also of the reverse direction unless `channel_to_host`
    /// is given.
    pub channel: ElectricalChannel,
    /// Channel from the module to the host.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_to_host: Option<ElectricalChannel>,
}

impl Module {
    /// Reports every parameter that is out of its range.
    pub(crate) fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        self.rx.check(&at.key("rx"), symbol_rate_hz, problems);
        self.tx.check(&at.key("tx"), symbol_rate_hz, problems);
        self.input.check(&at.key("input"), problems);
        self.output.check(&at.key("output"), problems);
    }

    pub(crate) fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        self.rx.read(&at.key("rx"), files);
    }
}

impl Host {
    /// Reports every parameter that is out of its range.
    pub(crate) fn check(&self, at: &KeyPath, symbol_rate_hz: f64, problems: &mut Problems) {
        self.tx.check(&at.key("tx"), symbol_rate_hz, problems);
        self.rx.check(&at.key("rx"), symbol_rate_hz, problems);
        self.channel.check(&at.key("channel"), problems);
        if let Some(to_host) = &self.channel_to_host {
            to_host.check(&at.key("channel_to_host"), problems);
        }
    }

    pub(crate) fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        self.rx.read(&at.key("rx"), files);
        self.channel.read(&at.key("channel"), files);
        if let Some(to_host) = &self.channel_to_host {
            to_host.read(&at.key("channel_to_host"), files);
        }
    }

    /// The channel from the module to the host.
    pub fn channel_to_host(&self) -> &ElectricalChannel {
        self.channel_to_host.as_ref().unwrap_or(&self.channel)
    }
}
