//! Line of progress: share, amounts, rate and time left.

use super::amount::amount;
use crate::run_options::Progress;

/// Progress in a line: `35 %, 2.94 G of 8.39 G symbols, 41.2 M symbols/s, 2 min 12 s left`; without
/// a rate, how long it has been running.
pub fn progress(at: Progress, per_second: Option<f64>, elapsed_s: f64) -> String {
    let unit = at.unit.as_str();
    let whole = |units: f64| {
        let units = units.floor();
        if units < 10_000.0 { format!("{units}") } else { amount(units) }
    };
    let share = (100.0 * at.share()).floor();
    let done = format!("{share} %, {} of {} {unit}", whole(at.done), whole(at.total));
    match per_second.filter(|&rate| rate > 0.0) {
        Some(rate) => {
            let left = clock(((at.total - at.done) / rate).max(0.0));
            format!("{done}, {} {unit}/s, {left} left", amount(rate))
        }
        None => format!("{done}, running for {}", clock(elapsed_s)),
    }
}

fn clock(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        3600..172_800 => format!("{} h {} min", whole / 3600, whole / 60 % 60),
        _ => format!("{} days", whole / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_options::WorkUnit;

    #[test]
    fn progress_gives_share_rate_and_time_left() {
        let line = |done, total, unit, rate, elapsed_s| {
            progress(Progress { done, total, unit }, rate, elapsed_s)
        };
        let (symbols, rows) = (WorkUnit::Symbols, WorkUnit::Rows);
        for (found, expected) in [
            (
                line(2.94e9, 8.39e9, symbols, Some(41.2e6), 70.0),
                "35 %, 2.94 G of 8.39 G symbols, 41.2 M symbols/s, 2 min 12 s left",
            ),
            (
                line(120.7, 1000.0, rows, Some(30.0), 4.0),
                "12 %, 120 of 1000 rows, 30.0 rows/s, 29 s left",
            ),
            (
                line(1.0, 1001.0, rows, Some(0.25), 4.0),
                "0 %, 1 of 1001 rows, 0.25 rows/s, 1 h 6 min left",
            ),
            (line(0.0, 8.0, rows, None, 61.0), "0 %, 0 of 8 rows, running for 1 min 1 s"),
            (
                line(0.0, 1e12, symbols, Some(1e6), 0.0),
                "0 %, 0 of 1000 G symbols, 1.00 M symbols/s, 11 days left",
            ),
        ] {
            assert_eq!(found, expected);
        }
    }
}
