//! Histograms of the windows, as drawn beside the eye.

use super::eye_closure::{CELL, CELLS, END, EyeUnderNoise, Rows, Setting};

/// Cells of the search that make one of the picture.
const JOINED: usize = 8;

/// A density over amplitude; it integrates to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct WindowHistogram {
    /// Middle of each cell, in the waveform's unit.
    pub amplitude: Vec<f64>,
    /// Per unit of amplitude.
    pub density: Vec<f64>,
}

/// The histograms of both windows, with the transmitter's Gaussian noise where it is given as a
/// variance.
pub(super) fn both(
    eye: &EyeUnderNoise<'_>,
    setting: &Setting,
    rows: &mut Rows,
    average: f64,
    oma: f64,
) -> [WindowHistogram; 2] {
    eye.fill(setting, rows);
    let width = CELL * JOINED as f64;
    let amplitude: Vec<f64> = (0..CELLS / JOINED)
        .map(|i| average + oma * (width * (i as f64 + 0.5) - END - 0.5 * CELL))
        .collect();
    rows.histograms.each_ref().map(|fine| {
        let mut density = vec![0.0; CELLS / JOINED];
        for (level, fine) in fine.chunks_exact(CELLS).enumerate() {
            let coarse: Vec<f64> = fine
                .chunks_exact(JOINED)
                .map(|cells| cells.iter().map(|&w| f64::from(w)).sum())
                .collect();
            spread(&coarse, eye.own_variance(setting, level).0.sqrt() / width, &mut density);
        }
        let total = density.iter().sum::<f64>() * width * oma;
        density.iter_mut().for_each(|d| *d /= total);
        WindowHistogram { amplitude: amplitude.clone(), density }
    })
}

/// Adds cells, each spread by Gaussian noise of `sigma` cells.
fn spread(cells: &[f64], sigma: f64, out: &mut [f64]) {
    let reach = (5.0 * sigma) as isize;
    let bell = |d: isize| if reach == 0 { 1.0 } else { (-0.5 * (d as f64 / sigma).powi(2)).exp() };
    let total: f64 = (-reach..=reach).map(bell).sum();
    for (i, &weight) in cells.iter().enumerate().filter(|(_, w)| **w > 0.0) {
        for d in -reach..=reach {
            let at = (i as isize + d).clamp(0, out.len() as isize - 1);
            out[at as usize] += weight * bell(d) / total;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreading_keeps_the_weight_and_adds_the_variance() {
        let mut out = vec![0.0; 101];
        spread(
            &{
                let mut c = vec![0.0; 101];
                c[50] = 3.0;
                c
            },
            4.0,
            &mut out,
        );
        let variance: f64 =
            out.iter().enumerate().map(|(i, w)| w * (i as f64 - 50.0).powi(2)).sum::<f64>() / 3.0;
        assert!(
            (out.iter().sum::<f64>() - 3.0).abs() < 1e-12 && (variance / 16.0 - 1.0).abs() < 1e-3,
            "{variance}"
        );
    }
}
