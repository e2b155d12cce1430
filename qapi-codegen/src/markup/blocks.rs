//! Lines to blocks.
//!
//! Everything here works on a slice of lines that belong to one container and stand at `base` or
//! further right. A function that opens an inner container hands a part of its slice down, one
//! level deeper; [`MAX_DEPTH`] bounds that, and with it the number of times a line is looked at.

use super::lines::{Line, blank, extent, joined, min_indent, verbatim};
use super::names::Scope;
use super::tree::{Block, Definition};
use super::{example, explicit, fields, list, table};

/// How deep containers may be nested; what is nested deeper is kept as it stands. Schemas in the
/// field get to 4.
pub(super) const MAX_DEPTH: usize = 12;

/// Parses the lines of one container.
pub(super) fn parse(lines: &mut [Line<'_>], base: usize, scope: Scope<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if lines[at].is_blank() {
            at += 1;
        } else {
            at += block(&mut lines[at..], base, scope, &mut blocks);
        }
    }
    blocks
}

/// Parses the lines of a container inside of the one at hand.
pub(super) fn parse_inner(lines: &mut [Line<'_>], base: usize, scope: Scope<'_>) -> Vec<Block> {
    if let Some(inner) = scope.inner() {
        return parse(lines, base, inner);
    }
    let text = verbatim(lines, base);
    if text.is_empty() {
        Vec::new()
    } else {
        vec![Block::Literal {
            language: None,
            text,
        }]
    }
}

/// Moves the lines of a tag's description below its first line, which starts behind the tag.
///
/// QEMU does the same for descriptions alone. Here it is the shape that tells: only a description
/// has its first line further left than those that go on with it, unless that line opens something
/// that they belong to.
pub(super) fn settle(lines: &mut [Line<'_>], base: usize) {
    let Some(first) = lines.iter().position(|line| !line.is_blank()) else {
        return;
    };
    let size = extent(&lines[first..], base);
    let (described, below) = lines[first..].split_at_mut(size);
    let Some((head, rest)) = described.split_first_mut() else {
        return;
    };
    let Some(next) = rest.iter().position(|line| !line.is_blank()) else {
        return;
    };
    let hanging = min_indent(rest);
    let opens = explicit::opens(head.text) || is_message(head.text) || is_line_block(head.text);
    if head.indent > base || opens {
        return;
    }
    if head.text.ends_with("::") && rest[next].indent == hanging {
        return;
    }
    let after = below.iter().position(|line| !line.is_blank());
    if let Some(after) = after {
        // Between paragraphs that are not indented it is a quote, before a term a definition.
        if next > 0 || is_term(&below[after..], base) {
            return;
        }
    }
    if fields::opens(head.text) && !fields::opens(rest[next].text) {
        return;
    }
    if let Some(marker) = list::marker(head.text) {
        let sibling = list::marker(rest[next].text).is_some_and(|next| next.follows(&marker));
        if !sibling || hanging == base + marker.width {
            return;
        }
    }
    for line in rest.iter_mut().filter(|line| !line.is_blank()) {
        line.indent -= hanging - base;
    }
}

/// Parses the block that the first line, which is not blank, belongs to. Returns how many lines it
/// took, at least one.
fn block(lines: &mut [Line<'_>], base: usize, scope: Scope<'_>, out: &mut Vec<Block>) -> usize {
    let line = lines[0];
    if line.indent > base {
        return quote(lines, base, scope, out);
    }
    // Titles divide a document, so a container has none.
    if scope.is_outermost()
        && let Some(taken) = heading(lines, scope, out)
    {
        return taken;
    }
    if explicit::opens(line.text) {
        return explicit::parse(lines, base, scope, out);
    }
    if let Some(taken) = table::parse(lines, base, scope, out) {
        return taken;
    }
    if is_line_block(line.text) {
        return line_block(lines, base, scope, out);
    }
    if is_message(line.text) {
        return exchange(lines, base, out);
    }
    if let Some(taken) = list::parse(lines, base, scope, out) {
        return taken;
    }
    if let Some(taken) = fields::parse(lines, base, scope, out) {
        return taken;
    }
    if line.text == ">>>" || line.text.starts_with(">>> ") {
        return session(lines, out);
    }
    if is_term(lines, base) {
        return definitions(lines, base, scope, out);
    }
    paragraph(lines, base, scope, out)
}

/// Indented lines. Lists are commonly indented against the text that introduces them; that is a
/// matter of style, and they come out as lists.
pub(super) fn quote(
    lines: &mut [Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) -> usize {
    let size = extent(lines, base);
    let indent = min_indent(&lines[..size]);
    let attribution = attribution(&lines[..size], indent);
    let (said, taken) = match &attribution {
        Some((at, end)) => (*at, *end),
        None => (size, size),
    };
    let who = attribution.map(|(at, end)| {
        let text = joined(&lines[at..end]);
        scope.inlines(&format!("\u{2014} {}", text.trim_start_matches(DASHES)))
    });
    let mut blocks = parse_inner(&mut lines[..said], indent, scope);
    let is_list = |block: &Block| matches!(block, Block::List { .. });
    match who {
        None if blocks.iter().all(is_list) => out.extend(blocks),
        who => {
            blocks.extend(who.map(Block::Paragraph));
            out.push(Block::Quote(blocks));
        }
    }
    taken
}

/// What stands before the name of whom a quote is from.
const DASHES: [char; 3] = ['-', '\u{2014}', ' '];

/// Where a quote says whom it is from, which ends it: the lines from `--` on, up to a blank one.
fn attribution(lines: &[Line<'_>], indent: usize) -> Option<(usize, usize)> {
    let opens = |text: &str| {
        let named = ["-- ", "--- ", "\u{2014}"]
            .iter()
            .find_map(|sign| text.strip_prefix(sign));
        named.is_some_and(|name| !name.trim_start_matches(DASHES).is_empty())
    };
    let at = (1..lines.len()).find(|&at| {
        lines[at - 1].is_blank() && lines[at].indent == indent && opens(lines[at].text)
    })?;
    let size = lines[at..]
        .iter()
        .take_while(|line| !line.is_blank())
        .count();
    Some((at, at + size))
}

/// A title: `= Title` of the dialects before 10.2, or one that is underlined, perhaps overlined.
fn heading(lines: &[Line<'_>], scope: Scope<'_>, out: &mut Vec<Block>) -> Option<usize> {
    let (level, title, taken) = tagged_title(lines)
        .or_else(|| overlined_title(lines))
        .or_else(|| underlined_title(lines))?;
    out.push(Block::Heading {
        level,
        inlines: scope.inlines(title),
    });
    Some(taken)
}

fn tagged_title<'a>(lines: &[Line<'a>]) -> Option<(u8, &'a str, usize)> {
    let title = lines[0].text.trim_start_matches('=');
    let level = lines[0].text.len() - title.len();
    let title = title.strip_prefix(' ')?.trim_start();
    // A line of nothing but `=` and spaces is the border of a table.
    if title.chars().all(|c| matches!(c, '=' | ' ')) {
        return None;
    }
    (1..=6).contains(&level).then_some((level as u8, title, 1))
}

fn overlined_title<'a>(lines: &[Line<'a>]) -> Option<(u8, &'a str, usize)> {
    let [over, title, under, ..] = lines else {
        return None;
    };
    let rule = ruler(over.text)?;
    if title.is_blank() || ruler(under.text) != Some(rule) || !rules(under, title) {
        return None;
    }
    let level = if rule == '=' { 1 } else { title_level(rule) };
    Some((level, title.text, 3))
}

fn underlined_title<'a>(lines: &[Line<'a>]) -> Option<(u8, &'a str, usize)> {
    let [title, under, ..] = lines else {
        return None;
    };
    let rule = ruler(under.text)?;
    if ruler(title.text).is_some() || under.indent != title.indent || !rules(under, title) {
        return None;
    }
    Some((title_level(rule), title.text, 2))
}

/// The character of a line that consists of one repeated punctuation character.
fn ruler(text: &str) -> Option<char> {
    let first = text.chars().next()?;
    let drawn = "=-~^\"'*+#_`".contains(first) && text.chars().all(|c| c == first);
    drawn.then_some(first)
}

/// Whether `rule` is long enough to underline `title`. From four characters on it is one in any
/// case: who draws that has a title in mind.
fn rules(rule: &Line<'_>, title: &Line<'_>) -> bool {
    rule.text.len() >= 4 || rule.text.chars().count() >= title.text.chars().count()
}

fn title_level(rule: char) -> u8 {
    match rule {
        '*' | '#' => 1,
        '=' => 2,
        '-' => 3,
        '~' => 4,
        '^' | '"' => 5,
        _ => 6,
    }
}

/// What was typed to Python and what it has answered, up to the next blank line.
fn session(lines: &[Line<'_>], out: &mut Vec<Block>) -> usize {
    let taken = lines.iter().take_while(|line| !line.is_blank()).count();
    out.push(Block::Literal {
        language: None,
        text: verbatim(&lines[..taken], min_indent(&lines[..taken])),
    });
    taken
}

fn is_line_block(text: &str) -> bool {
    text == "|" || text.starts_with("| ")
}

/// Lines that begin with `|`, and those indented below one, which go on with it.
fn line_block(lines: &[Line<'_>], base: usize, scope: Scope<'_>, out: &mut Vec<Block>) -> usize {
    let mut shown = Vec::new();
    let mut taken = 0;
    while let Some(line) = lines.get(taken)
        && line.indent == base
        && is_line_block(line.text)
    {
        let more = lines[taken + 1..].iter();
        let size = 1 + more
            .take_while(|line| !line.is_blank() && line.indent > base)
            .count();
        shown.push(scope.inlines(&joined(&lines[taken..taken + size])[1..]));
        taken += size;
    }
    out.push(Block::Lines(shown));
    taken
}

/// Whether a line begins a message of an exchange, as the dialects before 10.0 have them anywhere.
fn is_message(text: &str) -> bool {
    text.starts_with("-> ") || text.starts_with("<- ")
}

/// Messages that follow each other, with the indented lines that belong to them.
fn exchange(lines: &[Line<'_>], base: usize, out: &mut Vec<Block>) -> usize {
    let mut taken = 0;
    loop {
        taken += extent(&lines[taken..], base);
        let blank = blank(&lines[taken..]);
        let next = lines.get(taken + blank);
        if !next.is_some_and(|next| next.indent == base && is_message(next.text)) {
            break;
        }
        taken += blank;
    }
    out.push(example::exchange(&verbatim(&lines[..taken], base)));
    taken
}

/// Whether the first line is a term: one line right above its indented definition. A line that
/// ends with a colon introduces what is below it instead.
fn is_term(lines: &[Line<'_>], base: usize) -> bool {
    let [term, below, ..] = lines else {
        return false;
    };
    let plain = !explicit::opens(term.text)
        && !is_line_block(term.text)
        && !is_message(term.text)
        && !fields::opens(term.text)
        && list::marker(term.text).is_none_or(|marker| marker.needs_another());
    plain
        && term.indent == base
        && !term.is_blank()
        && !term.text.ends_with(':')
        && !below.is_blank()
        && below.indent > base
}

fn definitions(
    lines: &mut [Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) -> usize {
    let mut entries = Vec::new();
    let mut taken = 0;
    loop {
        let size = extent(&lines[taken..], base);
        let term = scope.inlines(lines[taken].text);
        let body = &mut lines[taken + 1..taken + size];
        let indent = min_indent(body);
        entries.push(Definition {
            term,
            blocks: parse_inner(body, indent, scope),
        });
        taken += size;
        let blank = blank(&lines[taken..]);
        if !is_term(&lines[taken + blank..], base) {
            break;
        }
        taken += blank;
    }
    out.push(Block::Definitions(entries));
    taken
}

/// Running text, and the literal block that a `::` at its end announces.
fn paragraph(lines: &[Line<'_>], base: usize, scope: Scope<'_>, out: &mut Vec<Block>) -> usize {
    let mut size = 1;
    while size < lines.len() && !ends_paragraph(&lines[size - 1], &lines[size], base) {
        size += 1;
    }
    let text = joined(&lines[..size]);
    let blank = blank(&lines[size..]);
    let literal = &lines[size + blank..];
    if text.ends_with("::") && literal.first().is_some_and(|line| line.indent > base) {
        let taken = extent(literal, base);
        push_paragraph(announcement(&text), scope, out);
        let text = verbatim(&literal[..taken], min_indent(&literal[..taken]));
        out.push(Block::Literal {
            language: None,
            text,
        });
        return size + blank + taken;
    }
    if text.ends_with("::") && blank > 0 {
        let quoted = quoted(literal, base);
        if quoted > 0 {
            push_paragraph(announcement(&text), scope, out);
            out.push(Block::Literal {
                language: None,
                text: verbatim(&literal[..quoted], base),
            });
            return size + blank + quoted;
        }
    }
    // The second colon announces, even if nothing is there.
    match text.ends_with("::") && !text.ends_with("\\::") {
        true => push_paragraph(announcement(&text), scope, out),
        false => push_paragraph(&text, scope, out),
    }
    size
}

/// How many lines a literal block has that is not indented but quoted: up to the next blank line, each begins with the
/// same sign.
fn quoted(lines: &[Line<'_>], base: usize) -> usize {
    let sign = lines.first().and_then(|line| line.text.chars().next());
    let Some(sign) = sign.filter(char::is_ascii_punctuation) else {
        return 0;
    };
    let mut block = lines.iter().take_while(|line| !line.is_blank());
    let size = block.clone().count();
    match block.all(|line| line.indent == base && line.text.starts_with(sign)) {
        true => size,
        false => 0,
    }
}

/// What the text before a literal block reads as: `text::` as `text:`, `text ::` as `text`.
fn announcement(text: &str) -> &str {
    let before = &text[..text.len() - 2];
    match before.chars().next_back() {
        None | Some(' ' | '\n') => before.trim_end(),
        Some(_) => &text[..text.len() - 1],
    }
}

/// Whether a paragraph whose last line so far is `last` ends before `next`. Where schemas leave out
/// the blank line that reStructuredText asks for, the sense decides.
fn ends_paragraph(last: &Line<'_>, next: &Line<'_>, base: usize) -> bool {
    if next.is_blank() || explicit::is_directive(next.text) {
        return true;
    }
    let item = list::marker(next.text).is_some_and(|marker| marker.is_bullet());
    if next.indent > base {
        item || last.text.ends_with("::")
    } else {
        (item || is_message(next.text)) && last.text.ends_with(':')
    }
}

fn push_paragraph(text: &str, scope: Scope<'_>, out: &mut Vec<Block>) {
    // A backslash before what would be the marker of an item says that it is none.
    let text = match text.strip_prefix('\\') {
        Some(rest) if list::marker(rest).is_some() => rest,
        _ => text,
    };
    let inlines = scope.inlines(text);
    if !inlines.is_empty() {
        out.push(Block::Paragraph(inlines));
    }
}
