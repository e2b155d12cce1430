//! What programs have open, by the numbers that the system keeps for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Things that are open.
#[derive(Debug)]
pub(super) struct Handles<T>(Mutex<Open<T>>);

#[derive(Debug)]
struct Open<T> {
    things: HashMap<u64, Arc<T>>,
    next: u64,
}

impl<T> Default for Handles<T> {
    fn default() -> Self {
        Self(Mutex::new(Open {
            things: HashMap::new(),
            next: 0,
        }))
    }
}

impl<T> Handles<T> {
    pub(super) fn open(&self, thing: T) -> u64 {
        let mut open = self.lock();
        let handle = open.next;
        open.next += 1;
        open.things.insert(handle, Arc::new(thing));
        handle
    }

    pub(super) fn get(&self, handle: u64) -> Option<Arc<T>> {
        self.lock().things.get(&handle).cloned()
    }

    pub(super) fn close(&self, handle: u64) -> Option<Arc<T>> {
        self.lock().things.remove(&handle)
    }

    fn lock(&self) -> MutexGuard<'_, Open<T>> {
        // Nothing that holds it can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
