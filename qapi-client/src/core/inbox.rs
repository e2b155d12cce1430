//! Where events wait for a subscriber.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::{End, Filter, RawEvent};
use crate::limits::Limits;

/// How many events wait for a subscriber, and what happens when there are more.
///
/// ```
/// use qapi_client::{Buffer, Overflow};
///
/// // The last ten are enough, however slow the subscriber is.
/// let latest = Buffer {
///     events: 10,
///     ..Buffer::default()
/// };
/// assert_eq!(latest.overflow, Overflow::DropOldest);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffer {
    /// How many events wait at most.
    pub events: usize,
    /// How many bytes their messages may have together.
    pub bytes: usize,
    /// What happens to the next one.
    pub overflow: Overflow,
}

/// What happens to an event that finds its subscriber's buffer full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// The oldest go, and are counted: what has just happened says more about the machine than what has long been so.
    #[default]
    DropOldest,
    /// The session stands still, replies and the other subscribers' events with it, until the subscriber has taken one.
    /// Nothing is lost. Whoever waits for a reply while nobody takes its events waits in vain, until its deadline.
    Wait,
    /// The subscription ends, when the events that wait have been taken.
    Fail,
}

impl Buffer {
    /// The bounds that the limits name, and what happens beyond them.
    pub fn of(limits: Limits, overflow: Overflow) -> Self {
        Self {
            events: limits.events,
            bytes: limits.event_bytes,
            overflow,
        }
    }
}

impl Default for Buffer {
    /// As [`Limits::default`] has it; the oldest go.
    fn default() -> Self {
        Self::of(Limits::default(), Overflow::default())
    }
}

/// What a subscriber is told.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// Something has happened.
    Event(Arc<RawEvent>),
    /// Something has happened that is not told: so many events were dropped, or, without a number, the connection was
    /// down for a while.
    Gap(Option<u64>),
    /// The buffer was full, and the policy is [`Overflow::Fail`]: nothing more comes.
    Overflow,
    /// The session is at its end: nothing more comes.
    End(End),
}

/// A subscription to events. It gets all that come after it was made; dropping it ends it.
///
/// ```
/// use qapi_client::core::{Delivery, Session};
/// use qapi_client::{Buffer, Filter};
///
/// let mut session = Session::without_greeting(Default::default());
/// let inbox = session.subscribe(Filter::from("JOB_*"), Buffer::default());
/// session.receive(br#"{"event": "RESET"}{"event": "JOB_STATUS_CHANGE", "data": {"id": "j"}}"#);
/// assert!(session.step().is_none());
/// let Some(Delivery::Event(event)) = inbox.take() else { panic!("an event") };
/// assert_eq!(event.data.json(), r#"{"id": "j"}"#);
/// assert!(inbox.take().is_none());
/// ```
#[derive(Debug)]
pub struct Inbox(Shared);

/// A session's side of it.
#[derive(Debug)]
pub(super) struct Outbox(Shared);

#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    filter: Filter,
    buffer: Buffer,
    waiting: VecDeque<Item>,
    bytes: usize,
    /// How many were dropped since the subscriber was last told.
    gap: u64,
    /// How many were dropped at all.
    lost: u64,
    /// Nothing is taken in any more: the subscriber has gone, or its buffer was full and that is the end.
    stopped: bool,
    end: Option<End>,
    subscriber: Option<Waker>,
    session: Option<Waker>,
}

#[derive(Debug)]
enum Item {
    Event(Arc<RawEvent>),
    Reconnected,
}

/// What comes of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Push {
    /// It waits for the subscriber, or is none that he wants; so many have gone, itself among them maybe.
    Done { dropped: u64 },
    /// It has to come again, when there is room.
    Full,
    /// There is no subscriber who wants anything any more.
    Gone,
}

/// Both ends of a subscription.
pub(super) fn subscription(filter: Filter, buffer: Buffer) -> (Outbox, Inbox) {
    let shared = Shared(Arc::new(Mutex::new(State {
        filter,
        buffer,
        waiting: VecDeque::new(),
        bytes: 0,
        gap: 0,
        lost: 0,
        stopped: false,
        end: None,
        subscriber: None,
        session: None,
    })));
    (Outbox(shared.clone()), Inbox(shared))
}

impl Inbox {
    /// What is to be told next; `None` if nothing is, yet. After [`Delivery::Overflow`] and [`Delivery::End`] the same
    /// comes again.
    pub fn take(&self) -> Option<Delivery> {
        self.0.lock().take()
    }

    /// The same for a task, which is woken when there is something.
    pub fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Delivery> {
        let mut state = self.0.lock();
        match state.take() {
            Some(delivery) => Poll::Ready(delivery),
            None => {
                remember(&mut state.subscriber, cx.waker());
                Poll::Pending
            }
        }
    }

    /// How many events were dropped because the subscriber did not take them in time.
    pub fn lost(&self) -> u64 {
        self.0.lock().lost
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.stopped = true;
        state.waiting = VecDeque::new();
        wake(&mut state.session);
    }
}

impl Outbox {
    /// Whether there is a subscriber who wants anything yet.
    pub(super) fn is_open(&self) -> bool {
        !self.0.lock().stopped
    }

    /// Takes an event in, if its subscriber wants it and there is room.
    pub(super) fn push(&self, event: &Arc<RawEvent>) -> Push {
        let mut state = self.0.lock();
        if state.stopped {
            return Push::Gone;
        }
        if !state.filter.matches(&event.name) {
            return Push::Done { dropped: 0 };
        }
        let lost = state.lost;
        let is_empty = state.waiting.is_empty();
        let has_room = state.waiting.len() < state.buffer.events
            && state.bytes.saturating_add(event.size) <= state.buffer.bytes;
        match state.buffer.overflow {
            _ if has_room => state.push(event),
            // A buffer takes one, however small it is: waiting would not make it larger.
            Overflow::Wait if is_empty => state.push(event),
            Overflow::Wait => return Push::Full,
            Overflow::DropOldest => {
                state.push(event);
                while state.waiting.len() > state.buffer.events || state.bytes > state.buffer.bytes
                {
                    if let Some(Item::Event(_)) = state.pop() {
                        state.gap += 1;
                        state.lost += 1;
                    }
                }
            }
            Overflow::Fail => {
                state.stopped = true;
                state.lost += 1;
            }
        }
        wake(&mut state.subscriber);
        Push::Done {
            dropped: state.lost - lost,
        }
    }

    /// Has `waker` woken when there is room for another event.
    pub(super) fn when_room(&self, waker: &Waker) {
        remember(&mut self.0.lock().session, waker);
    }

    /// Says that what has happened meanwhile is not known.
    pub(super) fn reconnected(&self) {
        let mut state = self.0.lock();
        // However often: it takes no room but once.
        if !matches!(state.waiting.back(), Some(Item::Reconnected)) {
            state.waiting.push_back(Item::Reconnected);
        }
        wake(&mut state.subscriber);
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self, end: &End) {
        let mut state = self.0.lock();
        state.end = Some(end.clone());
        wake(&mut state.subscriber);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half way.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn take(&mut self) -> Option<Delivery> {
        if self.gap > 0 {
            return Some(Delivery::Gap(Some(std::mem::take(&mut self.gap))));
        }
        match self.pop() {
            Some(Item::Event(event)) => {
                wake(&mut self.session);
                Some(Delivery::Event(event))
            }
            Some(Item::Reconnected) => Some(Delivery::Gap(None)),
            None if self.stopped => Some(Delivery::Overflow),
            None => self.end.clone().map(Delivery::End),
        }
    }

    fn push(&mut self, event: &Arc<RawEvent>) {
        self.bytes += event.size;
        self.waiting.push_back(Item::Event(Arc::clone(event)));
    }

    fn pop(&mut self) -> Option<Item> {
        let item = self.waiting.pop_front()?;
        if let Item::Event(event) = &item {
            self.bytes -= event.size;
        }
        Some(item)
    }
}

fn remember(place: &mut Option<Waker>, waker: &Waker) {
    match place {
        Some(known) => known.clone_from(waker),
        None => *place = Some(waker.clone()),
    }
}

fn wake(place: &mut Option<Waker>) {
    if let Some(waker) = place.take() {
        waker.wake();
    }
}

#[cfg(test)]
mod tests;
