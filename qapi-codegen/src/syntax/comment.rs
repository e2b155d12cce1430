//! Documentation comments: the lines as they stand, and what a line may say by how it begins.

use super::tree::{Key, SectionKind};
use crate::diagnostic::{Code, Diagnostic, Sink};
use crate::source::Span;

/// Where a line of a documentation comment stands: there are tens of thousands, so that their text is not copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawLine {
    /// The `#`.
    pub(crate) hash: u32,
    /// Where the text begins: after `# `, or after the `#` if the space is missing.
    pub(crate) start: u32,
    /// The end of the line.
    pub(crate) end: u32,
}

/// A line of a documentation comment, without `# `.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    pub(crate) text: &'t str,
    /// From the `#` to the end of the line.
    pub(crate) span: Span,
    /// Where the text begins.
    start: u32,
}

impl Line<'_> {
    /// The span of a part of the text, given in bytes.
    pub(crate) fn part(&self, start: usize, end: usize) -> Span {
        Span {
            start: self.start + start as u32,
            end: self.start + end as u32,
            ..self.span
        }
    }
}

/// A documentation comment before the dialect is known.
#[derive(Debug)]
pub(crate) struct RawDocument {
    /// The line of the opening `##`.
    pub(crate) span: Span,
    pub(crate) symbol: Option<Key>,
    pub(crate) lines: Vec<RawLine>,
    /// Where it ends: the line of the closing `##`, or what stands in its place.
    pub(crate) end: Span,
    /// Its closing `##` is missing.
    pub(crate) unfinished: bool,
    /// What is wrong with its frame.
    pub(crate) faults: Sink,
    /// How many diagnostics there were before it: its own belong after these.
    pub(crate) position: usize,
}

/// Most comments have no more lines.
const USUAL_LINES: usize = 16;

impl RawDocument {
    pub(crate) fn new(span: Span, position: usize) -> Self {
        RawDocument {
            span,
            symbol: None,
            lines: Vec::with_capacity(USUAL_LINES),
            end: span,
            unfinished: false,
            faults: Sink::default(),
            position,
        }
    }

    /// The lines; `file` is the text of the file that the comment stands in.
    pub(crate) fn lines<'t>(&self, file: &'t str) -> impl Iterator<Item = Line<'t>> {
        self.lines.iter().map(move |raw| Line {
            text: file[raw.start as usize..raw.end as usize].trim_end(),
            span: Span {
                start: raw.hash,
                end: raw.end,
                ..self.span
            },
            start: raw.start,
        })
    }

    /// symbol line = "@" NAME ":"
    pub(crate) fn find_symbol(&mut self, file: &str) {
        let Some(line) = self.lines(file).next() else {
            return;
        };
        let Some(name) = line.text.strip_prefix('@') else {
            return;
        };
        let span = line.part(0, line.text.len());
        let error = |message: &str| Diagnostic::error(Code::SymbolLine, line.span, message);
        let text = match name.strip_suffix(':') {
            Some("") => {
                self.faults
                    .push(error("a name is missing after `@`").label(span, ""));
                name.trim_end_matches(':')
            }
            Some(name) => name,
            None => {
                self.faults.push(
                    error("the line that names the definition must end with `:`")
                        .label(span, "add `:` at the end, and nothing after it"),
                );
                name.split([':', ' ']).next().unwrap_or(name)
            }
        };
        let text = text.to_owned();
        self.symbol = Some(Key {
            text,
            span: line.part(1, line.text.len()),
        });
    }
}

/// description = "@" NAME ":" { " " } text: the name, and where the text begins.
pub(crate) fn description(line: &str) -> Option<(&str, usize)> {
    let rest = line.strip_prefix('@')?;
    let (name, text) = rest.split_once(':')?;
    let text = text.trim_start_matches(' ');
    Some((name, line.len() - text.len()))
}

/// tag = ("Returns" | "Errors" | …) ":" { " " } text, but not "Returns::", which is markup: the kind, its
/// name, and where the text begins.
pub(crate) fn tag(line: &str) -> Option<(SectionKind, &str, usize)> {
    let (name, text) = line.split_once(':')?;
    if text.starts_with(':') {
        return None;
    }
    let (_, kind) = TAGS.iter().find(|(tag, _)| *tag == name)?;
    Some((*kind, name, line.len() - text.trim_start_matches(' ').len()))
}

pub(super) const TAGS: [(&str, SectionKind); 8] = [
    ("Returns", SectionKind::Returns),
    ("Errors", SectionKind::Errors),
    ("Since", SectionKind::Since),
    ("TODO", SectionKind::Todo),
    ("Note", SectionKind::Note),
    ("Notes", SectionKind::Notes),
    ("Example", SectionKind::Example),
    ("Examples", SectionKind::Examples),
];

/// How far a line is indented, in characters.
pub(super) fn indentation(line: &str) -> usize {
    line.chars().take_while(|ch| ch.is_whitespace()).count()
}
