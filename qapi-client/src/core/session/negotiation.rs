//! How a session begins: greeting and negotiation.

use qapi_types::{Any, AnyMembers, Encode, Greeting};

use super::{Outcome, Phase, Session};
use crate::core::{Call, Violation};

/// The capability to execute commands out of band.
const OUT_OF_BAND: &str = "oob";

impl Session {
    /// Asks for out-of-band execution, if the server offers it. To be said before anything is received.
    pub fn ask_for_out_of_band(&mut self) {
        self.wants_out_of_band = true;
    }

    /// Whether out-of-band execution was negotiated.
    pub fn has_out_of_band(&self) -> bool {
        self.has_out_of_band
    }

    /// Whether the server does commands, and was heard over this connection: it is of use.
    pub fn is_up(&self) -> bool {
        self.heard && matches!(self.phase, Phase::Ready) && self.end.is_none()
    }

    /// If the server has not answered the negotiation, it may read line by line, as QEMU does not: ends the line of that
    /// request, and those of all that follow. To be said when a server that is there has said nothing for a while.
    ///
    /// Without need no line is ended: QEMU reads its monitor byte by byte, and each delays its answer.
    ///
    /// ```
    /// use qapi_client::core::{Call, Session};
    ///
    /// let mut session = Session::new(Default::default());
    /// session.receive(br#"{"QMP": {"version": {}, "capabilities": []}}"#);
    /// assert!(session.step().is_none());
    /// session.end_lines();
    /// assert_eq!(session.outgoing(), b"{\"execute\":\"qmp_capabilities\",\"id\":0}\n");
    /// session.call(Call::new("stop", None));
    /// session.receive(br#"{"return": {}, "id": 0}"#);
    /// session.sent(session.outgoing().len());
    /// assert!(session.step().is_some());
    /// assert_eq!(session.outgoing(), b"{\"execute\":\"stop\",\"id\":1}\n");
    /// ```
    pub fn end_lines(&mut self) {
        if matches!(self.phase, Phase::Negotiating(_)) && !self.ends_lines {
            self.ends_lines = true;
            self.outgoing.push(|bytes| bytes.push(b'\n'));
        }
    }

    pub(super) fn negotiate(&mut self, greeting: Greeting) {
        let offered = greeting.capabilities.iter().any(|name| name == OUT_OF_BAND);
        self.has_out_of_band = self.wants_out_of_band && offered;
        self.greeting = Some(greeting);
        let enable = Any::encode_from(&[OUT_OF_BAND].as_slice());
        let arguments = Any::from(AnyMembers::from_iter([("enable", enable)]));
        let arguments = self.has_out_of_band.then_some(&arguments as &dyn Encode);
        let id = self.ids.call(false);
        self.phase = Phase::Negotiating(id);
        self.send(id, Call::new("qmp_capabilities", arguments));
    }

    pub(super) fn ready(&mut self) {
        self.phase = Phase::Ready;
        self.became_ready = true;
        self.release();
    }
}

/// What the server answers to its negotiation.
pub(super) fn negotiated(outcome: Outcome) -> Result<(), Violation> {
    match outcome {
        Outcome::Returned(_) | Outcome::Lost { .. } => Ok(()),
        Outcome::Refused(refusal) => Err(Violation::Negotiation(refusal.to_string())),
        Outcome::Unreadable { error, .. } => Err(Violation::Negotiation(error.to_string())),
    }
}
