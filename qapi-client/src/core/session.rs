//! One session: negotiation, ids, and who is waiting for what.

use std::collections::VecDeque;

use qapi_types::{
    Any, DecodeError, Encode, Greeting, Message, Payload, Reader, Refusal, Request, to_string, utf8,
};

use super::{Framer, RawEvent, Violation};
use crate::limits::Limits;

/// A session with one server, from its greeting on.
///
/// ```
/// use qapi_client::core::{Outcome, Session, Step};
///
/// let mut session = Session::new(Default::default());
/// session.receive(br#"{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}"#);
/// assert!(session.step()?.is_none());
/// assert_eq!(session.outgoing(), br#"{"execute":"qmp_capabilities","id":0}"#);
/// session.sent(session.outgoing().len());
///
/// session.receive(br#"{"return": {}, "id": 0}"#);
/// assert!(matches!(session.step()?, Some(Step::Ready)));
///
/// let call = session.call("query-name", None);
/// session.receive(br#"{"return": {"name": "vm"}, "id": 1}"#);
/// let Some(Step::Reply { id, outcome: Outcome::Returned(value) }) = session.step()? else {
///     panic!("a reply");
/// };
/// assert_eq!((id, value.json()), (call, r#"{"name": "vm"}"#));
/// # Ok::<(), qapi_client::core::Violation>(())
/// ```
#[derive(Debug)]
pub struct Session {
    framer: Framer,
    limits: Limits,
    phase: Phase,
    greeting: Option<Greeting>,
    violation: Option<Violation>,
    next_id: u64,
    /// The calls without a reply, oldest first.
    waiting: VecDeque<Waiting>,
    outgoing: Vec<u8>,
    dropped: u64,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Greeting,
    Negotiating(CallId),
    Ready,
}

#[derive(Debug)]
struct Waiting {
    id: CallId,
    /// Nobody wants the reply any more.
    abandoned: bool,
}

/// A call on its way, by its id on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(u64);

/// What has happened.
#[derive(Debug)]
pub enum Step {
    /// The capabilities are negotiated; from now on the server does commands.
    Ready,
    /// A call has its reply.
    Reply {
        /// The call.
        id: CallId,
        /// How it went.
        outcome: Outcome,
    },
    /// The server reports an event.
    Event(RawEvent),
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
}

impl Session {
    /// A session whose server has not said anything yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            framer: Framer::new(limits.message, limits.values.skipped_nesting),
            limits,
            phase: Phase::Greeting,
            greeting: None,
            violation: None,
            next_id: 0,
            waiting: VecDeque::new(),
            outgoing: Vec::new(),
            dropped: 0,
        }
    }

    /// A session whose server does not greet and has nothing to negotiate, as the guest agent: it does commands at once.
    ///
    /// ```
    /// use qapi_client::core::Session;
    ///
    /// let mut session = Session::without_greeting(Default::default());
    /// session.call("guest-ping", None);
    /// assert_eq!(session.outgoing(), br#"{"execute":"guest-ping","id":0}"#);
    /// ```
    pub fn without_greeting(limits: Limits) -> Self {
        Self {
            phase: Phase::Ready,
            ..Self::new(limits)
        }
    }

    /// Takes what has been received. [`step`](Self::step) says what it means and is to be asked before more is received.
    pub fn receive(&mut self, bytes: &[u8]) {
        // Of what follows a violation nothing will be looked at.
        if self.violation.is_none() {
            self.framer.push(bytes);
        }
    }

    /// What is to be sent.
    pub fn outgoing(&self) -> &[u8] {
        &self.outgoing
    }

    /// Says that the first `count` bytes of what is to be sent have been sent.
    pub fn sent(&mut self, count: usize) {
        self.outgoing.drain(..count);
    }

    /// The server's greeting, as soon as it is there.
    pub fn greeting(&self) -> Option<&Greeting> {
        self.greeting.as_ref()
    }

    /// How many messages nobody was waiting for: late replies to calls that were abandoned, messages of unknown kinds.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Adds a command to what is to be sent. Before [`Step::Ready`] servers refuse every command.
    pub fn call(&mut self, name: &str, arguments: Option<&dyn Encode>) -> CallId {
        let id = CallId(self.next_id);
        // A counter, never used twice, for a late reply must not meet a new call; and short, for QEMU reads byte by byte.
        self.next_id += 1;
        let mut request = Request::named(name).id(id.0);
        if let Some(arguments) = arguments {
            request = request.arguments(arguments);
        }
        self.outgoing.extend(to_string(&request).into_bytes());
        let abandoned = false;
        self.waiting.push_back(Waiting { id, abandoned });
        id
    }

    /// Says that nobody waits for the reply to a call any more. It is dropped when it comes.
    pub fn abandon(&mut self, id: CallId) {
        for waiting in &mut self.waiting {
            waiting.abandoned |= waiting.id == id;
        }
    }

    /// What has happened next, if anything has that was not told yet.
    ///
    /// # Errors
    /// The server does not speak QMP. The session is at its end: the same error comes again from then on.
    pub fn step(&mut self) -> Result<Option<Step>, Violation> {
        if let Some(violation) = &self.violation {
            return Err(violation.clone());
        }
        let step = self.next_step();
        if let Err(violation) = &step {
            self.violation = Some(violation.clone());
        }
        step
    }

    fn next_step(&mut self) -> Result<Option<Step>, Violation> {
        while let Some(message) = self.framer.next()? {
            let received = Received::read(message, self.limits)?;
            if let Some(step) = self.route(received)? {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// Hands a message to whoever it is for; `None` if that is nobody, or the session itself.
    fn route(&mut self, received: Received) -> Result<Option<Step>, Violation> {
        match received {
            // Old servers may report events before they have answered the negotiation.
            Received::Event(event) => return Ok(Some(Step::Event(event))),
            Received::Greeting(greeting) if self.phase == Phase::Greeting => {
                self.greeting = Some(greeting);
                self.phase = Phase::Negotiating(self.call("qmp_capabilities", None));
                return Ok(None);
            }
            Received::Reply { .. } if self.phase == Phase::Greeting => {
                return Err(Violation::NoGreeting);
            }
            Received::Reply { id, outcome } => {
                if let Some(id) = self.caller(id, &outcome) {
                    return self.answer(id, outcome).map(Some);
                }
            }
            Received::Greeting(_) | Received::Unknown => {}
        }
        self.dropped += 1;
        Ok(None)
    }

    /// The call that a reply is for, which from now on waits no longer; `None` if nobody wants it.
    fn caller(&mut self, id: ReplyId, outcome: &Outcome) -> Option<CallId> {
        let index = match (id, outcome) {
            (ReplyId::Number(number), _) => {
                let own = |waiting: &Waiting| waiting.id.0 == number;
                self.waiting.iter().position(own)?
            }
            // The server could not read as far as the id. It reads commands in the order they were sent.
            (ReplyId::None, Outcome::Refused(_)) => 0,
            _ => return None,
        };
        let waiting = self.waiting.remove(index)?;
        (!waiting.abandoned).then_some(waiting.id)
    }

    fn answer(&mut self, id: CallId, outcome: Outcome) -> Result<Step, Violation> {
        if self.phase != Phase::Negotiating(id) {
            return Ok(Step::Reply { id, outcome });
        }
        match outcome {
            Outcome::Returned(_) => {
                self.phase = Phase::Ready;
                Ok(Step::Ready)
            }
            Outcome::Refused(refusal) => Err(Violation::Negotiation(refusal.to_string())),
            Outcome::Unreadable { error, .. } => Err(Violation::Negotiation(error.to_string())),
        }
    }
}

/// A message, read and not yet routed.
enum Received {
    Greeting(Greeting),
    Reply { id: ReplyId, outcome: Outcome },
    Event(RawEvent),
    Unknown,
}

/// The id that a reply has.
enum ReplyId {
    None,
    /// One that may be ours.
    Number(u64),
    /// One that is none of ours.
    Other,
}

impl ReplyId {
    fn of(id: Option<Payload<'_>>) -> Self {
        match id.map(|id| id.decode()) {
            None => Self::None,
            Some(Ok(number)) => Self::Number(number),
            Some(Err(_)) => Self::Other,
        }
    }
}

impl Received {
    fn read(message: &[u8], limits: Limits) -> Result<Self, Violation> {
        let not_json = |error: DecodeError| Violation::NotJson(error.to_string());
        let json = utf8(message).map_err(not_json)?;
        Ok(match Message::parse_within(json, limits.values) {
            Ok(Message::Greeting(greeting)) => Self::Greeting(greeting),
            Ok(Message::Return { value, id }) => Self::Reply {
                id: ReplyId::of(id),
                outcome: Outcome::Returned(value.into_owned()),
            },
            Ok(Message::Error { error, id }) => Self::Reply {
                id: ReplyId::of(id),
                outcome: Outcome::Refused(error),
            },
            Ok(Message::Event {
                name,
                data,
                timestamp,
            }) => Self::Event(RawEvent {
                name,
                data: data.into_owned(),
                timestamp,
                size: json.len(),
            }),
            // As long as it is JSON the messages after it are in step, and a newer server may know kinds that we do not.
            Err(error) => {
                let mut reader = Reader::with_limits(json, limits.values);
                let message: Any = reader.finish().map_err(not_json)?;
                match message.get("id").map(|id| id.to()) {
                    Some(Ok(number)) => Self::Reply {
                        id: ReplyId::Number(number),
                        outcome: Outcome::Unreadable {
                            error,
                            json: json.to_owned(),
                        },
                    },
                    _ => Self::Unknown,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests;
