//! S of a whole file at the real references of its option line.

use super::comments::Stated;
use super::impedance::{renormalised, shown};
use super::network_file::{LARGEST, Touchstone};
use num_complex::Complex64;

/// References of a file as written, and what its rows are.
pub(super) struct WrittenReferences<'a> {
    /// Of the ports, ohm.
    pub(super) references: &'a [Complex64],
    /// True for S of single ports, which alone can be renormalised.
    pub(super) of_single_ports: bool,
    /// True for parameters that refer to no impedance.
    pub(super) absolute: bool,
    /// Number in the file of each kept frequency.
    pub(super) kept: &'a [usize],
}

/// Renormalises S from the impedances that comments state, or from complex references; returns a
/// note on it.
///
/// # Errors
///
/// Stated impedances of other than S of single ports; S that does not exist at the references.
pub(super) fn renormalise(
    file: &mut Touchstone,
    written: &WrittenReferences<'_>,
    stated: Option<Stated>,
) -> Result<Option<String>, String> {
    let WrittenReferences { references, of_single_ports, absolute, kept } = *written;
    let stated = stated.filter(|stated| !stated.agree(references));
    let (first, to) = (shown(references[0]), file.reference_ohm.clone());
    let note = if let Some(stated) = &stated {
        let (line, values) = (stated.line, stated.summary());
        if !of_single_ports {
            return Err(format!(
                "line {line}: port impedances in comments ({values}) differ from the reference of {first} ohm; must be S of single ports to be renormalised: export these, or remove the comments"
            ));
        }
        format!(
            "line {line}: the port impedances in comments, {values}, are not the option line's {first} ohm: S is renormalised from them to {} ohm",
            to[0]
        )
    } else if absolute || references.iter().all(|z| z.im == 0.0) {
        return Ok(None);
    } else {
        format!(
            "the reference {first} ohm is complex: S is taken as of travelling waves, a = (V + Z I) / (2 sqrt(Z)), and renormalised to {} ohm",
            to[0]
        )
    };
    let size = file.ports * file.ports;
    for ((s, &record), line) in file.s.chunks_exact_mut(size).zip(kept).zip(&file.lines) {
        let from = stated.as_ref().map_or(references, |stated| stated.at(record));
        let new = renormalised(s, from, &to)
            .filter(|new| new.iter().all(|s| s.norm() < LARGEST))
            .ok_or_else(|| {
                format!(
                    "line {line}: has no S at {} ohm, renormalised from its port impedances; must be a passive network",
                    to[0]
                )
            })?;
        s.copy_from_slice(&new);
    }
    Ok(Some(note))
}
