//! What a part of a form takes.

use std::fmt;

use qapi_client::schema::{JsonType, Object, Type};

use super::fill::{index, is_undescribed};
use super::property::Property;
use crate::qmp::qom::Reading;

/// What can be filled in somewhere. It prints as the end of a sentence: `a string`, `one of a, b`.
#[derive(Clone, Copy, Debug)]
pub(in crate::qmp) enum Takes<'a> {
    /// A value of one of the schema's types.
    Type(Type<'a>),
    /// A value of a device's property.
    Property(&'a Property),
    /// Whatever there is.
    Anything,
}

/// So many values of an enum are named in a sentence.
const NAMED: usize = 12;

/// How far elements and branches are told of what they are. A schema of QEMU's has two levels.
const LEVELS: usize = 4;

impl<'a> Takes<'a> {
    /// The words that it can have as a value, in the order of the schema: of an enum its values, of a bool `on` and `off`.
    /// Empty where they cannot be counted.
    pub(in crate::qmp) fn values(self) -> Vec<&'a str> {
        match self {
            Self::Type(Type::Enum(ty)) => ty.values().map(|value| value.name()).collect(),
            Self::Type(Type::Builtin(builtin)) => match builtin.json_type() {
                JsonType::Boolean => vec!["on", "off"],
                JsonType::Null => vec!["null"],
                _ => Vec::new(),
            },
            Self::Type(Type::Alternate(alternate)) => {
                let flat = alternate
                    .types()
                    .filter(|ty| !matches!(ty, Type::Alternate(_)));
                flat.flat_map(|ty| Self::Type(ty).values()).collect()
            }
            Self::Property(property) => property.values(),
            Self::Type(_) | Self::Anything => Vec::new(),
        }
    }

    /// Whether it has members or elements that are filled in one by one.
    pub(in crate::qmp) fn has_parts(self) -> bool {
        self.object().is_some() || self.element().is_some()
    }

    /// Whether it can be filled in by one word that is no JSON.
    pub(in crate::qmp) fn is_word(self) -> bool {
        match self {
            Self::Type(Type::Alternate(alternate)) => {
                let mut types = alternate.types();
                types.any(|ty| matches!(ty, Type::Builtin(_) | Type::Enum(_)))
            }
            Self::Type(Type::Object(_) | Type::Array(_)) => false,
            _ => true,
        }
    }

    /// What it is, or can be, that has a part `name`: a list if that is a number, else an object.
    pub(super) fn holding(self, name: &str) -> Option<Takes<'a>> {
        let Self::Type(ty) = self else {
            return is_undescribed(self).then_some(self);
        };
        let types: Vec<Type<'a>> = match ty {
            Type::Alternate(alternate) => alternate.types().collect(),
            ty => vec![ty],
        };
        let list = types.iter().find(|ty| matches!(ty, Type::Array(_)));
        let object = types.iter().find(|ty| matches!(ty, Type::Object(_)));
        let found = list.filter(|_| index(name).is_some()).or(object).or(list);
        let found = found.map(|ty| Self::Type(*ty));
        found.or_else(|| is_undescribed(self).then_some(self))
    }

    /// The object type that it is, or can be.
    pub(super) fn object(self) -> Option<Object<'a>> {
        match self {
            Self::Type(Type::Alternate(alternate)) => alternate.types().find_map(Type::as_object),
            Self::Type(ty) => ty.as_object(),
            Self::Property(_) | Self::Anything => None,
        }
    }

    /// What its elements are, if it is a list or can be one.
    pub(super) fn element(self) -> Option<Takes<'a>> {
        let element = |ty| match ty {
            Type::Array(array) => Some(Self::Type(array.element_type())),
            _ => None,
        };
        match self {
            Self::Type(Type::Alternate(alternate)) => alternate.types().find_map(element),
            Self::Type(ty) => element(ty),
            Self::Property(_) | Self::Anything => None,
        }
    }
}

impl fmt::Display for Takes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tell(*self, LEVELS, f)
    }
}

fn tell(takes: Takes<'_>, levels: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match takes {
        _ if levels == 0 => f.write_str("…"),
        Takes::Type(Type::Builtin(builtin)) => f.write_str(match builtin.json_type() {
            JsonType::String => "a string",
            JsonType::Number => "a number",
            JsonType::Int => "an integer",
            JsonType::Boolean => "on or off",
            JsonType::Null => "null",
            JsonType::Object => "an object",
            JsonType::Array => "a list",
            _ => "any value",
        }),
        Takes::Type(Type::Enum(_)) => choice(&takes.values(), f),
        Takes::Type(Type::Object(_)) => f.write_str("an object"),
        Takes::Type(Type::Array(array)) => {
            f.write_str("a list, each element ")?;
            tell(Takes::Type(array.element_type()), levels - 1, f)
        }
        Takes::Type(Type::Alternate(alternate)) => {
            // More than a few are nobody's schema.
            for (at, ty) in alternate.types().take(NAMED).enumerate() {
                f.write_str(if at == 0 { "" } else { " or " })?;
                tell(Takes::Type(ty), levels - 1, f)?;
            }
            Ok(())
        }
        Takes::Property(property) => match (property.reading(), &*property.values()) {
            (Some(Reading::Bool), _) => f.write_str("on or off"),
            (Some(Reading::Text), _) => f.write_str("a string"),
            (Some(Reading::Integer), _) => write!(f, "an integer ({})", property.ty),
            (Some(Reading::Size), _) => f.write_str("a size"),
            (Some(Reading::Number), _) => f.write_str("a number"),
            (Some(Reading::Json), _) => f.write_str("any value"),
            (None, []) => write!(f, "a value of the type {}", property.ty),
            (None, values) => choice(values, f),
        },
        Takes::Type(_) | Takes::Anything => f.write_str("any value"),
    }
}

fn choice(values: &[&str], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match values {
        [] => f.write_str("nothing that there is"),
        [only] => f.write_str(only),
        _ if values.len() <= NAMED + 1 => write!(f, "one of {}", values.join(", ")),
        _ => {
            let (named, others) = values.split_at(NAMED);
            write!(f, "one of {} and {} others", named.join(", "), others.len())
        }
    }
}
