//! Events for whoever asks.

use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use qapi_types::EventSet;

use super::shared::Handle;
use crate::core::{Inbox, Stamped};
use crate::error::Error;
use crate::outcome;

/// A subscription to events, as the set `E`: it gets all that come after it was made, and ends when it is dropped. Made by
/// [`Client::subscribe`](super::Client::subscribe).
///
/// It keeps the session open, as a client does. As a [`Stream`] it ends after the error that ends it.
///
/// ```no_run
/// # async fn example(client: qapi_client::tokio::Client) -> Result<(), qapi_client::Error> {
/// use qapi_client::Error;
/// use qapi_types::UnknownEvent;
///
/// let mut events = client.subscribe::<UnknownEvent>(["RESET", "SHUTDOWN"]);
/// loop {
///     match events.next().await {
///         Ok(stamped) => println!("{}", stamped.event.name),
///         Err(Error::Gap(_)) => println!("some are missing"),
///         Err(end) => return Err(end),
///     }
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Subscription<E> {
    inbox: Inbox,
    ended: bool,
    set: PhantomData<fn() -> E>,
    _handle: Arc<Handle>,
}

impl<E: EventSet> Subscription<E> {
    pub(super) fn new(inbox: Inbox, handle: Arc<Handle>) -> Self {
        Self {
            inbox,
            ended: false,
            set: PhantomData,
            _handle: handle,
        }
    }

    /// The next event. Dropping the future loses none.
    ///
    /// # Errors
    /// [`Error::Gap`]: events are missing here, the next ones follow. [`Error::Undecodable`]: the event's data are not what
    /// the schema says; it is gone, the next ones follow. [`Error::Overflow`], [`Error::Lost`], [`Error::Protocol`]: no more
    /// follow.
    pub async fn next(&mut self) -> Result<Stamped<E>, Error> {
        outcome::event(poll_fn(|cx| self.inbox.poll_take(cx)).await)
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

impl<E: EventSet> Stream for Subscription<E> {
    type Item = Result<Stamped<E>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let event = outcome::event(std::task::ready!(self.inbox.poll_take(cx)));
        self.ended = matches!(
            event,
            Err(Error::Overflow | Error::Lost { .. } | Error::Protocol(_))
        );
        Poll::Ready(Some(event))
    }
}
