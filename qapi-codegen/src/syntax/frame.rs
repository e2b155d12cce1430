//! The frame of a documentation comment: from `##` to `##`, every line with its `#`.
//!
//! A frame that is broken is a mistake that would make many others of it: a comment that ends too early turns the prose
//! after it into stray words, a `##` too many makes a comment of the code between two comments. So it is found out
//! here what was probably meant.

use super::comment::{RawDocument, RawLine};
use super::lexer::Lexer;
use super::parser::{Files, Parser};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::source::Span;

/// The documentation comment that waits for its definition.
#[derive(Clone, Copy)]
pub(super) enum Pending {
    Nothing,
    /// An index into the comments of the schema.
    Comment(usize),
    /// There was one, and it is told already what is wrong with it.
    Lost,
}

impl Parser<'_> {
    /// documentation = "##" { "#" [ " " text ] } "##" ; what the text means is read once the dialect is known.
    pub(super) fn documentation(
        &mut self,
        pending: Pending,
        files: &mut Files<'_>,
        sink: &mut Sink,
    ) -> Pending {
        let span = self.token.span;
        if let Some(next) = stray_frame(&self.lexer, span) {
            let pending = self.stray(pending, next, files, sink);
            self.advance(sink);
            return pending;
        }
        reject(pending, files, sink);
        let opening = self.lexer.line(span.start as usize);
        let mut raw = RawDocument::new(span, sink.len());
        if opening != "##" {
            let message = "text after the `##` that begins a documentation comment";
            let junk = self.lexer.span(span.start as usize + 2, span.end as usize);
            raw.faults.push(
                Diagnostic::error(Code::CommentFrame, span, message)
                    .label(junk, "put this on a line of its own"),
            );
        }
        let mut at = span.end as usize;
        loop {
            let start = next_line(&self.lexer, at);
            let line = self.lexer.line(start);
            let end = start + line.len();
            let here = self.lexer.span(start, end);
            if line.starts_with("##") {
                if line != "##" {
                    let message = "text after the `##` that ends a documentation comment";
                    let junk = self.lexer.span(start + 2, end);
                    raw.faults
                        .push(Diagnostic::error(Code::CommentFrame, here, message).label(junk, ""));
                }
                raw.end = here;
                at = end;
                break;
            }
            let Some(text) = line.strip_prefix('#') else {
                let marked = past_unmarked(&self.lexer, start);
                at = self.unmarked(&mut raw, start, marked);
                if marked.is_some() {
                    continue;
                }
                raw.unfinished = true;
                break;
            };
            if !text.is_empty() && !text.starts_with(' ') {
                let message = "a documentation line has a space after its `#`";
                let hash = self.lexer.span(start, start + 1);
                raw.faults.push(
                    Diagnostic::error(Code::CommentSpace, here, message)
                        .label(hash, "add a space after this"),
                );
            }
            let text = text.strip_prefix(' ').unwrap_or(text);
            raw.lines.push(RawLine {
                hash: here.start,
                start: (end - text.len()) as u32,
                end: here.end,
            });
            at = end;
        }
        let code = self.lexer.text()[at..].starts_with('{');
        if raw.unfinished && !code {
            self.skip(at, sink);
        } else {
            self.lexer.seek(at);
            self.token = self.lexer.next(sink);
        }
        raw.find_symbol(self.lexer.text());
        files.parsed.docs.push(raw);
        Pending::Comment(files.parsed.docs.len() - 1)
    }

    /// Reports a line that lacks its `#`. Where the comment goes on, is where `marked` says; else it has ended here,
    /// without its `##`.
    fn unmarked(&self, raw: &mut RawDocument, start: usize, marked: Option<usize>) -> usize {
        let mut peek = Lexer::new(self.lexer.text(), raw.span.file);
        peek.seek(start);
        let token = peek.next(&mut Sink::default());
        let mut diagnostic = Diagnostic::error(
            Code::CommentFrame,
            token.span,
            "this documentation comment does not end with `##`",
        )
        .label(token.span, "expected a line that begins with `#`")
        .label(raw.span, "the comment begins here");
        let Some(next) = marked else {
            raw.faults.push(diagnostic);
            raw.end = token.span;
            return start;
        };
        diagnostic.message = "a line of this documentation comment lacks its `#`".to_owned();
        raw.faults.push(diagnostic);
        // The rest of its text may stand anywhere; but that something is described had better be known.
        let line = self.lexer.line(start);
        if line.starts_with('@') {
            raw.lines.push(RawLine {
                hash: start as u32,
                start: start as u32,
                end: (start + line.len()) as u32,
            });
        }
        next
    }

    /// Reports a `##` that no comment follows. Right after the end of a comment it is only one too many; else something
    /// before it was meant to be a comment, and whatever that was for has lost its documentation.
    fn stray(
        &mut self,
        pending: Pending,
        next: usize,
        files: &Files<'_>,
        sink: &mut Sink,
    ) -> Pending {
        let span = self.token.span;
        let text = self.lexer.text();
        let before = match pending {
            Pending::Comment(at) => files.parsed.docs[at].end.end as usize,
            Pending::Nothing | Pending::Lost => 0,
        };
        let follows = text[before..span.start as usize].trim().is_empty();
        let help = "remove this `##`, or write the one that is missing before it";
        if let Some(diagnostic) = without_definition(pending, files) {
            sink.push(
                diagnostic
                    .label(span, "here another comment begins")
                    .help(help),
            );
        } else if !self.recovering {
            let mut peek = Lexer::new(text, span.file);
            peek.seek(next);
            let token = peek.next(&mut Sink::default());
            let message = "this documentation comment does not end with `##`";
            sink.push(
                Diagnostic::error(Code::CommentFrame, token.span, message)
                    .label(token.span, "expected a line that begins with `#`")
                    .label(span, "the comment begins here")
                    .help(help),
            );
        }
        match pending {
            Pending::Comment(at) if follows && files.parsed.docs[at].symbol.is_some() => pending,
            _ => Pending::Lost,
        }
    }
}

/// Where the next line is that is not blank, without its indentation.
fn next_line(lexer: &Lexer<'_>, at: usize) -> usize {
    let rest = &lexer.text()[at..];
    at + (rest.len() - rest.trim_start().len())
}

/// What follows a `##` that is not followed by a line of a comment.
fn stray_frame(lexer: &Lexer<'_>, span: Span) -> Option<usize> {
    let next = next_line(lexer, span.end as usize);
    let bare = lexer.line(span.start as usize) == "##";
    (bare && !lexer.text()[next..].starts_with('#')).then_some(next)
}

/// Where a comment goes on after lines that lack their `#`: before any code begins.
fn past_unmarked(lexer: &Lexer<'_>, start: usize) -> Option<usize> {
    let mut at = start;
    loop {
        let rest = &lexer.text()[at..];
        match rest.bytes().next()? {
            b'#' => return Some(at),
            b'{' => return None,
            _ => at = next_line(lexer, at + lexer.line(at).len()),
        }
    }
}

/// Documentation that no definition follows is somebody's mistake.
pub(super) fn reject(pending: Pending, files: &Files<'_>, sink: &mut Sink) {
    without_definition(pending, files)
        .into_iter()
        .for_each(|diagnostic| sink.push(diagnostic));
}

/// What is wrong with a comment that waits for its definition in vain, if it is of one.
fn without_definition(pending: Pending, files: &Files<'_>) -> Option<Diagnostic> {
    let Pending::Comment(at) = pending else {
        return None;
    };
    let raw = &files.parsed.docs[at];
    let symbol = raw.symbol.as_ref().filter(|_| !raw.unfinished)?;
    let message = format!(
        "no definition follows the documentation of {}",
        quoted(&symbol.text)
    );
    let diagnostic = Diagnostic::error(Code::DocWithoutDefinition, raw.span, message);
    Some(diagnostic.label(symbol.span, "documented here"))
}
