//! Monotone interpolation of points, without overshoot.

/// A curve through points: cubic in each gap, monotone where the points are, constant beyond its
/// ends.
///
/// # Reference
///
/// F. Fritsch, J. Butland, *A method for constructing local monotone piecewise cubic interpolants*,
/// SIAM J. Sci. Stat. Comput. 5 (1984).
#[derive(Clone, Debug, PartialEq)]
pub struct Monotone {
    x: Vec<f64>,
    y: Vec<f64>,
    slope: Vec<f64>,
    /// Integral from the first point to each.
    area: Vec<f64>,
}

impl Monotone {
    /// A curve through at least two points of ascending `x`.
    ///
    /// # Panics
    ///
    /// When there are fewer, or when `x` does not ascend.
    pub fn new(x: Vec<f64>, y: Vec<f64>) -> Self {
        assert!(
            x.len() >= 2 && x.len() == y.len() && x.windows(2).all(|x| x[0] < x[1]),
            "points ascend"
        );
        let gap = |i: usize| x[i + 1] - x[i];
        let rise = |i: usize| (y[i + 1] - y[i]) / gap(i);
        let last = x.len() - 1;
        let inner = |i: usize| {
            let (before, after) = (rise(i - 1), rise(i));
            let part = (1.0 + gap(i) / (gap(i - 1) + gap(i))) / 3.0;
            if before * after > 0.0 {
                before * after / (part * after + (1.0 - part) * before)
            } else {
                0.0
            }
        };
        let slope: Vec<f64> = (0..=last)
            .map(|i| match i {
                0 => rise(0),
                i if i == last => rise(last - 1),
                i => inner(i),
            })
            .collect();
        let mut area = vec![0.0];
        for i in 0..last {
            let (h, sum) = (gap(i), y[i] + y[i + 1]);
            area.push(area[i] + h * sum / 2.0 + h * h * (slope[i] - slope[i + 1]) / 12.0);
        }
        Monotone { x, y, slope, area }
    }

    /// The curve, higher by `by` everywhere.
    pub(crate) fn raised(&self, by: f64) -> Monotone {
        Monotone::new(self.x.clone(), self.y.iter().map(|y| y + by).collect())
    }

    /// The value at `x`.
    pub fn at(&self, x: f64) -> f64 {
        let (i, h, t) = self.place(x);
        let (t2, t3) = (t * t, t * t * t);
        (2.0 * t3 - 3.0 * t2 + 1.0) * self.y[i]
            + (3.0 * t2 - 2.0 * t3) * self.y[i + 1]
            + h * ((t3 - 2.0 * t2 + t) * self.slope[i] + (t3 - t2) * self.slope[i + 1])
    }

    /// The integral from the first point to `x`, which lies at or after it; constant beyond the
    /// last.
    pub fn integral(&self, x: f64) -> f64 {
        let (i, h, t) = self.place(x);
        let (t2, t3, t4) = (t * t, t * t * t, t.powi(4));
        let values = (t4 / 2.0 - t3 + t) * self.y[i] + (t3 - t4 / 2.0) * self.y[i + 1];
        let slopes = (t4 / 4.0 - 2.0 / 3.0 * t3 + t2 / 2.0) * self.slope[i]
            + (t4 / 4.0 - t3 / 3.0) * self.slope[i + 1];
        self.area[i]
            + h * values
            + h * h * slopes
            + (x - self.last()).max(0.0) * self.y[self.y.len() - 1]
    }

    /// The first x.
    pub fn first(&self) -> f64 {
        self.x[0]
    }

    /// The last x.
    pub fn last(&self) -> f64 {
        self.x[self.x.len() - 1]
    }

    /// Gap, its width, and the part of it before `x`.
    fn place(&self, x: f64) -> (usize, f64, f64) {
        let x = x.clamp(self.first(), self.last());
        let i = self.x.partition_point(|&start| start <= x).clamp(1, self.x.len() - 1) - 1;
        let h = self.x[i + 1] - self.x[i];
        (i, h, (x - self.x[i]) / h)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> Monotone {
        Monotone::new(vec![0.0, 1.0, 2.0, 4.0, 5.0], vec![0.0, 0.1, 0.9, 1.0, 1.0])
    }

    #[test]
    fn a_curve_meets_its_points_keeps_their_order_and_stays_beyond_its_ends() {
        let curve = step();
        for (x, y) in [(-3.0, 0.0), (0.0, 0.0), (1.0, 0.1), (2.0, 0.9), (4.0, 1.0), (9.0, 1.0)] {
            assert!((curve.at(x) - y).abs() < 1e-12, "{x}");
        }
        let values: Vec<f64> = (0..=500).map(|i| curve.at(f64::from(i) / 100.0)).collect();
        assert!(values.windows(2).all(|v| v[1] >= v[0] - 1e-12));
    }

    /// The midpoint rule of 1e-4 leaves 1e-8.
    #[test]
    fn the_integral_is_that_of_the_curve() {
        let curve = step();
        let sum: f64 = (0..33_000).map(|i| curve.at((f64::from(i) + 0.5) * 1e-4) * 1e-4).sum();
        assert!((curve.integral(3.3) - sum).abs() < 1e-7);
        assert!((curve.integral(7.0) - curve.integral(5.0) - 2.0).abs() < 1e-12);
    }
}
