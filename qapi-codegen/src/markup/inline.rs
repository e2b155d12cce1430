//! Running text to inlines.
//!
//! Markup begins and ends where reStructuredText says: what opens it stands behind white space or
//! opening punctuation and before text, what closes it stands behind text and before white space
//! or closing punctuation. Everything else, a `*` in a glob or an `@` in an address, is text.

use super::explicit::is_label;
use super::names::{Meaning, Names, substitution_key, target_key};
use super::tree::Inline;

/// The longest name that is looked up, in bytes; the bound keeps a text of signs linear.
const LONGEST_NAME: usize = 200;

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

    /// A reference in backticks, with the address within or with that of its name.
    fn phrase(&mut self, text: &str, is_unnamed: bool, end: usize) -> bool {
        let (label, target) = match text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
        {
            Some(url) => (Some(url.to_owned()), url.to_owned()),
            None => labelled(text),
        };
        let Some(label) = label else {
            let meaning = self.names.and_then(|names| match is_unnamed {
                true => names.next_unnamed(),
                false => names.meaning(&target_key(&target)),
            });
            return meaning.is_some_and(|meaning| self.lead(target, meaning, end));
        };
        let url: String = target.split_whitespace().collect();
        if has_scheme(&url) {
            if let Some(names) = self.names.filter(|_| !is_unnamed) {
                names.define(target_key(&label), Meaning::Address(url.clone()));
            }
            return self.push(Inline::Link { text: label, url }, end);
        }
        let name = target.strip_suffix('_');
        let meaning = name.and_then(|name| self.names?.meaning(&target_key(name)));
        meaning.is_some_and(|meaning| self.lead(label, meaning, end))
    }

    /// Text that refers to something, up to `end`.
    fn lead(&mut self, text: String, meaning: Meaning, end: usize) -> bool {
        match meaning {
            Meaning::Address(url) if has_scheme(&url) => self.push(Inline::Link { text, url }, end),
            // What is not on the web is read, not followed.
            Meaning::Address(address) => self.put(&format!("{text} ({address})"), end),
            _ => self.put(&text, end),
        }
    }

    /// Takes text in place of what stands up to `end`.
    fn put(&mut self, text: &str, end: usize) -> bool {
        text.chars()
            .for_each(|c| push_collapsed(&mut self.plain, c));
        self.at = end;
        true
    }

    /// A name of one word that ends before the underscore at hand, where that is the name of something.
    fn reference(&mut self) -> bool {
        let Some(names) = self.names else {
            return false;
        };
        let part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '+' | ':');
        let mut start = self.at;
        for (at, c) in self.text[..self.at].char_indices().rev() {
            if !part(c) || self.at - at > LONGEST_NAME {
                break;
            }
            start = at;
        }
        let name = &self.text[start..self.at];
        let end = self.at + 1 + usize::from(self.rest().starts_with("__"));
        let simple =
            name.starts_with(char::is_alphanumeric) && name.ends_with(char::is_alphanumeric);
        if !simple
            || !opens(self.before(start))
            || !closes(self.after(end))
            || !self.plain.ends_with(name)
        {
            return false;
        }
        let meaning = match end - self.at {
            1 => names.meaning(&target_key(name)),
            _ => names.next_unnamed(),
        };
        let Some(meaning) = meaning else {
            return false;
        };
        self.plain.truncate(self.plain.len() - name.len());
        self.lead(name.to_owned(), meaning, end)
    }

    /// `_`text`: a place that references lead to.
    fn target(&mut self) -> bool {
        let tick = self.at + 1;
        if !self.rest().starts_with("_`") || !opens(self.before(self.at)) {
            return false;
        }
        let Some(names) = self.names else {
            return false;
        };
        let text = &self.text[tick + 1..];
        let size = text
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| byte == b'`');
        let Some(size) = size.filter(|size| *size > 0) else {
            return false;
        };
        let (name, end) = (&text[..size], tick + size + 2);
        let apart = !name.starts_with(char::is_whitespace) && !name.ends_with(char::is_whitespace);
        if !apart || !closes(self.after(end)) {
            return false;
        }
        names.define(target_key(name), Meaning::Place);
        self.put(&unescaped(name), end)
    }

    /// `|name|`, where that is defined.
    fn substitution(&mut self) -> bool {
        let Some(names) = self.names.filter(|_| opens(self.before(self.at))) else {
            return false;
        };
        let text = &self.rest()[1..];
        let size = text
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| byte == b'|');
        let Some(name) = size.map(|size| &text[..size]) else {
            return false;
        };
        if name.trim() != name || name.is_empty() {
            return false;
        }
        let end = self.at + name.len() + 2;
        let refers = self.text[end..].starts_with('_');
        let end = end + usize::from(refers);
        if !closes(self.after(end)) {
            return false;
        }
        let refers = refers.then(|| names.meaning(&target_key(name))).flatten();
        match (names.meaning(&substitution_key(name)), refers) {
            (Some(Meaning::Text(text)), None) => {
                self.flush();
                // Names in what is put in stay as they are: they could grow without end.
                self.inlines.extend(parse(&text, None));
                self.at = end;
                true
            }
            (Some(Meaning::Text(text) | Meaning::Plain(text)), Some(refers)) => {
                self.lead(text, refers, end)
            }
            (Some(Meaning::Plain(text)), None) => self.put(&text, end),
            _ => false,
        }
    }

    /// `[label]_`, where there is such a footnote: its label as it is shown.
    fn footnote(&mut self) -> bool {
        let Some(names) = self.names.filter(|_| opens(self.before(self.at))) else {
            return false;
        };
        let text = &self.rest()[1..];
        let Some(size) = text
            .bytes()
            .take(LONGEST_NAME)
            .position(|byte| byte == b']')
        else {
            return false;
        };
        let end = self.at + size + 3;
        if !text[size..].starts_with("]_") || !closes(self.after(end)) || !is_label(&text[..size]) {
            return false;
        }
        match names.label(&text[..size]) {
            Some(label) => self.put(&format!("[{label}]"), end),
            None => false,
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

/// What a text in single backticks stands for.
fn interpretation(role: Option<&str>, text: &str) -> Inline {
    match role {
        Some("code" | "literal") => Inline::Literal(text.replace('\n', " ")),
        Some("emphasis") => Inline::Emphasis(unescaped(text)),
        Some("strong") => Inline::Strong(unescaped(text)),
        Some("math") => Inline::Literal(text.replace('\n', " ")),
        Some("sub" | "subscript") => Inline::Text(lowered(&unescaped(text))),
        Some("sup" | "superscript") => Inline::Text(raised(&unescaped(text))),
        Some("pep" | "pep-reference") => publication("PEP", text),
        Some("rfc" | "rfc-reference") => publication("RFC", text),
        role => {
            let (label, target) = labelled(text);
            // With a sign in front a role shows a name without a link, or its last part alone.
            if let (Some(_), Some(name)) = (role, target.strip_prefix('!')) {
                return Inline::Literal(label.unwrap_or_else(|| name.to_owned()));
            }
            let label = label.or_else(|| {
                let name = target.strip_prefix('~').filter(|_| role.is_some())?;
                Some(name.rsplit('.').next().unwrap_or(name).to_owned())
            });
            Inline::Reference {
                role: role.map(str::to_owned),
                target,
                label,
            }
        }
    }
}

/// Digits and signs that there is a small form of, lowered and raised.
const SMALL: [(char, char, char); 15] = [
    ('0', '₀', '⁰'),
    ('1', '₁', '¹'),
    ('2', '₂', '²'),
    ('3', '₃', '³'),
    ('4', '₄', '⁴'),
    ('5', '₅', '⁵'),
    ('6', '₆', '⁶'),
    ('7', '₇', '⁷'),
    ('8', '₈', '⁸'),
    ('9', '₉', '⁹'),
    ('+', '₊', '⁺'),
    ('-', '₋', '⁻'),
    ('=', '₌', '⁼'),
    ('(', '₍', '⁽'),
    (')', '₎', '⁾'),
];

/// A text as an index; a sign says that it is one where its characters cannot.
fn lowered(text: &str) -> String {
    let small = |c| SMALL.iter().find(|small| small.0 == c).map(|small| small.1);
    let small: Option<String> = text.chars().map(small).collect();
    small.unwrap_or_else(|| format!("_{text}"))
}

/// A text as an exponent, in the same way.
fn raised(text: &str) -> String {
    let small = |c| SMALL.iter().find(|small| small.0 == c).map(|small| small.2);
    let small: Option<String> = text.chars().map(small).collect();
    small.unwrap_or_else(|| format!("^{text}"))
}

/// A link to a publication with a number, perhaps to a section of it.
fn publication(series: &str, text: &str) -> Inline {
    let (label, target) = labelled(text);
    let (number, section) = match target.split_once('#') {
        Some((number, section)) => (number, format!("#{section}")),
        None => (&*target, String::new()),
    };
    let Ok(value) = number.parse::<u32>() else {
        return Inline::Text(format!("{series} {text}"));
    };
    let url = match series {
        "PEP" => format!("https://peps.python.org/pep-{value:04}/{section}"),
        _ => format!("https://www.rfc-editor.org/rfc/rfc{value}.html{section}"),
    };
    Inline::Link {
        text: label.unwrap_or_else(|| format!("{series} {number}")),
        url,
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
