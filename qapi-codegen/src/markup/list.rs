//! Bulleted and numbered lists.

use super::blocks::parse_inner;
use super::lines::{Line, extent, min_indent};
use super::tree::{Block, ListKind};

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
    /// `1.`, with the character that ends it.
    Number(u32, char),
    /// `#.`, with the character that ends it.
    Next(char),
}

impl Marker {
    pub(super) fn is_bullet(&self) -> bool {
        matches!(self.style, Style::Bullet(_))
    }

    /// Whether an item marked with this one continues the list of an item marked with `last`.
    pub(super) fn follows(&self, last: &Marker) -> bool {
        match (self.style, last.style) {
            (Style::Bullet(this), Style::Bullet(last)) => this == last,
            (Style::Number(this, end), Style::Number(last, last_end)) => {
                this == last + 1 && end == last_end
            }
            (Style::Next(end), Style::Number(_, last_end) | Style::Next(last_end)) => {
                end == last_end
            }
            _ => false,
        }
    }
}

/// The marker that a line begins with: a bullet, or a number with `.` or `)`.
///
/// Numbers have no zero in front, so that they can be shown from their values, and at most eight
/// digits, so that those counted on from them have at most nine, which is as far as Markdown goes.
/// Letters do not count: "a. " is prose more often than it is a list.
pub(super) fn marker(text: &str) -> Option<Marker> {
    let first = text.chars().next()?;
    let (style, sign) = match first {
        '-' | '*' | '+' | '•' | '‣' | '⁃' => (Style::Bullet(first), first.len_utf8()),
        '#' => (Style::Next(list_end(&text[1..])?), 2),
        '0'..='9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            if digits > 8 || (first == '0' && digits > 1) {
                return None;
            }
            let number = text[..digits].parse().ok()?;
            (
                Style::Number(number, list_end(&text[digits..])?),
                digits + 1,
            )
        }
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

fn list_end(text: &str) -> Option<char> {
    text.chars().next().filter(|c| matches!(c, '.' | ')'))
}

/// Parses a list if the first line opens one. Returns how many lines it took.
pub(super) fn parse(
    lines: &mut [Line<'_>],
    base: usize,
    depth: usize,
    out: &mut Vec<Block>,
) -> Option<usize> {
    let mut last = opened(lines, base, false)?;
    let kind = match last.style {
        Style::Bullet(_) => ListKind::Bullet,
        Style::Number(start, _) => ListKind::Numbered { start },
        Style::Next(_) => ListKind::Numbered { start: 1 },
    };
    let mut items = Vec::new();
    let mut taken = 0;
    loop {
        let size = extent(&lines[taken..], base);
        items.push(item(&mut lines[taken..taken + size], base, last, depth));
        taken += size;
        let blank = lines[taken..]
            .iter()
            .take_while(|line| line.is_blank())
            .count();
        match opened(&lines[taken + blank..], base, true) {
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
/// end with a number that comes to stand first. A marker with nothing behind or below it is text, but for a bullet
/// that goes on with a list.
fn opened(lines: &[Line<'_>], base: usize, goes_on: bool) -> Option<Marker> {
    let first = lines.first().filter(|line| line.indent == base)?;
    let marker = marker(first.text)?;
    let continues = lines.get(1).is_some_and(|next| {
        !next.is_blank()
            && next.indent == base
            && !self::marker(next.text).is_some_and(|next| next.follows(&marker))
    });
    let empty = marker.bytes == first.text.len() && extent(lines, base) == 1;
    let bullet = marker.is_bullet();
    ((!empty || goes_on && bullet) && (bullet || !continues)).then_some(marker)
}

/// Parses one item: the text behind the marker, and what is indented below it. Where the latter is
/// indented less than the former it still belongs to the item.
fn item(lines: &mut [Line<'_>], base: usize, marker: Marker, depth: usize) -> Vec<Block> {
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
    parse_inner(lines, column, depth)
}
