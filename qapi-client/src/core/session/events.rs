//! Events on their way to subscribers.

use std::sync::Arc;
use std::task::Waker;

use super::Session;
use crate::core::inbox::{Outbox, Push, subscription};
use crate::core::{Buffer, Filter, Inbox, RawEvent};
use crate::trace;

impl Session {
    /// A subscription to the events that `filter` lets through, all that are received from now on.
    pub fn subscribe(&mut self, filter: Filter, buffer: Buffer) -> Inbox {
        let (outbox, inbox) = subscription(filter, buffer);
        if let Some(end) = &self.end {
            outbox.end(end);
        }
        // Those who go while nothing happens are not seen to go.
        if self.held.is_none() && self.subscribers.len() == self.subscribers.capacity() {
            self.subscribers.retain(Outbox::is_open);
        }
        self.subscribers.push(outbox);
        inbox
    }

    /// Whether the session stands still until a subscriber has taken an event; see [`Overflow::Wait`](crate::Overflow).
    pub fn is_held_up(&self) -> bool {
        self.held.is_some()
    }

    /// Whether it still does; if so `waker` is woken when the subscriber that holds it up has taken an event.
    pub fn is_held_up_until(&mut self, waker: &Waker) -> bool {
        while let Some((_, had)) = &self.held {
            let had = *had;
            self.subscribers[had].when_room(waker);
            // There may have been room before the waker was known, and none with the next.
            self.deliver_held();
            if self.held.as_ref().is_some_and(|(_, now)| *now == had) {
                return true;
            }
        }
        false
    }

    pub(super) fn deliver(&mut self, event: RawEvent) {
        self.metrics.events += 1;
        trace::event(&event);
        self.held = Some((Arc::new(event), 0));
        self.deliver_held();
    }

    /// Hands the event that is held to the subscribers that have not had it; `false` if one has no room.
    pub(super) fn deliver_held(&mut self) -> bool {
        let Some((event, had)) = &mut self.held else {
            return true;
        };
        while let Some(subscriber) = self.subscribers.get(*had) {
            match subscriber.push(event) {
                Push::Full => return false,
                Push::Done { dropped } => {
                    self.metrics.events_lost += dropped;
                    *had += 1;
                }
                Push::Gone => drop(self.subscribers.remove(*had)),
            }
        }
        self.held = None;
        true
    }
}
