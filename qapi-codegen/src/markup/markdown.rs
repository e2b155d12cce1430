//! The tree as Markdown for rustdoc.

use super::cell;
use super::tree::{Block, Cell, Definition, Document, Inline, ListKind, Numbering, Place, places};
use super::words::{Resolve, Words, longest_run};

/// Columns that a line may take: a doc comment indented by four columns then ends at column 100.
const WIDTH: usize = 92;

/// Columns that a line may take however deep its list is nested.
const MIN_WIDTH: usize = 40;

/// Renders a document as Markdown that rustdoc and clippy's lints for documentation accept without
/// a warning, whatever is written in it. Every line ends with `\n`.
///
/// `resolve` gets each name that the text refers to: `@name` with its sign for a member, `name`
/// for what stands in single backticks, which is a definition. Where it returns the target of an
/// intra-doc link, the name links to that; a target equal to the name becomes a link without a
/// target of its own. Where it returns `None`, the name is shown as code. rustdoc warns of a target
/// that the name alone would lead to, so a path to an item that is in scope under this very name
/// must be the name itself or say its namespace, as in `type@crate::types::BlockInfo`.
///
/// Paragraphs are filled to 92 columns. Preformatted text is in fences that name a language other
/// than Rust, so that no doctest comes of it.
///
/// ```
/// use qapi_codegen::markup::{markdown, parse};
///
/// let document = parse("Wait for `STOP`; 2 * 2 options, --force::\n\n  -> stop");
/// let text = markdown(&document, &|name| (name == "STOP").then(|| "super::Stop".to_owned()));
/// assert_eq!(
///     text,
///     "Wait for [`STOP`](super::Stop); 2 \\* 2 options, -\\-force:\n\n```text\n-> stop\n```\n",
/// );
/// ```
pub fn markdown(document: &Document, resolve: &dyn Fn(&str) -> Option<String>) -> String {
    let mut writer = Writer {
        out: String::new(),
        prefix: String::new(),
        opening: None,
        resolve,
    };
    writer.blocks(&document.blocks);
    writer.out
}

struct Writer<'a> {
    out: String,
    /// What stands before every line of the containers around it.
    prefix: String,
    /// What stands before the next line in place of the prefix: the markers just opened.
    opening: Option<String>,
    resolve: Resolve<'a>,
}

impl<'a> Writer<'a> {
    fn blocks(&mut self, blocks: &[Block]) {
        let mut last = None;
        let mut alternate = false;
        for block in blocks {
            if last.is_some() {
                self.line("");
            }
            // Only its markers tell a list from one of its kind right before it.
            let this = marker_shape(block);
            alternate = last == Some(this) && this != Shape::Other && !alternate;
            self.block(block, alternate);
            last = Some(this);
        }
    }

    fn block(&mut self, block: &Block, alternate: bool) {
        match block {
            Block::Heading { level, inlines } => {
                let sign = "#".repeat(usize::from(*level).clamp(1, 6));
                let title = self.words().inlines(inlines).line();
                self.line(&format!("{sign} {title}"));
            }
            Block::Paragraph(inlines) => self.fill(&self.words().inlines(inlines)),
            Block::List { kind, items } => self.list(*kind, items, alternate),
            Block::Definitions(entries) => self.definitions(entries, alternate),
            Block::Lines(lines) => self.line_block(lines),
            Block::Literal { language, text } => {
                self.fence(language.as_deref(), text.split('\n').map(str::to_owned));
            }
            Block::Unknown(text) => self.fence(None, text.split('\n').map(str::to_owned)),
            Block::Exchange(lines) => self.fence(None, lines.iter().map(ToString::to_string)),
            Block::Example { title, blocks, .. } => {
                let label = if title.is_empty() {
                    "Example"
                } else {
                    "Example: "
                };
                let mut heading = vec![Inline::Text(label.to_owned())];
                heading.extend_from_slice(title);
                self.fill(&self.words().strong(&heading, ""));
                self.following(blocks);
            }
            Block::Admonition {
                kind,
                title,
                blocks,
            } => {
                let label = [Inline::Text(kind.label().to_owned())];
                let title = if title.is_empty() { &label } else { &title[..] };
                self.enter("> ", "> ");
                self.admonition(title, blocks);
                self.leave("> ");
            }
            Block::Table {
                title,
                header,
                rows,
            } => self.table(title, header, rows),
            Block::Quote(blocks) => {
                self.enter("> ", "> ");
                self.blocks(blocks);
                self.leave("> ");
            }
        }
    }

    /// Blocks below something of their own container.
    fn following(&mut self, blocks: &[Block]) {
        if !blocks.is_empty() {
            self.line("");
            self.blocks(blocks);
        }
    }

    fn list(&mut self, kind: ListKind, items: &[Vec<Block>], alternate: bool) {
        // With blank lines between, every item becomes a paragraph; short ones read better without.
        let tight = items
            .iter()
            .all(|item| matches!(&item[..], [] | [Block::Paragraph(_)]));
        for (at, item) in items.iter().enumerate() {
            if at > 0 && !tight {
                self.line("");
            }
            let marker = match (kind, alternate) {
                (
                    ListKind::Numbered {
                        start,
                        numbering: numbering @ Numbering::Arabic,
                    },
                    _,
                ) => {
                    let end = if alternate { ")" } else { "." };
                    format!("{}{end} ", numbering.of_item(start, at))
                }
                (_, false) => "- ".to_owned(),
                (_, true) => "* ".to_owned(),
            };
            let indent = " ".repeat(marker.len());
            self.enter(&marker, &indent);
            match kind {
                ListKind::Numbered { start, numbering } if numbering != Numbering::Arabic => {
                    self.lettered(&numbering.of_item(start, at), item);
                }
                _ => self.blocks(item),
            }
            self.leave(&indent);
        }
    }

    /// An item whose number is a letter or Roman: Markdown has no such list, so the number is part of the text.
    fn lettered(&mut self, number: &str, item: &[Block]) {
        let number = Inline::Text(format!("{number}. "));
        let (first, rest) = match item {
            [Block::Paragraph(first), rest @ ..] => (&first[..], rest),
            all => (&[][..], all),
        };
        let text: Vec<Inline> = std::iter::once(number)
            .chain(first.iter().cloned())
            .collect();
        self.fill(&self.words().inlines(&text));
        self.following(rest);
    }

    /// Markdown has no such list; a bulleted one with the terms as first paragraphs is closest.
    fn definitions(&mut self, entries: &[Definition], alternate: bool) {
        for (at, entry) in entries.iter().enumerate() {
            if at > 0 {
                self.line("");
            }
            self.enter(if alternate { "* " } else { "- " }, "  ");
            self.fill(&self.words().inlines(&entry.term));
            self.following(&entry.blocks);
            self.leave("  ");
        }
    }

    fn admonition(&mut self, title: &[Inline], blocks: &[Block]) {
        let words = self.words().strong(title, ":");
        match blocks {
            [Block::Paragraph(inlines), rest @ ..] => {
                self.fill(&words.inlines(inlines));
                self.following(rest);
            }
            _ => {
                self.fill(&words);
                self.following(blocks);
            }
        }
    }

    fn line_block(&mut self, lines: &[Vec<Inline>]) {
        let lines: Vec<String> = lines
            .iter()
            .flat_map(|line| self.words().inlines(line).fill(usize::MAX))
            .collect();
        for (at, line) in lines.iter().enumerate() {
            let line_break = if at + 1 < lines.len() { "\\" } else { "" };
            self.line(&format!("{line}{line_break}"));
        }
    }

    fn table(&mut self, title: &[Inline], header: &[Vec<Cell>], rows: &[Vec<Cell>]) {
        if !title.is_empty() {
            self.fill(&self.words().strong(title, ""));
            self.line("");
        }
        let rows = places(header.iter().chain(rows));
        let columns = rows.first().map_or(0, Vec::len);
        // Markdown knows no table without a header, so it may be empty, and none with more than one row.
        if header.is_empty() {
            self.row(&vec![Place::Above; columns]);
        }
        for (at, row) in rows.iter().enumerate() {
            if at == usize::from(!header.is_empty()) {
                self.line(&format!("|{}", "---|".repeat(columns)));
            }
            self.row(row);
        }
        if rows.len() < 2 && !header.is_empty() {
            self.line(&format!("|{}", "---|".repeat(columns)));
        }
    }

    fn row(&mut self, places: &[Place<'_>]) {
        let mut line = "|".to_owned();
        for place in places {
            let text = match place {
                Place::Begin(cell) => cell::lines(&cell.blocks, self.resolve).join("<br>"),
                Place::Left | Place::Above => String::new(),
            };
            line.push_str(&format!(" {text} |"));
        }
        self.line(&line);
    }

    fn fence(&mut self, language: Option<&str>, lines: impl Iterator<Item = String>) {
        let lines: Vec<String> = lines.collect();
        let longest = lines
            .iter()
            .map(|line| longest_run(line))
            .max()
            .unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let language = if language == Some("json") {
            "json"
        } else {
            "text"
        };
        self.line(&format!("{fence}{language}"));
        for line in &lines {
            self.line(line);
        }
        self.line(&fence);
    }

    fn words(&self) -> Words<'a> {
        Words::new(self.resolve)
    }

    fn fill(&mut self, words: &Words<'_>) {
        let width = WIDTH.saturating_sub(self.prefix.len()).max(MIN_WIDTH);
        for line in words.fill(width) {
            self.line(&line);
        }
    }

    /// Opens a container: `marker` stands before its first line, `prefix` before all others.
    fn enter(&mut self, marker: &str, prefix: &str) {
        let before = self.opening.take().unwrap_or_else(|| self.prefix.clone());
        self.opening = Some(before + marker);
        self.prefix.push_str(prefix);
    }

    /// Closes the container that was opened with `prefix`. An empty one is its marker alone.
    fn leave(&mut self, prefix: &str) {
        if self.opening.is_some() {
            self.line("");
        }
        self.prefix.truncate(self.prefix.len() - prefix.len());
    }

    fn line(&mut self, text: &str) {
        let start = self.out.len();
        match self.opening.take() {
            Some(opening) => self.out.push_str(&opening),
            None => self.out.push_str(&self.prefix),
        }
        self.out.push_str(text);
        let end = self.out[start..].trim_end_matches(' ').len();
        self.out.truncate(start + end);
        self.out.push('\n');
    }
}

/// What the markers of a block look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bullets,
    Numbers,
    Other,
}

fn marker_shape(block: &Block) -> Shape {
    match block {
        Block::List {
            kind:
                ListKind::Numbered {
                    numbering: Numbering::Arabic,
                    ..
                },
            ..
        } => Shape::Numbers,
        Block::List { .. } | Block::Definitions(_) => Shape::Bullets,
        _ => Shape::Other,
    }
}
