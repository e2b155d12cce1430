//! How a session ends, or begins anew.

use super::{Phase, Session};
use crate::core::{End, Framer};
use crate::trace;

impl Session {
    /// Says that nothing can be received any more. Every call ends: [`step`](Self::step) tells of each; and every
    /// subscriber is told, when it has taken what came before.
    pub fn finish(&mut self, end: End) {
        if self.end.is_some() {
            return;
        }
        self.lose_calls_on_wire();
        self.lose_calls_in_line();
        for subscriber in &self.subscribers {
            subscriber.end(&end);
        }
        trace::ended(&end);
        self.end = Some(end);
    }

    /// Says that the connection is gone and another is to be made: the session is as new, but for the calls that were not
    /// sent, which wait, and the subscribers, who are told of the gap. What had been sent ends: [`step`](Self::step) tells.
    pub fn restart(&mut self) {
        // The negotiation is the old connection's.
        if let Phase::Negotiating(id) = self.phase {
            self.in_band.abandon(id, &mut self.ids);
        }
        self.take_back_calls();
        self.lose_calls_on_wire();
        self.ids.trust();
        for subscriber in &self.subscribers {
            subscriber.reconnected();
        }
        self.framer = Framer::new(self.limits.message, self.limits.values.skipped_nesting);
        self.held = None;
        self.end = None;
        self.has_out_of_band = false;
        self.heard = false;
        self.metrics.reconnects += 1;
        trace::restarted();
        self.phase = match self.greets {
            true => Phase::Greeting,
            false => Phase::Ready,
        };
        match self.agent {
            Some(_) => self.come_into_step(),
            None => self.release(),
        }
    }
}
