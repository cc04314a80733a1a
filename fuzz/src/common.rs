//! What the functions of several targets share: bytes as numbers, files, and checks of messages.

use lightlane::error::Error;
use std::path::PathBuf;

/// Longest message of a reader, characters.
const LONGEST_MESSAGE: usize = 600;

/// Checks the message of a refusal: one line, not long. Returns that the bytes were refused.
pub fn refused(message: &str) -> bool {
    is_line(message, LONGEST_MESSAGE);
    false
}

/// Checks that a message is one line, shorter than `longest`.
fn is_line(message: &str, longest: usize) {
    let length = message.chars().count();
    assert!(length > 0 && length < longest && !message.contains(['\n', '\r']), "{message:?}");
}

/// Checks the problems of an input: a line each, which may repeat the input but is not much longer.
pub fn refused_input(error: &Error, input: &[u8]) -> bool {
    let longest = LONGEST_MESSAGE + 8 * input.len();
    let messages: Vec<String> = match error {
        Error::Input(problems) => problems.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    };
    assert!(!messages.is_empty(), "an error without a problem");
    messages.iter().for_each(|message| is_line(message, longest));
    false
}

/// Checks the notes on what was read: a line each.
pub fn noted(notes: &[String]) {
    notes.iter().for_each(|note| _ = refused(note));
}

/// Arguments of a command line: text between zero bytes, which no argument contains.
pub fn arguments(bytes: &[u8]) -> Option<Vec<&str>> {
    Some(std::str::from_utf8(bytes).ok()?.split('\0').collect())
}

/// Numbers from bytes, zeros after their end.
pub struct Numbers<'a>(&'a [u8]);

impl<'a> Numbers<'a> {
    /// The numbers of some bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Numbers(bytes)
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.0.split_off_first().copied().unwrap_or(0)
    }

    /// The next byte as a number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// The next two bytes, the lower one first.
    pub fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    /// The next byte as a fraction from -1 to 127/128.
    pub fn fraction(&mut self) -> f32 {
        f32::from(self.byte() as i8) / 128.0
    }

    /// A power of ten from the next byte, an exponent from -38 to 38.
    pub fn magnitude(&mut self) -> f64 {
        10f64.powi(i32::from(self.byte() as i8).clamp(-38, 38))
    }

    /// The bytes that are left.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }
}

/// A file for readers that take a path, one for each thread and extension.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Writes the file.
    pub fn new(extension: &str, bytes: &[u8]) -> Self {
        let name = format!(
            "lightlane-fuzz-{}-{:?}.{extension}",
            std::process::id(),
            std::thread::current().id()
        );
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("the temporary folder is writable");
        Scratch(path)
    }

    /// Its name.
    pub fn path(&self) -> &str {
        self.0.to_str().expect("the temporary folder has a name in UTF-8")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
