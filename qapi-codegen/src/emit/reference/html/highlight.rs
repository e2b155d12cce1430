//! Colours for JSON and Rust. Whatever the text is, all of it comes out, escaped.

use super::escape::Html;

/// What of JSON goes on from one line to the next.
#[derive(Default)]
pub(super) struct State {
    in_string: bool,
}

/// A line of something like JSON: strings, names of members, numbers and literals.
pub(super) fn json(line: &str, state: &mut State, out: &mut Html) {
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (class, length) = if state.in_string || first == '"' {
            let body = if state.in_string { rest } else { &rest[1..] };
            let end = string_end(body);
            state.in_string = end.is_none();
            let length = end.map_or(rest.len(), |end| rest.len() - body.len() + end);
            let is_name = rest[length..].trim_start().starts_with(':');
            (if is_name { "k" } else { "s" }, length)
        } else if first.is_ascii_digit() || first == '-' {
            let ends = |ch: char| !(ch.is_ascii_alphanumeric() || matches!(ch, '.' | '-' | '+'));
            ("n", rest.find(ends).unwrap_or(rest.len()))
        } else if first.is_alphabetic() {
            let length = rest
                .find(|ch: char| !ch.is_alphanumeric())
                .unwrap_or(rest.len());
            let is_literal = matches!(&rest[..length], "true" | "false" | "null");
            (if is_literal { "n" } else { "" }, length)
        } else {
            let begins = |ch: char| ch == '"' || ch == '-' || ch.is_alphanumeric();
            ("", rest.find(begins).unwrap_or(rest.len()))
        };
        span(class, &rest[..length], out);
        rest = &rest[length..];
    }
}

/// Where a string ends, after its closing quote.
fn string_end(body: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Words of Rust that are coloured.
const KEYWORDS: [&str; 7] = ["pub", "struct", "enum", "impl", "for", "type", "r"];

/// Declarations in Rust.
pub(super) fn rust(text: &str, out: &mut Html) {
    let mut rest = text;
    let is_word = |ch: char| ch.is_alphanumeric() || ch == '_';
    while !rest.is_empty() {
        let begin = rest.find(is_word).unwrap_or(rest.len());
        out.text(&rest[..begin]);
        rest = &rest[begin..];
        let end = rest.find(|ch| !is_word(ch)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let class = if KEYWORDS.contains(&word) {
            "w"
        } else if after.starts_with(':') && !after.starts_with("::") {
            "k"
        } else {
            ""
        };
        span(class, word, out);
        rest = after;
    }
}

fn span(class: &'static str, text: &str, out: &mut Html) {
    match class {
        "" => out.text(text),
        // Names are most of what there is.
        "k" => out.raw("<i>").text(text).raw("</i>"),
        _ => {
            out.raw("<i class=\"").raw(class).raw("\">");
            out.text(text).raw("</i>")
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost() {
        for text in [
            "{ \"execute\": \"stop\", \"id\": -1.5e3, \"a\\\"b\": [ true, null ] }",
            "... \"open",
            "ünïcode - 2 \\ \" : é",
            "-",
            "",
        ] {
            let mut html = Html::new();
            json(text, &mut State::default(), &mut html);
            assert_eq!(words(&html), text);
            let mut html = Html::new();
            rust(text, &mut html);
            assert_eq!(words(&html), text);
        }
    }

    fn words(html: &Html) -> String {
        let parts = html.as_str().split('<');
        let text: String = parts
            .map(|part| part.split_once('>').map_or(part, |(_, text)| text))
            .collect();
        text.replace("&quot;", "\"")
    }

    #[test]
    fn names_and_strings_differ() {
        let mut html = Html::new();
        json("{ \"a\": \"b\" }", &mut State::default(), &mut html);
        let expected = "{ <i>&quot;a&quot;</i>: <i class=\"s\">&quot;b&quot;</i> }";
        assert_eq!(html.as_str(), expected);
    }
}
