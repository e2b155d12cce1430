//! HTML as tags and text. It is strict: the pages are made by a program, and each is to be well-formed to the letter.

use std::collections::HashMap;

/// A piece of a page.
pub(super) enum Piece<'t> {
    /// The beginning of an element, with its attributes as they are meant.
    Open(&'t str, HashMap<&'t str, String>),
    /// Its end.
    Close,
    /// Text as it is meant.
    Text(String),
}

/// Elements without an end.
const VOID: [&str; 5] = ["meta", "link", "br", "input", "wbr"];

/// The pieces of a page.
///
/// # Panics
/// An element is not closed where it should be, or something is not escaped.
pub(super) fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page
        .strip_prefix("<!DOCTYPE html>")
        .expect("a page says what it is");
    while !rest.is_empty() {
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").expect("a comment ends").1;
            continue;
        }
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            pieces.push(Piece::Text(meant(&rest[..end])));
            rest = &rest[end..];
            continue;
        };
        let (tag, after) = tag.split_once('>').expect("a tag ends");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "before {:.60}", rest);
            pieces.push(Piece::Close);
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(name.chars().all(|ch| ch.is_ascii_alphanumeric()), "<{tag}>");
        pieces.push(Piece::Open(name, read(attributes)));
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} are left open");
    pieces
}

fn read(mut text: &str) -> HashMap<&str, String> {
    let mut attributes = HashMap::new();
    while !text.is_empty() {
        let end = text.find(['=', ' ']).unwrap_or(text.len());
        let (name, after) = text.split_at(end);
        assert!(
            name.chars().all(|ch| ch.is_ascii_lowercase() || ch == '-'),
            "{name:?}"
        );
        let mut value = String::new();
        text = after;
        if let Some(quoted) = after.strip_prefix("=\"") {
            let (quoted, after) = quoted.split_once('"').expect("a value ends");
            value = meant(quoted);
            text = after;
        }
        let twice = attributes.insert(name, value);
        assert!(twice.is_none(), "{name} is given twice");
        text = text.strip_prefix(' ').unwrap_or(text);
    }
    attributes
}

/// Text without its escapes.
fn meant(text: &str) -> String {
    assert!(!text.contains(['<', '>', '"']), "{text:?} is not escaped");
    let mut out = String::new();
    let mut parts = text.split('&');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (name, after) = part.split_once(';').expect("an ampersand is escaped");
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "#39" => '\'',
            _ => panic!("&{name}; is not known here"),
        });
        out.push_str(after);
    }
    out
}

/// All text of some pieces, and what is shown when one points at an element; where elements meet there is a space.
pub(super) fn text(pieces: &[Piece<'_>]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Open(_, attributes) => {
                out.push(' ');
                if let Some(title) = attributes.get("title") {
                    out.push_str(title);
                    out.push(' ');
                }
            }
            Piece::Close => out.push(' '),
            Piece::Text(text) => out.push_str(text),
        }
    }
    out
}

/// What is between the beginning and the end of every element that `wanted` wants, by the name that it gives it.
pub(super) fn elements<'p, 't>(
    pieces: &'p [Piece<'t>],
    wanted: impl Fn(&str, &HashMap<&'t str, String>) -> Option<String>,
) -> Vec<(String, &'p [Piece<'t>])> {
    let mut found = Vec::new();
    let mut open: Vec<Option<(String, usize)>> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open(name, _) if VOID.contains(name) => {}
            Piece::Open(name, attributes) => {
                open.push(wanted(name, attributes).map(|name| (name, at + 1)));
            }
            Piece::Close => {
                if let Some(Some((name, begin))) = open.pop() {
                    found.push((name, &pieces[begin..at]));
                }
            }
            Piece::Text(_) => {}
        }
    }
    found
}
