//! Events for whoever asks.

use std::marker::PhantomData;
use std::time::Duration;

use qapi_types::EventSet;

use super::Client;
use crate::core::{Inbox, Stamped};
use crate::error::Error;
use crate::outcome;

/// A subscription to events, as the set `E`: it gets all that come after it was made, and ends when it is dropped.
///
/// They are received while its client waits for something, be it an event or a reply. Made by [`Client::subscribe`].
///
/// ```no_run
/// use qapi_types::UnknownEvent;
///
/// # let mut client = qapi_client::blocking::Client::connect_unix("/run/vm/qmp.sock")?;
/// let mut events = client.subscribe::<UnknownEvent>(["RESET", "SHUTDOWN"]);
/// while let Some(stamped) = events.next(&mut client, None)? {
///     println!("{}", stamped.event.name);
/// }
/// # Ok::<(), qapi_client::Error>(())
/// ```
#[derive(Debug)]
pub struct Subscription<E> {
    pub(super) inbox: Inbox,
    set: PhantomData<fn() -> E>,
}

impl<E: EventSet> Subscription<E> {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self {
            inbox,
            set: PhantomData,
        }
    }

    /// The next event, the oldest that waits or else the first that `client` receives within `timeout`; `None` if there is
    /// none. A timeout of `None` waits for ever, one of zero takes what is there.
    ///
    /// # Errors
    /// [`Error::Gap`]: events are missing here, the next ones follow. [`Error::Undecodable`]: the event's data are not what
    /// the schema says; it is gone, the next ones follow. [`Error::Overflow`], [`Error::Lost`], [`Error::Protocol`]: no more
    /// follow.
    pub fn next(
        &mut self,
        client: &mut Client,
        timeout: Option<Duration>,
    ) -> Result<Option<Stamped<E>>, Error> {
        let delivery = client.next_delivery(&self.inbox, timeout);
        delivery.map(outcome::event).transpose()
    }

    /// The next event of those that wait; `None` if there is none.
    ///
    /// # Errors
    /// As [`next`](Self::next).
    pub fn try_next(&mut self) -> Result<Option<Stamped<E>>, Error> {
        self.inbox.take().map(outcome::event).transpose()
    }

    /// How many events were dropped because nobody took them in time.
    pub fn lost(&self) -> u64 {
        self.inbox.lost()
    }
}
