//! The markup tree as roff.

use super::inline::{spans, spans_in};
use super::roff::{Font, Roff, Sign, Span};
use crate::markup::{Block, Document, Inline, ListKind, Place, places};

impl Roff {
    /// Writes a document.
    pub(super) fn document(&mut self, document: &Document) {
        self.blocks(&document.blocks);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { inlines, .. } => self.paragraph(&spans_in(Font::Bold, inlines)),
            Block::Paragraph(inlines) => self.paragraph(&spans(inlines)),
            Block::List { kind, items } => self.list(*kind, items),
            Block::Definitions(entries) => {
                for entry in entries {
                    self.tagged(&spans(&entry.term), |roff| roff.blocks(&entry.blocks));
                }
            }
            Block::Lines(lines) => {
                self.begin_paragraph();
                for (at, line) in lines.iter().enumerate() {
                    match at {
                        0 => self.words(&spans(line)),
                        _ => self.line(&spans(line)),
                    }
                }
            }
            Block::Literal { .. } | Block::Unknown(_) | Block::Exchange(_) => {
                self.space();
                self.inside("4", |roff| roff.lines(block));
            }
            Block::Example { title, blocks, .. } => self.titled("Example", title, blocks),
            Block::Admonition {
                kind,
                title,
                blocks,
            } => self.titled(kind.label(), title, blocks),
            Block::Table {
                title,
                header,
                rows,
            } => {
                if !title.is_empty() {
                    self.paragraph(&spans_in(Font::Bold, title));
                }
                self.table(&places(header.iter().chain(rows)), header.len());
            }
            Block::Quote(blocks) => {
                self.space();
                self.inside("4", |roff| roff.blocks(blocks));
            }
        }
    }

    /// Writes a table; so many of its rows are its header.
    fn table(&mut self, rows: &[Vec<Place<'_>>], headed: usize) {
        if rows.iter().all(Vec::is_empty) {
            return;
        }
        let format = |(at, row): (usize, &Vec<Place<'_>>)| {
            let cells = row.iter().map(|place| match place {
                Place::Left => "s",
                _ if at < headed => "lb",
                _ => "lx",
            });
            cells.collect::<Vec<_>>().join(" ")
        };
        let mut formats: Vec<String> = rows.iter().enumerate().map(format).collect();
        // The last holds for all rows that there are more.
        while matches!(&formats[..], [.., before, last] if before == last) {
            formats.pop();
        }
        self.begin_table(&formats);
        for (at, row) in rows.iter().enumerate() {
            self.row(row.iter().filter_map(|place| match place {
                Place::Begin(cell) if at < headed => Some(bold(cell_lines(&cell.blocks))),
                Place::Begin(cell) => Some(cell_lines(&cell.blocks)),
                Place::Left => None,
                Place::Above => Some(Vec::new()),
            }));
        }
        self.end_table();
    }

    /// Writes what is made of lines as they are.
    fn lines(&mut self, block: &Block) {
        match block {
            Block::Literal { text, .. } | Block::Unknown(text) => self.verbatim(text.split('\n')),
            Block::Exchange(lines) => {
                let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
                self.verbatim(lines.iter().map(String::as_str));
            }
            _ => {}
        }
    }

    fn list(&mut self, kind: ListKind, items: &[Vec<Block>]) {
        for (at, item) in items.iter().enumerate() {
            let sign = match kind {
                ListKind::Bullet => Sign::Bullet,
                ListKind::Numbered { start, numbering } => {
                    Sign::Number(numbering.of_item(start, at))
                }
            };
            match &item[..] {
                [Block::Paragraph(first), rest @ ..] => {
                    self.item(sign, &spans(first), |roff| roff.blocks(rest));
                }
                blocks => self.item(sign, &[], |roff| roff.blocks(blocks)),
            }
        }
    }

    /// Something with a title and its content indented below.
    fn titled(&mut self, word: &str, title: &[Inline], blocks: &[Block]) {
        self.tagged(&headline(word, title), |roff| match blocks {
            // Indented already.
            [block @ (Block::Literal { .. } | Block::Exchange(_))] => roff.lines(block),
            blocks => roff.blocks(blocks),
        });
    }
}

/// A word and a title, of which either may be missing.
fn headline(word: &str, title: &[Inline]) -> Vec<Span> {
    let mut line = Vec::new();
    if !word.is_empty() {
        line.push(Span::bold(word));
    }
    if !word.is_empty() && !title.is_empty() {
        line.push(Span::bold(": "));
    }
    line.extend(spans_in(Font::Bold, title));
    line
}

/// The same lines, all of them in bold.
fn bold(mut lines: Vec<Vec<Span>>) -> Vec<Vec<Span>> {
    let spans = lines.iter_mut().flatten();
    spans.for_each(|span| span.font = Font::Bold);
    lines
}

/// What a cell holds, a line for each paragraph, item and line of an example.
fn cell_lines(blocks: &[Block]) -> Vec<Vec<Span>> {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { inlines, .. } => lines.push(spans_in(Font::Bold, inlines)),
            Block::Paragraph(inlines) => lines.push(spans(inlines)),
            Block::Lines(all) => lines.extend(all.iter().map(|line| spans(line))),
            Block::List { kind, items } => {
                for (at, item) in items.iter().enumerate() {
                    let sign = kind.sign(at);
                    let mut inner = cell_lines(item);
                    match inner.first_mut() {
                        Some(first) => first.insert(0, Span::roman(&sign)),
                        None => inner.push(vec![Span::roman(&sign)]),
                    }
                    lines.extend(inner);
                }
            }
            Block::Definitions(entries) => {
                for entry in entries {
                    lines.push(spans(&entry.term));
                    lines.extend(cell_lines(&entry.blocks));
                }
            }
            Block::Literal { text, .. } | Block::Unknown(text) => {
                lines.extend(text.lines().map(|line| vec![Span::bold(line)]));
            }
            Block::Exchange(all) => {
                lines.extend(all.iter().map(|line| vec![Span::bold(&line.to_string())]));
            }
            Block::Example { title, blocks, .. } | Block::Admonition { title, blocks, .. } => {
                let word = match block {
                    Block::Admonition { kind, .. } => kind.label(),
                    _ => "Example",
                };
                lines.push(headline(word, title));
                lines.extend(cell_lines(blocks));
            }
            Block::Table {
                title,
                header,
                rows,
            } => {
                lines.push(spans_in(Font::Bold, title));
                for row in header.iter().chain(rows) {
                    let mut line = Vec::new();
                    for part in row.iter().flat_map(|cell| cell_lines(&cell.blocks)) {
                        if !line.is_empty() {
                            line.push(Span::roman(" | "));
                        }
                        line.extend(part);
                    }
                    lines.push(line);
                }
            }
            Block::Quote(blocks) => lines.extend(cell_lines(blocks)),
        }
    }
    lines.retain(|line| line.iter().any(|span| !span.text.trim().is_empty()));
    lines
}
