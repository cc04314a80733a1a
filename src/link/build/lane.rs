//! One lane: its segments, its data, its random streams.

use crate::chain::{
    Chain, Count, Method, NoiseSelection, PlanCache, SegmentRun, StreamKeys, Trained, block_levels,
};
use crate::error::{Error, Problem, Problems, Result};
use crate::fec::FecSender;
use crate::link::build::group::{self, LaneData, OtherLane};
use crate::link::build::segment::Segment;
use crate::link::build::transmitted::transmitted;
use crate::link::describe::config::Config;
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::measured::{BuildContext, FileError, FileRead, Library};
use crate::pattern::SymbolSource;
use crate::seed::Seed;
use crate::serdes::TransmitLevels;
use crate::signal::{Field, Grid};
use crate::transmitter::Modulator;
use std::sync::Arc;

/// A built lane: its segments, its data and its random streams, ready for both estimators.
pub struct Lane {
    /// Number, from 0.
    pub number: usize,
    /// Description of the lane.
    pub config: Config,
    /// Its modulator, described or custom.
    pub modulator: Arc<dyn Modulator>,
    /// True if its modulator is the described one.
    pub(crate) modulator_is_described: bool,
    /// Files of its description, as read.
    pub files: Vec<FileRead>,
    /// Library that read them.
    pub(crate) library: Library,
    /// Its segments, in the order of the symbols; exactly one is optical.
    pub segments: Vec<Segment>,
    /// Lanes whose light reaches its detector.
    pub(crate) others: Vec<OtherLane>,
    /// Transmitted symbols.
    pub pattern: Arc<SymbolSource>,
    data: LaneData,
    /// What its hosts send, where modules add an inner code.
    pub(crate) straight: Option<SymbolSource>,
    /// Source of its payload, if it carries any.
    pub sender: Option<FecSender>,
    /// Random streams shared by all lanes.
    pub shared_seed: Seed,
    /// Random streams of the lane.
    pub lane_seed: Seed,
}

impl Lane {
    /// Builds lane `number` from its description with all settings found, its modulator and the
    /// files read.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more; a pattern's file that is no pattern.
    pub(crate) fn settled(
        config: Config,
        number: usize,
        modulator: Arc<dyn Modulator>,
        files: Vec<FileRead>,
        library: &Library,
        sender: Option<FecSender>,
        cache: &mut PlanCache,
    ) -> Result<Lane> {
        let data = LaneData::new(&config, number, &*modulator, sender.as_ref(), library)?;
        let others = group::others(&config, number, &modulator, sender.as_ref(), library)?;
        let LaneData { shared_seed, lane_seed, .. } = data;
        let grid = config.grid(modulator.recording());
        let temperature = config.temperature();
        let lane = number;
        let mut context = BuildContext { grid, lane, lane_seed, temperature, library, cache };
        let segments: std::result::Result<Vec<Segment>, FileError> = config
            .segments()
            .into_iter()
            .map(|kind| Segment::build(&config, &*modulator, kind, &others, &mut context))
            .collect();
        let segments = segments.map_err(|error| gone(error, &files))?;
        let library = library.clone();
        let straight = sender.as_ref().filter(|_| config.inner_of_modules().is_some());
        let straight =
            straight.map(|sender| SymbolSource::computed(sender.before_inner_code().lane(number)));
        Ok(Lane {
            number,
            config,
            modulator,
            modulator_is_described: true,
            files,
            library,
            segments,
            others,
            pattern: data.pattern.clone(),
            straight,
            data,
            sender,
            shared_seed,
            lane_seed,
        })
    }

    /// The segment whose symbols cross the fibre.
    pub fn optical(&self) -> &Segment {
        &self.segments[self.optical_index()]
    }

    /// The optical segment, mutable.
    pub(crate) fn optical_mut(&mut self) -> &mut Segment {
        let index = self.optical_index();
        &mut self.segments[index]
    }

    /// Index of the optical segment.
    pub(crate) fn optical_index(&self) -> usize {
        self.segments.iter().position(|s| s.kind.has_light()).expect("symbols cross the fibre")
    }

    /// The electrical segments, in their order.
    pub(crate) fn electrical(&self) -> impl Iterator<Item = &Segment> {
        self.segments.iter().filter(|segment| !segment.kind.has_light())
    }

    /// The grid of its blocks.
    pub fn grid(&self) -> Grid {
        self.optical().plan.grid()
    }

    /// The payload of the port, if lanes carry any.
    pub(crate) fn sender(config: &Config) -> Option<FecSender> {
        let layout = config.fec.chosen().filter(|_| config.carries_payload())?.build().ok()?;
        Some(FecSender::new(&layout, Seed::new(config.simulation.seed)))
    }

    /// The drives of its levels, where its own converter adjusts them.
    pub(crate) fn adjusted_levels(&self) -> Option<&TransmitLevels> {
        let transmitter = &self.config.transmitter;
        let own = self.config.optical().from == DecisionPoint::NearModule
            && transmitter.chosen().is_driven()
            && self.modulator.recording().is_none();
        Some(&transmitter.levels).filter(|levels| own && levels.drives().is_some())
    }

    /// Its optical waveform at the output of the transmitter, on another grid.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn light(
        &self,
        grid: Grid,
        cache: &mut PlanCache,
    ) -> std::result::Result<Chain<Field>, FileError> {
        transmitted(&self.config, &*self.modulator, &mut self.context(grid, cache))
    }

    /// Context for building parts of it on another grid.
    pub(crate) fn context<'a>(&'a self, grid: Grid, cache: &'a mut PlanCache) -> BuildContext<'a> {
        let (lane, lane_seed) = (self.number, self.lane_seed);
        let (temperature, library) = (self.config.temperature(), &self.library);
        BuildContext { grid, lane, lane_seed, temperature, library, cache }
    }

    /// Streams of its first block without noise.
    pub(crate) fn noiseless(&self) -> StreamKeys<'static> {
        StreamKeys {
            shared_seed: self.shared_seed,
            lane_seed: self.lane_seed,
            block: 0,
            noise: 0,
            selection: NoiseSelection::None,
        }
    }

    /// Input of counting its optical segment alone.
    pub(crate) fn counted<'a>(&'a self, trained: &'a Trained) -> Count<'a> {
        self.counted_through(trained, &[], Method::Chain)
    }

    /// Input of counting the lane, with the receivers of its optical segment and of its electrical
    /// segments, in their order; without the latter, the optical segment is counted alone.
    pub(crate) fn counted_through<'a>(
        &'a self,
        optical: &'a Trained,
        electrical: &[&'a Trained],
        method: Method<'a>,
    ) -> Count<'a> {
        let mut electrical = electrical.iter().copied();
        let hop = |segment: &'a Segment| {
            let trained = if segment.kind.has_light() { Some(optical) } else { electrical.next() };
            trained.map(|trained| SegmentRun {
                name: segment.kind.as_str(),
                plan: &segment.plan,
                trained,
                streams: segment.streams,
            })
        };
        Count {
            segments: self.segments.iter().filter_map(hop).collect(),
            symbols: None,
            pattern: &self.pattern,
            first_symbol: self.first_symbol(),
            precoder: self.config.precodes(),
            shared_seed: self.shared_seed,
            lane_seed: self.lane_seed,
            method,
        }
    }

    /// Inputs of counting `symbols` of the lane's light: its segments together or, where modules
    /// add an inner code, each on its own, for as much of the payload.
    pub(crate) fn counts<'a>(
        &'a self,
        optical: &'a Trained,
        electrical: &[&'a Trained],
        method: Method<'a>,
        symbols: u64,
    ) -> Vec<Count<'a>> {
        let whole = self.counted_through(optical, electrical, method);
        let Some(straight) = &self.straight else { return vec![whole] };
        let one = |(segment, run): (&Segment, &SegmentRun<'a>)| Count {
            segments: vec![*run],
            symbols: Some(self.symbols_of(segment.kind, symbols)),
            pattern: if segment.kind.has_light() { &self.pattern } else { straight },
            method: if segment.kind.has_light() { method } else { Method::Chain },
            ..whole.clone()
        };
        self.segments.iter().zip(&whole.segments).map(one).collect()
    }

    /// Symbols of a segment that carry the payload of so many of the light's.
    fn symbols_of(&self, kind: SegmentKind, symbols: u64) -> u64 {
        let own = !kind.has_light() && self.straight.is_some() && symbols > 0;
        let sender = self.sender.as_ref().filter(|_| own);
        sender.map_or(symbols, |sender| {
            // the light is counted in whole blocks
            let block = self.grid().symbols as u64;
            let payload = sender.layout().payload_symbols(symbols.div_ceil(block) * block);
            sender.layout().straight_symbols(payload)
        })
    }

    /// Absolute index of the lane's first symbol.
    pub fn first_symbol(&self) -> u64 {
        self.data.first_symbol
    }

    /// The lane's first blocks of levels, or those of its training.
    pub fn blocks(&self, count: u64, training: bool) -> Vec<Vec<u8>> {
        let (first, seed) = if training {
            (self.first_symbol() + self.data.stride / 2, self.lane_seed.named("training"))
        } else {
            (self.first_symbol(), self.lane_seed)
        };
        let block = |b| {
            let mut levels = vec![0; self.grid().symbols];
            block_levels(&self.pattern, self.config.precodes(), first, b, seed, &mut levels);
            levels
        };
        (0..count).map(block).collect()
    }
}

/// Error for a file that is missing since the description was checked, with its key.
fn gone(error: FileError, files: &[FileRead]) -> Error {
    let key = files.iter().find(|file| file.file == error.file).map(|file| file.key.as_str());
    let mut problems = Problems::new();
    problems.push(Problem {
        place: None,
        path: key.unwrap_or_default().to_owned(),
        value: error.file,
        remedy: error.remedy,
    });
    Error::Input(problems)
}
