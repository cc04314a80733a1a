//! Six links beside a chain in NumPy and SciPy: time domain, 16 samples a symbol, not periodic,
//! written without our code.

use super::comparison::{Comparison, Mutation, Ours, ReferenceKind, Tolerance};
use super::lane;
use super::stored::{LINKS, number, numbers};
use crate::link::{Config, LaneResult};
use crate::receiver::NoiseModel;
use crate::transmitter::{Electrode, TransmitterKind};
use serde_json::Value;

const SOURCE: &str =
    "time-domain chain in NumPy 2.4.6 and SciPy 1.17.1; tests/oracle: python3 oracle.py";

/// The stored parameters as keys.
fn config(p: &Value) -> Config {
    let of = |key: &str| number(p, &format!("/{key}"));
    let giga = |key: &str| of(key) / 1e9;
    let mut c = lane::preset("800gbase-dr8");
    lane::quiet(&mut c);
    c.tdecq.enabled = false;
    c.symbol_rate_gbd = giga("symbol_rate_bd");
    c.simulation.samples_per_symbol = 8;
    let t = &mut c.transmitter;
    t.ffe.taps = numbers(p, "/tx_ffe_taps");
    t.dac.bandwidth_ghz = giga("dac_bandwidth_hz");
    t.dac.effective_bits = of("dac_enob_bits");
    t.dac.jitter_fs = of("tx_jitter_s") * 1e15;
    let (driver, laser) = if p["modulator"] == "eml" {
        t.kind = TransmitterKind::Eml;
        let eml = &mut t.eml;
        eml.laser.power_dbm = of("eml_facet_power_dbm");
        eml.coupling_loss_db = of("eml_coupling_loss_db");
        // two points of its curve, 4.3429 (V / V0)^a dB
        let neper = 10.0 / std::f64::consts::LN_10;
        let absorption = |v: f64| neper * (v / of("eml_v0_v")).powf(of("eml_exponent_a"));
        (eml.absorption_low_v, eml.absorption_high_v) = (2.0, 3.5);
        (eml.absorption_low_db, eml.absorption_high_db) = (absorption(2.0), absorption(3.5));
        eml.bias_v = of("eml_bias_v");
        eml.bandwidth_ghz = giga("modulator_bandwidth_hz");
        eml.chirp_alpha_0 = of("eml_alpha_a0");
        eml.chirp_alpha_1_per_v = of("eml_alpha_a1_per_v");
        (&mut eml.driver, &mut eml.laser)
    } else {
        t.kind = TransmitterKind::Mzm;
        let m = &mut t.mzm;
        m.laser.power_dbm = of("mzm_input_power_dbm");
        m.lanes_per_laser = 1;
        (m.laser_coupling_loss_db, m.insertion_loss_db, m.fibre_coupling_loss_db) = (0.0, 0.0, 0.0);
        // theirs is ideal: a stiff junction, no loss of the arms, no imbalance
        (m.built_in_v, m.reverse_bias_v, m.arm_loss_db_per_rad) = (5.0, 20.0, 0.0);
        (m.extinction_ratio_db, m.bias_error_deg) = (60.0, 0.0);
        m.length_mm = 10.0 * m.vpi_l_v_cm / of("mzm_vpi_v");
        m.electrode = Electrode::LowPass;
        m.bandwidth_ghz = giga("modulator_bandwidth_hz");
        (&mut m.driver, &mut m.laser)
    };
    (laser.ageing_db, laser.rin_db_per_hz) = (0.0, of("rin_db_per_hz"));
    laser.wavelength_nm = of("wavelength_nm");
    driver.swing_vpp = of("driver_swing_vpp");
    driver.saturation_vpp = of("driver_saturation_vpp");
    driver.bandwidth_ghz = giga("driver_bandwidth_hz");
    driver.noise_nv_per_rthz = of("driver_noise_v_per_rthz") * 1e9;
    let f = &mut c.fibre;
    f.length_km = of("fibre_length_km");
    (f.loss_db_per_km, f.reflections.enabled) = (0.0, false);
    f.connector_loss_db = of("channel_loss_db");
    f.zero_dispersion_nm = of("zero_dispersion_wavelength_nm");
    f.dispersion_slope_ps_per_nm2_km = of("dispersion_slope_s0_ps_per_nm2_km");
    let r = &mut c.receiver;
    r.coupling_loss_db = of("rx_coupling_loss_db");
    r.photodiode.responsivity_a_per_w = of("pd_responsivity_a_per_w");
    r.photodiode.dark_current_na = of("pd_dark_current_a") * 1e9;
    r.photodiode.bandwidth_ghz = giga("pd_bandwidth_hz");
    r.tia.bandwidth_ghz = giga("tia_bandwidth_hz");
    // its law: the mean of S itself over the bandwidth is the average squared, 3/4 of it white
    r.tia.noise = NoiseModel::Quadratic;
    r.tia.noise_a0_pa2_per_hz = 0.75 * (of("tia_noise_avg_a_per_rthz") * 1e12).powi(2);
    r.tia.noise_a2_pa2_per_hz_ghz2 = r.tia.noise_a0_pa2_per_hz / r.tia.bandwidth_ghz.powi(2);
    r.dsp.adc.bandwidth_ghz = giga("adc_bandwidth_hz");
    r.dsp.adc.effective_bits = of("adc_enob_bits");
    r.dsp.adc.jitter_fs = of("rx_jitter_s") * 1e15;
    c
}

/// A stored link.
struct Stored {
    link: &'static Value,
    config: Config,
    number: usize,
    about: String,
}

impl Stored {
    fn all() -> Vec<Stored> {
        let links = LINKS["links"].as_array().expect("the stored links");
        let stored = |(i, link): (usize, &'static Value)| {
            let config = config(&link["parameters"]);
            let kind = link["parameters"]["modulator"].as_str().expect("a modulator");
            let about = format!(
                "{} of {} GBd, {} km, {} dB of loss, RIN {} dB/Hz",
                kind.to_uppercase(),
                config.symbol_rate_gbd,
                config.fibre.length_km,
                config.fibre.connector_loss_db,
                number(link, "/parameters/rin_db_per_hz")
            );
            Stored { link, config, number: i + 1, about }
        };
        links.iter().enumerate().map(stored).collect()
    }

    fn row(&self, name: &str, about: &str, mutation: Mutation, ours: Ours) -> Comparison {
        Comparison {
            id: format!("links.{}_{name}", self.number),
            kind: ReferenceKind::IndependentProgram,
            conditions: format!("{}: {about}", self.about),
            source: SOURCE.into(),
            unit: "dB",
            reference: number(self.link, &format!("/{name}")),
            tolerance: Tolerance::Absolute(0.1),
            derivation: String::new(),
            mutation,
            known: None,
            ours,
        }
    }

    /// SNR at the slicer; another loss of the channel must be noticed.
    fn snr(&self) -> Comparison {
        let config = self.config.clone();
        let loss = Mutation::new("fibre.connector_loss_db", config.fibre.connector_loss_db, 0.3);
        let ours: Ours = Box::new(move |loss_db| {
            let mut config = config.clone();
            config.fibre.connector_loss_db = loss_db;
            lane::run(&config, 0)?.snr_db
        });
        Comparison {
            derivation: "theirs differs by up to 0.025 dB from seed to seed and by 0.025 dB at 32 \
                         samples a symbol; ours moves by 0.03 dB with its blocks"
                .into(),
            ..self.row("snr_db", "SNR at the slicer", loss, ours)
        }
    }

    fn counted(&self) -> Comparison {
        let config = self.config.clone();
        let loss = Mutation::new("fibre.connector_loss_db", config.fibre.connector_loss_db, 0.6);
        let (ber, errors) = (number(self.link, "/ber"), number(self.link, "/errors"));
        // ours counts half as many symbols
        let scatter = 5.0 * (3.0 / errors).sqrt();
        Comparison {
            unit: "",
            tolerance: Tolerance::Relative(0.12 + scatter),
            derivation:
                "five standard deviations of both counts, and the 12 % that 0.05 dB of SNR \
                         are worth at 1e-3"
                    .into(),
            reference: ber,
            ours: Box::new(move |loss_db| {
                let mut config = config.clone();
                config.fibre.connector_loss_db = loss_db;
                lane::run(&config, 1 << 20)?.ber_counted
            }),
            ..self.row("ber", "bit errors counted, 2^20 symbols", loss, Box::new(|_| None))
        }
    }

    /// OMA or ER of the launched light; a change of the driver's swing must be noticed.
    fn launched(
        &self,
        name: &str,
        about: &str,
        unit: &'static str,
        read: fn(&LaneResult) -> Option<f64>,
    ) -> Comparison {
        let config = self.config.clone();
        let eml = config.transmitter.kind == TransmitterKind::Eml;
        let (key, swing_vpp) = match eml {
            true => ("transmitter.eml.driver.swing_vpp", config.transmitter.eml.driver.swing_vpp),
            false => ("transmitter.mzm.driver.swing_vpp", config.transmitter.mzm.driver.swing_vpp),
        };
        let ours: Ours = Box::new(move |swing_vpp| {
            let mut config = config.clone();
            config.transmitter.eml.driver.swing_vpp = swing_vpp;
            config.transmitter.mzm.driver.swing_vpp = swing_vpp;
            read(&lane::run(&config, 0)?)
        });
        Comparison {
            unit,
            tolerance: Tolerance::Absolute(0.02),
            derivation: "both settle to 1e-6; our MZM's junction of 25 V leaves 0.01 dB, our runs \
                         of the pattern 0.005 dB"
                .into(),
            ..self.row(name, about, Mutation::new(key, swing_vpp, 0.05 * swing_vpp), ours)
        }
    }

    /// SNR of one source alone, by its share of the variance.
    fn share(
        &self,
        source: &'static str,
        stored: &str,
        mutation: Mutation,
        ours: Ours,
    ) -> Comparison {
        Comparison {
            reference: number(self.link, &format!("/snr_one_source_alone_db/{stored}")),
            derivation: "of the same taps and levels: as for the SNR, and the noise that their \
                         level-dependent ISI leaves, 0.05 dB"
                .into(),
            tolerance: Tolerance::Absolute(0.15),
            ..self.row(
                "snr_db",
                &format!("SNR at the slicer by {source} alone, with the taps of all"),
                mutation,
                ours,
            )
        }
    }
}

/// Ratio of the levels' variance to that of one source, dB.
fn alone_db(lane: &LaneResult, source: &str) -> Option<f64> {
    let slicer = lane.slicer.as_ref()?;
    let shares = slicer.noise_shares.iter().filter(|share| share.source.starts_with(source));
    let share: f64 = shares.filter_map(|share| share.share).sum();
    let means: Vec<f64> = slicer.level_means.iter().copied().collect::<Option<_>>()?;
    let sigmas: Vec<f64> = slicer.level_sigmas.iter().copied().collect::<Option<_>>()?;
    let middle = means.iter().sum::<f64>() / 4.0;
    let levels = means.iter().map(|mean| (mean - middle).powi(2)).sum::<f64>() / 4.0;
    let noise = sigmas.iter().map(|sigma| sigma * sigma).sum::<f64>() / 4.0;
    Some(10.0 * (levels / (noise * share)).log10())
}

fn thermal_alone(stored: &Stored) -> Comparison {
    let config = stored.config.clone();
    let a0 = config.receiver.tia.noise_a0_pa2_per_hz;
    let mutation = Mutation::new("receiver.tia.noise_a0_pa2_per_hz", a0, 0.1 * a0);
    let ours: Ours = Box::new(move |a0| {
        let mut config = config.clone();
        config.receiver.tia.noise_a0_pa2_per_hz = a0;
        alone_db(&lane::run(&config, 0)?, "tia.thermal")
    });
    let row = stored.share("thermal noise", "thermal", mutation, ours);
    Comparison { id: format!("links.{}_thermal_alone_db", stored.number), ..row }
}

fn intensity_alone(stored: &Stored) -> Comparison {
    let config = stored.config.clone();
    let rin_db_per_hz = number(stored.link, "/parameters/rin_db_per_hz");
    let mutation = Mutation::new("transmitter.mzm.laser.rin_db_per_hz", rin_db_per_hz, 0.5);
    let ours: Ours = Box::new(move |rin_db_per_hz| {
        let mut config = config.clone();
        config.transmitter.mzm.laser.rin_db_per_hz = rin_db_per_hz;
        alone_db(&lane::run(&config, 0)?, "laser")
    });
    let row = stored.share("RIN", "rin", mutation, ours);
    Comparison { id: format!("links.{}_rin_alone_db", stored.number), ..row }
}

pub(super) fn comparisons() -> Vec<Comparison> {
    let stored = Stored::all();
    let mut all: Vec<Comparison> = stored.iter().map(Stored::snr).collect();
    all.extend([0, 3].map(|i: usize| stored[i].counted()));
    for i in [0, 1, 5] {
        let link = &stored[i];
        all.push(link.launched("oma_tp2_dbm", "launched OMA", "dBm", |lane| lane.oma_tp2_dbm));
        all.push(link.launched("er_tp2_db", "extinction ratio", "dB", |lane| lane.er_tp2_db));
    }
    all.extend([thermal_alone(&stored[0]), intensity_alone(&stored[5])]);
    all
}
