//! The time between samples, from a column of times.

use crate::measured::number::shown;

/// Largest distance of neighbours, of samples.
const NEIGHBOURS: f64 = 1.7;
/// Resolution of times, of the samples' distance, above which they are rounded.
const ROUNDED: f64 = 1.02;
/// Distance of rounded times from a straight line, of their resolution: a half, and what fits it.
const OFF_LINE: f64 = 0.75;
/// Least length of a record of rounded times, resolutions: its rate is known to a millionth, since
/// the errors of at least as many times average.
const RESOLUTIONS: f64 = 1000.0;

/// The distance of evenly spaced times, which may be rounded to fewer digits than it has; `at`
/// names one of them.
///
/// # Errors
///
/// Times that descend, that jump, or whose resolution is too coarse.
pub(super) fn interval(time: &[f64], at: impl Fn(usize) -> String) -> Result<f64, String> {
    let last = time.len() - 1;
    let step = (time[last] - time[0]) / last as f64;
    let steps = || time.windows(2).map(|pair| pair[1] - pair[0]);
    if let Some(i) = steps().position(|here| here < 0.0) {
        return Err(order(&at(i + 1), "descends", time[i], time[i + 1]));
    }
    let repeated = steps().position(|here| here == 0.0);
    let jumps = steps().position(|here| here > NEIGHBOURS * step);
    if repeated.is_none() && jumps.is_none() {
        return Ok(step);
    }
    let resolution = steps().filter(|&here| here > 0.0).fold(f64::INFINITY, f64::min);
    if resolution > ROUNDED * step || step > ROUNDED * resolution {
        let (fitted, off) = line(time);
        if off <= OFF_LINE * resolution {
            if time[last] - time[0] >= RESOLUTIONS * resolution {
                return Ok(fitted);
            }
            return Err(format!(
                "has times in steps of {resolution:e} where samples are {fitted:e} apart; must \
                 have more digits"
            ));
        }
    }
    match (repeated, jumps) {
        (None, Some(i)) => Err(format!(
            "{}: time jumps by {:e} where samples are {step:e} apart; must be evenly spaced: \
             resample, or fill the gap",
            at(i + 1),
            time[i + 1] - time[i]
        )),
        (repeated, _) => {
            let i = repeated.unwrap_or(0);
            Err(order(&at(i + 1), "is repeated", time[i], time[i + 1]))
        }
    }
}

fn order(at: &str, how: &str, before: f64, here: f64) -> String {
    let [here, before] = [here, before].map(shown);
    format!("{at}: time {here} {how} after {before}; must ascend: sort the lines, keep each once")
}

/// Slope of the straight line through the times, and the largest distance from it.
fn line(time: &[f64]) -> (f64, f64) {
    let n = time.len() as f64;
    let middle = 0.5 * (n - 1.0);
    let from = time[0];
    let mean = time.iter().map(|t| t - from).sum::<f64>() / n;
    let moment: f64 = time.iter().enumerate().map(|(i, t)| (i as f64 - middle) * (t - from)).sum();
    let slope = moment / (n * (n * n - 1.0) / 12.0);
    let off = |(i, t): (usize, &f64)| (t - from - mean - slope * (i as f64 - middle)).abs();
    (slope, time.iter().enumerate().map(off).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(time: &[f64]) -> Result<f64, String> {
        interval(time, |i| format!("row {i}"))
    }

    /// 32 764 samples 4.7 ps apart after a trigger delay of 1 us, to the digits that an instrument
    /// writes. Rounding errors are uniform: the fitted slope is off by the resolution times sqrt(1
    /// / n) over the record's length, 0.4e-6 for 10 ps.
    #[test]
    fn times_rounded_to_few_digits_give_their_mean_distance() {
        let step = 1.0 / (4.0 * 53.125e9);
        for resolution in [1e-11, 4.4e-12, 3e-12, 1e-12, 1e-15] {
            let rounded = |t: f64| (t / resolution).round() * resolution;
            let time: Vec<f64> = (0..32_764).map(|i| rounded(1e-6 + step * f64::from(i))).collect();
            let found = found(&time).unwrap();
            // the ends alone are good to their resolution
            assert!((found / step - 1.0).abs() < 1e-5, "{resolution:e}: {found:e}");
            let cut: Vec<f64> = (0..32_764)
                .map(|i| (step * f64::from(i) / resolution).floor() * resolution)
                .collect();
            assert!((self::found(&cut).unwrap() / step - 1.0).abs() < 2e-5, "{resolution:e}");
        }
        // single precision after a delay of 100 us: steps of 7 ps
        let single: Vec<f64> =
            (0..65_536).map(|i| f64::from((1e-4 + step * f64::from(i)) as f32)).collect();
        assert!((found(&single).unwrap() / step - 1.0).abs() < 1e-5);
    }

    #[test]
    fn gaps_repeats_and_too_few_digits_are_refused() {
        let time = |miss: &dyn Fn(usize) -> bool| -> Vec<f64> {
            (0..5000).filter(|&i| !miss(i)).map(|i| i as f64).collect()
        };
        let gap = found(&time(&|i| i == 1234)).unwrap_err();
        assert!(gap.starts_with("row 1234: time jumps by 2e0"), "{gap}");
        let mut twice = time(&|_| false);
        twice.insert(2000, 2000.0);
        assert!(found(&twice).unwrap_err().starts_with("row 2001: time 2000 is repeated"));
        let coarse: Vec<f64> = (0..200).map(|i| f64::from(i / 3)).collect();
        assert!(found(&coarse).unwrap_err().ends_with("must have more digits"));
        let burst: Vec<f64> = (0..5000).map(|i| f64::from(i / 2500 * 9000 + i / 4)).collect();
        assert!(found(&burst).is_err());
    }
}
