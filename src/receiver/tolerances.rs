//! Manufacturing tolerances of the optical receiver, devices.md 8.

use super::config::OpticalReceiver;
use super::crosstalk::SILENT_DB;
use super::noise_law::NoiseModel;
use super::tia::Tia;
use crate::error::KeyPath;
use crate::sheet::{Deviation, Part, Tolerance};

/// A tolerance of the receiver: name, key and value, deviation, source.
fn new(
    name: &str,
    at: &KeyPath,
    key: (&str, f64),
    deviation: Deviation,
    source: &str,
) -> Tolerance {
    Tolerance::new(Part::Receiver, name, at, key, deviation, source)
}

impl OpticalReceiver {
    /// Lists those of coupling, diode, crosstalk and amplifier.
    pub(crate) fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let (absolute, percent) = (Deviation::Absolute, Deviation::Percent);
        let coupling = ("coupling_loss_db", self.coupling_loss_db);
        let fibre = "misalignment of a fibre, assumed";
        list.push(new("receiver coupling", at, coupling, absolute(0.1), fibre).exponential());
        let (diode, of_diode) = (&self.photodiode, at.key("photodiode"));
        let responsivity = ("responsivity_a_per_w", diode.responsivity_a_per_w);
        let source = "0.04 of 0.9 A/W, assumed";
        list.push(new("responsivity", &of_diode, responsivity, percent(4.4), source));
        let ghz = ("bandwidth_ghz", diode.bandwidth_ghz);
        let source = "part to part, assumed";
        list.push(new("photodiode bandwidth", &of_diode, ghz, percent(5.0), source));
        let (crosstalk, coupled) = (&self.crosstalk, at.key("crosstalk"));
        for (name, key) in [
            ("crosstalk of lanes", ("lane_db", crosstalk.lane_db)),
            ("crosstalk of transmitters", ("tx_db", crosstalk.tx_db)),
        ] {
            let source = "module to module, assumed";
            let is_coupled = key.1 > SILENT_DB;
            list.extend(is_coupled.then(|| new(name, &coupled, key, absolute(2.0), source)));
        }
        self.tia.tolerances(&at.key("tia"), list);
    }
}

impl Tia {
    fn tolerances(&self, at: &KeyPath, list: &mut Vec<Tolerance>) {
        let percent = Deviation::Percent;
        let ghz = ("bandwidth_ghz", self.bandwidth_ghz);
        list.push(new("TIA bandwidth", at, ghz, percent(5.0), "part to part, assumed"));
        let source = "1.2 of 16 pA/rtHz, assumed";
        let a0 = ("noise_a0_pa2_per_hz", self.noise_a0_pa2_per_hz);
        let average = ("noise_average_pa_per_rthz", self.noise_average_pa_per_rthz);
        list.push(match (self.noise, self.irn_rms_ua) {
            (NoiseModel::Rms, Some(ua)) => {
                new("TIA noise", at, ("irn_rms_ua", ua), percent(7.5), source)
            }
            // twice the share, of a density in A^2
            (NoiseModel::Quadratic, _) => new("TIA noise", at, a0, percent(15.0), source).and(
                at,
                "noise_a2_pa2_per_hz_ghz2",
                self.noise_a2_pa2_per_hz_ghz2,
            ),
            _ => new("TIA noise", at, average, percent(7.5), source),
        });
    }
}
