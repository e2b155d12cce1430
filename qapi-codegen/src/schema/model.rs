//! The things a schema defines.

use super::Condition;
use crate::source::Span;

/// A definition; an index into its [`Schema`](super::Schema).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DefinitionId(pub(crate) u32);

impl DefinitionId {
    /// Its number among the definitions of its schema.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A file of the schema; an index into its [`Schema`](super::Schema).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleId(pub(crate) u32);

/// A file of the schema, with what it defines and includes, in order.
#[derive(Clone, Debug)]
pub struct Module {
    /// Its path relative to the folder of the schema's root file; the built-in definitions are in
    /// `./builtin`.
    pub name: String,
    /// What it holds.
    pub entries: Vec<Entry>,
}

/// What a module holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A definition.
    Definition(DefinitionId),
    /// An `include` of a module.
    Include(ModuleId),
}

/// A type, command or event.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its name in the schema; implicit types have names such as `q_obj_quit-arg`.
    pub name: String,
    /// Where it is defined; built-in definitions are nowhere.
    pub span: Option<Span>,
    /// The file it is defined in.
    pub module: ModuleId,
    /// What a build must have for it to exist.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
    /// Its documentation.
    pub doc: Option<DocId>,
    /// What it is.
    pub kind: Kind,
}

impl Definition {
    /// Has it the feature?
    pub fn has_feature(&self, name: &str) -> bool {
        has_feature(&self.features, name)
    }
}

fn has_feature(features: &[Feature], name: &str) -> bool {
    features.iter().any(|feature| feature.name == name)
}

/// What a definition is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A type of the language itself.
    Builtin(Builtin),
    /// An array type.
    Array(DefinitionId),
    /// An enum.
    Enum(Enum),
    /// A struct, a union, or the implicit type of inline members.
    Object(Object),
    /// An alternate.
    Alternate(Alternate),
    /// A command.
    Command(Command),
    /// An event.
    Event(Event),
}

impl Kind {
    /// `struct`, `command`, …, as the schema language calls it; `type` for what the language has of itself.
    pub fn as_str(&self) -> &'static str {
        match self {
            Kind::Builtin(_) | Kind::Array(_) => "type",
            Kind::Enum(_) => "enum",
            Kind::Object(object) if object.union.is_some() => "union",
            Kind::Object(_) => "struct",
            Kind::Alternate(_) => "alternate",
            Kind::Command(_) => "command",
            Kind::Event(_) => "event",
        }
    }
}

/// The types of the language itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is named as in the schema language")]
pub enum Builtin {
    Str,
    Number,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Size,
    Bool,
    Null,
    Any,
}

impl Builtin {
    /// Every built-in type, in the order in which QEMU defines them.
    pub const ALL: [(&'static str, Builtin); 15] = [
        ("str", Builtin::Str),
        ("number", Builtin::Number),
        ("int", Builtin::Int),
        ("int8", Builtin::Int8),
        ("int16", Builtin::Int16),
        ("int32", Builtin::Int32),
        ("int64", Builtin::Int64),
        ("uint8", Builtin::Uint8),
        ("uint16", Builtin::Uint16),
        ("uint32", Builtin::Uint32),
        ("uint64", Builtin::Uint64),
        ("size", Builtin::Size),
        ("bool", Builtin::Bool),
        ("any", Builtin::Any),
        ("null", Builtin::Null),
    ];
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// A prefix for its constants in C.
    pub prefix: Option<String>,
    /// Its values.
    pub values: Vec<Value>,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Value {
    /// Its name on the wire.
    pub name: String,
    /// Where it is defined.
    pub span: Option<Span>,
    /// What a build must have for it to exist.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
}

/// A struct, a union, or an implicit type.
#[derive(Clone, Debug)]
pub struct Object {
    /// Is it the type of members that are given in place?
    pub implicit: bool,
    /// The type whose members come first.
    pub base: Option<DefinitionId>,
    /// Its own members.
    pub members: Vec<Member>,
    /// What makes it a union.
    pub union: Option<Union>,
}

/// A member of an object.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name on the wire.
    pub name: String,
    /// Where it is defined.
    pub span: Span,
    /// Its type.
    pub ty: DefinitionId,
    /// May it be absent?
    pub optional: bool,
    /// What a build must have for it to exist.
    pub condition: Option<Condition>,
    /// Its features.
    pub features: Vec<Feature>,
}

impl Member {
    /// Has it the feature?
    pub fn has_feature(&self, name: &str) -> bool {
        has_feature(&self.features, name)
    }
}

impl Value {
    /// Has it the feature?
    pub fn has_feature(&self, name: &str) -> bool {
        has_feature(&self.features, name)
    }
}

/// The branches of a union and the member that chooses among them.
#[derive(Clone, Debug)]
pub struct Union {
    /// The name of the discriminator, a member of the base.
    pub discriminator: String,
    /// The enum it is of.
    pub discriminator_type: DefinitionId,
    /// A branch for every value of the discriminator, those given in the schema first.
    pub branches: Vec<Branch>,
}

impl Definition {
    /// The branches of a union or an alternate; anything else has none.
    pub fn branches(&self) -> &[Branch] {
        match &self.kind {
            Kind::Object(object) => object.union.as_ref().map_or(&[], |union| &union.branches),
            Kind::Alternate(alternate) => &alternate.branches,
            _ => &[],
        }
    }
}

/// A branch of a union or an alternate.
#[derive(Clone, Debug)]
pub struct Branch {
    /// The discriminator's value, or the alternate branch's name.
    pub name: String,
    /// Its type: the empty object where the schema gives none.
    pub ty: DefinitionId,
    /// What a build must have for it to exist.
    pub condition: Option<Condition>,
    /// Is the discriminator's value unstable?
    pub unstable: bool,
}

/// A type that is one of several, told apart by the JSON kind.
#[derive(Clone, Debug)]
pub struct Alternate {
    /// Its branches.
    pub branches: Vec<Branch>,
}

/// A command.
#[derive(Clone, Debug)]
pub struct Command {
    /// The type of its arguments.
    pub arguments: Option<DefinitionId>,
    /// What it returns.
    pub returns: Option<DefinitionId>,
    /// Is code generated for it? If not, it takes more arguments than the schema tells.
    pub generated: bool,
    /// Does it answer when it succeeds?
    pub success_response: bool,
    /// Are its arguments passed as one value in C?
    pub boxed: bool,
    /// May it be sent out of band?
    pub allow_oob: bool,
    /// May it be sent before the machine is built?
    pub allow_preconfig: bool,
    /// Does it run in a coroutine?
    pub coroutine: bool,
}

/// An event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The type of its data.
    pub data: Option<DefinitionId>,
    /// Is its data passed as one value in C?
    pub boxed: bool,
}

/// A feature: something about a definition that clients can find out.
#[derive(Clone, Debug)]
pub struct Feature {
    /// Its name; `deprecated` and `unstable` have a meaning to QEMU itself.
    pub name: String,
    /// Where it is given.
    pub span: Span,
    /// What a build must have for it to exist.
    pub condition: Option<Condition>,
}

/// A documentation comment; an index into its [`Schema`](super::Schema).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocId(pub(crate) u32);

impl DocId {
    /// Its number among the comments of its schema.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A documentation comment.
#[derive(Clone, Debug)]
pub struct Doc {
    /// Where it stands, from its opening `##` to its closing one.
    pub span: Span,
    /// The name of what it documents; free-form text documents nothing.
    pub symbol: Option<String>,
    /// The text before the first description or section.
    pub body: String,
    /// Descriptions of members, values or branches: name and text.
    pub members: Vec<(String, String)>,
    /// Descriptions of features: name and text.
    pub features: Vec<(String, String)>,
    /// The other sections, in order.
    pub sections: Vec<DocSection>,
}

impl Doc {
    /// The description of a member, value or branch.
    pub fn member(&self, name: &str) -> Option<&str> {
        find(&self.members, name)
    }

    /// The description of a feature.
    pub fn feature(&self, name: &str) -> Option<&str> {
        find(&self.features, name)
    }
}

fn find<'a>(list: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = list.iter().find(|(known, _)| known == name);
    found.map(|(_, text)| text.as_str())
}

/// A section of a documentation comment.
#[derive(Clone, Debug)]
pub struct DocSection {
    /// What it tells.
    pub kind: DocKind,
    /// Its text.
    pub text: String,
}

/// What a section tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocKind {
    /// Anything.
    Plain,
    /// What a command returns.
    Returns,
    /// How a command fails.
    Errors,
    /// The release it came with.
    Since,
    /// What is left to be done; not for readers.
    Todo,
    /// A note, in the dialect of 7.2.
    Note,
    /// An example, in the dialect of 7.2.
    Example,
}
