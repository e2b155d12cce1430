//! Who waits for which reply.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use ::tokio::sync::oneshot;

use crate::core::{CallId, Outcome};

/// Callers by the ids of their calls.
#[derive(Debug, Default)]
pub(super) struct Callers(HashMap<CallId, oneshot::Sender<Outcome>, BuildHasherDefault<Spread>>);

impl Callers {
    pub(super) fn insert(&mut self, id: CallId, caller: oneshot::Sender<Outcome>) {
        self.0.insert(id, caller);
    }

    pub(super) fn take(&mut self, id: CallId) -> Option<oneshot::Sender<Outcome>> {
        self.0.remove(&id)
    }
}

/// Ids are our own, and count up: all that has to be done for a table is to spread them over a word.
#[derive(Debug, Default)]
struct Spread(u64);

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0 ^ number).wrapping_mul(GOLDEN);
    }

    fn finish(&self) -> u64 {
        // Tables look at the lowest bits and at the highest; a product has the spread ones at its upper end.
        self.0.rotate_left(32)
    }
}
