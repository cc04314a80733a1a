//! Waveforms for NumPy.

/// One-dimensional `float32` in NumPy's `.npy` format, version 1.0: `numpy.load` reads it.
///
/// # Reference
///
/// NumPy Enhancement Proposal 1, *A simple file format for NumPy arrays*.
pub fn npy(values: &[f32]) -> Vec<u8> {
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({},), }}", values.len());
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10; // the data begins at a multiple of 64 bytes
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(padded).expect("a short header").to_le_bytes());
    bytes.extend(format!("{header:<width$}\n", width = padded - 1).bytes());
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The format as its reference describes it, byte by byte.
    #[test]
    fn an_array_has_magic_version_header_and_little_endian_data() {
        let bytes = npy(&[1.0, -2.5]);
        assert_eq!(&bytes[..10], b"\x93NUMPY\x01\x00\x76\x00");
        let header = std::str::from_utf8(&bytes[10..128]).unwrap();
        assert_eq!(header.trim_end(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }");
        assert!(header.ends_with('\n') && header.len() == 118);
        assert_eq!(&bytes[128..], [0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0]);
    }
}
