//! How fast this machine runs the work of a simulation, and how near that is to what the machine
//! can do.
//!
//! A [`Work`] is one kind of work, as a user would start it; [`Report::measure`] times each on one
//! thread. `lightlane bench` prints what it says, and `cargo bench --bench speed` gives the same
//! works to a benchmark harness.
//!
//! # Roofline
//!
//! Work that needs F operations and moves B bytes an item can at best do min(P / F, W / B) items a
//! second, P the peak of fused products and sums, W the bandwidth of the cache that its block stays
//! in. Operations and bytes are counted by formula ([`Work::flops`], [`Work::bytes`]): a transform
//! of n points counts 5 n log2 n, a normal number 40, a pass over a block what it reads and writes.
//! Work whose time goes into chains of dependent steps, tables or integers has no such count.

mod chains;
mod codes;
mod roof;
mod works;

pub use roof::Roof;
pub use works::{Work, all};

use serde::Serialize;
use std::time::{Duration, Instant};

/// What was measured of a work.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
    /// What is counted.
    pub unit: &'static str,
    /// Items a second of the fastest stretch: what the machine can do.
    pub per_second: f64,
    /// Items a second of half of the stretches: far below the fastest, and the machine is busy with
    /// other things.
    pub per_second_median: f64,
    /// Operations and bytes an item, where they are counted.
    pub flops: Option<f64>,
    /// Bytes that an item moves through the cache.
    pub bytes: Option<f64>,
    /// Part of the most that the roofline allows.
    pub of_roofline: Option<f64>,
}

/// What a machine does.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Version of what is told here.
    pub schema: u32,
    /// Version of lightlane.
    pub version: &'static str,
    /// True when the compiler was not asked to optimise: figures then mean nothing.
    pub unoptimised: bool,
    /// Vector units that the kernels use.
    pub vectors: String,
    /// What the machine's arithmetic and caches can do.
    pub roof: Roof,
    /// Work by work.
    pub rows: Vec<Row>,
    /// How much faster several threads count a link; absent where there is one processor, or no
    /// more threads can be had.
    pub scaling: Option<Scaling>,
}

/// The same link counted on one thread and on several.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Scaling {
    /// Threads.
    pub threads: usize,
    /// Symbols a second on all of them.
    pub per_second: f64,
    /// Over those of one.
    pub times: f64,
}

/// Shortest stretch that is timed: a clock's tick is far below it.
const STRETCH: Duration = Duration::from_millis(4);

impl Report {
    /// Times the works whose names `wanted` accepts, each for about `each`; `told` hears of every
    /// one before it begins.
    pub fn measure(
        each: Duration,
        wanted: &dyn Fn(&str) -> bool,
        told: &mut dyn FnMut(&str),
    ) -> Report {
        told("peaks");
        let roof = Roof::measure();
        let mut rows = Vec::new();
        for work in all().into_iter().filter(|work| wanted(work.name)) {
            told(work.name);
            rows.push(row(&work, each, &roof));
        }
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let scaling = if threads > 1 && wanted("threads") {
            told("threads");
            chains::scaling(threads, each)
        } else {
            None
        };
        Report {
            schema: 1,
            version: env!("CARGO_PKG_VERSION"),
            unoptimised: cfg!(debug_assertions),
            vectors: format!("{:?}", crate::math::simd::Vectors::used()).to_lowercase(),
            roof,
            rows,
            scaling,
        }
    }
}

fn row(work: &Work, each: Duration, roof: &Roof) -> Row {
    let mut run = (work.begin)();
    let mut rates = rates(work.items, each, &mut run);
    rates.sort_unstable_by(f64::total_cmp);
    let per_second = rates[rates.len() - 1];
    Row {
        name: work.name,
        what: work.what,
        unit: work.unit,
        per_second,
        per_second_median: rates[rates.len() / 2],
        flops: work.flops,
        bytes: work.bytes,
        of_roofline: work
            .flops
            .zip(work.bytes)
            .map(|(flops, bytes)| per_second / roof.most_per_second(flops, bytes)),
    }
}

/// Items a second of each stretch of `each`.
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

    /// The works themselves are timed by nobody here: names, counts and that each does its work
    /// twice.
    #[test]
    fn every_work_has_a_name_of_its_own_and_runs() {
        let works = all();
        for (i, work) in works.iter().enumerate() {
            assert!(
                works[..i].iter().all(|other| other.name != work.name),
                "{} is there twice",
                work.name
            );
            assert!(work.items >= 1.0 && work.flops.is_some() == work.bytes.is_some());
            let mut run = (work.begin)();
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
            assert!(works.iter().any(|work| work.name == name), "{name}");
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
