//! Commands on their way to a server.

use qapi_types::{Encode, Request, to_string};

/// A command for [`Session::call`](super::Session::call): its text in the shortest form, and how it is to be sent.
///
/// It is encoded when it is made, so that callers who share a session do this side by side.
///
/// ```
/// use qapi_client::core::{Call, Session};
///
/// let mut session = Session::without_greeting(Default::default());
/// session.call(Call::new("guest-ping", None));
/// assert_eq!(session.outgoing(), br#"{"execute":"guest-ping","id":0}"#);
/// ```
#[derive(Clone, Debug)]
pub struct Call {
    /// The request without its id and the brace that closes it.
    text: String,
    out_of_band: bool,
    descriptors: bool,
    silent: bool,
}

/// A call of a session, by its number: those before it are lower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(super) u64);

impl Call {
    /// The command `name`; without arguments, or if these have no members, none are sent.
    pub fn new(name: &str, arguments: Option<&dyn Encode>) -> Self {
        Self::encode(name, arguments, false)
    }

    /// The same, to be executed out of band, past the commands that wait.
    pub fn out_of_band(name: &str, arguments: Option<&dyn Encode>) -> Self {
        Self::encode(name, arguments, true)
    }

    fn encode(name: &str, arguments: Option<&dyn Encode>, out_of_band: bool) -> Self {
        let mut request = Request::named(name);
        if let Some(arguments) = arguments {
            request = request.arguments(arguments);
        }
        if out_of_band {
            request = request.oob();
        }
        let mut text = to_string(&request);
        text.pop();
        Self {
            text,
            out_of_band,
            descriptors: false,
            silent: false,
        }
    }

    /// With file descriptors, which have to go with its first byte; see
    /// [`Session::descriptors`](super::Session::descriptors).
    pub fn with_descriptors(self) -> Self {
        Self {
            descriptors: true,
            ..self
        }
    }

    /// Which the server answers on failure only ([`Command::SUCCESS_RESPONSE`](qapi_types::Command::SUCCESS_RESPONSE)).
    pub fn silent(self) -> Self {
        Self {
            silent: true,
            ..self
        }
    }

    /// Whether it is to be executed out of band.
    pub fn is_out_of_band(&self) -> bool {
        self.out_of_band
    }

    pub(super) fn has_descriptors(&self) -> bool {
        self.descriptors
    }

    pub(super) fn is_silent(&self) -> bool {
        self.silent
    }

    /// Writes the whole request; without an id where the server would refuse one.
    pub(super) fn write(&self, id: Option<u64>, to: &mut Vec<u8>) {
        to.extend_from_slice(self.text.as_bytes());
        if let Some(id) = id {
            to.extend_from_slice(b",\"id\":");
            to.extend_from_slice(itoa::Buffer::new().format(id).as_bytes());
        }
        to.push(b'}');
    }
}
