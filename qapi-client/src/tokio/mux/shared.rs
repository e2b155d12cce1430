//! What the handles, the machine's task and the clients' tasks share.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use ::tokio::sync::watch;

use super::MuxOptions;
use crate::core::End;
use crate::mux::{ClientId, Mux};
use crate::policy::Policy;

/// A multiplexer between its tasks.
#[derive(Debug)]
pub(super) struct Shared {
    state: Mutex<State>,
    progress: watch::Sender<Progress>,
    pub(super) options: MuxOptions,
}

/// What others wait for.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    /// The machine is negotiated with.
    pub(super) ready: bool,
    /// Nobody is to be served any more.
    pub(super) closing: bool,
    /// Why the machine is not there any more.
    pub(super) end: Option<End>,
    /// How many clients there are.
    pub(super) clients: usize,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) mux: Mux<OwnedFd>,
    machine: Option<Waker>,
    clients: HashMap<ClientId, Waker>,
    /// Whatever is still to be told is not.
    pub(super) is_cut: bool,
}

/// What every handle holds: when the last goes, the machine's monitor is free.
#[derive(Debug)]
pub(super) struct Handle(pub(super) Arc<Shared>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.end();
    }
}

impl Progress {
    /// Whether nobody is served any more.
    pub(super) fn is_over(&self) -> bool {
        self.closing || self.end.is_some()
    }
}

impl Shared {
    pub(super) fn new(options: MuxOptions, passes_descriptors: bool) -> Self {
        let mut mux = Mux::new(options.machine, options.client);
        if !passes_descriptors {
            mux.without_descriptors();
        }
        Self {
            state: Mutex::new(State {
                mux,
                machine: None,
                clients: HashMap::new(),
                is_cut: false,
            }),
            progress: watch::Sender::new(Progress::default()),
            options,
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that holds it can panic half way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is so, and answers how everything is then.
    pub(super) async fn until(&self, is_so: impl FnMut(&Progress) -> bool) -> Progress {
        let mut progress = self.progress.subscribe();
        // The sender is here.
        let found = progress.wait_for(is_so).await;
        found.map(|progress| progress.clone()).unwrap_or_default()
    }

    pub(super) fn join(&self, policy: Policy) -> ClientId {
        self.progress.send_modify(|progress| progress.clients += 1);
        self.lock().mux.join(policy)
    }

    pub(super) fn leave(&self, client: ClientId) {
        let mut state = self.lock();
        state.clients.remove(&client);
        state.mux.leave(client);
        state.wake();
        drop(state);
        self.progress.send_modify(|progress| progress.clients -= 1);
    }

    /// Says that the machine is ready, if it is.
    pub(super) fn tell_if_ready(&self, state: &State) {
        if state.mux.greeting().is_some() {
            self.progress
                .send_if_modified(|progress| !std::mem::replace(&mut progress.ready, true));
        }
    }

    /// The machine has not answered its negotiation.
    pub(super) fn end_lines(&self) {
        let mut state = self.lock();
        state.mux.end_lines();
        state.wake();
    }

    /// The machine has gone.
    pub(super) fn finish(&self, end: End) {
        let mut state = self.lock();
        state.mux.finish(end.clone());
        state.wake();
        drop(state);
        self.progress
            .send_modify(|progress| progress.end = Some(end));
    }

    /// Nobody is heard any more.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.mux.close();
        state.wake();
        drop(state);
        self.progress
            .send_modify(|progress| progress.closing = true);
    }

    /// Everything ends now.
    pub(super) fn end(&self) {
        self.close();
        let mut state = self.lock();
        state.is_cut = true;
        state.clients.values().for_each(Waker::wake_by_ref);
        state.machine.iter().for_each(Waker::wake_by_ref);
    }
}

impl State {
    pub(super) fn remember_machine(&mut self, waker: &Waker) {
        match &mut self.machine {
            Some(known) => known.clone_from(waker),
            None => self.machine = Some(waker.clone()),
        }
    }

    pub(super) fn remember(&mut self, client: ClientId, waker: &Waker) {
        match self.clients.get_mut(&client) {
            Some(known) => known.clone_from(waker),
            None => drop(self.clients.insert(client, waker.clone())),
        }
    }

    /// Has those tasks look again that there is something for.
    pub(super) fn wake(&mut self) {
        self.wake_others(None);
    }

    /// The same, but for one that looks anyway.
    pub(super) fn wake_others(&mut self, own: Option<ClientId>) {
        for client in self.mux.changed().filter(|client| Some(*client) != own) {
            self.clients
                .get(&client)
                .inspect(|waker| waker.wake_by_ref());
        }
        if !self.mux.outgoing().is_empty() {
            self.machine.iter().for_each(Waker::wake_by_ref);
        }
    }
}
