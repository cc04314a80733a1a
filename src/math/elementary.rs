//! Elementary functions in `f32` that a vector unit can run: no branches, no tables, no calls.
//!
//! Series with closed-form coefficients; each error bound follows from the first term left out.

/// A polynomial with its lowest coefficient first, by Horner's rule.
#[inline(always)]
pub(crate) fn polynomial<const N: usize>(x: f32, coefficients: &[f32; N]) -> f32 {
    let mut sum = coefficients[N - 1];
    for i in (0..N - 1).rev() {
        sum = sum.mul_add(x, coefficients[i]);
    }
    sum
}

/// Natural logarithm of a positive normal number, relative error below 3e-7 away from 1.
///
/// ```text
/// x = 2^e m, m in [sqrt(1/2), sqrt 2);   ln m = 2 atanh s,  s = (m - 1) / (m + 1),  |s| < 0.172
/// ```
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    const ROOT_HALF: u32 = 0x3f35_04f3;
    let bits = x.to_bits().wrapping_sub(ROOT_HALF);
    let e = (bits as i32) >> 23;
    let m = f32::from_bits((bits & 0x007f_ffff).wrapping_add(ROOT_HALF));
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = polynomial(z, &[1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0]);
    (e as f32).mul_add(std::f32::consts::LN_2, 2.0 * s * series)
}

/// Sine and cosine of `turns` full turns, |turns| <= 2^20, absolute error below 3e-7.
///
/// Reduced to an eighth of a turn either side of the nearest quadrant, then Taylor to the ninth
/// order.
#[inline(always)]
pub(crate) fn sin_cos_turns(turns: f32) -> (f32, f32) {
    const MAGIC: f32 = 12_582_912.0; // 1.5 x 2^23: adding it rounds to the nearest integer
    let shifted = turns.mul_add(4.0, MAGIC);
    let quadrant = shifted.to_bits();
    let r = (shifted - MAGIC).mul_add(-0.25, turns) * std::f32::consts::TAU;
    let z = r * r;
    let s = r * polynomial(z, &[1.0, -1.0 / 6.0, 1.0 / 120.0, -1.0 / 5040.0, 1.0 / 362_880.0]);
    let c = polynomial(z, &[1.0, -0.5, 1.0 / 24.0, -1.0 / 720.0, 1.0 / 40_320.0]);
    let swap = quadrant & 1 != 0;
    let (a, b) = if swap { (c, s) } else { (s, c) };
    let sine = f32::from_bits(a.to_bits() ^ ((quadrant & 2) << 30));
    let cosine = f32::from_bits(b.to_bits() ^ ((quadrant.wrapping_add(1) & 2) << 30));
    (sine, cosine)
}

/// Exponential of |x| <= 87, relative error below 5e-7.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const MAGIC: f32 = 12_582_912.0;
    let shifted = x.mul_add(std::f32::consts::LOG2_E, MAGIC);
    let n = shifted - MAGIC;
    // ln 2 in two parts: 355/512 - 2.12e-4
    let r = n.mul_add(2.121_944_4e-4, n.mul_add(-0.693_359_4, x));
    let series = polynomial(r, &[1.0, 1.0, 0.5, 1.0 / 6.0, 1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0]);
    f32::from_bits(series.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// Hyperbolic tangent, absolute error below 5e-7.
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let e = exp(x.clamp(-9.0, 9.0) * 2.0);
    1.0 - 2.0 / (e + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_function_stays_within_its_stated_error() {
        for i in 0..200_000 {
            let u = (i as f32 + 0.5) / 200_000.0;
            let x = u * 20.0 + 1e-12;
            let exact = f64::from(x).ln();
            assert!((f64::from(ln(x)) - exact).abs() < 3e-7 * exact.abs().max(1.0), "ln {x}");
            let t = (u - 0.5) * 8.0;
            let (s, c) = sin_cos_turns(t);
            let (es, ec) = (f64::from(t) * std::f64::consts::TAU).sin_cos();
            assert!(
                (f64::from(s) - es).abs() < 3e-7 && (f64::from(c) - ec).abs() < 3e-7,
                "sin cos {t}"
            );
            let x = (u - 0.5) * 170.0;
            assert!((f64::from(exp(x)) / f64::from(x).exp() - 1.0).abs() < 5e-7, "exp {x}");
            let x = (u - 0.5) * 30.0;
            assert!((f64::from(tanh(x)) - f64::from(x).tanh()).abs() < 5e-7, "tanh {x}");
        }
    }

    #[test]
    fn the_logarithm_reaches_the_smallest_uniform_of_the_normal_draw() {
        let smallest = 2f32.powi(-41);
        assert!((f64::from(ln(smallest)) / f64::from(smallest).ln() - 1.0).abs() < 1e-6);
    }
}
