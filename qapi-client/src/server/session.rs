//! One client's session, seen from the server: negotiation, checks, ids.

use qapi_types::{
    Any, Decode, DecodeError, Encode, Flag, Greeting, Reader, Refusal, Report, Service, Timestamp,
    Version, to_string,
};

use super::Limits;
use super::dialog::{Dialog, NEGOTIATE, OUT_OF_BAND, not_out_of_band};
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
    dialog: Dialog,
    limits: Limits,
    preconfig: bool,
}

/// The command that a server answers by itself besides the negotiation.
const SCHEMA: &str = "query-qmp-schema";

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
        let mut dialog = Dialog::new(options.oob, options.limits);
        let oob = options.oob.then(|| OUT_OF_BAND.to_owned());
        dialog.greet(&Greeting {
            version: options.version.clone(),
            capabilities: oob.into_iter().collect(),
        });
        Self {
            dialog,
            limits: options.limits,
            preconfig: false,
        }
    }

    /// Says whether the machine is yet to be configured: then only commands that allow it are done.
    pub fn set_preconfig(&mut self, preconfig: bool) {
        self.preconfig = preconfig;
    }

    /// Takes what has been received. [`step`](Self::step) is to be asked before more is.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.dialog.receive(bytes);
    }

    /// What is to be sent.
    pub fn outgoing(&self) -> &[u8] {
        self.dialog.outgoing()
    }

    /// Says that the first `count` bytes of what is to be sent have been sent.
    pub fn sent(&mut self, count: usize) {
        self.dialog.sent(count);
    }

    /// All that is to be sent, which from now on has been.
    pub fn take_outgoing(&mut self) -> Vec<u8> {
        self.dialog.take_outgoing()
    }

    /// The next request that has come. Those that are not out of band are taken up in their order, and answered in it.
    pub fn step(&mut self) -> Option<Request> {
        self.dialog.step()
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
                self.dialog.answer(Ok(value), id.as_ref());
                None
            }
            Err(refusal) => {
                self.dialog.answer(Err(refusal), id.as_ref());
                None
            }
        }
    }

    /// Tells the client how a command went.
    pub fn finish(&mut self, call: Call, result: Result<String, Refusal>) {
        if call.answers || result.is_err() {
            self.dialog.answer(result, call.id.as_ref());
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
        if self.dialog.is_ready() {
            let name = event.name();
            let data = Data(to_string(&event));
            let members: [(&str, &dyn Encode); 3] =
                [("timestamp", &timestamp), ("event", &name), ("data", &data)];
            self.dialog.send(&members);
        }
    }

    /// Checks a command in QEMU's order, up to its arguments.
    fn admit(&mut self, content: Content, service: &dyn Service) -> Result<Admitted, Refusal> {
        let Content {
            name,
            arguments,
            oob,
        } = content;
        self.dialog.admit(&name)?;
        let flags = match name.as_str() {
            NEGOTIATE | SCHEMA => &[Flag::AllowPreconfig],
            _ => service
                .flags(&name)
                .ok_or_else(|| Refusal::command_not_found(&name))?,
        };
        if oob && !flags.contains(&Flag::AllowOob) {
            return Err(not_out_of_band(&name));
        }
        if self.preconfig && !flags.contains(&Flag::AllowPreconfig) {
            let why = format!(
                "the command {name} is not to be executed before the machine is configured"
            );
            return Err(Refusal::generic(why));
        }
        match name.as_str() {
            NEGOTIATE => self.dialog.negotiate(&arguments).map(Admitted::Done),
            SCHEMA => {
                let NoArguments = qapi_types::arguments(&mut Reader::new(arguments.as_json()))?;
                Ok(Admitted::Done(service.introspection().to_owned()))
            }
            _ => Ok(Admitted::Call(name, arguments, flags)),
        }
    }
}

enum Admitted {
    /// It is for the machine to do.
    Call(String, Any, &'static [Flag]),
    /// It has been done, and this is what it returns.
    Done(String),
}

/// The arguments of a command without.
struct NoArguments;

impl Decode for NoArguments {
    fn blank() -> Self {
        Self
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.exact_object(&mut [])
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
