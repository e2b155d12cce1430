//! The task that drives a session: it alone reads and writes.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::task::{Context, Poll};

use ::tokio::io::ReadBuf;

use super::connection::Connection;
use super::shared::{Shared, State};
use crate::core::End;

/// How much is received at once.
const CHUNK: usize = 16 << 10;

/// How often the driver receives before others get their turn.
const TURNS: usize = 32;

/// Drives the session until its connection ends, or nobody has a handle any more.
pub(super) async fn drive(shared: Arc<Shared>, mut connection: Connection) {
    // Should the runtime end before the session does, its callers and subscribers learn of it.
    let session = Driven(shared);
    let end = poll_fn(|cx| session.exchange(&mut connection, cx)).await;
    session.finish(end);
}

/// A session that a driver cares for.
struct Driven(Arc<Shared>);

impl Driven {
    /// Sends and receives what there is, and answers how the connection has ended.
    fn exchange(&self, connection: &mut Connection, cx: &mut Context<'_>) -> Poll<End> {
        // On the stack while it is used, for a session that has nothing to do should take no memory.
        let mut chunk = [MaybeUninit::uninit(); CHUNK];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        for _ in 0..TURNS {
            let sent = {
                let mut state = self.0.lock();
                state.remember_driver(cx.waker());
                state.tell();
                if let Some(end) = state.session.ended() {
                    return Poll::Ready(end.clone());
                }
                if state.deserted {
                    return Poll::Ready(End::Closed);
                }
                let sent = send(&mut state, connection, cx);
                if state.session.is_held_up() {
                    match state.session.is_held_up_until(cx.waker()) {
                        true => return Poll::Pending,
                        false => continue,
                    }
                }
                sent
            };
            chunk.clear();
            // A server that has gone may have left its last words, so they are read even if it cannot be told anything.
            let received = match std::task::ready!(connection.poll_read(cx, &mut chunk)) {
                Ok(()) if chunk.filled().is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
                received => received,
            };
            match received {
                Ok(()) => self.0.lock().session.receive(chunk.filled()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(End::from(sent.err().unwrap_or(error))),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn finish(&self, end: End) {
        let mut state = self.0.lock();
        state.session.finish(end);
        state.tell();
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.finish(End::Closed);
    }
}

/// Sends what the connection takes.
fn send(state: &mut State, connection: &mut Connection, cx: &mut Context<'_>) -> io::Result<()> {
    while !state.session.outgoing().is_empty() {
        let bytes = state.session.outgoing();
        #[cfg(unix)]
        let call = state.session.descriptors();
        #[cfg(unix)]
        let descriptors =
            call.and_then(|call| state.descriptors.iter().find(|(id, _)| *id == call));
        #[cfg(unix)]
        let written = match descriptors {
            Some((_, descriptors)) => {
                connection.poll_write_with_descriptors(cx, bytes, descriptors)
            }
            None => connection.poll_write(cx, bytes),
        };
        #[cfg(not(unix))]
        let written = connection.poll_write(cx, bytes);
        match written {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
            Poll::Ready(Ok(count)) => state.session.sent(count),
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Poll::Ready(Err(error)) => return Err(error),
        }
        #[cfg(unix)]
        if call.is_some() {
            state.drop_descriptors();
        }
    }
    match connection.poll_flush(cx) {
        Poll::Ready(flushed) => flushed,
        Poll::Pending => Ok(()),
    }
}
