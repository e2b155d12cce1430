//! What the tests of the whole way from text to Markdown share.

mod corpus;
mod directives;
mod meanings;
mod properties;
mod shape;
mod syntax;
mod tables;

use std::collections::HashSet;

use super::{Block, Document, Inline, markdown};

/// The words of a text; what they are made of is never touched by an escape.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// The words of a text that its Markdown neither shows nor has a reason to hide.
fn lost_words<'a>(text: &'a str, document: &Document) -> Vec<&'a str> {
    let shown = markdown(document, &|_| None);
    let hidden = hidden_words(document);
    words(text)
        .filter(|word| !shown.contains(word) && !hidden.contains(*word))
        .collect()
}

/// Words that are there for the parser: names of directives, options and roles, what a label
/// stands in front of, the language of a code block.
fn hidden_words(document: &Document) -> HashSet<String> {
    let names = "class dedent force linenos name number lines admonition annotated auto block list caution code csv epigraph header example golf image note replace rfc rows rubric subst sup unicode versionadded U 01 41 18446744073709551615 qmp table title widths";
    let mut hidden: HashSet<String> = words(names).map(str::to_owned).collect();
    let mut hide = |text: &str| hidden.extend(words(text).map(str::to_owned));
    visit(&document.blocks, &mut |block| {
        if let Block::Literal {
            language: Some(language),
            ..
        } = block
        {
            hide(language);
        }
    });
    for inline in inlines(&document.blocks) {
        match inline {
            Inline::Reference { role, target, .. } => {
                hide(&role.unwrap_or_default());
                hide(&target);
            }
            Inline::Link { url, .. } => hide(&url),
            // `:code:` and the like, which leave no trace in the tree.
            Inline::Literal(_) | Inline::Emphasis(_) | Inline::Strong(_) => {
                hide("literal emphasis strong");
            }
            _ => {}
        }
    }
    hidden
}

/// Calls `see` with every block, the outer ones first.
fn visit(blocks: &[Block], see: &mut dyn FnMut(&Block)) {
    for block in blocks {
        see(block);
        match block {
            Block::List { items, .. } => items.iter().for_each(|item| visit(item, see)),
            Block::Definitions(entries) => {
                entries.iter().for_each(|entry| visit(&entry.blocks, see));
            }
            Block::Example { blocks, .. }
            | Block::Admonition { blocks, .. }
            | Block::Quote(blocks) => visit(blocks, see),
            _ => {}
        }
    }
}

/// All running text.
fn inlines(blocks: &[Block]) -> Vec<Inline> {
    let mut all = Vec::new();
    visit(blocks, &mut |block| match block {
        Block::Heading { inlines, .. } | Block::Paragraph(inlines) => {
            all.extend_from_slice(inlines);
        }
        Block::Lines(lines) => all.extend(lines.iter().flatten().cloned()),
        Block::Definitions(entries) => {
            all.extend(entries.iter().flat_map(|entry| entry.term.iter().cloned()));
        }
        Block::Example { title, .. } | Block::Admonition { title, .. } => {
            all.extend_from_slice(title);
        }
        Block::Table {
            title,
            header,
            rows,
        } => {
            all.extend_from_slice(title);
            let cells = header.iter().chain(rows).flatten();
            all.extend(cells.flat_map(|cell| inlines(&cell.blocks)));
        }
        _ => {}
    });
    all
}
