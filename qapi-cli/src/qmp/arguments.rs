//! A command's arguments from the words of a command line.

use qapi_types::{Any, AnyMembers};

/// The arguments that `words` say: one JSON object, or members `key=value`; `None` if there are no words.
///
/// # Errors
/// The words are neither; the text says why.
pub(super) fn parse(words: &[String]) -> Result<Option<Any>, String> {
    match words {
        [] => Ok(None),
        [word] if word.trim_start().starts_with('{') => match word.parse() {
            Ok(object) => Ok(Some(object)),
            Err(error) => Err(format!("the arguments are not JSON: {error}")),
        },
        words => members(words).map(|members| Some(members.into())),
    }
}

fn members(words: &[String]) -> Result<AnyMembers, String> {
    let mut members = AnyMembers::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            return Err(format!("`{word}` is neither KEY=VALUE nor a JSON object"));
        };
        if members.get(key).is_some() {
            return Err(format!("`{key}` is given twice"));
        }
        let value = value.parse().unwrap_or_else(|_| Any::from(value));
        members.push(key, value);
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn words_are_an_object() {
        for (words, expected) in [
            (&[][..], Ok(None)),
            (&[r#" {"a": 1} "#], Ok(Some(r#"{"a": 1}"#))),
            (
                &["id=disk0", "mq=true"],
                Ok(Some(r#"{"id":"disk0","mq":true}"#)),
            ),
            (
                &["n=5", r#"s="5""#, "l=[1, 2]", "e=", "q=a\"b", "x=a=b"],
                Ok(Some(
                    r#"{"n":5,"s":"5","l":[1, 2],"e":"","q":"a\"b","x":"a=b"}"#,
                )),
            ),
            (&["a=1", "a=2"], Err("`a` is given twice")),
            (&["a"], Err("`a` is neither KEY=VALUE nor a JSON object")),
            (
                &["[1]"],
                Err("`[1]` is neither KEY=VALUE nor a JSON object"),
            ),
            (
                &["{a}"],
                Err(
                    "the arguments are not JSON: expected a member's name, found 'a' at byte 1, near `{a}`",
                ),
            ),
        ] {
            let words: Vec<_> = words.iter().map(|word| word.to_string()).collect();
            let parsed = parse(&words);
            let parsed = parsed
                .as_ref()
                .map(|value| value.as_ref().map(|value| value.as_json()));
            assert_eq!(parsed.map_err(String::as_str), expected, "{words:?}");
        }
    }
}
