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
        Some(Some(coarse(remaining)))
    }
}

/// The duration, a hundredth longer at most: so the system has to be told a new one once in a while, not at every read.
fn coarse(remaining: Duration) -> Duration {
    let rest = remaining.subsec_nanos().div_ceil(MOMENT.subsec_nanos());
    let millis = remaining.as_secs().saturating_mul(1000);
    let millis = millis.saturating_add(rest.into()).max(1);
    let step = 10_u64.pow(millis.ilog10().saturating_sub(2));
    Duration::from_millis(millis.div_ceil(step).saturating_mul(step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_rounded_up_a_little() {
        for (exact, coarser) in [
            (Duration::ZERO, 1),
            (Duration::from_nanos(1), 1),
            (Duration::from_micros(20_001), 21),
            (Duration::from_micros(999_001), 1000),
            (Duration::from_micros(29_999_999), 30_000),
            (Duration::from_millis(30_001), 30_100),
            (Duration::from_millis(299_999), 300_000),
        ] {
            assert_eq!(coarse(exact), Duration::from_millis(coarser), "{exact:?}");
        }
        assert!(coarse(Duration::MAX) > Duration::from_secs(1 << 50));
    }
}
