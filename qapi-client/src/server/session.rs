//! One client's session, seen from the server: negotiation, checks, ids.

use qapi_types::{
    Any, Decode, DecodeError, Encode, Flag, Greeting, Reader, Refusal, Report, Service, Timestamp,
    Version, arguments, to_string,
};

use super::Limits;
use super::input::Input;
use super::request::{Content, Request};

/// How a server presents itself, and what clients can make it do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version that the greeting tells.
    pub version: Version,
    /// Whether clients may negotiate out-of-band execution.
    pub oob: bool,
    /// How many clients may be connected at a time; others wait until one leaves.
    pub clients: usize,
    /// What clients can make the server do.
    pub limits: Limits,
}

impl Default for Options {
    /// No version to speak of, out-of-band execution, 64 clients, QEMU's limits.
    fn default() -> Self {
        Self {
            version: Version::default(),
            oob: true,
            clients: 64,
            limits: Limits::default(),
        }
    }
}

/// A session with one client, without I/O and clock: what is received goes in, what is to be sent comes out.
///
/// Requests come out one by one, so that whoever has threads may do those that are out of band past the others:
/// [`begin`](Self::begin) refuses or answers what needs no machine, and hands out what is to be done; the result goes to
/// [`finish`](Self::finish). Who does one after the other says [`serve`](Self::serve).
///
/// ```
/// use qapi_client::server::Session;
/// use qapi_types::{Flag, Reader, Refusal, Service};
///
/// /// By hand what bindings for servers do.
/// struct Machine;
///
/// impl Service for Machine {
///     fn introspection(&self) -> &str {
///         "[]"
///     }
///
///     fn flags(&self, command: &str) -> Option<&'static [Flag]> {
///         (command == "query-name").then_some(&[])
///     }
///
///     fn execute(&self, _: &str, _: &mut Reader<'_>) -> Result<String, Refusal> {
///         Ok(r#"{"name":"vm"}"#.to_owned())
///     }
/// }
///
/// let mut session = Session::new(&Default::default());
/// session.sent(session.outgoing().len());
/// session.receive(b"{'execute': 'qmp_capabilities'} {'execute': 'query-name', 'id': [1]}");
/// session.serve(&Machine);
/// let expected = "{\"return\":{}}\r\n{\"return\":{\"name\":\"vm\"},\"id\":[1]}\r\n";
/// assert_eq!(session.outgoing(), expected.as_bytes());
/// ```
#[derive(Debug)]
pub struct Session {
    input: Input,
    limits: Limits,
    offers_oob: bool,
    phase: Phase,
    preconfig: bool,
    outgoing: Vec<u8>,
}

/// The commands that every server answers by itself.
const NEGOTIATE: &str = "qmp_capabilities";
const SCHEMA: &str = "query-qmp-schema";

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Negotiating,
    Ready { oob: bool },
}

/// A command that has passed all checks but that of its arguments, and is to be done.
#[derive(Debug)]
pub struct Call {
    name: String,
    arguments: Any,
    id: Option<Any>,
    answers: bool,
    limits: qapi_types::Limits,
}

impl Call {
    /// The command's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has it done.
    ///
    /// # Errors
    /// As [`Service::execute`].
    pub fn execute(&self, service: &dyn Service) -> Result<String, Refusal> {
        let mut reader = Reader::with_limits(self.arguments.as_json(), self.limits);
        service.execute(&self.name, &mut reader)
    }
}

impl Session {
    /// A session with a client that has just come; the greeting is to be sent.
    pub fn new(options: &Options) -> Self {
        let mut session = Self {
            input: Input::new(options.limits),
            limits: options.limits,
            offers_oob: options.oob,
            phase: Phase::Negotiating,
            preconfig: false,
            outgoing: Vec::new(),
        };
        let oob = options.oob.then(|| "oob".to_owned());
        let greeting = Greeting {
            version: options.version.clone(),
            capabilities: oob.into_iter().collect(),
        };
        session.send(&[("QMP", &greeting)]);
        session
    }

    /// Says whether the machine is yet to be configured: then only commands that allow it are done.
    pub fn set_preconfig(&mut self, preconfig: bool) {
        self.preconfig = preconfig;
    }

    /// Takes what has been received. [`step`](Self::step) is to be asked before more is.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.push(bytes);
    }

    /// What is to be sent.
    pub fn outgoing(&self) -> &[u8] {
        &self.outgoing
    }

    /// Says that the first `count` bytes of what is to be sent have been sent.
    pub fn sent(&mut self, count: usize) {
        self.outgoing.drain(..count);
    }

    /// All that is to be sent, which from now on has been.
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.outgoing)
    }

    /// The next request that has come. Those that are not out of band are taken up in their order, and answered in it.
    pub fn step(&mut self) -> Option<Request> {
        let oob = self.phase == Phase::Ready { oob: true };
        let message = self.input.next()?;
        Some(match message {
            Ok(text) => Request::read(&text, oob, self.limits),
            Err(malformed) => Request::malformed(malformed),
        })
    }

    /// Takes a request up: answers it, if the machine is not needed for that, or hands out what is to be done.
    pub fn begin(&mut self, request: Request, service: &dyn Service) -> Option<Call> {
        let Request { id, content } = request;
        match content.and_then(|content| self.admit(content, service)) {
            Ok(Admitted::Call(name, arguments, flags)) => Some(Call {
                name,
                arguments,
                id,
                answers: !flags.contains(&Flag::NoSuccessResponse),
                limits: self.limits.values,
            }),
            Ok(Admitted::Done(value)) => {
                self.answer(Ok(value), id);
                None
            }
            Err(refusal) => {
                self.answer(Err(refusal), id);
                None
            }
        }
    }

    /// Tells the client how a command went.
    pub fn finish(&mut self, call: Call, result: Result<String, Refusal>) {
        if call.answers || result.is_err() {
            self.answer(result, call.id);
        }
    }

    /// Does all requests that have come, one after the other.
    pub fn serve(&mut self, service: &dyn Service) {
        while let Some(request) = self.step() {
            if let Some(call) = self.begin(request, service) {
                let result = call.execute(service);
                self.finish(call, result);
            }
        }
    }

    /// Reports an event; a client that has not negotiated yet is told of none.
    pub fn report(&mut self, event: &dyn Report, timestamp: Timestamp) {
        if self.phase != Phase::Negotiating {
            let name = event.name();
            let data = Data(to_string(&event));
            self.send(&[("timestamp", &timestamp), ("event", &name), ("data", &data)]);
        }
    }

    /// Checks a command in QEMU's order, up to its arguments.
    fn admit(&mut self, content: Content, service: &dyn Service) -> Result<Admitted, Refusal> {
        let Content {
            name,
            arguments,
            oob,
        } = content;
        if self.phase == Phase::Negotiating && name != NEGOTIATE {
            return Err(Refusal {
                desc: format!("capabilities are to be negotiated first, with '{NEGOTIATE}'"),
                ..Refusal::command_not_found(&name)
            });
        }
        let flags = match name.as_str() {
            NEGOTIATE | SCHEMA => &[Flag::AllowPreconfig],
            _ => service
                .flags(&name)
                .ok_or_else(|| Refusal::command_not_found(&name))?,
        };
        if oob && !flags.contains(&Flag::AllowOob) {
            let why = format!("the command {name} is not to be executed out of band");
            return Err(Refusal::generic(why));
        }
        if self.preconfig && !flags.contains(&Flag::AllowPreconfig) {
            let why = format!(
                "the command {name} is not to be executed before the machine is configured"
            );
            return Err(Refusal::generic(why));
        }
        match name.as_str() {
            NEGOTIATE => self.negotiate(&arguments).map(Admitted::Done),
            SCHEMA => {
                let NoArguments = read(&arguments)?;
                Ok(Admitted::Done(service.introspection().to_owned()))
            }
            _ => Ok(Admitted::Call(name, arguments, flags)),
        }
    }

    fn negotiate(&mut self, arguments: &Any) -> Result<String, Refusal> {
        let Enable(capabilities) = read(arguments)?;
        if self.phase != Phase::Negotiating {
            return Err(Refusal {
                desc: "capabilities have been negotiated already".into(),
                ..Refusal::command_not_found(NEGOTIATE)
            });
        }
        if !capabilities.is_empty() && !self.offers_oob {
            return Err(Refusal::generic("the capability 'oob' is not offered"));
        }
        self.phase = Phase::Ready {
            oob: !capabilities.is_empty(),
        };
        Ok(to_string(&()))
    }

    fn answer(&mut self, result: Result<String, Refusal>, id: Option<Any>) {
        match result {
            Ok(value) => self.send(&[("return", &Raw(value)), ("id", &id)]),
            Err(refusal) => self.send(&[("error", &refusal), ("id", &id)]),
        }
    }

    /// Adds a message to what is to be sent: a line of ASCII.
    fn send(&mut self, members: &[(&'static str, &dyn Encode)]) {
        let text = to_string(&Message(members));
        if text.is_ascii() {
            self.outgoing.extend(text.into_bytes());
        } else {
            // Characters beyond ASCII are in strings only.
            let mut units = [0; 2];
            for character in text.chars() {
                match u8::try_from(character) {
                    Ok(byte) if byte.is_ascii() => self.outgoing.push(byte),
                    _ => {
                        for unit in character.encode_utf16(&mut units) {
                            self.outgoing.extend(format!("\\u{unit:04x}").into_bytes());
                        }
                    }
                }
            }
        }
        self.outgoing.extend(b"\r\n");
    }
}

enum Admitted {
    /// It is for the machine to do.
    Call(String, Any, &'static [Flag]),
    /// It has been done, and this is what it returns.
    Done(String),
}

fn read<T: Decode>(json: &Any) -> Result<T, Refusal> {
    arguments(&mut Reader::new(json.as_json()))
}

/// The arguments of a command without.
struct NoArguments;

impl Decode for NoArguments {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.exact_object(&mut [])?;
        Ok(Self)
    }
}

/// The arguments of `qmp_capabilities`.
struct Enable(Vec<Oob>);

/// The one capability that there is.
struct Oob;

impl Decode for Enable {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut enable = None;
        r.exact_object(&mut [("enable", &mut enable)])?;
        Ok(Self(enable.unwrap_or_default()))
    }
}

impl Decode for Oob {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match &*r.string()? {
            "oob" => Ok(Self),
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

/// The data of an event, left out where there are none.
struct Data(String);

impl Encode for Data {
    fn encode(&self, w: &mut qapi_types::Writer) {
        w.raw(&self.0);
    }

    fn encode_member(&self, name: &'static str, w: &mut qapi_types::Writer) {
        if self.0 != "{}" {
            w.schema_name(name);
            self.encode(w);
        }
    }
}

#[cfg(test)]
mod tests;
