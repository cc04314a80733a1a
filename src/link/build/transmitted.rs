//! The light of a lane at the output of its transmitter.

use crate::chain::{Chain, NoiseId, Shape};
use crate::link::build::aggressors::spread_db;
use crate::link::describe::config::Config;
use crate::link::describe::segments::DecisionPoint;
use crate::measured::{BuildContext, FileError};
use crate::signal::Field;
use crate::transmitter::Modulator;
use crate::units::amplitude_ratio;

/// Chain from symbols to the output of the transmitter, in the fibre.
pub(crate) fn transmitted(
    config: &Config,
    modulator: &dyn Modulator,
    context: &mut BuildContext<'_>,
) -> Result<Chain<Field>, FileError> {
    let Config { host, module, transmitter, .. } = config;
    let drive = if config.optical().from == DecisionPoint::NearHost {
        let sent = host.tx.extend(Chain::symbols(), "host.tx", context.grid);
        let arrived =
            host.channel.extend(sent, &host.tx, &NoiseId::new("host.channel"), false, context)?;
        let settled_v = host.tx.settled_v() * host.channel.settled(context.library)?;
        transmitter.drive_by_host(module.input.extend(arrived, settled_v), context.grid)
    } else {
        transmitter.drive(Chain::symbols(), context)?
    };
    let spread = amplitude_ratio(spread_db(config, modulator, context.lane));
    Ok(modulator.extend(drive, context).response(Shape::Gain(spread)))
}
