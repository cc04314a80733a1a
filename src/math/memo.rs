//! Values of pure functions that were asked for last.

use std::sync::{Arc, Mutex};

/// Number of values that are kept.
const KEPT: usize = 8;

/// The values of a pure function at the arguments that were used last.
pub(crate) struct LruCache<K, V>(Mutex<Vec<(K, Arc<V>)>>);

impl<K: Clone + PartialEq, V> LruCache<K, V> {
    /// An empty cache.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The value of a key: a kept one, or what `build` makes.
    pub(crate) fn get<E>(
        &self,
        key: &K,
        build: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        {
            let mut kept = self.0.lock().expect("lock is never poisoned");
            if let Some(at) = kept.iter().position(|(known, _)| known == key) {
                // the last one was used last
                kept[at..].rotate_left(1);
                return Ok(kept[kept.len() - 1].1.clone());
            }
        }
        // built without the lock: others need not wait
        let value = Arc::new(build()?);
        let mut kept = self.0.lock().expect("lock is never poisoned");
        if kept.len() == KEPT {
            kept.remove(0);
        }
        kept.push((key.clone(), value.clone()));
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_value_is_not_built_again_and_the_least_recently_used_goes() {
        let cache = LruCache::new();
        let mut built = 0;
        let mut get = |key: u32| {
            let value = cache.get(&key, || {
                built += 1;
                Ok::<_, ()>(2 * key)
            });
            (*value.unwrap(), built)
        };
        assert_eq!((get(1), get(1), get(2), get(1)), ((2, 1), (2, 1), (4, 2), (2, 2)));
        (10..16).for_each(|key| assert_eq!(get(key).0, 2 * key));
        // 1 was used after 2: of nine keys 2 goes
        assert_eq!((get(16), get(1), get(2)), ((32, 9), (2, 9), (4, 10)));
        assert_eq!(cache.get(&99, || Err("no")), Err("no"));
    }
}
