//! Variants of one lane's description.

use crate::error::Result;
use crate::link::describe::config::Config;
use crate::link::layers::implied::put;
use crate::link::layers::merging::complete;
use crate::sheet::Assignment;
use toml::Table;

impl Config {
    /// The description with some keys changed; its lane's neighbours stay as they are.
    ///
    /// # Errors
    ///
    /// A key or a value that a description does not have. Ranges are not checked.
    pub(crate) fn edited(&self, assignments: &[Assignment]) -> Result<Config> {
        let mut table = Table::try_from(self).unwrap_or_default();
        for Assignment { key, value } in assignments {
            match value {
                Some(value) => put(&mut table, key.split('.'), value.clone()),
                None => remove(&mut table, key),
            }
        }
        let edited = complete(table)?;
        Ok(Config { neighbours: self.neighbours.clone(), ..edited })
    }
}

/// Removes the key at a dotted path, if it is there.
fn remove(table: &mut Table, path: &str) {
    let mut names: Vec<&str> = path.split('.').collect();
    let last = names.pop().unwrap_or_default();
    let mut inner = table;
    for name in names {
        match inner.get_mut(name).and_then(|value| value.as_table_mut()) {
            Some(table) => inner = table,
            None => return,
        }
    }
    inner.remove(last);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Problems;
    use crate::link::describe::module::ModuleKind;
    use crate::link::describe::presets;
    use crate::measured::Library;
    use crate::sheet::Impairment;
    use crate::transmitter::TransmitterKind;

    /// Nothing but the named keys differs, and what is taken back is the same again.
    #[test]
    fn an_edit_changes_its_keys_alone() {
        for preset in presets::all() {
            let lane = preset.config();
            assert_eq!(lane.edited(&[]).unwrap(), lane, "{}", preset.name);
            let set = |key: &str, value: f64| Assignment {
                key: key.to_owned(),
                value: Some(value.into()),
            };
            let before = lane.fibre.length_km;
            let longer = lane.edited(&[set("fibre.length_km", 7.5)]).unwrap();
            assert_eq!(longer.fibre.length_km, 7.5);
            assert_eq!(longer.edited(&[set("fibre.length_km", before)]).unwrap(), lane);
        }
        let removed = |key: &str| Assignment { key: key.to_owned(), value: None };
        let mut lane = Config::default();
        lane.transmitter.waveform.rin_db_per_hz = Some(-150.0);
        let without = lane.edited(&[removed("transmitter.waveform.rin_db_per_hz")]).unwrap();
        assert_eq!(without, Config::default());
        assert_eq!(lane.edited(&[removed("no.such.key")]).unwrap(), lane);
        assert!(lane.edited(&[Assignment { key: "no".into(), value: Some(1.into()) }]).is_err());
    }

    fn valid(lane: &Config) -> std::result::Result<(), String> {
        let mut problems = Problems::new();
        lane.check(&Library::default(), &mut problems);
        problems.finish().map_err(|error| error.to_string())
    }

    /// Descriptions that have every impairment somewhere: presets with all kinds of module and of
    /// modulator, and data sheets that give noise and resolution in other ways.
    fn described() -> Vec<Config> {
        let mut all = Vec::new();
        for preset in presets::all() {
            for module in [ModuleKind::Optics, ModuleKind::Lro, ModuleKind::Lpo] {
                for kind in [TransmitterKind::Eml, TransmitterKind::Mzm] {
                    let mut lane = preset.config();
                    (lane.module.kind, lane.transmitter.kind) = (module, kind);
                    all.push(lane);
                }
            }
        }
        let others = [
            "receiver.dsp.adc.enob = 5.0\nreceiver.dsp.adc.enob_at_ghz = 26.0\n\
             receiver.dsp.adc.jitter_fs = 100.0\nreceiver.dsp.adc.interleave.converters = 2\n\
             receiver.dsp.adc.interleave.gains_percent = [-1.0, 1.0]",
            "receiver.tia.noise = 'rms'\nreceiver.tia.irn_rms_ua = 3.2\n\
             receiver.tia.limiting = 'tanh'\nreceiver.tia.large_signal.thd_percent = 2.0\n\
             receiver.tia.large_signal.thd_at_ma_pp = 1.0\n\
             transmitter.eml.driver.noise_rms_mv = 7.0\n\
             transmitter.eml.laser.rin = 'relaxation'",
            "transmitter.kind = 'mzm'\ntransmitter.mzm.electrode = 'low-pass'\n\
             receiver.tia.limiting = 'tanh'\nreceiver.dsp.clock.recovery = 'mueller-muller'\n\
             receiver.dsp.clock.offset_ppm = 50.0\nreceiver.dsp.clock.ac_coupling_khz = 100.0",
            "transmitter.kind = 'stressed'\ntransmitter.stressed.noise_percent = 2.0\n\
             transmitter.stressed.jitter_fs = 100.0\ntransmitter.stressed.interferer_percent = 2.0",
        ];
        all.extend(others.map(|text| toml::from_str(text).unwrap()));
        all
    }

    /// What was removed is ideal, is a description that can be run, and nothing is left to remove
    /// when all are.
    #[test]
    fn an_impairment_that_is_removed_is_none() {
        let all = described();
        assert!(all.len() > 15, "{}", all.len());
        for lane in all {
            assert_eq!(valid(&lane), Ok(()));
            let mut left = lane.clone();
            let mut in_force = 0;
            for impairment in lane.impairments().all.iter().filter(|i| !i.is_ideal()) {
                let without = lane.edited(&impairment.ideal).unwrap();
                assert_eq!(valid(&without), Ok(()), "{}", impairment.name);
                assert_ne!(without, lane, "{}", impairment.name);
                let again = without.impairments().all;
                let again = again.iter().find(|i| i.name == impairment.name);
                assert!(again.is_none_or(Impairment::is_ideal), "{again:?}");
                let now = left.impairments().all;
                let now = now.iter().find(|i| i.name == impairment.name);
                left = left.edited(&now.map_or(vec![], |i| i.ideal.clone())).unwrap();
                in_force += 1;
            }
            assert!(in_force > 8, "{in_force}");
            assert_eq!(valid(&left), Ok(()));
            let rest = left.impairments().all;
            assert!(rest.iter().all(Impairment::is_ideal), "{rest:?}");
        }
    }

    /// The lane without the impairment of a name.
    fn without(lane: &Config, name: &str) -> Config {
        let all = lane.impairments().all;
        let found = all.iter().find(|i| i.name == name).unwrap_or_else(|| panic!("no {name}"));
        lane.edited(&found.ideal).unwrap()
    }

    /// 4^-bits = 4^-5 - 3/2 ((2 pi f sigma)^2 + spurs), spurs of gains of +-1 %, offsets of 0.1 %
    /// and skews of 10 fs: neither removal touches the noise that is left.
    #[test]
    fn the_rest_of_an_enob_stays_when_a_part_of_it_is_removed() {
        let lane = &described()[described().len() - 4];
        let timing = |rms_fs: f64| (std::f64::consts::TAU * 26e9 * rms_fs * 1e-15).powi(2);
        let spurs = 1e-4 + 8.0 * 1e-6 + timing(10.0);
        let noise = 4f64.powi(-5) - 1.5 * (timing(100.0) + spurs);
        for name in ["ADC jitter", "ADC sub-converter mismatch"] {
            let adc = without(lane, name).receiver.dsp.adc;
            let bits = adc.effective_bits;
            assert!((4f64.powf(-bits) / noise - 1.0).abs() < 1e-9, "{name}: {bits}");
            assert!(adc.enob.is_none(), "{name}");
        }
    }

    /// The density of the amplifier's noise stays when its bandwidth is removed: 16 pA/sqrt(Hz)
    /// over 36 GHz are 145.5 pA^2/Hz and 0.1123 more per GHz^2 (to the digits given). The settled
    /// OMA stays when the driver's saturation is removed; single precision keeps 1e-6 of it.
    #[test]
    fn what_belongs_to_other_impairments_stays() {
        let mut lane = Config::default();
        lane.receiver.tia.bandwidth_ghz = 36.0;
        let tia = without(&lane, "TIA bandwidth").receiver.tia;
        assert!((tia.noise_a0_pa2_per_hz / 145.5 - 1.0).abs() < 1e-3, "{tia:?}");
        assert!((tia.noise_a2_pa2_per_hz_ghz2 / 0.1123 - 1.0).abs() < 1e-3, "{tia:?}");
        let oma_w = |lane: &Config| {
            let (_, modulator) = lane.read(&Library::default(), &mut Problems::new());
            lane.settled_oma_w(&*modulator.unwrap())
        };
        for kind in [TransmitterKind::Eml, TransmitterKind::Mzm] {
            lane.transmitter.kind = kind;
            let linear = without(&lane, "driver saturation");
            assert!((oma_w(&linear) / oma_w(&lane) - 1.0).abs() < 1e-6, "{kind:?}");
        }
    }
}
