//! The parser. It follows includes, never stops at the first error, and leaves to the checker what
//! expressions mean.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::comment::{RawDocument, description};
use super::frame::{Pending, reject};
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
    /// Names of what may have been defined but for other mistakes: nobody must be told that they do not exist.
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

pub(super) struct Files<'a> {
    loader: &'a dyn Loader,
    seen: HashMap<PathBuf, FileId>,
    pub(super) parsed: Parsed,
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
        let (text, unreadable) = read(bytes);
        let text = Arc::new(text);
        let sources = &mut self.parsed.sources;
        let file = sources.add(path, Arc::clone(&text), included_at);
        self.seen.insert(identity, file);
        let mut text = text.as_str();
        if let Some((at, complaint)) = unreadable {
            let length = text[at..].chars().next().map_or(0, char::len_utf8);
            let (start, end) = (at as u32, (at + length) as u32);
            let place = Span { file, start, end };
            self.parsed.pragmas.lose();
            let message = format!("this file cannot be read: {complaint}");
            sink.push(Diagnostic::error(Code::UnreadableText, place, message));
            text = "";
        }
        let mut parser = Parser::new(Lexer::new(text, file), sink);
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
                self.parsed.pragmas.lose();
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

/// The text of a file, and if it is none, from which byte on, and why. A lone carriage return ends a line, too.
fn read(bytes: Vec<u8>) -> (String, Option<(usize, &'static str)>) {
    if bytes.len() > MAX_FILE_BYTES {
        return (String::new(), Some((0, "it is larger than 64 MiB")));
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\r') => (text, None),
        Ok(text) => {
            let lines = text.split("\r\n").map(|lines| lines.replace('\r', "\n"));
            (lines.collect::<Vec<_>>().join("\r\n"), None)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            (text, Some((at, "it is not UTF-8")))
        }
    }
}

/// The parser of one file; it looks one token ahead.
pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) token: Token,
    /// A mistake was reported, and no definition was read since: what stands here may be a rest of what it broke.
    pub(super) recovering: bool,
    /// The definition that has just ended, among the items, if nothing stands between.
    ended: Option<usize>,
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
            recovering: false,
            ended: None,
            reread: 0,
        }
    }

    /// schema = { documentation | directive | definition }
    fn top_level(&mut self, files: &mut Files<'_>, sink: &mut Sink) {
        let mut pending = Pending::Nothing;
        while self.token.kind != TokenKind::End {
            if self.token.kind == TokenKind::Doc {
                pending = self.documentation(pending, files, sink);
                self.ended = None;
                continue;
            }
            if self.recovering && self.token.kind != TokenKind::OpenBrace {
                self.skip(self.token.span.start as usize, sink);
                pending = Pending::Nothing;
                continue;
            }
            if let TokenKind::Stray(text) = &self.token.kind {
                // A `;` ends what was meant to end.
                if text.starts_with(char::is_alphanumeric) {
                    self.cut_short(files);
                }
                self.past_stray(sink);
                continue;
            }
            self.expression_at_top(pending, files, sink);
            pending = Pending::Nothing;
        }
        reject(pending, files, sink);
    }

    fn expression_at_top(&mut self, pending: Pending, files: &mut Files<'_>, sink: &mut Sink) {
        let start = self.token.span;
        let errors = sink.errors();
        if self.token.kind != TokenKind::OpenBrace && self.token.kind != TokenKind::Comma {
            self.cut_short(files);
        }
        self.ended = None;
        let Ok(expr) = self.expression(0, sink) else {
            self.note_lost(start, files);
            self.resynchronize(start, sink);
            return;
        };
        // One of them may be about what is looked at already, and follows.
        let ahead = matches!(
            self.token.kind,
            TokenKind::Stray(_) | TokenKind::Unterminated
        );
        let faulty = sink.errors() > errors + usize::from(ahead);
        let ExprKind::Object(object) = expr.kind else {
            let message = "only objects may stand at the top level";
            let label = format!("this is {}", expr.describe());
            sink.push(
                Diagnostic::error(Code::NotAnObject, expr.span, message).label(expr.span, label),
            );
            self.note_lost(start, files);
            self.resynchronize(start, sink);
            return;
        };
        self.recovering = false;
        if object.get("include").is_some() {
            reject(pending, files, sink);
            files.include(&object, expr.span, sink);
        } else if object.get("pragma").is_some() {
            reject(pending, files, sink);
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
            self.definition(object, expr.span, pending, files, sink);
        }
    }

    /// Something stands right after a definition that is no part of the schema: probably it belongs into the definition,
    /// which ends too early.
    fn cut_short(&mut self, files: &mut Files<'_>) {
        let Some(ended) = self.ended.take() else {
            return;
        };
        if let Some(Item::Definition(definition)) = files.parsed.items.get_mut(ended) {
            definition.cut_short = true;
        }
    }

    /// Goes on after what begins no token: where something begins on the same line, else on the next.
    fn past_stray(&mut self, sink: &mut Sink) {
        let at = self.lexer.position();
        let rest = self.lexer.line(at);
        let next = rest.trim_start();
        if next.is_empty() || next.starts_with('{') || next.starts_with("##") {
            self.advance(sink);
        } else {
            self.skip(at + rest.len(), sink);
        }
    }

    fn definition(
        &mut self,
        object: Object,
        span: Span,
        pending: Pending,
        files: &mut Files<'_>,
        sink: &mut Sink,
    ) {
        let doc = match pending {
            Pending::Comment(at) => Some(at),
            Pending::Nothing | Pending::Lost => None,
        };
        let named = doc.filter(|&at| files.parsed.docs[at].symbol.is_some());
        if let Some(at) = doc.filter(|_| named.is_none()) {
            let raw = &files.parsed.docs[at];
            // Members that are described in it are an error already, and the same one.
            let mut lines = raw.lines(self.lexer.text());
            if !lines.any(|line| description(line.text).is_some()) {
                let message = "free-form text stands where the definition's documentation belongs";
                sink.push(
                    Diagnostic::error(Code::FreeFormBeforeDefinition, raw.span, message)
                        .label(raw.span, "this comment names nothing")
                        .help("begin it with `# @NAME:`, or put a documentation comment between"),
                );
            }
        }
        self.ended = Some(files.parsed.items.len());
        files.parsed.items.push(Item::Definition(Definition {
            object,
            span,
            doc: named,
            doc_lost: named.is_none() && !matches!(pending, Pending::Nothing),
            cut_short: false,
        }));
    }

    /// Remembers the name in a definition that could not be parsed. It is among the strings up to the line of the error;
    /// which of them it is cannot always be made out.
    fn note_lost(&self, start: Span, files: &mut Files<'_>) {
        let error = self.token.span.start as usize;
        let end = error + self.lexer.line(error).len();
        let text = &self.lexer.text()[start.start as usize..end];
        let first = text.split_once(':').map_or("", |(_, value)| value);
        let name = first.split('\'').nth(1);
        let line = self.lexer.line(start.start as usize).split('\'');
        let strings = line.skip(1).step_by(2).chain(name);
        for string in strings {
            if matches!(string, "include" | "pragma") {
                files.parsed.pragmas.lose();
            }
            files.parsed.lost.insert(string.to_owned());
        }
    }

    /// Goes on at the next line that looks like the start of something.
    fn resynchronize(&mut self, start: Span, sink: &mut Sink) {
        let (start, error) = (start.start as usize, self.token.span.start as usize);
        // A new start may have been swallowed before the error was noticed: so that is looked for first, as
        // long as not too much is read again and again.
        let mut at = error;
        if self.reread < MAX_REREAD {
            self.reread += error - start;
            at = start + 1;
        }
        self.skip(at, sink);
    }

    /// Goes on at the next line after `at` that looks like the start of something.
    pub(super) fn skip(&mut self, at: usize, sink: &mut Sink) {
        let text = self.lexer.text();
        let mut at = at.min(text.len());
        let next = loop {
            let Some(newline) = text[at..].find('\n') else {
                break text.len();
            };
            at += newline + 1;
            if text[at..].starts_with('{') || self.lexer.line(at) == "##" {
                break at;
            }
        };
        self.recovering = true;
        self.lexer.seek(next);
        self.token = self.lexer.next(sink);
    }

    pub(super) fn advance(&mut self, sink: &mut Sink) -> Token {
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
}
