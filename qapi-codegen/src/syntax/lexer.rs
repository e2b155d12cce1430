//! Tokens. A comment that begins with `##` is a token of its own: the parser reads documentation from there.

use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::source::{FileId, Span};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Colon,
    Comma,
    True,
    False,
    String(String),
    /// What begins no token, reported already; the parser takes it for the string that was probably meant.
    Stray(String),
    /// A string without its closing quote, reported already; what it swallowed nobody knows.
    Unterminated,
    /// The first line of a documentation comment.
    Doc,
    End,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) span: Span,
}

pub(crate) struct Lexer<'a> {
    text: &'a str,
    file: FileId,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str, file: FileId) -> Self {
        Lexer { text, file, at: 0 }
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn seek(&mut self, at: usize) {
        self.at = at.min(self.text.len());
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        Span {
            file: self.file,
            start: start as u32,
            end: end as u32,
        }
    }

    /// The rest of the line from `start`, without its end.
    pub(crate) fn line(&self, start: usize) -> &'a str {
        let rest = &self.text[start..];
        // Lines are short: a search made for long texts would take longer.
        let end = rest.bytes().position(|byte| byte == b'\n');
        let line = &rest[..end.unwrap_or(rest.len())];
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The next token. What begins no token is reported.
    pub(crate) fn next(&mut self, sink: &mut Sink) -> Token {
        loop {
            let start = self.at;
            let Some(&byte) = self.text.as_bytes().get(start) else {
                return self.end();
            };
            let single = match byte {
                b' ' | b'\n' => {
                    self.at += 1;
                    continue;
                }
                b'{' => TokenKind::OpenBrace,
                b'}' => TokenKind::CloseBrace,
                b'[' => TokenKind::OpenBracket,
                b']' => TokenKind::CloseBracket,
                b':' => TokenKind::Colon,
                b',' => TokenKind::Comma,
                b'\'' => return self.string(sink),
                b'#' => {
                    self.at += self.line(start).len();
                    if self.text[start..].starts_with("##") {
                        return self.token(TokenKind::Doc, start);
                    }
                    continue;
                }
                _ => {
                    if let Some(token) = self.word(sink) {
                        return token;
                    }
                    continue;
                }
            };
            self.at += 1;
            return self.token(single, start);
        }
    }

    fn token(&self, kind: TokenKind, start: usize) -> Token {
        Token {
            kind,
            span: self.span(start, self.at),
        }
    }

    /// The end is where the last line ends, so that a message about it names a line that exists.
    fn end(&self) -> Token {
        let text = self.text.strip_suffix('\n').unwrap_or(self.text);
        Token {
            kind: TokenKind::End,
            span: self.span(text.len(), text.len()),
        }
    }

    /// string = "'" { printable ASCII | "\\" "\\" } "'"
    fn string(&mut self, sink: &mut Sink) -> Token {
        let start = self.at;
        if let Some(value) = self.plain_string(start) {
            self.at = start + value.len() + 2;
            return self.token(TokenKind::String(value.to_owned()), start);
        }
        let mut value = String::new();
        let mut faulty = false;
        let mut chars = self.text[start + 1..].char_indices();
        while let Some((offset, ch)) = chars.next() {
            let at = start + 1 + offset;
            match ch {
                '\n' => break,
                '\'' => {
                    self.at = at + 1;
                    return self.token(TokenKind::String(value), start);
                }
                '\\' => match chars.clone().next() {
                    Some((_, '\\')) => {
                        chars.next();
                        value.push('\\');
                    }
                    Some((_, '\n')) | None => break,
                    Some((_, escaped)) => {
                        chars.next();
                        if !faulty {
                            self.escape_error(start, at, escaped, sink);
                        }
                        faulty = true;
                    }
                },
                ' '..='~' => value.push(ch),
                _ => {
                    if !faulty {
                        let span = self.span(at, at + ch.len_utf8());
                        sink.push(
                            Diagnostic::error(
                                Code::StringCharacter,
                                self.span(start, at),
                                format!("{ch:?} may not stand in a string"),
                            )
                            .label(span, "only printable ASCII characters may"),
                        );
                    }
                    faulty = true;
                }
            }
        }
        self.at = start + self.line(start).len();
        if !faulty {
            let span = self.span(start, self.at);
            sink.push(
                Diagnostic::error(
                    Code::UnterminatedString,
                    span,
                    "this string has no closing quote",
                )
                .help("a string ends on the line it began on; add `'`"),
            );
        }
        self.token(TokenKind::Unterminated, start)
    }

    /// What is in the string that begins at `start`, if nothing in it needs a closer look.
    fn plain_string(&self, start: usize) -> Option<&'a str> {
        let rest = &self.text[start + 1..];
        let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\'' | b'\\');
        let end = rest.bytes().position(|byte| !plain(&byte))?;
        let (value, after) = rest.split_at_checked(end)?;
        after.starts_with('\'').then_some(value)
    }

    fn escape_error(&self, start: usize, at: usize, escaped: char, sink: &mut Sink) {
        let span = self.span(at, at + 1 + escaped.len_utf8());
        let shown = match escaped.is_ascii_graphic() {
            true => escaped.to_string(),
            false => escaped.escape_debug().to_string(),
        };
        let message = format!("unknown escape `\\{shown}`");
        sink.push(
            Diagnostic::error(Code::UnknownEscape, self.span(start, at), message)
                .label(span, "")
                .note("`\\\\` is the only escape there is"),
        );
    }

    /// word = "true" | "false", or an error; nothing for white space
    fn word(&mut self, sink: &mut Sink) -> Option<Token> {
        let start = self.at;
        let rest = &self.text[start..];
        for (word, kind) in [("true", TokenKind::True), ("false", TokenKind::False)] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Some(self.token(kind, start));
            }
        }
        let stray = rest
            .find(|ch: char| "[]{}:,'#".contains(ch) || ch.is_whitespace())
            .unwrap_or(rest.len());
        if stray == 0 {
            self.at += rest.chars().next().map_or(0, char::len_utf8);
            return None;
        }
        self.at += stray;
        let span = self.span(start, self.at);
        let message = format!("stray {}", quoted(&rest[..stray]));
        let mut diagnostic = Diagnostic::error(Code::StrayCharacter, span, message);
        if rest.starts_with('\u{feff}') {
            diagnostic = diagnostic.help("this is a byte order mark: save the file without one");
        } else if rest.starts_with('"') {
            diagnostic = diagnostic.help("strings are written in single quotes");
        } else if rest.starts_with("//") || rest.starts_with("/*") {
            diagnostic = diagnostic.help("comments begin with `#`");
        } else if rest.starts_with("null") || rest.starts_with(|ch: char| ch.is_ascii_digit()) {
            diagnostic = diagnostic.note("the schema language has no numbers and no null");
        }
        sink.push(diagnostic);
        let meant = rest[..stray].trim_matches('"').to_owned();
        Some(self.token(TokenKind::Stray(meant), start))
    }
}
