//! Measurement of a lane's transmitter: TECQ, TDECQ, edges, linearity, RIN.

use crate::chain::{NotEvaluated, PlanCache, Probe, Shape, WorkspacePool};
use crate::fibre::dispersion;
use crate::link::build::lane::Lane;
use crate::link::describe::segments::DecisionPoint;
use crate::link::test_points::eecq::{ElectricalPoint, eecq_db};
use crate::link::test_points::level_variance::level_variance;
use crate::link::test_points::pattern::{SAMPLES_PER_SYMBOL, pattern};
use crate::link::test_points::photodiode::received;
use crate::link::test_points::relative_noise;
use crate::math::prototype::Family;
use crate::measure::excursion::excursion;
use crate::measure::levels::{OuterLevels, centre_levels, outer_at, rlm};
use crate::measure::tdecq::{
    CaptureNoise, InputFilter, Instrument, Reference, TdecqCapture, filtered,
};
use crate::measure::transition::transition_time;
use crate::measure::{align, tdecq};
use crate::units::{db_from_power_ratio, pico};

/// Share of samples beyond the over- and undershoot: 1e-2 (status: secondary source, standards.md
/// 7).
const HIT_RATIO: f64 = 1e-2;

/// Measured values of a lane's transmitter; a value that could not be measured is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct TxMeasurement {
    pub(crate) tecq_db: Option<f64>,
    pub(crate) tdecq_db: Option<f64>,
    pub(crate) tdecq_minus_ceq_db: Option<f64>,
    pub(crate) rlm: Option<f64>,
    pub(crate) transition_time_ps: Option<f64>,
    pub(crate) overshoot_percent: Option<f64>,
    pub(crate) undershoot_percent: Option<f64>,
    pub(crate) rin_oma_db_per_hz: Option<f64>,
    pub(crate) rin_oma_intrinsic_db_per_hz: Option<f64>,
    pub(crate) eecq_tp1a_db: Option<f64>,
    pub(crate) eecq_tp4_db: Option<f64>,
    /// Reasons for absent values of TECQ or TDECQ.
    pub(crate) not_evaluated: Vec<String>,
}

/// Measures a lane's transmitter at TP2, and after the test fibre at both extremes of dispersion,
/// taking the worse.
///
/// The waveform is noiseless; the transmitter's noise is included as its variance by level after
/// the reference filter, from the semi-analytic estimator. TDECQ is therefore a smooth function of
/// a parameter.
///
/// # Limits
///
/// The test fibre has chromatic dispersion only: no reflections and no polarisation-mode
/// dispersion.
pub(crate) fn measure(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> TxMeasurement {
    let config = &lane.config.tdecq;
    let reference = config.reference().expect("a description is checked before it is used");
    let instrument = Instrument::cancelled_by(workspaces.cancel());
    let mut out = TxMeasurement::default();
    let back_to_back = TestLight::new(lane, 0.0, &reference, workspaces, cache);
    let tecq = back_to_back.as_ref().map_err(Clone::clone).and_then(|light| {
        if workspaces.is_cancelled() {
            return Err(STOPPED.to_owned());
        }
        if let Some(outer) = light.edges(lane, &reference, &mut out) {
            let oma_w = outer.three_w - outer.zero_w;
            let read = relative_noise::rin_oma_per_hz(lane, &reference, oma_w, workspaces, cache);
            out.rin_oma_db_per_hz = read.ok().map(db_from_power_ratio);
        }
        light.tdecq(&instrument, &reference)
    });
    match tecq {
        Ok(tecq) => out.tecq_db = Some(tecq.tdecq_db),
        Err(refusal) => out.not_evaluated.push(format!("lane {}: no TECQ: {refusal}", lane.number)),
    }
    let extremes = [config.dispersion_min_ps_per_nm, config.dispersion_max_ps_per_nm];
    let far = extremes.map(|ps_per_nm| {
        TestLight::new(lane, ps_per_nm, &reference, workspaces, cache)?
            .tdecq(&instrument, &reference)
    });
    match far {
        [Ok(a), Ok(b)] => {
            out.tdecq_db = Some(a.tdecq_db.max(b.tdecq_db));
            out.tdecq_minus_ceq_db = Some(a.tdecq_minus_ceq_db.max(b.tdecq_minus_ceq_db));
        }
        [Err(refusal), _] | [_, Err(refusal)] => {
            out.not_evaluated.push(format!("lane {}: no TDECQ: {refusal}", lane.number))
        }
    }
    let optical = lane.optical().kind;
    for (wanted, at, point, figure) in [
        (
            optical.from == DecisionPoint::NearHost,
            ElectricalPoint::Tp1a,
            "TP1a",
            &mut out.eecq_tp1a_db,
        ),
        (optical.to == DecisionPoint::FarHost, ElectricalPoint::Tp4, "TP4", &mut out.eecq_tp4_db),
    ] {
        match wanted.then(|| eecq_db(lane, at, &reference, workspaces, cache)) {
            Some(Ok(db)) => *figure = Some(db),
            Some(Err(because)) => out
                .not_evaluated
                .push(format!("lane {}: no EECQ at {point}: {because}", lane.number)),
            None => {}
        }
    }
    out
}

/// [`measure`], once for all lanes and points with the same light but for its power, which no
/// figure depends on.
pub(crate) fn measure_once(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> TxMeasurement {
    let own = |cache: &mut PlanCache| measure(lane, workspaces, cache);
    let Some(light) = lane.shared_light() else { return own(cache) };
    let files: Vec<&str> = lane.files.iter().map(|file| file.file.as_str()).collect();
    let measured = lane.library.derived(&light, &files, || {
        let (modulator, library) = (lane.modulator.clone(), &lane.library);
        let config = light.0.clone();
        let shared =
            Lane::settled(config, 0, modulator, vec![], library, None, cache).map_err(drop)?;
        let measured = measure(&shared, workspaces, cache);
        // what is missing is said of the lane itself
        let whole = measured.not_evaluated.is_empty() && !workspaces.is_cancelled();
        if whole { Ok(measured) } else { Err(()) }
    });
    measured.map_or_else(|()| own(cache), |measured| (*measured).clone())
}

/// TDECQ, the worse of both extremes of dispersion; none where an eye is closed.
pub(crate) fn worst_tdecq_db(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> Option<f64> {
    let reference = lane.config.tdecq.reference()?;
    let instrument = Instrument::cancelled_by(workspaces.cancel());
    let config = &lane.config.tdecq;
    let mut after = |ps_per_nm: f64| {
        let light = TestLight::new(lane, ps_per_nm, &reference, workspaces, cache).ok()?;
        light.tdecq(&instrument, &reference).ok().map(|tdecq| tdecq.tdecq_db)
    };
    let low = after(config.dispersion_min_ps_per_nm)?;
    Some(low.max(after(config.dispersion_max_ps_per_nm)?))
}

/// TECQ at TP2, which for a stressed source is SECQ; none where the eye is closed.
pub(crate) fn tecq_db(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> Option<f64> {
    let reference = lane.config.tdecq.reference()?;
    let light = TestLight::new(lane, 0.0, &reference, workspaces, cache).ok()?;
    let instrument = Instrument::cancelled_by(workspaces.cancel());
    light.tdecq(&instrument, &reference).ok().map(|tdecq| tdecq.tdecq_db)
}

/// RIN_OMA at TP2 as an instrument reads it, 1/Hz.
///
/// # Errors
///
/// Why it cannot be measured.
pub(crate) fn rin_oma_per_hz(
    lane: &Lane,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> Result<f64, String> {
    let reference = lane.config.tdecq.reference().ok_or("no reference receiver")?;
    let light = TestLight::new(lane, 0.0, &reference, workspaces, cache)?;
    let outer = light
        .edges(lane, &reference, &mut TxMeasurement::default())
        .ok_or("no settled runs: OMA was not measured")?;
    let oma_w = outer.three_w - outer.zero_w;
    relative_noise::rin_oma_per_hz(lane, &reference, oma_w, workspaces, cache)
}

/// Why a cancelled run has no measurement.
const STOPPED: &str = "stopped before it was measured";

/// One period of the optical waveform after a test fibre.
struct TestLight {
    power: Vec<f32>,
    levels: Vec<u8>,
    /// Variance by level after the reference filter, W^2, or the reason for its absence.
    variance: Result<[f64; 4], NotEvaluated>,
}

impl TestLight {
    fn new(
        lane: &Lane,
        ps_per_nm: f64,
        reference: &Reference,
        workspaces: &WorkspacePool,
        cache: &mut PlanCache,
    ) -> Result<TestLight, String> {
        if workspaces.is_cancelled() {
            return Err(STOPPED.to_owned());
        }
        let (source, symbols) = pattern(lane);
        let mut grid = lane.grid();
        grid.symbols = symbols;
        let mut levels = vec![0; symbols];
        source.fill(0, lane.lane_seed, &mut levels);
        let light = lane
            .light(grid, cache)
            .map_err(|gone| gone.to_string())?
            .response(dispersion(ps_per_nm, lane.modulator.wavelength_nm()))
            .probe("instrument");
        let filter = Shape::low_pass(
            Family::Bessel,
            4,
            reference.bandwidth_symbol_rates * grid.symbol_rate_hz,
            0.0,
        );
        let plan = received(light, filter, grid, cache);
        let probe = Probe::light(&plan, "instrument", SAMPLES_PER_SYMBOL, cache)
            .expect("the node is there");
        workspaces.with(&plan, |workspace| {
            let power = probe.waveform(workspace, &levels, &lane.noiseless());
            if workspace.is_cancelled() {
                return Err(STOPPED.to_owned());
            }
            let variance = level_variance(&plan, lane, levels.clone(), workspace);
            Ok(TestLight { variance: variance.map(|(_, variance)| variance), power, levels })
        })
    }

    fn tdecq(
        &self,
        instrument: &Instrument,
        reference: &Reference,
    ) -> Result<tdecq::TdecqResult, String> {
        let variance = self.variance.as_ref().map_err(|refusal| refusal.because.clone())?;
        let capture = TdecqCapture {
            waveform: &self.power,
            samples_per_symbol: SAMPLES_PER_SYMBOL,
            levels: &self.levels,
            noise: CaptureNoise::Gaussian { variance: *variance, correlation: None },
            filter: InputFilter::Reference,
            instrument_sigma: 0.0,
            outer: None,
        };
        instrument.measure(&capture, reference).map_err(|refusal| refusal.to_string())
    }

    /// Measures the waveform after the reference filter; its outer levels, where it has them.
    fn edges(
        &self,
        lane: &Lane,
        reference: &Reference,
        out: &mut TxMeasurement,
    ) -> Option<OuterLevels> {
        let power = filtered(&self.power, SAMPLES_PER_SYMBOL, reference.bandwidth_symbol_rates);
        let delay = align::delay(&power, SAMPLES_PER_SYMBOL, &self.levels);
        out.rlm = Some(rlm(centre_levels(&power, SAMPLES_PER_SYMBOL, &self.levels, delay)))
            .filter(|rlm| rlm.is_finite());
        let outer = outer_at(&power, SAMPLES_PER_SYMBOL, &self.levels, delay)?;
        let symbol_ps = lane.grid().symbol_s() / pico(1.0);
        let time = transition_time(&power, SAMPLES_PER_SYMBOL, &self.levels, delay, &outer);
        out.transition_time_ps = time.map(|time| time.slowest_ui() * symbol_ps);
        if let Some(excursion) = excursion(&power, &outer, HIT_RATIO) {
            out.overshoot_percent = Some(100.0 * excursion.overshoot);
            out.undershoot_percent = Some(100.0 * excursion.undershoot);
        }
        // RIN_OMA = RIN (P1 + P0)^2 / (P1 - P0)^2, of the intrinsic RIN over the reference filter's
        // band
        let swing = (outer.three_w + outer.zero_w) / (outer.three_w - outer.zero_w);
        let band_hz = reference.bandwidth_symbol_rates * lane.grid().symbol_rate_hz;
        let rin = lane.modulator.rin_per_hz(band_hz);
        out.rin_oma_intrinsic_db_per_hz = rin.map(|rin| db_from_power_ratio(rin * swing * swing));
        Some(outer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::describe::config::Config;
    use crate::link::describe::presets;
    use crate::link::describe::tdecq::TestPattern;
    use crate::measured::Library;
    use crate::transmitter::TransmitterKind;

    fn described(kind: TransmitterKind) -> Config {
        let mut config = presets::find("800gbase-dr8").unwrap().config();
        config.transmitter.kind = kind;
        config.tdecq.pattern = TestPattern::Prbs13q;
        config.simulation.block_symbols = 2048;
        config
    }

    /// Lanes of unlike power: what is measured once is what each has by itself, but for the
    /// rounding of light that is brighter by a few tenths of a decibel: 1e-4 dB of eyes, a part in
    /// 2000 of a noise that is the difference of those on four levels.
    #[test]
    fn what_lanes_have_in_common_is_what_each_has_alone() {
        let (workspaces, cache) = (WorkspacePool::default(), &mut PlanCache::default());
        for kind in [TransmitterKind::Eml, TransmitterKind::Mzm] {
            let (config, library) = (described(kind), Library::default());
            for number in [0, 3] {
                let lane = Lane::build_through(&config, number, &library, cache).unwrap();
                let alone = measure(&lane, &workspaces, cache);
                let shared = measure_once(&lane, &workspaces, cache);
                let near = |of: fn(&TxMeasurement) -> Option<f64>, within: f64| {
                    let (alone, shared) = (of(&alone).unwrap(), of(&shared).unwrap());
                    assert!((alone - shared).abs() < within, "{number}: {alone} {shared}");
                };
                near(|tx| tx.tecq_db, 1e-4);
                near(|tx| tx.tdecq_db, 1e-4);
                near(|tx| tx.rlm, 1e-4);
                near(|tx| tx.transition_time_ps, 1e-4);
                near(|tx| tx.rin_oma_db_per_hz, 2e-3);
            }
        }
    }

    /// Equal eyes of a row whose fibre differs are those that it finds by itself, to the last bit.
    #[test]
    fn levels_trained_for_one_fibre_are_those_of_another() {
        let cache = &mut PlanCache::default();
        let kept = Library::default();
        for length_km in [0.5, 2.0] {
            let mut config = described(TransmitterKind::Mzm);
            config.fibre.length_km = length_km;
            let trained = |library: &Library, cache: &mut PlanCache| {
                let lane = Lane::build_through(&config, 0, library, cache).unwrap();
                lane.config.transmitter.levels
            };
            let levels = trained(&kept, cache);
            assert_ne!(levels.inner, crate::serdes::LINEAR_INNER);
            assert_eq!(levels, trained(&Library::default(), cache));
        }
    }
}
