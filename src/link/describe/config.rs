//! The description of a link: plain data in engineering units, with its checks.

use crate::chain::Clocking;
use crate::dsp::DetectorKind;
use crate::error::{KeyPath, Problems};
use crate::fibre::{Corner, SingleMode};
use crate::link::describe::fec::Fec;
use crate::link::describe::limits::Limits;
use crate::link::describe::module::{Host, Module};
use crate::link::describe::segments::{DecisionPoint, SegmentKind};
use crate::link::describe::simulation::{Simulation, Spread};
use crate::link::describe::targets::Targets;
use crate::link::describe::tdecq::Tdecq;
use crate::measured::{ExpectedSignal, FileRead, FileReader, Library, Recording};
use crate::pattern::{Pattern, PatternKind};
use crate::receiver::OpticalReceiver;
use crate::serdes::dsp::ClockConfig;
use crate::sheet::Temperature;
use crate::signal::Grid;
use crate::transmitter::{Modulator, Transmitter, TransmitterKind};
use crate::units::{dbm_from_watt, giga};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Description of a link, merged from its preset, its file and its flags.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Name of the preset on which the file builds; in files only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Number of lanes, from lane 0.
    pub lanes: usize,
    /// Symbol rate of a lane, GBd.
    pub symbol_rate_gbd: f64,
    /// Temperature of the modules' cases, degrees Celsius.
    pub case_temperature_c: f64,
    /// Temperature of the case for which all values of the description hold, degrees Celsius.
    pub reference_temperature_c: f64,
    /// Transmitted pattern.
    pub pattern: Pattern,
    /// The modules at both ends.
    pub module: Module,
    /// The hosts at both ends.
    pub host: Host,
    /// The optical transmitter.
    pub transmitter: Transmitter,
    /// The fibre.
    pub fibre: SingleMode,
    /// The optical receiver.
    pub receiver: OpticalReceiver,
    /// Variation among lanes.
    pub spread: Spread,
    /// Error correction of the port.
    pub fec: Fec,
    /// Limits of the results.
    pub limits: Limits,
    /// Settings of the computation.
    pub simulation: Simulation,
    /// Measurement of the transmitter.
    pub tdecq: Tdecq,
    /// Expected results, for `check`.
    pub targets: Targets,
    /// Descriptions of the lanes next to this one or in its fibre that differ from it, by number:
    /// their signals couple into this lane.
    #[serde(skip)]
    pub neighbours: Vec<(usize, Arc<Config>)>,
    /// Patches of single lanes, by number from 0, with the keys of the whole file.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lane: BTreeMap<String, toml::Table>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            preset: None,
            lanes: 8,
            symbol_rate_gbd: 53.125,
            case_temperature_c: Temperature::default().case_c,
            reference_temperature_c: Temperature::default().reference_c,
            pattern: Pattern::default(),
            module: Module::default(),
            host: Host::default(),
            transmitter: Transmitter::default(),
            fibre: SingleMode::default(),
            receiver: OpticalReceiver::default(),
            spread: Spread::default(),
            fec: Fec::default(),
            limits: Limits::default(),
            simulation: Simulation::default(),
            tdecq: Tdecq::default(),
            targets: Targets::default(),
            neighbours: Vec::new(),
            lane: BTreeMap::new(),
        }
    }
}

/// Largest file of levels, bytes.
const PATTERN_BYTES_MAX: u64 = 64 << 20;

/// Modulated power at the photodiode below which nothing is received, dBm: 85 nA peak to peak, a
/// fiftieth of the rms noise of a low-noise amplifier (assumed).
const DARK_DBM: f64 = -50.0;

/// Range of the temperature of a module's case, degrees Celsius.
const CASE_MIN_C: f64 = -60.0;
const CASE_MAX_C: f64 = 150.0;

/// Largest number of lanes of a link.
pub(crate) const LANES_MAX: usize = 64;

impl Config {
    /// The description as lane `number` of its link.
    #[must_use]
    pub(crate) fn placed(mut self, number: usize) -> Config {
        self.place(number);
        self
    }

    /// Makes it lane `number` of its link: at the wavelength of its place in the grid.
    fn place(&mut self, number: usize) {
        if let Some([shortest_nm, nominal_nm, longest_nm]) = self.fibre.wdm.channel_nm(number) {
            self.transmitter.set_wavelength_nm(nominal_nm + self.fibre.wdm.offset_nm);
            self.fibre.ranges.wavelength_min_nm = shortest_nm;
            self.fibre.ranges.wavelength_max_nm = longest_nm;
            let extreme = |corner: Corner| {
                let fibre = SingleMode { corner, ..self.fibre.clone() };
                fibre.dispersion_ps_per_nm(nominal_nm)
            };
            self.tdecq.dispersion_min_ps_per_nm = extreme(Corner::Min);
            self.tdecq.dispersion_max_ps_per_nm = extreme(Corner::Max);
        }
    }

    /// Places every lane of a link in its grid, and gives it the descriptions of the lanes that may
    /// couple into it and differ.
    pub(crate) fn introduce(lanes: &mut [Config]) {
        for (number, lane) in lanes.iter_mut().enumerate() {
            lane.place(number);
        }
        if lanes.windows(2).all(|pair| pair[0] == pair[1]) {
            return;
        }
        let alone = |lane: &Config| Arc::new(Config { neighbours: Vec::new(), ..lane.clone() });
        let described: Vec<Arc<Config>> = lanes.iter().map(alone).collect();
        for (number, lane) in lanes.iter_mut().enumerate() {
            let near = lane.near(number);
            let near = near.into_iter().filter_map(|n| Some((n, described.get(n)?)));
            let differing = near.filter(|(_, other)| **other != described[number]);
            lane.neighbours = differing.map(|(n, other)| (n, other.clone())).collect();
        }
    }

    /// Numbers of the lanes that may couple into lane `number`: those next to it, and those of its
    /// fibre.
    pub(crate) fn near(&self, number: usize) -> Vec<usize> {
        let next = [number.checked_sub(1), Some(number + 1)].into_iter().flatten();
        let mut near: Vec<usize> = next.chain(self.fibre.wdm.fibre_of(number)).collect();
        near.sort_unstable();
        near.dedup();
        near.retain(|&other| other != number && other < self.lanes);
        near
    }

    /// The grid of its blocks; a recording is a block of one period.
    pub fn grid(&self, recording: Option<&Recording>) -> Grid {
        let guards = if self.streams() { 2 * self.simulation.guard_symbols } else { 0 };
        let block = self.simulation.block_symbols.saturating_add(guards);
        Grid {
            symbols: recording.map_or(block, |recording| recording.periods.levels.len()),
            samples_per_symbol: self.simulation.samples_per_symbol,
            symbol_rate_hz: giga(self.symbol_rate_gbd),
        }
    }

    /// The same for one segment, at its own rate.
    pub(crate) fn grid_of(&self, kind: SegmentKind, recording: Option<&Recording>) -> Grid {
        Grid { symbol_rate_hz: giga(self.symbol_rate_of(kind)), ..self.grid(recording) }
    }

    /// Temperature of the modules.
    pub(crate) fn temperature(&self) -> Temperature {
        // a check refuses others
        let [case_c, reference_c] = [self.case_temperature_c, self.reference_temperature_c]
            .map(|celsius| celsius.clamp(CASE_MIN_C, CASE_MAX_C));
        Temperature { case_c, reference_c }
    }

    /// The segments of a lane, in the order of its symbols.
    pub fn segments(&self) -> Vec<SegmentKind> {
        self.module.kind.segments()
    }

    /// The segment of a lane whose symbols cross the fibre.
    pub(crate) fn optical(&self) -> SegmentKind {
        let all = self.segments();
        all.into_iter().find(|kind| kind.has_light()).expect("symbols cross the fibre")
    }

    /// Clocking of the receiver that decides a segment, in stream mode.
    pub(crate) fn clocking(&self, kind: SegmentKind) -> Option<Clocking> {
        self.streams().then(|| {
            self.clock(kind).clocking(self.symbol_rate_of(kind), self.simulation.guard_symbols)
        })
    }

    /// The clock of the receiver that decides a segment.
    pub(crate) fn clock(&self, kind: SegmentKind) -> &ClockConfig {
        match kind.to {
            DecisionPoint::NearModule => &self.module.rx.dsp.clock,
            DecisionPoint::FarModule => &self.receiver.dsp.clock,
            _ => &self.host.rx.dsp.clock,
        }
    }

    /// Whether blocks are parts of one sequence.
    pub(crate) fn streams(&self) -> bool {
        self.simulation.stream || self.segments().into_iter().any(|kind| self.clock(kind).streams())
    }

    /// Whether the levels are precoded, by the pattern or by the port's coding.
    pub fn precodes(&self) -> bool {
        self.pattern.precoder || self.fec.chosen().is_some_and(|coding| coding.precoder)
    }

    /// Whether its levels are the codewords of a coding: payload, unless the transmitter is a
    /// recording.
    pub(crate) fn carries_payload(&self) -> bool {
        self.pattern.kind == PatternKind::Payload
            && self.transmitter.kind != TransmitterKind::Waveform
            && self.fec.chosen().is_some()
    }

    /// Reports every value that is out of its range or inconsistent, files included, and returns
    /// the files read.
    pub fn check(&self, library: &Library, problems: &mut Problems) -> Vec<FileRead> {
        let (files, modulator) = self.read(library, problems);
        let root = KeyPath::root();
        problems.count(&root, "lanes", self.lanes, 1..=LANES_MAX);
        problems.range(&root, "symbol_rate_gbd", self.symbol_rate_gbd, 0.1..=500.0);
        for (key, celsius) in [
            ("case_temperature_c", self.case_temperature_c),
            ("reference_temperature_c", self.reference_temperature_c),
        ] {
            problems.range(&root, key, celsius, CASE_MIN_C..=CASE_MAX_C);
        }
        let rate_hz = giga(self.symbol_rate_gbd.clamp(0.1, 500.0));
        self.pattern.check(&root.key("pattern"), problems);
        self.module.check(&root.key("module"), rate_hz, problems);
        self.host.check(&root.key("host"), rate_hz, problems);
        self.transmitter.check(&root.key("transmitter"), rate_hz, problems);
        self.fibre.check(&root.key("fibre"), problems);
        self.receiver.check(&root.key("receiver"), rate_hz, problems);
        problems.range(
            &root.key("spread"),
            "launch_power_db",
            self.spread.launch_power_db,
            0.0..=10.0,
        );
        self.check_fec(&root, problems);
        self.limits.check(&root.key("limits"), problems);
        if self.simulation.worst_compliant {
            self.limits.check_compliance(&root.key("limits"), problems);
        }
        self.tdecq.check(&root.key("tdecq"), problems);
        self.check_crosstalk(&root, problems);
        self.check_module(&root, problems);
        if let Some(modulator) = modulator.as_deref().filter(|_| problems.is_empty()) {
            self.check_light(modulator, problems);
        }
        if self.precodes() && self.transmitter.kind == TransmitterKind::Waveform {
            problems.report(
                &root.key("pattern"),
                "precoder",
                true,
                "must be false where a captured waveform is sent: it carries the levels as they \
                 are",
            );
        }
        let recording = modulator.as_deref().and_then(Modulator::recording);
        self.check_simulation(&root.key("simulation"), recording, problems);
        for name in self.lane.keys() {
            if !name.parse::<usize>().is_ok_and(|lane| lane < LANES_MAX) {
                problems.report(
                    &root.key("lane"),
                    name,
                    "",
                    format!("must be the number of a lane, from 0 to {}", LANES_MAX - 1),
                );
            }
        }
        files
    }

    /// Reports crosstalk between waveguides whose light does not interfere.
    fn check_crosstalk(&self, root: &KeyPath, problems: &mut Problems) {
        let Some(ratio_db) = self.transmitter.waveguide_crosstalk.ratio_db else { return };
        if self.transmitter.chosen().lanes_per_laser() < 2 {
            let kind = self.transmitter.kind.key();
            let remedy = format!(
                "must be absent where each lane has a laser of its own, whose light does not \
                 interfere: transmitter.kind = \"{kind}\"; choose mzm or ring with \
                 lanes_per_laser from 2"
            );
            let at = root.key("transmitter").key("waveguide_crosstalk");
            problems.report(&at, "ratio_db", ratio_db, remedy);
        }
    }

    /// Reads its files and reports their problems; returns the files and the modulator, unless a
    /// file of the modulator was refused.
    pub(crate) fn read(
        &self,
        library: &Library,
        problems: &mut Problems,
    ) -> (Vec<FileRead>, Option<Arc<dyn Modulator>>) {
        let expected = ExpectedSignal {
            pattern: self.pattern.clone(),
            symbol_rate_hz: giga(self.symbol_rate_gbd),
            samples_per_symbol: self.simulation.samples_per_symbol,
        };
        let (root, mut files) =
            (KeyPath::root(), FileReader::new(library, problems).with_signal(expected));
        files = files.at_temperature(self.temperature());
        if self.pattern.kind == PatternKind::File {
            files.record_unread(
                &root.key("pattern"),
                "file",
                &self.pattern.file,
                PATTERN_BYTES_MAX,
            );
        }
        if self.module.kind.has_hosts() {
            self.module.read(&root.key("module"), &mut files);
            self.host.read(&root.key("host"), &mut files);
        }
        let modulator = self.transmitter.read(&root.key("transmitter"), &mut files);
        self.receiver.read(&root.key("receiver"), &mut files);
        (files.finish(), modulator)
    }

    /// Reports a kind of module that does not fit the rest of the link.
    fn check_module(&self, root: &KeyPath, problems: &mut Problems) {
        let kind = self.module.kind;
        if !kind.has_hosts() {
            return;
        }
        let at = root.key("module");
        if !self.transmitter.chosen().is_driven() {
            let remedy = format!(
                "must be \"optics\" with transmitter.kind = \"{}\", which no host drives",
                self.transmitter.kind.key()
            );
            problems.report(&at, "kind", kind.name(), remedy);
        }
        self.check_inner_of_modules(root, problems);
    }

    /// Limit of a lane's pre-FEC bit error ratio: of the optical segment alone, or from host to
    /// host; before the outer code where modules decode the inner one.
    pub fn limit_ber(&self) -> f64 {
        if self.inner_of_modules().is_some() {
            self.limits.link_outer_ber.unwrap_or(self.limits.pmd_ber)
        } else if self.module.kind.has_hosts() {
            self.limits.link_ber
        } else {
            self.limits.pmd_ber
        }
    }

    /// Detector of the segment with the light, and its key.
    fn detector_of_light(&self) -> (KeyPath, DetectorKind) {
        let root = KeyPath::root();
        if self.optical().to == DecisionPoint::FarHost {
            (root.key("host").key("rx").key("dsp"), self.host.rx.dsp.detector)
        } else {
            (root.key("receiver").key("dsp"), self.receiver.dsp.detector)
        }
    }

    /// Taps of the longest equaliser in use.
    pub(crate) fn longest_equaliser(&self) -> usize {
        let own = self.receiver.dsp.ffe.taps;
        if self.module.kind.has_hosts() {
            own.max(self.host.rx.dsp.ffe.taps).max(self.module.rx.dsp.ffe.taps)
        } else {
            own
        }
    }

    /// Outer optical modulation amplitude of settled runs in the fibre, W, for the module's drive.
    pub(crate) fn settled_oma_w(&self, modulator: &dyn Modulator) -> f64 {
        modulator.settled_oma_w(self.settled_drive())
    }

    /// Settled outer level at the driver's input, full scale being one.
    pub(crate) fn settled_drive(&self) -> f64 {
        if self.optical().from == DecisionPoint::NearHost {
            self.module.input.drive()
        } else {
            self.transmitter.ffe.settled()
        }
    }

    /// Reports inconsistent settings of error correction.
    fn check_fec(&self, root: &KeyPath, problems: &mut Problems) {
        let carries = self.carries_payload();
        self.fec.check(
            &root.key("fec"),
            carries.then_some((self.precodes(), self.simulation.block_symbols)),
            problems,
        );
        let Some(coding) = self.fec.chosen().filter(|coding| coding.lanes > 0) else { return };
        if carries && coding.inner.is_some() && self.detector_of_light().1 == DetectorKind::Mlse {
            let remedy = "must be slicer or dfe where the payload has an inner code: it is \
                           decoded softly, and a sequence decides hard";
            problems.report(&self.detector_of_light().0, "detector", "mlse", remedy);
        }
        if carries && self.lanes > coding.lanes {
            let remedy = format!(
                "must be at most {}, those of {}, to carry its payload",
                coding.lanes, self.fec.coding
            );
            problems.report(root, "lanes", self.lanes, remedy);
        }
    }

    /// Reports a photodiode without a signal, on which no receiver trains.
    fn check_light(&self, modulator: &dyn Modulator, problems: &mut Problems) {
        let loss_db = self.fibre.loss_db() + self.receiver.coupling_loss_db;
        let oma_dbm = dbm_from_watt(self.settled_oma_w(modulator)) - loss_db;
        if oma_dbm.is_nan() || oma_dbm < DARK_DBM {
            let at = KeyPath::root().key("receiver");
            let remedy = format!(
                "must see a modulated power above {DARK_DBM} dBm, not {oma_dbm:.1} dBm: \
                 raise the laser's power or the swing, or lower the losses \
                 ({loss_db:.1} dB after the transmitter)"
            );
            problems.report(&at, "photodiode", "dark", remedy);
        }
    }
}
