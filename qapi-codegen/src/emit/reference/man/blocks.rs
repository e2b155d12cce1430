//! The markup tree as roff.

use super::inline::{spans, spans_in};
use super::roff::{Font, Roff, Sign, Span};
use crate::markup::{Block, Cell, Document, ExchangeLine, Inline, ListKind};

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
                let cells = |row: &Vec<Cell>| row.iter().map(|cell| spans(cell)).collect();
                let rows: Vec<Vec<Vec<Span>>> = rows.iter().map(cells).collect();
                let header: Vec<Vec<Span>> = header
                    .iter()
                    .map(|cell| spans_in(Font::Bold, cell))
                    .collect();
                self.table(&header, &rows);
            }
            Block::Quote(blocks) => {
                self.space();
                self.inside("4", |roff| roff.blocks(blocks));
            }
        }
    }

    /// Writes what is made of lines as they are.
    fn lines(&mut self, block: &Block) {
        match block {
            Block::Literal { text, .. } | Block::Unknown(text) => self.verbatim(text.split('\n')),
            Block::Exchange(lines) => {
                let lines: Vec<String> = lines.iter().map(exchange).collect();
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
        let mut tag = Vec::new();
        if !word.is_empty() {
            tag.push(Span::bold(word));
        }
        if !word.is_empty() && !title.is_empty() {
            tag.push(Span::bold(": "));
        }
        tag.extend(spans_in(Font::Bold, title));
        self.tagged(&tag, |roff| match blocks {
            // Indented already.
            [block @ (Block::Literal { .. } | Block::Exchange(_))] => roff.lines(block),
            blocks => roff.blocks(blocks),
        });
    }
}

fn exchange(line: &ExchangeLine) -> String {
    match line.sender {
        Some(sender) => format!("{} {}", sender.arrow(), line.text),
        None => line.text.clone(),
    }
}
