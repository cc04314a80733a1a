//! The electrical channel between a host and a module.

use super::mixed::MixedMode;
use super::network::Network;
use super::port_map::PortMap;
use super::port_selection::PortSelection;
use super::trace::PcbTrace;
use super::transfer::Transfer;
use crate::chain::{Chain, Interferer, NoiseId, Shape, Table};
use crate::error::{KeyPath, Problems};
use crate::math::prototype::Family;
use crate::measured::{BuildContext, FileError, FileReader, Library, Touchstone, fnv, shown};
use crate::serdes::SerdesTx;
use crate::signal::Volt;
use crate::units::{amplitude_ratio, db_from_amplitude_ratio, giga, mega};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Kind of description of a channel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// A line of stated loss between two packages.
    #[default]
    Trace,
    /// Touchstone files in cascade.
    Files,
    /// An ideal connection: no loss, no delay, no reflection.
    Thru,
}

/// A differential channel with its crosstalk.
///
/// ```text
/// v_out = H v_in + sum over aggressors of H_k v_k,   H = voltage transfer between source_ohm and load_ohm
/// ```
///
/// In: volts of a sender over a matched load. Out: volts at the receiver. H comes from a
/// [`PcbTrace`] or from files in cascade, with their reflections; its delay is taken out. Far-end
/// aggressors send with the swing of this channel's sender, near-end ones with `next_swing_vppd`,
/// each its own data at its own phase; through their own files, or by a coupling that rises with
/// frequency, given at half the symbol rate.
///
/// # Limits
///
/// Aggressors have no taps; far-end ones share the victim's clock. No mode conversion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ElectricalChannel {
    /// Kind of the description; selects among the tables and files below.
    pub kind: ChannelKind,
    /// A line without a file.
    pub trace: PcbTrace,
    /// Touchstone files in cascade, from the sender on.
    pub files: Vec<String>,
    /// Ports of the differential channel in each file, such as `1-2/3-4`, or their names in the
    /// file; guessed with a warning when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports: Option<PortSelection>,
    /// Adds the packages of `trace` at both ends of the files.
    pub with_packages: bool,
    /// Impedance of the sender between the wires, ohm.
    pub source_ohm: f64,
    /// Impedance of the receiver, ohm.
    pub load_ohm: f64,
    /// Far-end crosstalk from the sender's full scale to the receiver, at half the symbol rate, dB;
    /// without files of it.
    pub fext_db: f64,
    /// Near-end crosstalk from the aggressor's full scale to the receiver, at half the symbol rate,
    /// dB; without files of it.
    pub next_db: f64,
    /// Symbols per block by which near-end aggressors exceed the victim: they run on the other
    /// host's clock.
    pub next_extra_symbols: usize,
    /// Swing of near-end aggressors, V.
    pub next_swing_vppd: f64,
    /// Files of far-end aggressors; each from the aggressor to the receiver.
    pub fext_files: Vec<String>,
    /// Their ports, as far as they differ from those of the channel: crosstalk passes nothing at
    /// low frequency to guess them from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fext_ports: Option<PortSelection>,
    /// Files of near-end aggressors.
    pub next_files: Vec<String>,
    /// Their ports, as far as they differ from those of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_ports: Option<PortSelection>,
}

/// Ports of a file: those of its key, or else those of the channel if there are more than two.
struct GivenPorts<'a> {
    own: Option<&'a PortSelection>,
    inherited: Option<PortSelection>,
}

/// Transfers built from a description and its files.
struct BuiltChannel {
    read: Vec<FileRecord>,
    through: Option<Arc<Table>>,
    fext: Vec<Arc<Table>>,
    next: Vec<Arc<Table>>,
}

/// A file that was read: its key, name, digest, last frequency in Hz, and notes.
type FileRecord = (&'static str, String, u64, f64, Vec<String>);

/// A key of a channel, its value, and the problem.
type KeyProblem = (&'static str, String, String);

/// Coupling below which an aggressor is left out, dB.
pub(super) const SILENT_DB: f64 = -120.0;
/// Step and end of a trace's frequencies, beyond which it is extrapolated.
const STEP_MHZ: f64 = 25.0;
const END_GHZ: f64 = 110.0;
/// Reference impedance of the cascade, ohm.
const REFERENCE_OHM: f64 = 100.0;
/// Phases of aggressors against the victim, symbol periods: aligned neither with it nor with each
/// other (assumed).
const FEXT_PHASE_UI: f64 = 0.37;
const NEXT_PHASE_UI: f64 = 0.71;
/// Least transfer at 0 Hz.
const DC_TRANSFER_MIN: f64 = 0.001;
/// Largest number of files of a kind.
const FILES_MAX: usize = 32;

impl Default for ElectricalChannel {
    fn default() -> Self {
        ElectricalChannel {
            kind: ChannelKind::Trace,
            trace: PcbTrace::default(),
            files: Vec::new(),
            ports: None,
            with_packages: false,
            source_ohm: 100.0,
            load_ohm: 100.0,
            fext_db: -46.0,
            next_db: -50.0,
            next_extra_symbols: 2,
            next_swing_vppd: 0.826,
            fext_files: Vec::new(),
            fext_ports: None,
            next_files: Vec::new(),
            next_ports: None,
        }
    }
}

impl ElectricalChannel {
    /// An ideal connection.
    pub fn thru() -> Self {
        ElectricalChannel {
            kind: ChannelKind::Thru,
            fext_db: -300.0,
            next_db: -300.0,
            ..ElectricalChannel::default()
        }
    }

    /// A channel of this trace.
    pub fn of_trace(trace: PcbTrace) -> Self {
        ElectricalChannel { trace, ..ElectricalChannel::default() }
    }

    /// A channel of Touchstone files in cascade.
    pub fn of_files(files: Vec<String>) -> Self {
        ElectricalChannel { kind: ChannelKind::Files, files, ..ElectricalChannel::default() }
    }

    /// Reports every parameter that is out of its range.
    pub fn check(&self, at: &KeyPath, problems: &mut Problems) {
        self.trace.check(&at.key("trace"), problems);
        problems.range(at, "source_ohm", self.source_ohm, 1.0..=1000.0);
        problems.range(at, "load_ohm", self.load_ohm, 1.0..=1000.0);
        problems.range(at, "fext_db", self.fext_db, -300.0..=0.0);
        problems.range(at, "next_db", self.next_db, -300.0..=0.0);
        problems.count(at, "next_extra_symbols", self.next_extra_symbols, 0..=64);
        problems.range(at, "next_swing_vppd", self.next_swing_vppd, 0.0..=5.0);
        if self.kind == ChannelKind::Files && self.files.is_empty() {
            problems.report(
                at,
                "files",
                "[]",
                "must name Touchstone files, as kind = \"files\" requires",
            );
        }
        for (key, files) in [
            ("files", &self.files),
            ("fext_files", &self.fext_files),
            ("next_files", &self.next_files),
        ] {
            if files.len() > FILES_MAX {
                problems.report(at, key, files.len(), format!("must be at most {FILES_MAX} files"));
            }
        }
    }

    /// Reads its files, builds its networks and reports their problems.
    pub fn read(&self, at: &KeyPath, files: &mut FileReader<'_>) {
        match self.built(files.library()) {
            Ok(made) => {
                let nyquist_hz = files.symbol_rate_hz().map_or(0.0, |rate_hz| rate_hz / 2.0);
                for (key, file, digest, ends_hz, notes) in &made.read {
                    if *ends_hz < nyquist_hz {
                        let (ends, nyquist) = (shown(ends_hz / giga(1.0)), nyquist_hz / giga(1.0));
                        files.problems().report(at, key, file, format!(
                            "ends at {ends} GHz; must reach the Nyquist frequency of {nyquist} GHz"
                        ));
                    }
                    files.record(at, key, file, *digest, *ends_hz, notes.clone());
                }
            }
            Err(wrong) => {
                for (key, value, remedy) in wrong {
                    files.problems().report(at, key, value, remedy);
                }
            }
        }
    }

    /// Its transfers: a pure function of the description and its files, shared by lanes and points
    /// of a sweep.
    fn built(&self, library: &Library) -> Result<Arc<BuiltChannel>, Vec<KeyProblem>> {
        let files: Vec<&str> = [own_files(self), &self.fext_files, &self.next_files]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        library.derived(self, &files, || self.build(library))
    }

    fn build(&self, library: &Library) -> Result<BuiltChannel, Vec<KeyProblem>> {
        let digest = fnv(format!("{self:?}").as_bytes());
        let (mut read, mut wrong) = (Vec::new(), Vec::new());
        let files = self.files_used(library, &mut read, &mut wrong);
        if files[0].len() != own_files(self).len()
            || own_files(self).is_empty() && self.kind == ChannelKind::Files
            || self.wrong()
        {
            return Err(wrong); // numbers and missing keys are reported by another check
        }
        let through = match self.kind {
            ChannelKind::Thru => None,
            _ => match self.network(&files[0]).and_then(|network| self.table(&network, digest)) {
                Ok(table) if table.at(0.0).norm() > DC_TRANSFER_MIN => Some(Arc::new(table)),
                made => {
                    let blocked = "passes nothing at 0 Hz, where gains are set; remove the coupling capacitor, or see host.rx.dsp.clock.ac_coupling_khz";
                    let remedy = made.err().unwrap_or_else(|| blocked.to_owned());
                    let (key, value) = if self.kind == ChannelKind::Files {
                        ("files", self.files.join(", "))
                    } else {
                        ("trace", String::new())
                    };
                    wrong.push((key, value, remedy));
                    return Err(wrong);
                }
            },
        };
        let mut interferer_paths = [Vec::new(), Vec::new()];
        let kinds = [("fext_files", &self.fext_files), ("next_files", &self.next_files)];
        for ((interferer_paths, networks), (key, names)) in
            interferer_paths.iter_mut().zip(&files[1..]).zip(kinds)
        {
            for (network, name) in networks.iter().zip(names) {
                match self.table(network, digest) {
                    Ok(table) => interferer_paths.push(Arc::new(table)),
                    Err(remedy) => wrong.push((key, name.clone(), remedy)),
                }
            }
        }
        let [fext, next] = interferer_paths;
        if wrong.is_empty() { Ok(BuiltChannel { read, through, fext, next }) } else { Err(wrong) }
    }

    /// The differential networks of the files that are used: of the channel, of far-end and of
    /// near-end aggressors.
    fn files_used(
        &self,
        library: &Library,
        read: &mut Vec<FileRecord>,
        wrong: &mut Vec<KeyProblem>,
    ) -> [Vec<Network>; 3] {
        let mut of = |key, files: &[String], ports: &GivenPorts<'_>| {
            let one = |file: &String| {
                let mut notes = Vec::new();
                let made = library.touchstone(file).and_then(|(digest, touchstone)| {
                    Ok((differential(&touchstone, ports, &mut notes)?, digest))
                });
                match made {
                    Ok(((network, map), digest)) => {
                        read.push((key, file.clone(), digest, end_hz(&network), notes));
                        Some((network, map))
                    }
                    Err(remedy) => {
                        wrong.push((key, file.clone(), remedy));
                        None
                    }
                }
            };
            files.iter().filter_map(one).unzip::<_, _, Vec<_>, Vec<_>>()
        };
        let given = GivenPorts { own: self.ports.as_ref(), inherited: None };
        let (own, maps) = of("files", own_files(self), &given);
        let of_channel = || {
            let guessed = maps.iter().flatten().next().copied();
            self.ports.clone().or(guessed.map(PortSelection::from))
        };
        let given = |own| GivenPorts { own: Option::as_ref(own), inherited: of_channel() };
        let (fext, _) = of("fext_files", &self.fext_files, &given(&self.fext_ports));
        let (next, _) = of("next_files", &self.next_files, &given(&self.next_ports));
        [own, fext, next]
    }

    /// True if its numbers are out of range, which is reported elsewhere.
    fn wrong(&self) -> bool {
        let mut problems = Problems::new();
        self.check(&KeyPath::root(), &mut problems);
        !problems.is_empty()
    }

    /// The two-port from the sender's pad to the receiver's.
    fn network(&self, files: &[Network]) -> Result<Network, String> {
        if self.kind == ChannelKind::Trace {
            let steps = (giga(END_GHZ) / mega(STEP_MHZ)) as usize;
            let f_hz: Vec<f64> = (0..=steps).map(|k| k as f64 * mega(STEP_MHZ)).collect();
            return self.trace.network(&f_hz, REFERENCE_OHM);
        }
        let first = files.first().ok_or("no file could be read")?;
        // at the frequencies of the file with the lowest last one
        let shortest = files.iter().min_by(|a, b| end_hz(a).total_cmp(&end_hz(b))).unwrap_or(first);
        let f_hz = shortest.f_hz();
        let part = |network: &Network| network.on(f_hz)?.renormalised(&[REFERENCE_OHM; 2]);
        let mut cascade = part(first)?;
        for next in &files[1..] {
            cascade = cascade.then(&part(next)?)?;
        }
        if self.with_packages {
            let [near, far] = [&self.trace.near, &self.trace.far]
                .map(|package| package.network(f_hz, REFERENCE_OHM));
            cascade = near?.then(&cascade)?.then(&far?.of_ports(&[2, 1])?)?;
        }
        Ok(cascade)
    }

    fn table(&self, network: &Network, digest: u64) -> Result<Table, String> {
        if network.f_hz().len() < 2 {
            return Err("has one frequency; must have two or more".to_owned());
        }
        let transfer: Transfer = network.voltage_transfer(self.source_ohm, self.load_ohm)?;
        transfer.advanced(transfer.delay_s()).table(digest)
    }

    /// Insertion loss at a frequency, dB: the voltage at the load relative to that without the
    /// channel.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub fn loss_db(&self, f_hz: f64, library: &Library) -> Result<f64, FileError> {
        let made = self.built(library).map_err(first_error)?;
        let table = made.through.as_ref();
        Ok(table.map_or(0.0, |table| -db_from_amplitude_ratio(table.at(f_hz).norm())))
    }

    /// Transfer of a settled voltage.
    pub(crate) fn settled(&self, library: &Library) -> Result<f64, FileError> {
        Ok(amplitude_ratio(-self.loss_db(0.0, library)?))
    }

    /// Adds the channel to the chain of `sender`; its sources are called `id.fext`, ...;
    /// `after_agc` as for noise.
    ///
    /// # Errors
    ///
    /// A file that cannot be read any more.
    pub(crate) fn extend(
        &self,
        volts: Chain<Volt>,
        sender: &SerdesTx,
        id: &NoiseId,
        after_agc: bool,
        context: &BuildContext<'_>,
    ) -> Result<Chain<Volt>, FileError> {
        let grid = context.grid;
        let made = self.built(context.library).map_err(first_error)?;
        let mut volts = match &made.through {
            Some(table) => volts.response(Shape::Table(table.clone())),
            None => volts,
        };
        let near = SerdesTx { swing_vppd: self.next_swing_vppd, ..sender.clone() };
        let half_hz = grid.symbol_rate_hz / 2.0;
        let kinds = [
            ("fext", self.fext_db, &made.fext, sender, FEXT_PHASE_UI, 0),
            ("next", self.next_db, &made.next, &near, NEXT_PHASE_UI, self.next_extra_symbols),
        ];
        for (kind, db, files, aggressor, phase_ui, extra_symbols) in kinds {
            // a given level replaces missing files
            let coupled = (db > SILENT_DB && files.is_empty()).then(|| {
                // an unbounded rise is unphysical: the receiver's band limits it
                let band = Shape::low_pass(Family::Bessel, 4, 2.0 * half_hz, 0.0);
                vec![Shape::Gain(amplitude_ratio(db)), Shape::Derivative(half_hz), band]
            });
            let through = files.iter().map(|table| vec![Shape::Table(table.clone())]);
            for (k, coupling) in through.chain(coupled).enumerate() {
                let delay_s = ((k + 1) as f64 * phase_ui).fract() * grid.symbol_s();
                let path = aggressor
                    .pulse(grid)
                    .into_iter()
                    .chain([Shape::Delay(delay_s)])
                    .chain(coupling)
                    .collect();
                volts = volts.interferer(Interferer {
                    id: NoiseId::new(&format!("{}.{kind}.{k}", id.stream.text()))
                        .shown_as(&format!("{}.{kind}.{k}", id.name)),
                    path,
                    extra_symbols,
                    after_agc,
                });
            }
        }
        Ok(volts)
    }
}

/// First of a channel's problems, as an error of the build.
fn first_error(wrong: Vec<KeyProblem>) -> FileError {
    let (_, file, remedy) = wrong.into_iter().next().unwrap_or_else(|| {
        ("", String::new(), "must be a channel whose description was checked".to_owned())
    });
    FileError { file, remedy }
}

/// The files of the channel itself, where they are used.
fn own_files(channel: &ElectricalChannel) -> &[String] {
    if channel.kind == ChannelKind::Files { &channel.files } else { &[] }
}

fn end_hz(network: &Network) -> f64 {
    network.f_hz().last().copied().unwrap_or(0.0)
}

/// The two-port that differential signals see in a file, from 0 Hz on, with the map of its ports;
/// what is to be said of it in `notes`.
fn differential(
    file: &Touchstone,
    ports: &GivenPorts<'_>,
    notes: &mut Vec<String>,
) -> Result<(Network, Option<PortMap>), String> {
    notes.extend_from_slice(file.notes());
    let network = Network::from(file.clone()).at_usual_references()?;
    notes.extend(network.quality().warnings());
    let inherited = ports.inherited.as_ref().filter(|_| network.ports() != 2);
    let given = ports.own.or(inherited);
    let map = PortSelection::map_of(given, &network, file.port_names(), notes)?;
    let completed = network.completed();
    notes.extend(completed.notes);
    Ok(match &map {
        Some(map) => (MixedMode::of(&completed.network, map)?.differential(), Some(*map)),
        None => (completed.network, None),
    })
}
