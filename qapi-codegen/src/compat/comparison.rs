//! What has been found, and what is still to be compared.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Change, Impact, Rule};
use crate::diagnostic::Subject;
use crate::schema::{Definition, DefinitionId, Feature, Kind, Schema};
use crate::source::Span;

/// How many characters of a path are told, the last.
const LONGEST_PATH: usize = 200;

/// A comparison that is being made.
pub(super) struct Comparison<'a> {
    pub(super) old: &'a Schema,
    pub(super) new: &'a Schema,
    changes: Vec<Change>,
    /// Where each change is among them: what two ways lead to is told once.
    places: HashMap<Key, usize>,
    /// Pairs of types that are to be compared. It is a line, and not a recursion, for types lead to one another as they like.
    pending: VecDeque<Pair<'a>>,
    seen: HashSet<(DefinitionId, DefinitionId, Sender, Promise)>,
    /// Where types without a name were come upon: the members that lead there from the last that has one. The first is the
    /// place of those that have.
    paths: Vec<String>,
}

/// A rule, what is said of whom.
type Key = (Rule, &'static str, String, String);

/// Two types that stand for each other, and how they were come upon.
pub(super) struct Pair<'a> {
    pub(super) old: DefinitionId,
    pub(super) new: DefinitionId,
    pub(super) way: Way<'a>,
}

/// How something was come upon.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) sender: Sender,
    /// What clients were told of it.
    pub(super) promise: Promise,
    /// The command or event that it is part of.
    pub(super) message: &'a Definition,
    /// Where it is, one of the comparison's paths; and which of the members there.
    path: usize,
    member: Option<&'a str>,
}

/// Who sends something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sender {
    Client,
    Server,
}

/// What clients of the old schema were told of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Promise {
    /// It stays as it is.
    Stable,
    /// It may change.
    Unstable,
    /// It will go.
    Deprecated,
}

impl Promise {
    /// What these features say of the thing of this name. Before there was a feature for it, `x-` told what is unstable.
    pub(super) fn of(name: &str, features: &[Feature]) -> Self {
        let has = |name: &str| features.iter().any(|feature| feature.name == name);
        if has("unstable") || is_experimental(name) {
            Promise::Unstable
        } else if has("deprecated") {
            Promise::Deprecated
        } else {
            Promise::Stable
        }
    }

    /// What holds for a part of this of which that is said.
    pub(super) fn and(self, part: Promise) -> Promise {
        match self {
            Promise::Stable => part,
            told => told,
        }
    }
}

/// Whether a name begins with `x-`, after the domain of a downstream.
fn is_experimental(name: &str) -> bool {
    let own = name
        .strip_prefix("__")
        .and_then(|name| name.split_once('_'));
    own.map_or(name, |(_, own)| own).starts_with("x-")
}

impl<'a> Way<'a> {
    /// The way to what clients send with a command, or an event.
    pub(super) fn begin(before: &Definition, message: &'a Definition) -> Self {
        Self {
            sender: Sender::Client,
            promise: Promise::of(&before.name, &before.features),
            message,
            path: 0,
            member: None,
        }
    }

    /// The way to what servers send.
    pub(super) fn back(self) -> Self {
        let sender = Sender::Server;
        Self { sender, ..self }
    }

    /// The way to a part of this.
    pub(super) fn to(self, promise: Promise) -> Self {
        let promise = self.promise.and(promise);
        Self { promise, ..self }
    }

    /// The way to what a member has.
    pub(super) fn at(self, member: &'a str) -> Self {
        let member = Some(member);
        Self { member, ..self }
    }

    /// One rule for what clients send, another for what servers do.
    pub(super) fn rule(&self, input: Rule, output: Rule) -> Rule {
        match self.sender {
            Sender::Client => input,
            Sender::Server => output,
        }
    }
}

/// What has changed: whose part it is, and where it was and is.
pub(super) struct Place<'a> {
    pub(super) owner: &'a Definition,
    pub(super) old: Option<Span>,
    pub(super) new: Option<Span>,
}

impl<'a> Comparison<'a> {
    pub(super) fn of(old: &'a Schema, new: &'a Schema) -> Self {
        Self {
            old,
            new,
            changes: Vec::new(),
            places: HashMap::new(),
            pending: VecDeque::new(),
            seen: HashSet::new(),
            paths: vec![String::new()],
        }
    }

    /// Has two types compared, once for each way of being come upon.
    pub(super) fn later(&mut self, old: DefinitionId, new: DefinitionId, way: Way<'a>) {
        if !self.seen.insert((old, new, way.sender, way.promise)) {
            return;
        }
        let path = match way.member {
            _ if has_name(self.new.definition(new)) => 0,
            None => way.path,
            Some(member) => {
                self.paths.push(self.path_to(member, way));
                self.paths.len() - 1
            }
        };
        let way = Way {
            path,
            member: None,
            ..way
        };
        self.pending.push_back(Pair { old, new, way });
    }

    /// A member by its path, from the last type that has a name. One that is longer than anybody would read is cut.
    pub(super) fn path_to(&self, member: &str, way: Way<'a>) -> String {
        let path = match self.paths[way.path].as_str() {
            "" => member.to_owned(),
            path => format!("{path}.{member}"),
        };
        let surplus = path.chars().count().saturating_sub(LONGEST_PATH);
        match surplus {
            0 => path,
            _ => path.chars().skip(surplus).collect(),
        }
    }

    /// ` of` the place of a thing that has no name.
    pub(super) fn of_place(&self, way: Way<'a>) -> String {
        match self.paths[way.path].as_str() {
            "" => String::new(),
            path => format!(" of `{path}`"),
        }
    }

    /// `it`, or the place of a thing that has no name.
    pub(super) fn it(&self, way: Way<'a>) -> String {
        match self.paths[way.path].as_str() {
            "" => "it".to_owned(),
            path => format!("`{path}`"),
        }
    }

    pub(super) fn next(&mut self) -> Option<Pair<'a>> {
        self.pending.pop_front()
    }

    /// Takes a change down. One that was breaking for one way and announced for another is breaking.
    pub(super) fn report(&mut self, rule: Rule, place: &Place<'a>, way: Way<'a>, message: String) {
        self.report_as(rule, rule.impact(), place, way, message);
    }

    pub(super) fn report_as(
        &mut self,
        rule: Rule,
        impact: Impact,
        place: &Place<'a>,
        way: Way<'a>,
        message: String,
    ) {
        let impact = match (impact, way.promise) {
            (Impact::Breaking, Promise::Unstable | Promise::Deprecated) => Impact::Announced,
            _ => impact,
        };
        let message_of = subject(way.message);
        let owner = match has_name(place.owner) {
            true => subject(place.owner),
            false => message_of.clone(),
        };
        let key = (rule, owner.kind, owner.name.clone(), message.clone());
        let at = *self.places.entry(key).or_insert(self.changes.len());
        if let Some(known) = self.changes.get_mut(at) {
            known.impact = known.impact.min(impact);
            return;
        }
        self.changes.push(Change {
            rule,
            impact,
            within: (owner != message_of).then_some(message_of),
            subject: owner,
            message,
            old: place.old,
            new: place.new,
        });
    }

    pub(super) fn finish(self) -> Vec<Change> {
        self.changes
    }
}

fn subject(definition: &Definition) -> Subject {
    Subject::new(definition.kind.as_str(), &definition.name)
}

/// Whether somebody has given it a name: not to the type of members that are given in place, and not to types that are told by
/// introspection, which go by numbers there.
pub(super) fn has_name(definition: &Definition) -> bool {
    let is_implicit = matches!(&definition.kind, Kind::Object(object) if object.implicit);
    !is_implicit && !definition.name.starts_with(|ch: char| ch.is_ascii_digit())
}

/// A type as one would say it.
pub(super) fn name(schema: &Schema, id: DefinitionId) -> String {
    let definition = schema.definition(id);
    match &definition.kind {
        Kind::Array(element) => format!("an array of {}", name(schema, *element)),
        _ if has_name(definition) => format!("`{}`", definition.name),
        Kind::Enum(_) => "an enum".to_owned(),
        Kind::Alternate(_) => "an alternate".to_owned(),
        _ => "an object".to_owned(),
    }
}
