//! Which segments a module makes of a lane, and what stands at the host.

use crate::error::{KeyPath, Problems};
use crate::host::ElectricalChannel;
use crate::measured::FileReader;
use crate::receiver::LinearOutput;
use crate::serdes::{SerdesRx, SerdesTx};
use crate::transmitter::LinearInput;
use serde::{Deserialize, Serialize};

/// The kinds of module: where decisions are made.
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
    /// A DSP towards the light, none from it (LRO, RTLR).
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

/// The module: its kind, and its electrical sides of every kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Module {
    /// Which.
    pub kind: ModuleKind,
    /// Receives from the host; of retimed modules and LRO.
    pub rx: SerdesRx,
    /// Sends to the host; of retimed modules.
    pub tx: SerdesTx,
    /// Takes what the host sends to the modulator's driver; of LPO.
    pub input: LinearInput,
    /// Takes what is detected to the host; of LRO and LPO.
    pub output: LinearOutput,
}

/// A host at each end; both are alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Host {
    /// Sends to the module.
    pub tx: SerdesTx,
    /// Receives from the module.
    pub rx: SerdesRx,
    /// From the host to the module, and back unless the next says otherwise.
    pub channel: ElectricalChannel,
    /// From the module to the host.
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
