//! A line as words.
//!
//! Words are quoted as `sh` quotes them, so that a line can be taken from there and back. What `sh` would not let pass is
//! JSON as it is: a value that begins with `{` or `[` goes on to the bracket that closes it, over spaces and lines. What follows
//! a `|` is no word of ours, but for `sh`.

use std::ops::Range;

/// A word, and where it stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// What it says, without quotes.
    pub(super) text: String,
    /// Where it stands, with its quotes.
    pub(super) span: Range<usize>,
    /// Where its first `=` stands that is not quoted.
    pub(super) equals: Option<usize>,
}

/// What ends too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// A quote, and where it begins.
    Quote(char, usize),
    /// A bracket of a JSON value, and where it stands.
    Bracket(char, usize),
    /// The backslash at the end.
    Backslash,
    /// `transaction(`.
    Transaction,
}

impl Open {
    /// What is missing in `text`.
    pub(super) fn tell(self, text: &str) -> String {
        let (what, at) = match self {
            Self::Quote(what, at) | Self::Bracket(what, at) => (what, at),
            Self::Backslash => return r"nothing follows the \ at the end".to_owned(),
            Self::Transaction => return "`transaction(` is not closed by a `)`".to_owned(),
        };
        let column = text[..at].chars().rev().take_while(|c| *c != '\n').count() + 1;
        match text[..at].matches('\n').count() {
            0 => format!("the {what} in column {column} is not closed"),
            lines => format!(
                "the {what} in column {column} of line {} is not closed",
                lines + 1
            ),
        }
    }
}

/// The words of a line, as far as it goes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) words: Vec<Word>,
    /// Where the `|` stands that ends them, and the program behind it.
    pub(super) pipe: Option<Range<usize>>,
    /// Why the last one is none yet.
    pub(super) open: Option<Open>,
    /// Where the line ends: at a line break, or at the end of the text.
    pub(super) end: usize,
}

impl Words {
    /// The words that begin at byte `from` of `text`, up to the end of the line.
    pub(super) fn of_line(text: &str, from: usize) -> Self {
        let mut scanner = Scanner { text, at: from };
        let mut words = Self::default();
        loop {
            scanner.skip(|c| c.is_whitespace() && c != '\n');
            match scanner.peek() {
                None | Some('\n') => break,
                // A comment, as in sh, where it begins a word.
                Some('#') => scanner.skip(|c| c != '\n'),
                Some('|') => {
                    let bar = scanner.at;
                    scanner.skip(|c| c != '\n');
                    words.pipe = Some(bar..scanner.at);
                }
                Some(_) => match scanner.word() {
                    Ok(word) => words.words.push(word),
                    Err((word, open)) => {
                        words.words.push(word);
                        words.open = Some(open);
                        break;
                    }
                },
            }
        }
        words.end = scanner.at;
        words
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&unwanted) {
            self.next();
        }
    }

    /// The word that begins here. One that ends too early is told with what there is of it.
    fn word(&mut self) -> Result<Word, (Word, Open)> {
        let start = self.at;
        let mut word = Word {
            text: String::new(),
            span: start..start,
            equals: None,
        };
        let mut open = None;
        // JSON begins a word, or the value of one.
        let mut begins = true;
        while let Some(next) = self.peek().filter(|next| !next.is_whitespace()) {
            let at = self.at;
            let here = std::mem::take(&mut begins);
            match next {
                '{' | '[' if here => {
                    let end = value_end(self.text, at);
                    self.at = end.unwrap_or(self.text.len());
                    word.text.push_str(&json(&self.text[at..self.at]));
                    open = end.err();
                }
                '\'' | '"' => {
                    self.next();
                    if !self.quoted(next, &mut word.text) {
                        open = Some(Open::Quote(next, at));
                    }
                }
                '\\' => {
                    self.next();
                    match self.next() {
                        // The line goes on in the next.
                        Some('\n') => {}
                        Some(escaped) => word.text.push(escaped),
                        None => open = Some(Open::Backslash),
                    }
                }
                _ => {
                    self.next();
                    word.text.push(next);
                    if next == '=' && word.equals.is_none() {
                        word.equals = Some(at);
                        begins = true;
                    }
                }
            }
        }
        word.span.end = self.at;
        match open {
            None => Ok(word),
            Some(open) => Err((word, open)),
        }
    }

    /// What follows an opening quote, up to the one that closes it; `false` if there is none.
    fn quoted(&mut self, quote: char, text: &mut String) -> bool {
        while let Some(next) = self.next() {
            match next {
                _ if next == quote => return true,
                '\\' if quote == '"' => match self.peek() {
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => {
                        self.next();
                        text.push(escaped);
                    }
                    Some('\n') => drop(self.next()),
                    _ => text.push('\\'),
                },
                _ => text.push(next),
            }
        }
        false
    }
}

/// Where the JSON object or array ends that begins at byte `from`: behind the bracket that closes it, or behind one that
/// closes something else, for others to find fault with.
///
/// # Errors
/// It does not end.
pub(super) fn value_end(text: &str, from: usize) -> Result<usize, Open> {
    let mut brackets = Vec::new();
    let mut string = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(from) {
        if let Some((quote, _)) = string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                _ if byte == quote => string = None,
                _ => {}
            }
            continue;
        }
        match byte {
            // The second kind is QEMU's own.
            b'"' | b'\'' => string = Some((byte, at)),
            b'{' | b'[' => brackets.push((byte, at)),
            b'}' | b']' => {
                let closes = match brackets.pop() {
                    Some((b'{', _)) => b'}',
                    _ => b']',
                };
                if brackets.is_empty() || byte != closes {
                    return Ok(at + 1);
                }
            }
            _ => {}
        }
    }
    Err(match (string, brackets.pop()) {
        (Some((quote, at)), _) => Open::Quote(quote.into(), at),
        (None, Some((bracket, at))) => Open::Bracket(bracket.into(), at),
        (None, None) => Open::Bracket('{', from),
    })
}

/// JSON as the standard has it, of JSON in which strings may stand in single quotes, as QEMU allows, and constants may have
/// the names that they have in Python.
pub(super) fn json(text: &str) -> String {
    let mut json = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '"' | '\'' => string_length(rest),
            _ if next.is_alphanumeric() => rest
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len()),
            _ => next.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match token {
            "True" => json.push_str("true"),
            "False" => json.push_str("false"),
            "None" => json.push_str("null"),
            _ if next == '\'' => {
                let inside = token[1..].strip_suffix('\'').unwrap_or(&token[1..]);
                let inside = inside.replace(r"\'", "'");
                json.push('"');
                json.push_str(&with_quotes_escaped(&inside));
                json.push('"');
            }
            token => json.push_str(token),
        }
    }
    json
}

/// The length of the string that the text begins with, in quotes of either kind.
fn string_length(text: &str) -> usize {
    let mut quote = None;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if quote.is_none() => quote = Some(byte),
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if Some(byte) == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// What stood in single quotes, where a double one needs no escape.
fn with_quotes_escaped(inside: &str) -> String {
    let mut text = String::with_capacity(inside.len());
    let mut escaped = false;
    for character in inside.chars() {
        if character == '"' && !escaped {
            text.push('\\');
        }
        escaped = character == '\\' && !escaped;
        text.push(character);
    }
    text
}

/// The text as a word, or a part of one: quoted, if it would be something else without.
pub(super) fn quote(text: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '\'' | '"' | '\\');
    match !text.is_empty() && text.chars().all(plain) && !text.starts_with(['{', '[', '#', '|']) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_words() {
        for (line, expected, open) in [
            ("", &[][..], None),
            ("  stop \t", &["stop"], None),
            ("a k=v k2=", &["a", "k=v", "k2="], None),
            ("a\nb", &["a"], None),
            ("k='a b' \"c d\"", &["k=a b", "c d"], None),
            ("''", &[""], None),
            (r"'a'b\ c'd'", &["ab cd"], None),
            (r#"'it'\''s' "it's""#, &["it's", "it's"], None),
            (r#"'a\n' "a\n" "\"\\""#, &[r"a\n", r"a\n", r#""\"#], None),
            (r#"k={"a": [1, {}]} x"#, &[r#"k={"a": [1, {}]}"#, "x"], None),
            ("k=[1,\n 2] x\ny", &["k=[1,\n 2]", "x"], None),
            (r#"{"a": "}\"" } b"#, &[r#"{"a": "}\"" }"#, "b"], None),
            ("k={'a': '}'}", &["k={\"a\": \"}\"}"], None),
            ("k=a{b c}", &["k=a{b", "c}"], None),
            ("k='{a b}'", &["k={a b}"], None),
            ("k={a]b c", &["k={a]b", "c"], None),
            ("a\\\nb", &["ab"], None),
            ("é='ü'", &["é=ü"], None),
            ("k='a b", &["k=a b"], Some(Open::Quote('\'', 2))),
            ("k=\"a\\\"", &["k=a\""], Some(Open::Quote('"', 2))),
            ("k={\"a\": [", &["k={\"a\": ["], Some(Open::Bracket('[', 8))),
            ("k={\"a", &["k={\"a"], Some(Open::Quote('"', 3))),
            ("a\\", &["a"], Some(Open::Backslash)),
        ] {
            let words = Words::of_line(line, 0);
            let texts: Vec<&str> = words.words.iter().map(|word| &*word.text).collect();
            assert_eq!((texts, words.open), (expected.to_vec(), open), "{line}");
        }
    }

    #[test]
    fn a_bar_ends_the_words() {
        for (line, expected, pipe) in [
            (
                "a b | less -S # all\nc",
                &["a", "b"][..],
                Some("| less -S # all"),
            ),
            ("a |less", &["a"], Some("|less")),
            ("a |", &["a"], Some("|")),
            (
                "a '|' k=| x|y \\| # | z",
                &["a", "|", "k=|", "x|y", "|"],
                None,
            ),
        ] {
            let words = Words::of_line(line, 0);
            let texts: Vec<&str> = words.words.iter().map(|word| &*word.text).collect();
            let found = words.pipe.map(|pipe| &line[pipe]);
            assert_eq!((&*texts, found), (expected, pipe), "{line}");
        }
    }

    #[test]
    fn json_of_qemus_and_pythons_kind() {
        for (text, expected) in [
            (r#"{"a": 'b'}"#, r#"{"a": "b"}"#),
            (r#"{'it\'s': "'"}"#, r#"{"it's": "'"}"#),
            (
                r#"['"', '\"', '\\', '\\"']"#,
                r#"["\"", "\"", "\\", "\\\""]"#,
            ),
            (
                "[True, False, None, true, \"None\"]",
                "[true, false, null, true, \"None\"]",
            ),
            ("[Nones, 1None]", "[Nones, 1None]"),
            ("{'a", "{\"a\""),
        ] {
            assert_eq!(json(text), expected, "{text}");
        }
    }

    #[test]
    fn words_know_their_places() {
        let line = "a 'k'=\"v w\" x=y=z '=' \n";
        let words = Words::of_line(line, 0);
        let found: Vec<_> = words
            .words
            .iter()
            .map(|word| &line[word.span.clone()])
            .collect();
        assert_eq!(found, ["a", "'k'=\"v w\"", "x=y=z", "'='"]);
        let equals: Vec<_> = words.words.iter().map(|word| word.equals).collect();
        assert_eq!(equals, [None, Some(5), Some(13), None]);
        assert_eq!(words.end, line.len() - 1);
    }

    #[test]
    fn what_is_quoted_is_one_word_again() {
        for (text, expected) in [
            ("disk0", "disk0"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("{}", "'{}'"),
            ("#1", "'#1'"),
            ("|", "'|'"),
            ("/machine/peripheral", "/machine/peripheral"),
            ("a\\b\"c\nd", "'a\\b\"c\nd'"),
        ] {
            assert_eq!(quote(text), expected);
            let words = Words::of_line(&quote(text), 0).words;
            assert_eq!(words[0].text, text);
        }
    }
}
