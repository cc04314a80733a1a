//! Building the segments of a lane, from one decision point to the next.

use crate::chain::{Chain, NoiseId, Plan, RxDsp};
use crate::link::build::aggressors::{aggressors, arriving_oma_w};
use crate::link::build::group::{OtherLane, coupled_light, mixing};
use crate::link::build::transmitted::transmitted;
use crate::link::describe::config::Config;
use crate::link::describe::limits::Limits;
use crate::link::describe::module::Host;
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::measured::{BuildContext, FileError};
use crate::seed::Seed;
use crate::serdes::{IdentityMap, SerdesTx};
use crate::signal::{Field, Volt};
use crate::transmitter::Modulator;

/// A segment of a lane, ready for both estimators.
pub struct Segment {
    /// Its two decision points.
    pub kind: SegmentKind,
    /// Its chain.
    pub plan: Plan,
    /// DSP of its receiver.
    pub dsp: RxDsp,
    /// Random streams of its noises.
    pub streams: Seed,
    /// Limit of its own pre-FEC bit error ratio, if it has one.
    pub limit_ber: Option<f64>,
}

impl Segment {
    /// Builds a segment of the context's lane.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn build(
        config: &Config,
        modulator: &dyn Modulator,
        kind: SegmentKind,
        others: &[OtherLane],
        context: &mut BuildContext<'_>,
    ) -> Result<Segment, FileError> {
        context.grid = config.grid_of(kind, modulator.recording());
        let (plan, dsp) = if kind.has_light() {
            optical(config, modulator, others, context)?
        } else {
            electrical(config, kind, context)?
        };
        let plan = match config.clocking(kind) {
            Some(clocking) => plan.clocked(clocking),
            None => plan,
        };
        let lane = context.lane_seed;
        let streams = kind.stream().map_or(lane, |key| lane.stream(&key));
        Ok(Segment { kind, plan, dsp, streams, limit_ber: limit_ber(kind, &config.limits) })
    }
}

/// Limit of one segment; a segment from host to host shares the limit of the link.
fn limit_ber(kind: SegmentKind, limits: &Limits) -> Option<f64> {
    match kind {
        SegmentKind::OPTICAL => Some(limits.pmd_ber),
        kind if kind.has_light() => None,
        _ => Some(limits.aui_ber),
    }
}

/// Chain from the host through its channel to the module's input.
pub(crate) fn sent_to_module(
    config: &Config,
    context: &BuildContext<'_>,
) -> Result<Chain<Volt>, FileError> {
    let Host { tx, channel, .. } = &config.host;
    let sent = tx.extend(Chain::symbols(), "host.tx", context.grid).map(IdentityMap);
    channel.extend(sent, tx, &NoiseId::new("host.channel"), false, context)
}

/// Chain to the output of a linear module, before the channel to its host.
pub(crate) fn sent_to_host(
    config: &Config,
    modulator: &dyn Modulator,
    others: &[OtherLane],
    context: &mut BuildContext<'_>,
) -> Result<Chain<Volt>, FileError> {
    let light = arriving(config, modulator, others, context)?;
    let oma_w = arriving_oma_w(config, modulator, context.lane);
    let aggressors = aggressors(config, modulator, context);
    config.receiver.extend_linear(light, oma_w, &aggressors, &config.module.output, context)
}

/// Chain to the receiver's input, where light of other lanes joins.
fn arriving(
    config: &Config,
    modulator: &dyn Modulator,
    others: &[OtherLane],
    context: &mut BuildContext<'_>,
) -> Result<Chain<Field>, FileError> {
    let tp2 = transmitted(config, modulator, context)?.probe("tp2");
    let wavelength_nm = modulator.wavelength_nm();
    let mixing = mixing(config, context.lane, modulator, others);
    let light = config.fibre.extend(tp2, wavelength_nm, modulator.linewidth_hz(), mixing);
    let through =
        config.fibre.wdm.channel(context.lane, wavelength_nm, modulator.reference_wavelength_nm());
    let light = through.into_iter().fold(light.probe("tp3"), Chain::response);
    Ok(match coupled_light(config, config.optical(), others, context)? {
        Some(coupled) => light.coupled(coupled),
        None => light,
    })
}

/// Plan of the optical segment, decided by the module or, after its linear output, by the host.
fn optical(
    config: &Config,
    modulator: &dyn Modulator,
    others: &[OtherLane],
    context: &mut BuildContext<'_>,
) -> Result<(Plan, RxDsp), FileError> {
    let Config { host, module, receiver, .. } = config;
    if config.optical().to == DecisionPoint::FarModule {
        let light = arriving(config, modulator, others, context)?;
        let oma_w = arriving_oma_w(config, modulator, context.lane);
        let aggressors = aggressors(config, modulator, context);
        return Ok((receiver.extend(light, oma_w, &aggressors, context)?, receiver.dsp()));
    }
    // neighbouring lanes' outputs are the far-end aggressors
    let neighbour = SerdesTx { swing_vppd: module.output.swing_vppd, ..module.tx.clone() };
    let sent = sent_to_host(config, modulator, others, context)?;
    let arrived =
        host.channel_to_host().extend(sent, &neighbour, &channel_to_host(), true, context)?;
    Ok((host.rx.extend(arrived, "host.rx", true, context)?, host.rx.dsp()))
}

/// Plan of an electrical segment: from the host to its module, or back.
fn electrical(
    config: &Config,
    kind: SegmentKind,
    context: &mut BuildContext<'_>,
) -> Result<(Plan, RxDsp), FileError> {
    let Config { host, module, .. } = config;
    let (volts, rx, name) = if kind.from == DecisionPoint::NearHost {
        (sent_to_module(config, context)?, &module.rx, "module.rx")
    } else {
        let sent = module.tx.extend(Chain::symbols(), "module.tx", context.grid).map(IdentityMap);
        let arrived =
            host.channel_to_host().extend(sent, &module.tx, &channel_to_host(), false, context)?;
        (arrived, &host.rx, "host.rx")
    };
    Ok((rx.extend(volts, name, false, context)?, rx.dsp()))
}

/// Identity of the interferers in the channel from a module to its host; `host.back` keys their
/// random streams.
fn channel_to_host() -> NoiseId {
    NoiseId::new("host.back").shown_as("host.channel_to_host")
}
