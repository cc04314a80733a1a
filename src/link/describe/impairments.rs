//! Impairments and tolerances of a lane's optical segment, in the order of the signal.

use crate::error::KeyPath;
use crate::link::describe::config::Config;
use crate::link::describe::segments::DecisionPoint;
use crate::sheet::{Impairment, Impairments, Part, Tolerance};

impl Config {
    /// Impairments in force between the two decision points of the optical segment, each with the
    /// keys that make it ideal, and those that no key takes away.
    ///
    /// A key without effect is none. The electrical segments of retimed modules are left out: they
    /// reach the margins only by the share of the limit that they use.
    #[must_use]
    pub fn impairments(&self) -> Impairments {
        let (root, mut list) = (KeyPath::root(), Impairments::default());
        let (optical, host) = (self.optical(), root.key("host"));
        let (by_host, to_host) =
            (optical.from == DecisionPoint::NearHost, optical.to == DecisionPoint::FarHost);
        let at = root.key("transmitter");
        let [to_module, back] = self.ways();
        if by_host {
            self.host.tx.impairments(&host.key("tx"), &mut list);
            self.host.channel.impairments(to_module, &host.key("channel"), &mut list);
            self.module.input.impairments(&root.key("module").key("input"), &mut list);
        } else if self.transmitter.chosen().is_driven() {
            self.transmitter.dac.impairments(&at.key("dac"), &mut list);
        }
        let (kind, drive) = (self.transmitter.kind.key(), self.settled_drive());
        self.transmitter.chosen().impairments(&at.key(kind), drive, &mut list);
        let (within, crosstalk) =
            (at.key("waveguide_crosstalk"), &self.transmitter.waveguide_crosstalk);
        let coupled = Impairment::new(Part::Transmitter, "waveguide crosstalk");
        list.push(coupled.without_if(crosstalk.ratio_db.is_some(), &within, "ratio_db"));
        self.fibre.impairments(&root.key("fibre"), &mut list);
        self.receiver.impairments(&root.key("receiver"), &mut list);
        if to_host {
            self.module.output.impairments(&root.key("module").key("output"), &mut list);
            match &self.host.channel_to_host {
                Some(own) => own.impairments(back, &host.key("channel_to_host"), &mut list),
                None if by_host => {}
                None => self.host.channel.impairments(back, &host.key("channel"), &mut list),
            }
            self.host.rx.impairments(&host.key("rx"), &mut list);
        } else {
            let at = root.key("receiver").key("dsp");
            self.receiver.dsp.impairments(Part::Receiver, "ADC", &at, &mut list);
        }
        let idle = self.idle();
        let in_force = |impairment: &Impairment| {
            let mut keys = impairment.ideal.iter();
            impairment.is_ideal() || keys.any(|assignment| idle.why(&assignment.key).is_none())
        };
        list.all.retain(in_force);
        list
    }

    /// Manufacturing tolerances of keys in force in the optical segment.
    #[must_use]
    pub fn tolerances(&self) -> Vec<Tolerance> {
        let (root, mut list) = (KeyPath::root(), Vec::new());
        let (optical, host) = (self.optical(), root.key("host"));
        let (by_host, to_host) =
            (optical.from == DecisionPoint::NearHost, optical.to == DecisionPoint::FarHost);
        let at = root.key("transmitter");
        let [to_module, back] = self.ways();
        if by_host {
            self.host.channel.tolerances(to_module, &host.key("channel"), &mut list);
        } else if self.transmitter.chosen().is_driven() {
            self.transmitter.dac.tolerances(&at.key("dac"), &mut list);
        }
        let kind = self.transmitter.kind.key();
        self.transmitter.chosen().tolerances(&at.key(kind), &mut list);
        self.fibre.tolerances(&root.key("fibre"), &mut list);
        self.receiver.tolerances(&root.key("receiver"), &mut list);
        if to_host {
            match &self.host.channel_to_host {
                Some(own) => own.tolerances(back, &host.key("channel_to_host"), &mut list),
                None if by_host => {}
                None => self.host.channel.tolerances(back, &host.key("channel"), &mut list),
            }
            let at = host.key("rx").key("dsp").key("adc");
            self.host.rx.dsp.adc.tolerances(Part::Host, "host ADC", &at, &mut list);
        } else {
            let at = root.key("receiver").key("dsp").key("adc");
            self.receiver.dsp.adc.tolerances(Part::Receiver, "ADC", &at, &mut list);
        }
        let idle = self.idle();
        list.retain(|tolerance| {
            let mut keys = tolerance.keys.iter();
            !tolerance.is_fixed() && keys.any(|(key, _)| idle.why(key).is_none())
        });
        list
    }

    /// Names of the directions of the host's channel, to the module and back: none where one
    /// description is that of both.
    fn ways(&self) -> [&'static str; 2] {
        if self.host.channel_to_host.is_some() {
            [" to the module", " to the host"]
        } else {
            ["", ""]
        }
    }
}
