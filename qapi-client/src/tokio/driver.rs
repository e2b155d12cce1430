//! The task that drives a session: it alone reads and writes.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use ::tokio::io::ReadBuf;
use ::tokio::time::sleep;

use super::connection::Connection;
use super::dial::dial;
use super::outgoing::{Outgoing, send};
use super::shared::{Shared, State};
use crate::core::End;
use crate::reconnect::Again;

/// How much is received at once.
const CHUNK: usize = 16 << 10;

/// How often the driver receives before others get their turn.
const TURNS: usize = 32;

/// Drives the session until its connection ends and no other can be made, or nobody has a handle any more.
pub(super) async fn drive(
    shared: Arc<Shared>,
    mut connection: Connection,
    mut again: Option<Again>,
) {
    // Should the runtime end before the session does, its callers and subscribers learn of it.
    let session = Driven(shared);
    loop {
        let mut end = poll_fn(|cx| session.exchange(&mut connection, cx)).await;
        if !session.is_deserted() {
            end = connection.last_words(end).await;
        }
        drop(connection);
        let next = match &mut again {
            Some(again) => session.reconnect(again).await,
            None => None,
        };
        match next {
            Some(next) => connection = next,
            None => return session.finish(end),
        }
    }
}

/// A session that a driver cares for.
struct Driven(Arc<Shared>);

impl Driven {
    fn is_deserted(&self) -> bool {
        self.0.lock().deserted
    }

    /// Makes the session as new, and answers how long to wait before another connection is tried; `None` if the session has
    /// ended for good, or nobody wants it.
    fn restart(&self, again: &mut Again) -> Option<Duration> {
        let mut state = self.0.lock();
        if state.session.ended().is_some() || state.deserted {
            return None;
        }
        let pause = again.after(state.session.is_up())?;
        state.session.restart();
        state.tell();
        Some(pause)
    }

    /// Another connection; `None` if there is none to be had, or nobody wants it.
    async fn reconnect(&self, again: &mut Again) -> Option<Connection> {
        let mut pause = self.restart(again)?;
        loop {
            self.unless_deserted(sleep(pause)).await?;
            let dialled = dial(&mut again.dialer, self.0.options.timeout);
            if let Ok(connection) = self.unless_deserted(dialled).await? {
                return Some(connection);
            }
            pause = again.next_pause()?;
        }
    }

    /// What the future comes to; `None` if the last handle goes before.
    async fn unless_deserted<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut future = pin!(future);
        poll_fn(|cx| {
            if let Poll::Ready(output) = future.as_mut().poll(cx) {
                return Poll::Ready(Some(output));
            }
            let mut state = self.0.lock();
            state.remember_driver(cx.waker());
            match state.deserted {
                true => Poll::Ready(None),
                false => Poll::Pending,
            }
        })
        .await
    }

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
                let sent = send(&mut *state, connection, cx);
                // What was asked last has gone out, if the connection takes it.
                if state.deserted {
                    return Poll::Ready(End::Closed);
                }
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

impl Outgoing for State {
    fn bytes(&self) -> &[u8] {
        self.session.outgoing()
    }

    #[cfg(unix)]
    fn descriptors(&self) -> &[OwnedFd] {
        let call = self.session.descriptors();
        let mut all = self.descriptors.iter();
        let found = all.find(|(id, _)| Some(*id) == call);
        found.map_or(&[], |(_, descriptors)| descriptors)
    }

    fn sent(&mut self, count: usize) {
        self.session.sent(count);
        #[cfg(unix)]
        if !self.descriptors.is_empty() {
            self.drop_descriptors();
        }
    }
}
