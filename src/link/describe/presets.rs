//! Built-in links. A new one takes a TOML file and one entry here.

use crate::link::describe::config::Config;
use crate::link::describe::limits::Limits;
/// A built-in link.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name.
    pub name: &'static str,
    /// Description in one line.
    pub about: &'static str,
    /// Its TOML text, each value with its source and status.
    pub text: &'static str,
}

impl Preset {
    /// Its limits.
    ///
    /// # Panics
    ///
    /// Never: a test reads every preset.
    pub fn limits(&self) -> Limits {
        let config: Config = toml::from_str(self.text).expect("a preset is a description");
        config.limits
    }
}

static PRESETS: [Preset; 3] = [
    Preset {
        name: "800gbase-dr8",
        about: "8 x 100 Gb/s PAM4, 53.125 GBd, 500 m of single-mode fibre (IEEE 802.3df)",
        text: include_str!("presets/800gbase-dr8.toml"),
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
            assert_eq!(resolved.lanes.len(), 8, "{}", preset.name);
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
