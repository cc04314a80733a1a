//! Figure of FEC bins.

use super::extrapolate::{beta_binomial, extrapolate};
use super::histogram::SymbolErrorHistogram;
use crate::chart::{AxisScale, Curve, Curves, ErrorBar, Mark};
use crate::math::interval::{BlockCounts, count_interval};

/// Confidence of the intervals.
const CONFIDENCE: f64 = 0.95;
/// Bins beyond those that are corrected into which the fit is continued.
const BEYOND: usize = 8;

/// Shares of codewords by their number of symbol errors: counted with 95 % intervals of
/// independent codewords, and the beta-binomial fit that the codeword error ratio is extrapolated
/// with; for a single series also the binomial law of independent errors of the same mean.
///
/// What is not corrected has one point after the last bin.
pub fn bins_chart(subject: &str, series: &[(String, SymbolErrorHistogram)]) -> Curves {
    let law = |histogram: &SymbolErrorHistogram, excess: f64| {
        let p = histogram.moments().0 / histogram.symbols() as f64;
        shares(histogram, p, excess)
    };
    let mut traces: Vec<Curve> = Vec::new();
    for (name, histogram) in series {
        let fit = extrapolate(histogram, CONFIDENCE);
        let points = fit.map_or(Vec::new(), |fit| law(histogram, fit.excess));
        let what = if points.is_empty() { "counted" } else { "beta-binomial fit" };
        let name = format!("{name}, {what}");
        traces.push(Curve { name, points, counted: counted(histogram), ..Curve::default() });
    }
    if let [(_, only)] = series {
        let name = "independent errors of the same mean".to_owned();
        let points = if only.moments().0 > 0.0 { law(only, 0.0) } else { Vec::new() };
        traces.extend((!points.is_empty()).then(|| Curve { name, points, ..Curve::default() }));
    }
    let correctable = series.first().map_or(0, |(_, first)| first.bins().len() - 1);
    let words: u64 = series.iter().map(|(_, histogram)| histogram.codewords()).max().unwrap_or(0);
    Curves {
        title: format!("{subject}: symbol errors per codeword"),
        caption: format!(
            "up to {words} codewords a curve · at {} all with more than {correctable}",
            correctable + 1
        ),
        x: AxisScale::linear("symbol errors of a codeword", ""),
        y: AxisScale::logarithmic("share of codewords", ""),
        legend: String::new(),
        traces,
        limit: None,
        marks: vec![Mark {
            x: correctable as f64 + 0.5,
            name: format!("{correctable} are corrected"),
        }],
    }
}

/// Shares of codewords counted, without empty bins.
fn counted(histogram: &SymbolErrorHistogram) -> Vec<ErrorBar> {
    let words = histogram.codewords();
    let bins = histogram.bins().iter().copied().chain([histogram.overflow()]);
    let bar = |(errors, count): (usize, u64)| {
        let interval = count_interval(&[BlockCounts::whole(words, count)], CONFIDENCE).0;
        let y = count as f64 / words as f64;
        ErrorBar { x: errors as f64, y, low: interval.low, high: interval.high }
    };
    bins.enumerate().filter(|(_, count)| *count > 0).map(bar).collect()
}

/// Shares by a law, as far as a tenth of the least one that the codewords can show.
fn shares(histogram: &SymbolErrorHistogram, p: f64, excess: f64) -> Vec<(f64, f64)> {
    let least = 0.1 / histogram.codewords().max(1) as f64;
    beta_binomial(histogram.symbols(), p, excess)
        .take(histogram.bins().len() + BEYOND)
        .enumerate()
        .map(|(errors, ln_share)| (errors as f64, libm::exp(ln_share)))
        .filter(|(_, share)| *share >= least)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fec::reed_solomon::code::Code;

    /// Codewords in the shares of a binomial law have its line and points on it; what is beyond
    /// t = 15 stands at 16.
    #[test]
    fn counted_shares_lie_on_the_line_of_their_law() {
        let words = 1e9;
        let law: Vec<f64> = beta_binomial(544, 2e-3, 0.0).map(libm::exp).collect();
        assert!((law.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let mut bins: Vec<u64> = law[..16].iter().map(|p| (p * words).round() as u64).collect();
        bins.push(7);
        let histogram = SymbolErrorHistogram::of_bins(&Code::KP4, &bins).expect("17 bins");
        let chart = bins_chart("link", &[("port".to_owned(), histogram)]);
        let [fit, independent] = &chart.traces[..] else { panic!("two curves") };
        assert_eq!(fit.counted.last().map(|bar| bar.x), Some(16.0));
        for bar in fit.counted.iter().filter(|bar| bar.x < 8.0) {
            let on = independent.points.iter().find(|p| p.0 == bar.x).expect("a point");
            assert!((on.1 / bar.y - 1.0).abs() < 1e-3, "{bar:?} {on:?}");
        }
        assert!(fit.points.len() >= independent.points.len() && chart.marks[0].x == 15.5);
        assert!(SymbolErrorHistogram::of_bins(&Code::KP4, &[1, 2]).is_none());
    }
}
