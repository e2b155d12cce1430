//! A client's task.

use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::task::{Context, Poll};

use super::super::connection::Connection;
use super::super::outgoing::{Outgoing, send};
use super::shared::{Shared, State};
use crate::mux::{ClientId, Parting};
use crate::policy::Policy;

/// How much is received at once.
const CHUNK: usize = 16 << 10;

/// How often it receives before others get their turn.
const TURNS: usize = 32;

/// Serves a client until it goes, or has to.
pub(super) async fn serve(shared: &Shared, mut connection: Connection, policy: Policy) -> Parting {
    let client = Client {
        shared,
        id: shared.join(policy),
    };
    let mut chunk = vec![0; CHUNK];
    poll_fn(|cx| client.exchange(&mut connection, &mut chunk, cx)).await
}

/// A client that is there.
struct Client<'a> {
    shared: &'a Shared,
    id: ClientId,
}

impl Client<'_> {
    /// Sends and receives what there is, and answers how it has gone.
    fn exchange(
        &self,
        connection: &mut Connection,
        chunk: &mut [u8],
        cx: &mut Context<'_>,
    ) -> Poll<Parting> {
        for _ in 0..TURNS {
            let mut state = self.shared.lock();
            state.remember(self.id, cx.waker());
            let mut told = Told {
                state: &mut state,
                client: self.id,
            };
            let sent = send(&mut told, connection, cx);
            state.wake_others(Some(self.id));
            // Who cannot be told anything has gone.
            if sent.is_err() {
                return Poll::Ready(Parting::Finished);
            }
            if state.is_cut {
                return Poll::Ready(Parting::Closed);
            }
            if let Some(parting) = state.mux.parting(self.id) {
                return Poll::Ready(parting);
            }
            if !state.mux.listens_to(self.id) {
                return Poll::Pending;
            }
            drop(state);
            let mut descriptors = Vec::new();
            match std::task::ready!(connection.poll_receive(cx, chunk, &mut descriptors)) {
                Ok(0) => {
                    self.shared.lock().mux.hear_no_more(self.id);
                    if connection.is_abandoned() {
                        return Poll::Ready(Parting::Finished);
                    }
                }
                Ok(count) => self.hear(&chunk[..count], descriptors),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Poll::Ready(Parting::Finished),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn hear(&self, bytes: &[u8], descriptors: Vec<OwnedFd>) {
        let mut state = self.shared.lock();
        state.mux.hear(self.id, bytes, descriptors);
        state.wake_others(Some(self.id));
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        self.shared.leave(self.id);
    }
}

/// What a client is to be told.
struct Told<'a> {
    state: &'a mut State,
    client: ClientId,
}

impl Outgoing for Told<'_> {
    fn bytes(&self) -> &[u8] {
        self.state.mux.outgoing_to(self.client)
    }

    fn sent(&mut self, count: usize) {
        self.state.mux.sent_to(self.client, count);
    }
}
