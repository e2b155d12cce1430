//! What a client asks, read and not yet done.

use std::borrow::Cow;
use std::collections::HashSet;

use qapi_types::{Any, Decode, DecodeError, Elements, Kind, Object, Problem, Reader, Refusal};

use super::Limits;

/// What a client has sent, in its turn: something to do, or something to refuse.
///
/// [`Session::begin`](super::Session::begin) takes it up.
#[derive(Clone, Debug)]
pub struct Request {
    pub(crate) id: Option<Any>,
    pub(crate) content: Result<Content, Refusal>,
}

#[derive(Clone, Debug)]
pub(crate) struct Content {
    pub(crate) name: String,
    /// A JSON object.
    pub(crate) arguments: Any,
    pub(crate) oob: bool,
}

impl Request {
    /// Whether it is to be taken up at once, past those that wait.
    pub fn is_oob(&self) -> bool {
        matches!(&self.content, Ok(content) if content.oob)
    }

    /// The command's name, if it is a command.
    pub fn name(&self) -> Option<&str> {
        let content = self.content.as_ref().ok()?;
        Some(&content.name)
    }

    /// The command's arguments, `{}` for one without.
    pub fn arguments(&self) -> Option<&Any> {
        let content = self.content.as_ref().ok()?;
        Some(&content.arguments)
    }

    /// The id that the client has given it, of any kind of JSON.
    pub fn id(&self) -> Option<&Any> {
        self.id.as_ref()
    }

    /// Something that is no JSON, nor can anything be said about who has asked.
    pub(super) fn malformed(why: impl std::fmt::Display) -> Self {
        Self {
            id: None,
            content: Err(Refusal::generic(format!("JSON parse error, {why}"))),
        }
    }

    /// Reads a message. `oob` tells whether out-of-band execution has been negotiated.
    pub(super) fn read(text: &str, oob: bool, limits: Limits) -> Self {
        if let Err(error) = examine(&mut reader(text, limits)) {
            return Self::malformed(error);
        }
        let mut found = Found::default();
        let content = match found.read(&mut reader(text, limits)) {
            Ok(()) => found.content(oob),
            Err(_) => Err(Refusal::generic("a request is a JSON object")),
        };
        Self {
            id: found.id,
            content,
        }
    }
}

/// A reader that goes as deep as messages may.
fn reader(text: &str, limits: Limits) -> Reader<'_> {
    let limits = qapi_types::Limits {
        nesting: limits.nesting,
        skipped_nesting: limits.nesting,
        ..limits.values
    };
    Reader::with_limits(text, limits)
}

/// An object or array in the middle of being examined.
enum Open<'a> {
    Object(Object, HashSet<Cow<'a, str>>),
    Array(Elements),
}

/// Goes through a message and sees that it is JSON in which no object has a member twice. No recursion, whatever the
/// depth.
fn examine<'a>(r: &mut Reader<'a>) -> Result<(), DecodeError> {
    let mut open: Vec<Open<'a>> = Vec::new();
    loop {
        match r.kind()? {
            Kind::Object => open.push(Open::Object(r.open_object()?, HashSet::new())),
            Kind::Array => open.push(Open::Array(r.array()?)),
            _ => r.skip()?,
        }
        // A value or a bracket lies behind; what comes next, another value or the end of what is open?
        loop {
            let another = match open.last_mut() {
                None => return r.end(),
                Some(Open::Array(array)) => r.element(array)?,
                Some(Open::Object(object, names)) => match r.member(object)? {
                    None => false,
                    Some(name) => {
                        if names.contains(&name) {
                            return Err(r.error(Problem::Duplicate).in_member(&name));
                        }
                        names.insert(name)
                    }
                },
            };
            if another {
                break;
            }
            open.pop();
        }
    }
}

/// The members of a request as they are there.
#[derive(Default)]
struct Found {
    execute: Option<Any>,
    exec_oob: Option<Any>,
    arguments: Option<Any>,
    id: Option<Any>,
    unexpected: Option<String>,
}

impl Found {
    fn read(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        let mut object = r.open_object()?;
        while let Some(name) = r.member(&mut object)? {
            let value = Any::decode(r)?;
            match &*name {
                "execute" => self.execute = Some(value),
                "exec-oob" => self.exec_oob = Some(value),
                "arguments" => self.arguments = Some(value),
                "id" => self.id = Some(value),
                _ => drop(self.unexpected.get_or_insert(name.into_owned())),
            }
        }
        Ok(())
    }

    /// Checks the members in QEMU's order.
    fn content(&self, oob: bool) -> Result<Content, Refusal> {
        let refuse = |why: String| Err(Refusal::generic(why));
        let unexpected =
            |member: &str| refuse(format!("member '{member}' of the request is unexpected"));
        let named = |member: &'static str, value: &Option<Any>| match value.as_ref().map(Any::to) {
            None => Ok(None),
            Some(Ok::<String, _>(name)) => Ok(Some(name)),
            Some(Err(_)) => Err(Refusal::generic(format!(
                "member '{member}' of the request must be a string"
            ))),
        };
        let execute = named("execute", &self.execute)?;
        let exec_oob = named("exec-oob", &self.exec_oob)?;
        if self
            .arguments
            .as_ref()
            .is_some_and(|arguments| arguments.kind() != Kind::Object)
        {
            return refuse("member 'arguments' of the request must be an object".to_owned());
        }
        if let Some(member) = &self.unexpected {
            return unexpected(member);
        }
        let (name, oob) = match (execute, exec_oob) {
            (Some(_), Some(_)) => {
                return refuse("a request has 'execute' or 'exec-oob', not both".to_owned());
            }
            (None, Some(_)) if !oob => return unexpected("exec-oob"),
            (None, Some(name)) => (name, true),
            (Some(name), None) => (name, false),
            (None, None) => return refuse("the request lacks member 'execute'".to_owned()),
        };
        let arguments = match &self.arguments {
            Some(arguments) => arguments.clone(),
            None => Any::encode_from(&()),
        };
        Ok(Content {
            name,
            arguments,
            oob,
        })
    }
}
