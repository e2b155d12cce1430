//! The task that drives a session: it alone reads and writes.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use ::tokio::io::ReadBuf;
use ::tokio::time::sleep;

use super::connection::Connection;
use super::dial::Dialer;
use super::sending::Sending;
use super::shared::{Shared, Told};
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
    mut again: Option<Again<Dialer>>,
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
    fn restart(&self, again: &mut Again<Dialer>) -> Option<Duration> {
        let mut state = self.0.lock();
        if state.session.ended().is_some() || state.deserted {
            return None;
        }
        let pause = again.after(state.session.is_up())?;
        state.session.restart();
        let mut told = Told::default();
        state.step(&mut told);
        drop(state);
        told.tell();
        Some(pause)
    }

    /// Another connection; `None` if there is none to be had, or nobody wants it.
    async fn reconnect(&self, again: &mut Again<Dialer>) -> Option<Connection> {
        let mut pause = self.restart(again)?;
        loop {
            self.unless_deserted(sleep(pause)).await?;
            let dialled = (again.dialer)(self.0.options.timeout);
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
            state.driver = Some(cx.waker().clone());
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
        let mut told = Told::default();
        let mut sending = Sending::default();
        let mut turns = 0..TURNS;
        loop {
            let (end, is_held_up, is_deserted) = {
                let state = &mut *self.0.lock();
                state.driver = None;
                sending.tell(&mut state.session);
                state.session.receive(chunk.filled());
                state.step(&mut told);
                #[cfg(unix)]
                sending.pass_descriptors(state, connection, cx);
                sending.prepare(&state.session, &mut chunk);
                let end = state.session.ended().cloned();
                (end, state.session.is_held_up(), state.deserted)
            };
            // The server has something to do while its last replies are told.
            sending.send(&mut chunk, connection, cx);
            told.tell();
            if let Some(end) = end {
                return Poll::Ready(end);
            }
            if turns.next().is_none() {
                sending.tell(&mut self.0.lock().session);
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if is_deserted {
                // What was asked last goes out, as far as the connection takes it.
                match sending.has_news() {
                    true => continue,
                    false => return Poll::Ready(End::Closed),
                }
            }
            // A server that has gone may have left its last words, so they are read even if it cannot be told anything.
            let received = match is_held_up {
                true => Poll::Pending,
                false => connection.poll_read(cx, &mut chunk),
            };
            match received {
                Poll::Pending if self.sleeps(&mut sending, cx.waker()) => return Poll::Pending,
                Poll::Pending => {}
                Poll::Ready(Ok(())) if !chunk.filled().is_empty() => {}
                Poll::Ready(Ok(())) => {
                    return Poll::Ready(sending.end(io::ErrorKind::UnexpectedEof.into()));
                }
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Poll::Ready(Err(error)) => return Poll::Ready(sending.end(error)),
            }
        }
    }

    /// Has the driver woken when there is something to do; `false` if there is.
    fn sleeps(&self, sending: &mut Sending, waker: &Waker) -> bool {
        let mut state = self.0.lock();
        sending.tell(&mut state.session);
        let has_more = !state.session.outgoing().is_empty();
        if state.deserted || has_more && sending.is_free() {
            return false;
        }
        if state.session.is_held_up() && !state.session.is_held_up_until(waker) {
            return false;
        }
        state.driver = Some(waker.clone());
        true
    }

    fn finish(&self, end: End) {
        let mut told = Told::default();
        {
            let mut state = self.0.lock();
            state.session.finish(end);
            state.step(&mut told);
        }
        told.tell();
    }
}

impl Drop for Driven {
    fn drop(&mut self) {
        self.finish(End::Closed);
    }
}
