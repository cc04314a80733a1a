//! Memory of a sweep, estimated from its axes.

use super::axes::Axis;
use super::run::Sweep;
use crate::link::{Config, memory_bytes};

/// Largest number of values of an axis that are looked at; of more, the first and the last ones.
const VALUES_MAX: usize = 256;

impl Sweep {
    /// Memory of the largest point, bytes, with as many of its lanes at a time as there are
    /// threads; [`memory_bytes`] has its limits. Each axis is taken at the value that needs most
    /// with the others at the first point.
    pub fn memory_bytes(&self, threads: usize) -> u64 {
        self.largest(&|lanes| {
            memory_bytes(lanes.first().into_iter().cycle().take(threads), threads)
        })
    }

    /// The same with all lanes of a point at a time, one point after the other.
    pub(super) fn memory_of_points_bytes(&self, threads: usize) -> u64 {
        self.largest(&|lanes| memory_bytes(lanes.iter(), threads))
    }

    fn largest(&self, bytes: &dyn Fn(&[Config]) -> u64) -> u64 {
        let first = self.values(self.first());
        let of =
            |values: &[toml::Value]| self.link(values).map_or(0, |resolved| bytes(&resolved.lanes));
        let mut all = first.clone();
        for (axis, most) in self.axes().iter().zip(0..) {
            let with = |at: usize| {
                let mut values = first.clone();
                values[most] = axis.value(at);
                of(&values)
            };
            let largest = looked_at(axis).max_by_key(|&at| with(at)).unwrap_or(0);
            all[most] = axis.value(largest);
        }
        // the combination may be refused
        of(&all).max(of(&first))
    }
}

/// Values of an axis that are looked at.
fn looked_at(axis: &Axis) -> impl Iterator<Item = usize> {
    let (len, half) = (axis.len(), VALUES_MAX / 2);
    (0..len).filter(move |&at| at < half || at + half >= len)
}
