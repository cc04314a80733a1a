//! Arithmetic in GF(2^m).

/// The fields that can be built: GF(2^4) to GF(2^12).
pub const DEGREES: std::ops::RangeInclusive<u32> = 4..=12;

/// Reasons why a polynomial does not define a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// The degree is outside [`DEGREES`].
    #[error("field polynomial {polynomial:#x} has degree {degree}: must be from 4 to 12")]
    Degree {
        /// The polynomial, bit i being the coefficient of x^i.
        polynomial: u32,
        /// Its degree.
        degree: u32,
    },
    /// x does not reach every element but zero.
    #[error(
        "field polynomial {polynomial:#x} is not primitive: x has order {order}, must be {full}"
    )]
    NotPrimitive {
        /// The polynomial, bit i being the coefficient of x^i.
        polynomial: u32,
        /// The smallest power of x that is one; zero when there is none.
        order: u32,
        /// 2^m - 1, which a primitive polynomial reaches.
        full: u32,
    },
}

/// The field of polynomials over bits modulo a primitive polynomial; bit i of an element is the
/// coefficient of x^i, and alpha = x.
///
/// ```text
/// a b = alpha^(log a + log b)
/// ```
///
/// Multiplication takes three look-ups and no branch: the logarithm of zero lies beyond every sum
/// of two others, and the powers there are zero.
///
/// # Limits
///
/// m from 4 to 12. Elements are not checked: an operand of 2^m or more panics.
///
/// # Reference
///
/// R. E. Blahut, *Algebraic Codes for Data Transmission*, chapter 4.
///
/// ```
/// use lightlane::fec::galois::GaloisField;
/// let field = GaloisField::new(0x409).unwrap(); // x^10 + x^3 + 1
/// assert_eq!(field.multiply(512, 2), 0b1001); // x^10 = x^3 + 1
/// ```
#[derive(Clone, Debug)]
pub struct GaloisField {
    polynomial: u32,
    log: Vec<u16>,
    power: Vec<u16>,
}

impl GaloisField {
    /// The field of a primitive polynomial, bit i being the coefficient of x^i.
    ///
    /// # Errors
    ///
    /// A degree outside [`DEGREES`], or a polynomial that is not primitive.
    pub fn new(polynomial: u32) -> Result<Self, FieldError> {
        let degree = polynomial.checked_ilog2().unwrap_or(0);
        if !DEGREES.contains(&degree) {
            return Err(FieldError::Degree { polynomial, degree });
        }
        let size = 1u32 << degree;
        let order = order_of_x(polynomial, size);
        if order != size - 1 {
            return Err(FieldError::NotPrimitive { polynomial, order, full: size - 1 });
        }
        let of_zero = 2 * order as usize;
        let mut log = vec![of_zero as u16; size as usize];
        let mut power = vec![0; 2 * of_zero + 1];
        let mut element = 1;
        for exponent in 0..order as usize {
            log[element as usize] = exponent as u16;
            power[exponent] = element as u16;
            power[exponent + order as usize] = element as u16;
            element = times_x(element, polynomial, size);
        }
        Ok(Self { polynomial, log, power })
    }

    /// The polynomial, bit i being the coefficient of x^i.
    #[must_use]
    pub fn polynomial(&self) -> u32 {
        self.polynomial
    }

    /// Bits of an element, m.
    #[must_use]
    pub fn bits(&self) -> u32 {
        self.log.len().ilog2()
    }

    /// Number of non-zero elements, 2^m - 1, which is the order of alpha.
    #[must_use]
    pub fn order(&self) -> usize {
        self.log.len() - 1
    }

    /// The product of two elements.
    #[inline]
    #[must_use]
    pub fn multiply(&self, a: u16, b: u16) -> u16 {
        self.power[usize::from(self.log[usize::from(a)]) + usize::from(self.log[usize::from(b)])]
    }

    /// The quotient `a / b`.
    ///
    /// # Panics
    ///
    /// If `b` is zero.
    #[must_use]
    pub fn divide(&self, a: u16, b: u16) -> u16 {
        let divisor = self.log(b).expect("no division by zero");
        self.power[usize::from(self.log[usize::from(a)]) + self.order() - divisor]
    }

    /// `alpha^exponent`.
    #[must_use]
    pub fn power(&self, exponent: usize) -> u16 {
        self.power[exponent % self.order()]
    }

    /// The exponent below 2^m - 1 that gives `a`; `None` for zero.
    #[inline]
    #[must_use]
    pub fn log(&self, a: u16) -> Option<usize> {
        (a != 0).then(|| usize::from(self.log[usize::from(a)]))
    }
}

fn times_x(element: u32, polynomial: u32, size: u32) -> u32 {
    let doubled = element << 1;
    if doubled & size == 0 { doubled } else { doubled ^ polynomial }
}

/// The smallest power of x that is one, or zero when x never gets there.
fn order_of_x(polynomial: u32, size: u32) -> u32 {
    let mut element = 1;
    for order in 1..size {
        element = times_x(element, polynomial, size);
        if element == 1 {
            return order;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One primitive polynomial of each degree, as in the tables of Blahut's chapter 4.
    const PRIMITIVE: [u32; 9] = [0x13, 0x25, 0x43, 0x83, 0x11d, 0x211, 0x409, 0x805, 0x1053];

    /// Carry-less product, then reduction: the definition.
    fn schoolbook(a: u16, b: u16, polynomial: u32, bits: u32) -> u16 {
        let mut product =
            (0..bits).filter(|i| b >> i & 1 == 1).fold(0u32, |sum, i| sum ^ u32::from(a) << i);
        for i in (bits..2 * bits).rev() {
            if product >> i & 1 == 1 {
                product ^= polynomial << (i - bits);
            }
        }
        product as u16
    }

    #[test]
    fn products_are_those_of_the_definition() {
        for polynomial in PRIMITIVE {
            let field = GaloisField::new(polynomial).unwrap();
            let size = 1u16 << field.bits();
            for a in (0..size).step_by(if size > 64 { 37 } else { 1 }) {
                for b in 0..size {
                    assert_eq!(
                        field.multiply(a, b),
                        schoolbook(a, b, polynomial, field.bits()),
                        "{polynomial:#x}: {a} {b}"
                    );
                }
            }
        }
    }

    #[test]
    fn division_undoes_multiplication() {
        for polynomial in PRIMITIVE {
            let field = GaloisField::new(polynomial).unwrap();
            for a in 0..1u16 << field.bits() {
                for b in [1, 2, 7, 15] {
                    assert_eq!(field.divide(field.multiply(a, b), b), a);
                }
                assert_eq!(field.log(a).map_or(0, |exponent| field.power(exponent)), a);
            }
        }
    }

    #[test]
    fn a_polynomial_that_is_not_primitive_is_refused_with_the_order_of_x() {
        // x^4 + x^3 + x^2 + x + 1 divides x^5 - 1; it is irreducible all the same
        assert_eq!(
            GaloisField::new(0x1f).unwrap_err(),
            FieldError::NotPrimitive { polynomial: 0x1f, order: 5, full: 15 }
        );
        // divisible by x
        assert_eq!(
            GaloisField::new(0x408).unwrap_err(),
            FieldError::NotPrimitive { polynomial: 0x408, order: 0, full: 1023 }
        );
        // the polynomial of AES: irreducible, x has order 51
        assert!(GaloisField::new(0x11b).unwrap_err().to_string().contains("order 51"));
    }

    #[test]
    fn a_degree_outside_four_to_twelve_is_refused() {
        for polynomial in [0, 1, 0xb, 0x201b, u32::MAX] {
            assert!(
                matches!(GaloisField::new(polynomial), Err(FieldError::Degree { .. })),
                "{polynomial:#x}"
            );
        }
    }

    /// Euler's totient over m: the number of primitive polynomials of each degree.
    #[test]
    fn as_many_polynomials_are_primitive_as_there_should_be() {
        for (degree, count) in [(4, 2), (5, 6), (6, 6), (7, 18), (8, 16), (9, 48), (10, 60)] {
            let primitive = (1u32 << degree..2 << degree)
                .filter(|&polynomial| GaloisField::new(polynomial).is_ok())
                .count();
            assert_eq!(primitive, count, "degree {degree}");
        }
    }
}
