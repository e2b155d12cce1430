//! A command that is written as the message that it is.

use qapi_types::{Any, AnyMembers, Kind};

use super::words::{json, value_end};

/// A command as QMP has it.
#[derive(Debug, PartialEq)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) arguments: Option<Any>,
    pub(super) out_of_band: bool,
}

impl Message {
    /// The message that `text` is. An `id` is read over: the session has ids of its own.
    ///
    /// # Errors
    /// It is none; the text says why.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let end = value_end(text, 0).unwrap_or(text.len());
        let (object, rest) = text.split_at(end);
        let object: Any = json(object)
            .parse()
            .map_err(|error| format!("the message is not JSON: {error}"))?;
        let rest = rest.trim();
        if !rest.is_empty() {
            return Err(format!("`{rest}` follows the message on its line"));
        }
        let members: AnyMembers = object
            .to()
            .map_err(|error| format!("the message is none: {error}"))?;
        let (mut name, mut arguments, mut out_of_band) = (None, None, false);
        for (key, value) in members {
            match &*key {
                "execute" | "exec-oob" if name.is_some() => {
                    return Err("a message has one `execute` or `exec-oob`".to_owned());
                }
                "execute" | "exec-oob" => {
                    out_of_band = key == "exec-oob";
                    let command = value.to::<String>();
                    name = Some(command.map_err(|_| format!("`{key}` takes a command's name"))?);
                }
                "arguments" if value.kind() == Kind::Object => arguments = Some(value),
                "arguments" => return Err("`arguments` takes an object".to_owned()),
                "id" => {}
                key => return Err(format!("a message has no member `{key}`")),
            }
        }
        let name = name.ok_or("the message lacks `execute`")?;
        Ok(Self {
            name,
            arguments,
            out_of_band,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_commands() {
        for (text, expected) in [
            (r#"{"execute": "stop"}"#, Ok(("stop", None, false))),
            (
                r#"{'id': 1, 'exec-oob': 'yank', 'arguments': {'instances': []}}  "#,
                Ok(("yank", Some(r#"{"instances": []}"#), true)),
            ),
            ("{}", Err("the message lacks `execute`")),
            (r#"{"execute": 1}"#, Err("`execute` takes a command's name")),
            (
                r#"{"execute": "a", "exec-oob": "a"}"#,
                Err("a message has one `execute` or `exec-oob`"),
            ),
            (
                r#"{"execute": "a", "arguments": []}"#,
                Err("`arguments` takes an object"),
            ),
            (
                r#"{"execute": "a", "args": {}}"#,
                Err("a message has no member `args`"),
            ),
            (
                r#"{"execute": "a"} b"#,
                Err("`b` follows the message on its line"),
            ),
            (
                r#"{"execute" "a"}"#,
                Err(
                    r#"the message is not JSON: expected `:`, found a string at byte 11, near `{"execute" "a"}`"#,
                ),
            ),
        ] {
            let parsed = Message::parse(text);
            let expected = expected.map_err(str::to_owned).map(
                |(name, arguments, out_of_band): (&str, Option<&str>, bool)| Message {
                    name: name.to_owned(),
                    arguments: arguments.map(|arguments| arguments.parse().unwrap()),
                    out_of_band,
                },
            );
            assert_eq!(parsed, expected, "{text}");
        }
    }
}
