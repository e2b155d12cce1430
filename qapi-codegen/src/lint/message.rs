//! The messages of an exchange: which kind each is of, what it is about, and which answers which.

use std::collections::VecDeque;

use super::Findings;
use super::conform::{self, Owner, What};
use super::json::{Member, Object, Value, ValueKind};
use crate::diagnostic::{Code, quoted};
use crate::markup::Sender;
use crate::schema::{Definition, DefinitionId, Kind};

/// So many requests may wait for their replies; QEMU itself takes eight. Of more, the oldest are forgotten.
const MAX_PENDING: usize = 64;

/// The exchange of one example, as far as it has been read.
pub(super) struct Exchange<'s, 't> {
    /// The command that the comment is about: where a reply stands alone, it is this command's.
    about: Option<&'s Definition>,
    /// What has not been answered yet, the oldest first.
    pending: VecDeque<Request<'s, 't>>,
}

struct Request<'s, 't> {
    /// None if there is no such command.
    command: Option<&'s Definition>,
    /// As it is written.
    id: Option<&'t str>,
}

impl<'s, 't> Exchange<'s, 't> {
    pub(super) fn new(about: Option<&'s Definition>) -> Self {
        Exchange {
            about: about.filter(|definition| matches!(definition.kind, Kind::Command(_))),
            pending: VecDeque::new(),
        }
    }

    /// A message cannot be read. If it was an answer, nobody knows which, so the next one is not checked either.
    pub(super) fn lose(&mut self, sender: Sender) {
        match sender {
            Sender::Client => self.ask(None, None),
            Sender::Server => {
                self.pending.clear();
                self.about = None;
            }
        }
    }

    fn ask(&mut self, command: Option<&'s Definition>, id: Option<&'t str>) {
        self.pending.push_back(Request { command, id });
        if self.pending.len() > MAX_PENDING {
            self.pending.pop_front();
        }
    }

    /// Has everything been answered?
    pub(super) fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// Checks a message. `text` is that of the file it stands in.
    pub(super) fn message(
        &mut self,
        sender: Sender,
        message: &Value<'t>,
        text: &'t str,
        findings: &mut Findings<'s>,
    ) {
        let Some((object, kind)) = distinguish(sender, message, findings) else {
            self.lose(sender);
            return;
        };
        let id = object
            .get("id")
            .map(|id| &text[id.range.start as usize..id.range.end as usize]);
        match &*kind.name {
            "execute" | "exec-oob" => {
                let command = request(object, &kind.value, kind.name == "exec-oob", findings);
                self.ask(command, id);
            }
            "return" => {
                let request = self.succeeded(id);
                let command = request.map_or(self.about, |request| request.command);
                if let Some(command) = command {
                    reply(&kind.value, command, findings);
                }
            }
            "error" => {
                self.answered(id, 0);
                fixed(&kind.value, "error", ERROR, findings);
            }
            "event" => event(object, &kind.value, findings),
            _ => fixed(&kind.value, "QMP", GREETING, findings),
        }
    }

    /// The request that has succeeded. One that would not be answered then is passed over for another.
    fn succeeded(&mut self, id: Option<&str>) -> Option<Request<'s, 't>> {
        let answers = |definition: &Definition| match &definition.kind {
            Kind::Command(command) => command.success_response,
            _ => false,
        };
        let mut pending = self.pending.iter();
        let oldest = pending.position(|request| request.command.is_none_or(answers));
        self.answered(id, oldest.unwrap_or(0))
    }

    /// The request that is answered: the one of the same id, or else the one that is `otherwise` next.
    fn answered(&mut self, id: Option<&str>, otherwise: usize) -> Option<Request<'s, 't>> {
        let mut pending = self.pending.iter();
        let same = pending.position(|request| id.is_some() && request.id == id);
        self.pending.remove(same.unwrap_or(otherwise))
    }
}

/// The object that a message is, and the member that tells what kind of message; checks that no other is out of place.
fn distinguish<'v, 't>(
    sender: Sender,
    message: &'v Value<'t>,
    findings: &mut Findings<'_>,
) -> Option<(&'v Object<'t>, &'v Member<'t>)> {
    let Some(object) = message.as_object() else {
        if !message.is_elided() {
            let text = format!("a message must be an object, and is {}", message.describe());
            findings.push(Code::ExampleMessage, message.head(), text, "");
        }
        return None;
    };
    let (kinds, expected): (&[&str], _) = match sender {
        Sender::Client => (
            &["execute", "exec-oob"],
            "a request has `execute` or `exec-oob`",
        ),
        Sender::Server => (
            &["return", "error", "event", "QMP"],
            "a server sends `return`, `error` or `event`",
        ),
    };
    let mut found = object
        .members
        .iter()
        .filter(|member| kinds.contains(&&*member.name));
    let Some(kind) = found.next() else {
        if !object.elided {
            let text = format!("this is no message: {expected}");
            let label = format!("it follows `{}`", sender.arrow());
            findings.push(Code::ExampleMessage, message.head(), text, label);
        }
        return None;
    };
    if let Some(second) = found.next() {
        let (one, other) = (quoted(&kind.name), quoted(&second.name));
        let text = format!("{one} and {other} exclude one another");
        findings.push(Code::ExampleMessage, second.range.clone(), text, "");
        return None;
    }
    let others: &[&str] = match &*kind.name {
        "execute" | "exec-oob" => &["arguments", "id"],
        "event" => &["data", "timestamp"],
        "QMP" => &[],
        _ => &["id"],
    };
    for member in &object.members {
        if member.name != kind.name && !others.contains(&&*member.name) {
            let (name, kind) = (quoted(&member.name), quoted(&kind.name));
            let text = format!("a message with {kind} has no {name}");
            findings.push(Code::ExampleMessage, member.range.clone(), text, "");
        }
    }
    Some((object, kind))
}

/// Checks a request, and answers which command it is for.
fn request<'s>(
    message: &Object<'_>,
    name: &Value<'_>,
    out_of_band: bool,
    findings: &mut Findings<'s>,
) -> Option<&'s Definition> {
    let commands = |kind: &Kind| matches!(kind, Kind::Command(_));
    let definition = named(name, "command", commands, findings)?;
    let Kind::Command(command) = &definition.kind else {
        return None;
    };
    if out_of_band && !command.allow_oob {
        let text = format!("{} cannot be sent out of band", quoted(&definition.name));
        findings.push(Code::ExampleMessage, name.head(), text, "");
    }
    let owner = Owner {
        members: "argument",
        name: &definition.name,
        open: !command.generated,
    };
    body(
        message,
        "arguments",
        name,
        command.arguments,
        &owner,
        findings,
    );
    Some(definition)
}

fn event(message: &Object<'_>, name: &Value<'_>, findings: &mut Findings<'_>) {
    let events = |kind: &Kind| matches!(kind, Kind::Event(_));
    if let Some(definition) = named(name, "event", events, findings)
        && let Kind::Event(event) = &definition.kind
    {
        let owner = Owner {
            members: "member",
            name: &definition.name,
            open: false,
        };
        body(message, "data", name, event.data, &owner, findings);
    }
    match message.get("timestamp") {
        Some(timestamp) => fixed(timestamp, "timestamp", TIMESTAMP, findings),
        None if message.elided => {}
        None => {
            let text = "`timestamp` is missing: every event has it";
            findings.push(Code::ExampleMissingMember, name.head(), text, "");
        }
    }
}

/// The command or event that a string names.
fn named<'s>(
    name: &Value<'_>,
    kind: &'static str,
    is_kind: fn(&Kind) -> bool,
    findings: &mut Findings<'s>,
) -> Option<&'s Definition> {
    let schema = findings.schema;
    let Some(text) = name.as_str() else {
        if !name.is_elided() {
            let text = format!("the {kind} must be a string, and is {}", name.describe());
            findings.push(Code::ExampleType, name.head(), text, "");
        }
        return None;
    };
    let found = schema.find(text).map(|id| schema.definition(id));
    let found = found.filter(|definition| is_kind(&definition.kind));
    if found.is_none() {
        let message = format!("there is no {kind} {}", quoted(text));
        let of_kind = schema
            .definitions()
            .filter(|(_, definition)| is_kind(&definition.kind));
        let names = of_kind.map(|(_, definition)| &*definition.name);
        findings.push_similar(Code::ExampleName, name.head(), message, text, names);
    }
    found
}

/// Checks the arguments of a request, or the data of an event. `name` is pointed at when they are absent.
fn body(
    message: &Object<'_>,
    key: &str,
    name: &Value<'_>,
    ty: Option<DefinitionId>,
    owner: &Owner<'_>,
    findings: &mut Findings<'_>,
) {
    let Some(ty) = ty.or(findings.schema.find("q_empty")) else {
        return;
    };
    match message.get(key) {
        None if message.elided => {}
        None => conform::object(&Object::default(), name, ty, owner, findings),
        Some(body) => match &body.kind {
            ValueKind::Elided => {}
            ValueKind::Object(object) => conform::object(object, body, ty, owner, findings),
            _ => {
                let text = format!("`{key}` must be an object, and is {}", body.describe());
                findings.push(Code::ExampleType, body.head(), text, "");
            }
        },
    }
}

fn reply(value: &Value<'_>, definition: &Definition, findings: &mut Findings<'_>) {
    let Kind::Command(command) = &definition.kind else {
        return;
    };
    let name = quoted(&definition.name);
    match (command.returns, value.as_object()) {
        _ if !command.success_response => {
            let text = format!("{name} does not answer when it succeeds");
            findings.push(Code::ExampleMessage, value.head(), text, "");
        }
        (Some(ty), _) => conform::value(value, ty, What::Returned(&definition.name), findings),
        (None, Some(object)) if object.members.is_empty() => {}
        (None, _) if value.is_elided() => {}
        (None, _) => {
            let text = format!("{name} returns nothing, which is an empty object");
            findings.push(Code::ExampleType, value.head(), text, "");
        }
    }
}

/// What the protocol itself tells of: members that are all required, and the names of their types.
type Fixed = [(&'static str, &'static str)];

const ERROR: &Fixed = &[("class", "str"), ("desc", "str")];
const TIMESTAMP: &Fixed = &[("seconds", "int"), ("microseconds", "int")];
const GREETING: &Fixed = &[("version", "VersionInfo"), ("capabilities", "any")];

/// Checks an object of the protocol's. A type that the schema lacks takes anything.
fn fixed(value: &Value<'_>, what: &str, members: &Fixed, findings: &mut Findings<'_>) {
    let what = quoted(what);
    let Some(object) = value.as_object() else {
        if !value.is_elided() {
            let text = format!("{what} must be an object, and is {}", value.describe());
            findings.push(Code::ExampleType, value.head(), text, "");
        }
        return;
    };
    for given in &object.members {
        let name = quoted(&given.name);
        match members.iter().find(|(known, _)| given.name == *known) {
            Some((_, ty)) => {
                if let Some(ty) = findings.schema.find(ty) {
                    conform::value(&given.value, ty, What::Member(&given.name), findings);
                }
            }
            None => {
                let text = format!("{name} is no member of {what}");
                findings.push(Code::ExampleUnknownMember, given.range.clone(), text, "");
            }
        }
    }
    for (name, _) in members.iter().filter(|_| !object.elided) {
        if object.get(name).is_none() {
            let text = format!("{} is missing: {what} has it always", quoted(name));
            findings.push(Code::ExampleMissingMember, value.head(), text, "");
        }
    }
}
