//! What a server is asked.

use crate::command::Command;
use crate::encode::Encode;
use crate::writer::Writer;

/// A command on its way to a server, in its shortest form.
///
/// ```
/// use qapi_types::{Any, Request, to_string};
///
/// let request = Request::named("stop").id(7);
/// assert_eq!(to_string(&request), r#"{"execute":"stop","id":7}"#);
///
/// let arguments: Any = r#"{"time":10}"#.parse()?;
/// let request = Request::named("announce-self").arguments(&arguments).oob();
/// assert_eq!(to_string(&request), r#"{"exec-oob":"announce-self","arguments":{"time":10}}"#);
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Request<'a> {
    name: &'a str,
    arguments: Option<&'a dyn Encode>,
    id: Option<u64>,
    oob: bool,
}

impl<'a> Request<'a> {
    /// The command `command`, with its arguments.
    pub fn new<C: Command>(command: &'a C) -> Self {
        Self::named(C::NAME).arguments(command)
    }

    /// The command `name`, without arguments.
    pub fn named(name: &'a str) -> Self {
        Self {
            name,
            arguments: None,
            id: None,
            oob: false,
        }
    }

    /// With the object `arguments`; one without members is left out.
    pub fn arguments(self, arguments: &'a dyn Encode) -> Self {
        Self {
            arguments: Some(arguments),
            ..self
        }
    }

    /// With an id, by which the reply is known.
    pub fn id(self, id: u64) -> Self {
        Self {
            id: Some(id),
            ..self
        }
    }

    /// To be executed out of band.
    pub fn oob(self) -> Self {
        Self { oob: true, ..self }
    }
}

/// Arguments of which nothing is written if there are none.
struct Arguments<'a>(Option<&'a dyn Encode>);

impl Encode for Arguments<'_> {
    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        let Some(arguments) = self.0 else {
            return;
        };
        let before = w.text().len();
        w.schema_name(name);
        let start = w.text().len();
        arguments.encode(w);
        if matches!(&w.text()[start..], "" | "{}") {
            w.take_back_to(before);
        }
    }
}

impl Encode for Request<'_> {
    fn encode(&self, w: &mut Writer) {
        let execute = if self.oob { "exec-oob" } else { "execute" };
        w.object(&[
            (execute, &self.name),
            ("arguments", &Arguments(self.arguments)),
            ("id", &self.id),
        ]);
    }
}
