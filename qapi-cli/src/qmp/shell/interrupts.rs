//! Ctrl-C, for a program that goes on.

use std::io;
use std::task::{Context, Waker};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
#[cfg(windows)]
use tokio::signal::windows::{CtrlC as Signal, ctrl_c};

/// What whoever types interrupts. As long as it is there Ctrl-C ends nothing else.
#[derive(Debug)]
pub(super) struct Interrupts(Signal);

impl Interrupts {
    /// To be called on the runtime that is to wait for them.
    ///
    /// # Errors
    /// The system does not let signals be caught.
    pub(super) fn heed() -> io::Result<Self> {
        #[cfg(unix)]
        let signal = signal(SignalKind::interrupt())?;
        #[cfg(windows)]
        let signal = ctrl_c()?;
        Ok(Self(signal))
    }

    /// Waits for one. One that has come before and was not [forgotten](Self::forget) counts.
    pub(super) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            // There will be none any more.
            std::future::pending().await
        }
    }

    /// Forgets those that have come: what they were about is over.
    pub(super) fn forget(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        while matches!(
            self.0.poll_recv(&mut context),
            std::task::Poll::Ready(Some(()))
        ) {}
    }
}

/// Waits for one, if they are heeded at all.
pub(super) async fn interrupt(interrupts: &mut Option<Interrupts>) {
    match interrupts {
        Some(interrupts) => interrupts.next().await,
        None => std::future::pending().await,
    }
}
