//! How a session has its connection, the first and, should it be lost, others: how often, and after which pauses.

use std::time::Duration;

use crate::options::Reconnect;

/// How another connection is to be had: what knows how to have one is the face's.
pub(crate) struct Again<D> {
    pub(crate) dialer: D,
    policy: Reconnect,
    /// How often it was tried since a connection was of use, and how long to wait before the next time; `None` if none has
    /// been of use.
    tried: Option<(u32, Duration)>,
}

impl<D> Again<D> {
    pub(crate) fn new(dialer: D, policy: Reconnect) -> Self {
        Self {
            dialer,
            policy,
            tried: None,
        }
    }

    /// A connection has ended, which was of use or was not: how long to wait before another is tried; `None` if none is to
    /// be. One that has not been of use is but another attempt that has failed.
    pub(crate) fn after(&mut self, was_of_use: bool) -> Option<Duration> {
        if was_of_use {
            self.tried = Some((0, Duration::ZERO));
        }
        self.next_pause()
    }

    /// The same after an attempt to have a connection at all.
    pub(crate) fn next_pause(&mut self) -> Option<Duration> {
        let (attempts, pause) = self.tried?;
        if attempts == self.policy.attempts {
            return None;
        }
        let next = match attempts {
            0 => self.policy.pause,
            _ => pause.saturating_mul(2),
        };
        self.tried = Some((attempts + 1, next.min(self.policy.longest_pause)));
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        for (attempts, expected) in [(0, &[][..]), (1, &[0]), (6, &[0, 2, 4, 8, 10, 10])] {
            let policy = Reconnect {
                attempts,
                pause: Duration::from_secs(2),
                longest_pause: Duration::from_secs(10),
            };
            let mut again = Again::new((), policy);
            assert_eq!(again.after(false), None);
            for _ in 0..2 {
                let mut was_of_use = true;
                let pauses = std::iter::from_fn(|| again.after(std::mem::take(&mut was_of_use)));
                let pauses: Vec<_> = pauses.map(|pause| pause.as_secs()).collect();
                assert_eq!(pauses, expected);
            }
        }
    }
}
