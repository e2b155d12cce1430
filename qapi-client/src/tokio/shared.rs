//! What the handles of a session and its driver share.

#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use ::tokio::sync::oneshot;

use super::callers::Callers;
use crate::core::{Call, CallId, Outcome, Session, Step};
use crate::options::Options;
use crate::timeouts::Timeouts;

/// A session between its handles and the task that drives it.
///
/// Whoever holds the lock does no I/O and wakes nobody who makes calls: those would but wait for it.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) options: Options,
    pub(super) timeouts: Timeouts,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) session: Session,
    callers: Callers,
    /// The descriptors of calls of which nothing was sent yet.
    #[cfg(unix)]
    pub(super) descriptors: Vec<(CallId, Vec<OwnedFd>)>,
    pub(super) passes_descriptors: bool,
    /// Who waits for the session to be ready.
    pub(super) ready: Option<oneshot::Sender<()>>,
    /// There is no handle any more.
    pub(super) deserted: bool,
    /// The driver, if it sleeps.
    pub(super) driver: Option<Waker>,
}

/// What is to be told to callers, when nobody holds the lock any more.
#[derive(Debug, Default)]
pub(super) struct Told(Vec<(oneshot::Sender<Outcome>, Outcome)>);

impl Told {
    pub(super) fn tell(&mut self) {
        for (caller, outcome) in self.0.drain(..) {
            // Who has gone need not know.
            let _ = caller.send(outcome);
        }
    }
}

/// What every handle holds: when the last goes, the session is closed.
#[derive(Debug)]
pub(super) struct Handle(pub(super) Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        let driver = {
            let mut state = self.0.lock();
            state.deserted = true;
            state.driver.take()
        };
        wake(driver);
    }
}

/// A call that somebody waits for. Dropping it abandons the call.
pub(super) struct Waiting<'a> {
    shared: &'a Shared,
    id: CallId,
    answered: bool,
    reply: oneshot::Receiver<Outcome>,
}

impl Shared {
    pub(super) fn new(session: Session, options: Options) -> Self {
        let state = State {
            session,
            callers: Callers::default(),
            #[cfg(unix)]
            descriptors: Vec::new(),
            passes_descriptors: false,
            ready: None,
            deserted: false,
            driver: None,
        };
        Self {
            state: Mutex::new(state),
            options,
            timeouts: Timeouts::new(&options),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds it can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something that may give the driver something to send.
    pub(super) fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.lock();
        // What is there to be sent the driver knows of.
        let had_nothing = state.session.outgoing().is_empty();
        let done = act(&mut state);
        let driver = match had_nothing && !state.session.outgoing().is_empty() {
            true => state.driver.take(),
            false => None,
        };
        drop(state);
        wake(driver);
        done
    }

    /// Makes a call.
    pub(super) fn call(&self, call: Call) -> Waiting<'_> {
        let (caller, reply) = oneshot::channel();
        let id = self.with(|state| state.call(call, caller));
        self.waiting(id, reply)
    }

    /// Makes a call that takes descriptors with it; `None` if the connection cannot.
    #[cfg(unix)]
    pub(super) fn call_with_descriptors(
        &self,
        call: Call,
        descriptors: Vec<OwnedFd>,
    ) -> Option<Waiting<'_>> {
        let (caller, reply) = oneshot::channel();
        let id = self.with(|state| {
            if !state.passes_descriptors || descriptors.len() > crate::descriptors::MOST {
                return None;
            }
            let id = state.call(call.with_descriptors(), caller);
            if state.session.wants_descriptors_of(id) {
                state.descriptors.push((id, descriptors));
            }
            Some(id)
        });
        Some(self.waiting(id?, reply))
    }

    fn waiting(&self, id: CallId, reply: oneshot::Receiver<Outcome>) -> Waiting<'_> {
        Waiting {
            shared: self,
            id,
            answered: false,
            reply,
        }
    }
}

impl State {
    fn call(&mut self, call: Call, caller: oneshot::Sender<Outcome>) -> CallId {
        let id = self.session.call(call);
        self.callers.insert(id, caller);
        if self.session.ended().is_some() {
            let mut told = Told::default();
            self.step(&mut told);
            // It is this caller's own, who does not wait yet.
            told.tell();
        }
        id
    }

    /// Finds out what has become of calls, and tells who waits for the session that it is ready.
    pub(super) fn step(&mut self, told: &mut Told) {
        while let Some(step) = self.session.step() {
            match step {
                Step::Ready => {
                    // Who has gone need not know.
                    let _ = self.ready.take().map(|ready| ready.send(()));
                }
                Step::Reply { id, outcome } => {
                    let caller = self.callers.take(id);
                    told.0.extend(caller.map(|caller| (caller, outcome)));
                }
            }
        }
        #[cfg(unix)]
        self.drop_descriptors();
        if self.session.ended().is_some() {
            self.ready = None;
        }
    }

    /// Closes the descriptors that have been passed, and those of calls that will not be sent any more.
    #[cfg(unix)]
    pub(super) fn drop_descriptors(&mut self) {
        let session = &self.session;
        self.descriptors
            .retain(|(id, _)| session.wants_descriptors_of(*id));
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Waiting<'_> {
    /// What the call comes to.
    pub(super) async fn outcome(&mut self) -> Outcome {
        let outcome = (&mut self.reply).await;
        self.answered = true;
        // The driver tells every caller something before it goes.
        outcome.unwrap_or(Outcome::Lost { sent: true })
    }

    /// Nobody waits any more. That is a reply that has come in the last moment, or whether the command was sent.
    pub(super) fn give_up(mut self) -> Result<Outcome, bool> {
        match self.abandon() {
            Some(sent) => Err(sent),
            None => self.reply.try_recv().map_err(|_| true),
        }
    }

    /// Whether the command was sent; `None` if it is answered.
    fn abandon(&mut self) -> Option<bool> {
        self.answered = true;
        self.shared.with(|state| {
            state.callers.take(self.id)?;
            // Its place in the line may be another's now.
            let sent = state.session.abandon(self.id);
            #[cfg(unix)]
            state.drop_descriptors();
            Some(sent)
        })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.abandon();
        }
    }
}
