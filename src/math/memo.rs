//! Tables that were built last, for whoever asks for the same ones again.

use std::sync::{Arc, Mutex};

/// Most things that are kept.
const KEPT: usize = 8;

/// What was built last, by what it was built from: a pure function, remembered.
pub(crate) struct LruCache<K, V>(Mutex<Vec<(K, Arc<V>)>>);

impl<K: Clone + PartialEq, V> LruCache<K, V> {
    /// Nothing yet.
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// What `build` makes of a key, or made of it before.
    pub(crate) fn get<E>(
        &self,
        key: &K,
        build: impl FnOnce() -> Result<V, E>,
    ) -> Result<Arc<V>, E> {
        let find = |kept: &[(K, Arc<V>)]| {
            kept.iter().find(|(known, _)| known == key).map(|(_, value)| value.clone())
        };
        if let Some(value) = find(&self.0.lock().expect("no holder panics")) {
            return Ok(value);
        }
        // built without the lock: others need not wait
        let value = Arc::new(build()?);
        let mut kept = self.0.lock().expect("no holder panics");
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
    fn the_same_key_gives_the_same_thing_and_old_ones_go() {
        let recent = LruCache::new();
        let mut built = 0;
        let mut get = |key: u32| {
            let value = recent.get(&key, || {
                built += 1;
                Ok::<_, ()>(2 * key)
            });
            (*value.unwrap(), built)
        };
        assert_eq!((get(1), get(1), get(2), get(1)), ((2, 1), (2, 1), (4, 2), (2, 2)));
        (10..18).for_each(|key| assert_eq!(get(key).0, 2 * key));
        assert_eq!(get(1), (2, 11));
        assert_eq!(recent.get(&99, || Err("no")), Err("no"));
    }
}
