//! What a server says to a client without asking a machine: greeting, negotiation, replies under the requests' ids.

use std::borrow::Cow;

use qapi_types::{
    Any, Decode, DecodeError, Encode, Greeting, Reader, Refusal, arguments, to_string,
};

use super::input::Input;
use super::{Limits, Request};

/// The command that every server answers by itself.
pub(crate) const NEGOTIATE: &str = "qmp_capabilities";

/// The capability to execute commands out of band.
pub(crate) const OUT_OF_BAND: &str = "oob";

/// One client: what it has sent, what it has negotiated, what it is to be sent.
#[derive(Debug)]
pub(crate) struct Dialog {
    input: Input,
    limits: Limits,
    offers_oob: bool,
    phase: Phase,
    outgoing: Vec<u8>,
    /// How much of it has been sent.
    gone: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Negotiating,
    Ready { oob: bool },
}

impl Dialog {
    /// A client that may negotiate out-of-band execution, or may not.
    pub(crate) fn new(offers_oob: bool, limits: Limits) -> Self {
        Self {
            input: Input::new(limits),
            limits,
            offers_oob,
            phase: Phase::Negotiating,
            outgoing: Vec::new(),
            gone: 0,
        }
    }

    pub(crate) fn greet(&mut self, greeting: &Greeting) {
        self.send(&[("QMP", greeting)]);
    }

    /// Takes what has been received. [`step`](Self::step) is to be asked before more is.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.input.push(bytes);
    }

    /// The next request that has come.
    pub(crate) fn step(&mut self) -> Option<Request> {
        let oob = self.phase == Phase::Ready { oob: true };
        let message = self.input.next()?;
        Some(match message {
            Ok(text) => Request::read(&text, oob, self.limits),
            Err(malformed) => Request::malformed(malformed),
        })
    }

    /// Whether a request has come in part.
    pub(crate) fn has_begun(&self) -> bool {
        self.input.has_begun()
    }

    /// Whether the client has negotiated: before, it can do nothing else, and hears of no event.
    pub(crate) fn is_ready(&self) -> bool {
        self.phase != Phase::Negotiating
    }

    /// What is to be sent.
    pub(crate) fn outgoing(&self) -> &[u8] {
        &self.outgoing[self.gone..]
    }

    /// Says that the first `count` bytes of what is to be sent have been sent.
    pub(crate) fn sent(&mut self, count: usize) {
        self.gone += count;
        // It is the smaller part that is moved: each byte once, however small the pieces are that are sent.
        if 2 * self.gone >= self.outgoing.len() {
            self.outgoing.drain(..self.gone);
            self.outgoing.shrink_to(KEPT.max(2 * self.outgoing.len()));
            self.gone = 0;
        }
    }

    /// All that is to be sent, which from now on has been.
    pub(crate) fn take_outgoing(&mut self) -> Vec<u8> {
        self.outgoing.drain(..std::mem::take(&mut self.gone));
        std::mem::take(&mut self.outgoing)
    }

    /// The first check of every command: that it has its turn.
    pub(crate) fn admit(&self, name: &str) -> Result<(), Refusal> {
        if self.is_ready() || name == NEGOTIATE {
            return Ok(());
        }
        Err(Refusal {
            desc: format!("capabilities are to be negotiated first, with '{NEGOTIATE}'"),
            ..Refusal::command_not_found(name)
        })
    }

    /// Does [`NEGOTIATE`], and answers what it returns.
    pub(crate) fn negotiate(&mut self, json: &Any) -> Result<String, Refusal> {
        let Enable(capabilities) = arguments(&mut Reader::new(json.as_json()))?;
        let capabilities = capabilities.unwrap_or_default();
        if self.is_ready() {
            return Err(Refusal {
                desc: "capabilities have been negotiated already".into(),
                ..Refusal::command_not_found(NEGOTIATE)
            });
        }
        if !capabilities.is_empty() && !self.offers_oob {
            let why = format!("the capability '{OUT_OF_BAND}' is not offered");
            return Err(Refusal::generic(why));
        }
        self.phase = Phase::Ready {
            oob: !capabilities.is_empty(),
        };
        Ok(to_string(&()))
    }

    /// Tells the client how a command went.
    pub(crate) fn answer(&mut self, result: Result<String, Refusal>, id: Option<&Any>) {
        match result {
            Ok(value) => self.send(&[("return", &Raw(value)), ("id", &id)]),
            Err(refusal) => self.send(&[("error", &refusal), ("id", &id)]),
        }
    }

    /// Adds a message to what is to be sent: a line of ASCII.
    pub(crate) fn send(&mut self, members: &[(&'static str, &dyn Encode)]) {
        let text = to_string(&Message(members));
        self.pass_on(ascii(&text).as_bytes());
    }

    /// Adds what is a message already.
    pub(crate) fn pass_on(&mut self, message: &[u8]) {
        self.outgoing.extend_from_slice(message);
        self.outgoing.extend_from_slice(b"\r\n");
    }
}

/// JSON without a character that is not ASCII. What would be is in strings only.
pub(crate) fn ascii(json: &str) -> Cow<'_, str> {
    if json.is_ascii() {
        return json.into();
    }
    let mut text = String::with_capacity(2 * json.len());
    let mut units = [0; 2];
    for character in json.chars() {
        match character.is_ascii() {
            true => text.push(character),
            false => {
                let units = character.encode_utf16(&mut units).iter();
                text.extend(units.map(|unit| format!("\\u{unit:04x}")));
            }
        }
    }
    text.into()
}

/// What is said about a command that has to wait for those before it.
pub(crate) fn not_out_of_band(name: &str) -> Refusal {
    Refusal::generic(format!(
        "the command {name} is not to be executed out of band"
    ))
}

/// How many bytes are kept in reserve when there is nothing to send.
const KEPT: usize = 4 << 10;

/// The arguments of [`NEGOTIATE`].
struct Enable(Option<Vec<Oob>>);

/// The one capability that there is.
struct Oob;

impl Decode for Enable {
    fn blank() -> Self {
        Self(None)
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.exact_object(&mut [("enable", &mut self.0)])
    }
}

impl Decode for Oob {
    fn blank() -> Self {
        Self
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        match &*r.string()? {
            OUT_OF_BAND => Ok(()),
            other => Err(r.unknown_value("QMPCapability", other)),
        }
    }
}

/// A message of these members.
struct Message<'a>(&'a [(&'static str, &'a dyn Encode)]);

impl Encode for Message<'_> {
    fn encode(&self, w: &mut qapi_types::Writer) {
        w.object(self.0);
    }
}

/// JSON that is written already.
struct Raw(String);

impl Encode for Raw {
    fn encode(&self, w: &mut qapi_types::Writer) {
        w.raw(&self.0);
    }
}
