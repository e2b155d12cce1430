//! The parser. It follows includes, never stops at the first error, and leaves to the checker what
//! expressions mean.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::comment::{RawDocument, RawLine};
use super::lexer::{Lexer, Token, TokenKind};
use super::places::Places;
use super::pragma::Pragmas;
use super::tree::{Definition, Expr, ExprKind, Item, Key, Object};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::source::{FileId, Loader, MAX_FILE_BYTES, Sources, Span};

/// Deeper nesting is refused: no schema needs it, and the stack must not be a schema's to exhaust.
const MAX_DEPTH: usize = 100;

/// So much of a file may be read twice, to find definitions that a syntax error before them has swallowed.
const MAX_REREAD: usize = 4 << 20;

/// What parsing gives: everything in order, whatever could be made of it.
#[derive(Default)]
pub(crate) struct Parsed {
    pub(crate) sources: Sources,
    pub(crate) items: Vec<Item>,
    pub(crate) docs: Vec<RawDocument>,
    pub(crate) pragmas: Pragmas,
    /// Names of definitions that were lost to syntax errors: nobody must be told that they do not exist.
    pub(crate) lost: HashSet<String>,
}

/// Parses a schema and all that it includes.
///
/// # Errors
/// Only when the root file cannot be read; everything else is a diagnostic.
pub(crate) fn parse(root: &Path, loader: &dyn Loader, sink: &mut Sink) -> io::Result<Parsed> {
    let bytes = loader.load(root)?;
    let mut files = Files {
        loader,
        seen: HashMap::new(),
        parsed: Parsed::default(),
    };
    let identity = loader.identity(root);
    files.file(root.to_path_buf(), identity, bytes, None, sink);
    Ok(files.parsed)
}

struct Files<'a> {
    loader: &'a dyn Loader,
    seen: HashMap<PathBuf, FileId>,
    parsed: Parsed,
}

impl Files<'_> {
    fn file(
        &mut self,
        path: PathBuf,
        identity: PathBuf,
        bytes: Vec<u8>,
        included_at: Option<Span>,
        sink: &mut Sink,
    ) -> FileId {
        let size = bytes.len();
        let text = if size > MAX_FILE_BYTES {
            Err("it is larger than 64 MiB".to_owned())
        } else {
            String::from_utf8(bytes).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                let line = 1 + error.as_bytes()[..at]
                    .iter()
                    .filter(|&&b| b == b'\n')
                    .count();
                format!("it is not UTF-8: the first wrong byte is in line {line}")
            })
        };
        let (text, complaint) = match text {
            Ok(text) => (text, None),
            Err(complaint) => (String::new(), Some(complaint)),
        };
        let text = Arc::new(text);
        let sources = &mut self.parsed.sources;
        let file = sources.add(path, Arc::clone(&text), included_at);
        self.seen.insert(identity, file);
        if let Some(complaint) = complaint {
            let start = Span {
                file,
                start: 0,
                end: 0,
            };
            sink.push(Diagnostic::error(
                Code::UnreadableText,
                start,
                format!("this file cannot be read: {complaint}"),
            ));
        }
        let mut parser = Parser::new(Lexer::new(&text, file), sink);
        parser.top_level(self, sink);
        file
    }

    /// include = "{" "'include'" ":" string "}"
    fn include(&mut self, object: &Object, span: Span, sink: &mut Sink) {
        let target = match object.get("include") {
            Some(value) if object.members.len() == 1 => value,
            _ => {
                let message = "an `include` directive has no other keys";
                let extra = object.members.iter().find(|(key, _)| key.text != "include");
                let diagnostic = Diagnostic::error(Code::InvalidInclude, span, message);
                sink.push(
                    diagnostic.label(extra.map_or(span, |(key, _)| key.span), "not allowed here"),
                );
                return;
            }
        };
        let Some(name) = target.as_str() else {
            let message = "the value of `include` must be a string";
            let label = format!("this is {}", target.describe());
            sink.push(
                Diagnostic::error(Code::InvalidInclude, span, message).label(target.span, label),
            );
            return;
        };
        let includer = self.parsed.sources.file(span.file).path();
        let path = match includer.parent() {
            Some(folder) => folder.join(name),
            None => PathBuf::from(name),
        };
        let identity = self.loader.identity(&path);
        let chain = std::iter::once(span).chain(self.parsed.sources.include_chain(span.file));
        let chain: Vec<Span> = chain.collect();
        let known = self.seen.get(&identity).copied();
        if chain.iter().any(|at| Some(at.file) == known) {
            let message = format!("{} includes itself", quoted(name));
            sink.push(
                Diagnostic::error(Code::IncludeCycle, span, message)
                    .label(target.span, "this file is being read already"),
            );
            return;
        }
        if let Some(target) = known {
            let file = span.file;
            self.parsed.items.push(Item::Include { file, target });
            return;
        }
        if chain.len() >= MAX_DEPTH {
            let message = format!("more than {MAX_DEPTH} files include one another in a row");
            sink.push(
                Diagnostic::error(Code::NestedTooDeeply, span, message).label(target.span, ""),
            );
            return;
        }
        match self.loader.load(&path) {
            Ok(bytes) => {
                // Recorded before the file's own items, as it stands before them in the text.
                let at = self.parsed.items.len();
                let file = self.file(path, identity, bytes, Some(span), sink);
                let item = Item::Include {
                    file: span.file,
                    target: file,
                };
                self.parsed.items.insert(at, item);
            }
            Err(error) => {
                let message = format!("{} cannot be read: {error}", quoted(name));
                sink.push(
                    Diagnostic::error(Code::IncludeFailed, span, message)
                        .label(target.span, format!("looked for {}", path.display()))
                        .note("the path is relative to the folder of the including file"),
                );
            }
        }
    }
}

/// The parser of one file; it looks one token ahead.
struct Parser<'a> {
    lexer: Lexer<'a>,
    token: Token,
    /// How many bytes were read again after syntax errors.
    reread: usize,
}

/// A syntax error was reported; the caller finds its way back.
struct Faulty;

impl<'a> Parser<'a> {
    fn new(mut lexer: Lexer<'a>, sink: &mut Sink) -> Self {
        let token = lexer.next(sink);
        Parser {
            lexer,
            token,
            reread: 0,
        }
    }

    /// schema = { documentation | directive | definition }
    fn top_level(&mut self, files: &mut Files<'_>, sink: &mut Sink) {
        let mut doc: Option<usize> = None;
        while self.token.kind != TokenKind::End {
            if self.token.kind == TokenKind::Doc {
                reject_doc(doc, files, sink);
                doc = Some(self.documentation(files, sink));
                continue;
            }
            if let TokenKind::Stray(_) = self.token.kind {
                self.advance(sink);
                continue;
            }
            let start = self.token.span;
            let errors = sink.errors();
            let Ok(expr) = self.expression(0, sink) else {
                self.note_lost(start, files);
                self.resynchronize(start, sink);
                doc = None;
                continue;
            };
            let faulty = sink.errors() > errors;
            let ExprKind::Object(object) = expr.kind else {
                let message = "only objects may stand at the top level";
                let label = format!("this is {}", expr.describe());
                sink.push(
                    Diagnostic::error(Code::NotAnObject, expr.span, message)
                        .label(expr.span, label),
                );
                self.resynchronize(start, sink);
                doc = None;
                continue;
            };
            if object.get("include").is_some() {
                reject_doc(doc, files, sink);
                files.include(&object, expr.span, sink);
            } else if object.get("pragma").is_some() {
                reject_doc(doc, files, sink);
                files.parsed.pragmas.read(&object, expr.span, sink);
            } else if faulty {
                // A broken string may be a broken name: better nothing than a second error about it.
                let values = object.members.into_iter().map(|(_, value)| value.kind);
                files
                    .parsed
                    .lost
                    .extend(values.filter_map(|kind| match kind {
                        ExprKind::String(name) => Some(name),
                        _ => None,
                    }));
            } else {
                self.definition(object, expr.span, doc, files, sink);
            }
            doc = None;
        }
        reject_doc(doc, files, sink);
    }

    fn definition(
        &mut self,
        object: Object,
        span: Span,
        doc: Option<usize>,
        files: &mut Files<'_>,
        sink: &mut Sink,
    ) {
        let mut doc = doc;
        if let Some(raw) = doc.map(|at| &files.parsed.docs[at])
            && raw.symbol.is_none()
        {
            let message = "free-form text stands where the definition's documentation belongs";
            sink.push(
                Diagnostic::error(Code::FreeFormBeforeDefinition, raw.span, message)
                    .label(raw.span, "this comment names nothing")
                    .help("begin it with `# @NAME:`, or put a documentation comment between"),
            );
            doc = None;
        }
        let definition = Definition { object, span, doc };
        files.parsed.items.push(Item::Definition(definition));
    }

    /// Remembers the name in a definition that could not be parsed, if it can be made out.
    fn note_lost(&self, start: Span, files: &mut Files<'_>) {
        let end = (self.lexer.position()).max(start.start as usize);
        let text = &self.lexer.text()[start.start as usize..end];
        let Some((_, value)) = text.split_once(':') else {
            return;
        };
        if let Some(name) = value.split('\'').nth(1) {
            files.parsed.lost.insert(name.to_owned());
        }
    }

    /// Goes on at the next line that looks like the start of something.
    fn resynchronize(&mut self, start: Span, sink: &mut Sink) {
        let text = self.lexer.text();
        let (start, error) = (start.start as usize, self.token.span.start as usize);
        // A new start may have been swallowed before the error was noticed: so that is looked for first, as
        // long as not too much is read again and again.
        let mut at = error.min(text.len());
        if self.reread < MAX_REREAD {
            self.reread += error - start;
            at = (start + 1).min(text.len());
        }
        let next = loop {
            let Some(newline) = text[at..].find('\n') else {
                break text.len();
            };
            at += newline + 1;
            if text[at..].starts_with('{') || text[at..].starts_with("##\n") {
                break at;
            }
        };
        self.lexer.seek(next);
        self.token = self.lexer.next(sink);
    }

    fn advance(&mut self, sink: &mut Sink) -> Token {
        let next = self.lexer.next(sink);
        std::mem::replace(&mut self.token, next)
    }

    /// Reports the token that should be another, unless the lexer has complained of it.
    fn unexpected(&self, expected: &str, sink: &mut Sink) -> Faulty {
        let found = match &self.token.kind {
            TokenKind::Stray(_) | TokenKind::Unterminated => return Faulty,
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Doc => "a documentation comment".to_owned(),
            TokenKind::String(text) => format!("the string {}", quoted(text)),
            _ => {
                let (start, end) = (self.token.span.start, self.token.span.end);
                quoted(&self.lexer.text()[start as usize..end as usize])
            }
        };
        let message = format!("expected {expected}, found {found}");
        sink.push(
            Diagnostic::error(Code::UnexpectedToken, self.token.span, message)
                .label(self.token.span, format!("expected {expected}")),
        );
        Faulty
    }

    /// expression = object | array | string | "true" | "false"
    fn expression(&mut self, depth: usize, sink: &mut Sink) -> Result<Expr, Faulty> {
        let span = self.token.span;
        if depth > MAX_DEPTH {
            let message = format!("brackets are nested more than {MAX_DEPTH} deep");
            sink.push(Diagnostic::error(Code::NestedTooDeeply, span, message).label(span, ""));
            return Err(Faulty);
        }
        let kind = match &mut self.token.kind {
            TokenKind::OpenBrace => return self.object(depth, sink),
            TokenKind::OpenBracket => return self.array(depth, sink),
            TokenKind::String(text) | TokenKind::Stray(text) => {
                ExprKind::String(std::mem::take(text))
            }
            TokenKind::True => ExprKind::Bool(true),
            TokenKind::False => ExprKind::Bool(false),
            _ => return Err(self.unexpected("`{`, `[`, a string, or a boolean", sink)),
        };
        self.advance(sink);
        Ok(Expr { kind, span })
    }

    /// An object or array, from its opening bracket to the closing one, which is the current token.
    fn close(&mut self, open: Span, kind: ExprKind, sink: &mut Sink) -> Expr {
        let span = open.to(self.advance(sink).span);
        Expr { kind, span }
    }

    /// object = "{" [ member { "," member } ] "}" ; member = string ":" expression
    fn object(&mut self, depth: usize, sink: &mut Sink) -> Result<Expr, Faulty> {
        let open = self.advance(sink).span;
        let mut object = Object::default();
        let mut places = Places::default();
        if self.token.kind == TokenKind::CloseBrace {
            return Ok(self.close(open, ExprKind::Object(object), sink));
        }
        let mut expected = "a string or `}`";
        loop {
            let (TokenKind::String(text) | TokenKind::Stray(text)) = &mut self.token.kind else {
                return Err(self.unexpected(expected, sink));
            };
            let text = std::mem::take(text);
            let key = Key {
                text,
                span: self.advance(sink).span,
            };
            if self.token.kind != TokenKind::Colon {
                return Err(self.unexpected("`:`", sink));
            }
            self.advance(sink);
            let previous = places.earlier(&key, object.members.iter().map(|(key, _)| key));
            if let Some(previous) = previous {
                let message = format!("the key {} stands twice", quoted(&key.text));
                sink.push(
                    Diagnostic::error(Code::DuplicateKey, self.token.span, message)
                        .label(key.span, "here again")
                        .label(previous, "first here"),
                );
            }
            let value = self.expression(depth + 1, sink)?;
            if previous.is_none() {
                object.members.push((key, value));
            }
            match self.token.kind {
                TokenKind::CloseBrace => {
                    return Ok(self.close(open, ExprKind::Object(object), sink));
                }
                TokenKind::Comma => self.advance(sink),
                _ => return Err(self.unexpected("`,` or `}`", sink)),
            };
            expected = "a string";
        }
    }

    /// array = "[" [ expression { "," expression } ] "]"
    fn array(&mut self, depth: usize, sink: &mut Sink) -> Result<Expr, Faulty> {
        let open = self.advance(sink).span;
        let mut items = Vec::new();
        match self.token.kind {
            TokenKind::CloseBracket => {
                return Ok(self.close(open, ExprKind::Array(items), sink));
            }
            TokenKind::OpenBrace
            | TokenKind::OpenBracket
            | TokenKind::String(_)
            | TokenKind::Stray(_)
            | TokenKind::True
            | TokenKind::False => {}
            _ => return Err(self.unexpected("`{`, `[`, `]`, a string, or a boolean", sink)),
        }
        loop {
            items.push(self.expression(depth + 1, sink)?);
            match self.token.kind {
                TokenKind::CloseBracket => {
                    return Ok(self.close(open, ExprKind::Array(items), sink));
                }
                TokenKind::Comma => self.advance(sink),
                _ => return Err(self.unexpected("`,` or `]`", sink)),
            };
        }
    }

    /// documentation = "##" { "#" [ " " text ] } "##" ; what the text means is read once the dialect is known.
    fn documentation(&mut self, files: &mut Files<'_>, sink: &mut Sink) -> usize {
        let span = self.token.span;
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
            let rest = &self.lexer.text()[at..];
            let start = at + (rest.len() - rest.trim_start().len());
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
                self.lexer.seek(start);
                let token = self.lexer.next(&mut Sink::default());
                let message = "this documentation comment does not end with `##`";
                raw.faults.push(
                    Diagnostic::error(Code::CommentFrame, token.span, message)
                        .label(token.span, "expected a line that begins with `#`")
                        .label(span, "the comment begins here"),
                );
                raw.end = token.span;
                at = start;
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
        self.lexer.seek(at);
        raw.find_symbol(self.lexer.text());
        files.parsed.docs.push(raw);
        self.token = self.lexer.next(sink);
        files.parsed.docs.len() - 1
    }
}

/// Documentation that no definition follows is somebody's mistake.
fn reject_doc(doc: Option<usize>, files: &Files<'_>, sink: &mut Sink) {
    let Some(raw) = doc.map(|at| &files.parsed.docs[at]) else {
        return;
    };
    if let Some(symbol) = &raw.symbol {
        let message = format!(
            "no definition follows the documentation of {}",
            quoted(&symbol.text)
        );
        sink.push(
            Diagnostic::error(Code::DocWithoutDefinition, raw.span, message)
                .label(symbol.span, "documented here"),
        );
    }
}
