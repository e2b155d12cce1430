//! A monitor for many clients, on sockets.

mod client;
mod machine;
mod shared;

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use ::tokio::io::{AsyncRead, AsyncWrite};
use ::tokio::net::UnixListener;
use ::tokio::sync::Semaphore;
use ::tokio::time::sleep;
use qapi_types::Greeting;

use super::client::{patiently, within};
use super::connection::Connection;
use super::dial;
use crate::address::Address;
use crate::core::End;
use crate::error::Error;
use crate::mux::Parting;
use crate::policy::Policy;
use crate::{Limits, server};
use shared::{Handle, Progress, Shared};

/// A machine's monitor, shared by many clients: a handle, cloned freely. What clients see and share is said in
/// [`mux`](crate::mux).
///
/// It lasts until the machine ends, it is [closed](Self::close), or the last handle has gone and the last client.
///
/// ```no_run
/// use qapi_client::tokio::{Mux, MuxOptions};
/// use qapi_client::{Address, Policy};
/// use tokio::net::UnixListener;
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let mux = Mux::connect(&"/run/vm/qmp.sock".parse()?, MuxOptions::default()).await?;
/// let listener = UnixListener::bind("/run/vm/watch.sock")?;
/// mux.serve_unix(listener, Policy::read_only(), |parting| println!("{parting:?}")).await?;
/// println!("{}", mux.ended().await);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Mux {
    handle: Arc<Handle>,
}

/// How a monitor is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MuxOptions {
    /// How long making the connection and the greeting may take; `None` waits for ever.
    pub timeout: Option<Duration>,
    /// What the machine can make the multiplexer do, and how many commands are with it at a time.
    pub machine: Limits,
    /// What each client can make it do.
    pub client: server::Limits,
    /// How many clients a listener lets in at a time; others wait until one leaves.
    pub clients: usize,
}

impl Default for MuxOptions {
    /// Half a minute; the limits of sessions and of servers, but no more than 16 MiB unsent; 64 clients.
    fn default() -> Self {
        Self {
            timeout: Some(Duration::from_secs(30)),
            machine: Limits::default(),
            client: server::Limits {
                unsent: 16 << 20,
                ..server::Limits::default()
            },
            clients: 64,
        }
    }
}

/// How long to wait when the system has no room for another client.
const PAUSE: Duration = Duration::from_millis(100);

impl Mux {
    /// Connects to a monitor, and negotiates.
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`over`](Self::over).
    pub async fn connect(address: &Address, options: MuxOptions) -> Result<Self, Error> {
        let connection = dial::to(address)(options.timeout).await?;
        Self::start(connection, options).await
    }

    /// Shares a monitor over a connection that is there already. Descriptors can be passed if it is a
    /// [`UnixStream`](::tokio::net::UnixStream).
    ///
    /// # Errors
    /// [`Error::TimedOut`] if the machine says nothing, as QEMU does while another client has its monitor;
    /// [`Error::Lost`]; [`Error::Protocol`].
    pub async fn over<S>(stream: S, options: MuxOptions) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        Self::start(Connection::new(stream), options).await
    }

    async fn start(connection: Connection, options: MuxOptions) -> Result<Self, Error> {
        let shared = Arc::new(Shared::new(options, connection.passes_descriptors()));
        let mux = Self {
            handle: Arc::new(Handle(Arc::clone(&shared))),
        };
        ::tokio::spawn(machine::drive(shared, connection));
        let is_known = |progress: &Progress| progress.ready || progress.end.is_some();
        let known = patiently(mux.shared().until(is_known), || mux.shared().end_lines());
        let known = within(options.timeout, known).await;
        match known {
            Some(Progress { end: None, .. }) => Ok(mux),
            _ => Err(Error::not_ready(mux.shared().lock().mux.machine())),
        }
    }

    fn shared(&self) -> &Shared {
        &self.handle.0
    }

    /// What the machine has said about itself.
    pub fn greeting(&self) -> Greeting {
        let state = self.shared().lock();
        state.mux.greeting().cloned().unwrap_or_default()
    }

    /// Serves all clients that connect to a Unix socket, who may do what `policy` allows; `parted` is told how each has
    /// gone. It ends when nobody is served any more.
    ///
    /// # Errors
    /// No more clients can be accepted; those that are there are served on.
    pub async fn serve_unix(
        &self,
        listener: UnixListener,
        policy: Policy,
        parted: impl Fn(Parting) + Clone + Send + 'static,
    ) -> io::Result<()> {
        // It goes before `parted` does: who sees that nothing more is told finds that nobody is let in.
        let listener = listener;
        let room = Arc::new(Semaphore::new(self.shared().options.clients));
        loop {
            let place = Arc::clone(&room).acquire_owned();
            let Some(Ok(place)) = self.unless_over(place).await else {
                return Ok(());
            };
            let stream = match self.unless_over(listener.accept()).await {
                None => return Ok(()),
                Some(Ok((stream, _))) => stream,
                Some(Err(error)) if is_passing(&error) => continue,
                Some(Err(error)) if is_for_lack_of_room(&error) => {
                    self.unless_over(sleep(PAUSE)).await;
                    continue;
                }
                Some(Err(error)) => return Err(error),
            };
            let (mux, policy, parted) = (self.clone(), policy.clone(), parted.clone());
            ::tokio::spawn(async move {
                let parting = mux.serve_over(stream, policy).await;
                parted(parting);
                drop(place);
            });
        }
    }

    /// Serves one client over a connection that is there already, who may do what `policy` allows; answers how it has gone.
    pub async fn serve_over<S>(&self, stream: S, policy: Policy) -> Parting
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        client::serve(self.shared(), Connection::new(stream), policy).await
    }

    /// Waits for the machine's end. Clients learn of it by themselves.
    pub async fn ended(&self) -> End {
        let progress = self.shared().until(|progress| progress.end.is_some());
        progress.await.end.unwrap_or(End::Closed)
    }

    /// Lets nobody in any more and hears nobody. What is with the machine is answered, and clients are told what there is to
    /// tell; who has not been after the time of `patience` is cut off. Then the machine's monitor is free.
    pub async fn close(&self, patience: Duration) {
        self.shared().close();
        let is_empty = |progress: &Progress| progress.clients == 0;
        within(Some(patience), self.shared().until(is_empty)).await;
        self.shared().end();
    }

    /// What the future comes to; `None` if nobody is served any more.
    async fn unless_over<F: Future>(&self, future: F) -> Option<F::Output> {
        let over = self.shared().until(Progress::is_over);
        let (mut over, mut future) = (pin!(over), pin!(future));
        poll_fn(|cx| match over.as_mut().poll(cx) {
            Poll::Ready(_) => Poll::Ready(None),
            Poll::Pending => future.as_mut().poll(cx).map(Some),
        })
        .await
    }
}

/// Whether it is about a client that has gone before it was looked at.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, Interrupted};
    matches!(error.kind(), ConnectionAborted | Interrupted)
}

/// Whether there may be room for a client when others have gone.
fn is_for_lack_of_room(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let lacks = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    let error = error.raw_os_error().map(Errno::from_raw_os_error);
    error.is_some_and(|error| lacks.contains(&error))
}
