//! Connections that are lost and made anew.

use std::thread;
use std::time::{Duration, Instant};

use super::Client;
use super::connection::Connection;
use super::deadline::Deadline;
use super::dial::Dialer;
use crate::core::End;
use crate::reconnect::Again;

/// A connection that is lost.
pub(super) struct Down {
    end: End,
    /// When another is to be tried.
    next: Option<Instant>,
}

impl Down {
    fn new(end: End, pause: Duration) -> Self {
        let next = Instant::now().checked_add(pause);
        Self { end, next }
    }
}

impl Client {
    /// Another connection can be had of `dialer`, if that is wanted.
    pub(super) fn with(mut self, dialer: Dialer) -> Self {
        let policy = self.options.reconnect;
        self.again = policy.map(|policy| Again::new(dialer, policy));
        self
    }

    /// The connection has ended: so does the session, if no other is to be made.
    pub(super) fn lose(&mut self, end: End) {
        let was_of_use = self.session.is_up();
        match self
            .again
            .as_mut()
            .and_then(|again| again.after(was_of_use))
        {
            Some(pause) => {
                self.session.restart();
                self.connection = Err(Down::new(end, pause));
            }
            None => self.session.finish(end),
        }
    }

    /// Tries to make another connection; `false` if the deadline passes before.
    pub(super) fn reconnect(&mut self, deadline: &mut Deadline) -> bool {
        let (Err(down), Some(again)) = (&self.connection, &mut self.again) else {
            return true;
        };
        let Some(remaining) = deadline.remaining() else {
            return false;
        };
        let pause = down
            .next
            .map(|next| next.saturating_duration_since(Instant::now()));
        // Without there is no such time.
        let pause = pause.unwrap_or(Duration::MAX);
        if !pause.is_zero() {
            thread::sleep(remaining.map_or(pause, |remaining| remaining.min(pause)));
            return true;
        }
        match (again.dialer)(remaining.or(self.options.timeout)) {
            Ok(transport) => self.connection = Ok(Connection::new(transport)),
            Err(_) => {
                let end = down.end.clone();
                match again.next_pause() {
                    Some(pause) => self.connection = Err(Down::new(end, pause)),
                    None => self.session.finish(end),
                }
            }
        }
        true
    }
}
