//! Settings of a description without which a metric has no value in any run of it.

use crate::dsp::DetectorKind;
use crate::link::describe::config::Config;
use crate::link::describe::counting_method::CountingMethod;
use crate::link::describe::module::ModuleKind;
use crate::link::describe::segments::DecisionPoint;
use crate::link::result::metrics::lane::lane_metrics;
use crate::link::result::metrics::transmitter::MEASURED;
use crate::serdes::dsp::ClockRecovery;

/// A setting, and the metrics that are absent without it.
struct Need {
    metrics: &'static [&'static str],
    is_met: fn(&Config) -> bool,
    /// What must be set.
    remedy: &'static str,
    /// True of a number of symbols to count, which a command may set to zero.
    counts: bool,
}

impl Need {
    const fn of(
        remedy: &'static str,
        is_met: fn(&Config) -> bool,
        metrics: &'static [&'static str],
    ) -> Need {
        Need { metrics, is_met, remedy, counts: false }
    }

    const fn counting(
        remedy: &'static str,
        is_met: fn(&Config) -> bool,
        metrics: &'static [&'static str],
    ) -> Need {
        Need { metrics, is_met, remedy, counts: true }
    }
}

const TDECQ: &str = "tdecq.enabled = true: the transmitter is not measured otherwise";

static NEEDS: [Need; 15] = [
    Need::of(
        "module.kind = \"lpo\": no other module is driven by the host",
        |config| config.optical().from == DecisionPoint::NearHost,
        &["eecq_tp1a_db"],
    ),
    Need::of(
        "module.kind = \"lro\" or \"lpo\": no other module drives the host",
        |config| config.optical().to == DecisionPoint::FarHost,
        &["eecq_tp4_db"],
    ),
    Need::of(
        "simulation.corners = true",
        |config| config.simulation.corners,
        &["corner_worst_loss_margin_db"],
    ),
    Need::of(
        "simulation.worst_compliant = true",
        |config| config.simulation.worst_compliant,
        &["compliant_loss_margin_db"],
    ),
    Need::counting(
        "simulation.symbols above 0: nothing is counted otherwise",
        |config| config.simulation.symbols > 0,
        &[
            "bits",
            "errors",
            "ber_counted",
            "ber_counted_low",
            "ber_counted_high",
            "effective_samples",
            "variance_reduction",
            "snr_counted_db",
            "burst_continuation",
            "longest_burst",
            "ber_inner_counted",
            "ber_inner_counted_low",
            "ber_inner_counted_high",
            "test_blocks",
            "block_error_ratio",
            "block_error_ratio_low",
            "block_error_ratio_high",
            "block_error_ratio_extrapolated",
            "block_error_ratio_extrapolated_low",
            "block_error_ratio_extrapolated_high",
            "corrected_bits",
            "uncorrectable_blocks",
            "post_fec_ber",
            "uncorrectable",
        ],
    ),
    Need::counting(
        "simulation.symbols_at_limit above 0: nothing is counted at the limit otherwise",
        |config| config.simulation.symbols_at_limit > 0,
        &[
            "bits_at_limit",
            "errors_at_limit",
            "ber_counted_at_limit",
            "ber_counted_at_limit_low",
            "ber_counted_at_limit_high",
            "effective_samples_at_limit",
            "variance_reduction_at_limit",
            "burst_continuation_at_limit",
            "longest_burst_at_limit",
        ],
    ),
    Need::of(
        "simulation.count = \"importance\"",
        |config| config.simulation.count == CountingMethod::Importance,
        &[
            "effective_samples",
            "variance_reduction",
            "effective_samples_at_limit",
            "variance_reduction_at_limit",
        ],
    ),
    Need::of(
        "a detector that uses past decisions: \"dfe\" or \"mlse\"",
        |config| config.detectors().into_iter().any(|kind| kind != DetectorKind::Slicer),
        &[
            "ber_ideal_feedback",
            "burst_continuation_predicted",
            "burst_continuation_predicted_at_limit",
        ],
    ),
    Need::of(
        "a clock in stream mode: simulation.stream = true, or a clock that is recovered",
        Config::streams,
        &[
            "clock_phase_error_rms_ui",
            "clock_phase_error_predicted_rms_ui",
            "clock_slips_forward",
            "clock_slips_backward",
        ],
    ),
    Need::of(
        "a clock that is recovered: see receiver.dsp.clock.recovery",
        Config::recovers_clock,
        &["clock_offset_ppm", "clock_bandwidth_mhz"],
    ),
    Need::of(
        "a payload with an inner code: see fec.coding and pattern.kind",
        |config| {
            config.carries_payload()
                && config.fec.chosen().is_some_and(|coding| coding.inner.is_some())
        },
        &["ber_inner_counted", "ber_inner_counted_low", "ber_inner_counted_high"],
    ),
    Need::of(
        "fibre.reflections.enabled = true: there is no reflected light otherwise",
        |config| config.fibre.multipath_interference_db().is_some(),
        &["multipath_interference_db"],
    ),
    Need::of(
        "a reflection of -55 dB or more: see fibre.reflections",
        |config| config.fibre.may_interfere(),
        &["ber_reflections_p99", "ber_reflections_worst"],
    ),
    Need::of(
        "a coding: see fec.coding",
        |config| config.fec.chosen().is_some(),
        &[
            "codeword_error_ratio_analytic",
            "codeword_error_ratio_predicted",
            "codeword_error_ratio_limit",
            "post_fec_ber_analytic",
            "frame_loss_ratio_analytic",
            "test_blocks",
            "block_error_ratio",
            "block_error_ratio_low",
            "block_error_ratio_high",
            "block_error_ratio_extrapolated",
            "block_error_ratio_extrapolated_low",
            "block_error_ratio_extrapolated_high",
            "corrected_bits",
            "uncorrectable_blocks",
            "post_fec_ber",
        ],
    ),
    Need::of(
        "levels that are adjusted: see transmitter.levels",
        |config| {
            config.optical().from == DecisionPoint::NearModule
                && config.transmitter.chosen().is_driven()
                && config.transmitter.levels.are_adjusted()
        },
        &["level_1_drive", "level_2_drive"],
    ),
];

impl Config {
    /// What a lane must have set for a metric of it to have a value; `None` if nothing is missing.
    pub(crate) fn missing_for(&self, metric: &str) -> Option<&'static str> {
        self.missing(metric, |_| true)
    }

    /// The same of a target, whatever is counted: a command may count nothing, and judge nothing.
    pub(crate) fn missing_for_target(&self, metric: &str) -> Option<&'static str> {
        self.missing(metric, |need| !need.counts)
    }

    /// Names of the metrics that a target may have and that a lane has, to be listed.
    pub(crate) fn had(&self) -> String {
        let had = lane_metrics().filter(|m| m.target && self.missing_for(m.name).is_none());
        had.map(|metric| metric.name).collect::<Vec<_>>().join(", ")
    }

    fn missing(&self, metric: &str, heeded: impl Fn(&Need) -> bool) -> Option<&'static str> {
        if !self.tdecq.enabled && MEASURED.iter().any(|measured| measured.name == metric) {
            return Some(TDECQ);
        }
        let needed = NEEDS.iter().filter(|need| need.metrics.contains(&metric) && heeded(need));
        needed.filter(|need| !(need.is_met)(self)).map(|need| need.remedy).next()
    }

    /// True if the receiver of the light recovers its clock.
    fn recovers_clock(&self) -> bool {
        self.clock(self.optical()).recovery != ClockRecovery::Ideal
    }

    /// Detectors of the receivers that a lane uses.
    fn detectors(&self) -> Vec<DetectorKind> {
        let mut kinds = Vec::new();
        if self.optical().to == DecisionPoint::FarModule {
            kinds.push(self.receiver.dsp.detector);
        }
        if self.module.kind.has_hosts() {
            kinds.push(self.host.rx.dsp.detector);
            if self.module.kind != ModuleKind::Lpo {
                kinds.push(self.module.rx.dsp.detector);
            }
        }
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{FEC_METRICS, LayeredConfig, Link};
    use crate::run_options::RunOptions;
    use crate::table::Unit;

    /// Numbers that a run may leave out, whatever its settings: what no error or no whole codeword
    /// was counted for, a margin without an interval, a lane that is not overloaded or reaches its
    /// limit, a phase that stands still.
    const BY_RESULT: [&str; 20] = [
        "ber_counted_at_limit",
        "block_error_ratio_low",
        "block_error_ratio_high",
        "burst_continuation_predicted",
        "burst_continuation_predicted_at_limit",
        "clock_phase_error_predicted_rms_ui",
        "ber_counted",
        "burst_continuation",
        "burst_continuation_at_limit",
        "loss_margin_db_low",
        "loss_margin_db_high",
        "least_ber",
        "passes_from_loss_db",
        "passes_to_loss_db",
        "block_error_ratio",
        "block_error_ratio_extrapolated",
        "block_error_ratio_extrapolated_low",
        "block_error_ratio_extrapolated_high",
        "post_fec_ber",
        "overload_margin_db",
    ];

    /// Every number of a row is there, or its absence was known before, or is in the list above;
    /// what is called missing is absent, or zero where it is a count.
    #[test]
    fn an_absent_figure_is_known_before_the_run() {
        let small = ["lanes=1", "simulation.block_symbols=2048", "simulation.symbols=2048"];
        for settings in [
            &["simulation.symbols_at_limit=2048"][..],
            &["simulation.symbols=0", "simulation.symbols_at_limit=0"],
            &[
                "receiver.dsp.detector=dfe",
                "simulation.stream=true",
                "fec.coding=none",
                "pattern.kind=random",
            ],
            &["module.kind=lpo", "simulation.corners=true", "host.channel.trace.loss_db=4"],
        ] {
            let mut stack = LayeredConfig::open("800gbase-dr8").unwrap();
            small.iter().chain(settings).for_each(|setting| stack.set(setting).unwrap());
            let resolved = stack.resolve().unwrap();
            let config = resolved.lanes[0].clone();
            let result = Link::new(resolved).run(&RunOptions::default()).unwrap();
            for metric in lane_metrics().filter(|metric| metric.unit.is_number()) {
                let value = metric.number(&result.lanes[0]);
                match config.missing_for(metric.name) {
                    Some(remedy) => {
                        let is_zero = metric.unit == Unit::Count && value == Some(0.0);
                        assert!(value.is_none() || is_zero, "{}: {remedy}", metric.name);
                    }
                    None => assert!(
                        value.is_some() || BY_RESULT.contains(&metric.name),
                        "{settings:?}: {} has no value and nothing says so",
                        metric.name
                    ),
                }
            }
        }
    }

    /// Names of the list are those of metrics.
    #[test]
    fn every_name_that_needs_a_setting_is_a_metric() {
        for name in NEEDS.iter().flat_map(|need| need.metrics) {
            let of_port = FEC_METRICS.iter().any(|metric| metric.name == *name);
            assert!(of_port || lane_metrics().any(|metric| metric.name == *name), "{name}");
        }
    }
}
