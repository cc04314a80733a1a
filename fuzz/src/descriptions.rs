//! Descriptions of a link: TOML, assignments and axes.

use super::common::{Scratch, arguments, refused_input};
use lightlane::link::{LayeredConfig, Resolved, presets};
use lightlane::sweep::{Axis, Sweep};
use toml::Value;

/// Largest number of assignments, of axes, and of points that are checked.
const ASSIGNMENTS_MAX: usize = 8;
const AXES_MAX: usize = 3;
const POINTS_MAX: u64 = 12;

/// Descriptions of a link in TOML, merged with the preset that they name.
pub fn description(bytes: &[u8]) -> bool {
    let file = Scratch::new("toml", bytes);
    match LayeredConfig::open(file.path()).and_then(|stack| stack.resolve()) {
        Ok(resolved) => complete(&resolved),
        Err(error) => refused_input(&error, bytes),
    }
}

/// Assignments as of `--set`, onto the preset that the first argument names.
pub fn set(bytes: &[u8]) -> bool {
    let Some((mut stack, assignments)) = preset(bytes) else { return false };
    let mut accepted = true;
    for assignment in assignments.iter().take(ASSIGNMENTS_MAX) {
        let before = stack.merged_text();
        if let Err(error) = stack.set(assignment) {
            accepted = refused_input(&error, bytes);
            assert_eq!(stack.merged_text(), before, "{assignment:?} is refused and changes keys");
        }
    }
    match stack.resolve() {
        Ok(resolved) => complete(&resolved) && accepted,
        Err(error) => refused_input(&error, bytes),
    }
}

/// Axes as of `--axis`, of a sweep of the preset that the first argument names.
pub fn axes(bytes: &[u8]) -> bool {
    let Some((stack, texts)) = preset(bytes) else { return false };
    let mut axes = Vec::new();
    for text in texts.iter().take(AXES_MAX) {
        match Axis::parse(text) {
            Ok(axis) => axes.push(axis),
            Err(error) => return refused_input(&error, bytes),
        }
    }
    axes.iter().for_each(values);
    let points = Sweep::points_of(&axes);
    if axes.is_empty() || points > POINTS_MAX {
        return !axes.is_empty();
    }
    let strict = Sweep::new(&stack, axes.clone());
    if let Ok(sweep) = &strict {
        assert!(sweep.points() == points && sweep.rows() >= points && sweep.refused() == 0);
    }
    match Sweep::keeping_refused(&stack, axes.clone()) {
        Ok(sweep) => {
            assert_eq!(sweep.header().axes.len(), axes.len());
            assert_eq!(strict.is_ok(), sweep.refused() == 0);
            true
        }
        Err(error) => {
            assert!(strict.is_err(), "{error}");
            refused_input(&error, bytes)
        }
    }
}

/// The preset that the first argument names, the first one if it names none, with two lanes, and
/// the other arguments.
fn preset(bytes: &[u8]) -> Option<(LayeredConfig, Vec<&str>)> {
    let mut arguments = arguments(bytes)?;
    // the folders of this machine are not searched
    if arguments.iter().any(|text| text.contains(['*', '?']) && text.contains(['/', '\\'])) {
        return None;
    }
    let named = presets::find(arguments[0]);
    if named.is_some() {
        arguments.remove(0);
    }
    let name = named.unwrap_or(&presets::all()[0]).name;
    let mut stack = LayeredConfig::open(name).expect("a preset");
    // of eight that are alike, two tell as much
    stack.set("lanes=2").expect("a key of every link");
    Some((stack, arguments))
}

/// Checks the ends and the middle of an axis: finite, and in order where they are a range.
fn values(axis: &Axis) {
    let places = [0, axis.len() / 2, axis.len() - 1];
    let values = places.map(|place| axis.value(place));
    values.iter().for_each(finite);
    if axis.is_list() {
        return;
    }
    let [first, middle, last] = values.map(|value| match value {
        Value::Integer(number) => number as f64,
        Value::Float(number) => number,
        other => panic!("{} has {other} in a range", axis.name()),
    });
    assert!(
        (first <= middle && middle <= last) || (first >= middle && middle >= last),
        "{}: {first}, {middle}, {last}",
        axis.name()
    );
}

/// Checks a description that was accepted: as many lanes as it says, of finite numbers.
fn complete(resolved: &Resolved) -> bool {
    assert!(
        resolved.lanes.len() == resolved.base.lanes && resolved.hash.len() == 16,
        "{}",
        resolved.hash
    );
    resolved.lanes.iter().take(2).for_each(|lane| {
        finite(&Value::try_from(lane).expect("a description is TOML"));
    });
    true
}

fn finite(value: &Value) {
    match value {
        Value::Float(number) => assert!(number.is_finite(), "{number}"),
        Value::Array(values) => values.iter().for_each(finite),
        Value::Table(table) => table.values().for_each(finite),
        _ => {}
    }
}
