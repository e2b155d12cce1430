//! Lists of fields, `:name: text`, and of options, `-o FILE  text`: both are shown as terms with their definitions.

use super::blocks::parse_inner;
use super::lines::{Line, blank, extent, min_indent};
use super::names::Scope;
use super::tree::{Block, Definition, Inline};

/// What a line opens: its term, and where its text begins.
type Opened<'a> = (Term<'a>, usize);

enum Term<'a> {
    /// The name of a field.
    Field(&'a str),
    /// Options as they are typed.
    Options(&'a str),
}

impl Term<'_> {
    fn inlines(&self, scope: Scope<'_>) -> Vec<Inline> {
        let name = match self {
            Term::Options(options) => return vec![Inline::Literal((*options).to_owned())],
            Term::Field(name) => name,
        };
        let mut term = scope.inlines(name);
        match term.last_mut() {
            Some(Inline::Text(text)) => text.push(':'),
            _ => term.push(Inline::Text(":".to_owned())),
        }
        term
    }
}

/// Reads a line of one kind.
type Reader = fn(&str) -> Option<Opened<'_>>;

/// Whether a line opens an entry.
pub(super) fn opens(text: &str) -> bool {
    field(text).is_some() || option(text).is_some()
}

/// Parses a list if the first line opens an entry. Returns how many lines it took.
pub(super) fn parse(
    lines: &mut [Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) -> Option<usize> {
    let entry: Reader = match lines.first()?.text {
        text if field(text).is_some() => field,
        // The description of an option stands beside it or right below.
        text => {
            let (_, at) = option(text)?;
            let below = || {
                lines
                    .get(1)
                    .is_some_and(|next| !next.is_blank() && next.indent > base)
            };
            if at == text.len() && !below() {
                return None;
            }
            option
        }
    };
    let mut entries = Vec::new();
    let mut taken = 0;
    while let Some(first) = lines.get(taken).filter(|line| line.indent == base) {
        let Some((term, at)) = entry(first.text) else {
            break;
        };
        let size = extent(&lines[taken..], base);
        let body = &mut lines[taken..taken + size];
        body[0].text = body[0].text[at..].trim_start();
        let column = min_indent(&body[1..]).max(base + 1);
        body[0].indent = column;
        entries.push(Definition {
            term: term.inlines(scope),
            blocks: parse_inner(body, column, scope),
        });
        taken += size;
        let blank = blank(&lines[taken..]);
        let next = lines.get(taken + blank);
        if next.is_some_and(|next| next.indent == base && entry(next.text).is_some()) {
            taken += blank;
        }
    }
    out.push(Block::Definitions(entries));
    Some(taken)
}

/// `:name:`, and where its text begins. What a backtick follows is a role.
fn field(text: &str) -> Option<Opened<'_>> {
    let rest = text.strip_prefix(':')?;
    let end = match rest.find(": ") {
        Some(end) => end,
        None => rest.len().checked_sub(1).filter(|_| rest.ends_with(':'))?,
    };
    let name = &rest[..end];
    if name.is_empty()
        || name.starts_with([' ', ':'])
        || name.ends_with([' ', '\\'])
        || name.contains('`')
    {
        return None;
    }
    Some((Term::Field(name), end + 2))
}

/// `-o`, `--option=ARGUMENT`, `/O` and others after commas, two spaces behind the last; and where the description begins.
fn option(text: &str) -> Option<Opened<'_>> {
    if !text.starts_with(['-', '/']) {
        return None;
    }
    let end = text.find("  ").unwrap_or(text.len());
    let options = &text[..end];
    options
        .split(", ")
        .all(is_option)
        .then_some((Term::Options(options), end))
}

fn is_option(text: &str) -> bool {
    let word = |word: &str| {
        let mut bytes = word.bytes();
        bytes
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
            && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let argument = |text: &str| {
        let inner = text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'));
        match inner {
            Some(inner) => !inner.is_empty() && !inner.contains(['<', '>']),
            None => word(text),
        }
    };
    let (name, rest) = match text.split_once([' ', '=']) {
        Some((name, rest)) => (name, Some(rest)),
        None => (text, None),
    };
    let named = match name.strip_prefix("--") {
        Some(long) => word(long),
        None => name
            .strip_prefix(['-', '/'])
            .is_some_and(|short| short.len() == 1 && word(short)),
    };
    named && rest.is_none_or(argument)
}
