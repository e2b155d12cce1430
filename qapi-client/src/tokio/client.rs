//! The client.

use std::fmt;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use ::tokio::io::{AsyncRead, AsyncWrite};
use ::tokio::sync::oneshot;
use ::tokio::time;
use qapi_types::{Any, Command, Encode, EventSet, Greeting, Payload};

use super::Subscription;
use super::connection::Connection;
use super::dial::Dialer;
use super::driver::drive;
use super::shared::{Handle, Shared, Waiting};
use crate::agent;
use crate::core::{Buffer, Filter, Overflow, Session};
use crate::error::Error;
use crate::metrics::Metrics;
use crate::options::{CallOptions, Options};
use crate::outcome;
use crate::reconnect::Again;
use crate::schema::{QuerySchema, Schema};
use crate::timeouts::PATIENCE;
use crate::trace;

/// A handle of a session: cloned freely, sent anywhere. Calls of many tasks are in flight at once; the session ends when
/// the last handle and the last subscription are gone.
///
/// Dropping the future of a call abandons the call: a command that is not on its way yet is not sent, the reply to another
/// is dropped when it comes. The session goes on.
///
/// ```no_run
/// use qapi_client::tokio::Client;
///
/// # async fn example() -> Result<(), qapi_client::Error> {
/// let client = Client::connect_unix("/run/vm/qmp.sock").await?;
/// println!("QEMU {}", client.greeting().version);
/// let (status, name) = (client.clone(), client);
/// let asking = tokio::spawn(async move { status.execute_raw("query-status", None).await });
/// println!("{}", name.execute_raw("query-name", None).await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    handle: Arc<Handle>,
}

impl Client {
    /// A session over a connection that is there already: waits for the greeting and negotiates, unless
    /// [`Options::greeting`] says that there is none. Descriptors can be passed if it is a
    /// [`UnixStream`](::tokio::net::UnixStream).
    ///
    /// # Errors
    /// [`Error::TimedOut`] if the server says nothing, as QEMU's does while another client has its monitor;
    /// [`Error::Lost`]; [`Error::Protocol`].
    pub async fn over<S>(stream: S, options: Options) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        Self::start(Connection::new(stream), options, None).await
    }

    /// A session with a guest agent, over a connection to its channel that is there already: brings both sides into step,
    /// whatever an earlier client has left in the channel, and tries again for as long as [`Options::timeout`] says.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if nobody answers: there may be no agent in the guest, or none that runs. [`Error::Lost`].
    pub async fn agent<S>(stream: S, options: Options) -> Result<Self, Error>
    where
        S: AsyncRead + AsyncWrite + Send + 'static,
    {
        Self::start_agent(Connection::new(stream), options, None).await
    }

    pub(super) async fn start_agent(
        connection: Connection,
        options: Options,
        dialer: Option<Dialer>,
    ) -> Result<Self, Error> {
        let greeting = false;
        let options = Options {
            greeting,
            ..options
        };
        let client = Self::start(connection, options, dialer).await?;
        let (attempts, patience) = agent::attempts(options.timeout);
        for _ in 0..attempts {
            if let Some(Ok(())) = within(Some(patience), client.synchronize()).await {
                return Ok(client);
            }
            if let Some(end) = client.shared().lock().session.ended() {
                return Err(Error::ended(end, false));
            }
        }
        Err(Error::TimedOut {
            waiting_for: agent::WAITING_FOR.to_owned(),
            sent: false,
        })
    }

    /// Asks the agent to come into step.
    fn synchronize(&self) -> oneshot::Receiver<()> {
        let (sender, ready) = oneshot::channel();
        self.shared().with(|state| {
            if state.session.outgoing().is_empty() {
                state.session.synchronize(agent::number());
            }
            if state.session.ended().is_none() {
                state.ready = Some(sender);
            }
        });
        ready
    }

    /// Starts a session over `connection`; `dialer` has another.
    pub(super) async fn start(
        connection: Connection,
        options: Options,
        dialer: Option<Dialer>,
    ) -> Result<Self, Error> {
        let mut session = match options.greeting {
            true => Session::new(options.limits),
            false => Session::without_greeting(options.limits),
        };
        if options.out_of_band {
            session.ask_for_out_of_band();
        }
        let shared = Arc::new(Shared::new(session, options));
        let (sender, ready) = oneshot::channel();
        {
            let mut state = shared.lock();
            state.passes_descriptors = connection.passes_descriptors();
            state.ready = Some(sender);
        }
        let client = Self {
            handle: Arc::new(Handle(Arc::clone(&shared))),
        };
        let again = dialer.zip(options.reconnect);
        let again = again.map(|(dialer, policy)| Again::new(dialer, policy));
        ::tokio::spawn(drive(shared, connection, again));
        if options.greeting {
            let ready = within(
                options.timeout,
                patiently(ready, || {
                    client.shared().with(|state| state.session.end_lines())
                }),
            );
            if !matches!(ready.await, Some(Ok(()))) {
                return Err(Error::not_ready(&client.shared().lock().session));
            }
        }
        Ok(client)
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.handle.0
    }

    /// What the server has said about itself; nothing, if it does not greet.
    pub fn greeting(&self) -> Greeting {
        let state = self.shared().lock();
        state.session.greeting().cloned().unwrap_or_default()
    }

    /// How the session behaves.
    pub fn options(&self) -> &Options {
        &self.shared().options
    }

    /// What has gone through the session.
    pub fn metrics(&self) -> Metrics {
        self.shared().lock().session.metrics()
    }

    /// Executes a command, within the time that the [`Options`] give it.
    ///
    /// A command that answers on failure only ([`Command::SUCCESS_RESPONSE`]) has succeeded when no error has come for
    /// the time of [`Options::silence`], or the server has gone.
    ///
    /// # Errors
    /// Every one of [`Error`] but [`Error::Connect`] and those of subscriptions.
    pub async fn execute<C: Command>(&self, command: &C) -> Result<C::Return, Error> {
        self.execute_with(command, CallOptions::new()).await
    }

    /// Executes a command with options of its own, or within a [`Duration`].
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn execute_with<C: Command>(
        &self,
        command: &C,
        options: impl Into<CallOptions>,
    ) -> Result<C::Return, Error> {
        let options = options.into();
        let call = options.call(command, || self.has_out_of_band())?;
        if C::SUCCESS_RESPONSE {
            let value = self.reply(self.shared().call(call), C::NAME, options);
            return outcome::decode::<C>(&value.await?);
        }
        let waiting = self.shared().call(call.silent());
        let silence = self.options().silence;
        match self.reply(waiting, C::NAME, options.within(silence)).await {
            // It has done what it was told. That the server has gone is how some do it.
            Err(Error::TimedOut { sent: true, .. } | Error::Lost { sent: true, .. }) => {
                outcome::silent::<C>()
            }
            Err(error) => Err(error),
            Ok(value) => outcome::decode::<C>(&value),
        }
    }

    /// Executes a command that takes file descriptors with it, `getfd` or `add-fd`: they are passed together with the
    /// command, in one `sendmsg`. However it ends, on this side they are closed.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); and [`Error::Descriptors`] if the connection is not a Unix socket, or there are more than 253.
    #[cfg(unix)]
    pub async fn execute_with_fds<C: Command>(
        &self,
        command: &C,
        descriptors: Vec<OwnedFd>,
    ) -> Result<C::Return, Error> {
        self.execute_with_fds_with(command, descriptors, CallOptions::new())
            .await
    }

    /// Executes such a command with options of its own, or within a [`Duration`].
    ///
    /// # Errors
    /// As [`execute_with_fds`](Self::execute_with_fds).
    #[cfg(unix)]
    pub async fn execute_with_fds_with<C: Command>(
        &self,
        command: &C,
        descriptors: Vec<OwnedFd>,
        options: impl Into<CallOptions>,
    ) -> Result<C::Return, Error> {
        let options = options.into();
        let call = options.call(command, || self.has_out_of_band())?;
        let waiting = self.shared().call_with_descriptors(call, descriptors);
        let waiting = waiting.ok_or(Error::Descriptors)?;
        let value = self.reply(waiting, C::NAME, options);
        outcome::decode::<C>(&value.await?)
    }

    /// Executes a command by its name, within the time that the [`Options`] give it, and answers whatever the server does.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), but for the data of the reply.
    pub async fn execute_raw(&self, name: &str, arguments: Option<&Any>) -> Result<Any, Error> {
        self.execute_raw_with(name, arguments, CallOptions::new())
            .await
    }

    /// Executes a command by its name, with options of its own, or within a [`Duration`].
    ///
    /// # Errors
    /// As [`execute_raw`](Self::execute_raw).
    pub async fn execute_raw_with(
        &self,
        name: &str,
        arguments: Option<&Any>,
        options: impl Into<CallOptions>,
    ) -> Result<Any, Error> {
        let options = options.into();
        let arguments = arguments.map(|arguments| arguments as &dyn Encode);
        let call = options.call_named(name, arguments, || self.has_out_of_band())?;
        let value = self.reply(self.shared().call(call), name, options).await?;
        value
            .decode()
            .map_err(|error| Error::undecodable(name, error, value.json()))
    }

    /// The server's interface, as it tells it itself (`query-qmp-schema`): for asking what it can do.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub async fn schema(&self) -> Result<Schema, Error> {
        self.execute(&QuerySchema).await
    }

    /// A subscription to the events that `filter` lets through, all that are received from now on: subscribe first, then
    /// execute what causes them. When more wait than [`Limits`](crate::Limits) allow the oldest are dropped.
    ///
    /// ```no_run
    /// # use qapi_client::tokio::Client;
    /// # use qapi_types::UnknownEvent;
    /// # async fn example(client: Client) -> Result<(), qapi_client::Error> {
    /// let mut resets = client.subscribe::<UnknownEvent>("RESET");
    /// client.execute_raw("system_reset", None).await?;
    /// let reset = resets.next().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The set `E` is the `Event` of bindings, or one of the events if the filter lets no other through.
    pub fn subscribe<E: EventSet>(&self, filter: impl Into<Filter>) -> Subscription<E> {
        let buffer = Buffer::of(self.options().limits, Overflow::DropOldest);
        self.subscribe_with(filter, buffer)
    }

    /// The same with a buffer of its own.
    pub fn subscribe_with<E: EventSet>(
        &self,
        filter: impl Into<Filter>,
        buffer: Buffer,
    ) -> Subscription<E> {
        let inbox = self
            .shared()
            .lock()
            .session
            .subscribe(filter.into(), buffer);
        Subscription::new(inbox, Arc::clone(&self.handle))
    }

    /// Makes a call whose reply nobody waits for.
    #[cfg(all(unix, feature = "operations"))]
    pub(super) fn post(&self, call: crate::core::Call) {
        self.shared().with(|state| state.session.call(call));
    }

    /// Whether out-of-band execution was negotiated.
    fn has_out_of_band(&self) -> bool {
        self.shared().lock().session.has_out_of_band()
    }

    pub(super) async fn reply(
        &self,
        waiting: Waiting<'_>,
        name: &str,
        options: CallOptions,
    ) -> Result<Payload<'static>, Error> {
        let reply = self.wait(waiting, name, options);
        #[cfg(feature = "tracing")]
        let reply = tracing::Instrument::instrument(reply, trace::call(name));
        let reply = reply.await;
        trace::called(name, &reply);
        reply
    }

    /// Waits for the reply to a call; after the deadline nobody does any more.
    async fn wait(
        &self,
        mut waiting: Waiting<'_>,
        name: &str,
        options: CallOptions,
    ) -> Result<Payload<'static>, Error> {
        let timeout = options.timeout(name, &self.shared().timeouts);
        let outcome = match within(timeout, waiting.outcome()).await {
            Some(outcome) => outcome,
            None => waiting
                .give_up()
                .map_err(|sent| Error::not_in_time(name, sent))?,
        };
        match outcome {
            // Only then is the session asked how it has ended.
            outcome @ crate::core::Outcome::Lost { .. } => {
                let state = self.shared().lock();
                outcome::value(name, outcome, state.session.ended())
            }
            outcome => outcome::value(name, outcome, None),
        }
    }
}

/// What comes of the negotiation; while nothing does `insist`.
pub(super) async fn patiently<F: Future>(negotiated: F, mut insist: impl FnMut()) -> F::Output {
    let mut negotiated = pin!(negotiated);
    loop {
        match within(Some(PATIENCE), &mut negotiated).await {
            Some(output) => return output,
            None => insist(),
        }
    }
}

/// What the future comes to; `None` if it has not within `timeout`.
pub(super) async fn within<F: Future>(timeout: Option<Duration>, future: F) -> Option<F::Output> {
    match timeout {
        Some(timeout) => time::timeout(timeout, future).await.ok(),
        None => Some(future.await),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("greeting", &self.greeting())
            .finish_non_exhaustive()
    }
}
