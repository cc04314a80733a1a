//! Groups of lanes: the lanes whose light reaches the detector of a lane.
//!
//! Which lanes form a group follows from what couples them: one fibre, or neighbouring waveguides.
//! A lane's plan has the light of the others, so training, prediction, counts, margins and views
//! have it alike; loss that a margin adds to the fibre acts on all of it.

use crate::chain::{Chain, CoupledLight, Coupling, LaneSymbols, PlanCache, Shape};
use crate::error::{Error, KeyPath, Problems, Result};
use crate::fec::FecSender;
use crate::fibre::Pump;
use crate::link::build::aggressors::spread_db;
use crate::link::build::transmitted::transmitted;
use crate::link::describe::config::Config;
use crate::link::describe::segments::SegmentKind;
use crate::measured::{BuildContext, FileError, Library};
use crate::pattern::SymbolSource;
use crate::seed::Seed;
use crate::signal::{Field, Grid};
use crate::transmitter::Modulator;
use crate::units::{amplitude_ratio, giga, power_ratio};
use num_complex::Complex64;
use std::sync::Arc;

/// Number of offsets of a shared pattern: each lane begins a 64th of the period after its
/// neighbour, its training blocks half of that.
///
/// For short patterns, training blocks are scored blocks at another offset.
const SHARES: u64 = 64;

/// The same offset for a pattern without a period, symbols.
const ENDLESS_STRIDE: u64 = 1 << 40;

/// Another lane whose light reaches a lane's detector.
pub(crate) struct OtherLane {
    number: usize,
    config: Arc<Config>,
    modulator: Arc<dyn Modulator>,
    data: LaneData,
    coupling: Coupling,
}

/// What a lane sends.
pub(crate) struct LaneData {
    pub(crate) pattern: Arc<SymbolSource>,
    /// Absolute index of its first symbol.
    pub(crate) first_symbol: u64,
    /// Distance of the first symbols of neighbouring lanes.
    pub(crate) stride: u64,
    pub(crate) shared_seed: Seed,
    pub(crate) lane_seed: Seed,
}

impl LaneData {
    /// Of lane `number`, whose payload is of `sender` if it carries any.
    ///
    /// # Errors
    ///
    /// A pattern's file that cannot be read any more or is none.
    pub(crate) fn new(
        config: &Config,
        number: usize,
        modulator: &dyn Modulator,
        sender: Option<&FecSender>,
        library: &Library,
    ) -> Result<LaneData> {
        let recorded = modulator
            .recording()
            .map(|recording| Ok(SymbolSource::stored(recording.periods.levels.clone())));
        let payload = sender.map(|sender| Ok(SymbolSource::computed(sender.lane(number))));
        let pattern = recorded
            .or(payload)
            .unwrap_or_else(|| library.pattern(&config.pattern))
            .map_err(|because| {
                let mut problems = Problems::new();
                let at = KeyPath::root().key("pattern");
                problems.report(&at, "file", &config.pattern.file, because);
                Error::Input(problems)
            })?;
        let stride = if modulator.recording().is_some() {
            0 // a recording is in its own phase
        } else {
            pattern.period().map_or(ENDLESS_STRIDE, |period| period / SHARES)
        };
        let shared_seed = Seed::new(config.simulation.seed);
        Ok(LaneData {
            pattern: Arc::new(pattern),
            // the lanes of a port carry its codewords in parallel
            first_symbol: if sender.is_some() { 0 } else { number as u64 * stride },
            stride,
            shared_seed,
            lane_seed: shared_seed.named("lane").index(number as u64),
        })
    }
}

impl Config {
    /// How light of lane `from` reaches the detector of lane `to`, which this describes.
    pub(crate) fn coupling(&self, from: usize, to: usize) -> Option<Coupling> {
        let crosstalk = &self.transmitter.waveguide_crosstalk;
        let lanes_per_laser = self.transmitter.chosen().lanes_per_laser();
        let one_laser = from / lanes_per_laser == to / lanes_per_laser;
        if one_laser && crosstalk.partner(to) == Some(from) {
            let [_, other] = crosstalk.factors(to);
            return Some(Coupling::Field(other));
        }
        self.fibre.wdm.leak(from, to).map(Coupling::Power)
    }

    /// Numbers of the lanes whose light reaches the detector of a lane, with how it does.
    pub(crate) fn coupled(&self, lane: usize) -> Vec<(usize, Coupling)> {
        let others = (0..self.lanes).filter(|&other| other != lane);
        others.filter_map(|from| Some((from, self.coupling(from, lane)?))).collect()
    }

    /// The description of another lane: as this one where it does not differ.
    pub(crate) fn other(&self, number: usize) -> Arc<Config> {
        let known = self.neighbours.iter().find(|(known, _)| *known == number);
        known.map_or_else(
            || Arc::new(Config { neighbours: Vec::new(), ..self.clone() }.placed(number)),
            |(_, config)| config.clone(),
        )
    }
}

/// The lanes whose light reaches the detector of lane `lane`.
///
/// # Errors
///
/// As [`LaneData::new`]; lanes on different grids.
pub(crate) fn others(
    config: &Config,
    lane: usize,
    own: &Arc<dyn Modulator>,
    sender: Option<&FecSender>,
    library: &Library,
) -> Result<Vec<OtherLane>> {
    let grid = config.grid(own.recording());
    let other = |(number, coupling): (usize, Coupling)| {
        let config = config.other(number);
        // its files were checked; without them its modulator is taken as this lane's
        let (_, described) = config.read(library, &mut Problems::new());
        let modulator = described.unwrap_or_else(|| own.clone());
        if config.grid(modulator.recording()) != grid {
            let at = KeyPath::root().key("fibre").key("wdm");
            let remedy = format!(
                "must be \"none\" where lanes {lane} and {number} differ in symbol rate, block or \
                 samples per symbol: their light is added sample by sample"
            );
            let mut problems = Problems::new();
            problems.report(&at, "grid", config.fibre.wdm.grid.name(), remedy);
            return Err(problems.into());
        }
        let data = LaneData::new(&config, number, &*modulator, sender, library)?;
        Ok(OtherLane { number, config, modulator, data, coupling })
    };
    config.coupled(lane).into_iter().map(other).collect()
}

/// Light of other lanes that joins a lane's light at its diode.
///
/// # Errors
///
/// A file that cannot be read any more.
pub(super) fn coupled_light(
    config: &Config,
    kind: SegmentKind,
    others: &[OtherLane],
    context: &mut BuildContext<'_>,
) -> std::result::Result<Option<CoupledLight>, FileError> {
    if others.is_empty() {
        return Ok(None);
    }
    let streams = |lane_seed: Seed| kind.stream().map_or(lane_seed, |key| lane_seed.stream(&key));
    let [own, _] = config.transmitter.waveguide_crosstalk.factors(context.lane);
    let paired = others.iter().any(|other| matches!(other.coupling, Coupling::Field(_)));
    let mut lanes = Vec::with_capacity(others.len());
    for other in others {
        let light = arriving(config, other, context.library, context.cache, context.grid)?;
        let data = &other.data;
        let symbols = LaneSymbols {
            pattern: data.pattern.clone(),
            precoder: other.config.precodes(),
            first_symbol: data.first_symbol,
            // a lane's training is half a stride late, too: another alignment than where it scores
            training_symbol: data.first_symbol + data.stride / 4,
            lane_seed: data.lane_seed,
            streams: streams(data.lane_seed),
        };
        lanes.push((light, other.coupling, symbols));
    }
    let own = if paired { own } else { Complex64::new(1.0, 0.0) };
    Ok(Some(CoupledLight { own, streams: streams(context.lane_seed), lanes }))
}

/// Power of the products of four-wave mixing in a lane's fibre over that of the lane.
pub(super) fn mixing(
    config: &Config,
    number: usize,
    modulator: &dyn Modulator,
    others: &[OtherLane],
) -> f64 {
    let pump = |config: &Config, number: usize, modulator: &dyn Modulator| Pump {
        wavelength_nm: modulator.wavelength_nm(),
        launched_w: modulator.mean_power_w(config.settled_drive())
            * power_ratio(spread_db(config, modulator, number)),
    };
    let in_fibre = others.iter().filter(|other| matches!(other.coupling, Coupling::Power(_)));
    let others = in_fibre.map(|other| pump(&other.config, other.number, &*other.modulator));
    let pumps: Vec<Pump> = [pump(config, number, modulator)].into_iter().chain(others).collect();
    config.fibre.mixing_over_signal(&pumps, 0, giga(config.symbol_rate_gbd))
}

/// Light of another lane at the diode of the lane that `config` describes. Light of a neighbouring
/// waveguide passes the fibre of that lane, light of another wavelength its own.
fn arriving(
    config: &Config,
    other: &OtherLane,
    library: &Library,
    cache: &mut PlanCache,
    grid: Grid,
) -> std::result::Result<Chain<Field>, FileError> {
    let OtherLane { number, modulator, data, .. } = other;
    let lane_seed = data.lane_seed;
    let mut context = BuildContext {
        grid,
        lane: *number,
        lane_seed,
        temperature: other.config.temperature(),
        library,
        cache,
    };
    let light = transmitted(&other.config, &**modulator, &mut context)?;
    let fibre = match other.coupling {
        Coupling::Field(_) => &config.fibre,
        Coupling::Power(_) => &other.config.fibre,
    };
    // products of products are none
    let light = fibre.extend(light, modulator.wavelength_nm(), modulator.linewidth_hz(), 0.0);
    let lost_db = config.receiver.coupling_loss_db
        + match other.coupling {
            Coupling::Power(_) => config.fibre.wdm.demultiplexer_loss_db,
            Coupling::Field(_) => 0.0,
        };
    Ok(light.response(Shape::Gain(amplitude_ratio(-lost_db))))
}
