//! A pattern from a text file of levels.
//!
//! ```text
//! # comment, to the end of the line
//! 0 3 1, 2
//! 3320113
//! ```
//!
//! The digits 0 to 3, one after another or separated by blanks, commas or new lines.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

/// Largest number of symbols of a file: 16 Mi.
const SYMBOLS_MAX: usize = 16 << 20;

/// Largest size of a file, bytes: up to two separators after each symbol, and comments.
const BYTES_MAX: u64 = 4 * SYMBOLS_MAX as u64;

/// Byte order mark that some editors put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// Number of characters of an unreadable token in a message.
const QUOTED_LETTERS: usize = 20;

/// Refuses a file that cannot hold a pattern, without reading it.
///
/// # Errors
///
/// The reason, to be written after the file's name.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let metadata = fs::metadata(path).map_err(|error| format!("cannot be opened ({error})"))?;
    if !metadata.is_file() {
        return Err("must be a text file of levels, and is not a regular file".into());
    }
    if metadata.len() > BYTES_MAX {
        return Err(format!("has {} bytes, must have at most {BYTES_MAX}", metadata.len()));
    }
    Ok(())
}

/// Reads the levels of a file.
///
/// # Errors
///
/// The reason, to be written after the file's name; with the line, if it is about one.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    check(path)?;
    let mut text = Vec::new();
    let file = File::open(path).map_err(|error| format!("cannot be opened ({error})"))?;
    file.take(BYTES_MAX)
        .read_to_end(&mut text)
        .map_err(|error| format!("cannot be read ({error})"))?;
    parse(&text)
}

fn parse(text: &[u8]) -> Result<Vec<u8>, String> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut levels = Vec::new();
    for (line_index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let code = line.split(|&byte| byte == b'#').next().unwrap_or_default();
        for token in code.split(|&byte| byte == b',' || byte.is_ascii_whitespace()) {
            if !token.iter().all(|byte| (b'0'..=b'3').contains(byte)) {
                let token = quote(token);
                return Err(format!(
                    "line {}: `{token}`: must be levels, the digits 0 to 3, with blanks or commas between",
                    line_index + 1
                ));
            }
            levels.extend(token.iter().map(|byte| byte - b'0'));
        }
        if levels.len() > SYMBOLS_MAX {
            return Err(format!(
                "line {}: too long, must hold at most {SYMBOLS_MAX} symbols",
                line_index + 1
            ));
        }
    }
    if levels.is_empty() {
        return Err("holds no symbols, must hold at least one level, a digit 0 to 3".into());
    }
    Ok(levels)
}

/// The beginning of a token, fit to print.
fn quote(token: &[u8]) -> String {
    let text = String::from_utf8_lossy(token);
    let mut letters = text.chars();
    let mut quoted: String =
        letters.by_ref().take(QUOTED_LETTERS).flat_map(char::escape_debug).collect();
    if letters.next().is_some() {
        quoted.push_str("..");
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{env, process};

    fn complaint(text: &str) -> String {
        parse(text.as_bytes()).unwrap_err()
    }

    /// Runs a test on a temporary file, which is removed afterwards.
    fn with_file<T>(name: &str, prepare: impl FnOnce(&File), test: impl FnOnce(&Path) -> T) -> T {
        let path = env::temp_dir().join(format!("lightlane-pattern-{}-{name}", process::id()));
        prepare(&File::create(&path).unwrap());
        let outcome = test(&path);
        fs::remove_file(&path).unwrap();
        outcome
    }

    #[test]
    fn every_way_to_separate_gives_the_same_levels() {
        for text in [
            "0312",
            "0 3 1 2",
            "0,3,1,2,",
            "0\n3\r\n1\n\n2",
            "# 33\n0, 3\t1 # 3\n2\n",
            "\u{feff}0312",
        ] {
            assert_eq!(parse(text.as_bytes()), Ok(vec![0, 3, 1, 2]), "{text:?}");
        }
    }

    #[test]
    fn a_wrong_token_is_named_with_its_line() {
        assert_eq!(
            complaint("0 1\n2 4 3"),
            "line 2: `4`: must be levels, the digits 0 to 3, with blanks or commas between"
        );
        assert_eq!(
            complaint("-1"),
            "line 1: `-1`: must be levels, the digits 0 to 3, with blanks or commas between"
        );
        assert_eq!(
            complaint("# fine\n\n0.333"),
            "line 3: `0.333`: must be levels, the digits 0 to 3, with blanks or commas between"
        );
    }

    #[test]
    fn a_long_or_binary_token_is_quoted_short_and_escaped() {
        assert_eq!(
            complaint(&"x".repeat(100)),
            format!(
                "line 1: `{}..`: must be levels, the digits 0 to 3, with blanks or commas between",
                "x".repeat(20)
            )
        );
        assert!(parse(&[0xff, 0x00]).unwrap_err().starts_with("line 1: `\u{fffd}\\0`"));
    }

    #[test]
    fn a_file_without_levels_is_refused() {
        for text in ["", "\n\n", "# 0 1 2 3"] {
            assert!(complaint(text).contains("must hold at least one"), "{text:?}");
        }
    }

    #[test]
    fn sixteen_mebisymbols_are_the_limit() {
        let mut text = vec![b'2'; SYMBOLS_MAX];
        assert_eq!(parse(&text).map(|levels| levels.len()), Ok(SYMBOLS_MAX));
        text.push(b'2');
        assert!(parse(&text).unwrap_err().contains("at most 16777216 symbols"));
    }

    #[test]
    fn a_file_is_read() {
        let write = |mut file: &File| std::io::Write::write_all(&mut file, b"0123\n").unwrap();
        assert_eq!(with_file("read", write, read), Ok(vec![0, 1, 2, 3]));
    }

    /// The file is sparse: its size is 100 MB, and reading it would fail at its zero bytes first.
    #[test]
    fn a_huge_file_is_refused_by_its_size_alone() {
        let complaint =
            with_file("huge", |file| file.set_len(100_000_000).unwrap(), read).unwrap_err();
        assert_eq!(complaint, "has 100000000 bytes, must have at most 67108864");
    }

    #[test]
    fn a_missing_file_and_a_folder_are_refused() {
        assert!(read(Path::new("no/such/file")).unwrap_err().starts_with("cannot be opened"));
        assert!(read(&env::temp_dir()).unwrap_err().contains("not a regular file"));
    }
}
