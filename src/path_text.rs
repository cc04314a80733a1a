//! Names of files as text, and back: a description is text, the name of a file need not be.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::path::Path;

/// A byte that is no UTF-8 is this character of a private area, plus the byte.
const BYTE_0: u32 = 0x10_ff00;

/// The name of a file as text. Names that are UTF-8 are as they are; [`path_of`] finds the file of
/// all others on Unix.
///
/// ```
/// use lightlane::path_text::{path_of, text_of};
/// assert_eq!(text_of("host.s4p".as_ref()), "host.s4p");
/// assert_eq!(path_of("host.s4p").to_str(), Some("host.s4p"));
/// ```
pub fn text_of(name: &OsStr) -> String {
    if cfg!(not(unix)) {
        return name.to_string_lossy().into_owned();
    }
    let mut text = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        let foreign = chunk.invalid().iter();
        text.extend(foreign.filter_map(|&byte| char::from_u32(BYTE_0 + u32::from(byte))));
    }
    text
}

/// The file that a text names, as [`text_of`] wrote it.
pub fn path_of(text: &str) -> Cow<'_, Path> {
    #[cfg(unix)]
    if text.contains(|c| byte_of(c).is_some()) {
        use std::os::unix::ffi::OsStringExt;
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            match byte_of(c) {
                Some(byte) => bytes.push(byte),
                None => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        return Cow::Owned(std::ffi::OsString::from_vec(bytes).into());
    }
    Cow::Borrowed(Path::new(text))
}

/// The byte that a character stands for: only those above 127 are no UTF-8 by themselves.
#[cfg(unix)]
fn byte_of(c: char) -> Option<u8> {
    u8::try_from(u32::from(c).checked_sub(BYTE_0)?).ok().filter(|byte| !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_text_stay() {
        for name in ["", "a.csv", "µ/ß.toml", "\u{1f600}"] {
            assert_eq!(
                (text_of(name.as_ref()), &*path_of(name)),
                (name.to_owned(), Path::new(name))
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn every_name_comes_back() {
        use std::os::unix::ffi::OsStrExt;
        let all: Vec<u8> = (1..=255).collect();
        for bytes in [&b"a\xff\xfe.s4p"[..], b"\xc3", b"\xe2\x82", b"\xc2\xb5\x80", &all] {
            let name = OsStr::from_bytes(bytes);
            assert_eq!(path_of(&text_of(name)).as_os_str(), name);
        }
    }
}
