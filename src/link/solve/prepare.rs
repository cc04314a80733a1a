//! A lane with its settings found, and built.

use crate::chain::Workshop;
use crate::error::{Problems, Result};
use crate::fec::FecSender;
use crate::link::build::lane::Lane;
use crate::link::describe::config::Config;
use crate::link::solve::tuning;
use crate::measured::Library;

impl Lane {
    /// Builds lane `number` from its own description, which must have been checked.
    ///
    /// # Errors
    ///
    /// A file, of a pattern or of a measured part, that cannot be read or is none.
    pub fn build(config: &Config, number: usize, shop: &mut Workshop) -> Result<Lane> {
        Self::build_sending(config, number, Self::sender(config), shop)
    }

    /// The same with the port's payload, so that its codewords are encoded once for all lanes.
    pub(crate) fn build_sending(
        config: &Config,
        number: usize,
        sender: Option<FecSender>,
        shop: &mut Workshop,
    ) -> Result<Lane> {
        let mut config = config.clone();
        let mut problems = Problems::new();
        config.load(&Library::default(), &mut problems); // only what is not loaded yet is read
        problems.finish()?;
        Self::settled(&tuning::tuned(&config, shop), number, sender, shop)
    }
}
