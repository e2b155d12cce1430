//! What the handles of a session and its driver share.

use std::collections::HashMap;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use ::tokio::sync::oneshot;

use crate::core::{Call, CallId, Outcome, Session, Step};
#[cfg(unix)]
use crate::descriptors::MOST;
use crate::options::Options;

/// A session between its handles and the task that drives it.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    pub(super) options: Options,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) session: Session,
    callers: HashMap<CallId, oneshot::Sender<Outcome>>,
    /// The descriptors of calls of which nothing was sent yet.
    #[cfg(unix)]
    pub(super) descriptors: Vec<(CallId, Vec<OwnedFd>)>,
    pub(super) passes_descriptors: bool,
    /// Who waits for the session to be ready.
    pub(super) ready: Option<oneshot::Sender<()>>,
    /// There is no handle any more.
    pub(super) deserted: bool,
    driver: Option<Waker>,
}

/// What every handle holds: when the last goes, the session is closed.
#[derive(Debug)]
pub(super) struct Handle(pub(super) Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.deserted = true;
        state.wake_driver();
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
            callers: HashMap::new(),
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
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds it can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call.
    pub(super) fn call(&self, call: Call) -> Waiting<'_> {
        self.start(&mut self.lock(), call)
    }

    /// Makes a call that takes descriptors with it; `None` if the connection cannot.
    #[cfg(unix)]
    pub(super) fn call_with_descriptors(
        &self,
        call: Call,
        descriptors: Vec<OwnedFd>,
    ) -> Option<Waiting<'_>> {
        let mut state = self.lock();
        if !state.passes_descriptors || descriptors.len() > MOST {
            return None;
        }
        let waiting = self.start(&mut state, call.with_descriptors());
        state.descriptors.push((waiting.id, descriptors));
        Some(waiting)
    }

    fn start(&self, state: &mut State, call: Call) -> Waiting<'_> {
        let (caller, reply) = oneshot::channel();
        let id = state.session.call(call);
        state.callers.insert(id, caller);
        state.wake_driver();
        if state.session.ended().is_some() {
            state.tell();
        }
        Waiting {
            shared: self,
            id,
            answered: false,
            reply,
        }
    }
}

impl State {
    /// Tells callers what has become of their calls, and who waits for the session that it is ready.
    pub(super) fn tell(&mut self) {
        while let Some(step) = self.session.step() {
            match step {
                Step::Ready => {
                    // Who has gone need not know.
                    let _ = self.ready.take().map(|ready| ready.send(()));
                }
                Step::Reply { id, outcome } => {
                    let caller = self.callers.remove(&id);
                    let _ = caller.map(|caller| caller.send(outcome));
                }
            }
        }
        #[cfg(unix)]
        if !self.descriptors.is_empty() {
            self.drop_descriptors();
        }
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

    /// Has the driver look again.
    pub(super) fn wake_driver(&mut self) {
        if let Some(driver) = self.driver.take() {
            driver.wake();
        }
    }

    pub(super) fn remember_driver(&mut self, waker: &Waker) {
        match &mut self.driver {
            Some(known) => known.clone_from(waker),
            None => self.driver = Some(waker.clone()),
        }
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
        let mut state = self.shared.lock();
        state.callers.remove(&self.id)?;
        let sent = state.session.abandon(self.id);
        #[cfg(unix)]
        state.drop_descriptors();
        // Its place in the line may be another's now.
        state.wake_driver();
        Some(sent)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.abandon();
        }
    }
}
