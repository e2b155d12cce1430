//! Commands, events and their types, borrowed from the schema that has them.
//!
//! A view is a reference or two: it is copied, not cloned. Types are looked up when they are asked for, one at a time, so that
//! types which contain themselves, as many do, cost nothing; whoever walks through them needs a bound of his own.

use std::fmt;

use super::Schema;
use super::entity::{BranchInfo, Entity, MemberInfo, Meta};

/// Declares a view: a part of a schema, which prints as its name.
macro_rules! views {
    ($($(#[$doc:meta])* $view:ident $part:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $view<'a> {
            schema: &'a Schema,
            info: &'a $part,
        }

        impl<'a> $view<'a> {
            pub(super) fn new(schema: &'a Schema, info: &'a $part) -> Self {
                Self { schema, info }
            }
        }

        impl fmt::Debug for $view<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($view)).field(&self.info.name).finish()
            }
        }
    )*};
}

views! {
    /// A command of the server's.
    Command Entity,
    /// An event of the server's.
    Event Entity,
    /// A type of lists.
    Array Entity,
    /// A type of objects: a struct or a union, or the arguments of a command that have no name.
    Object Entity,
    /// A type of values that are of one of several types, told apart by their kind.
    Alternate Entity,
    /// A member of an object.
    Member MemberInfo,
    /// A branch of a union.
    Branch BranchInfo,
}

/// A type that every schema has.
#[derive(Clone, Copy, Debug)]
pub struct Builtin<'a> {
    info: &'a Entity,
}

/// A type of some strings.
#[derive(Clone, Copy, Debug)]
pub struct Enum<'a> {
    info: &'a Entity,
}

/// A value of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Value<'a> {
    info: &'a MemberInfo,
}

/// A type, as the server describes it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Type<'a> {
    /// One that every schema has.
    Builtin(Builtin<'a>),
    /// Some strings.
    Enum(Enum<'a>),
    /// Lists.
    Array(Array<'a>),
    /// Objects.
    Object(Object<'a>),
    /// Values of one of several types.
    Alternate(Alternate<'a>),
    /// One that the server names without describing it, or whose kind is newer than this crate; with its name.
    Unrecognized(&'a str),
}

/// The JSON that values of a builtin type are, in the server's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonType {
    /// `str`.
    String,
    /// `number`, which may have a fraction.
    Number,
    /// Integers of every size: which one, a server does not tell.
    Int,
    /// `bool`.
    Boolean,
    /// `null`.
    Null,
    /// Any object.
    Object,
    /// Any list.
    Array,
    /// `any`: whatever there is.
    Value,
    /// Something that is newer than this crate.
    Unrecognized,
}

impl<'a> Command<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        &self.info.name
    }

    /// Whether it may be executed out of band.
    pub fn allow_oob(self) -> bool {
        self.info.allow_oob
    }

    /// `deprecated`, `unstable`, and others.
    pub fn features(self) -> &'a [String] {
        &self.info.features
    }

    /// The type of its arguments: an object, as long as the server is right.
    pub fn argument_type(self) -> Option<Type<'a>> {
        let name = self.info.argument.as_deref();
        name.map(|name| self.schema.type_named(name))
    }

    /// The type of what it returns: an object without members if it has nothing to say.
    pub fn return_type(self) -> Option<Type<'a>> {
        let name = self.info.returned.as_deref();
        name.map(|name| self.schema.type_named(name))
    }
}

impl<'a> Event<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        &self.info.name
    }

    /// `deprecated`, `unstable`, and others.
    pub fn features(self) -> &'a [String] {
        &self.info.features
    }

    /// The type of its data: an object, as long as the server is right.
    pub fn argument_type(self) -> Option<Type<'a>> {
        let name = self.info.argument.as_deref();
        name.map(|name| self.schema.type_named(name))
    }
}

impl<'a> Type<'a> {
    pub(super) fn new(schema: &'a Schema, entity: &'a Entity) -> Self {
        match entity.meta {
            Meta::Builtin => Self::Builtin(Builtin { info: entity }),
            Meta::Enum => Self::Enum(Enum { info: entity }),
            Meta::Array => Self::Array(Array::new(schema, entity)),
            Meta::Object => Self::Object(Object::new(schema, entity)),
            Meta::Alternate => Self::Alternate(Alternate::new(schema, entity)),
            Meta::Command | Meta::Event | Meta::Unrecognized => Self::Unrecognized(&entity.name),
        }
    }

    /// The name by which the server's introspection knows it: a word for builtin types (`str`), for others a number
    /// without a meaning, for arrays that of their elements in brackets.
    pub fn name(self) -> &'a str {
        match self.entity() {
            Ok(entity) => &entity.name,
            Err(name) => name,
        }
    }

    /// The features of the type itself.
    pub fn features(self) -> &'a [String] {
        self.entity().map_or(&[], |entity| &entity.features)
    }

    /// The object type that it is.
    pub fn as_object(self) -> Option<Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What describes it, or else its name.
    pub(super) fn entity(self) -> Result<&'a Entity, &'a str> {
        match self {
            Self::Builtin(Builtin { info, .. })
            | Self::Enum(Enum { info, .. })
            | Self::Array(Array { info, .. })
            | Self::Object(Object { info, .. })
            | Self::Alternate(Alternate { info, .. }) => Ok(info),
            Self::Unrecognized(name) => Err(name),
        }
    }
}

impl<'a> Builtin<'a> {
    /// Its name in QAPI: `str`, `int`, `bool`.
    pub fn name(self) -> &'a str {
        &self.info.name
    }

    /// What its values are in JSON.
    pub fn json_type(self) -> JsonType {
        match self.info.json_type.as_deref() {
            Some("string") => JsonType::String,
            Some("number") => JsonType::Number,
            Some("int") => JsonType::Int,
            Some("boolean") => JsonType::Boolean,
            Some("null") => JsonType::Null,
            Some("object") => JsonType::Object,
            Some("array") => JsonType::Array,
            Some("value") => JsonType::Value,
            _ => JsonType::Unrecognized,
        }
    }
}

impl<'a> Enum<'a> {
    /// Its values in the order of the schema.
    pub fn values(self) -> impl ExactSizeIterator<Item = Value<'a>> + Clone {
        self.info.members.iter().map(|info| Value { info })
    }

    /// The value `name`.
    pub fn value(self, name: &str) -> Option<Value<'a>> {
        self.values().find(|value| value.name() == name)
    }
}

impl<'a> Array<'a> {
    /// The type of its elements.
    pub fn element_type(self) -> Type<'a> {
        let name = self.info.element.as_deref().unwrap_or_default();
        self.schema.type_named(name)
    }
}

impl<'a> Object<'a> {
    /// Its members in the order of the schema; of a union those that it has whichever the branch.
    pub fn members(self) -> impl ExactSizeIterator<Item = Member<'a>> + Clone {
        let members = self.info.members.iter();
        members.map(move |member| Member::new(self.schema, member))
    }

    /// The member `name`, of a union one that it has whichever the branch.
    pub fn member(self, name: &str) -> Option<Member<'a>> {
        self.members().find(|member| member.name() == name)
    }

    /// The name of the member whose value decides the branch, if this is a union.
    pub fn tag(self) -> Option<&'a str> {
        self.info.tag.as_deref()
    }

    /// The branches of a union, each of which adds its members. A value of the [tag](Self::tag) may have none.
    pub fn branches(self) -> impl ExactSizeIterator<Item = Branch<'a>> + Clone {
        let branches = self.info.branches.iter();
        branches.map(move |branch| Branch::new(self.schema, branch))
    }

    /// The branch of the tag's value `name`.
    pub fn branch(self, name: &str) -> Option<Branch<'a>> {
        self.branches().find(|branch| branch.name() == name)
    }
}

impl<'a> Alternate<'a> {
    /// The types that it chooses from.
    pub fn types(self) -> impl ExactSizeIterator<Item = Type<'a>> + Clone {
        let members = self.info.members.iter();
        members.map(move |member| self.schema.type_named(&member.ty))
    }
}

impl<'a> Member<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        &self.info.name
    }

    /// Its type.
    pub fn ty(self) -> Type<'a> {
        self.schema.type_named(&self.info.ty)
    }

    /// Whether it can be left out.
    pub fn is_optional(self) -> bool {
        self.info.optional
    }

    /// `deprecated`, `unstable`, and others.
    pub fn features(self) -> &'a [String] {
        &self.info.features
    }
}

impl<'a> Value<'a> {
    /// The value itself.
    pub fn name(self) -> &'a str {
        &self.info.name
    }

    /// `deprecated`, `unstable`, and others.
    pub fn features(self) -> &'a [String] {
        &self.info.features
    }
}

impl<'a> Branch<'a> {
    /// The tag's value that leads to it.
    pub fn name(self) -> &'a str {
        &self.info.name
    }

    /// The type with its members: an object, as long as the server is right.
    pub fn ty(self) -> Type<'a> {
        self.schema.type_named(&self.info.ty)
    }
}
