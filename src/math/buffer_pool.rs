//! Buffers of numbers whose memory is kept per thread for reuse.
//!
//! A system's allocator maps a row of a block anew each time and gives it back when it is dropped,
//! and the first touch of each page costs more than what most loops do with it. Here a dropped
//! row's memory goes to the thread that drops it, up to [`KEPT`] bytes, and the next row that it
//! fits takes it from there.

use num_complex::Complex32;
use std::cell::RefCell;
use std::ops::{Deref, DerefMut};
use std::thread::LocalKey;

/// Maximum memory kept per thread and number type, bytes.
const KEPT: usize = 2 << 20;
/// Size below which buffers are left to the allocator, bytes.
const SHORTEST: usize = 16 << 10;

/// A number type with kept buffers.
pub(crate) trait Poolable: Copy + Default + 'static {
    /// Buffers kept by this thread.
    fn kept() -> &'static LocalKey<RefCell<Vec<Vec<Self>>>>;
}

thread_local! {
    static REAL: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
    static COMPLEX: RefCell<Vec<Vec<Complex32>>> = const { RefCell::new(Vec::new()) };
}

impl Poolable for f32 {
    fn kept() -> &'static LocalKey<RefCell<Vec<Vec<f32>>>> {
        &REAL
    }
}

impl Poolable for Complex32 {
    fn kept() -> &'static LocalKey<RefCell<Vec<Vec<Complex32>>>> {
        &COMPLEX
    }
}

/// A buffer of fixed length; its memory is reused when it is dropped.
pub(crate) struct Pooled<T: Poolable>(Vec<T>);

impl<T: Poolable> Pooled<T> {
    /// Zeros of a given length.
    pub(crate) fn zeros(length: usize) -> Pooled<T> {
        let mut memory = memory(length);
        memory.resize(length, T::default());
        Pooled(memory)
    }

    /// A copy of a slice.
    pub(crate) fn of(x: &[T]) -> Pooled<T> {
        let mut memory = memory(x.len());
        memory.extend_from_slice(x);
        Pooled(memory)
    }
}

impl<T: Poolable> FromIterator<T> for Pooled<T> {
    fn from_iter<I: IntoIterator<Item = T>>(x: I) -> Pooled<T> {
        let x = x.into_iter();
        let mut memory = memory(x.size_hint().0);
        memory.extend(x);
        Pooled(memory)
    }
}

impl<T: Poolable> Clone for Pooled<T> {
    fn clone(&self) -> Pooled<T> {
        Pooled::of(self)
    }
}

impl<T: Poolable> Default for Pooled<T> {
    fn default() -> Pooled<T> {
        Pooled(Vec::new())
    }
}

impl<T: Poolable> Deref for Pooled<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: Poolable> DerefMut for Pooled<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl<'a, T: Poolable> IntoIterator for &'a Pooled<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> std::slice::Iter<'a, T> {
        self.0.iter()
    }
}

impl<T: Poolable> Drop for Pooled<T> {
    fn drop(&mut self) {
        let mut memory = std::mem::take(&mut self.0);
        if bytes(&memory) < SHORTEST {
            return;
        }
        // at a thread's end the pool no longer exists
        let _ = T::kept().try_with(|kept| {
            let mut kept = kept.borrow_mut();
            if kept.iter().map(bytes).sum::<usize>() + bytes(&memory) <= KEPT {
                memory.clear();
                kept.push(memory);
            }
        });
    }
}

/// Memory of a vector, bytes.
fn bytes<T>(memory: &Vec<T>) -> usize {
    memory.capacity() * size_of::<T>()
}

/// An empty vector of the given capacity: the smallest kept one that is less than twice as long, or
/// a new one.
fn memory<T: Poolable>(length: usize) -> Vec<T> {
    let fits = |memory: &Vec<T>| (length..2 * length.max(1)).contains(&memory.capacity());
    let kept = T::kept().try_with(|kept| {
        let mut kept = kept.borrow_mut();
        let at =
            (0..kept.len()).rev().filter(|&i| fits(&kept[i])).min_by_key(|&i| kept[i].capacity());
        at.map(|at| kept.swap_remove(at))
    });
    kept.ok().flatten().unwrap_or_else(|| Vec::with_capacity(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept() -> usize {
        REAL.with(|kept| kept.borrow().iter().map(bytes).sum())
    }

    #[test]
    fn a_row_takes_the_memory_of_one_that_was_dropped_and_holds_what_it_is_given() {
        let first = Pooled::of(&[1f32; 8192]);
        let at = first.as_ptr();
        drop(first);
        let second = Pooled::<f32>::zeros(8000);
        assert!(second.as_ptr() == at && second.len() == 8000 && second.iter().all(|&x| x == 0.0));
        let third: Pooled<f32> = (0..8192).map(|i| i as f32).collect();
        assert!(third.as_ptr() != at && third.len() == 8192 && third[8191] == 8191.0);
        assert!(third.clone().iter().eq(third.iter()));
        drop(second);
        assert!(Pooled::<f32>::zeros(4000).as_ptr() != at, "a short row leaves long memory alone");
    }

    #[test]
    fn what_is_kept_stays_below_its_bound_and_short_rows_are_not_kept() {
        drop(Pooled::<f32>::zeros(100));
        assert_eq!(kept(), 0);
        let many: Vec<Pooled<f32>> = (0..100).map(|_| Pooled::zeros(32_768)).collect();
        drop(many);
        assert!(kept() <= KEPT && kept() + (32_768 << 2) > KEPT, "{}", kept());
    }
}
