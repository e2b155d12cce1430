//! The wire form: what goes over the wire, as a skeleton in JSON to be copied and filled.

use super::escape::Html;
use super::highlight;
use crate::emit::reference::model::{Content, EntryId, EntryKind, JsonKind, Reference, TypeRef};
use crate::schema::Builtin;

/// How many values a skeleton has at most; objects beyond that are empty.
const VALUES: usize = 120;

/// How deep a skeleton goes.
const DEPTH: usize = 6;

/// A value, without what is only needed for numbers that are not there.
enum Json {
    /// Text as it stands.
    Atom(&'static str),
    String(String),
    Array(Box<Json>),
    Object(Vec<(String, Json)>),
}

/// The skeleton of a command with what is required, in a panel of its own. Of a union it is the branch of `value`,
/// or else the first.
pub(super) fn request(reference: &Reference<'_>, id: EntryId, value: Option<&str>, out: &mut Html) {
    let skeleton = Skeletons::new(reference, value).request(id, false);
    panel("Request", &skeleton, out);
}

/// All skeletons of an entry.
pub(super) fn forms(reference: &Reference<'_>, id: EntryId, out: &mut Html) {
    let entry = reference.entry(id);
    let skeletons = || Skeletons::new(reference, None);
    match entry.kind {
        EntryKind::Command => {
            request(reference, id, None, out);
            let has_optional = reference.members(id).iter().any(|one| one.member.optional);
            if has_optional {
                let all = skeletons().request(id, true);
                panel("Request with all there is", &all, out);
            }
            if !entry.flags.silent {
                let returns = match &entry.returns {
                    None => Json::Object(Vec::new()),
                    Some(ty) => skeletons().value(ty, true, 1),
                };
                let reply = Json::Object(vec![("return".to_owned(), returns)]);
                panel("Reply", &reply, out);
            }
        }
        EntryKind::Event => {
            let event = skeletons().event(id);
            panel("Event", &event, out);
        }
        EntryKind::Struct | EntryKind::Union => {
            let object = Json::Object(skeletons().object(id, true, 1));
            panel("JSON", &object, out);
        }
        EntryKind::Enum | EntryKind::Alternate => {}
    }
}

struct Skeletons<'r, 'a> {
    reference: &'r Reference<'a>,
    /// The branch of the outermost union.
    chosen: Option<&'r str>,
    left: usize,
}

impl<'r, 'a> Skeletons<'r, 'a> {
    fn new(reference: &'r Reference<'a>, chosen: Option<&'r str>) -> Self {
        Skeletons {
            reference,
            chosen,
            left: VALUES,
        }
    }

    fn request(&mut self, id: EntryId, optional: bool) -> Json {
        let name = self.reference.entry(id).name.to_owned();
        let mut message = vec![("execute".to_owned(), Json::String(name))];
        let arguments = self.object(id, optional, 1);
        if !arguments.is_empty() {
            message.push(("arguments".to_owned(), Json::Object(arguments)));
        }
        Json::Object(message)
    }

    fn event(&mut self, id: EntryId) -> Json {
        let name = self.reference.entry(id).name.to_owned();
        let mut message = vec![("event".to_owned(), Json::String(name))];
        let data = self.object(id, true, 1);
        if !data.is_empty() {
            message.push(("data".to_owned(), Json::Object(data)));
        }
        let number = |name: &str| (name.to_owned(), Json::Atom("0"));
        let timestamp = vec![number("seconds"), number("microseconds")];
        message.push(("timestamp".to_owned(), Json::Object(timestamp)));
        Json::Object(message)
    }

    /// The members of an object: optional ones at the outermost level alone, and only if they are asked for.
    fn object(&mut self, id: EntryId, optional: bool, depth: usize) -> Vec<(String, Json)> {
        let union = self.reference.union(id);
        let chosen = self.chosen.take();
        let branch = union.and_then(|union| {
            let mut branches = union.branches.iter();
            match chosen {
                Some(value) => branches.find(|branch| branch.value == value),
                None => branches.next(),
            }
        });
        let mut members = Vec::new();
        for one in self.reference.members(id) {
            let member = one.member;
            let is_tag = union.is_some_and(|union| union.discriminator == member.name);
            if member.optional && !optional || self.left == 0 {
                continue;
            }
            self.left -= 1;
            let value = match branch.filter(|_| is_tag) {
                Some(branch) => Json::String(branch.value.to_owned()),
                None => self.value(&member.ty, false, depth + 1),
            };
            members.push((member.name.to_owned(), value));
        }
        if let Some(ty) = branch.and_then(|branch| branch.ty)
            && depth < DEPTH
        {
            members.extend(self.object(ty, optional, depth + 1));
        }
        members
    }

    fn value(&mut self, ty: &TypeRef<'_>, optional: bool, depth: usize) -> Json {
        if ty.arrays > 0 {
            let element = TypeRef {
                arrays: ty.arrays - 1,
                ..*ty
            };
            return match depth < DEPTH {
                true => Json::Array(Box::new(self.value(&element, optional, depth + 1))),
                false => Json::Atom("[]"),
            };
        }
        let Some(id) = ty.entry else {
            return Json::Atom(match ty.builtin {
                Some(Builtin::Str) => "\"…\"",
                Some(Builtin::Bool) => "false",
                Some(Builtin::Number) => "0.0",
                Some(Builtin::Any | Builtin::Null) => "null",
                Some(_) => "0",
                None => "\"…\"",
            });
        };
        match &self.reference.entry(id).content {
            Content::Enum(values) => match values.first() {
                Some(first) => Json::String(first.name.to_owned()),
                None => Json::Atom("\"…\""),
            },
            // What is short to say: often it is the name of something that there is.
            Content::Alternate(all) => {
                match all.iter().min_by_key(|one| one.json == JsonKind::Object) {
                    Some(one) if depth < DEPTH => self.value(&one.ty, optional, depth + 1),
                    _ => Json::Atom("null"),
                }
            }
            Content::Object(_) if depth < DEPTH => {
                Json::Object(self.object(id, optional, depth + 1))
            }
            Content::Object(_) => Json::Atom("{}"),
        }
    }
}

/// A panel with a title and JSON.
fn panel(title: &'static str, json: &Json, out: &mut Html) {
    let mut text = String::new();
    print(json, 0, &mut text);
    out.raw("<div class=\"panel\"><p class=\"title\">")
        .raw(title);
    out.raw("</p><pre>");
    let mut state = highlight::State::default();
    for (at, line) in text.lines().enumerate() {
        out.raw(if at > 0 { "\n" } else { "" });
        highlight::json(line, &mut state, out);
    }
    out.raw("</pre></div>\n");
}

/// As one would write it: what is short stands on one line.
fn print(json: &Json, indent: usize, out: &mut String) {
    match json {
        Json::Atom(text) => out.push_str(text),
        // Names in a schema need no escapes.
        Json::String(text) => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        Json::Array(element) => {
            out.push_str("[ ");
            print(element, indent, out);
            out.push_str(" ]");
        }
        Json::Object(members) if members.is_empty() => out.push_str("{}"),
        Json::Object(members) => {
            out.push('{');
            for (at, (name, value)) in members.iter().enumerate() {
                out.push_str(if at > 0 { ",\n" } else { "\n" });
                out.push_str(&" ".repeat(indent + 2));
                out.push('"');
                out.push_str(name);
                out.push_str("\": ");
                print(value, indent + 2, out);
            }
            out.push('\n');
            out.push_str(&" ".repeat(indent));
            out.push('}');
        }
    }
}
