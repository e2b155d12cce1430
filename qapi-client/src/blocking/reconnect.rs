//! Connections that are lost and made anew.

use std::thread;
use std::time::Duration;

use super::Client;
use super::connect::dial;
use super::connection::Connection;
use super::deadline::Deadline;
use crate::address::Address;
use crate::core::End;

/// A connection that is lost.
pub(super) struct Down {
    end: End,
    attempts: u32,
    pause: Duration,
}

impl Client {
    /// Another connection can be made to `address`.
    pub(super) fn connected_to(mut self, address: &Address) -> Self {
        self.again = Some(address.clone()).zip(self.options.reconnect);
        self
    }

    /// The connection has ended: so does the session, if no other is to be made.
    pub(super) fn lose(&mut self, end: End) {
        match &self.again {
            None => self.session.finish(end),
            Some((_, policy)) => {
                self.session.restart();
                self.down = Some(Down {
                    end,
                    attempts: policy.attempts,
                    pause: policy.pause,
                });
            }
        }
    }

    /// Tries to make another connection; `false` if the deadline passes before.
    pub(super) fn reconnect(&mut self, mut down: Down, deadline: &mut Deadline) -> bool {
        let Some((address, policy)) = &self.again else {
            self.session.finish(down.end);
            return true;
        };
        let Some(remaining) = deadline.remaining() else {
            self.down = Some(down);
            return false;
        };
        if down.attempts == 0 {
            self.session.finish(down.end);
            return true;
        }
        match dial(address, remaining.or(self.options.timeout)) {
            Ok(transport) => self.connection = Connection::new(transport),
            Err(_) => {
                let pause = remaining.map_or(down.pause, |remaining| remaining.min(down.pause));
                thread::sleep(pause);
                down.attempts -= 1;
                down.pause = policy.longest_pause.min(2 * down.pause);
                self.down = Some(down);
            }
        }
        true
    }
}
