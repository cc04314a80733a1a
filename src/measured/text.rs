//! A file's text, and its digest.

use crate::path_text::path_of;
use std::fs::{self, File};
use std::io::Read;

/// Largest size of a file of a measured part, bytes.
const BYTES_MAX: u64 = 16 << 20;

/// A file as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text {
    pub(super) text: String,
    /// FNV-1a of its bytes.
    pub(super) digest: u64,
}

/// Reads a file of text; its size is checked first.
///
/// # Errors
///
/// The reason, to be written after the file's name.
pub(super) fn read(path: &str) -> Result<Text, String> {
    let bytes = bytes(path, BYTES_MAX)?;
    let digest = fnv(&bytes);
    Ok(Text { text: of_bytes(bytes)?, digest })
}

/// The text that some bytes are, without a byte order mark: UTF-8, UTF-16 with its mark, or
/// Latin-1, in which instruments write the signs for micro and degree.
///
/// # Errors
///
/// The first line with a control character, as no text has.
pub(super) fn of_bytes(bytes: Vec<u8>) -> Result<String, String> {
    let wide = |unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|&pair| unit(pair)).collect();
        String::from_utf16_lossy(&units)
    };
    let text = match bytes[..] {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| error.as_bytes().iter().copied().map(char::from).collect()),
    };
    let is_foreign = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1a');
    match text.lines().position(|line| line.contains(is_foreign)) {
        Some(line) => {
            Err(format!("line {}: is not text; must be a text file of numbers", line + 1))
        }
        None => Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned)),
    }
}

/// The bytes of a regular file of at most `most`.
pub(super) fn bytes(path: &str, most: u64) -> Result<Vec<u8>, String> {
    let path = &*path_of(path);
    let metadata = fs::metadata(path).map_err(|error| format!("cannot be opened ({error})"))?;
    if !metadata.is_file() {
        return Err("is not a regular file; must be a text file of numbers".to_owned());
    }
    let too_large =
        |bytes: u64| format!("has {bytes} bytes, must have at most {most}: thin it out");
    if metadata.len() > most {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| format!("cannot be opened ({error})"))?;
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("cannot be read ({error})"))?;
    if bytes.len() as u64 > most { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
}

/// A digest as it is shown.
pub(super) fn digest(fnv: u64) -> String {
    format!("fnv1a64:{fnv:016x}")
}

/// FNV-1a, 64 bits.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_utf_8_or_16_or_latin_1() {
        let utf16: Vec<u8> =
            "\u{feff}P (\u{b5}W)\n1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let swapped: Vec<u8> = utf16.as_chunks::<2>().0.iter().flat_map(|&[a, b]| [b, a]).collect();
        let latin = b"P (\xb5W)\n1\n".to_vec();
        let utf8 = "\u{feff}P (\u{b5}W)\n1\n".as_bytes().to_vec();
        for bytes in [utf16, swapped, latin, utf8] {
            assert_eq!(of_bytes(bytes).unwrap(), "P (\u{b5}W)\n1\n");
        }
        let refused = "line 2: is not text; must be a text file of numbers";
        for bytes in [b"1\n\x002\n".to_vec(), b"1\n\xff\x03\n".to_vec()] {
            assert_eq!(of_bytes(bytes).unwrap_err(), refused);
        }
    }

    /// Published vectors of FNV-1a (Landon Curt Noll's test suite).
    #[test]
    fn the_digest_is_fnv_1a() {
        assert_eq!(fnv(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
