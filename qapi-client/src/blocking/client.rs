//! The client.

use std::fmt;
use std::io;
#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use qapi_types::{Any, Command, Encode, EventSet, Greeting, Payload};

use super::connection::Connection;
use super::deadline::Deadline;
use super::dial::Dialer;
use super::reconnect::Down;
use super::stream::Stream;
use super::{Subscription, Transport};
use crate::core::{
    Buffer, Call, CallId, Delivery, End, Filter, Inbox, Outcome, Overflow, RawEvent, Session,
    Stamped, Step,
};
#[cfg(unix)]
use crate::descriptors::MOST;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::options::{CallOptions, Options};
use crate::outcome;
use crate::reconnect::Again;
use crate::schema::{QuerySchema, Schema};
use crate::timeouts::{PATIENCE, Timeouts};
use crate::trace;

/// A session that waits for every reply.
///
/// Events that come meanwhile are kept for whoever has [subscribed](Self::subscribe), and for
/// [`next_event`](Client::next_event); when more come than [`Limits`](crate::Limits) allow the oldest go, and
/// [`events_lost`](Client::events_lost) counts them. They are received while the client waits for something; between its
/// calls they wait in the socket.
pub struct Client {
    pub(super) connection: Result<Connection, Down>,
    pub(super) session: Session,
    events: Inbox,
    greeting: Greeting,
    pub(super) options: Options,
    pub(super) timeouts: Timeouts,
    /// How another connection is to be had.
    pub(super) again: Option<Again<Dialer>>,
    /// Whether connections of this kind pass descriptors.
    #[cfg(unix)]
    passes_descriptors: bool,
    /// The descriptors of calls of which nothing was sent yet.
    #[cfg(unix)]
    descriptors: Vec<(CallId, Vec<OwnedFd>)>,
}

impl Client {
    /// A session over a connection that is there already: waits for the greeting and negotiates, unless
    /// [`Options::greeting`] says that there is none.
    ///
    /// # Errors
    /// [`Error::TimedOut`] if the server says nothing, as QEMU's does while another client has its monitor;
    /// [`Error::Lost`]; [`Error::Protocol`].
    pub fn over(transport: impl Transport + 'static, options: Options) -> Result<Self, Error> {
        Self::over_boxed(Box::new(transport), options)
    }

    pub(super) fn over_boxed(transport: Box<dyn Stream>, options: Options) -> Result<Self, Error> {
        let mut client = Self::unready(transport, options);
        if options.greeting {
            client.negotiate()?;
        }
        Ok(client)
    }

    /// A session of which nothing has been received.
    pub(super) fn unready(transport: Box<dyn Stream>, options: Options) -> Self {
        let mut session = match options.greeting {
            true => Session::new(options.limits),
            false => Session::without_greeting(options.limits),
        };
        if options.out_of_band {
            session.ask_for_out_of_band();
        }
        let buffer = Buffer::of(options.limits, Overflow::DropOldest);
        Self {
            #[cfg(unix)]
            passes_descriptors: transport.passes_descriptors(),
            connection: Ok(Connection::new(transport)),
            events: session.subscribe(Filter::all(), buffer),
            session,
            greeting: Greeting::default(),
            options,
            timeouts: Timeouts::new(&options),
            again: None,
            #[cfg(unix)]
            descriptors: Vec::new(),
        }
    }

    fn negotiate(&mut self) -> Result<(), Error> {
        let deadline = Deadline::after(self.options.timeout);
        loop {
            match self.next_step(&mut deadline.or_after(PATIENCE)) {
                Some(Step::Ready) => break,
                Some(Step::Reply { .. }) => {}
                None if self.session.ended().is_none() && !deadline.is_over() => {
                    self.session.end_lines();
                }
                None => return Err(Error::not_ready(&self.session)),
            }
        }
        self.greeting = self.session.greeting().cloned().unwrap_or_default();
        Ok(())
    }

    /// What the server has said about itself; nothing, if it does not greet.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// How the session behaves.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What has gone through the session.
    pub fn metrics(&self) -> Metrics {
        self.session.metrics()
    }

    /// Executes a command, within the time that the [`Options`] give it.
    ///
    /// A command that answers on failure only ([`Command::SUCCESS_RESPONSE`]) has succeeded when no error has come for
    /// the time of [`Options::silence`], or the server has gone.
    ///
    /// # Errors
    /// Every one of [`Error`] but [`Error::Connect`] and those of subscriptions.
    pub fn execute<C: Command>(&mut self, command: &C) -> Result<C::Return, Error> {
        self.execute_with(command, CallOptions::new())
    }

    /// Executes a command with options of its own, or within a [`Duration`].
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_with<C: Command>(
        &mut self,
        command: &C,
        options: impl Into<CallOptions>,
    ) -> Result<C::Return, Error> {
        let options = options.into();
        let call = options.call(command, || self.session.has_out_of_band())?;
        self.finish::<C>(call, options)
    }

    /// Executes a command that takes file descriptors with it, `getfd` or `add-fd`: they are passed together with the
    /// command, in one `sendmsg`. However it ends, on this side they are closed.
    ///
    /// # Errors
    /// As [`execute`](Self::execute); and [`Error::Descriptors`] if the connection is not a Unix socket, there are more than
    /// 253, or the feature `system` is off.
    #[cfg(unix)]
    pub fn execute_with_fds<C: Command>(
        &mut self,
        command: &C,
        descriptors: Vec<OwnedFd>,
    ) -> Result<C::Return, Error> {
        self.execute_with_fds_with(command, descriptors, CallOptions::new())
    }

    /// Executes such a command with options of its own, or within a [`Duration`].
    ///
    /// # Errors
    /// As [`execute_with_fds`](Self::execute_with_fds).
    #[cfg(unix)]
    pub fn execute_with_fds_with<C: Command>(
        &mut self,
        command: &C,
        descriptors: Vec<OwnedFd>,
        options: impl Into<CallOptions>,
    ) -> Result<C::Return, Error> {
        let options = options.into();
        if !self.passes_descriptors || descriptors.len() > MOST {
            return Err(Error::Descriptors);
        }
        let call = options
            .call(command, || self.session.has_out_of_band())?
            .with_descriptors();
        // Calls that were sent, and calls that nobody waits for any more, have no need of theirs.
        let session = &self.session;
        self.descriptors
            .retain(|(id, _)| session.wants_descriptors_of(*id));
        let id = self.session.call(call);
        self.descriptors.push((id, descriptors));
        let reply = self.reply(id, C::NAME, options.timeout(C::NAME, &self.timeouts));
        self.descriptors
            .retain(|(id, _)| self.session.wants_descriptors_of(*id));
        outcome::decode::<C>(&reply?)
    }

    /// Executes a command by its name, within the time that the [`Options`] give it, and answers whatever the server does.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), but for the data of the reply.
    pub fn execute_raw(&mut self, name: &str, arguments: Option<&Any>) -> Result<Any, Error> {
        self.execute_raw_with(name, arguments, CallOptions::new())
    }

    /// Executes a command by its name, with options of its own, or within a [`Duration`].
    ///
    /// # Errors
    /// As [`execute_raw`](Self::execute_raw).
    pub fn execute_raw_with(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        options: impl Into<CallOptions>,
    ) -> Result<Any, Error> {
        let options = options.into();
        let arguments = arguments.map(|arguments| arguments as &dyn Encode);
        let call = options.call_named(name, arguments, || self.session.has_out_of_band())?;
        let id = self.session.call(call);
        let value = self.reply(id, name, options.timeout(name, &self.timeouts))?;
        value
            .decode()
            .map_err(|error| Error::undecodable(name, error, value.json()))
    }

    /// The server's interface, as it tells it itself (`query-qmp-schema`): for asking what it can do.
    ///
    /// ```no_run
    /// # let mut client = qapi_client::blocking::Client::connect_unix("/run/vm/qmp.sock")?;
    /// let schema = client.schema()?;
    /// let discards_unreferenced = schema.has("blockdev-add/arg/qcow2/discard-no-unref");
    /// # Ok::<(), qapi_client::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn schema(&mut self) -> Result<Schema, Error> {
        self.execute(&QuerySchema)
    }

    /// A subscription to the events that `filter` lets through, all that are received from now on: subscribe first, then
    /// execute what causes them. When more wait than [`Limits`](crate::Limits) allow the oldest are dropped.
    ///
    /// ```no_run
    /// # use qapi_client::blocking::Client;
    /// # use qapi_types::UnknownEvent;
    /// # let mut client = Client::connect_unix("/run/vm/qmp.sock")?;
    /// let mut resets = client.subscribe::<UnknownEvent>("RESET");
    /// client.execute_raw("system_reset", None)?;
    /// let reset = resets.next(&mut client, None)?;
    /// # Ok::<(), qapi_client::Error>(())
    /// ```
    ///
    /// The set `E` is the `Event` of bindings, or one of the events if the filter lets no other through.
    pub fn subscribe<E: EventSet>(&mut self, filter: impl Into<Filter>) -> Subscription<E> {
        let buffer = Buffer::of(self.options.limits, Overflow::DropOldest);
        self.subscribe_with(filter, buffer)
    }

    /// The same with a buffer of its own. Of [`Overflow::Wait`] beware where one thread does all: calls wait, too.
    pub fn subscribe_with<E: EventSet>(
        &mut self,
        filter: impl Into<Filter>,
        buffer: Buffer,
    ) -> Subscription<E> {
        Subscription::new(self.session.subscribe(filter.into(), buffer))
    }

    /// The next event as one of the set `E`, the oldest that is kept or else the first that comes within `timeout`; `None`
    /// if none does. A timeout of `None` waits for ever, one of zero takes what is there.
    ///
    /// These are the client's own events, all that have come since it is there; whoever wants some only
    /// [subscribes](Self::subscribe).
    ///
    /// # Errors
    /// [`Error::Undecodable`] if the event's data are not what the schema says; the event is gone, the session goes on.
    /// [`Error::Lost`] and [`Error::Protocol`].
    pub fn next_event<E: EventSet>(
        &mut self,
        timeout: Option<Duration>,
    ) -> Result<Option<Stamped<E>>, Error> {
        let event = self.next_own_event(timeout)?;
        event.map(Delivery::Event).map(outcome::event).transpose()
    }

    /// The next event as it came; otherwise as [`next_event`](Self::next_event).
    ///
    /// # Errors
    /// [`Error::Lost`] and [`Error::Protocol`].
    pub fn next_raw_event(&mut self, timeout: Option<Duration>) -> Result<Option<RawEvent>, Error> {
        let event = self.next_own_event(timeout)?;
        Ok(event.map(Arc::unwrap_or_clone))
    }

    /// How many events have gone because nobody asked for them in time.
    pub fn events_lost(&self) -> u64 {
        self.events.lost()
    }

    fn next_own_event(
        &mut self,
        timeout: Option<Duration>,
    ) -> Result<Option<Arc<RawEvent>>, Error> {
        let mut deadline = Deadline::after(timeout);
        loop {
            self.listen();
            match self.events.take() {
                Some(Delivery::Event(event)) => return Ok(Some(event)),
                Some(Delivery::End(end)) => return Err(Error::ended(&end, false)),
                // `events_lost` tells.
                Some(Delivery::Gap(_) | Delivery::Overflow) => {}
                None if self.exchange(&mut deadline) => {}
                None => return Ok(None),
            }
        }
    }

    /// What `inbox` is told next, within `timeout`.
    pub(super) fn next_delivery(
        &mut self,
        inbox: &Inbox,
        timeout: Option<Duration>,
    ) -> Option<Delivery> {
        let mut deadline = Deadline::after(timeout);
        loop {
            self.listen();
            let delivery = inbox.take();
            if delivery.is_some() || !self.exchange(&mut deadline) {
                return delivery;
            }
        }
    }

    /// Makes a call and waits for what it comes to.
    fn finish<C: Command>(&mut self, call: Call, options: CallOptions) -> Result<C::Return, Error> {
        if C::SUCCESS_RESPONSE {
            let id = self.session.call(call);
            let value = self.reply(id, C::NAME, options.timeout(C::NAME, &self.timeouts))?;
            return outcome::decode::<C>(&value);
        }
        let id = self.session.call(call.silent());
        match self.reply(id, C::NAME, Some(self.options.silence)) {
            // It has done what it was told. That the server has gone is how some do it.
            Err(Error::TimedOut { sent: true, .. } | Error::Lost { sent: true, .. }) => {
                outcome::silent::<C>()
            }
            Err(error) => Err(error),
            Ok(value) => outcome::decode::<C>(&value),
        }
    }

    fn reply(
        &mut self,
        id: CallId,
        name: &str,
        timeout: Option<Duration>,
    ) -> Result<Payload<'static>, Error> {
        #[cfg(feature = "tracing")]
        let _span = trace::call(name).entered();
        let reply = self.wait(id, name, timeout);
        trace::called(name, &reply);
        reply
    }

    /// Waits for the reply to a call; after the deadline nobody does any more.
    fn wait(
        &mut self,
        id: CallId,
        name: &str,
        timeout: Option<Duration>,
    ) -> Result<Payload<'static>, Error> {
        let mut deadline = Deadline::after(timeout);
        let (_, outcome) = self
            .next_outcome(&mut deadline, |answered| answered == id)
            .ok_or_else(|| self.timed_out(id, name))?;
        outcome::value(name, outcome, self.session.ended())
    }

    /// What the first call comes to that is among those that are waited for.
    pub(super) fn next_outcome(
        &mut self,
        deadline: &mut Deadline,
        is_among: impl Fn(CallId) -> bool,
    ) -> Option<(CallId, Outcome)> {
        loop {
            match self.next_step(deadline)? {
                Step::Reply { id, outcome } if is_among(id) => return Some((id, outcome)),
                Step::Reply { .. } | Step::Ready => {}
            }
        }
    }

    /// Nobody waits for the reply to a call any more.
    pub(super) fn timed_out(&mut self, id: CallId, name: &str) -> Error {
        Error::not_in_time(name, self.session.abandon(id))
    }

    /// The next thing that happens until the deadline, or the end of the session.
    pub(super) fn next_step(&mut self, deadline: &mut Deadline) -> Option<Step> {
        loop {
            if let Some(step) = self.session.step() {
                return Some(step);
            }
            if self.session.ended().is_some() || !self.exchange(deadline) {
                return None;
            }
        }
    }

    /// Hands what has been received to the subscribers. Nobody waits for replies: those that come are late.
    fn listen(&mut self) {
        while self.session.step().is_some() {}
    }

    /// Sends what is to be sent, then receives what is there or comes first; `false` if the deadline passes before.
    fn exchange(&mut self, deadline: &mut Deadline) -> bool {
        if self.connection.is_err() {
            return self.reconnect(deadline);
        }
        if self.session.is_held_up() {
            return self.wait_for_room(deadline);
        }
        let sent = self.send(deadline);
        if let Ok(false) = sent {
            return false;
        }
        let Ok(connection) = &mut self.connection else {
            return true;
        };
        // A server that has gone may have left its last words, so they are read even if it cannot be told anything.
        match connection.receive(&mut self.session, deadline) {
            Ok(received) => received,
            Err(error) => {
                let error = match (error.kind(), sent) {
                    (io::ErrorKind::UnexpectedEof, Err(why)) => why,
                    _ => error,
                };
                self.lose(End::from(error));
                true
            }
        }
    }

    /// Waits until the subscriber that holds the session up has taken an event, in another thread.
    fn wait_for_room(&mut self, deadline: &mut Deadline) -> bool {
        struct Unpark(thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = Arc::new(Unpark(thread::current())).into();
        if !self.session.is_held_up_until(&waker) {
            return true;
        }
        match deadline.remaining() {
            None => return false,
            Some(None) => thread::park(),
            Some(Some(remaining)) => thread::park_timeout(remaining),
        }
        true
    }

    /// Sends all that is to be sent. What the deadline cuts off stays, and goes out before the next command: half a
    /// command on the wire would take the next one with it.
    fn send(&mut self, deadline: &mut Deadline) -> io::Result<bool> {
        let Ok(connection) = &mut self.connection else {
            return Ok(true);
        };
        while !self.session.outgoing().is_empty() {
            let bytes = self.session.outgoing();
            #[cfg(unix)]
            let descriptors = self.session.descriptors().and_then(|call| {
                let mut all = self.descriptors.iter();
                all.find(|(id, _)| *id == call)
            });
            let count = connection.timed(deadline, |transport| {
                #[cfg(unix)]
                if let Some((_, descriptors)) = descriptors {
                    return transport.write_with_descriptors(bytes, descriptors);
                }
                transport.write(bytes)
            })?;
            match count {
                Some(count) => self.session.sent(count),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("greeting", &self.greeting)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}
