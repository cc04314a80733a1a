//! Stored results of independent programs, with the scripts that made them in `tests/oracle`.

use serde_json::Value;
use std::sync::LazyLock;

/// Reed-Solomon codes, Gaussian tails and filters: galois, reedsolo, SciPy.
pub(super) static CODES: LazyLock<Value> =
    LazyLock::new(|| parsed(include_str!("../../tests/oracle/codes/codes.json")));
/// Lines in cascade: scikit-rf.
pub(super) static LINES: LazyLock<Value> =
    LazyLock::new(|| parsed(include_str!("../../tests/oracle/lines/lines.json")));
/// Channel operating margins: PyChOpMarg.
pub(super) static COM: LazyLock<Value> =
    LazyLock::new(|| parsed(include_str!("../../tests/oracle/com/com.json")));
/// Six links in the time domain: NumPy, SciPy.
pub(super) static LINKS: LazyLock<Value> =
    LazyLock::new(|| parsed(include_str!("../../tests/oracle/oracle.json")));

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("a stored result is JSON")
}

/// A number of a stored result by its JSON pointer.
pub(super) fn number(value: &Value, pointer: &str) -> f64 {
    let found = value.pointer(pointer).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("a stored result has {pointer}"))
}

/// Numbers of a stored result by their JSON pointer.
pub(super) fn numbers(value: &Value, pointer: &str) -> Vec<f64> {
    let found = value.pointer(pointer).and_then(Value::as_array);
    let found = found.unwrap_or_else(|| panic!("a stored result has {pointer}"));
    found.iter().map(|number| number.as_f64().expect("a number")).collect()
}
