//! What a server can do, as it says itself.

mod entity;
mod path;
mod view;

use std::collections::HashMap;

use qapi_types::{Decode, DecodeError, Encode, Reader, Writer};

use entity::{Entity, Meta};
use path::Walk;

pub use path::{Item, Place};
pub use view::{
    Alternate, Array, Branch, Builtin, Command, Enum, Event, JsonType, Member, Object, Type, Value,
};

/// The interface of a live server: whether something is there, by its path, and what it is.
///
/// A path begins with the name of a command or event. What follows goes from there into its parts:
///
/// | step | where it leads |
/// |---|---|
/// | `arg`, `ret` | from a command to its arguments and to what it returns; `arg` from an event to its data |
/// | a member's name | from an object to the member's type |
/// | a branch's name | from an object to the members of this branch of the union |
/// | a value's name | from an enum to one of its values |
/// | `feature:NAME` | to a feature of whatever the path has led to: a command, an event, a type, a member, a value |
///
/// Arrays and alternates are gone through: a step is one of their elements, or of any of their branches. `*` in a step stands
/// for any characters.
///
/// [`commands`](Self::commands) and [`events`](Self::events) are where one begins who walks through it by hand, down to types
/// and their members.
///
/// ```
/// use qapi_client::Schema;
///
/// let schema: Schema = qapi_types::from_str(r#"[
///     {"name": "blockdev-add", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
///     {"name": "0", "meta-type": "object", "members": [{"name": "driver", "type": "2"}], "tag": "driver",
///         "variants": [{"case": "qcow2", "type": "3"}]},
///     {"name": "1", "meta-type": "object", "members": []},
///     {"name": "2", "meta-type": "enum", "members": [{"name": "qcow2"}], "values": ["qcow2"]},
///     {"name": "3", "meta-type": "object", "members": [{"name": "cache-size", "type": "int", "features": ["unstable"]}]},
///     {"name": "int", "meta-type": "builtin", "json-type": "int"}
/// ]"#)?;
/// assert!(schema.has("blockdev-add/arg/driver/qcow2"));
/// assert!(schema.has("blockdev-add/arg/qcow2/cache-size/feature:unstable"));
/// assert!(schema.has("blockdev-*/arg/*/cache-*"));
/// assert!(!schema.has("blockdev-add/arg/backing"));
///
/// let command = schema.command("blockdev-add").unwrap();
/// let arguments = command.argument_type().and_then(|ty| ty.as_object()).unwrap();
/// assert_eq!(arguments.tag(), Some("driver"));
/// assert!(!arguments.member("driver").unwrap().is_optional());
/// let places = schema.find("blockdev-add/arg/*/cache-*");
/// assert_eq!(places[0].path, "blockdev-add/arg/qcow2/cache-size");
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    entities: Vec<Entity>,
    by_name: HashMap<String, usize>,
}

/// `query-qmp-schema`, by which a server tells its interface.
pub(crate) struct QuerySchema;

impl Encode for QuerySchema {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl qapi_types::Command for QuerySchema {
    type Return = Schema;
    const NAME: &'static str = "query-qmp-schema";
}

impl Decode for Schema {
    fn blank() -> Self {
        Self {
            entities: Vec::new(),
            by_name: HashMap::new(),
        }
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.entities.fill(r)?;
        let names = self.entities.iter().enumerate();
        let names = names.map(|(at, entity)| (entity.name.clone(), at));
        self.by_name.extend(names);
        Ok(())
    }
}

impl Schema {
    /// Its commands, in the server's order.
    pub fn commands(&self) -> impl Iterator<Item = Command<'_>> + Clone {
        self.of_meta(Meta::Command)
            .map(|entity| Command::new(self, entity))
    }

    /// Its events, in the server's order.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> + Clone {
        self.of_meta(Meta::Event)
            .map(|entity| Event::new(self, entity))
    }

    /// The command `name`.
    pub fn command(&self, name: &str) -> Option<Command<'_>> {
        let entity = self.entity(name)?;
        (entity.meta == Meta::Command).then(|| Command::new(self, entity))
    }

    /// The event `name`.
    pub fn event(&self, name: &str) -> Option<Event<'_>> {
        let entity = self.entity(name)?;
        (entity.meta == Meta::Event).then(|| Event::new(self, entity))
    }

    /// Whether what `path` names is there.
    pub fn has(&self, path: &str) -> bool {
        Walk::along(self, path).has_arrived()
    }

    /// All places that `path` leads to, commands before events, otherwise in the server's order.
    ///
    /// A type that can be come to on several ways is told for each of them; but when wildcards make more than some ten
    /// thousand ways, for one only.
    pub fn find(&self, path: &str) -> Vec<Place<'_>> {
        Walk::along(self, path).places()
    }

    /// Whether the server has the command `C`.
    pub fn supports<C: qapi_types::Command>(&self) -> bool {
        self.command(C::NAME).is_some()
    }

    fn of_meta(&self, meta: Meta) -> impl Iterator<Item = &Entity> + Clone {
        let entities = self.entities.iter();
        entities.filter(move |entity| entity.meta == meta)
    }

    fn entity(&self, name: &str) -> Option<&Entity> {
        self.by_name.get(name).and_then(|at| self.entities.get(*at))
    }

    fn type_named<'a>(&'a self, name: &'a str) -> Type<'a> {
        let entity = self.entity(name);
        entity.map_or(Type::Unrecognized(name), |entity| Type::new(self, entity))
    }
}

#[cfg(test)]
mod tests;
