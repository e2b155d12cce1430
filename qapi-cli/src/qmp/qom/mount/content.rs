//! What stands in a file: a property's value as a line of text, which can be written back.

use std::str;

use qapi_types::Any;

use super::super::super::layout::{Layout, write_json};
use super::super::value::Reading;

/// The value of a property of the type `ty` as the content of its file. Strings stand as they are, but for those of types
/// whose values may be anything; all others are JSON.
pub(super) fn content(value: &Any, ty: &str) -> Vec<u8> {
    let reading = Reading::of_type(ty).unwrap_or_else(|| Reading::of_value(value.kind()));
    let plain = match reading {
        // It need not be one, whatever the type says.
        Reading::Text => value.to::<String>().ok(),
        _ => None,
    };
    let mut content = match plain {
        Some(text) => text.into_bytes(),
        None => {
            let mut json = Vec::new();
            // A vector takes whatever is written to it.
            let _ = write_json(value.as_json(), Layout::Compact, &mut json);
            json
        }
    };
    content.push(b'\n');
    content
}

/// The word that stands in a file. The end of its line is none of it.
///
/// # Errors
/// It is no text; the text says what would be.
pub(super) fn word(content: &[u8]) -> Result<&str, &'static str> {
    let content = content.strip_suffix(b"\n").unwrap_or(content);
    str::from_utf8(content).map_err(|_| "text in UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_can_be_written() {
        for (ty, json, expected) in [
            ("bool", "true", "true\n"),
            ("uint64", "18446744073709551615", "18446744073709551615\n"),
            ("str", r#""a \"b\"\n""#, "a \"b\"\n\n"),
            ("str", r#""""#, "\n"),
            ("OnOffAuto", r#""auto""#, "auto\n"),
            ("link<bus>", r#""/machine""#, "/machine\n"),
            ("any", r#""5""#, "\"5\"\n"),
            (
                "SMPConfiguration",
                r#"{"cpus": 1, "a": [1, 2]}"#,
                "{\"cpus\":1,\"a\":[1,2]}\n",
            ),
        ] {
            let value: Any = json.parse().unwrap();
            let text = content(&value, ty);
            assert_eq!(str::from_utf8(&text).unwrap(), expected, "{ty}");
            let reading = Reading::of_type(ty).unwrap_or(Reading::of_value(value.kind()));
            let back = reading.read(word(&text).unwrap()).unwrap();
            assert_eq!(back.to_value().unwrap(), value.to_value().unwrap(), "{ty}");
        }
        // A value of another type than is said.
        assert_eq!(content(&5.into(), "str"), b"5\n");
        assert!(word(b"\xff\n").is_err());
    }
}
