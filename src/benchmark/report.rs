//! The report of a machine's speed.

use super::case::Case;
use super::cases::all;
use super::roofline::MachinePeaks;
use super::scaling::{Scaling, scaling};
use crate::math::simd::Vectors;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// Result of one case.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CaseResult {
    /// Name of the case.
    pub name: String,
    /// Description of the case.
    pub about: String,
    /// Unit of the items counted.
    pub unit: String,
    /// Items per second of the fastest stretch: what the machine can do.
    pub per_second: f64,
    /// Median of items per second over the stretches; far below the fastest on a busy machine.
    pub per_second_median: f64,
    /// Operations per item, where they are counted.
    pub flops: Option<f64>,
    /// Bytes per item moved through the cache, where they are counted.
    pub bytes: Option<f64>,
    /// Fraction of the roofline limit.
    pub of_roofline: Option<f64>,
}

/// Speed of a machine.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    /// Version of this report's layout.
    pub schema: u32,
    /// Version of lightlane.
    pub version: String,
    /// True in a build without optimisation, whose numbers are meaningless.
    pub unoptimised: bool,
    /// Vector units that the kernels use.
    pub vectors: Vectors,
    /// Peak rates of arithmetic and caches.
    pub peaks: MachinePeaks,
    /// Results of the cases.
    pub rows: Vec<CaseResult>,
    /// Speed-up of counting by several threads; absent with one processor, or if no further thread
    /// can be started.
    pub scaling: Option<Scaling>,
}

/// Shortest timed stretch, far above the resolution of the clock.
const STRETCH: Duration = Duration::from_millis(4);

impl Report {
    /// Times the cases whose names `wanted` accepts, each for about `each`; `on_start` gets the
    /// name of each before it begins.
    pub fn measure(
        each: Duration,
        wanted: &dyn Fn(&str) -> bool,
        on_start: &mut dyn FnMut(&str),
    ) -> Report {
        on_start("peaks");
        let peaks = MachinePeaks::measure();
        let mut rows = Vec::new();
        for case in all().into_iter().filter(|case| wanted(case.name)) {
            on_start(case.name);
            rows.push(row(&case, each, &peaks));
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let scaling = if threads > 1 && wanted("threads") {
            on_start("threads");
            scaling(threads, each)
        } else {
            None
        };
        Report {
            schema: 2,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            unoptimised: cfg!(debug_assertions),
            vectors: Vectors::used(),
            peaks,
            rows,
            scaling,
        }
    }
}

fn row(case: &Case, each: Duration, peaks: &MachinePeaks) -> CaseResult {
    let mut run = (case.begin)();
    let mut rates = rates(case.items, each, &mut run);
    rates.sort_unstable_by(f64::total_cmp);
    let per_second = rates[rates.len() - 1];
    CaseResult {
        name: case.name.to_owned(),
        about: case.about.to_owned(),
        unit: case.unit.to_owned(),
        per_second,
        per_second_median: rates[rates.len() / 2],
        flops: case.flops,
        bytes: case.bytes,
        of_roofline: case
            .flops
            .zip(case.bytes)
            .map(|(flops, bytes)| per_second / peaks.max_per_second(flops, bytes)),
    }
}

/// Items per second of each stretch within `each`.
fn rates(items: f64, each: Duration, run: &mut dyn FnMut()) -> Vec<f64> {
    let timed = |run: &mut dyn FnMut(), calls: u32| {
        let begun = Instant::now();
        (0..calls).for_each(|_| run());
        begun.elapsed()
    };
    run();
    let once = timed(run, 1).max(Duration::from_nanos(1));
    let calls = (STRETCH.as_secs_f64() / once.as_secs_f64()).ceil().clamp(1.0, 1e9) as u32;
    let end = Instant::now() + each;
    let mut rates = Vec::new();
    while rates.len() < 3 || Instant::now() < end {
        rates.push(items * f64::from(calls) / timed(run, calls).as_secs_f64());
    }
    rates
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names, counts, and that each case runs twice; no time is measured here.
    #[test]
    fn every_case_has_its_name_and_runs() {
        let cases = all();
        for (i, case) in cases.iter().enumerate() {
            assert!(
                cases[..i].iter().all(|other| other.name != case.name),
                "{} is there twice",
                case.name
            );
            assert!(case.items >= 1.0 && case.flops.is_some() == case.bytes.is_some());
            let mut run = (case.begin)();
            run();
            run();
        }
        for name in [
            "inner_loop",
            "chain_4sps",
            "chain_2sps",
            "eye_density",
            "semi_analytic_lane",
            "rs_decode_8",
        ] {
            assert!(cases.iter().any(|case| case.name == name), "{name}");
        }
    }

    #[test]
    fn a_rate_is_items_over_time() {
        let rates = rates(1000.0, Duration::from_millis(30), &mut || {
            std::thread::sleep(Duration::from_millis(5))
        });
        assert!(rates.len() >= 3);
        // sleeping takes 5 ms or more, never less
        assert!(rates.iter().all(|&rate| rate > 0.0 && rate <= 1000.0 / 5e-3));
    }
}
