//! One session: negotiation, ids, and who is waiting for what.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::Waker;

use qapi_types::{Any, AnyMembers, DecodeError, Encode, Greeting, Payload, Refusal};

use super::inbox::{Outbox, subscription};
use super::received::{Received, ReplyId};
use super::synchronize::Synchronizer;
use super::wire::{Line, Outgoing, Waiting};
use super::{Buffer, Call, CallId, End, Filter, Framer, Inbox, RawEvent, Violation};
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::trace;

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
    greeting: Option<Greeting>,
    wants_out_of_band: bool,
    has_out_of_band: bool,
    end: Option<End>,
    next_id: u64,
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
    /// The session is negotiated, or has come into step; from now on the server does commands.
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
            greeting: None,
            wants_out_of_band: false,
            has_out_of_band: false,
            end: None,
            next_id: 0,
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

    /// Asks for out-of-band execution, if the server offers it. To be said before anything is received.
    pub fn ask_for_out_of_band(&mut self) {
        self.wants_out_of_band = true;
    }

    /// Whether out-of-band execution was negotiated.
    pub fn has_out_of_band(&self) -> bool {
        self.has_out_of_band
    }

    /// Brings both sides of a channel to a guest agent into step: what the agent still has of a request is dropped, and
    /// what comes before the reply to this request is, too. Calls wait until then; [`Step::Ready`] tells. To be said again,
    /// with another number, if no answer comes.
    ///
    /// ```
    /// use qapi_client::core::{Session, Step};
    ///
    /// let mut session = Session::without_greeting(Default::default());
    /// session.synchronize(77);
    /// session.receive(b"\"late\"}}\n\xff{\"return\": 76}\n\xff{\"return\": 77}\n");
    /// assert!(matches!(session.step(), Some(Step::Ready)));
    /// ```
    pub fn synchronize(&mut self, number: u64) {
        let synchronizer = Synchronizer::new(number);
        self.outgoing.push(&synchronizer.request());
        self.phase = Phase::Synchronizing(synchronizer);
    }

    /// Takes what has been received. [`step`](Self::step) says what it means and is to be asked before more is received.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.metrics.bytes_received += bytes.len() as u64;
        // Of what follows the end nothing will be looked at.
        if self.end.is_some() {
            return;
        }
        match &mut self.phase {
            Phase::Synchronizing(synchronizer) => {
                if let Some(rest) = synchronizer.receive(bytes) {
                    self.framer.push(rest);
                    self.ready();
                }
            }
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

    /// Takes a call in. It goes out when the server is ready for it: after the negotiation; in band, not more than
    /// [`Limits::in_flight`] at once; with descriptors, one at a time. Until then it waits here, and can be taken back.
    pub fn call(&mut self, call: Call) -> CallId {
        let id = self.new_id();
        self.metrics.calls += 1;
        if self.end.is_some() {
            self.lost.push_back((id, false));
        } else {
            let line = match call.is_out_of_band() {
                true => &mut self.out_of_band,
                false => &mut self.in_band,
            };
            line.queued.push_back((id, call));
            self.release();
        }
        id
    }

    /// Says that nobody waits for the reply to a call any more: one that is not on its way is taken back, the reply to
    /// another is dropped when it comes. Answers whether it was on its way.
    pub fn abandon(&mut self, id: CallId) -> bool {
        if self.in_band.abandon(id) || self.out_of_band.abandon(id) {
            self.release();
            return true;
        }
        for line in [&mut self.in_band, &mut self.out_of_band] {
            line.queued.retain(|(queued, _)| *queued != id);
        }
        let lost = self.lost.iter().position(|(lost, _)| *lost == id);
        lost.and_then(|at| self.lost.remove(at))
            .is_some_and(|(_, sent)| sent)
    }

    /// A subscription to the events that `filter` lets through, all that are received from now on.
    pub fn subscribe(&mut self, filter: Filter, buffer: Buffer) -> Inbox {
        let (outbox, inbox) = subscription(filter, buffer);
        if let Some(end) = &self.end {
            outbox.end(end);
        }
        self.subscribers.push(outbox);
        inbox
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

    /// Whether a call in band that is made now goes out now: the session is ready, no other call waits, and there is room
    /// on the wire. Who shares a session among several asks before each call, and decides whose it is.
    pub fn has_room(&self) -> bool {
        let waits = !self.in_band.queued.is_empty();
        matches!(self.phase, Phase::Ready) && !waits && self.has_room_in_band()
    }

    /// Whether the session stands still until a subscriber has taken an event; see [`Overflow::Wait`](super::Overflow).
    pub fn is_held_up(&self) -> bool {
        self.held.is_some()
    }

    /// Whether it still does; if so `waker` is woken when the subscriber that holds it up has taken an event.
    pub fn is_held_up_until(&mut self, waker: &Waker) -> bool {
        while let Some((_, had)) = &self.held {
            let had = *had;
            self.subscribers[had].when_room(waker);
            // There may have been room before the waker was known, and none with the next.
            self.deliver_held();
            if self.held.as_ref().is_some_and(|(_, now)| *now == had) {
                return true;
            }
        }
        false
    }

    /// Says that nothing can be received any more. Every call ends: [`step`](Self::step) tells of each; and every
    /// subscriber is told, when it has taken what came before.
    pub fn finish(&mut self, end: End) {
        if self.end.is_some() {
            return;
        }
        self.lose_calls(true);
        for subscriber in &self.subscribers {
            subscriber.end(&end);
        }
        trace::ended(&end);
        self.end = Some(end);
    }

    /// Says that the connection is gone and another is to be made: the session is as new, but for the calls that were not
    /// sent, which wait, and the subscribers, who are told of the gap. What had been sent ends: [`step`](Self::step) tells.
    pub fn restart(&mut self) {
        self.lose_calls(false);
        for subscriber in &self.subscribers {
            subscriber.reconnected();
        }
        self.framer = Framer::new(self.limits.message, self.limits.values.skipped_nesting);
        self.held = None;
        self.end = None;
        self.has_out_of_band = false;
        self.phase = match self.greets {
            true => Phase::Greeting,
            false => Phase::Ready,
        };
        self.metrics.reconnects += 1;
        trace::restarted();
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

    fn reply(&mut self, id: ReplyId, outcome: Outcome) -> Result<Option<Step>, Violation> {
        let waiting = match (id, &outcome) {
            (ReplyId::Number(number), _) => {
                let id = CallId(number);
                let waiting = self.in_band.answered(id);
                waiting.or_else(|| self.out_of_band.answered(id))
            }
            // The server could not read as far as the id. It reads commands in the order they were sent.
            (ReplyId::None, Outcome::Refused(_)) => self.in_band.oldest(),
            _ => None,
        };
        self.release();
        match waiting {
            None => self.stray(),
            Some(waiting) if waiting.abandoned => {
                self.metrics.late_replies += 1;
                trace::late();
            }
            Some(Waiting { id, .. }) => match self.phase {
                Phase::Negotiating(negotiating) if negotiating == id => {
                    negotiated(outcome)?;
                    self.ready();
                }
                _ => return Ok(Some(Step::Reply { id, outcome })),
            },
        }
        Ok(std::mem::take(&mut self.became_ready).then_some(Step::Ready))
    }

    fn negotiate(&mut self, greeting: Greeting) {
        let offered = greeting.capabilities.iter().any(|name| name == OUT_OF_BAND);
        self.has_out_of_band = self.wants_out_of_band && offered;
        self.greeting = Some(greeting);
        let enable = Any::encode_from(&[OUT_OF_BAND].as_slice());
        let arguments = Any::from(AnyMembers::from_iter([("enable", enable)]));
        let arguments = self.has_out_of_band.then_some(&arguments as &dyn Encode);
        let id = self.new_id();
        self.phase = Phase::Negotiating(id);
        self.send(id, Call::new("qmp_capabilities", arguments));
    }

    fn ready(&mut self) {
        self.phase = Phase::Ready;
        self.became_ready = true;
        self.release();
    }

    /// A counter, never used twice, for a late reply must not meet a new call; and short, for QEMU reads byte by byte.
    fn new_id(&mut self) -> CallId {
        let id = CallId(self.next_id);
        self.next_id += 1;
        id
    }

    /// Sends the calls whose turn it is.
    fn release(&mut self) {
        if !matches!(self.phase, Phase::Ready) {
            return;
        }
        while let Some((_, call)) = self.out_of_band.queued.front()
            && self.has_descriptors_free(call)
            && let Some((id, call)) = self.out_of_band.queued.pop_front()
        {
            self.send(id, call);
        }
        while let Some((_, call)) = self.in_band.queued.front()
            && self.has_descriptors_free(call)
            && self.has_room_in_band()
            && let Some((id, call)) = self.in_band.queued.pop_front()
        {
            self.send(id, call);
        }
    }

    /// Servers keep the descriptors of one command only: of the one that they have read last.
    fn has_descriptors_free(&self, call: &Call) -> bool {
        let lines = [&self.in_band, &self.out_of_band];
        !call.has_descriptors() || !lines.iter().any(|line| line.has_descriptors_on_wire())
    }

    fn has_room_in_band(&self) -> bool {
        let line = &self.in_band;
        if line.on_wire.len() < self.limits.in_flight.max(1) {
            return true;
        }
        // Should replies be missing for good, the session goes on nevertheless. But where there are out-of-band commands
        // a server must never have more than it reads ahead of them.
        !self.has_out_of_band && line.wanted() == 0 && self.outgoing.is_empty()
    }

    fn send(&mut self, id: CallId, call: Call) {
        let (descriptors, silent) = (call.has_descriptors(), call.is_silent());
        if descriptors {
            self.outgoing.push_descriptors(id);
        }
        let line = match call.is_out_of_band() {
            true => &mut self.out_of_band,
            false => &mut self.in_band,
        };
        line.push(Waiting {
            id,
            end: self.outgoing.push(call.finish(id).as_bytes()),
            silent,
            descriptors,
            abandoned: false,
        });
    }

    fn stray(&mut self) {
        self.metrics.strays += 1;
        trace::stray();
    }

    fn deliver(&mut self, event: RawEvent) {
        self.metrics.events += 1;
        trace::event(&event);
        self.held = Some((Arc::new(event), 0));
        self.deliver_held();
    }

    /// Hands the event that is held to the subscribers that have not had it; `false` if one has no room.
    fn deliver_held(&mut self) -> bool {
        let Some((event, had)) = &mut self.held else {
            return true;
        };
        while let Some(subscriber) = self.subscribers.get(*had) {
            let Some(dropped) = subscriber.push(event) else {
                return false;
            };
            self.metrics.events_lost += dropped;
            *had += 1;
        }
        self.held = None;
        self.subscribers.retain(Outbox::is_open);
        true
    }

    /// Ends the calls that have been sent, and all the others if `queued`.
    fn lose_calls(&mut self, queued: bool) {
        let gone = self.outgoing.sent_at_all();
        self.outgoing.clear();
        for line in [&mut self.in_band, &mut self.out_of_band] {
            while let Some(waiting) = line.oldest() {
                if !waiting.abandoned {
                    self.lost.push_back((waiting.id, waiting.end <= gone));
                }
            }
            if queued {
                self.lost
                    .extend(line.queued.drain(..).map(|(id, _)| (id, false)));
            }
        }
    }
}

/// The capability to execute commands out of band.
const OUT_OF_BAND: &str = "oob";

/// What the server answers to its negotiation.
fn negotiated(outcome: Outcome) -> Result<(), Violation> {
    match outcome {
        Outcome::Returned(_) | Outcome::Lost { .. } => Ok(()),
        Outcome::Refused(refusal) => Err(Violation::Negotiation(refusal.to_string())),
        Outcome::Unreadable { error, .. } => Err(Violation::Negotiation(error.to_string())),
    }
}

#[cfg(test)]
mod interleavings;
#[cfg(test)]
mod tests;
