//! Commands that are followed to their completion, for both faces.
//!
//! Each subscribes first and then sends, so that what happens meanwhile is not missed; asks the machine itself where events
//! are missing; and ends when the machine does. They are written once, against a [`Face`].

mod error;
mod job;
mod migration;
mod shutdown;
mod unplug;

use std::time::{Duration, Instant};

use qapi_types::Command;
use qapi_types::qmp::Event;

use crate::error::Error;

pub use error::OperationError;
pub(crate) use job::run_job;
pub(crate) use migration::migrate;
pub(crate) use shutdown::shut_down;
pub(crate) use unplug::unplug;

/// What operations need of a client. That of the blocking one is always ready.
pub(crate) trait Face {
    type Events;

    /// A subscription to the events of these names.
    fn watch(&mut self, names: &[&str]) -> Self::Events;

    async fn run<C: Command>(&mut self, command: &C) -> Result<C::Return, Error>;

    /// The next event within `timeout`; `None` if there is none.
    async fn next(
        &mut self,
        events: &mut Self::Events,
        timeout: Option<Duration>,
    ) -> Result<Option<Event>, Error>;
}

/// How often the machine is asked how far it is.
const INTERVAL: Duration = Duration::from_millis(250);

/// Until when an operation may take.
#[derive(Clone, Copy, Debug)]
struct Deadline(Option<Instant>);

impl Deadline {
    fn after(timeout: Option<Duration>) -> Self {
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    fn remaining(self) -> Option<Duration> {
        self.0
            .map(|at| at.saturating_duration_since(Instant::now()))
    }

    /// The remaining time, or an interval if that is shorter.
    fn interval(self) -> Option<Duration> {
        Some(self.remaining().map_or(INTERVAL, |time| time.min(INTERVAL)))
    }

    fn has_passed(self) -> bool {
        self.remaining()
            .is_some_and(|remaining| remaining.is_zero())
    }
}

/// The next event, or `None` if it is time to ask the machine itself.
async fn next<F: Face>(
    face: &mut F,
    events: &mut F::Events,
    timeout: Option<Duration>,
) -> Result<Option<Event>, Error> {
    match face.next(events, timeout).await {
        Err(Error::Gap(_) | Error::Undecodable(_)) => Ok(None),
        event => event,
    }
}
