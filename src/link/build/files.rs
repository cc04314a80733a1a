//! Files that lanes were built from, and warnings about the range of their data.

use crate::link::build::lane::Lane;
use crate::measured::FileRead;
use crate::units::giga;

/// Warnings of responses whose data ends below the highest frequency of the grid.
pub(crate) fn short(lane: &Lane) -> Vec<String> {
    let top_hz = lane.grid().sample_rate_hz() / 2.0;
    let short = lane
        .files
        .iter()
        .filter(|file| lane.config.uses(&file.key))
        .filter_map(|file| Some((file, file.ends_hz.filter(|&end_hz| end_hz < top_hz)?)));
    let warning = |(file, end_hz): (&FileRead, f64)| {
        let (end, top) = (end_hz / giga(1.0), top_hz / giga(1.0));
        format!(
            "{}: {} ends at {end:.1} GHz; from there to {top:.1} GHz it \
             is extrapolated by the slope of its last octave",
            file.key, file.file
        )
    };
    short.map(warning).collect()
}

/// Doubts about how files in use were read.
pub(crate) fn doubts(lane: &Lane) -> Vec<String> {
    let used = lane.files.iter().filter(|file| lane.config.uses(&file.key));
    let notes = |file: &FileRead| {
        let named = |note: &String| format!("{}: {} {note}", file.key, file.file);
        file.notes.iter().map(named).collect::<Vec<_>>()
    };
    used.flat_map(notes).collect()
}

/// Files of all lanes: those of the first, and differing ones of the others under `lane.N.`.
pub(crate) fn of<'a>(mut lanes: impl Iterator<Item = &'a Lane>) -> Vec<FileRead> {
    let Some(first) = lanes.next() else { return Vec::new() };
    let mut files = first.files.clone();
    for lane in lanes {
        let own = lane.files.iter().filter(|file| !first.files.contains(file));
        files.extend(own.map(|file| FileRead {
            key: format!("lane.{}.{}", lane.number, file.key),
            ..file.clone()
        }));
    }
    files
}
