//! A text without its markup, for titles, summaries and search.

use crate::markup::{Block, Document, Inline};

/// All words of a document, with a space between any two.
pub fn plain(document: &Document) -> String {
    let mut out = String::new();
    blocks(&document.blocks, &mut out);
    out
}

/// The first sentence of a document, if it begins with a paragraph.
pub fn sentence(document: &Document) -> String {
    let Some(Block::Paragraph(first)) = document.blocks.first() else {
        return String::new();
    };
    let text = line(first);
    // `e.g. this` goes on, `this.  That` does not; nor does `this. That`.
    let ends = text.match_indices(['.', '!', '?']).find(|(at, sign)| {
        let rest = &text[at + sign.len()..];
        let next = rest.trim_start().chars().next();
        rest.starts_with(' ') && !next.is_some_and(char::is_lowercase) && !abbreviates(&text[..*at])
    });
    match ends {
        Some((at, sign)) => text[..at + sign.len()].to_owned(),
        None => text,
    }
}

/// Does a text end with an abbreviation whose full stop ends no sentence?
fn abbreviates(text: &str) -> bool {
    let known = ["e.g", "i.e", "cf", "vs", "etc"];
    known.iter().any(|known| text.ends_with(known))
}

/// Running text as one line.
pub(super) fn line(text: &[Inline]) -> String {
    let mut out = String::new();
    text.iter().for_each(|one| inline(one, &mut out));
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn inline(one: &Inline, out: &mut String) {
    match one {
        Inline::Text(text)
        | Inline::Emphasis(text)
        | Inline::Strong(text)
        | Inline::Literal(text)
        | Inline::Member(text) => out.push_str(text),
        Inline::Reference { target, label, .. } => {
            out.push_str(label.as_ref().unwrap_or(target));
        }
        Inline::Link { text, .. } => out.push_str(text),
    }
}

fn words(text: &str, out: &mut String) {
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
}

fn running(text: &[Inline], out: &mut String) {
    words(&line(text), out);
}

fn blocks(list: &[Block], out: &mut String) {
    for block in list {
        match block {
            Block::Heading { inlines, .. } => running(inlines, out),
            Block::Paragraph(inlines) => running(inlines, out),
            Block::List { items, .. } => items.iter().for_each(|item| blocks(item, out)),
            Block::Definitions(entries) => entries.iter().for_each(|one| {
                running(&one.term, out);
                blocks(&one.blocks, out);
            }),
            Block::Lines(lines) => lines.iter().for_each(|line| running(line, out)),
            Block::Literal { text, .. } | Block::Unknown(text) => words(text, out),
            Block::Example {
                title,
                blocks: inner,
                ..
            } => {
                running(title, out);
                blocks(inner, out);
            }
            Block::Exchange(lines) => lines.iter().for_each(|line| words(&line.text, out)),
            Block::Admonition {
                title,
                blocks: inner,
                ..
            } => {
                running(title, out);
                blocks(inner, out);
            }
            Block::Table {
                title,
                header,
                rows,
            } => {
                running(title, out);
                let cells = header.iter().chain(rows).flatten();
                cells.for_each(|cell| blocks(&cell.blocks, out));
            }
            Block::Quote(inner) => blocks(inner, out),
        }
    }
}
