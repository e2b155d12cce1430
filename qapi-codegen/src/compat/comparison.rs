//! What has been found, and what is still to be compared.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{Change, Impact, Rule};
use crate::diagnostic::Subject;
use crate::schema::{Definition, DefinitionId, Feature, Kind, Schema};
use crate::source::Span;

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
    /// The way to a part of this.
    pub(super) fn to(self, promise: Promise) -> Self {
        let promise = self.promise.and(promise);
        Self { promise, ..self }
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
        }
    }

    /// Has two types compared, once for each way of being come upon.
    pub(super) fn later(&mut self, old: DefinitionId, new: DefinitionId, way: Way<'a>) {
        if self.seen.insert((old, new, way.sender, way.promise)) {
            self.pending.push_back(Pair { old, new, way });
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
        let owner = match is_implicit(place.owner) {
            true => message_of.clone(),
            false => subject(place.owner),
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

/// Whether it is the type of members that are given in place, which has no name that anybody has given it.
pub(super) fn is_implicit(definition: &Definition) -> bool {
    matches!(&definition.kind, Kind::Object(object) if object.implicit)
}

/// A type as one would say it.
pub(super) fn name(schema: &Schema, id: DefinitionId) -> String {
    let definition = schema.definition(id);
    match &definition.kind {
        Kind::Array(element) => format!("an array of {}", name(schema, *element)),
        _ if is_implicit(definition) => "an object".to_owned(),
        _ => format!("`{}`", definition.name),
    }
}
