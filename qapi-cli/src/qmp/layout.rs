//! How JSON is shown to people and to pipes.

use std::io::{self, Write};

use clap::Args;

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
    #[arg(long, conflicts_with = "compact")]
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
/// a terminal would obey, which JSON allows from U+007F on, are escaped.
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
            let width = cell.chars().count().min(40);
            match widths.get_mut(at) {
                Some(widest) => *widest = width.max(*widest),
                None => widths.push(width),
            }
        }
    }
    let line = |row: &R| {
        let cells = row.as_ref().iter().zip(&widths);
        let padded = cells.map(|(cell, &width)| format!("{cell:width$}"));
        let padded: Vec<String> = padded.collect();
        padded.join("  ").trim_end_matches(' ').to_owned()
    };
    rows.iter().map(line).collect()
}

/// As much of a text as has room in so many columns.
pub(super) fn cut(text: &str, columns: usize) -> String {
    match text.char_indices().nth(columns) {
        Some(_) => {
            let kept = text.chars().take(columns.saturating_sub(1));
            kept.chain(['…']).collect()
        }
        None => text.to_owned(),
    }
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

    #[test]
    fn cells_stand_below_each_other() {
        let long = "x".repeat(50);
        let rows = [vec!["a", "b"], vec!["ä\u{1b}", "", "c"], vec![&long, "b"]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let expected = [
            format!("a{:41}b", ""),
            format!("ä\u{1b}{:43}c", ""),
            format!("{long}  b"),
        ];
        assert_eq!(columns(rows), expected);
        assert_eq!(columns(Vec::<Vec<String>>::new()), Vec::<String>::new());
    }

    #[test]
    fn messages_do_not_move_the_cursor() {
        assert_eq!(legible("a\u{1b}[2J\nb"), "a\u{fffd}[2J\nb");
        assert_eq!(legible_word("a\u{1b}\nb"), "a\u{fffd}\u{fffd}b");
    }
}
