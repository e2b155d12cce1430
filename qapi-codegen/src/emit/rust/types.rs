//! The Rust types of members, returns and branches.

use std::cell::Cell;

use super::layout::{Node, block, line};
use super::names;
use super::plan::Plan;
use crate::schema::{Builtin, DefinitionId, Kind};

/// The names of std's types and traits that are used where a schema's own types are defined; a schema may have
/// types of these names.
const STD: [(&str, &str); 11] = [
    ("String", "std::string::String"),
    ("Vec", "std::vec::Vec"),
    ("Option", "std::option::Option"),
    ("Box", "std::boxed::Box"),
    ("Result", "std::result::Result"),
    ("From", "std::convert::From"),
    ("Into", "std::convert::Into"),
    ("Clone", "std::clone::Clone"),
    ("Eq", "std::cmp::Eq"),
    ("PartialEq", "std::cmp::PartialEq"),
    ("Default", "std::default::Default"),
];

/// Writes types as they are to be written in one Rust module, and takes note of what they need.
pub(super) struct Types<'a, 'p> {
    pub(super) plan: &'a Plan<'p>,
    /// The names of std's types that the module defines itself.
    shadowed: Vec<&'static str>,
    uses_types: Cell<bool>,
}

impl<'a, 'p> Types<'a, 'p> {
    /// For a module that defines `own`.
    pub(super) fn new(plan: &'a Plan<'p>, own: &[String]) -> Self {
        let shadowed = STD.iter().map(|(name, _)| *name);
        let shadowed = shadowed
            .filter(|name| own.iter().any(|own| own == name))
            .collect();
        Types {
            plan,
            shadowed,
            uses_types: Cell::new(false),
        }
    }

    /// Was a type of the schema named?
    pub(super) fn uses_types(&self) -> bool {
        self.uses_types.get()
    }

    /// A type or trait of std, by its short name where that means it.
    pub(super) fn std(&self, name: &'static str) -> &'static str {
        let full = STD
            .iter()
            .find(|(short, _)| *short == name)
            .map_or(name, |(_, full)| full);
        if self.shadowed.contains(&name) {
            full
        } else {
            name
        }
    }

    /// `std::option::Option<T>`
    pub(super) fn option(&self, inner: &str) -> String {
        format!("{}<{inner}>", self.std("Option"))
    }

    /// A named type of the schema.
    pub(super) fn named(&self, name: &str) -> String {
        self.uses_types.set(true);
        format!("types::{name}")
    }

    /// The type of values of a definition.
    pub(super) fn of(&self, id: DefinitionId) -> String {
        let definition = self.plan.schema.definition(id);
        match &definition.kind {
            Kind::Builtin(builtin) => self.builtin(*builtin).to_owned(),
            Kind::Array(element) => format!("{}<{}>", self.std("Vec"), self.of(*element)),
            _ if self.plan.is_nothing(id) => "()".to_owned(),
            _ => self.named(&names::upper_camel(&definition.name)),
        }
    }

    /// The type of a member or branch of `from`, boxed where the type would contain itself.
    pub(super) fn within(&self, from: DefinitionId, id: DefinitionId) -> String {
        let inner = self.of(id);
        match self.plan.is_boxed(from, id) {
            true => format!("{}<{inner}>", self.std("Box")),
            false => inner,
        }
    }

    /// What a value of a definition is read into.
    pub(super) fn blank(&self, id: DefinitionId) -> String {
        let blank = match &self.plan.schema.definition(id).kind {
            Kind::Builtin(Builtin::Str) => return format!("{}::new()", self.std("String")),
            Kind::Array(_) => return format!("{}::new()", self.std("Vec")),
            Kind::Builtin(Builtin::Bool) => "false",
            Kind::Builtin(Builtin::Number) => "0.0",
            Kind::Builtin(Builtin::Null) => "rt::Null",
            Kind::Builtin(Builtin::Any) => "rt::Decode::blank()",
            Kind::Builtin(_) => "0",
            _ => "rt::Decode::blank()",
        };
        blank.to_owned()
    }

    fn builtin(&self, builtin: Builtin) -> &'static str {
        match builtin {
            Builtin::Str => self.std("String"),
            Builtin::Number => "f64",
            Builtin::Int | Builtin::Int64 => "i64",
            Builtin::Int8 => "i8",
            Builtin::Int16 => "i16",
            Builtin::Int32 => "i32",
            Builtin::Uint8 => "u8",
            Builtin::Uint16 => "u16",
            Builtin::Uint32 => "u32",
            Builtin::Uint64 | Builtin::Size => "u64",
            Builtin::Bool => "bool",
            Builtin::Null => "rt::Null",
            Builtin::Any => "rt::Any",
        }
    }

    /// Whatever becomes a `ty`.
    pub(super) fn into(&self, ty: &str) -> String {
        format!("impl {}<{ty}>", self.std("Into"))
    }

    /// `impl From<TY> for NAME`, which makes `value` of a parameter of that name.
    pub(super) fn from(&self, ty: &str, name: &str, value: &str) -> Node {
        block(
            format!("impl {}<{ty}> for {name} {{", self.std("From")),
            vec![block(
                format!("fn from(value: {ty}) -> Self {{"),
                vec![line(value)],
            )],
        )
    }

    /// How a value is taken as a parameter, and what is made of the parameter: strings are taken from
    /// whatever becomes one.
    pub(super) fn parameter(&self, from: DefinitionId, id: DefinitionId) -> (String, &'static str) {
        match self.plan.schema.definition(id).kind {
            Kind::Builtin(Builtin::Str) => (self.into(self.std("String")), ".into()"),
            Kind::Builtin(Builtin::Any) => (self.into("rt::Any"), ".into()"),
            // What becomes the alternate becomes it first, and is boxed then.
            Kind::Alternate(_) if self.plan.is_boxed(from, id) => {
                (self.into(&self.of(id)), ".into().into()")
            }
            Kind::Alternate(_) => (self.into(&self.of(id)), ".into()"),
            _ if self.plan.is_boxed(from, id) => (self.of(id), ".into()"),
            _ => (self.of(id), ""),
        }
    }
}
