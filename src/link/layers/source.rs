//! Reading a description from a file, with one clear line for anything that is not a description.

use crate::error::{Error, Problem, Result};
use crate::link::layers::remedy::refused;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest size of a description, bytes.
const BYTES_MAX: u64 = 1 << 20;

/// The text of a file. Its size is checked first, and reading stops at the limit.
pub(super) fn read(path: &Path) -> Result<String> {
    let io = |source| Error::Io { path: path.to_owned(), source };
    let refused = |remedy: String| {
        let value = path.display().to_string();
        refused(Problem { place: None, path: String::new(), value, remedy })
    };
    let about = std::fs::metadata(path).map_err(io)?;
    if about.is_dir() {
        return Err(refused("is a directory; a link is described by a TOML file".to_owned()));
    }
    if !about.is_file() {
        return Err(refused("is not a file; a link is described by a TOML file".to_owned()));
    }
    let too_large = || {
        refused(format!(
            "is too large for a description of a link: at most {} KiB",
            BYTES_MAX >> 10
        ))
    };
    if about.len() > BYTES_MAX {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(io)?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(too_large());
    }
    let not_text = |at: usize| refused(format!("is not TOML: no text (byte {at})"));
    let text =
        String::from_utf8(bytes).map_err(|error| not_text(error.utf8_error().valid_up_to()))?;
    match text
        .bytes()
        .position(|byte| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r'))
    {
        Some(at) => Err(not_text(at)),
        None => Ok(text),
    }
}
