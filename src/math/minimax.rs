//! The smallest largest value of smooth functions under linear constraints.

use nalgebra::{DMatrix, DVector};

/// Steps of the outer iteration; twenty variables need ten to thirty.
const STEPS: usize = 60;
/// Steps of the interior point method; it needs eight to twenty.
const INNER_STEPS: usize = 60;
/// Largest number of halvings of a step that does not descend.
const HALVINGS: usize = 8;
/// Part of the predicted descent that a step must reach.
const SUFFICIENT: f64 = 0.1;
/// Part of the way to the next constraint that an inner step goes.
const TO_BOUNDARY: f64 = 0.99;

/// Values of the functions at a point, and their gradients.
#[derive(Clone, Debug)]
pub struct MinimaxPoint {
    /// One value a function.
    pub values: Vec<f64>,
    /// One gradient a function.
    pub gradients: Vec<Vec<f64>>,
}

impl MinimaxPoint {
    fn worst(&self) -> f64 {
        self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

/// One linear constraint, `normal . x <= limit`.
#[derive(Clone, Debug)]
pub struct HalfSpace {
    /// One number a variable.
    pub normal: Vec<f64>,
    /// Its right side.
    pub limit: f64,
}

/// Minimises the largest of some functions from a start that keeps the constraints.
///
/// ```text
/// min over x of max_h f_h(x),   normal_i . x <= limit_i
/// step d:  min t + d' B d / 2,   f_h + g_h . d <= t,   normal_i . (x + d) <= limit_i
/// ```
///
/// Sequential quadratic programming: `B` begins as `curvature` (symmetric positive definite, row by
/// row) and follows the Lagrangian by damped BFGS updates; steps are halved until the worst value
/// descends. It ends where less than `tolerance` is still predicted. `functions` returns `None`
/// where it has no value; such points are never accepted.
///
/// # Limits
///
/// A local minimum. The constraints are kept to about 1e-8 of the limit.
///
/// # Reference
///
/// J. Nocedal, S. J. Wright, *Numerical Optimization*, chapters 16 (interior point) and 18 (SQP,
/// damped BFGS).
pub fn minimise(
    start: &[f64],
    constraints: &[HalfSpace],
    curvature: &[f64],
    tolerance: f64,
    mut functions: impl FnMut(&[f64]) -> Option<MinimaxPoint>,
) -> Option<(Vec<f64>, MinimaxPoint)> {
    let n = start.len();
    let (mut x, mut here) = (DVector::from_column_slice(start), functions(start)?);
    let mut b = DMatrix::from_row_slice(n, n, curvature);
    for _ in 0..STEPS {
        let Some((d, weights, predicted)) = direction(&x, &here, constraints, &b) else { break };
        if predicted < tolerance {
            break;
        }
        let descends = |k: i32| {
            let scale = 0.5f64.powi(k);
            let there = &x + &d * scale;
            let point = functions(there.as_slice())?;
            (point.worst() < here.worst() - SUFFICIENT * scale * predicted)
                .then_some((there, point))
        };
        let Some((there, point)) = (0..HALVINGS as i32).find_map(descends) else { break };
        let lagrangian = |p: &MinimaxPoint| {
            let terms =
                p.gradients.iter().zip(&weights).map(|(g, &w)| DVector::from_column_slice(g) * w);
            terms.fold(DVector::zeros(n), |sum, g| sum + g)
        };
        update(&mut b, &(&there - &x), &(lagrangian(&point) - lagrangian(&here)));
        (x, here) = (there, point);
    }
    Some((x.as_slice().to_vec(), here))
}

/// Powell's damped BFGS update: `b` stays positive definite.
fn update(b: &mut DMatrix<f64>, s: &DVector<f64>, y: &DVector<f64>) {
    let bs = &*b * s;
    let (sbs, sy) = (s.dot(&bs), s.dot(y));
    if sbs <= 0.0 || !sbs.is_finite() || !sy.is_finite() {
        return;
    }
    let theta = if sy >= 0.2 * sbs { 1.0 } else { 0.8 * sbs / (sbs - sy) };
    let r = y * theta + &bs * (1.0 - theta);
    *b += &r * r.transpose() / s.dot(&r) - &bs * bs.transpose() / sbs;
}

/// The step, the weight of each function in the Lagrangian, and the predicted descent.
fn direction(
    x: &DVector<f64>,
    here: &MinimaxPoint,
    constraints: &[HalfSpace],
    b: &DMatrix<f64>,
) -> Option<(DVector<f64>, Vec<f64>, f64)> {
    let (n, functions) = (x.len(), here.values.len());
    let worst = here.worst();
    let mut g = DMatrix::zeros(functions + constraints.len(), n + 1);
    let mut h = DVector::zeros(functions + constraints.len());
    for (i, (value, gradient)) in here.values.iter().zip(&here.gradients).enumerate() {
        gradient.iter().enumerate().for_each(|(j, &d)| g[(i, j)] = d);
        g[(i, n)] = -1.0;
        h[i] = worst - value;
    }
    for (i, constraint) in constraints.iter().enumerate() {
        let row = functions + i;
        constraint.normal.iter().enumerate().for_each(|(j, &a)| g[(row, j)] = a);
        h[row] = constraint.limit
            - constraint.normal.iter().zip(x.iter()).map(|(a, x)| a * x).sum::<f64>();
    }
    let mut p = DMatrix::zeros(n + 1, n + 1);
    p.view_mut((0, 0), (n, n)).copy_from(b);
    let mut q = DVector::zeros(n + 1);
    q[n] = 1.0;
    let (v, multipliers) = interior_point(&p, &q, &g, &h)?;
    let d = v.rows(0, n).into_owned();
    Some((d, multipliers.rows(0, functions).iter().copied().collect(), -v[n]))
}

/// Solves `min v' P v / 2 + q . v,  G v <= h`; the solution and the multipliers of the constraints.
fn interior_point(
    p: &DMatrix<f64>,
    q: &DVector<f64>,
    g: &DMatrix<f64>,
    h: &DVector<f64>,
) -> Option<(DVector<f64>, DVector<f64>)> {
    let m = h.len();
    let mut v = DVector::zeros(q.len());
    v[q.len() - 1] = 1.0;
    let mut s = (h - g * &v).map(|slack| slack.max(1e-2));
    let mut multipliers = s.map(|s| 0.1 / s);
    for _ in 0..INNER_STEPS {
        let gap = s.dot(&multipliers) / m as f64;
        let missing = g * &v + &s - h;
        let slope = p * &v + q + g.transpose() * &multipliers;
        if gap < 1e-10 && missing.amax() < 1e-9 && slope.amax() < 1e-6 * (1.0 + p.amax()) {
            break;
        }
        let aim = 0.1 * gap;
        let ratio = multipliers.component_div(&s);
        let mut weighted = g.clone();
        weighted.row_iter_mut().zip(ratio.iter()).for_each(|(mut row, &r)| row *= r);
        let matrix = p + g.transpose() * weighted;
        let pull = s.map(|s| aim / s) + ratio.component_mul(&missing);
        let dv = matrix.cholesky()?.solve(&-(p * &v + q + g.transpose() * pull));
        let ds = -(&missing + g * &dv);
        let dm = s.map(|s| aim / s) - &multipliers - ratio.component_mul(&ds);
        let reach = |x: &DVector<f64>, d: &DVector<f64>| {
            let limits = x.iter().zip(d.iter()).filter(|(_, d)| **d < 0.0).map(|(x, d)| -x / d);
            limits.fold(1.0 / TO_BOUNDARY, f64::min) * TO_BOUNDARY
        };
        let scale = reach(&s, &ds).min(reach(&multipliers, &dm));
        v += dv * scale;
        s += ds * scale;
        multipliers += dm * scale;
    }
    v.iter().all(|v| v.is_finite()).then_some((v, multipliers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(n: usize) -> Vec<f64> {
        DMatrix::<f64>::identity(n, n).as_slice().to_vec()
    }

    /// max(x^2 + y^2, (x - 2)^2 + y^2) is smallest, 1, where both are equal: x = 1, y = 0.
    #[test]
    fn two_bowls_balance_between_their_centres() {
        let bowl = |x: &[f64], c: f64| {
            ((x[0] - c).powi(2) + x[1].powi(2), vec![2.0 * (x[0] - c), 2.0 * x[1]])
        };
        let functions = |x: &[f64]| {
            let (a, b) = (bowl(x, 0.0), bowl(x, 2.0));
            Some(MinimaxPoint { values: vec![a.0, b.0], gradients: vec![a.1, b.1] })
        };
        let (x, point) = minimise(&[-3.0, 2.0], &[], &identity(2), 1e-9, functions)
            .expect("it has values everywhere");
        assert!((x[0] - 1.0).abs() < 1e-4 && x[1].abs() < 1e-4, "{x:?}");
        assert!((point.worst() - 1.0).abs() < 1e-7);
    }

    /// Rosenbrock's valley with x <= 0.8: its smallest value there is 0.04, at (0.8, 0.64).
    #[test]
    fn a_curved_valley_ends_at_its_constraint() {
        let valley = |x: &[f64]| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            Some(MinimaxPoint {
                values: vec![a * a + 100.0 * b * b],
                gradients: vec![vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b]],
            })
        };
        let wall = HalfSpace { normal: vec![1.0, 0.0], limit: 0.8 };
        let (x, point) = minimise(&[-1.2, 1.0], &[wall], &identity(2), 1e-10, valley)
            .expect("it has values everywhere");
        assert!((x[0] - 0.8).abs() < 1e-5 && (x[1] - 0.64).abs() < 1e-4, "{x:?}");
        assert!((point.values[0] - 0.04).abs() < 1e-5);
    }

    #[test]
    fn a_start_without_a_value_is_refused() {
        assert!(minimise(&[0.0], &[], &[1.0], 1e-6, |_| None).is_none());
    }
}
