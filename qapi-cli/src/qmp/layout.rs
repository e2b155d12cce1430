//! How JSON is shown to people and to pipes.

use std::borrow::Cow;
use std::io::{self, Write};

use clap::Args;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How much space a JSON text is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// A line for each member and element.
    Pretty,
    /// One line, no spaces.
    Compact,
}

/// Which layout the command line asks for.
#[derive(Debug, Args)]
pub(super) struct Shape {
    /// Print the reply over many lines, as on a terminal
    #[arg(long, short, conflicts_with = "compact")]
    pretty: bool,
    /// Print the reply on one line, as into a file or pipe
    #[arg(long, visible_alias = "json")]
    compact: bool,
}

impl Shape {
    pub(super) fn layout(&self, terminal: bool) -> Layout {
        match self.pretty || (terminal && !self.compact) {
            true => Layout::Pretty,
            false => Layout::Compact,
        }
    }
}

/// Writes the valid text `json` with new whitespace. Strings, numbers and the order of members stay; only characters that
/// a terminal would obey, which JSON allows from U+007F on, are escaped. Over many lines, for people, other characters are not:
/// QEMU escapes all beyond ASCII.
pub(super) fn write_json(json: &str, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    let mut depth = 0;
    let mut rest = json;
    while let Some(character) = rest.chars().next() {
        let length = match character {
            '"' => string_length(rest),
            _ => character.len_utf8(),
        };
        let (token, after) = rest.split_at(length);
        rest = after.trim_ascii_start();
        let empty = rest.starts_with(['}', ']']);
        match character {
            '"' if layout == Layout::Pretty => write_string(&unescaped(token), out)?,
            '"' => write_string(token, out)?,
            '{' | '[' if empty => {
                // The closing bracket comes next, on the same line.
                out.write_all(token.as_bytes())?;
                let (closing, after) = rest.split_at(1);
                out.write_all(closing.as_bytes())?;
                rest = after.trim_ascii_start();
            }
            '{' | '[' => {
                depth += 1;
                out.write_all(token.as_bytes())?;
                break_line(depth, layout, out)?;
            }
            '}' | ']' => {
                depth -= 1;
                break_line(depth, layout, out)?;
                out.write_all(token.as_bytes())?;
            }
            ',' => {
                out.write_all(b",")?;
                break_line(depth, layout, out)?;
            }
            ':' if layout == Layout::Pretty => out.write_all(b": ")?,
            _ => out.write_all(token.as_bytes())?,
        }
    }
    Ok(())
}

fn break_line(depth: usize, layout: Layout, out: &mut dyn Write) -> io::Result<()> {
    match layout {
        Layout::Pretty => write!(out, "\n{:width$}", "", width = 2 * depth),
        Layout::Compact => Ok(()),
    }
}

/// The length of the string that `json` begins with, its quotes included.
fn string_length(json: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in json.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    json.len()
}

/// The string with what it escapes and people can read as it is. What has no place of its own, or more than one way to be
/// shown, stays: marks, signs that turn the direction, spaces.
fn unescaped(string: &str) -> Cow<'_, str> {
    if !string.contains("\\u") {
        return string.into();
    }
    let mut text = String::with_capacity(string.len());
    let mut rest = string;
    while let Some((before, escape)) = rest.split_once('\\') {
        text += before;
        // A character beyond the first 65536 is two escapes.
        let readable = [6, 12].into_iter().find_map(|length| {
            let escape = rest.get(before.len()..before.len() + length)?;
            let text: String = serde_json::from_str(&format!("\"{escape}\"")).ok()?;
            let mut characters = text.chars();
            match (characters.next()?, characters.next()) {
                (character, None) if is_readable(character) => Some((character, length)),
                _ => None,
            }
        });
        match readable {
            Some((character, length)) => {
                text.push(character);
                rest = &rest[before.len() + length..];
            }
            None => {
                // With what follows the backslash, which may be another.
                let length = 1 + escape.chars().next().map_or(0, char::len_utf8);
                text += &rest[before.len()..before.len() + length];
                rest = &rest[before.len() + length..];
            }
        }
    }
    (text + rest).into()
}

fn is_readable(character: char) -> bool {
    !character.is_ascii() && !character.is_whitespace() && character.width().unwrap_or(0) > 0
}

fn write_string(string: &str, out: &mut dyn Write) -> io::Result<()> {
    for part in string.split_inclusive(char::is_control) {
        match part.chars().next_back() {
            Some(control) if control.is_control() => {
                let plain = &part[..part.len() - control.len_utf8()];
                write!(out, "{plain}\\u{:04x}", u32::from(control))?;
            }
            _ => out.write_all(part.as_bytes())?,
        }
    }
    Ok(())
}

/// A message with the server's words in it, without what a terminal would obey.
pub(super) fn legible(message: &str) -> String {
    let shown = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    message.chars().map(shown).collect()
}

/// The same for what is a part of a line, which it does not end.
pub(super) fn legible_word(word: &str) -> String {
    legible(word).replace('\n', "\u{fffd}")
}

/// Rows of cells as lines, with what belongs together below each other. One cell that is longer than all reason does not push
/// the others out of sight.
pub(super) fn columns<R: AsRef<[String]>>(rows: impl IntoIterator<Item = R>) -> Vec<String> {
    let rows: Vec<R> = rows.into_iter().collect();
    let mut widths = Vec::new();
    for row in &rows {
        for (at, cell) in row.as_ref().iter().enumerate() {
            let width = cell.width().min(40);
            match widths.get_mut(at) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let line = |row: &R| {
        let cells = row.as_ref().iter().zip(&widths);
        let padded = cells.map(|(cell, width)| {
            let missing = width.saturating_sub(cell.width());
            format!("{cell}{:missing$}", "")
        });
        let padded: Vec<String> = padded.collect();
        padded.join("  ").trim_end_matches(' ').to_owned()
    };
    rows.iter().map(line).collect()
}

/// As much of a text as has room in so many columns.
pub(super) fn cut(text: &str, columns: usize) -> String {
    match fitting(text, columns) == text {
        true => text.to_owned(),
        false => format!("{}…", fitting(text, columns.saturating_sub(1))),
    }
}

/// The beginning of a text, as far as it has room in so many columns.
pub(super) fn fitting(text: &str, columns: usize) -> &str {
    let mut width = 0;
    for (at, character) in text.char_indices() {
        width += character.width().unwrap_or(0);
        if width > columns {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out() {
        for (json, pretty, compact) in [
            ("1.50e3", "1.50e3", "1.50e3"),
            ("{ }", "{}", "{}"),
            (
                "{\"b\": [1,\n {\"x\" : null}, []], \"a\": \"x: {\\\"}, \\\\\"}",
                "{\n  \"b\": [\n    1,\n    {\n      \"x\": null\n    },\n    []\n  ],\n  \"a\": \"x: {\\\"}, \\\\\"\n}",
                "{\"b\":[1,{\"x\":null},[]],\"a\":\"x: {\\\"}, \\\\\"}",
            ),
            (
                "\"a\u{9b}2J\u{7f}é\"",
                "\"a\\u009b2J\\u007fé\"",
                "\"a\\u009b2J\\u007fé\"",
            ),
        ] {
            for (layout, expected) in [(Layout::Pretty, pretty), (Layout::Compact, compact)] {
                let mut out = Vec::new();
                write_json(json, layout, &mut out).unwrap();
                assert_eq!(String::from_utf8(out).unwrap(), expected);
            }
        }
    }

    /// Whatever is shown otherwise says the same.
    #[test]
    fn people_read_characters_and_no_escapes() {
        for (json, expected) in [
            (r#""plain""#, r#""plain""#),
            (r#""\u00FCn \u65E5\u672c!""#, r#""ün 日本!""#),
            (r#""\ud83d\uDE00\u00e9""#, r#""😀é""#),
            // Neither half of a character, nor what is no escape at all.
            (r#""\ud83d x\ude00""#, r#""\ud83d x\ude00""#),
            (r#""\\u00fc \\\u00fc""#, r#""\\u00fc \\ü""#),
            // What is ASCII was escaped for a reason; the others are not seen, or not as they are.
            (r#""\u0022 \u001b \u009b""#, r#""\u0022 \u001b \u009b""#),
            (
                r#""\u202e \u0301 \u2028 \u00a0 \ufeff""#,
                r#""\u202e \u0301 \u2028 \u00a0 \ufeff""#,
            ),
            (r#""\n\u00fc\"""#, r#""\nü\"""#),
        ] {
            let shown = |layout| {
                let mut out = Vec::new();
                write_json(json, layout, &mut out).unwrap();
                String::from_utf8(out).unwrap()
            };
            assert_eq!(shown(Layout::Pretty), expected);
            assert_eq!(shown(Layout::Compact), json);
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
            assert_eq!(value(expected), value(json));
        }
    }

    #[test]
    fn cells_stand_below_each_other() {
        let long = "x".repeat(50);
        let rows = [
            vec!["a", "b"],
            vec!["ä\u{1b}", "", "c"],
            vec!["日本", "b"],
            vec![&long, "b"],
        ];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let expected = [
            format!("a{:41}b", ""),
            format!("ä\u{1b}{:43}c", ""),
            format!("日本{:38}b", ""),
            format!("{long}  b"),
        ];
        assert_eq!(columns(rows), expected);
        assert_eq!(columns(Vec::<Vec<String>>::new()), Vec::<String>::new());
    }

    #[test]
    fn what_is_too_long_is_cut() {
        for (text, columns, expected) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("日本", 4, "日本"),
            ("日本", 3, "日…"),
            ("a", 0, "…"),
        ] {
            assert_eq!(cut(text, columns), expected);
        }
    }

    #[test]
    fn messages_do_not_move_the_cursor() {
        assert_eq!(legible("a\u{1b}[2J\nb"), "a\u{fffd}[2J\nb");
        assert_eq!(legible_word("a\u{1b}\nb"), "a\u{fffd}\u{fffd}b");
    }
}
