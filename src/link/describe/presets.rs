//! Built-in links. A new one takes a TOML file and one entry here.

use crate::link::describe::config::Config;
use crate::link::describe::limits::Limits;
use crate::link::describe::merge::merge;
use toml::{Table, Value};

/// A built-in link.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Description in one line.
    pub about: &'static str,
    /// Its TOML text, each value with its source and status: all of it, or what differs from the
    /// preset that it names.
    pub text: &'static str,
}

impl Preset {
    /// The preset on which it builds, by its key `preset`.
    pub fn base(&self) -> Option<&'static Preset> {
        let Some(Value::String(base)) = self.table().remove("preset") else { return None };
        find(&base)
    }

    /// The presets on which it builds, the lowest first, and itself.
    pub fn lineage(&'static self) -> Vec<&'static Preset> {
        let mut lineage = self.base().map_or_else(Vec::new, Preset::lineage);
        lineage.push(self);
        lineage
    }

    /// Its own keys.
    fn table(&self) -> Table {
        self.text.parse().expect("a test reads every preset")
    }

    /// Its description.
    ///
    /// # Panics
    ///
    /// Never: a test reads every preset.
    pub fn config(&'static self) -> Config {
        let mut merged = Table::new();
        self.lineage().iter().for_each(|preset| merge(&mut merged, &preset.table()));
        merged.remove("preset");
        Value::Table(merged).try_into().expect("a test reads every preset")
    }

    /// Its limits.
    ///
    /// # Panics
    ///
    /// Never: a test reads every preset.
    pub fn limits(&'static self) -> Limits {
        self.config().limits
    }
}

static PRESETS: [Preset; 17] = [
    Preset {
        name: "400gbase-dr4",
        about: "4 x 100 Gb/s PAM4, 53.125 GBd, 500 m of single-mode fibre (IEEE 802.3 clause 124)",
        text: include_str!("presets/400gbase-dr4.toml"),
    },
    Preset {
        name: "400gbase-fr4",
        about: "4 x 100 Gb/s PAM4, 53.125 GBd, CWDM4 over 2 km (IEEE 802.3cu)",
        text: include_str!("presets/400gbase-fr4.toml"),
    },
    Preset {
        name: "400gbase-lr4-6",
        about: "4 x 100 Gb/s PAM4, 53.125 GBd, CWDM4 over 6 km (IEEE 802.3cu)",
        text: include_str!("presets/400gbase-lr4-6.toml"),
    },
    Preset {
        name: "800gbase-dr8",
        about: "8 x 100 Gb/s PAM4, 53.125 GBd, 500 m of single-mode fibre (IEEE 802.3df)",
        text: include_str!("presets/800gbase-dr8.toml"),
    },
    Preset {
        name: "800gbase-dr8-2",
        about: "8 x 100 Gb/s PAM4, 53.125 GBd, 2 km of single-mode fibre (IEEE 802.3df)",
        text: include_str!("presets/800gbase-dr8-2.toml"),
    },
    Preset {
        name: "800g-2xfr4",
        about: "8 x 100 Gb/s PAM4, 53.125 GBd, two fibres of CWDM4 over 2 km",
        text: include_str!("presets/800g-2xfr4.toml"),
    },
    Preset {
        name: "800g-2xlr4",
        about: "8 x 100 Gb/s PAM4, 53.125 GBd, two fibres of CWDM4 over 6 km",
        text: include_str!("presets/800g-2xlr4.toml"),
    },
    Preset {
        name: "800gbase-dr4",
        about: "4 x 200 Gb/s PAM4, 106.25 GBd, 500 m of single-mode fibre (IEEE P802.3dj, draft)",
        text: include_str!("presets/800gbase-dr4.toml"),
    },
    Preset {
        name: "800gbase-dr4-2",
        about: "4 x 200 Gb/s PAM4, 113.4375 GBd with inner code, 2 km of single-mode fibre \
                (IEEE P802.3dj, draft)",
        text: include_str!("presets/800gbase-dr4-2.toml"),
    },
    Preset {
        name: "800gbase-fr4-500",
        about: "4 x 200 Gb/s PAM4, 106.25 GBd, CWDM4 over 500 m (IEEE P802.3dj, draft)",
        text: include_str!("presets/800gbase-fr4-500.toml"),
    },
    Preset {
        name: "800gbase-fr4",
        about: "4 x 200 Gb/s PAM4, 113.4375 GBd with inner code, CWDM4 over 2 km (IEEE P802.3dj, \
                draft)",
        text: include_str!("presets/800gbase-fr4.toml"),
    },
    Preset {
        name: "800gbase-lr4",
        about: "4 x 200 Gb/s PAM4, 113.4375 GBd with inner code, LAN-WDM over 10 km (IEEE P802.3dj, \
                draft)",
        text: include_str!("presets/800gbase-lr4.toml"),
    },
    Preset {
        name: "1.6tbase-dr8",
        about: "8 x 200 Gb/s PAM4, 106.25 GBd, 500 m of single-mode fibre (IEEE P802.3dj, draft)",
        text: include_str!("presets/1.6tbase-dr8.toml"),
    },
    Preset {
        name: "1.6tbase-dr8-2",
        about: "8 x 200 Gb/s PAM4, 113.4375 GBd with inner code, 2 km of single-mode fibre \
                (IEEE P802.3dj, draft)",
        text: include_str!("presets/1.6tbase-dr8-2.toml"),
    },
    Preset {
        name: "1.6t-2xfr4",
        about: "8 x 200 Gb/s PAM4, 113.4375 GBd with inner code, two fibres of CWDM4 over 2 km",
        text: include_str!("presets/1.6t-2xfr4.toml"),
    },
    Preset {
        name: "100g-dr-lpo",
        about: "8 x 100 Gb/s PAM4, 53.125 GBd, linear module, 500 m of single-mode fibre (LPO MSA)",
        text: include_str!("presets/100g-dr-lpo.toml"),
    },
    Preset {
        name: "cpo-dr8-ring",
        about: "8 x 200 Gb/s PAM4, 106.25 GBd, co-packaged rings with an external laser, 500 m",
        text: include_str!("presets/cpo-dr8-ring.toml"),
    },
];

/// Every preset.
pub fn all() -> &'static [Preset] {
    &PRESETS
}

/// A preset by its name.
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::LayeredConfig;

    #[test]
    fn every_preset_resolves_to_a_complete_and_legal_link() {
        for preset in all() {
            let resolved = LayeredConfig::open(preset.name).unwrap().resolve().unwrap();
            let coding = resolved.base.fec.chosen().unwrap();
            assert_eq!(resolved.lanes.len(), coding.lanes, "{}", preset.name);
            assert_eq!(resolved.base.preset.as_deref(), Some(preset.name));
        }
    }

    #[test]
    fn every_number_of_a_preset_names_its_source_in_a_comment() {
        for preset in all() {
            for line in
                preset.text.lines().filter(|line| line.contains('=') && !line.starts_with('#'))
            {
                assert!(
                    line.split_once('#').is_some_and(|(_, source)| source.trim().len() > 3),
                    "{}: {line}",
                    preset.name
                );
            }
        }
    }

    /// A limit of its own has a status of its own: that of the preset below is of another number.
    #[test]
    fn every_limit_of_a_preset_has_its_status_beside_it() {
        for preset in all().iter().filter(|preset| preset.base().is_some()) {
            let Some(Value::Table(mut limits)) = preset.table().remove("limits") else { continue };
            let Some(Value::Table(status)) = limits.remove("status") else {
                panic!("{}: limits without a status", preset.name)
            };
            for key in limits.keys().filter(|key| *key != "high_extinction_ratio_db") {
                assert!(status.contains_key(key), "{}: {key}", preset.name);
            }
        }
    }

    /// Lines are what differs: a line that repeats the preset below says nothing.
    #[test]
    fn a_preset_builds_on_the_lowest_one_that_fits() {
        for preset in all() {
            let lineage = preset.lineage();
            assert_eq!(lineage.last().map(|own| own.name), Some(preset.name));
            assert_eq!(lineage[0].base().map(|base| base.name), None);
            assert!(lineage.len() <= 2, "{}", preset.name);
        }
    }

    #[test]
    fn a_preset_carries_both_transmitters() {
        for preset in all() {
            let mut stack = LayeredConfig::open(preset.name).unwrap();
            stack.set("transmitter.kind=mzm").unwrap();
            assert_eq!(
                stack.resolve().unwrap().base.transmitter.kind,
                crate::transmitter::TransmitterKind::Mzm
            );
        }
    }
}
