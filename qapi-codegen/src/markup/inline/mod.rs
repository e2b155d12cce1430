//! Running text to inlines.
//!
//! Markup begins and ends where reStructuredText says: what opens it stands behind white space or
//! opening punctuation and before text, what closes it stands behind text and before white space
//! or closing punctuation. Everything else, a `*` in a glob or an `@` in an address, is text.

mod references;
mod roles;

use super::names::Names;
use super::tree::Inline;
use roles::interpretation;

/// Parses running text; its lines are separated by `\n`. What names in it stand for is put in.
pub(super) fn parse(text: &str, names: Option<&Names>) -> Vec<Inline> {
    let mut scanner = Scanner {
        text,
        names,
        at: 0,
        plain: String::new(),
        inlines: Vec::new(),
        unclosed: [false; 4],
    };
    scanner.run();
    scanner.inlines
}

/// What is closed by a string of its own.
#[derive(Debug, Clone, Copy)]
enum Span {
    Emphasis,
    Strong,
    Literal,
    Interpreted,
}

impl Span {
    fn sign(self) -> &'static str {
        match self {
            Span::Emphasis => "*",
            Span::Strong => "**",
            Span::Literal => "``",
            Span::Interpreted => "`",
        }
    }
}

struct Scanner<'a, 'n> {
    text: &'a str,
    names: Option<&'n Names>,
    at: usize,
    /// Text that no inline has been made of yet.
    plain: String,
    inlines: Vec<Inline>,
    /// Which spans are known not to be closed any more, so that nothing is searched twice.
    unclosed: [bool; 4],
}

impl<'a> Scanner<'a, '_> {
    fn run(&mut self) {
        while let Some(c) = self.rest().chars().next() {
            let parsed = match c {
                '\\' => self.escape(),
                '*' => self.emphasis(),
                '`' => self.literal() || self.interpreted(None, self.at),
                '_' => self.target() || self.reference(),
                '|' => self.substitution(),
                '[' => self.footnote(),
                ':' => self.role(),
                '@' => self.member(),
                // With these begin the schemes that are known as such.
                'h' | 'f' => self.url(),
                _ => false,
            };
            if !parsed {
                push_collapsed(&mut self.plain, c);
                self.at += c.len_utf8();
            }
        }
        self.plain.truncate(self.plain.trim_end_matches(' ').len());
        self.flush();
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    fn after(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    fn flush(&mut self) {
        if self.inlines.is_empty() {
            self.plain
                .drain(..self.plain.len() - self.plain.trim_start_matches(' ').len());
        }
        if !self.plain.is_empty() {
            self.inlines
                .push(Inline::Text(std::mem::take(&mut self.plain)));
        }
    }

    /// Ends the plain text so far, and goes on at `end` behind `inline`.
    fn push(&mut self, inline: Inline, end: usize) -> bool {
        self.flush();
        self.inlines.push(inline);
        self.at = end;
        true
    }

    /// Takes everything up to `end` as text.
    fn skip(&mut self, end: usize) -> bool {
        for c in self.text[self.at..end].chars() {
            push_collapsed(&mut self.plain, c);
        }
        self.at = end;
        true
    }

    /// A backslash takes from the punctuation behind it any meaning; white space behind it goes.
    /// Before anything else it stays: reStructuredText drops it there, but it is a path or an
    /// escape of some other language that the reader should see.
    fn escape(&mut self) -> bool {
        let Some(escaped) = self.after(self.at + 1) else {
            return false;
        };
        if escaped.is_ascii_punctuation() {
            self.plain.push(escaped);
        } else if !escaped.is_whitespace() {
            return false;
        }
        self.at += 1 + escaped.len_utf8();
        true
    }

    fn emphasis(&mut self) -> bool {
        let span = if self.rest().starts_with("**") {
            Span::Strong
        } else {
            Span::Emphasis
        };
        let Some((start, end)) = self.span(span, self.at) else {
            return false;
        };
        let text = unescaped(&self.text[start..end]);
        let inline = match span {
            Span::Strong => Inline::Strong(text),
            _ => Inline::Emphasis(text),
        };
        self.push(inline, end + span.sign().len())
    }

    fn literal(&mut self) -> bool {
        if !self.rest().starts_with("``") {
            return false;
        }
        let Some((start, end)) = self.span(Span::Literal, self.at) else {
            return self.skip(self.at + 2);
        };
        let text = self.text[start..end].replace('\n', " ");
        self.push(Inline::Literal(text), end + 2)
    }

    /// `:role:` and the text in backticks that it belongs to.
    fn role(&mut self) -> bool {
        let Some(role) = role_name(self.rest()) else {
            return false;
        };
        let tick = self.at + role.len() + 2;
        opens(self.before(self.at))
            && self.text[tick..].starts_with('`')
            && self.interpreted(Some(role), tick)
    }

    /// Text in single backticks, with its role or its underscore behind it.
    fn interpreted(&mut self, role: Option<&'a str>, tick: usize) -> bool {
        let Some((start, end)) = self.span(Span::Interpreted, tick) else {
            return false;
        };
        let text = &self.text[start..end];
        let end = end + 1;
        let rest = &self.text[end..];
        let underscores = rest.len() - rest.trim_start_matches('_').len();
        if role.is_none() && matches!(underscores, 1 | 2) {
            let end = end + underscores;
            return closes(self.after(end)) && self.phrase(text, underscores == 2, end)
                || self.skip(end);
        }
        if !closes(rest.chars().next()) {
            return self.skip(end);
        }
        let behind = role_name(rest)
            .filter(|name| role.is_none() && closes(self.after(end + name.len() + 2)));
        let end = end + behind.map_or(0, |name| name.len() + 2);
        match interpretation(role.or(behind), text) {
            Inline::Text(text) => self.put(&text, end),
            inline => self.push(inline, end),
        }
    }

    /// Start and end of the text of a span whose opening sign is at `at`.
    fn span(&mut self, span: Span, at: usize) -> Option<(usize, usize)> {
        let sign = span.sign();
        let start = at + sign.len();
        let next = self.text.get(start..)?.chars().next()?;
        // The sign of a role's text stands behind the role.
        let before = self.before(at).filter(|c| *c != ':');
        if self.unclosed[span as usize]
            || next.is_whitespace()
            || !opens(before)
            || quoted(before, next)
        {
            return None;
        }
        let end = self.closing(span, start + next.len_utf8());
        self.unclosed[span as usize] = end.is_none();
        end.map(|end| (start, end))
    }

    /// Where the closing sign of a span is, from `from` on. The character before `from` is the
    /// span's first, so none is empty.
    fn closing(&self, span: Span, from: usize) -> Option<usize> {
        let sign = span.sign();
        let mut before = self.before(from)?;
        let mut escaped = before == '\\' && !matches!(span, Span::Literal);
        for (at, c) in self.text[from..].char_indices() {
            let end = from + at + sign.len();
            if !escaped && !before.is_whitespace() && self.text[from + at..].starts_with(sign) {
                let next = self.after(end);
                let suffix = matches!(span, Span::Interpreted) && next == Some('_');
                if suffix || closes(next) {
                    return Some(from + at);
                }
            }
            escaped = c == '\\' && !escaped && !matches!(span, Span::Literal);
            before = c;
        }
        None
    }

    /// `@name`, where it is not the middle of an address.
    fn member(&mut self) -> bool {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
        if self.before(self.at).is_some_and(word) {
            return false;
        }
        let name = member_name(&self.rest()[1..]);
        if name.is_empty() {
            return false;
        }
        self.push(Inline::Member(name.to_owned()), self.at + 1 + name.len())
    }

    fn url(&mut self) -> bool {
        if self.before(self.at).is_some_and(char::is_alphanumeric) {
            return false;
        }
        let Some(url) = url(self.rest()) else {
            return false;
        };
        let link = Inline::Link {
            text: url.to_owned(),
            url: url.to_owned(),
        };
        self.push(link, self.at + url.len())
    }
}

/// Whether markup may open behind `before`.
fn opens(before: Option<char>) -> bool {
    before.is_none_or(|c| {
        c.is_whitespace() || "'\"([{<-/:".contains(c) || (!c.is_ascii() && !c.is_alphanumeric())
    })
}

/// Whether markup may close before `next`.
fn closes(next: Option<char>) -> bool {
    next.is_none_or(|c| {
        c.is_whitespace()
            || "'\")]}>-/:.,;!?\\".contains(c)
            || (!c.is_ascii() && !c.is_alphanumeric())
    })
}

/// Whether a sign between these two is quoted and opens nothing, as in `'*'`.
fn quoted(before: Option<char>, next: char) -> bool {
    matches!(
        (before, next),
        (Some('\''), '\'')
            | (Some('"'), '"')
            | (Some('('), ')')
            | (Some('['), ']')
            | (Some('{'), '}')
            | (Some('<'), '>')
    )
}

fn push_collapsed(text: &mut String, c: char) {
    if !c.is_whitespace() {
        text.push(c);
    } else if !text.ends_with(' ') {
        text.push(' ');
    }
}

/// The text of a span without its backslashes, white space collapsed.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '\\' && next.is_ascii_punctuation() => {
                out.extend(chars.next());
            }
            _ => push_collapsed(&mut out, c),
        }
    }
    out
}

/// The role in a text that begins with `:role:`.
fn role_name(text: &str) -> Option<&str> {
    // Sphinx's longest is shorter by far; the bound keeps a text of colons linear.
    const LONGEST: usize = 40;
    let text = text.strip_prefix(':')?;
    let allowed = |b: &u8| b.is_ascii_alphanumeric() || b"-_.+:".contains(b);
    let size = text.bytes().take(LONGEST).take_while(allowed).count();
    let name = text[..size].strip_suffix(':')?;
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        .then_some(name)
}

/// `label <target>` as its parts, anything else as a target alone.
fn labelled(text: &str) -> (Option<String>, String) {
    let parts = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'));
    match parts {
        Some((label, target)) if label.ends_with(char::is_whitespace) && !target.is_empty() => {
            (Some(unescaped(label.trim())), unescaped(target))
        }
        _ => (None, unescaped(text)),
    }
}

/// The name that a text begins with, empty if with none. Only names of vendors (`__org.qemu_x`)
/// have dots in them.
fn member_name(text: &str) -> &str {
    let vendor = text.starts_with("__");
    let allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || (vendor && c == '.');
    let size = text.find(|c| !allowed(c)).unwrap_or(text.len());
    let name = text[..size].trim_end_matches(['-', '.']);
    if name.contains(|c: char| c.is_ascii_alphanumeric()) {
        name
    } else {
        ""
    }
}

const SCHEMES: [&str; 3] = ["https://", "http://", "ftp://"];

fn has_scheme(url: &str) -> bool {
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// The URL that a text begins with, without the punctuation of the sentence it stands in.
fn url(text: &str) -> Option<&str> {
    let host = SCHEMES
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))?;
    if !host.starts_with(char::is_alphanumeric) {
        return None;
    }
    let outside = |c: char| c.is_whitespace() || c.is_control() || "<>\"`\\{}|^".contains(c);
    let mut url = &text[..text.find(outside).unwrap_or(text.len())];
    let mut open = url.matches('(').count();
    let mut closed = url.matches(')').count();
    while let Some(last) = url.chars().next_back() {
        match last {
            ')' if open >= closed => break,
            ')' => closed -= 1,
            '(' => open -= 1,
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '[' | ']' => {}
            _ => break,
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    Some(url)
}
