//! Reading of a Touchstone file line by line.

use super::comments::Comments;
use super::header::{Keyword, Options, ParameterKind, Triangle, closed_up, quoted, reference};
use super::immittance::scattering;
use super::modes::ModeOrder;
use super::network_file::{LARGEST, PORTS_MAX, Touchstone};
use super::references::{WrittenReferences, renormalise};
use crate::measured::number::number;
use crate::units::tera;
use num_complex::Complex64;

/// Largest number of frequencies that a file may announce.
const FREQUENCIES_MAX: usize = 100_000_000;

/// Least frequency above 0 Hz, assumed: far below any instrument's, and its reciprocal is a number.
const LEAST_HZ: f64 = 1e-6;

/// Share of a frequency within which another one is the same, written again.
const SAME_FREQUENCY: f64 = 1e-12;
/// Difference of S up to which a repeated frequency agrees, the repeatability of an instrument.
const SAME_S: f64 = 1e-3;

/// Largest number of notes.
const NOTES_MAX: usize = 16;

/// Section of a file.
#[derive(Clone, Copy, Default, PartialEq)]
enum FileSection {
    #[default]
    Head,
    Reference,
    Information,
    Network,
    Noise,
    End,
}

/// State of reading: the section, the options, the network so far.
#[derive(Default)]
pub(super) struct TouchstoneReader {
    section: FileSection,
    is_version_2: bool,
    options: Option<Options>,
    /// Number of ports, from the file's name or a keyword.
    ports: Option<usize>,
    frequencies: Option<usize>,
    triangle: Triangle,
    /// True if two ports have the order 11 21 12 22, as in version 1.
    transposed: Option<bool>,
    references: Vec<Complex64>,
    /// Mixed modes of version 2: the keyword's line and text; the modes once the ports are known.
    mixed: Option<(usize, String)>,
    modes: Option<ModeOrder>,
    /// References of the rows of the file, of ports or of modes.
    row_ohm: Vec<f64>,
    comments: Comments,
    /// Frequencies in the file so far, repeated ones included, and the number of each kept one.
    records: usize,
    kept: Vec<usize>,
    merged: usize,
    /// Row and column of every pair of a frequency.
    places: Vec<(usize, usize)>,
    /// Numbers of the frequency that is being read, and the line where it begins.
    record: Vec<f64>,
    begins: usize,
    noise_lines: usize,
    file: Touchstone,
}

/// A line's code with its number.
type NumberedLine<'a> = (usize, &'a str);

impl TouchstoneReader {
    pub(super) fn new(ports: Option<usize>) -> Self {
        TouchstoneReader { ports, ..TouchstoneReader::default() }
    }

    /// Reads all of it.
    pub(super) fn read(mut self, text: &str) -> Result<Touchstone, String> {
        let end = if text.contains('\n') { '\n' } else { '\r' };
        let code = |line| str::trim(str::split(line, '!').next().unwrap_or_default());
        let lines = text
            .split(end)
            .map(code)
            .enumerate()
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.is_empty());
        let mut lines = lines.peekable();
        let comments = text.split(end).enumerate();
        let mut comments =
            comments.filter_map(|(i, line)| Some((i + 1, line.split_once('!')?.1))).peekable();
        while let Some((line, code)) = lines.next() {
            while let Some((at, comment)) = comments.next_if(|(at, _)| *at < line) {
                self.comments.read(at, comment)?;
            }
            if self.section == FileSection::End {
                return self.finish();
            }
            self.line((line, code), lines.peek().map_or("", |next| next.1))?;
        }
        for (at, comment) in comments {
            self.comments.read(at, comment)?;
        }
        self.finish()
    }

    fn line(&mut self, (line, code): NumberedLine<'_>, next: &str) -> Result<(), String> {
        if code.starts_with('[') {
            let keyword = Keyword::parse(line, code);
            let ends = || keyword.as_ref().is_ok_and(|keyword| keyword.name == "end information");
            return if self.section == FileSection::Information && !ends() {
                Ok(())
            } else {
                self.keyword(line, &keyword?)
            };
        }
        if self.section == FileSection::Information {
            return Ok(());
        }
        if !code.is_ascii() {
            return Err(format!(
                "line {line}: `{}`: must be plain ASCII outside comments",
                quoted(code)
            ));
        }
        if let Some(options) = code.strip_prefix('#') {
            return self.option_line(line, options);
        }
        match self.section {
            FileSection::Reference => self.reference(line, code),
            FileSection::Noise => {
                self.noise_lines += 1;
                Ok(())
            }
            FileSection::Head if self.is_version_2 => Err(format!(
                "line {line}: numbers before [Network Data]; the keyword must come first"
            )),
            FileSection::Head => {
                self.begin_network(line)?;
                self.numbers(line, code, next)
            }
            _ => self.numbers(line, code, next),
        }
    }

    fn option_line(&mut self, line: usize, text: &str) -> Result<(), String> {
        if self.section == FileSection::Network || self.section == FileSection::Noise {
            self.note(format!("line {line}: an option line after data is ignored"));
        } else if self.options.is_some() {
            self.note(format!("line {line}: a second option line is ignored; the first holds"));
        } else {
            let options = Options::parse(line, text)?;
            if options.bare_reference {
                self.note(format!("line {line}: `R` has no number; read as R 50"));
            }
            self.options = Some(options);
        }
        Ok(())
    }

    fn keyword(&mut self, line: usize, keyword: &Keyword<'_>) -> Result<(), String> {
        if keyword.name == "version" {
            return self.version(line, keyword);
        }
        if !self.is_version_2 {
            let written =
                keyword.wrong(line, "after [Version] 2.0, which begins a file of version 2");
            return Err(written);
        }
        if self.section == FileSection::Network && !self.record.is_empty() {
            return Err(self.cut_off());
        }
        if !self.places.is_empty()
            && !["network data", "noise data", "number of noise frequencies", "end"]
                .contains(&keyword.name.as_str())
        {
            return Err(keyword.wrong(line, "above [Network Data], or removed"));
        }
        if self.section == FileSection::Reference {
            self.section = FileSection::Head;
        }
        match keyword.name.as_str() {
            "number of ports" => {
                let ports = keyword.count(line, PORTS_MAX)?;
                if self.ports.is_some_and(|named| named != ports) {
                    let named = self.ports.unwrap_or_default();
                    self.note(format!(
                        "line {line}: has {ports} ports, the file's name {named}; the keyword holds"
                    ));
                }
                self.ports = Some(ports);
            }
            "two-port data order" | "two-port order" => {
                self.transposed = Some(match keyword.rest.to_ascii_lowercase().as_str() {
                    "21_12" => true,
                    "12_21" => false,
                    _ => return Err(keyword.wrong(line, "21_12 or 12_21")),
                });
            }
            "number of frequencies" => {
                self.frequencies = Some(keyword.count(line, FREQUENCIES_MAX)?)
            }
            "number of noise frequencies" => {}
            "reference" => {
                self.section = FileSection::Reference;
                self.references.clear();
                return self.reference(line, keyword.rest);
            }
            "matrix format" => {
                self.triangle = match keyword.rest.to_ascii_lowercase().as_str() {
                    "full" => Triangle::Full,
                    "lower" => Triangle::Lower,
                    "upper" => Triangle::Upper,
                    _ => return Err(keyword.wrong(line, "Full, Lower or Upper")),
                };
            }
            "mixed-mode order" => self.mixed = Some((line, keyword.rest.to_owned())),
            "begin information" => self.section = FileSection::Information,
            "end information" => self.section = FileSection::Head,
            "network data" => self.begin_network(line)?,
            "noise data" => self.section = FileSection::Noise,
            "end" => self.section = FileSection::End,
            _ => {
                return Err(keyword
                    .wrong(line, "a keyword of Touchstone 2.0 or 2.1, such as [Network Data]"));
            }
        }
        Ok(())
    }

    fn version(&mut self, line: usize, keyword: &Keyword<'_>) -> Result<(), String> {
        self.is_version_2 = match keyword.rest {
            "2.0" | "2.1" | "2" => true,
            "1.0" | "1.1" | "1" => false,
            _ => return Err(keyword.wrong(line, "1.0, 1.1, 2.0 or 2.1")),
        };
        if self.section != FileSection::Head {
            return Err(format!(
                "line {line}: [Version] comes after other keywords or data; must come first"
            ));
        }
        Ok(())
    }

    fn reference(&mut self, line: usize, text: &str) -> Result<(), String> {
        for word in closed_up(text).split_whitespace() {
            if self.references.len() == PORTS_MAX {
                return Err(format!(
                    "line {line}: [Reference] has more than {PORTS_MAX} impedances; must have one for each port"
                ));
            }
            self.references.push(reference(line, word)?);
        }
        Ok(())
    }

    /// Adds a note on an omission or assumption, up to a readable number.
    fn note(&mut self, note: String) {
        if self.file.notes.len() < NOTES_MAX {
            self.file.notes.push(note);
        }
    }

    /// Checks and defaults before the first number.
    fn begin_network(&mut self, line: usize) -> Result<(), String> {
        let missing =
            |keyword: &str| format!("line {line}: data begin without {keyword} above them; add it");
        if !self.places.is_empty() {
            return Err(format!("line {line}: [Network Data] is repeated; must occur once"));
        }
        let ports = self.ports.ok_or_else(|| {
            if self.is_version_2 {
                missing("[Number of Ports]")
            } else {
                "has no number of ports; must be named .s1p to .s12p, such as channel.s4p"
                    .to_owned()
            }
        })?;
        if !(1..=PORTS_MAX).contains(&ports) {
            return Err(format!("has {ports} ports; must have 1 to {PORTS_MAX}"));
        }
        if self.options.is_none() {
            self.note("has no option line; read as # GHz S MA R 50".to_owned());
        }
        let options = self.options.get_or_insert_default();
        if ports != 2
            && matches!(options.kind, ParameterKind::Hybrid | ParameterKind::InverseHybrid)
        {
            return Err(format!(
                "line {line}: h- and g-parameters are of 2 ports, not of {ports}: export S"
            ));
        }
        if self.is_version_2 && self.frequencies.is_none() {
            return Err(missing("[Number of Frequencies]"));
        }
        let references = if self.references.is_empty() {
            options.references.clone()
        } else {
            std::mem::take(&mut self.references)
        };
        self.references = match references.len() {
            1 => vec![references[0]; ports],
            n if n == ports => references,
            n => {
                return Err(format!(
                    "line {line}: has {n} reference impedances; must have one or {ports}, one for each port"
                ));
            }
        };
        self.file.reference_ohm = self.references.iter().map(|z| z.re).collect();
        self.row_ohm = self.file.reference_ohm.clone();
        if let Some((line, text)) = self.mixed.take() {
            let (modes, row_ohm) = ModeOrder::of_file(line, &text, &self.references)?;
            (self.modes, self.row_ohm) = (Some(modes), row_ohm);
        }
        if self.is_version_2 && ports == 2 && self.transposed.is_none() {
            self.note("has no [Two-Port Data Order]; read as 21_12".to_owned());
        }
        let transposed =
            ports == 2 && self.triangle == Triangle::Full && self.transposed.unwrap_or(true);
        self.places = self.triangle.places(ports, transposed);
        self.file.ports = ports;
        self.section = FileSection::Network;
        Ok(())
    }

    /// Count of numbers per frequency.
    fn length(&self) -> usize {
        1 + 2 * self.triangle.pairs(self.file.ports)
    }

    fn numbers(&mut self, line: usize, code: &str, next: &str) -> Result<(), String> {
        if self.record.is_empty() && self.begins_noise(line, code, next)? {
            self.section = FileSection::Noise;
            self.noise_lines = 1;
            return Ok(());
        }
        for (i, word) in code.split_whitespace().enumerate() {
            if self.record.is_empty() {
                if i > 0 {
                    let (length, ports) = (self.length(), self.file.ports);
                    let begins = self.begins;
                    return Err(format!(
                        "line {line}: has more columns than the {length} numbers of a frequency of {ports} ports, the one that begins in line {begins}; each frequency must begin a line"
                    ));
                }
                self.begins = line;
            }
            self.record.push(number(line, i + 1, word)?);
            if self.record.len() == self.length() {
                self.frequency(line)?;
                self.record.clear();
            }
        }
        Ok(())
    }

    /// Whether noise parameters begin here, which version 1 does not mark: lines of five, or a
    /// frequency that falls back.
    fn begins_noise(&self, line: usize, code: &str, next: &str) -> Result<bool, String> {
        let Some(&last) = self.file.f_hz.last() else { return Ok(false) };
        if self.is_version_2 || self.file.ports != 2 || code.split_whitespace().count() != 5 {
            return Ok(false);
        }
        let unit_hz = self.options.as_ref().map_or(1.0, |options| options.unit_hz);
        let first = number(line, 1, code.split_whitespace().next().unwrap_or_default())?;
        // four numbers after it would be the rest of a broken line
        Ok(first * unit_hz <= last || next.split_whitespace().count() != 4)
    }

    /// Adds a complete frequency.
    fn frequency(&mut self, line: usize) -> Result<(), String> {
        let options = self.options.get_or_insert_default();
        let (begins, ports) = (self.begins, self.file.ports);
        let f_hz = self.record[0] * options.unit_hz;
        if f_hz != 0.0 && !(LEAST_HZ..=tera(10.0)).contains(&f_hz) {
            return Err(format!(
                "line {begins}: frequency {f_hz:e} Hz: must be 0, or from {LEAST_HZ:e} to {:e} Hz; the option line names the unit",
                tera(10.0)
            ));
        }
        let last = self.file.f_hz.last().copied();
        let repeats = last.is_some_and(|last| (f_hz - last).abs() <= SAME_FREQUENCY * last);
        if let Some(last) = last.filter(|&last| f_hz < last && !repeats) {
            return Err(format!(
                "line {begins}: frequency {f_hz:e} Hz descends after {last:e} Hz; must ascend: sort the lines, keep each once"
            ));
        }
        if self.frequencies.is_some_and(|announced| self.records >= announced) {
            let announced = self.frequencies.unwrap_or_default();
            return Err(format!(
                "line {begins}: is a frequency more than [Number of Frequencies] {announced}: correct the count"
            ));
        }
        self.records += 1;
        let mut m = vec![Default::default(); ports * ports];
        for (pair, &(i, j)) in self.record[1..].chunks_exact(2).zip(&self.places) {
            let value = options.format.complex(pair[0], pair[1]);
            m[i * ports + j] = value;
            if self.triangle != Triangle::Full {
                m[j * ports + i] = value;
            }
        }
        // version 1 writes other parameters relative to the reference
        let ones = vec![1.0; ports];
        let reference_ohm = if self.is_version_2 { &self.row_ohm } else { &ones };
        let s = scattering(options.kind, &m, reference_ohm);
        let s = match &self.modes {
            Some(modes) => s.map(|s| modes.single_ports(&s)),
            None => s,
        };
        let s = s.filter(|s| s.iter().all(|s| s.norm() < LARGEST)).ok_or_else(|| {
            format!(
                "line {begins}: S at {f_hz:e} Hz is not finite or above {LARGEST:e}; must be a network's: remove lines {begins} to {line}"
            )
        })?;
        if repeats {
            return self.repeated(f_hz, &s);
        }
        self.kept.push(self.records - 1);
        self.file.f_hz.push(f_hz);
        self.file.s.extend(s);
        self.file.lines.push(begins);
        Ok(())
    }

    /// Holds a frequency that is written again against the first one.
    fn repeated(&mut self, f_hz: f64, s: &[Complex64]) -> Result<(), String> {
        let first = &self.file.s[self.file.s.len() - s.len()..];
        let apart = first.iter().zip(s).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        if apart > SAME_S {
            return Err(format!(
                "line {}: frequency {f_hz:e} Hz is repeated with another S, {apart:.3} apart; must ascend, or repeat S within {SAME_S}: keep each frequency once",
                self.begins
            ));
        }
        self.merged += 1;
        Ok(())
    }

    fn cut_off(&self) -> String {
        let (begins, has, length, ports) =
            (self.begins, self.record.len(), self.length(), self.file.ports);
        let what = if ports == 2 {
            "frequency and S11 S21 S12 S22 in pairs".to_owned()
        } else {
            format!("a frequency of {ports} ports")
        };
        format!("line {begins}: has {has} columns, must have {length}: {what}")
    }

    fn finish(mut self) -> Result<Touchstone, String> {
        if !self.record.is_empty() {
            return Err(self.cut_off());
        }
        if self.file.f_hz.is_empty() {
            let missing = if self.is_version_2 { "[Network Data] and after it " } else { "" };
            return Err(format!(
                "holds no data; must hold {missing}lines of frequency and S-parameters"
            ));
        }
        if let Some(announced) = self.frequencies.filter(|&announced| announced != self.records) {
            let found = self.records;
            return Err(format!(
                "has {found} frequencies where [Number of Frequencies] says {announced}: the file is cut off or the count wrong"
            ));
        }
        if self.noise_lines > 0 {
            self.note(format!("{} lines of noise parameters are left", self.noise_lines));
        }
        if self.merged > 0 {
            self.note(match self.merged {
                1 => "a frequency is repeated with the same S; it is kept once".to_owned(),
                merged => {
                    format!("{merged} frequencies are repeated with the same S; each is kept once")
                }
            });
        }
        let kind = self.options.as_ref().map_or(ParameterKind::Scattering, |options| options.kind);
        let of_ports = kind == ParameterKind::Scattering;
        let written = WrittenReferences {
            references: &self.references,
            of_single_ports: of_ports && self.modes.is_none(),
            absolute: !of_ports && self.is_version_2,
            kept: &self.kept,
        };
        let stated = self.comments.stated(self.file.ports, self.records)?;
        let note = renormalise(&mut self.file, &written, stated)?;
        note.into_iter().for_each(|note| self.note(note));
        self.comments.notes(&self.references).into_iter().for_each(|note| self.note(note));
        self.file.port_names = self.comments.port_names(self.file.ports);
        Ok(self.file)
    }
}
