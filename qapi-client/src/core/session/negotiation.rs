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
