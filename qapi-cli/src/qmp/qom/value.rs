//! Values of properties: from words, and for people.

use std::io::{self, Write};

use qapi_types::{Any, Kind};

use super::super::layout::{Layout, legible_word, write_json};

/// How a word is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::qmp) enum Reading {
    Bool,
    Integer,
    /// An integer that may have a unit.
    Size,
    Number,
    /// The word as it stands.
    Text,
    Json,
}

impl Reading {
    /// How values of the type `ty` are read, if it is one of QOM's own.
    pub(in crate::qmp) fn of_type(ty: &str) -> Option<Self> {
        Some(match ty {
            "bool" => Self::Bool,
            "int" | "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32"
            | "uint64" | "uint64_t" => Self::Integer,
            "size" => Self::Size,
            "number" | "double" => Self::Number,
            "str" | "string" => Self::Text,
            "any" => Self::Json,
            link if link.starts_with("link<") => Self::Text,
            _ => return None,
        })
    }

    /// How values of a property are read whose value is of this kind.
    pub(super) fn of_value(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool,
            Kind::String => Self::Text,
            Kind::Number => Self::Number,
            Kind::Null | Kind::Object | Kind::Array => Self::Json,
        }
    }

    /// The value of `word`.
    ///
    /// # Errors
    /// It has none; the text says what would have.
    pub(in crate::qmp) fn read(self, word: &str) -> Result<Any, &'static str> {
        match self {
            // Python's names begin with capitals.
            Self::Bool => match &*word.to_ascii_lowercase() {
                "true" | "on" => Ok(true.into()),
                "false" | "off" => Ok(false.into()),
                _ => Err("on or off"),
            },
            Self::Integer => integer(word, 1).ok_or("an integer of 64 bits"),
            Self::Size => {
                size(word).ok_or("a number of bytes below 2^64, with K, M, G, T, P or E if need be")
            }
            Self::Number => {
                let number = word.parse().ok();
                number
                    .filter(|value: &Any| value.kind() == Kind::Number)
                    .ok_or("a number")
            }
            Self::Text => Ok(word.into()),
            Self::Json => word.parse().map_err(|_| "JSON"),
        }
    }
}

/// The integer `word` times `unit`, if it is one and is one of 64 bits, with or without a sign.
fn integer(word: &str, unit: i128) -> Option<Any> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word),
    };
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(digits) => (digits, 16),
        None => (digits, 10),
    };
    // std would take a sign of its own.
    let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = i128::from_str_radix(digits, radix).ok().filter(|_| plain)?;
    let number = number.checked_mul(sign * unit)?;
    match u64::try_from(number) {
        Ok(number) => Some(number.into()),
        Err(_) => i64::try_from(number).ok().map(Any::from),
    }
}

fn size(word: &str) -> Option<Any> {
    let units = ['K', 'M', 'G', 'T', 'P', 'E'];
    let suffix = word.chars().next_back()?.to_ascii_uppercase();
    match units.iter().position(|unit| *unit == suffix) {
        // `E` is a digit there.
        Some(at) if !word.starts_with("0x") => {
            integer(&word[..word.len() - 1], 1 << (10 * (at + 1)))
        }
        _ => integer(word, 1),
    }
}

/// Writes a value, and its type if that is to be shown.
pub(super) fn show(value: &Any, ty: Option<&str>, out: &mut dyn Write) -> io::Result<()> {
    write_json(value.as_json(), Layout::Compact, out)?;
    if let Some(ty) = ty {
        write!(out, " ({})", legible_word(ty))?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_by_type() {
        for (ty, word, expected) in [
            ("bool", "on", Some("true")),
            ("bool", "false", Some("false")),
            ("bool", "True", Some("true")),
            ("bool", "OFF", Some("false")),
            ("bool", "1", None),
            ("int", "-5", Some("-5")),
            ("int", "007", Some("7")),
            ("int", "-+5", None),
            ("int", "5K", None),
            ("uint8", "0xff", Some("255")),
            (
                "uint64",
                "18446744073709551615",
                Some("18446744073709551615"),
            ),
            ("uint64", "18446744073709551616", None),
            (
                "int64",
                "-9223372036854775808",
                Some("-9223372036854775808"),
            ),
            ("int64", "-9223372036854775809", None),
            ("int", "", None),
            ("int", "1.0", None),
            ("size", "4k", Some("4096")),
            ("size", "15E", Some("17293822569102704640")),
            ("size", "16E", None),
            ("size", "0x1E", Some("30")),
            ("size", "K", None),
            ("size", "é", None),
            ("size", "", None),
            ("number", "1.5e3", Some("1.5e3")),
            ("number", "nan", None),
            ("str", "5", Some("\"5\"")),
            ("string", "true", Some("\"true\"")),
            ("link<bus>", "/machine", Some("\"/machine\"")),
            ("any", "{\"a\": null}", Some("{\"a\": null}")),
            ("any", "{", None),
        ] {
            let value = Reading::of_type(ty).unwrap().read(word).ok();
            assert_eq!(value.as_ref().map(Any::as_json), expected, "{ty} {word}");
        }
    }

    #[test]
    fn other_types_are_told_by_what_is_there() {
        for (there, word, expected) in [
            ("\"auto\"", "on", Some("\"on\"")),
            ("{}", "{\"a\": 1}", Some("{\"a\": 1}")),
            ("[]", "a", None),
            ("7", "8", Some("8")),
            ("false", "on", Some("true")),
        ] {
            assert_eq!(Reading::of_type("OnOffAuto"), None);
            let there: Any = there.parse().unwrap();
            let value = Reading::of_value(there.kind()).read(word).ok();
            assert_eq!(value.as_ref().map(Any::as_json), expected, "{there} {word}");
        }
    }
}
