//! `lightlane init`: a starting file.

use super::failure::Failure;
use super::outcome::Outcome;
use super::output;
use crate::link::{Config, LayeredConfig, presets};
use clap::Args;
use toml::Value;

const EXAMPLES: &str = "\
Examples:
  lightlane init 800gbase-dr8 > my.toml
  lightlane run my.toml
  lightlane check my.toml

Exit codes: 0 printed, 2 the input is wrong, 3 stopped early (Ctrl-C, SIGTERM, SIGHUP) or disk full.";

/// Prints a starting file: a preset, and the keys that are changed most often
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitArgs {
    /// The preset that the file builds on
    preset: String,
}

/// Tables and keys that are changed most often, with descriptions.
const KEYS: [(&str, &[(&str, &str)]); 15] = [
    ("", &[("lanes", "number of lanes, from lane 0"), ("symbol_rate_gbd", "of a lane, GBd")]),
    (
        "pattern",
        &[("kind", "payload, prbs9q, prbs11q, prbs13q, prbs15q, prbs31q, ssprq, random or file")],
    ),
    ("transmitter", &[("kind", "eml, mzm or ring; each has its data sheet")]),
    ("transmitter.ffe", &[("taps", "limited by the converter's full scale")]),
    ("transmitter.eml", &[("bandwidth_ghz", "modulator"), ("bias_v", "modulator, V")]),
    (
        "transmitter.eml.laser",
        &[("power_dbm", "at the facet, dBm"), ("rin_db_per_hz", "one-sided, dB/Hz")],
    ),
    (
        "transmitter.mzm",
        &[("lanes_per_laser", "modulators on one laser"), ("length_mm", "phase shifters, mm")],
    ),
    (
        "transmitter.mzm.laser",
        &[("power_dbm", "continuous wave, dBm"), ("rin_db_per_hz", "one-sided, dB/Hz")],
    ),
    ("fibre", &[("length_km", "0 is back to back"), ("connector_loss_db", "all together, dB")]),
    ("receiver.dsp", &[("detector", "slicer, dfe or mlse; each has its table")]),
    (
        "receiver.tia",
        &[("bandwidth_ghz", "amplifier"), ("noise_average_pa_per_rthz", "input noise, pA/rtHz")],
    ),
    ("receiver.dsp.adc", &[("effective_bits", "without jitter"), ("samples_per_symbol", "1 or 2")]),
    (
        "receiver.dsp.ffe",
        &[("taps", "feed-forward equaliser"), ("lms_step", "of the normalised LMS")],
    ),
    ("fec", &[("coding", "of the port"), ("decoding", "bit-true, or genie to count only")]),
    ("simulation", &[("symbols", "counted per lane"), ("seed", "of all noise")]),
];

impl InitArgs {
    pub(super) fn execute(&self) -> Result<Outcome, Failure> {
        if presets::find(&self.preset).is_none() {
            return Err(Failure::Input(LayeredConfig::unknown_preset(&self.preset)));
        }
        let config = LayeredConfig::open(&self.preset)?.resolve()?.base;
        output::print(&starter(&self.preset, &config))?;
        Ok(Outcome::Good)
    }
}

/// The file: commented-out lines with the values of the preset.
fn starter(preset: &str, config: &Config) -> String {
    let mut out = format!(
        "# A link on top of the preset {preset}. Remove the first # of a line to change it;\n\
         # `lightlane presets {preset}` shows every key.\n\npreset = \"{preset}\"\n"
    );
    let root = Value::try_from(config).unwrap_or(Value::Boolean(false));
    for (table, keys) in KEYS {
        let inner =
            table.split('.').filter(|key| !key.is_empty()).try_fold(&root, |at, key| at.get(key));
        out += &if table.is_empty() { "\n".to_owned() } else { format!("\n[{table}]\n") };
        for &(key, about) in keys {
            if let Some(value) = inner.and_then(|inner| inner.get(key)) {
                let assignment = format!("# {key} = {value}");
                out += &format!("{assignment:<40}# {about}\n");
            }
        }
    }
    out += "\n# One lane that differs, with the keys of the whole file:\n# [lane.3.fibre]\n# length_km = 2.0\n";
    out += "\n# Targets of the worst lane for `lightlane check`.\n[targets]\n";
    let ber = config.limit_ber();
    out + &format!("ber_semi_analytic = [0.0, {ber:e}]\nloss_margin_db = [0.0, 30.0]\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str, name: &str) -> String {
        let path =
            std::env::temp_dir().join(format!("lightlane-init-{}-{name}.toml", std::process::id()));
        std::fs::write(&path, text).unwrap();
        let hash = LayeredConfig::open(path.to_str().unwrap()).unwrap().resolve().unwrap().hash;
        std::fs::remove_file(&path).unwrap();
        hash
    }

    #[test]
    fn the_file_is_the_preset_and_so_it_is_with_every_line_taken_in() {
        for preset in presets::all() {
            let resolved = LayeredConfig::open(preset.name).unwrap().resolve().unwrap();
            let text = starter(preset.name, &resolved.base);
            assert_eq!(hash(&text, preset.name), resolved.hash);
            let (keys, rest) = text.split_once("# One lane").unwrap();
            let taken: String = keys
                .lines()
                .map(|line| {
                    line.strip_prefix("# ").filter(|l| l.contains(" = ")).unwrap_or(line).to_owned()
                        + "\n"
                })
                .collect();
            assert_eq!(
                hash(&format!("{taken}# {rest}"), &format!("{}-taken", preset.name)),
                resolved.hash
            );
            let written: usize = KEYS.iter().map(|(_, keys)| keys.len()).sum();
            assert_eq!(
                taken.lines().filter(|line| line.contains(" = ")).count(),
                written + 1,
                "every key is known\n{taken}"
            );
        }
    }
}
