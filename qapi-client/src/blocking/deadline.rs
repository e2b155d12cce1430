//! Until when something may take.

use std::time::{Duration, Instant};

/// A point in time, or never.
#[derive(Debug)]
pub(super) struct Deadline {
    at: Option<Instant>,
    /// How long that was when it was set, until somebody has asked.
    whole: Option<Duration>,
}

/// The shortest time to wait for: sockets know no zero.
pub(super) const MOMENT: Duration = Duration::from_millis(1);

impl Deadline {
    /// So long from now; never if `None`, or if that is beyond what the clock counts.
    pub(super) fn after(timeout: Option<Duration>) -> Self {
        Self {
            at: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            whole: timeout,
        }
    }

    /// This one, or one that is so long from now, whichever comes first.
    pub(super) fn or_after(&self, timeout: Duration) -> Self {
        let sooner = Self::after(Some(timeout));
        match (self.at, sooner.at) {
            (Some(at), Some(sooner)) if at < sooner => Self {
                at: Some(at),
                whole: None,
            },
            _ => sooner,
        }
    }

    /// Whether there is no time left.
    pub(super) fn is_over(&self) -> bool {
        self.at.is_some_and(|at| at <= Instant::now())
    }

    /// How long to wait now: `Some(None)` is for ever, `None` is no longer. The first answer is all the time that there was,
    /// and a moment at least: even a caller who has no time at all gets what is there already.
    pub(super) fn remaining(&mut self) -> Option<Option<Duration>> {
        let Some(at) = self.at else {
            return Some(None);
        };
        let remaining = match self.whole.take() {
            Some(whole) => whole,
            None => at.checked_duration_since(Instant::now())?,
        };
        Some(Some(remaining.max(MOMENT)))
    }
}
