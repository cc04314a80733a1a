//! Text of a Touchstone file's bytes: UTF-8, UTF-16 or Latin-1.

/// Decodes the bytes of a file, with a note where they are not UTF-8.
///
/// UTF-16 is recognised by its byte order mark. All other bytes that are not UTF-8 are taken as
/// Latin-1, one letter each: they may stand in comments and information only.
///
/// # Errors
///
/// Zero bytes, or a mark of UTF-16 before other bytes.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<(String, Option<String>), String> {
    let (text, note) = match bytes.get(..2) {
        Some([0xff, 0xfe]) => utf_16(&bytes[2..], u16::from_le_bytes)?,
        Some([0xfe, 0xff]) => utf_16(&bytes[2..], u16::from_be_bytes)?,
        _ => match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let bytes = error.as_bytes();
                let before = &bytes[..error.utf8_error().valid_up_to()];
                let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count();
                let note = format!("line {line}: is not UTF-8; the file is read as Latin-1");
                (bytes.iter().copied().map(char::from).collect(), Some(note))
            }
        },
    };
    let binary = |line: usize| format!("line {line}: is not text; must be a text file of numbers");
    if let Some(at) = text.find('\0') {
        return Err(binary(1 + text[..at].matches('\n').count()));
    }
    Ok((text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned), note))
}

fn utf_16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<(String, Option<String>), String> {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    match String::from_utf16(&units) {
        Ok(text) if bytes.len().is_multiple_of(2) => {
            Ok((text, Some("is UTF-16; decoded".to_owned())))
        }
        _ => Err("begins as UTF-16 and is none; must be a text file of numbers".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_three_encodings_are_the_same_text() {
        let text = "! 25 \u{b0}C\n# GHz S RI R 50\n";
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let wide: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(text.into()).unwrap(), (text.to_owned(), None));
        for (bytes, note) in [(latin, "line 1: is not UTF-8"), (wide, "is UTF-16")] {
            let (decoded, said) = decoded(bytes).unwrap();
            assert_eq!(decoded, text);
            assert!(said.unwrap().starts_with(note));
        }
        assert!(decoded(vec![b'1', b'\n', 0]).unwrap_err().starts_with("line 2: is not text"));
        assert!(decoded(vec![0xff, 0xfe, 1]).is_err());
    }
}
