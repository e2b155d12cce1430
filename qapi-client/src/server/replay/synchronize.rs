//! How a client comes into step with a guest's agent: it asks for a number that is another each time, as often as it likes.

use qapi_types::{Any, Encode, Writer};

use super::super::Request;
use super::{Line, Part};
use crate::core::SYNC_DELIMITED;

/// The commands that return the number that they are given.
const COMMANDS: [&str; 2] = ["guest-sync", SYNC_DELIMITED];

/// The number that a request wants back.
pub(super) fn number(request: &Request) -> Option<Any> {
    let content = request.content.as_ref().ok()?;
    let is_one = COMMANDS.contains(&&*content.name);
    is_one.then(|| content.arguments.get("id")).flatten()
}

/// Whether the client has said this to come into step.
pub(super) fn is_step(line: &Line) -> bool {
    match &line.part {
        Part::Request(request, _) => line.delimiter || number(request).is_some(),
        Part::Reply(_) | Part::Other => false,
    }
}

/// What every agent says to a request that wants this number back, and whether a delimiter stands before it.
pub(super) fn answer(request: &Request, number: Any) -> (bool, Any) {
    struct Reply<'a>(Any, Option<&'a Any>);

    impl Encode for Reply<'_> {
        fn encode(&self, w: &mut Writer) {
            w.object(&[("return", &self.0), ("id", &self.1)]);
        }
    }

    let delimited = request.name() == Some(SYNC_DELIMITED);
    (delimited, Any::encode_from(&Reply(number, request.id())))
}
