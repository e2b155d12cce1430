//! All clients of a machine: who hears of its events.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use qapi_types::{Report, Timestamp};

use super::connection::{Connection, HangUp};
use crate::server::{Options, Session};

/// The monitors of a machine, that is its clients: a handle, to be cloned to wherever something happens.
#[derive(Clone, Debug)]
pub struct Monitors {
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    preconfig: AtomicBool,
    closed: AtomicBool,
    who: Mutex<Who>,
    /// A client has left, or nobody may come in any more.
    left: Condvar,
}

#[derive(Default)]
struct Who {
    connections: Vec<Arc<Connection>>,
    listeners: Vec<(usize, Box<dyn Fn() + Send>)>,
    next_listener: usize,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Monitors {
    /// The monitors of a machine that nobody has connected to yet.
    pub fn new(options: Options) -> Self {
        Self {
            shared: Arc::new(Shared {
                options,
                preconfig: AtomicBool::new(false),
                closed: AtomicBool::new(false),
                who: Mutex::default(),
                left: Condvar::new(),
            }),
        }
    }

    /// Reports an event to all clients that have negotiated, with the present time.
    ///
    /// It does not wait for them. From within a command's method, the event comes before the command's reply.
    pub fn report(&self, event: &dyn Report) {
        let now = now();
        for connection in &self.who().connections {
            connection.report(event, now);
        }
    }

    /// Says whether the machine is yet to be configured, as QEMU's is with `-preconfig`: then clients may execute only
    /// commands that allow it.
    pub fn set_preconfig(&self, preconfig: bool) {
        let who = self.who();
        self.shared.preconfig.store(preconfig, Ordering::SeqCst);
        for connection in &who.connections {
            connection.set_preconfig(preconfig);
        }
    }

    /// Ends all sessions, and lets in nobody else. Commands that are being done are, and what clients are to be told is
    /// sent, within the time of `patience` altogether; whoever has not read it then is cut off.
    ///
    /// A command's method would wait for itself here: what ends the machine tells another thread.
    pub fn close(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let connections = {
            let who = self.who();
            self.shared.closed.store(true, Ordering::SeqCst);
            who.listeners.iter().for_each(|(_, close)| close());
            who.connections.clone()
        };
        self.shared.left.notify_all();
        for connection in &connections {
            connection.close();
        }
        for connection in &connections {
            connection.wait(until);
        }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::SeqCst)
    }

    /// Remembers how to wake somebody who waits for clients, as long as the answer lives.
    pub(super) fn listen(&self, close: impl Fn() + Send + 'static) -> Listening<'_> {
        let mut who = self.who();
        let id = who.next_listener;
        who.next_listener += 1;
        who.listeners.push((id, Box::new(close)));
        Listening { monitors: self, id }
    }

    /// A client comes in, unless the monitors are closed.
    pub(super) fn join(&self, hang_up: HangUp) -> Option<Arc<Connection>> {
        let mut who = self.who();
        if self.is_closed() {
            return None;
        }
        let options = &self.shared.options;
        let mut session = Session::new(options);
        session.set_preconfig(self.shared.preconfig.load(Ordering::SeqCst));
        let connection = Arc::new(Connection::new(session, options.limits.unsent, hang_up));
        who.connections.push(Arc::clone(&connection));
        Some(connection)
    }

    pub(super) fn leave(&self, connection: &Arc<Connection>) {
        let mut who = self.who();
        who.connections
            .retain(|other| !Arc::ptr_eq(other, connection));
        self.shared.left.notify_all();
    }

    /// Waits until another client may come in; `false` if none may any more.
    pub(super) fn wait_for_room(&self) -> bool {
        let most = self.shared.options.clients;
        let is_full = |who: &mut Who| !self.is_closed() && who.connections.len() >= most;
        drop(self.shared.left.wait_while(self.who(), is_full));
        !self.is_closed()
    }

    fn who(&self) -> MutexGuard<'_, Who> {
        // Nothing is left half done by a thread that panics.
        let who = self.shared.who.lock();
        who.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who waits for clients.
pub(super) struct Listening<'a> {
    monitors: &'a Monitors,
    id: usize,
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        let mut who = self.monitors.who();
        who.listeners.retain(|(id, _)| *id != self.id);
    }
}

fn now() -> Timestamp {
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => Timestamp {
            seconds: i64::try_from(since.as_secs()).unwrap_or(-1),
            microseconds: i64::from(since.subsec_micros()),
        },
        Err(_) => Timestamp::UNKNOWN,
    }
}
