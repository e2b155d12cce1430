//! A session for one who waits, with a runtime of its own on which the machine is listened to meanwhile.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use qapi_client::tokio::{Client, Subscription};
use qapi_client::{CallOptions, Error, Filter, Stamped};
use qapi_types::{Any, UnknownEvent};
use tokio::runtime::{Builder, Handle, Runtime};

use super::super::Failure;
use super::super::run::Output;
use super::interrupts::{Interrupts, interrupt};

/// How long one who types waits for what the machine could add to it.
const ASIDE: Duration = Duration::from_millis(500);

/// A session with a machine.
pub(in crate::qmp) struct Session {
    client: Client,
    /// Not here while somebody else listens.
    events: Option<Ears>,
    interrupts: Option<Interrupts>,
    runtime: Runtime,
}

/// What the machine says that was not asked.
#[derive(Debug)]
pub(super) enum Told {
    /// A line that it has written to one of its outputs.
    Line(String),
    Event(Stamped<UnknownEvent>),
    /// Something about events that cannot be shown.
    Trouble(Error),
}

/// How a command has ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Ended(Result<Any, Error>),
    /// The user has not wanted to wait.
    Abandoned,
}

impl Session {
    /// The session that `connect` makes; it is waited for on the runtime that the session will have.
    ///
    /// # Errors
    /// Those of `connect`; or the system has no room for another thread.
    pub(in crate::qmp) fn start<E: Into<Failure>>(
        connect: impl Future<Output = Result<Client, E>>,
    ) -> Result<Self, Failure> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("qmp-session")
            .on_thread_start(leave_signals_to_others)
            .enable_all()
            .build()?;
        let client = runtime.block_on(connect).map_err(E::into)?;
        let events = {
            let _context = runtime.enter();
            client.subscribe(Filter::all())
        };
        Ok(Self {
            client,
            events: Some(Ears {
                events,
                output: None,
            }),
            interrupts: None,
            runtime,
        })
    }

    /// What a machine writes that was started here is heard, too.
    pub(in crate::qmp) fn with_output(mut self, output: Output) -> Self {
        if let Some(ears) = &mut self.events {
            ears.output = Some(output);
        }
        self
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// Somebody who can ask the machine something in passing.
    pub(super) fn asker(&self) -> Asker {
        Asker {
            client: self.client.clone(),
            runtime: self.runtime.handle().clone(),
        }
    }

    /// From now on Ctrl-C ends no more than what it interrupts.
    ///
    /// # Errors
    /// The system does not let signals be caught.
    pub(super) fn heed_interrupts(&mut self) -> io::Result<()> {
        let _context = self.runtime.enter();
        self.interrupts = Some(Interrupts::heed()?);
        Ok(())
    }

    /// What was interrupted until now is over.
    pub(super) fn forget_interrupts(&mut self) {
        self.interrupts.as_mut().map(Interrupts::forget);
    }

    /// Executes a command. What the machine says before it answers, and all that has come before, goes to `hear`.
    pub(super) fn execute(
        &mut self,
        name: &str,
        arguments: Option<&Any>,
        options: CallOptions,
        mut hear: impl FnMut(Told),
    ) -> Outcome {
        let Self {
            client,
            events,
            interrupts,
            runtime,
        } = self;
        let outcome = runtime.block_on(async {
            let call = client.execute_raw_with(name, arguments, options);
            let mut call = pin!(call);
            let mut listening = true;
            loop {
                tokio::select! {
                    biased;
                    told = next(events), if listening => match told {
                        Ok(told) => hear(told),
                        // The call will tell how it has ended.
                        Err(_) => listening = false,
                    },
                    ended = &mut call => return Outcome::Ended(ended),
                    () = interrupt(interrupts) => return Outcome::Abandoned,
                }
            }
        });
        self.drain(hear);
        outcome
    }

    /// Takes what the machine has said.
    pub(super) fn drain(&mut self, mut hear: impl FnMut(Told)) {
        let Some(events) = &mut self.events else {
            return;
        };
        while let Some(told) = events.try_next() {
            hear(told);
        }
    }

    /// Waits for `future` and gives what the machine says meanwhile to `hear`; `None` if it was interrupted.
    ///
    /// # Errors
    /// The session has ended before.
    pub(super) fn while_listening<T>(
        &mut self,
        future: impl Future<Output = T>,
        mut hear: impl FnMut(Told),
    ) -> Result<Option<T>, Error> {
        let Self {
            events,
            interrupts,
            runtime,
            ..
        } = self;
        runtime.block_on(async {
            let mut future = pin!(future);
            loop {
                tokio::select! {
                    biased;
                    told = next(events) => hear(told?),
                    output = &mut future => return Ok(Some(output)),
                    () = interrupt(interrupts) => return Ok(None),
                }
            }
        })
    }

    /// Lets somebody else listen, who gives it [back](Self::listen_again).
    pub(super) fn let_listen(&mut self) -> Option<Ears> {
        self.events.take()
    }

    pub(super) fn listen_again(&mut self, events: Ears) {
        self.events = Some(events);
    }
}

/// What comes next.
///
/// # Errors
/// The session has ended.
async fn next(events: &mut Option<Ears>) -> Result<Told, Error> {
    match events {
        Some(events) => events.next().await,
        None => std::future::pending().await,
    }
}

/// Where what the machine says comes from.
#[derive(Debug)]
pub(super) struct Ears {
    events: Subscription<UnknownEvent>,
    /// Of a machine that was started here.
    output: Option<Output>,
}

impl Ears {
    /// What comes next. Dropping the future loses nothing.
    ///
    /// # Errors
    /// The session has ended.
    pub(super) async fn next(&mut self) -> Result<Told, Error> {
        let line = async {
            match &self.output {
                Some(output) => output.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            line = line => Ok(Told::Line(line)),
            event = self.events.next() => match event.map_err(passing) {
                Ok(event) => Ok(Told::Event(event)),
                Err(Ok(trouble)) => Ok(Told::Trouble(trouble)),
                Err(Err(end)) => Err(end),
            },
        }
    }

    /// What is there.
    fn try_next(&mut self) -> Option<Told> {
        if let Some(line) = self.output.as_ref().and_then(Output::try_next) {
            return Some(Told::Line(line));
        }
        match self.events.try_next().map_err(passing) {
            Ok(Some(event)) => Some(Told::Event(event)),
            Err(Ok(trouble)) => Some(Told::Trouble(trouble)),
            Ok(None) | Err(Err(_)) => None,
        }
    }
}

/// Tells an error after which events follow from one after which none do.
fn passing(error: Error) -> Result<Error, Error> {
    match error {
        Error::Gap(_) | Error::Undecodable(_) => Ok(error),
        end => Err(end),
    }
}

/// One who asks the machine something in passing, for somebody who types and does not wait for long.
#[derive(Clone)]
pub(super) struct Asker {
    client: Client,
    runtime: Handle,
}

impl Asker {
    /// What the machine answers; `None` if it does not, refuses, or takes too long.
    pub(super) fn ask(&self, name: &str, arguments: Option<&Any>) -> Option<Any> {
        let call = self.client.execute_raw_with(name, arguments, ASIDE);
        self.runtime.block_on(call).ok()
    }
}

/// The thread that reads what is typed is interrupted by signals, and by nothing else: none may go to another.
fn leave_signals_to_others() {
    #[cfg(unix)]
    {
        use nix::sys::signal::{SigSet, Signal};
        let mut signals = SigSet::empty();
        signals.add(Signal::SIGINT);
        signals.add(Signal::SIGWINCH);
        // A thread that takes them nevertheless does no worse than delay them.
        let _ = signals.thread_block();
    }
}
