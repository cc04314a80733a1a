//! Memory that a run may take: `--memory`, or what is free.

use crate::error::{Error, KeyPath, Problems};
use std::fs;
use std::path::Path;

const MIB: f64 = (1 << 20) as f64;
const GIB: f64 = (1 << 30) as f64;

/// A size of memory: `8G`, `500M`, in powers of 1024.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let units = [("k", 1u64 << 10), ("M", 1 << 20), ("G", 1 << 30), ("T", 1 << 40)];
    let known = units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit)));
    let (number, unit) = known.unwrap_or((text, 1));
    let size = number.parse::<f64>().map_err(|_| "not a size such as 500M or 8G".to_owned())?;
    let bytes = size * unit as f64;
    if bytes.is_finite() && bytes >= 1.0 { Ok(bytes as u64) } else { Err("must be above 0".into()) }
}

/// Refuses a run that needs more than it may take: `given` by `--memory`, or what is free where the
/// system says it.
pub(super) fn check(needed: u64, given: Option<u64>) -> Result<(), Error> {
    let Some(most) = given.or_else(free) else { return Ok(()) };
    if needed <= most {
        return Ok(());
    }
    let remedy = "smaller simulation.block_symbols or simulation.samples_per_symbol, fewer lanes \
                  or fewer --threads need less";
    let (needed, most) = (in_words(needed), in_words(most));
    let mut problems = Problems::new();
    let (value, remedy) = match given {
        Some(_) => (most, format!("the run needs about {needed}: {remedy}")),
        None => {
            let by_hand = "--memory SIZE sets another limit";
            (
                String::new(),
                format!("the run needs about {needed}, {most} are free: {remedy}; {by_hand}"),
            )
        }
    };
    problems.report(&KeyPath::root(), "--memory", value, remedy);
    Err(Error::Input(problems))
}

/// `25.3 GiB`, `420 MiB`.
fn in_words(bytes: u64) -> String {
    let bytes = bytes as f64;
    if bytes < GIB { format!("{:.0} MiB", bytes / MIB) } else { format!("{:.1} GiB", bytes / GIB) }
}

/// Memory that can be had without swapping: of the machine, its control group and the process's
/// own limit. `None` on systems that have no `/proc`.
fn free() -> Option<u64> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let machine = available(&read("/proc/meminfo"))?;
    let groups = read("/proc/self/cgroup");
    let group = GroupVersion::ALL.iter().filter_map(|version| version.free(&groups)).min();
    let own = address_space(&read("/proc/self/limits"));
    [Some(machine), group, own].into_iter().flatten().min()
}

/// `MemAvailable` of `/proc/meminfo`, bytes.
fn available(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Files of a version of control groups.
struct GroupVersion {
    /// The process's line of `/proc/self/cgroup` has this before the folder.
    line: &'static str,
    root: &'static str,
    limit: &'static str,
    used: &'static str,
    /// Line of `memory.stat` with the pages of files that can be dropped.
    dropped: &'static str,
}

impl GroupVersion {
    const ALL: [GroupVersion; 2] = [
        GroupVersion {
            line: "0::",
            root: "/sys/fs/cgroup",
            limit: "memory.max",
            used: "memory.current",
            dropped: "inactive_file ",
        },
        GroupVersion {
            line: ":memory:",
            root: "/sys/fs/cgroup/memory",
            limit: "memory.limit_in_bytes",
            used: "memory.usage_in_bytes",
            dropped: "total_inactive_file ",
        },
    ];

    /// What the process's group and those above leave, bytes.
    fn free(&self, groups: &str) -> Option<u64> {
        let at = format!("{}{}", self.root, self.folder(groups)?);
        let folders = Path::new(&at).ancestors().take_while(|at| at.starts_with(self.root));
        folders.filter_map(|folder| self.free_of(folder)).min()
    }

    /// The process's folder, from the root.
    fn folder<'a>(&self, groups: &'a str) -> Option<&'a str> {
        let at = groups.lines().find_map(|line| Some(line.split_once(self.line)?.1))?;
        Some(at.trim_end_matches('/'))
    }

    fn free_of(&self, folder: &Path) -> Option<u64> {
        let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let number = |name: &str| read(name)?.trim().parse::<u64>().ok();
        // "max" is no limit
        let limit = number(self.limit)?;
        let statistics = read("memory.stat").unwrap_or_default();
        let files = statistics.lines().find_map(|line| line.strip_prefix(self.dropped));
        let dropped = files.and_then(|files| files.trim().parse().ok()).unwrap_or(0);
        Some(limit.saturating_sub(number(self.used)?.saturating_sub(dropped)))
    }
}

/// Soft limit of the address space, bytes.
fn address_space(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_powers_of_1024() {
        for (text, bytes) in [("8G", 8u64 << 30), ("500M", 500 << 20), ("1.5k", 1536), ("7", 7)] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "G", "-1G", "0", "nan", "infG", "8GB", "many"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_both_sizes() {
        assert!(check(1 << 30, Some(1 << 30)).is_ok());
        let said = check(25 << 30, Some(8 << 30)).unwrap_err().to_string();
        assert!(said.starts_with("--memory = 8.0 GiB: the run needs about 25.0 GiB: "), "{said}");
    }

    #[test]
    fn texts_of_the_system_are_read() {
        let text = "MemTotal:  24683652 kB\nMemFree: 1 kB\nMemAvailable:   2048 kB\n";
        assert_eq!((available(text), available("")), (Some(2 << 20), None));
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax address space   4096  unlimited  bytes";
        assert_eq!(address_space(limits), Some(4096));
        assert_eq!(address_space("Max address space  unlimited  unlimited  bytes"), None);
        let [second, first] = GroupVersion::ALL;
        let groups = "4:memory:/a\n0::/user.slice/b/\n";
        assert_eq!(
            (first.folder(groups), second.folder(groups)),
            (Some("/a"), Some("/user.slice/b"))
        );
        assert_eq!((first.folder("0::/"), second.folder("0::/")), (None, Some("")));
    }
}
