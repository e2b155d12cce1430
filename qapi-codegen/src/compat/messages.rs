//! Commands and events.

use super::Rule;
use super::comparison::{Comparison, Place, Sender, Way};
use crate::schema::{Command, Definition, DefinitionId, Event, Kind, Schema};

/// The object without members.
pub(super) const NOTHING: &str = "q_empty";

impl<'a> Comparison<'a> {
    /// Compares all commands and events, and all that they reach.
    pub(super) fn messages(&mut self) {
        for before in messages(self.old) {
            if counterpart(before, self.new).is_none() {
                let rule = match before.kind {
                    Kind::Command(_) => Rule::CommandRemoved,
                    _ => Rule::EventRemoved,
                };
                let place = Place {
                    owner: before,
                    old: before.span,
                    new: None,
                };
                self.report(
                    rule,
                    &place,
                    Way::begin(before, before),
                    "it is gone".to_owned(),
                );
            }
        }
        for after in messages(self.new) {
            match counterpart(after, self.old) {
                Some(before) => self.message(before, after),
                None => {
                    let rule = match after.kind {
                        Kind::Command(_) => Rule::CommandAdded,
                        _ => Rule::EventAdded,
                    };
                    let place = Place {
                        owner: after,
                        old: None,
                        new: after.span,
                    };
                    self.report(
                        rule,
                        &place,
                        Way::begin(after, after),
                        "it is new".to_owned(),
                    );
                }
            }
            // What it reaches comes after it, but for what an earlier one has reached.
            while let Some(pair) = self.next() {
                match (
                    &self.old.definition(pair.old).kind,
                    &self.new.definition(pair.new).kind,
                ) {
                    (Kind::Enum(_), Kind::Enum(_)) => self.enums(&pair),
                    (Kind::Alternate(_), Kind::Alternate(_)) => self.alternates(&pair),
                    _ => self.objects(&pair),
                }
            }
        }
    }

    fn message(&mut self, before: &'a Definition, after: &'a Definition) {
        let place = Place {
            owner: after,
            old: before.span,
            new: after.span,
        };
        let way = Way::begin(before, after);
        self.features(&before.features, &after.features, &place, way, "it");
        let (old, new) = (before.condition.as_ref(), after.condition.as_ref());
        self.condition(old, new, &place, way, "it");
        match (&before.kind, &after.kind) {
            (Kind::Command(old), Kind::Command(new)) => self.command(old, new, &place, way),
            (Kind::Event(old), Kind::Event(new)) => self.event(old, new, &place, way),
            _ => {}
        }
    }

    fn command(&mut self, old: &Command, new: &Command, place: &Place<'a>, way: Way<'a>) {
        for (before, after, added, removed, what) in [
            (
                old.allow_oob,
                new.allow_oob,
                Rule::OobAdded,
                Rule::OobRemoved,
                "be executed out of band",
            ),
            (
                old.allow_preconfig,
                new.allow_preconfig,
                Rule::PreconfigAdded,
                Rule::PreconfigRemoved,
                "be executed before the machine is built",
            ),
            (
                !old.generated,
                !new.generated,
                Rule::ArgumentsOpened,
                Rule::ArgumentsClosed,
                "take arguments that the schema does not tell",
            ),
        ] {
            match (before, after) {
                (false, true) => self.report(added, place, way, format!("it can {what} now")),
                (true, false) => {
                    self.report(removed, place, way, format!("it cannot {what} any more"));
                }
                _ => {}
            }
        }
        match (old.success_response, new.success_response) {
            (true, false) => {
                let message = "it answers on failure only now".to_owned();
                self.report(Rule::ResponseChanged, place, way, message);
            }
            (false, true) => {
                let message = "it answers when it has succeeded, too, now".to_owned();
                self.report(Rule::ResponseChanged, place, way, message);
            }
            _ => {}
        }
        self.data(old.arguments, new.arguments, place, way);
        self.data(old.returns, new.returns, place, way.back());
    }

    fn event(&mut self, old: &Event, new: &Event, place: &Place<'a>, way: Way<'a>) {
        self.data(old.data, new.data, place, way.back());
    }

    /// Compares what a message holds. Where that is nothing, it is an object without members.
    fn data(
        &mut self,
        old: Option<DefinitionId>,
        new: Option<DefinitionId>,
        place: &Place<'a>,
        way: Way<'a>,
    ) {
        let what = match (way.sender, &place.owner.kind) {
            (Sender::Client, _) => "the type of its arguments",
            (Sender::Server, Kind::Command(_)) => "the type of what it returns",
            (Sender::Server, _) => "the type of its data",
        };
        let old = old.or_else(|| self.old.find(NOTHING));
        let new = new.or_else(|| self.new.find(NOTHING));
        if let (Some(old), Some(new)) = (old, new) {
            self.types(old, new, place, way, what);
        }
    }
}

/// The commands and events of a schema, in its order.
fn messages(schema: &Schema) -> impl Iterator<Item = &Definition> {
    let definitions = schema.definitions().map(|(_, definition)| definition);
    definitions.filter(|one| matches!(one.kind, Kind::Command(_) | Kind::Event(_)))
}

/// What has the same name there, if it is the same kind of thing.
fn counterpart<'a>(message: &Definition, there: &'a Schema) -> Option<&'a Definition> {
    let found = there.definition(there.find(&message.name)?);
    (found.kind.as_str() == message.kind.as_str()).then_some(found)
}
