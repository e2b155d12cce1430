//! What a driver sends while it is awake.

use std::io;
use std::task::{Context, Poll};

use ::tokio::io::ReadBuf;

use super::connection::Connection;
#[cfg(unix)]
use super::shared::State;
use crate::core::{End, Session};

/// How far sending has come.
#[derive(Debug, Default)]
pub(super) struct Sending {
    /// How much has gone that the session does not know of.
    gone: usize,
    way: Way,
}

#[derive(Debug, Default)]
enum Way {
    #[default]
    Free,
    /// The connection takes no more for now.
    Full,
    Failed(io::Error),
}

impl Sending {
    /// Lets the session know what has gone.
    pub(super) fn tell(&mut self, session: &mut Session) {
        session.sent(std::mem::take(&mut self.gone));
    }

    /// Copies what goes next: the session is not to be held while it goes.
    pub(super) fn prepare(&self, session: &Session, chunk: &mut ReadBuf<'_>) {
        chunk.clear();
        if self.is_free() {
            let bytes = session.outgoing();
            chunk.put_slice(&bytes[..bytes.len().min(chunk.capacity())]);
        }
    }

    /// Sends it, as far as the connection takes it.
    pub(super) fn send(
        &mut self,
        chunk: &mut ReadBuf<'_>,
        connection: &mut Connection,
        cx: &mut Context<'_>,
    ) {
        if !chunk.filled().is_empty() {
            let written = connection.poll_write(cx, chunk.filled());
            self.gone = self.written(written);
            chunk.clear();
        }
        if let Poll::Ready(Err(error)) = connection.poll_flush(cx) {
            self.way = Way::Failed(error);
        }
    }

    /// Sends the beginnings of calls that take descriptors with them, if it is their turn. It happens seldom, and the
    /// descriptors are the session's until they have gone.
    #[cfg(unix)]
    pub(super) fn pass_descriptors(
        &mut self,
        state: &mut State,
        connection: &mut Connection,
        cx: &mut Context<'_>,
    ) {
        while self.is_free()
            && let Some(call) = state.session.descriptors()
            && let Some((_, descriptors)) = state.descriptors.iter().find(|(id, _)| *id == call)
        {
            let bytes = state.session.outgoing();
            let written = connection.poll_write_with_descriptors(cx, bytes, descriptors);
            self.gone = self.written(written);
            self.tell(&mut state.session);
            state.drop_descriptors();
        }
    }

    fn written(&mut self, written: Poll<io::Result<usize>>) -> usize {
        match written {
            Poll::Pending => self.way = Way::Full,
            Poll::Ready(Ok(0)) => self.way = Way::Failed(io::ErrorKind::WriteZero.into()),
            Poll::Ready(Ok(count)) => return count,
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Poll::Ready(Err(error)) => self.way = Way::Failed(error),
        }
        0
    }

    /// Whether the connection takes more, as far as is known.
    pub(super) fn is_free(&self) -> bool {
        matches!(self.way, Way::Free)
    }

    /// Whether something has gone that the session does not know of.
    pub(super) fn has_news(&self) -> bool {
        self.gone > 0
    }

    /// How a connection has ended of which this is received: why it takes nothing says more than that it has ended.
    pub(super) fn end(self, error: io::Error) -> End {
        match self.way {
            Way::Failed(why) if error.kind() == io::ErrorKind::UnexpectedEof => End::from(why),
            _ => End::from(error),
        }
    }
}
