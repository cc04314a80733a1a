//! Eye closure at the electrical sides of a linear module: TP1a and TP4.

use crate::chain::{
    Adaptation, Chain, DetectorSpec, Plan, PlanCache, Predictor, Probe, RxDsp, Sampler, Shape,
    WorkspacePool,
};
use crate::link::build::lane::Lane;
use crate::link::build::segment::{sent_to_host, sent_to_module};
use crate::link::test_points::pattern::{EXACT_BITS, SAMPLES_PER_SYMBOL, pattern};
use crate::math::prototype::Family;
use crate::measure::tdecq::{CaptureNoise, InputFilter, Instrument, Reference, TdecqCapture};
use crate::signal::Volt;

/// Electrical test point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ElectricalPoint {
    /// At the input of a linear module, after the host's channel.
    Tp1a,
    /// At the output of a linear module, before the host's channel.
    Tp4,
}

/// Eye closure of an electrical waveform by the method of TECQ, dB (10 log10, as for TECQ).
///
/// The instrument is the reference receiver: its filter, its equaliser, its target. The
/// transmitter's noise is included, by level.
///
/// # Errors
///
/// The reason for its absence, to follow the names of lane and test point.
pub(crate) fn eecq_db(
    lane: &Lane,
    at: ElectricalPoint,
    reference: &Reference,
    workspaces: &WorkspacePool,
    cache: &mut PlanCache,
) -> Result<f64, String> {
    let (source, symbols) = pattern(lane);
    let mut grid = lane.grid();
    grid.symbols = symbols;
    let mut levels = vec![0; symbols];
    source.fill(0, lane.lane_seed, &mut levels);
    let mut context = lane.context(grid, cache);
    let volts: Chain<Volt> = match at {
        ElectricalPoint::Tp1a => sent_to_module(&lane.config, &context),
        ElectricalPoint::Tp4 => {
            sent_to_host(&lane.config, &*lane.modulator, &lane.others, &mut context)
        }
    }
    .map_err(|gone| gone.to_string())?;
    let filter = Shape::low_pass(
        Family::Bessel,
        4,
        reference.bandwidth_symbol_rates * grid.symbol_rate_hz,
        0.0,
    );
    let sampler = Sampler { samples_per_symbol: 1, effective_bits: EXACT_BITS, jitter_s: 0.0 };
    let plan = Plan::build(volts.response::<Volt>(filter), sampler, grid, cache);
    let one_tap = RxDsp {
        taps: 1,
        precursors: 0,
        adaptation: Adaptation::Mmse,
        fixed: Vec::new(),
        detector: DetectorSpec::Slicer,
    };
    let (waveform, variance) = workspaces.with(&plan, |workspace| {
        let blocks = || vec![levels.clone()];
        let mut predictor = Predictor::new(
            &plan,
            &one_tap,
            lane.shared_seed,
            lane.lane_seed,
            blocks(),
            blocks(),
            workspace,
        );
        let trained = predictor.train(workspace, 1.0, None).map_err(|refusal| refusal.because)?;
        let mut sums = [(0f64, 0f64); 4];
        for (level, _, variance) in predictor.mixture(workspace, &trained) {
            let sum = &mut sums[usize::from(level)];
            *sum = (sum.0 + 1.0, sum.1 + f64::from(variance));
        }
        // one tap: the waveform at the slicer is the voltage in units of the outer level
        let probe = Probe::slicer(&plan, &trained, SAMPLES_PER_SYMBOL, cache);
        Ok::<_, String>((
            probe.waveform(workspace, &levels, &lane.noiseless()),
            sums.map(|(count, sum)| sum / f64::max(count, 1.0)),
        ))
    })?;
    // offset to be positive, like a power
    let lifted: Vec<f32> = waveform.iter().map(|v| v + LIFT).collect();
    let capture = TdecqCapture {
        waveform: &lifted,
        samples_per_symbol: SAMPLES_PER_SYMBOL,
        levels: &levels,
        noise: CaptureNoise::Gaussian { variance, correlation: None },
        filter: InputFilter::Prefiltered,
        instrument_sigma: 0.0,
        outer: None,
    };
    let closure = Instrument::cancelled_by(workspaces.cancel())
        .measure(&capture, reference)
        .map_err(|refusal| refusal.to_string())?;
    Ok(closure.tdecq_db)
}

/// Offset of the waveform, in units of the outer level.
const LIFT: f32 = 4.0;
