//! Search for a lane's settings, and its building.

use crate::chain::PlanCache;
use crate::error::{KeyPath, Problems, Result};
use crate::fec::FecSender;
use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::solve::{detuning_search, tuning};
use crate::measured::Library;
use crate::run_options::CancelToken;
use crate::transmitter::Modulator;
use std::sync::Arc;

impl Lane {
    /// Builds lane `number` from its own description, which must have been checked; its files are
    /// read again.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn build(config: &Config, number: usize, cache: &mut PlanCache) -> Result<Lane> {
        Self::build_through(config, number, &Library::default(), cache)
    }

    /// The same with files read through a library, which keeps them for other lanes.
    ///
    /// # Errors
    ///
    /// As [`Lane::build`].
    pub fn build_through(
        config: &Config,
        number: usize,
        library: &Library,
        cache: &mut PlanCache,
    ) -> Result<Lane> {
        let never = CancelToken::default();
        Self::build_sending(config, number, None, library, Self::sender(config), cache, &never)
    }

    /// The same with a custom modulator, if given, and with the port's payload, so that codewords
    /// are encoded once for all lanes. Cancelled, its settings are not searched to the end.
    pub(crate) fn build_sending(
        config: &Config,
        number: usize,
        custom: Option<&Arc<dyn Modulator>>,
        library: &Library,
        sender: Option<FecSender>,
        cache: &mut PlanCache,
        cancel: &CancelToken,
    ) -> Result<Lane> {
        let mut problems = Problems::new();
        let (files, described) = config.read(library, &mut problems);
        problems.clone().finish()?;
        let Some(modulator) = custom.cloned().or(described) else {
            let transmitter = &config.transmitter;
            let at = KeyPath::root().key("transmitter").key(transmitter.kind.key());
            transmitter.chosen().check_used(&at, &mut problems);
            return Err(problems.into());
        };
        let tuned = if custom.is_some() {
            tuning::tuned(config, &modulator, None, library, cache, cancel)
        } else {
            tuning::tuned_once(config, &modulator, &files, library, cache, cancel)
        };
        let tuned = beside_tuned(tuned, number, library, cache, cancel);
        // of the detuning found
        let modulator = Some(&tuned)
            .filter(|tuned| custom.is_none() && detuning_search::searches(tuned))
            .and_then(|tuned| detuning_search::modulator_of(tuned, library))
            .unwrap_or(modulator);
        let mut lane = Self::settled(tuned, number, modulator, files, library, sender, cache)?;
        lane.modulator_is_described = custom.is_none();
        Ok(lane)
    }
}

/// The description with the settings of the lanes coupled to lane `number` as they are found for
/// each of them.
fn beside_tuned(
    mut config: Config,
    number: usize,
    library: &Library,
    cache: &mut PlanCache,
    cancel: &CancelToken,
) -> Config {
    for (other, _) in config.coupled(number) {
        let known = config.neighbours.iter().position(|(known, _)| *known == other);
        // one that is described like this lane has its settings
        let Some(known) = known else { continue };
        let described = config.neighbours[known].1.clone();
        let (files, modulator) = described.read(library, &mut Problems::new());
        // its files were checked
        let Some(modulator) = modulator else { continue };
        let tuned = tuning::tuned_once(&described, &modulator, &files, library, cache, cancel);
        config.neighbours[known].1 = Arc::new(tuned);
    }
    config
}
