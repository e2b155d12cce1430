//! One session: negotiation, ids, and who is waiting for what.

mod agent;
mod calls;
mod ending;
mod events;
mod negotiation;

use std::collections::VecDeque;
use std::sync::Arc;

use qapi_types::{DecodeError, Greeting, Payload, Refusal};

use super::ids::Ids;
use super::inbox::Outbox;
use super::received::Received;
use super::synchronize::Synchronizer;
use super::wire::{Line, Outgoing};
use super::{CallId, End, Framer, RawEvent, Violation};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::trace;
use agent::Agent;

/// A session with one server, from its greeting on.
///
/// ```
/// use qapi_client::core::{Call, Outcome, Session, Step};
///
/// let mut session = Session::new(Default::default());
/// session.receive(br#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}"#);
/// assert!(session.step().is_none());
/// assert_eq!(session.outgoing(), br#"{"execute":"qmp_capabilities","id":0}"#);
/// session.sent(session.outgoing().len());
///
/// session.receive(br#"{"return": {}, "id": 0}"#);
/// assert!(matches!(session.step(), Some(Step::Ready)));
///
/// let call = session.call(Call::new("query-name", None));
/// session.receive(br#"{"return": {"name": "vm"}, "id": 1}"#);
/// let Some(Step::Reply { id, outcome: Outcome::Returned(value) }) = session.step() else {
///     panic!("a reply");
/// };
/// assert_eq!((id, value.json()), (call, r#"{"name": "vm"}"#));
/// ```
#[derive(Debug)]
pub struct Session {
    framer: Framer,
    limits: Limits,
    phase: Phase,
    greets: bool,
    /// The server is a guest agent.
    agent: Option<Agent>,
    /// Something was received over this connection.
    heard: bool,
    greeting: Option<Greeting>,
    /// The server reads line by line, as far as is known: requests end with one.
    ends_lines: bool,
    wants_out_of_band: bool,
    has_out_of_band: bool,
    end: Option<End>,
    ids: Ids,
    outgoing: Outgoing,
    in_band: Line,
    out_of_band: Line,
    /// Calls that the end of the session has overtaken: which, and whether they had been sent.
    lost: VecDeque<(CallId, bool)>,
    /// The session has become ready, and nobody was told.
    became_ready: bool,
    subscribers: Vec<Outbox>,
    /// An event that not every subscriber has had room for, and how many have had it.
    held: Option<(Arc<RawEvent>, usize)>,
    metrics: Metrics,
}

#[derive(Debug)]
enum Phase {
    Greeting,
    Negotiating(CallId),
    Synchronizing(Synchronizer),
    Ready,
}

/// What has happened.
#[derive(Debug)]
pub enum Step {
    /// The session is negotiated, or has come into step, for the first time or once more: the server does commands.
    Ready,
    /// A call has its reply, or will have none.
    Reply {
        /// The call.
        id: CallId,
        /// How it went.
        outcome: Outcome,
    },
}

/// What a server answers.
#[derive(Debug)]
pub enum Outcome {
    /// The command is done; this is what it returns.
    Returned(Payload<'static>),
    /// The command was refused, or has failed.
    Refused(Refusal),
    /// The reply is no reply of QMP.
    Unreadable {
        /// What is wrong with it.
        error: DecodeError,
        /// The whole message.
        json: String,
    },
    /// The session has come to its end, for the reason that [`Session::ended`] tells.
    Lost {
        /// Whether the command had been sent: it may have been executed.
        sent: bool,
    },
}

impl Session {
    /// A session whose server has not said anything yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            framer: Framer::new(limits.message, limits.values.skipped_nesting),
            limits,
            phase: Phase::Greeting,
            greets: true,
            agent: None,
            heard: false,
            greeting: None,
            ends_lines: false,
            wants_out_of_band: false,
            has_out_of_band: false,
            end: None,
            ids: Ids::default(),
            outgoing: Outgoing::default(),
            in_band: Line::default(),
            out_of_band: Line::default(),
            lost: VecDeque::new(),
            became_ready: false,
            subscribers: Vec::new(),
            held: None,
            metrics: Metrics::default(),
        }
    }

    /// A session whose server does not greet and has nothing to negotiate, as the guest agent: it does commands at once.
    ///
    /// ```
    /// use qapi_client::core::{Call, Session};
    ///
    /// let mut session = Session::without_greeting(Default::default());
    /// session.call(Call::new("guest-ping", None));
    /// assert_eq!(session.outgoing(), br#"{"execute":"guest-ping","id":0}"#);
    /// ```
    pub fn without_greeting(limits: Limits) -> Self {
        Self {
            phase: Phase::Ready,
            greets: false,
            ..Self::new(limits)
        }
    }

    /// Takes what has been received. [`step`](Self::step) says what it means and is to be asked before more is received.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.metrics.bytes_received += bytes.len() as u64;
        // Of what follows the end nothing will be looked at.
        if self.end.is_some() {
            return;
        }
        self.heard |= !bytes.is_empty();
        match self.phase {
            Phase::Synchronizing(_) => self.receive_in_step(bytes),
            _ => self.framer.push(bytes),
        }
    }

    /// What can be sent in one go.
    pub fn outgoing(&self) -> &[u8] {
        self.outgoing.bytes()
    }

    /// The call whose descriptors have to be sent together with the first byte of [`outgoing`](Self::outgoing), in one
    /// `sendmsg`.
    pub fn descriptors(&self) -> Option<CallId> {
        self.outgoing.descriptors()
    }

    /// Whether the descriptors of this call have not been sent, and are to be.
    pub fn wants_descriptors_of(&self, id: CallId) -> bool {
        let mut lines = [&self.in_band, &self.out_of_band].into_iter();
        self.outgoing.has_descriptors_of(id)
            || lines.any(|line| line.queued.iter().any(|(queued, _)| *queued == id))
    }

    /// Says that the first `count` bytes of what is to be sent have been sent.
    pub fn sent(&mut self, count: usize) {
        self.outgoing.sent(count);
        self.metrics.bytes_sent += count as u64;
        self.release();
    }

    /// The server's greeting, as soon as it is there.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.greeting.as_ref()
    }

    /// What has gone through the session.
    pub fn metrics(&self) -> Metrics {
        self.metrics
    }

    /// Why the session is at its end, if it is.
    pub fn ended(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// The reply that the last step has told of, as the server has sent it: for whoever passes it on. It is there until
    /// the next step is taken, or more is received.
    ///
    /// ```
    /// use qapi_client::core::{Call, Session, Step};
    ///
    /// let mut session = Session::without_greeting(Default::default());
    /// session.call(Call::new("query-name", None));
    /// session.receive(b"{\"return\": {}, \"since\": 12, \"id\": 0}\r\n");
    /// assert!(matches!(session.step(), Some(Step::Reply { .. })));
    /// assert_eq!(session.message(), br#"{"return": {}, "since": 12, "id": 0}"#);
    /// ```
    pub fn message(&self) -> &[u8] {
        self.framer.message()
    }

    /// What has happened next, if anything has that was not told yet.
    ///
    /// A server that does not speak QMP ends the session: its calls are lost, and [`ended`](Self::ended) says why.
    pub fn step(&mut self) -> Option<Step> {
        if std::mem::take(&mut self.became_ready) {
            return Some(Step::Ready);
        }
        if let Some((id, sent)) = self.lost.pop_front() {
            let outcome = Outcome::Lost { sent };
            return Some(Step::Reply { id, outcome });
        }
        if self.end.is_some() || !self.deliver_held() {
            return None;
        }
        match self.next_step() {
            Ok(step) => step,
            Err(violation) => {
                self.finish(End::Violation(violation));
                self.step()
            }
        }
    }

    fn next_step(&mut self) -> Result<Option<Step>, Violation> {
        while !self.is_held_up()
            && let Some(message) = self.framer.next()?
        {
            let received = Received::read(message, self.limits)?;
            if let Some(step) = self.route(received)? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// Hands a message to whoever it is for; `None` if that is nobody who waits, or the session itself.
    fn route(&mut self, received: Received) -> Result<Option<Step>, Violation> {
        match received {
            // Old servers may report events before they have answered the negotiation.
            Received::Event(event) => self.deliver(event),
            Received::Greeting(greeting) if matches!(self.phase, Phase::Greeting) => {
                self.negotiate(greeting);
            }
            Received::Reply { .. } if matches!(self.phase, Phase::Greeting) => {
                return Err(Violation::NoGreeting);
            }
            Received::Reply { id, outcome } => return self.reply(id, outcome),
            Received::Greeting(_) | Received::Unknown => self.stray(),
        }
        Ok(None)
    }

    fn stray(&mut self) {
        self.metrics.strays += 1;
        trace::stray();
    }
}

#[cfg(test)]
mod ids;
#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
