//! Bulleted and numbered lists.

use super::blocks::parse_inner;
use super::lines::{Line, blank, extent, min_indent};
use super::names::Scope;
use super::tree::{Block, ListKind, Numbering};

/// What opens a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marker {
    style: Style,
    /// Columns from the marker to the item's text.
    pub(super) width: usize,
    /// Bytes from the marker to the item's text.
    bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bullet(char),
    /// `1.`, with what encloses it.
    Number(u32, Numbering, End),
    /// `#.`, with what encloses it.
    Next(End),
}

/// What encloses a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// `1.`
    Period,
    /// `1)`
    Right,
    /// `(1)`
    Both,
}

impl Marker {
    pub(super) fn is_bullet(&self) -> bool {
        matches!(self.style, Style::Bullet(_))
    }

    /// Whether it is prose unless another item follows: `A. Nonymous`, `(2) apples`.
    pub(super) fn needs_another(&self) -> bool {
        let digits = |style| matches!(style, Numbering::Arabic);
        matches!(self.style, Style::Number(_, style, end) if !digits(style) || end == End::Both)
    }

    /// Whether an item marked with this one continues the list of an item marked with `last`.
    pub(super) fn follows(&self, last: &Marker) -> bool {
        match (self.style, last.style) {
            (Style::Bullet(this), Style::Bullet(last)) => this == last,
            (Style::Number(this, style, end), Style::Number(last, last_style, last_end)) => {
                this == last + 1 && style == last_style && end == last_end
            }
            (Style::Next(end), Style::Number(_, _, last_end) | Style::Next(last_end)) => {
                end == last_end
            }
            _ => false,
        }
    }
}

/// The marker that a line begins with: a bullet, or a number in one of the forms of numbers.
///
/// Numbers have no zero in front, so that they can be shown from their values, and at most eight
/// digits, so that those counted on from them have at most nine, which is as far as Markdown goes.
pub(super) fn marker(text: &str) -> Option<Marker> {
    marker_after(text, None)
}

/// The same for what stands after an item of a list: there `c`, `d` and `i` are what comes next.
fn marker_after(text: &str, last: Option<&Marker>) -> Option<Marker> {
    let first = text.chars().next()?;
    let (style, sign) = match first {
        '-' | '*' | '+' | '•' | '‣' | '⁃' => (Style::Bullet(first), first.len_utf8()),
        '#' | '(' | '0'..='9' | 'a'..='z' | 'A'..='Z' => numbered(text, last)?,
        _ => return None,
    };
    let rest = &text[sign..];
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    if spaces == 0 && !rest.is_empty() {
        return None;
    }
    let columns = text[..sign].chars().count();
    Some(Marker {
        style,
        width: columns + spaces.max(1),
        bytes: sign + spaces,
    })
}

/// A number with what encloses it, and how long both are.
fn numbered(text: &str, last: Option<&Marker>) -> Option<(Style, usize)> {
    let (opened, inner) = match text.strip_prefix('(') {
        Some(inner) => (1, inner),
        None => (0, text),
    };
    // As long as the longest number, which is a Roman one.
    let longest = inner.bytes().take(16);
    let size = longest
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'#')
        .count();
    let end = match (opened, inner.as_bytes().get(size)?) {
        (0, b'.') => End::Period,
        (0, b')') => End::Right,
        (1, b')') => End::Both,
        _ => return None,
    };
    let number = &inner[..size];
    let style = match number {
        "#" => Style::Next(end),
        _ => {
            let (number, numbering) = value(number, last)?;
            Style::Number(number, numbering, end)
        }
    };
    Some((style, opened + size + 1))
}

/// What a number is, and in which form it is written. `i` is Roman, other letters by themselves are not, unless it is what
/// comes next.
fn value(text: &str, last: Option<&Marker>) -> Option<(u32, Numbering)> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let plain = text.len() <= 8 && (!text.starts_with('0') || text.len() == 1);
        return Some((text.parse().ok().filter(|_| plain)?, Numbering::Arabic));
    }
    let lower = text.bytes().all(|byte| byte.is_ascii_lowercase());
    if !lower && !text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let (alpha, roman) = match lower {
        true => (Numbering::LowerAlpha, Numbering::LowerRoman),
        false => (Numbering::UpperAlpha, Numbering::UpperRoman),
    };
    let letter = match text.as_bytes() {
        [letter] => Some(u32::from(letter.to_ascii_lowercase() - b'a') + 1),
        _ => None,
    };
    let number = from_roman(text).filter(|number| roman.write(*number) == text);
    let number = number.map(|number| (number, roman));
    let letter = letter.map(|letter| (letter, alpha));
    let next = |found: &(u32, Numbering)| {
        matches!(last, Some(Marker { style: Style::Number(last, style, _), .. })
            if found.0 == last + 1 && found.1 == *style)
    };
    let first = match text {
        "i" | "I" => number,
        _ => letter.or(number),
    };
    [letter, number].into_iter().flatten().find(next).or(first)
}

fn from_roman(text: &str) -> Option<u32> {
    let mut total: u32 = 0;
    let mut before = 0;
    for byte in text.bytes().rev() {
        let value = match byte.to_ascii_uppercase() {
            b'I' => 1,
            b'V' => 5,
            b'X' => 10,
            b'L' => 50,
            b'C' => 100,
            b'D' => 500,
            b'M' => 1000,
            _ => return None,
        };
        total = match value < before {
            true => total.checked_sub(value)?,
            false => total + value,
        };
        before = before.max(value);
    }
    Some(total)
}

/// Parses a list if the first line opens one. Returns how many lines it took.
pub(super) fn parse(
    lines: &mut [Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) -> Option<usize> {
    let mut last = opened(lines, base, None)?;
    let kind = match last.style {
        Style::Bullet(_) => ListKind::Bullet,
        Style::Number(start, numbering, _) => ListKind::Numbered { start, numbering },
        Style::Next(_) => ListKind::Numbered {
            start: 1,
            numbering: Numbering::Arabic,
        },
    };
    if last.needs_another() {
        let rest = &lines[extent(lines, base)..];
        let blank = blank(rest);
        let next = opened(&rest[blank..], base, Some(&last))?;
        if !next.follows(&last) {
            return None;
        }
    }
    let mut items = Vec::new();
    let mut taken = 0;
    loop {
        let size = extent(&lines[taken..], base);
        items.push(item(&mut lines[taken..taken + size], base, last, scope));
        taken += size;
        let blank = blank(&lines[taken..]);
        match opened(&lines[taken + blank..], base, Some(&last)) {
            Some(next) if next.follows(&last) => last = next,
            _ => break,
        }
        taken += blank;
    }
    out.push(Block::List { kind, items });
    Some(taken)
}

/// The marker of the item that the first line opens.
///
/// A number opens one only if the next line does not continue as a paragraph would: a sentence may
/// end with a number that comes to stand first. A marker with nothing behind or below it is text, unless another
/// follows, but for a bullet that goes on with a list.
fn opened(lines: &[Line<'_>], base: usize, last: Option<&Marker>) -> Option<Marker> {
    let first = lines.first().filter(|line| line.indent == base)?;
    let marker = marker_after(first.text, last)?;
    let continues = lines.get(1).is_some_and(|next| {
        !next.is_blank()
            && next.indent == base
            && !marker_after(next.text, Some(&marker)).is_some_and(|next| next.follows(&marker))
    });
    let empty = marker.bytes == first.text.len() && extent(lines, base) == 1;
    let bullet = marker.is_bullet();
    let next = &lines[extent(lines, base)..];
    let next = next[blank(next)..]
        .first()
        .filter(|next| next.indent == base);
    let followed = next
        .and_then(|next| marker_after(next.text, Some(&marker)))
        .is_some_and(|next| next.follows(&marker));
    let is_item = !empty || followed || last.is_some() && bullet;
    (is_item && (bullet || !continues)).then_some(marker)
}

/// Parses one item: the text behind the marker, and what is indented below it. Where the latter is
/// indented less than the former it still belongs to the item.
fn item(lines: &mut [Line<'_>], base: usize, marker: Marker, scope: Scope<'_>) -> Vec<Block> {
    let Some((first, rest)) = lines.split_first_mut() else {
        return Vec::new();
    };
    first.text = &first.text[marker.bytes..];
    let column = if first.is_blank() {
        min_indent(rest).max(base + 1)
    } else {
        base + marker.width
    };
    first.indent = column;
    for line in rest {
        line.indent = line.indent.max(column);
    }
    parse_inner(lines, column, scope)
}
