//! A definition as it is to be read: [`Entry`] and its parts.

use std::fmt;

use super::{EntryId, SubjectId, Use};
use crate::markup::Document;
use crate::schema::{Builtin, Condition, DefinitionId, Direction, Version};

/// A command, event or type.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Its definition in the schema.
    pub definition: DefinitionId,
    /// Its name in the schema.
    pub name: &'a str,
    /// What it is.
    pub kind: EntryKind,
    /// The subject that it stands in.
    pub subject: SubjectId,
    /// The release that it came with.
    pub since: Option<Since<'a>>,
    /// What a build must have for it to exist; shown as one would say it.
    pub condition: Option<&'a Condition>,
    /// Its own features.
    pub features: Features<'a>,
    /// What is special about a command; nothing about anything else.
    pub flags: Flags,
    /// What it is and does: the text before its members.
    pub description: Document,
    /// What is said after its members, in order: further text, notes, examples.
    pub details: Document,
    /// What a command returns. `None` is an empty object.
    pub returns: Option<TypeRef<'a>>,
    /// What is said of that.
    pub returns_text: Document,
    /// What is said of a command's errors.
    pub errors: Document,
    /// What it consists of.
    pub content: Content<'a>,
    /// What uses it, and as what, in reading order.
    pub used_by: Vec<Use<'a>>,
    /// Who sends it; a command is sent by clients, an event by servers.
    pub direction: Direction,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is a word of the schema language")]
pub enum EntryKind {
    Command,
    Event,
    Enum,
    Struct,
    Union,
    Alternate,
}

impl EntryKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            EntryKind::Command => "command",
            EntryKind::Event => "event",
            EntryKind::Enum => "enum",
            EntryKind::Struct => "struct",
            EntryKind::Union => "union",
            EntryKind::Alternate => "alternate",
        }
    }

    /// Is it a type?
    pub fn is_type(self) -> bool {
        !matches!(self, EntryKind::Command | EntryKind::Event)
    }
}

impl Entry<'_> {
    /// The id of the entry, the same from release to release and wherever it is defined: `command-blockdev-add`,
    /// `event-SHUTDOWN`, `type-BlockdevOptions`.
    pub fn anchor(&self) -> String {
        let kind = match self.kind {
            EntryKind::Command => "command",
            EntryKind::Event => "event",
            _ => "type",
        };
        format!("{kind}-{}", self.name)
    }

    /// The id of a member, value or alternative as this entry has it, inherited ones too:
    /// `type-BlockdevOptions.driver`.
    pub fn member_anchor(&self, member: &str) -> String {
        format!("{}.{member}", self.anchor())
    }

    /// The id of the branch for a value of the discriminator: `type-BlockdevOptions.driver=qcow2`.
    pub fn branch_anchor(&self, union: &Union<'_>, value: &str) -> String {
        format!("{}={value}", self.member_anchor(union.discriminator))
    }

    /// The id of one of the entry's own features: `command-blockdev-add:deprecated`.
    pub fn feature_anchor(&self, feature: &str) -> String {
        format!("{}:{feature}", self.anchor())
    }
}

/// Since when there is something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since<'a> {
    /// The release, if the text begins with one.
    pub version: Option<Version>,
    /// The text.
    pub text: &'a str,
}

/// What clients can find out about something.
#[derive(Clone, Debug, Default)]
pub struct Features<'a>(pub Vec<Feature<'a>>);

/// A feature.
#[derive(Clone, Debug)]
pub struct Feature<'a> {
    /// Its name.
    pub name: &'a str,
    /// What a build must have for it to exist.
    pub condition: Option<&'a Condition>,
    /// What it means.
    pub description: Document,
}

impl<'a> Features<'a> {
    /// The feature of a name.
    pub fn get(&self, name: &str) -> Option<&Feature<'a>> {
        self.0.iter().find(|feature| feature.name == name)
    }

    /// Is it on its way out?
    pub fn is_deprecated(&self) -> bool {
        self.get("deprecated").is_some()
    }

    /// May it change or go in any release?
    pub fn is_unstable(&self) -> bool {
        self.get("unstable").is_some()
    }
}

/// What is special about a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// It may be sent out of band (`allow-oob`).
    pub out_of_band: bool,
    /// It may be sent before the machine is built (`allow-preconfig`).
    pub preconfig: bool,
    /// It takes more arguments than the schema tells (`gen: false`).
    pub more_arguments: bool,
    /// It does not answer when it succeeds (`success-response: false`).
    pub silent: bool,
}

/// What an entry consists of.
#[derive(Clone, Debug)]
pub enum Content<'a> {
    /// The values of an enum.
    Enum(Vec<Value<'a>>),
    /// The members of a struct or union, the arguments of a command, the data of an event.
    Object(Object<'a>),
    /// The alternatives of an alternate.
    Alternate(Vec<Alternative<'a>>),
}

/// Members, and what makes a union of them. For all members see [`Reference::members`](super::Reference::members).
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    /// The type whose members come first: a base, or the named type of a command's arguments or an event's data.
    pub base: Option<EntryId>,
    /// Its own members, those of a base that is given in place first.
    pub members: Vec<Member<'a>>,
    /// Its own branches.
    pub union: Option<Union<'a>>,
}

/// A member of an object, an argument of a command.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// Its type.
    pub ty: TypeRef<'a>,
    /// May it be absent?
    pub optional: bool,
    /// What a build must have for it to exist.
    pub condition: Option<&'a Condition>,
    /// Its features.
    pub features: Features<'a>,
    /// What it is.
    pub description: Document,
    /// The release that it came with, as the description tells; where that ends with no more than this it ends before.
    pub since: Option<Version>,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// What a build must have for it to exist.
    pub condition: Option<&'a Condition>,
    /// Its features.
    pub features: Features<'a>,
    /// What it means.
    pub description: Document,
    /// The release that it came with, as the description tells; where that ends with no more than this it ends before.
    pub since: Option<Version>,
}

/// What makes an object a union.
#[derive(Clone, Debug)]
pub struct Union<'a> {
    /// The member that chooses the branch.
    pub discriminator: &'a str,
    /// The enum that it is of; its values describe the branches.
    pub discriminator_type: Option<EntryId>,
    /// A branch for every value, those with a type first.
    pub branches: Vec<Branch<'a>>,
}

/// A branch of a union.
#[derive(Clone, Debug)]
pub struct Branch<'a> {
    /// The value of the discriminator that chooses it.
    pub value: &'a str,
    /// The type whose members come with it; `None` adds nothing.
    pub ty: Option<EntryId>,
    /// What a build must have for it to exist.
    pub condition: Option<&'a Condition>,
}

/// One of the types that an alternate can be.
#[derive(Clone, Debug)]
pub struct Alternative<'a> {
    /// Its name; it is not seen on the wire.
    pub name: &'a str,
    /// The type.
    pub ty: TypeRef<'a>,
    /// The kind of JSON value that tells it from the others.
    pub json: JsonKind,
    /// What a build must have for it to exist.
    pub condition: Option<&'a Condition>,
    /// What it is.
    pub description: Document,
    /// The release that it came with, as the description tells; where that ends with no more than this it ends before.
    pub since: Option<Version>,
}

/// The kinds of values in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a word of JSON's")]
pub enum JsonKind {
    Any,
    Array,
    Boolean,
    Null,
    Number,
    Object,
    String,
}

impl JsonKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            JsonKind::Any => "any value",
            JsonKind::Array => "array",
            JsonKind::Boolean => "boolean",
            JsonKind::Null => "null",
            JsonKind::Number => "number",
            JsonKind::Object => "object",
            JsonKind::String => "string",
        }
    }

    /// The kind of a built-in type's values.
    pub fn of_builtin(builtin: Builtin) -> Self {
        match builtin {
            Builtin::Str => JsonKind::String,
            Builtin::Bool => JsonKind::Boolean,
            Builtin::Null => JsonKind::Null,
            Builtin::Any => JsonKind::Any,
            _ => JsonKind::Number,
        }
    }
}

/// The type of a member, or of what is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TypeRef<'a> {
    /// The name, without the brackets of an array.
    pub name: &'a str,
    /// Around how many elements: 0 for the type itself, 1 for an array of it.
    pub arrays: usize,
    /// The entry of that name; built-in types have none.
    pub entry: Option<EntryId>,
    /// The built-in type, if it is one.
    pub builtin: Option<Builtin>,
}

/// As in the schema language, without quotes: `int`, `[BlockInfo]`.
impl fmt::Display for TypeRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (0..self.arrays).try_for_each(|_| f.write_str("["))?;
        f.write_str(self.name)?;
        (0..self.arrays).try_for_each(|_| f.write_str("]"))
    }
}
