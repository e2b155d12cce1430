//! How a session with a guest agent begins.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// What is waited for while the agent does not answer.
pub(crate) const WAITING_FOR: &str = "the guest agent";

/// How often it is asked within a deadline: it may not have been there yet, or have come anew.
const ATTEMPTS: u32 = 4;

/// How long to wait for an answer where there is no deadline.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the agent is asked, and how long each time, within `timeout`.
pub(crate) fn attempts(timeout: Option<Duration>) -> (u32, Duration) {
    match timeout {
        Some(timeout) => (ATTEMPTS, timeout / ATTEMPTS),
        None => (u32::MAX, PATIENCE),
    }
}

/// A number by which an answer is known, and from which on more are taken: none that an earlier client is likely to have
/// taken. The agent takes 63 bits, and some of those that are written in other languages only 53.
pub(crate) fn number() -> u64 {
    RandomState::new().build_hasher().finish() >> 12
}
