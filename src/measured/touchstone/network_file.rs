//! Content of a Touchstone file.

use num_complex::Complex64;

/// Largest number of ports of a file.
pub const PORTS_MAX: usize = 64;
/// Magnitude of scattering above which a file is refused as invalid.
pub(super) const LARGEST: f64 = 1e12;

/// Content of a Touchstone file: frequencies, scattering, reference impedances.
///
/// ```text
/// b = S a,   a = (V + Z I) / (2 sqrt(Z)),   b = (V - Z I) / (2 sqrt(Z)),   Z the reference of the port
/// ```
///
/// Versions 1.0, 1.1, 2.0 and 2.1; S, Y, Z, H or G parameters (all become S); real and imaginary
/// part, magnitude or decibels and angle; Hz to THz; comments anywhere, lines broken anywhere;
/// whole matrices or a triangle; both orders of two ports; one reference impedance or one for each
/// port, real or complex; mixed modes of version 2, which become single ports. Text that is not
/// UTF-8 is read as Latin-1. A frequency that is repeated with the same S (within 0.001) is kept
/// once, with a note.
///
/// Comments of simulators: `! Port[1] = name` names a port. `! Port Impedance ..`, one or two
/// numbers for each port, once or for each frequency, holds against the option line: S is
/// renormalised from these impedances to the references of the option line, with a note. Complex
/// impedances are those of travelling waves, a = (V + Z I) / (2 sqrt(Z)).
///
/// # Limits
///
/// Noise parameters are ignored, with a note. A frequency begins a line, and frequencies ascend.
/// Mixed modes in a file of version 1 cannot be distinguished from single ports, except by comments
/// or port names that name them, which a note repeats. Power waves of complex impedances are not
/// distinguished from travelling ones.
///
/// # Reference
///
/// IBIS Open Forum, *Touchstone File Format Specification*, versions 1.1 and 2.1. R. B. Marks, D.
/// F. Williams, *A general waveguide circuit theory*, J. Res. NIST 97 (1992).
///
/// # Example
///
/// ```
/// use lightlane::measured::Touchstone;
/// let file = Touchstone::parse("# GHz S MA R 50\n0  0 0  1 0  1 0  0 0\n1  0 0  0.9 -90  0.9 -90  0 0\n", Some(2))?;
/// assert!((file.at(1, 2, 1).im + 0.9).abs() < 1e-12);
/// let wrong = Touchstone::parse("# GHz S MA R 50\n0  0 0  1 x  1 0  0 0\n", Some(2)).unwrap_err();
/// assert!(wrong.starts_with("line 2, column 5: `x`: must be a number"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Touchstone {
    pub(super) ports: usize,
    pub(super) f_hz: Vec<f64>,
    /// Matrices row by row, one frequency after another.
    pub(super) s: Vec<Complex64>,
    pub(super) reference_ohm: Vec<f64>,
    pub(super) lines: Vec<usize>,
    pub(super) port_names: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) digest: u64,
}

impl Touchstone {
    /// Number of ports.
    pub fn ports(&self) -> usize {
        self.ports
    }

    /// Frequencies, Hz, ascending.
    pub fn f_hz(&self) -> &[f64] {
        &self.f_hz
    }

    /// The line of the file at which each frequency begins, from 1.
    pub fn lines(&self) -> &[usize] {
        &self.lines
    }

    /// Reference impedance of every port, ohm.
    pub fn reference_ohm(&self) -> &[f64] {
        &self.reference_ohm
    }

    /// Names of the ports in order, from comments such as `! Port[1] = tx_p`; empty unless all
    /// ports have one.
    pub fn port_names(&self) -> &[String] {
        &self.port_names
    }

    /// Notes on omissions and assumptions.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// FNV-1a of its text, 64 bits.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// S at frequency number `k` (from 0), into port `to` from port `from` (both from 1, as in
    /// S21).
    ///
    /// # Panics
    ///
    /// When there is no such frequency or port.
    pub fn at(&self, k: usize, to: usize, from: usize) -> Complex64 {
        assert!(
            (1..=self.ports).contains(&to) && (1..=self.ports).contains(&from),
            "ports are counted from 1"
        );
        self.s[(k * self.ports + to - 1) * self.ports + from - 1]
    }

    /// Takes it apart: frequencies, scattering row by row, references.
    pub(crate) fn into_parts(self) -> (Vec<f64>, Vec<Complex64>, Vec<f64>) {
        (self.f_hz, self.s, self.reference_ohm)
    }
}
