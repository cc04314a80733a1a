//! Parsing of a Touchstone file's text, with the number of ports from its name.

use super::decode::decoded;
use super::network_file::{PORTS_MAX, Touchstone};
use super::reader::TouchstoneReader;
use crate::measured::text;

/// Largest size of a file, bytes: 12 ports at 10 000 frequencies take about 60 MB.
const BYTES_MAX: u64 = 128 << 20;

impl Touchstone {
    /// Reads a file; its name ends in `.s1p` to `.s64p`, or in anything for version 2.
    ///
    /// # Errors
    ///
    /// The reason, to be written after its name: see [`Touchstone::parse`].
    pub fn open(file: &str) -> Result<Self, String> {
        Self::of_bytes(text::bytes(file, BYTES_MAX)?, ports_of_name(file))
    }

    /// Reads a file's bytes, of UTF-8, UTF-16 with its mark, or Latin-1; `ports` as for
    /// [`Touchstone::parse`].
    ///
    /// # Errors
    ///
    /// As for [`Touchstone::parse`]; bytes that are no text.
    pub fn of_bytes(bytes: Vec<u8>, ports: Option<usize>) -> Result<Self, String> {
        let digest = text::fnv(&bytes);
        let (text, note) = decoded(bytes)?;
        let mut file = Touchstone { digest, ..Self::parse(&text, ports)? };
        file.notes.splice(0..0, note);
        Ok(file)
    }

    /// Reads a file's text; `ports` as in its name, which version 1 needs.
    ///
    /// # Errors
    ///
    /// The first wrong line with its remedy, to follow the file's name.
    pub fn parse(text: &str, ports: Option<usize>) -> Result<Self, String> {
        let read = TouchstoneReader::new(ports)
            .read(text)
            .map(|file| Touchstone { digest: text::fnv(text.as_bytes()), ..file });
        read.map_err(|remedy| match (ports, likely_ports(text)) {
            (Some(named), Some(likely)) if named != likely => {
                format!("{remedy}; its lines look like {likely} ports: name it .s{likely}p?")
            }
            _ => remedy,
        })
    }
}

/// Number of ports in a file's name, such as `.s4p`.
pub(crate) fn ports_of_name(file: &str) -> Option<usize> {
    let (_, extension) = file.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    extension.strip_prefix('s')?.strip_suffix('p')?.parse().ok()
}

/// Likely number of ports from the first frequency: a line with an odd number of columns, followed
/// by lines with even ones.
fn likely_ports(text: &str) -> Option<usize> {
    let code = |line| str::split(line, '!').next().unwrap_or_default();
    let counts = text
        .lines()
        .map(code)
        .filter(|line| !line.trim_start().starts_with(['#', '[']))
        .map(|line| line.split_whitespace().count());
    let mut counts = counts.filter(|&count| count > 0).take(1 + PORTS_MAX * PORTS_MAX);
    let first = counts.next()?;
    let total = first + counts.take_while(|count| count % 2 == 0).sum::<usize>();
    (1..=PORTS_MAX).find(|n| 1 + 2 * n * n == total)
}
