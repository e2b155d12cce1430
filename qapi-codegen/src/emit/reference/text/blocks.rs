//! The markup tree as text.

use super::table;
use super::writer::Writer;
use crate::markup::{Block, Cell, Document, Inline, ListKind, Place, places};

impl Writer {
    /// Writes a document, with a blank line before it that keeps it apart from other text.
    pub fn document(&mut self, document: &Document) {
        self.blocks(&document.blocks);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            if at > 0 {
                self.gap();
            }
            self.block(block);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, inlines } => {
                self.heading(usize::from(*level) + 1, &running(inlines));
            }
            Block::Paragraph(inlines) => self.paragraph(&running(inlines)),
            Block::List { kind, items } => self.list(*kind, items),
            Block::Definitions(entries) => {
                for (at, entry) in entries.iter().enumerate() {
                    if at > 0 {
                        self.gap();
                    }
                    self.paragraph(&running(&entry.term));
                    self.inside(|writer| writer.blocks(&entry.blocks));
                }
            }
            Block::Lines(lines) => lines.iter().for_each(|line| self.line(&running(line))),
            Block::Literal { text, .. } | Block::Unknown(text) => {
                self.inside(|writer| text.split('\n').for_each(|line| writer.line(line)));
            }
            Block::Exchange(lines) => {
                self.inside(|writer| lines.iter().for_each(|line| writer.line(&line.to_string())));
            }
            Block::Example { title, blocks, .. } => self.titled("Example", title, blocks),
            Block::Admonition {
                kind,
                title,
                blocks,
            } => match title.is_empty() {
                true => self.titled(kind.label(), &[], blocks),
                false => self.titled("", title, blocks),
            },
            Block::Table {
                title,
                header,
                rows,
            } => {
                if !title.is_empty() {
                    self.paragraph(&running(title));
                    self.gap();
                }
                let lines = table::lines(
                    &texts(header, rows),
                    header.len(),
                    self.width().min(table::WIDEST),
                );
                lines.iter().for_each(|line| self.line(line));
            }
            Block::Quote(blocks) => self.inside(|writer| writer.blocks(blocks)),
        }
    }

    fn list(&mut self, kind: ListKind, items: &[Vec<Block>]) {
        // Short items read better without blank lines between them.
        let tight = items
            .iter()
            .all(|item| matches!(&item[..], [] | [Block::Paragraph(_)]));
        for (at, item) in items.iter().enumerate() {
            if at > 0 && !tight {
                self.gap();
            }
            self.item(&kind.sign(at), |writer| writer.blocks(item));
        }
    }

    /// Something with a title and its content indented below.
    fn titled(&mut self, word: &str, title: &[Inline], blocks: &[Block]) {
        let title = running(title);
        let title = match (word.is_empty(), title.is_empty()) {
            (_, true) => word.to_owned(),
            (true, false) => title,
            (false, false) => format!("{word}: {title}"),
        };
        match title.ends_with(':') {
            true => self.paragraph(&title),
            false => self.paragraph(&format!("{title}:")),
        }
        // An exchange is indented by itself.
        match blocks {
            [Block::Exchange(_) | Block::Literal { .. }] => self.blocks(blocks),
            _ => self.inside(|writer| writer.blocks(blocks)),
        }
    }
}

/// The places of a table as texts.
fn texts(header: &[Vec<Cell>], rows: &[Vec<Cell>]) -> Vec<Vec<table::Text>> {
    let text = |place: &Place<'_>| match place {
        Place::Begin(cell) => table::Text {
            lines: lines(&cell.blocks),
            columns: cell.columns,
        },
        Place::Left | Place::Above => table::Text::default(),
    };
    let rows = places(header.iter().chain(rows));
    rows.iter()
        .map(|row| row.iter().map(text).collect())
        .collect()
}

/// What a cell holds, a line for each paragraph, item and line of an example.
fn lines(blocks: &[Block]) -> Vec<String> {
    let mut writer = Writer::new(usize::MAX / 2);
    writer.blocks(blocks);
    let text = writer.finish();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Running text. Names and literals keep one backtick on either side, so that one sees where they end.
fn running(inlines: &[Inline]) -> String {
    let mut out = String::new();
    for inline in inlines {
        match inline {
            Inline::Text(text) => out.push_str(text),
            Inline::Emphasis(text) => enclose(&mut out, "*", text),
            Inline::Strong(text) => enclose(&mut out, "**", text),
            Inline::Literal(text) | Inline::Member(text) => enclose(&mut out, "`", text),
            Inline::Reference {
                role,
                target,
                label,
            } => match (role.as_deref(), label) {
                // What is outside of the schema has a title, no name.
                (Some(role), Some(label)) if !role.starts_with("qapi:") => out.push_str(label),
                _ => enclose(&mut out, "`", label.as_ref().unwrap_or(target)),
            },
            Inline::Link { text, url } if text == url => out.push_str(url),
            Inline::Link { text, url } => {
                out.push_str(text);
                enclose(&mut out, "", &format!(" ({url})"));
            }
        }
    }
    out
}

fn enclose(out: &mut String, sign: &str, text: &str) {
    out.push_str(sign);
    out.push_str(text);
    out.push_str(sign);
}

#[cfg(test)]
mod tests {
    use super::Writer;
    use crate::markup::parse_body;

    #[test]
    fn a_wide_cell_does_not_make_every_row_wide() {
        let long = "x".repeat(10_000);
        let rows = "          * - a\n            - b\n".repeat(1_000);
        let text = format!(
            ".. list-table::\n\n   * - .. list-table::\n\n          * - {long}\n            - b\n{rows}"
        );
        let mut writer = Writer::default();
        writer.document(&parse_body(&text));
        let size = writer.finish().len();
        assert!(size < 40 * text.len(), "{size} of {}", text.len());
    }
}
