//! The cells of tables as Markdown, which has room for one line in each.

use super::tree::{Block, Inline};
use super::words::{Resolve, Words};

/// What a cell holds, a line for each paragraph, item and line of an example.
pub(super) fn lines(blocks: &[Block], resolve: Resolve<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let running = |inlines: &[Inline]| Words::in_table(resolve).inlines(inlines).line();
    let strong = |inlines: &[Inline]| Words::in_table(resolve).strong(inlines, "").line();
    let code = |line: &str| running(&[Inline::Literal(line.to_owned())]);
    for block in blocks {
        match block {
            Block::Heading { inlines, .. } => lines.push(strong(inlines)),
            Block::Paragraph(inlines) => lines.push(running(inlines)),
            Block::Lines(all) => lines.extend(all.iter().map(|line| running(line))),
            Block::List { kind, items } => {
                for (at, item) in items.iter().enumerate() {
                    let mut inner = self::lines(item, resolve).into_iter();
                    let first = inner.next().unwrap_or_default();
                    lines.push(format!("{}{first}", kind.sign(at)));
                    lines.extend(inner);
                }
            }
            Block::Definitions(entries) => {
                for entry in entries {
                    lines.push(running(&entry.term));
                    lines.extend(self::lines(&entry.blocks, resolve));
                }
            }
            Block::Literal { text, .. } | Block::Unknown(text) => {
                lines.extend(text.lines().filter(|line| !line.is_empty()).map(code));
            }
            Block::Exchange(all) => {
                let all = all.iter().map(ToString::to_string);
                lines.extend(all.filter(|line| !line.is_empty()).map(|line| code(&line)));
            }
            Block::Example { title, blocks, .. } | Block::Admonition { title, blocks, .. } => {
                let word = match block {
                    Block::Admonition { kind, .. } => kind.label(),
                    _ => "Example",
                };
                let colon = if word.is_empty() || title.is_empty() {
                    ""
                } else {
                    ": "
                };
                let mut label = vec![Inline::Text(format!("{word}{colon}"))];
                label.extend_from_slice(title);
                lines.push(strong(&label));
                lines.extend(self::lines(blocks, resolve));
            }
            Block::Table {
                title,
                header,
                rows,
            } => {
                if !title.is_empty() {
                    lines.push(strong(title));
                }
                for row in header.iter().chain(rows) {
                    let cells = row
                        .iter()
                        .flat_map(|cell| self::lines(&cell.blocks, resolve));
                    lines.push(cells.collect::<Vec<_>>().join(", "));
                }
            }
            Block::Quote(blocks) => lines.extend(self::lines(blocks, resolve)),
        }
    }
    lines
}
