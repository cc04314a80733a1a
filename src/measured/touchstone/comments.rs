//! What simulators write in the comments of a Touchstone file: port impedances and port names.

use super::header::quoted;
use super::impedance::shown;
use num_complex::Complex64;
use std::collections::BTreeMap;

/// Share of a reference within which a port impedance in a comment agrees with it.
const AGREES: f64 = 1e-6;

/// A comment that states port impedances, with the comments that continue it.
#[derive(Clone, Debug, PartialEq)]
struct PortImpedances {
    line: usize,
    numbers: Vec<f64>,
}

/// Statement that a comment of bare numbers continues.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Continued {
    #[default]
    Nothing,
    Impedances,
    Gammas,
}

/// Port impedances of all frequencies.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stated {
    /// Line of the first statement.
    pub(super) line: usize,
    /// One list for all frequencies, or one for each.
    lists: Vec<Vec<Complex64>>,
}

impl Stated {
    /// The impedances at frequency number `record` of the file.
    pub(super) fn at(&self, record: usize) -> &[Complex64] {
        &self.lists[if self.lists.len() == 1 { 0 } else { record }]
    }

    /// True if they are all those of the option line.
    pub(super) fn agree(&self, references: &[Complex64]) -> bool {
        self.lists.iter().all(|list| {
            list.iter().zip(references).all(|(z, r)| (z - r).norm() <= AGREES * r.norm())
        })
    }

    /// Their values, for a message: the first, and that there are others.
    pub(super) fn summary(&self) -> String {
        let first = self.lists[0][0];
        let differ = self.lists.iter().flatten().any(|z| *z != first);
        format!("{} ohm{}", shown(first), if differ { " and others" } else { "" })
    }
}

/// Comments of a file, as far as they matter.
#[derive(Debug, Default)]
pub(super) struct Comments {
    statements: Vec<PortImpedances>,
    continued: Continued,
    last_line: usize,
    names: BTreeMap<usize, String>,
    /// First comment that names a mixed-mode parameter.
    mixed: Option<(usize, String)>,
    /// First comment that names an impedance in other words, with its numbers.
    other: Option<(usize, String, Vec<f64>)>,
}

impl Comments {
    /// Reads the text after a `!`.
    ///
    /// # Errors
    ///
    /// A statement of port impedances that is half numbers.
    pub(super) fn read(&mut self, line: usize, text: &str) -> Result<(), String> {
        let text = text.trim_start_matches(|c: char| c == '!' || c.is_whitespace()).trim_end();
        let follows = self.last_line + 1 == line;
        self.last_line = line;
        let lower = text.to_ascii_lowercase();
        let continued = std::mem::take(&mut self.continued);
        if text.is_empty() {
            return Ok(());
        }
        let label = |label: &str| lower.strip_prefix(label).map(|rest| rest.len());
        if let Some(rest) = ["port impedances", "port impedance", "port_impedance"]
            .iter()
            .find_map(|name| label(name))
        {
            return self.impedances(line, &text[text.len() - rest..]);
        }
        if label("gamma").is_some() {
            self.continued = Continued::Gammas;
            return Ok(());
        }
        if continued != Continued::Nothing
            && follows
            && let Some(numbers) = numbers(text)
        {
            self.continued = continued;
            if let (Continued::Impedances, Some(last)) = (continued, self.statements.last_mut()) {
                last.numbers.extend(numbers);
            }
            return Ok(());
        }
        if let Some((port, name)) = named(text) {
            self.names.entry(port).or_insert(name);
            return Ok(());
        }
        self.aside(line, text, &lower);
        Ok(())
    }

    /// A comment of port impedances, after its label.
    fn impedances(&mut self, line: usize, rest: &str) -> Result<(), String> {
        let rest = rest.trim_start_matches(|c: char| c == ':' || c == '=' || c.is_whitespace());
        let words = rest
            .split_whitespace()
            .filter(|word| !["ohm", "ohms", "!"].contains(&word.to_ascii_lowercase().as_str()));
        let found: Vec<Option<f64>> = words.map(finite).collect();
        if found.is_empty() || found.iter().all(Option::is_some) {
            self.statements
                .push(PortImpedances { line, numbers: found.into_iter().flatten().collect() });
            self.continued = Continued::Impedances;
            return Ok(());
        }
        if found.iter().any(Option::is_some) {
            return Err(format!(
                "line {line}: the port impedances `{}` in a comment are not understood; must be numbers, one or two for each port: correct or remove the comment",
                quoted(rest)
            ));
        }
        self.aside(line, rest, "impedance");
        Ok(())
    }

    /// A comment in other words that may change the meaning of the data.
    fn aside(&mut self, line: usize, text: &str, lower: &str) {
        let words = || lower.split(|c: char| !c.is_ascii_alphanumeric());
        let is_mode = |word: &str| {
            let digits = ["sdd", "scc", "scd", "sdc"].iter().find_map(|s| word.strip_prefix(s));
            digits.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
        };
        if self.mixed.is_none() && words().any(is_mode) {
            self.mixed = Some((line, quoted(text)));
        }
        if self.other.is_none() && (lower.contains("impedance") || words().any(|word| word == "z0"))
        {
            let apart = |c: char| c.is_whitespace() || "=:,;()[]".contains(c);
            let numbers: Vec<f64> = text
                .split(apart)
                .map(|word| word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.'))
                .filter_map(finite)
                .collect();
            self.other = Some((line, quoted(text), numbers));
        }
    }

    /// The impedances stated for `records` frequencies of `ports` ports; `None` without comments of
    /// them.
    ///
    /// # Errors
    ///
    /// Another number of them, or an impedance that no wave can refer to.
    pub(super) fn stated(&self, ports: usize, records: usize) -> Result<Option<Stated>, String> {
        let Some(first) = self.statements.first() else { return Ok(None) };
        let mut lists = Vec::with_capacity(self.statements.len());
        for statement in &self.statements {
            lists.push(statement.list(ports)?);
        }
        if lists.iter().all(|list| *list == lists[0]) {
            lists.truncate(1);
        }
        if lists.len() != 1 && lists.len() != records {
            return Err(format!(
                "line {}: port impedances in comments stand {} times for {records} frequencies and differ; must be one list, or one for each frequency",
                first.line,
                lists.len()
            ));
        }
        Ok(Some(Stated { line: first.line, lists }))
    }

    /// Names of the ports in order; none if one of them has no name.
    pub(super) fn port_names(&self, ports: usize) -> Vec<String> {
        (1..=ports)
            .map(|port| self.names.get(&port).cloned())
            .collect::<Option<_>>()
            .unwrap_or_default()
    }

    /// Notes on comments that were not used.
    pub(super) fn notes(&self, references: &[Complex64]) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some((line, text)) = &self.mixed {
            notes.push(format!(
                "line {line}: a comment names mixed modes (`{text}`), but version 1 has single ports only: the data are read as S of single ports"
            ));
        }
        let is_mode = |name: &str| {
            let name = name.to_ascii_lowercase();
            ["diff", "comm"].iter().any(|mode| name.starts_with(mode))
        };
        if let Some((port, name)) = self.names.iter().find(|(_, name)| is_mode(name)) {
            notes.push(format!(
                "port {port} is named `{}`, as of a mixed mode; it is read as a single port: export the single ports",
                quoted(name)
            ));
        }
        if let Some((line, text, numbers)) = &self.other {
            let known = |x: &f64| references.iter().any(|r| (r.re - x).abs() <= AGREES * r.re);
            if !numbers.iter().any(known) && self.statements.is_empty() {
                notes.push(format!(
                    "line {line}: a comment names an impedance (`{text}`) that is not used; the reference is {} ohm",
                    references.first().map_or_else(String::new, |z| shown(*z))
                ));
            }
        }
        notes
    }
}

impl PortImpedances {
    /// An impedance for each port: of one number for all, one for each, two for each (real and
    /// imaginary part), or of a diagonal matrix of such pairs.
    fn list(&self, ports: usize) -> Result<Vec<Complex64>, String> {
        let (line, numbers, n) = (self.line, &self.numbers, ports);
        let real = |x: &f64| Complex64::new(*x, 0.0);
        let pairs = || numbers.chunks_exact(2).map(|pair| Complex64::new(pair[0], pair[1]));
        let list: Vec<Complex64> = match numbers.len() {
            1 => vec![real(&numbers[0]); n],
            k if k == n => numbers.iter().map(real).collect(),
            k if k == 2 * n => pairs().collect(),
            k if k == 2 * n * n => {
                let matrix: Vec<Complex64> = pairs().collect();
                let coupled =
                    (0..n * n).find(|&at| !at.is_multiple_of(n + 1) && matrix[at].norm() > AGREES);
                if let Some(at) = coupled {
                    return Err(format!(
                        "line {line}: ports {} and {} have a mutual impedance in a comment; must have none: export S renormalised to 50 ohm",
                        at / n + 1,
                        at % n + 1
                    ));
                }
                (0..n).map(|i| matrix[i * (n + 1)]).collect()
            }
            k => {
                return Err(format!(
                    "line {line}: the port impedances in a comment are {k} numbers; must be {n}, one for each port, or {}, real and imaginary part for each: correct or remove the comment",
                    2 * n
                ));
            }
        };
        match list.iter().position(|z| !(1e-3..=1e6).contains(&z.re) || z.im.abs() > 1e6) {
            Some(i) => Err(format!(
                "line {line}: the impedance of port {} in a comment is {} ohm; must have a real part of 0.001 to 1000000 ohm: export S renormalised to 50 ohm",
                i + 1,
                shown(list[i])
            )),
            None => Ok(list),
        }
    }
}

fn finite(word: &str) -> Option<f64> {
    word.parse().ok().filter(|x: &f64| x.is_finite())
}

/// The numbers of a comment that holds nothing else.
fn numbers(text: &str) -> Option<Vec<f64>> {
    text.split_whitespace().map(finite).collect()
}

/// Port and name of `Port[1] = name` or `Port 1 = name`.
fn named(text: &str) -> Option<(usize, String)> {
    let rest =
        text.get(..4).filter(|word| word.eq_ignore_ascii_case("port")).map(|_| &text[4..])?;
    let (port, name) = rest.split_once('=')?;
    let port = port.trim();
    let port = port.strip_prefix('[').map_or(Some(port), |inner| inner.strip_suffix(']'))?;
    let name = name.trim().trim_matches('"');
    Some((port.trim().parse().ok()?, name.to_owned())).filter(|(_, name)| !name.is_empty())
}
