//! A value that is no object and no list, from a word or from JSON.

use qapi_client::schema::{Alternate, JsonType, Type};
use qapi_types::{Any, Kind};

use super::entry::Value;
use super::mistake::Problem;
use super::takes::Takes;
use crate::qmp::qom::Reading;

/// The text in double quotes that `word` is.
pub(super) fn quoted(word: &str) -> Option<String> {
    let is_quoted = word.len() >= 2 && word.starts_with('"');
    is_quoted.then(|| qapi_types::from_str(word).ok()).flatten()
}

/// The value of a JSON text.
///
/// # Errors
/// It is none; the text says why.
pub(super) fn json(word: &str) -> Result<Any, String> {
    word.parse()
        .map_err(|error: qapi_types::DecodeError| error.to_string())
}

/// A value of the type `any`: JSON, else a string.
pub(super) fn any(value: &Value) -> Result<Any, Problem<'static>> {
    match value {
        Value::Json(value) => Ok(value.clone()),
        Value::Text(text) => match json(text) {
            Ok(value) => Ok(value),
            Err(error) if text.starts_with(['{', '[', '"']) => Err(Problem::Json(error)),
            Err(_) => Ok(text.as_str().into()),
        },
    }
}

/// The value that `takes` makes of `value`.
pub(super) fn value<'a>(takes: Takes<'a>, value: &Value) -> Result<Any, Problem<'a>> {
    let read = match takes {
        Takes::Type(Type::Builtin(builtin)) => match builtin.json_type() {
            JsonType::Value | JsonType::Unrecognized => return any(value),
            ty => builtin_value(ty, value),
        },
        Takes::Type(Type::Enum(ty)) => {
            let name = value.string();
            let known = name.filter(|name| ty.value(name).is_some());
            known.map(Any::from)
        }
        Takes::Property(property) => match value {
            Value::Text(text) => match quoted(text) {
                Some(string) if !matches!(property.kind(), Some(kind) if kind != Kind::String) => {
                    Some(string.into())
                }
                Some(_) => None,
                None => property.reading_of(text).read(text).ok(),
            },
            Value::Json(value) => {
                let fits = property.kind().is_none_or(|kind| kind == value.kind());
                fits.then(|| value.clone())
            }
        },
        Takes::Type(Type::Object(_) | Type::Array(_) | Type::Alternate(_)) => None,
        Takes::Type(_) | Takes::Anything => return any(value),
    };
    read.ok_or_else(|| Problem::value(value, takes))
}

fn builtin_value(ty: JsonType, value: &Value) -> Option<Any> {
    let kind = match ty {
        JsonType::String => Kind::String,
        JsonType::Number | JsonType::Int => Kind::Number,
        JsonType::Boolean => Kind::Bool,
        JsonType::Null => Kind::Null,
        JsonType::Object => Kind::Object,
        _ => Kind::Array,
    };
    match value {
        Value::Json(value) => {
            let fits = value.kind() == kind && (ty != JsonType::Int || is_integer(value));
            fits.then(|| value.clone())
        }
        Value::Text(text) => match ty {
            JsonType::String => value.string().map(Any::from),
            JsonType::Int => Reading::Size.read(text).ok(),
            JsonType::Number => Reading::Number.read(text).ok(),
            JsonType::Boolean => Reading::Bool.read(text).ok(),
            _ => json(text).ok().filter(|value| value.kind() == kind),
        },
    }
}

fn is_integer(number: &Any) -> bool {
    number.to::<i64>().is_ok() || number.to::<u64>().is_ok()
}

/// The type among those of `alternate` that `value` is of: what it is by its looks before what anything can be, a string.
pub(super) fn branch<'a>(alternate: Alternate<'a>, value: &Value) -> Option<Type<'a>> {
    let text = match value {
        Value::Text(text) => text,
        Value::Json(value) => return of_kind(alternate, value),
    };
    if quoted(text).is_some() {
        return of_kind(alternate, &text.parse().ok()?);
    }
    let is_string = |ty: &Type<'_>| matches!(ty, Type::Builtin(builtin) if builtin.json_type() == JsonType::String);
    let mut types = alternate.types();
    let special = types.clone().find(|ty| match ty {
        Type::Object(_) => text.starts_with('{'),
        Type::Array(_) => text.starts_with('['),
        ty if is_string(ty) => false,
        ty => self::value(Takes::Type(*ty), value).is_ok(),
    });
    special.or_else(|| types.find(is_string))
}

/// The type that values of this JSON kind are of.
fn of_kind<'a>(alternate: Alternate<'a>, value: &Any) -> Option<Type<'a>> {
    alternate.types().find(|ty| match ty {
        Type::Object(_) => value.kind() == Kind::Object,
        Type::Array(_) => value.kind() == Kind::Array,
        // Which value it has to be is told best by the enum.
        Type::Enum(_) => value.kind() == Kind::String,
        ty => self::value(Takes::Type(*ty), &Value::Json(value.clone())).is_ok(),
    })
}
