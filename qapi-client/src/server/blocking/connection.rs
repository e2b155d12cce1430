//! One client: a thread that reads, one that does commands, one that writes.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use qapi_types::{Report, Service, Timestamp};

use crate::server::{Request, Session};

/// How many requests may wait for the one that is being done. Beyond them nothing is read, not even what is out of band.
const WAITING: usize = 8;

/// How many bytes may be unsent before more is read from the client: it gets no further ahead of what it reads.
const AHEAD: usize = 64 << 10;

/// How many bytes are read at once.
const CHUNK: usize = 64 << 10;

/// What the threads of a client share.
pub(super) struct Connection {
    state: Mutex<State>,
    changed: Condvar,
    unsent: usize,
    /// Makes reading and writing end.
    hang_up: HangUp,
}

pub(super) type HangUp = Box<dyn Fn() + Send + Sync>;

struct State {
    session: Session,
    phase: Phase,
    /// How many commands are being done.
    busy: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Open,
    /// No more commands; what is to be told is told yet.
    Closing,
    /// Nothing more is sent.
    Ended,
}

impl Connection {
    pub(super) fn new(session: Session, unsent: usize, hang_up: HangUp) -> Self {
        Self {
            state: Mutex::new(State {
                session,
                phase: Phase::Open,
                busy: 0,
            }),
            changed: Condvar::new(),
            unsent,
            hang_up,
        }
    }

    pub(super) fn report(&self, event: &dyn Report, timestamp: Timestamp) {
        let mut state = self.lock();
        if state.phase < Phase::Ended {
            state.session.report(event, timestamp);
            let too_much = state.session.outgoing().len() > self.unsent;
            drop(state);
            self.changed.notify_all();
            if too_much {
                self.end();
            }
        }
    }

    pub(super) fn set_preconfig(&self, preconfig: bool) {
        self.lock().session.set_preconfig(preconfig);
    }

    pub(super) fn close(&self) {
        self.advance(Phase::Closing);
    }

    /// Waits until all has been sent, and ends the connection if that takes too long.
    pub(super) fn wait(&self, until: Instant) {
        let mut state = self.lock();
        while state.phase < Phase::Ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                drop(state);
                return self.end();
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Serves the client to its end.
    pub(super) fn run(
        &self,
        service: &(dyn Service + Sync),
        reader: impl Read,
        writer: impl Write + Send,
    ) {
        let (sender, requests) = sync_channel(WAITING);
        thread::scope(|scope| {
            scope.spawn(move || {
                let _end = AtEnd(|| self.advance(Phase::Closing));
                self.work(service, &requests);
            });
            scope.spawn(move || {
                let _end = AtEnd(|| self.end());
                // Whoever cannot be written to any more has gone.
                let _ = self.write(writer);
            });
            // The same holds for who cannot be read from; what it has asked for is done.
            let _ = self.read(reader, service, sender);
        });
    }

    fn read(
        &self,
        mut reader: impl Read,
        service: &dyn Service,
        requests: SyncSender<Request>,
    ) -> io::Result<()> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = match reader.read(&mut chunk) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            self.lock().session.receive(&chunk[..count]);
            while let Some(request) = self.next_request() {
                if request.is_oob() {
                    self.execute(request, service);
                } else if requests.send(request).is_err() {
                    return Ok(());
                }
            }
        }
    }

    /// The next request that has come, when the client has read enough of what it was told.
    fn next_request(&self) -> Option<Request> {
        let is_ahead = |state: &mut State| {
            state.phase == Phase::Open && state.session.outgoing().len() > AHEAD
        };
        let waited = self.changed.wait_while(self.lock(), is_ahead);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        match state.phase {
            Phase::Open => state.session.step(),
            Phase::Closing | Phase::Ended => None,
        }
    }

    fn work(&self, service: &dyn Service, requests: &Receiver<Request>) {
        for request in requests {
            self.execute(request, service);
        }
    }

    fn execute(&self, request: Request, service: &dyn Service) {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return;
        }
        if let Some(call) = state.session.begin(request, service) {
            state.busy += 1;
            drop(state);
            let _idle = AtEnd(|| {
                self.lock().busy -= 1;
                self.changed.notify_all();
            });
            let result = call.execute(service);
            self.lock().session.finish(call, result);
        }
        self.changed.notify_all();
    }

    fn write(&self, mut writer: impl Write) -> io::Result<()> {
        loop {
            let has_nothing = |state: &mut State| {
                let idle = state.session.outgoing().is_empty();
                match state.phase {
                    Phase::Open => idle,
                    Phase::Closing => idle && state.busy > 0,
                    Phase::Ended => false,
                }
            };
            let waited = self.changed.wait_while(self.lock(), has_nothing);
            let mut state = waited.unwrap_or_else(PoisonError::into_inner);
            if state.phase == Phase::Ended || state.session.outgoing().is_empty() {
                return Ok(());
            }
            let bytes = state.session.take_outgoing();
            drop(state);
            self.changed.notify_all();
            writer.write_all(&bytes)?;
            writer.flush()?;
        }
    }

    fn end(&self) {
        self.advance(Phase::Ended);
        (self.hang_up)();
    }

    fn advance(&self, phase: Phase) {
        let mut state = self.lock();
        state.phase = state.phase.max(phase);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A method that panics does so without the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something at the end of a scope, be it reached or left by a panic.
struct AtEnd<F: FnMut()>(F);

impl<F: FnMut()> Drop for AtEnd<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}
