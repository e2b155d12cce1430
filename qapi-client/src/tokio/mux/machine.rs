//! The task that talks to the machine.

use std::future::poll_fn;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::tokio::io::ReadBuf;

use super::super::connection::Connection;
use super::super::outgoing::{Outgoing, send};
use super::shared::{Shared, State};
use crate::core::End;

/// How much is received at once: replies may be long.
const CHUNK: usize = 64 << 10;

/// How often it receives before others get their turn.
const TURNS: usize = 32;

/// Talks to the machine until it has gone, or nobody wants it any more.
pub(super) async fn drive(shared: Arc<Shared>, mut connection: Connection) {
    // Should the runtime end before, clients learn of it.
    let machine = Driven(shared);
    let mut chunk = vec![0; CHUNK];
    let end = poll_fn(|cx| machine.exchange(&mut connection, &mut chunk, cx)).await;
    drop(connection);
    machine.0.finish(end);
}

struct Driven(Arc<Shared>);

impl Driven {
    /// Sends and receives what there is, and answers how the connection has ended.
    fn exchange(
        &self,
        connection: &mut Connection,
        chunk: &mut [u8],
        cx: &mut Context<'_>,
    ) -> Poll<End> {
        for _ in 0..TURNS {
            let sent = {
                let mut state = self.0.lock();
                state.remember_machine(cx.waker());
                if let Some(end) = state.mux.ended() {
                    return Poll::Ready(end.clone());
                }
                let sent = send(&mut *state, connection, cx);
                state.wake();
                if state.is_cut {
                    return Poll::Ready(End::Closed);
                }
                sent
            };
            let mut buffer = ReadBuf::new(chunk);
            // A machine that has gone may have left its last words, so they are read even if it cannot be told anything.
            let received = match std::task::ready!(connection.poll_read(cx, &mut buffer)) {
                Ok(()) if buffer.filled().is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
                received => received,
            };
            match received {
                Ok(()) => {
                    let mut state = self.0.lock();
                    state.mux.receive(buffer.filled());
                    self.0.tell_if_ready(&state);
                    state.wake();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(End::from(sent.err().unwrap_or(error))),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.0.finish(End::Closed);
    }
}

impl Outgoing for State {
    fn bytes(&self) -> &[u8] {
        self.mux.outgoing()
    }

    fn descriptors(&self) -> &[OwnedFd] {
        self.mux.descriptors()
    }

    fn sent(&mut self, count: usize) {
        self.mux.sent(count);
    }
}
