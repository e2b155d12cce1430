//! Until when a subcommand waits.

use std::time::{Duration, Instant};

use qapi_client::{CallOptions, Options};

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

    /// A session that waits as `options` say, but no longer than until then.
    pub(super) fn limit(self, options: Options) -> Options {
        let sooner = |timeout: Option<Duration>| match timeout {
            Some(timeout) => Some(self.within(timeout)),
            None => self.remaining(),
        };
        Options {
            timeout: sooner(options.timeout),
            long_timeout: sooner(options.long_timeout),
            ..options
        }
    }

    /// A call in such a session.
    pub(super) fn call(self, options: Options) -> CallOptions {
        match self.limit(options).timeout {
            Some(timeout) => CallOptions::new().within(timeout),
            None => CallOptions::new().unbounded(),
        }
    }

    pub(super) fn has_passed(self) -> bool {
        self.remaining().is_some_and(|time| time.is_zero())
    }
}
