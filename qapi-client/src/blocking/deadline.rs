//! Until when something may take.

use std::time::{Duration, Instant};

/// A point in time, or never.
#[derive(Debug)]
pub(super) struct Deadline {
    at: Option<Instant>,
    asked: bool,
}

/// The shortest time to wait for: sockets know no zero.
pub(super) const MOMENT: Duration = Duration::from_millis(1);

impl Deadline {
    /// So long from now; never if `None`, or if that is beyond what the clock counts.
    pub(super) fn after(timeout: Option<Duration>) -> Self {
        Self {
            at: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            asked: false,
        }
    }

    /// How long to wait now: `Some(None)` is for ever, `None` is no longer. The first answer is a moment at least: even a
    /// caller who has no time at all gets what is there already.
    pub(super) fn remaining(&mut self) -> Option<Option<Duration>> {
        let first = !std::mem::replace(&mut self.asked, true);
        let Some(at) = self.at else {
            return Some(None);
        };
        let remaining = at.saturating_duration_since(Instant::now());
        if remaining.is_zero() && !first {
            return None;
        }
        Some(Some(remaining.max(MOMENT)))
    }
}
