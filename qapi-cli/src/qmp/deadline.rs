//! Until when a subcommand waits.

use std::time::{Duration, Instant};

/// A time by which it is over; never, without one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    pub(super) fn after(timeout: Option<Duration>) -> Self {
        // What is further away than the clock can tell is never.
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    pub(super) fn remaining(self) -> Option<Duration> {
        let now = Instant::now();
        self.0.map(|at| at.saturating_duration_since(now))
    }

    /// The remaining time, or `interval` if that is shorter.
    pub(super) fn within(self, interval: Duration) -> Duration {
        self.remaining().map_or(interval, |time| time.min(interval))
    }

    pub(super) fn has_passed(self) -> bool {
        self.remaining().is_some_and(|time| time.is_zero())
    }
}
