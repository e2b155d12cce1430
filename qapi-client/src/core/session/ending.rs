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
        self.lose_calls(true);
        for subscriber in &self.subscribers {
            subscriber.end(&end);
        }
        trace::ended(&end);
        self.end = Some(end);
    }

    /// Says that the connection is gone and another is to be made: the session is as new, but for the calls that were not
    /// sent, which wait, and the subscribers, who are told of the gap. What had been sent ends: [`step`](Self::step) tells.
    pub fn restart(&mut self) {
        self.lose_calls(false);
        for subscriber in &self.subscribers {
            subscriber.reconnected();
        }
        self.framer = Framer::new(self.limits.message, self.limits.values.skipped_nesting);
        self.held = None;
        self.end = None;
        self.has_out_of_band = false;
        self.phase = match self.greets {
            true => Phase::Greeting,
            false => Phase::Ready,
        };
        self.metrics.reconnects += 1;
        trace::restarted();
    }
}
