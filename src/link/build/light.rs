//! What the light of a transmitter depends on.

use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::describe::segments::SegmentKind;
use crate::transmitter::TransmitterKind;

/// The description of a link without what stands behind its transmitter.
#[derive(Clone, PartialEq)]
pub(crate) struct Light(pub(crate) Config);

impl Light {
    /// Of a description.
    pub(crate) fn of(config: &Config) -> Light {
        Light(Config {
            fibre: Default::default(),
            receiver: Default::default(),
            fec: Default::default(),
            limits: Default::default(),
            targets: Default::default(),
            lane: Default::default(),
            neighbours: Vec::new(),
            ..config.clone()
        })
    }
}

impl Lane {
    /// The light that it has in common with other lanes, but for the power, in which they spread;
    /// `None` where something of its own is drawn for each, or its modulator is not the described
    /// one.
    pub(crate) fn shared_light(&self) -> Option<Light> {
        let transmitter = &self.config.transmitter;
        let computed = [TransmitterKind::Eml, TransmitterKind::Mzm, TransmitterKind::Tfln];
        let alone = self.config.optical() == SegmentKind::OPTICAL
            && computed.contains(&transmitter.kind)
            && self.modulator_is_described
            && transmitter.dac.interleave.is_none()
            && transmitter.waveguide_crosstalk.ratio_db.is_none();
        alone.then(|| {
            let mut light = Light::of(&self.config);
            light.0.spread.launch_power_db = 0.0;
            light.0.pattern = Default::default();
            light.0.module.kind = Default::default();
            light.0.host = Default::default();
            light
        })
    }
}
