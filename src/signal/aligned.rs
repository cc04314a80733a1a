//! Cache-aligned memory of a block.

use std::ops::{Deref, DerefMut};

/// A row of numbers that begins with a cache line: vectors of 512 bits then never lie across two of
/// them, as they do where the system allocator starts 16 bytes after one.
#[derive(Debug, Default)]
pub struct Aligned<T> {
    memory: Vec<T>,
    first: usize,
    length: usize,
}

/// Bytes of a cache line.
const LINE: usize = 64;

impl<T: Copy + Default> Aligned<T> {
    /// Zeros of a given length.
    pub fn new(length: usize) -> Self {
        let memory = vec![T::default(); length + LINE / size_of::<T>()];
        let first = memory.as_ptr().align_offset(LINE);
        // an index out of range has no reference
        let first = if first + length <= memory.len() { first } else { 0 };
        Aligned { memory, first, length }
    }
}

impl<T: Copy + Default> Clone for Aligned<T> {
    fn clone(&self) -> Self {
        let mut aligned = Aligned::new(self.length);
        aligned.copy_from_slice(self);
        aligned
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.memory[self.first..self.first + self.length]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.memory[self.first..self.first + self.length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex32;

    #[test]
    fn it_begins_with_a_line_and_is_as_long_as_asked() {
        for length in [0, 1, 15, 16, 17, 1000, 40_000] {
            let real = Aligned::<f32>::new(length);
            let mut complex = Aligned::<Complex32>::new(length);
            assert!(real.len() == length && complex.len() == length);
            assert!(
                real.as_ptr().align_offset(LINE) == 0 && complex.as_ptr().align_offset(LINE) == 0
            );
            complex.fill(Complex32::new(1.0, 2.0));
            let again = complex.clone();
            assert!(again.as_ptr().align_offset(LINE) == 0 && again.iter().all(|x| x.im == 2.0));
        }
    }
}
