//! Keys that have no effect, since another key chooses what they do not belong to.

use super::config::Config;
use super::counting_method::CountingMethod;
use super::idle_keys::Idle;
use super::segments::DecisionPoint;
use crate::dsp::DetectorKind;
use crate::fibre::{ConnectorSet, Corner, WdmGrid};
use crate::host::{ChannelKind, ElectricalChannel, PortSelection};
use crate::link::describe::module::ModuleKind;
use crate::pattern::PatternKind;
use crate::receiver::{Limiting, NoiseModel, Tia};
use crate::serdes::dsp::{AdaptationKind, ClockRecovery, DspConfig};
use crate::serdes::{Ctle, Interleave, LevelTraining, SerdesTx};
use crate::transmitter::{Detuning, Electrode, TransmitterKind};

impl Config {
    /// Whether a key has an effect, or may have.
    pub(crate) fn uses(&self, key: &str) -> bool {
        self.idle().why(key).is_none()
    }

    /// The keys without effect.
    pub(crate) fn idle(&self) -> Idle {
        let mut idle = Idle::default();
        self.idle_segments(&mut idle);
        self.idle_transmitter(&mut idle);
        if self.pattern.kind != PatternKind::File {
            let why = format!("pattern.kind = \"{}\"", self.pattern.kind.as_str());
            idle.add("pattern.", &["file"], &why);
        }
        tia(&mut idle, "receiver.tia.", &self.receiver.tia);
        let photodiode = &self.receiver.photodiode;
        idle.response("receiver.photodiode.", &photodiode.response.file, &["bandwidth_ghz"]);
        dsp(&mut idle, "receiver.dsp.", &self.receiver.dsp);
        self.idle_settings(&mut idle);
        idle
    }

    /// Keys of the link and of the computation that others switch off.
    fn idle_settings(&self, idle: &mut Idle) {
        let simulation = &self.simulation;
        if self.fec.chosen().is_none() {
            let why = format!("fec.coding = \"{}\"", self.fec.coding);
            idle.add("fec.", &["decoding", "added_ber", "frame_octets"], &why);
        } else if simulation.count == CountingMethod::Importance {
            let why = "simulation.count = \"importance\", which counts no codewords";
            idle.add("fec.", &["decoding", "added_ber"], why);
        }
        let has_corners =
            self.fibre.corner != Corner::None || simulation.corners || simulation.worst_compliant;
        if !has_corners {
            idle.add("fibre.", &["ranges."], "no corner of the dispersion is asked for");
        }
        let reflections = &self.fibre.reflections;
        let at = "fibre.reflections.";
        let listed = ["reflectances_db", "positions_m"];
        if !reflections.enabled {
            let why = "fibre.reflections.enabled = false";
            let all = ["transmitter_db", "receiver_db", "connectors", "polarisation_overlap"];
            idle.add(at, &all, why);
            idle.add(at, &listed, why);
        } else if reflections.connectors != ConnectorSet::Listed {
            let why = format!("{at}connectors = \"{}\"", reflections.connectors.name());
            idle.add(at, &listed, &why);
        }
        if self.fibre.pmd.differential_group_delay_ps == 0.0 {
            let why = "fibre.pmd.differential_group_delay_ps = 0";
            idle.add("fibre.pmd.", &["power_split"], why);
        }
        self.idle_wdm(idle);
        if !self.streams() {
            idle.add("simulation.", &["guard_symbols"], "blocks are periodic, without stream mode");
        }
        if self.spread.launch_power_db == 0.0 {
            idle.add("spread.", &["module"], "spread.launch_power_db = 0");
        }
    }

    /// Keys of a grid of wavelengths that is not there, or that it takes the place of.
    fn idle_wdm(&self, idle: &mut Idle) {
        let wdm = &self.fibre.wdm;
        let why = format!("fibre.wdm.grid = \"{}\"", wdm.grid.name());
        if wdm.lanes_per_fibre() < 2 {
            let filter = ["isolation_db", "far_isolation_db", "demultiplexer_loss_db"];
            let shape = ["passband_ghz", "passband_order", "ripple_db", "ripple_period_ghz"];
            idle.add("fibre.wdm.", &filter, &why);
            idle.add("fibre.wdm.", &shape, &why);
            idle.add("fibre.", &["four_wave_mixing."], &why);
        } else if wdm.passband_ghz.is_none() {
            let shape = ["passband_order", "ripple_db", "ripple_period_ghz"];
            idle.add("fibre.wdm.", &shape, "fibre.wdm.passband_ghz is not given");
        }
        if wdm.grid != WdmGrid::Given {
            idle.add("fibre.wdm.", &["channels"], &why);
        }
        if wdm.wavelength_nm(0).is_none() {
            idle.add("fibre.wdm.", &["offset_nm"], &why);
        }
        if !self.fibre.four_wave_mixing.enabled {
            let rest = ["nonlinear_coefficient_per_w_km", "polarisation_db"];
            let why = "fibre.four_wave_mixing.enabled = false";
            idle.add("fibre.four_wave_mixing.", &rest, why);
        }
        if wdm.wavelength_nm(0).is_some() {
            let kind = self.transmitter.kind.key();
            let at = format!("transmitter.{kind}.");
            idle.add(&at, &["laser.wavelength_nm", "wavelength_nm"], &why);
            idle.add("fibre.ranges.", &["wavelength_min_nm", "wavelength_max_nm"], &why);
            let test_fibre = ["dispersion_min_ps_per_nm", "dispersion_max_ps_per_nm"];
            idle.add("tdecq.", &test_fibre, &why);
        }
    }

    /// Keys of segments that the kind of module does not have.
    fn idle_segments(&self, idle: &mut Idle) {
        let (kind, optical) = (self.module.kind, self.optical());
        let why = format!("module.kind = \"{}\"", kind.name());
        if self.inner_of_modules().is_some() {
            let why = format!("{why} decodes the inner code: limits.link_outer_ber counts");
            idle.add("limits.", &["link_ber"], &why);
        } else {
            idle.add("limits.", &["link_outer_ber"], "no module decodes an inner code");
        }
        if !kind.has_hosts() {
            idle.add_but("module.", "module.kind", &why);
            idle.add("host.", &[""], &why);
        } else {
            sender(idle, "host.tx.", &self.host.tx);
            ctle(idle, "host.rx.ctle.", &self.host.rx.ctle);
            channel(idle, "host.channel.", &self.host.channel);
            if let Some(to_host) = &self.host.channel_to_host {
                channel(idle, "host.channel_to_host.", to_host);
            }
            dsp(idle, "host.rx.dsp.", &self.host.rx.dsp);
        }
        if optical.from == DecisionPoint::NearHost {
            let module = ["module.rx.", "transmitter.dac."];
            idle.add("", &module, &why);
            idle.add("transmitter.", &["ffe.", "levels."], &why);
            ctle(idle, "module.input.ctle.", &self.module.input.ctle);
        } else if kind != ModuleKind::Optics {
            idle.add("module.", &["input."], &why);
            dsp(idle, "module.rx.dsp.", &self.module.rx.dsp);
            ctle(idle, "module.rx.ctle.", &self.module.rx.ctle);
        }
        if optical.to == DecisionPoint::FarHost {
            idle.add("", &["receiver.dsp.", "module.tx."], &why);
        } else if kind != ModuleKind::Optics {
            idle.add("module.", &["output."], &why);
            sender(idle, "module.tx.", &self.module.tx);
        }
    }

    fn idle_transmitter(&self, idle: &mut Idle) {
        let transmitter = &self.transmitter;
        let kind = transmitter.kind;
        let why = format!("transmitter.kind = \"{}\"", kind.key());
        for (key, _) in transmitter.all().into_iter().filter(|(key, _)| *key != kind.key()) {
            idle.add("transmitter.", &[&format!("{key}.")], &why);
        }
        if !transmitter.chosen().is_driven() {
            idle.add("transmitter.", &["ffe.", "dac.", "levels."], &why);
        }
        self.idle_alignment(idle, &why);
        if transmitter.waveguide_crosstalk.ratio_db.is_none() {
            let why = "transmitter.waveguide_crosstalk.ratio_db is not given";
            idle.add("transmitter.waveguide_crosstalk.", &["phase_deg"], why);
        }
        self.idle_temperature(idle);
        self.idle_ring(idle);
        let dac = &transmitter.dac;
        idle.response("transmitter.dac.", &dac.response.file, &["bandwidth_ghz"]);
        if dac.enob.is_some() {
            idle.add("transmitter.dac.", &["effective_bits"], "enob is given");
        }
        let replaced = &["bandwidth_ghz", "peaking_db"];
        idle.response("transmitter.eml.", &transmitter.eml.response.file, replaced);
        let drivers = [
            ("transmitter.eml.driver.", &transmitter.eml.driver),
            ("transmitter.mzm.driver.", &transmitter.mzm.driver),
            ("transmitter.ring.driver.", &transmitter.ring.driver),
            ("transmitter.tfln.driver.", &transmitter.tfln.driver),
        ];
        for (at, driver) in drivers {
            idle.response(at, &driver.response.file, replaced);
        }
        let electrode = &["skin_loss_db_per_cm_rtghz", "index_mismatch"];
        idle.response("transmitter.tfln.", &transmitter.tfln.response.file, electrode);
        let (none, given) = ("no curve.file is given", "curve.file is given");
        if transmitter.eml.curve.file.is_empty() {
            idle.add("transmitter.eml.", &["curve.unit"], none);
        } else {
            let fit = ["absorption_low_", "absorption_high_"];
            let fit = fit.map(|of| [format!("{of}v"), format!("{of}db")]).concat();
            let fit: Vec<&str> = fit.iter().map(String::as_str).collect();
            idle.add("transmitter.eml.", &fit, given);
        }
        if transmitter.mzm.curve.file.is_empty() {
            idle.add("transmitter.mzm.", &["curve.unit"], none);
        } else {
            let interferometer = ["bias_error_deg", "extinction_ratio_db", "arm_loss_db_per_rad"];
            idle.add("transmitter.mzm.", &interferometer, given);
        }
        for (at, driver) in drivers {
            if !driver.curve.file.is_empty() {
                idle.add(at, &["swing_vpp", "saturation_vpp"], given);
            }
            if driver.noise_rms_mv.is_some() {
                idle.add(at, &["noise_nv_per_rthz"], "noise_rms_mv is given");
            }
        }
        self.idle_electrode(idle);
        interleave(idle, "transmitter.dac.interleave.", dac.interleave.as_ref());
        let levels = &transmitter.levels;
        if levels.train != LevelTraining::None {
            let why = "transmitter.levels.train finds them";
            idle.add("transmitter.levels.", &["inner", "entries"], why);
        } else if levels.table {
            idle.add("transmitter.levels.", &["inner"], "transmitter.levels.table = true");
        } else {
            idle.add("transmitter.levels.", &["entries"], "transmitter.levels.table = false");
        }
    }

    /// Keys of joints that the kind of transmitter does not have, or that have no offset.
    fn idle_alignment(&self, idle: &mut Idle, why: &str) {
        let transmitter = &self.transmitter;
        let (laser, fibre) = match transmitter.kind {
            TransmitterKind::Waveform | TransmitterKind::Stressed => (false, false),
            TransmitterKind::Eml => (false, true),
            TransmitterKind::Mzm | TransmitterKind::Ring | TransmitterKind::Tfln => (true, true),
        };
        let alignment = &transmitter.alignment;
        for (joint, couples, offsets) in
            [("laser", laser, &alignment.laser), ("fibre", fibre, &alignment.fibre)]
        {
            let at = format!("transmitter.alignment.{joint}.");
            if !couples {
                idle.add(&at, &[""], why);
            } else if offsets.is_aligned() {
                let radii = ["mode_radius_x_um", "mode_radius_y_um"];
                let beam = ["beam_radius_x_um", "beam_radius_y_um", "gap_index"];
                let why = format!("transmitter.alignment.{joint} has no offset");
                idle.add(&at, &radii, &why);
                idle.add(&at, &beam, &why);
            }
        }
    }

    /// Keys of a ring's detuning and heating that others take the place of.
    fn idle_ring(&self, idle: &mut Idle) {
        let (ring, at) = (&self.transmitter.ring, "transmitter.ring.");
        let (others, kind): (&[&str], &str) = match ring.detuning {
            Detuning::Given => (&["target_er_db", "side"], "given"),
            Detuning::Oma => (&["target_er_db", "detuning_pm"], "oma"),
            Detuning::Er => (&["detuning_pm"], "er"),
            Detuning::Ber => (&["target_er_db", "detuning_pm"], "ber"),
        };
        idle.add(at, others, &format!("{at}detuning = \"{kind}\""));
        if ring.thermal_resistance_k_per_mw == 0.0 {
            let why = format!("{at}thermal_resistance_k_per_mw = 0");
            idle.add(at, &["heating_percent", "thermal_time_us"], &why);
        }
    }

    /// Keys of the electrode that is not chosen.
    fn idle_electrode(&self, idle: &mut Idle) {
        let mzm = &self.transmitter.mzm;
        let wave = ["skin_loss_db_per_cm_rtghz", "junction_loss_db_per_cm_ghz2", "index_mismatch"];
        let at = "transmitter.mzm.";
        if !mzm.response.file.is_empty() {
            let why = "response.file is given";
            idle.add(at, &wave, why);
            idle.add(at, &["bandwidth_ghz", "electrode"], why);
        } else if mzm.electrode == Electrode::LowPass {
            idle.add(at, &wave, "transmitter.mzm.electrode = \"low-pass\"");
        } else {
            let why = "transmitter.mzm.electrode = \"travelling-wave\"";
            idle.add(at, &["bandwidth_ghz"], why);
        }
    }
}

/// Keys of the kinds of channel that are not chosen.
fn channel(idle: &mut Idle, at: &str, channel: &ElectricalChannel) {
    let why = |kind: &str| format!("{at}kind = \"{kind}\"");
    // crosstalk without ports of its own has those of the channel
    let lends =
        |files: &[String], ports: &Option<PortSelection>| !files.is_empty() && ports.is_none();
    let lends = lends(&channel.fext_files, &channel.fext_ports)
        || lends(&channel.next_files, &channel.next_ports);
    let files: &[&str] = match lends {
        true => &["files", "with_packages"],
        false => &["files", "ports", "with_packages"],
    };
    match channel.kind {
        ChannelKind::Trace => idle.add(at, files, &why("trace")),
        ChannelKind::Files if !channel.with_packages => {
            idle.add(at, &["trace."], &format!("{} without with_packages", why("files")))
        }
        ChannelKind::Files => {}
        ChannelKind::Thru => {
            idle.add(at, files, &why("thru"));
            idle.add(at, &["trace."], &why("thru"));
        }
    }
    for (files, level, ports) in [
        (&channel.fext_files, "fext_db", "fext_ports"),
        (&channel.next_files, "next_db", "next_ports"),
    ] {
        if files.is_empty() {
            idle.add(at, &[ports], "no files of that crosstalk are given");
        } else {
            idle.add(at, &[level], "files of that crosstalk are given");
        }
    }
}

/// Errors of sub-converters that a list takes the place of.
fn interleave(idle: &mut Idle, at: &str, interleave: Option<&Interleave>) {
    let Some(given) = interleave else { return };
    for (list, rms, name) in [
        (&given.gains_percent, "gain_rms_percent", "gains_percent is given"),
        (&given.offsets_percent, "offset_rms_percent", "offsets_percent is given"),
        (&given.skews_fs, "skew_rms_fs", "skews_fs is given"),
    ] {
        if list.is_some() {
            idle.add(at, &[rms], name);
        }
    }
}

/// Bounds of a search that is not made.
fn ctle(idle: &mut Idle, at: &str, ctle: &Ctle) {
    if !ctle.adapt {
        idle.add(at, &["gain_min_db", "low_gain_min_db"], &format!("{at}adapt = false"));
    }
}

/// The same of a sender's taps.
fn sender(idle: &mut Idle, at: &str, tx: &SerdesTx) {
    if !tx.adapt {
        idle.add(at, &["tap_low", "tap_high", "tap_step"], &format!("{at}adapt = false"));
    }
}

fn tia(idle: &mut Idle, at: &str, tia: &Tia) {
    let (average, quadratic, table) = (
        "noise_average_pa_per_rthz",
        ["noise_a0_pa2_per_hz", "noise_a2_pa2_per_hz_ghz2"],
        "noise_file",
    );
    let [a0, a2] = quadratic;
    let (others, kind): (&[&str], &str) = match tia.noise {
        NoiseModel::Average => (&[a0, a2, table], "average"),
        NoiseModel::Rms => (&[average, a0, a2, table], "rms"),
        NoiseModel::Quadratic => (&[average, table], "quadratic"),
        NoiseModel::Table => (&[average, a0, a2], "table"),
    };
    idle.add(at, others, &format!("{at}noise = \"{kind}\""));
    if tia.noise == NoiseModel::Table {
        idle.add(at, &["noise_scaling"], &format!("{at}noise = \"table\""));
    }
    let (others, kind): (&[&str], &str) = match tia.limiting {
        Limiting::Linear => (&["overload_ma_pp", "curve."], "linear"),
        Limiting::Tanh => (&["curve."], "tanh"),
        Limiting::Curve => (&["overload_ma_pp"], "curve"),
    };
    idle.add(at, others, &format!("{at}limiting = \"{kind}\""));
    if tia.large_signal.thd_percent.is_some() {
        idle.add(at, &["overload_ma_pp"], "large_signal.thd_percent is given");
    }
    let replaced = &["bandwidth_ghz", "order", "family", "peaking_db"];
    idle.response(at, &tia.response.file, replaced);
}

fn dsp(idle: &mut Idle, at: &str, dsp: &DspConfig) {
    let adc = format!("{at}adc.");
    idle.response(&adc, &dsp.adc.response.file, &["bandwidth_ghz"]);
    if dsp.adc.enob.is_some() {
        idle.add(&adc, &["effective_bits"], "enob is given");
    }
    interleave(idle, &format!("{adc}interleave."), dsp.adc.interleave.as_ref());
    if dsp.ffe.adaptation == AdaptationKind::Mmse {
        idle.add(at, &["ffe.lms_step"], &format!("{at}ffe.adaptation = \"mmse\""));
    }
    let others: &[&str] = match dsp.detector {
        DetectorKind::Slicer => &["dfe.", "mlse."],
        DetectorKind::Dfe => &["mlse."],
        DetectorKind::Mlse => &["dfe."],
    };
    idle.add(at, others, &format!("{at}detector = \"{}\"", dsp.detector.as_str()));
    if dsp.clock.recovery == ClockRecovery::Ideal {
        let why = format!("{at}clock.recovery = \"ideal\"");
        idle.add(at, &["clock.bandwidth_mhz", "clock.peaking_db"], &why);
    }
    if dsp.clock.sinusoidal_ui == 0.0 {
        idle.add(at, &["clock.sinusoidal_mhz"], &format!("{at}clock.sinusoidal_ui = 0"));
    }
}
