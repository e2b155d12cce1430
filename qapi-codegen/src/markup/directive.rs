//! Explicit markup: what `..` begins.

use super::blocks::parse_inner;
use super::inline;
use super::lines::{Line, extent, min_indent, verbatim};
use super::tree::{AdmonitionKind, Block, Cell, ExchangeLine, ListKind, Sender};

/// Whether a line begins explicit markup.
pub(super) fn opens(text: &str) -> bool {
    text == ".." || text.starts_with(".. ")
}

/// Whether a line begins a directive.
pub(super) fn is_directive(text: &str) -> bool {
    head(text).is_some()
}

/// Name and argument of a directive's first line.
fn head(text: &str) -> Option<(&str, &str)> {
    let (name, argument) = text.strip_prefix(".. ")?.trim_start().split_once("::")?;
    let named = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.+:".contains(&b));
    let apart = argument.is_empty() || argument.starts_with(' ');
    (named && apart).then_some((name, argument.trim_start()))
}

/// Parses the explicit markup that the first line begins. Returns how many lines it took.
pub(super) fn parse(
    lines: &mut [Line<'_>],
    base: usize,
    depth: usize,
    out: &mut Vec<Block>,
) -> usize {
    let taken = extent(lines, base);
    let lines = &mut lines[..taken];
    // The text is made before the lines are handed out: an inner parser changes them.
    let unknown = verbatim(lines, base);
    if is_hidden(lines[0].text) {
        return taken;
    }
    let block = head(lines[0].text)
        .and_then(|(name, argument)| directive(name, argument, lines, depth))
        .unwrap_or(Block::Unknown(unknown));
    out.push(block);
    taken
}

/// Whether explicit markup is not meant to be seen: a comment, or the place that a label names. What a colon follows
/// is rather a directive that is misspelt.
fn is_hidden(text: &str) -> bool {
    let rest = text.trim_start_matches('.').trim_start();
    if let Some(label) = rest.strip_prefix('_') {
        return label.ends_with(':') && !label.ends_with("\\:");
    }
    let word = rest.split(' ').next().unwrap_or_default();
    !rest.starts_with(['[', '|']) && !word.ends_with(':') && !rest.contains("::")
}

/// A directive that the tree has a node for. One with an option that is not known here is left to
/// be shown as it stands, so that nothing is lost.
fn directive(name: &str, argument: &str, lines: &mut [Line<'_>], depth: usize) -> Option<Block> {
    match (name, AdmonitionKind::from_directive(name)) {
        (_, Some(AdmonitionKind::Titled)) => titled_admonition(argument, &mut lines[1..], depth),
        (_, Some(kind)) => admonition(kind, argument, lines, depth),
        ("qmp-example", _) => example(argument, &mut lines[1..], depth),
        ("code-block" | "code" | "sourcecode", _) => code_block(argument, &lines[1..]),
        ("table", _) => table(argument, &mut lines[1..], depth),
        ("list-table", _) => list_table(argument, &mut lines[1..], depth),
        _ => None,
    }
}

/// An admonition whose text may begin on the directive's line.
fn admonition(
    kind: AdmonitionKind,
    argument: &str,
    lines: &mut [Line<'_>],
    depth: usize,
) -> Option<Block> {
    let (first, body) = lines.split_first_mut()?;
    if !options(body).0.is_empty() {
        return None;
    }
    let column = min_indent(body).max(first.indent + 1);
    let shown = first.text.len() - argument.len();
    *first = Line {
        indent: column,
        text: &first.text[shown..],
    };
    Some(Block::Admonition {
        kind,
        title: Vec::new(),
        blocks: parse_inner(lines, column, depth),
    })
}

fn titled_admonition(argument: &str, body: &mut [Line<'_>], depth: usize) -> Option<Block> {
    let (title, at) = title(argument, body);
    let body = &mut body[at..];
    if !options(body).0.is_empty() {
        return None;
    }
    let column = min_indent(body);
    Some(Block::Admonition {
        kind: AdmonitionKind::Titled,
        title: inline::parse(&title),
        blocks: parse_inner(body, column, depth),
    })
}

fn example(argument: &str, body: &mut [Line<'_>], depth: usize) -> Option<Block> {
    let (options, at) = options(body);
    let known = options.iter().all(|(name, value)| match *name {
        "title" => true,
        "annotated" => value.is_empty(),
        _ => false,
    });
    if !argument.is_empty() || !known {
        return None;
    }
    let annotated = options.iter().any(|(name, _)| *name == "annotated");
    let title = options.iter().rfind(|(name, _)| *name == "title");
    let title = title
        .map(|(_, title)| inline::parse(title))
        .unwrap_or_default();
    let body = &mut body[at..];
    let column = min_indent(body);
    let blocks = if annotated {
        parse_inner(body, column, depth)
            .into_iter()
            .map(|block| match block {
                Block::Literal {
                    language: None,
                    text,
                } => exchange(&text),
                other => other,
            })
            .collect()
    } else {
        vec![exchange(&verbatim(body, column))]
    };
    Some(Block::Example {
        title,
        annotated,
        blocks,
    })
}

/// The messages in a preformatted text.
pub(super) fn exchange(text: &str) -> Block {
    let line = |line: &str| {
        let message = [Sender::Client, Sender::Server]
            .into_iter()
            .find_map(|sender| {
                let text = line.strip_prefix(sender.arrow())?;
                let text = if text.is_empty() {
                    text
                } else {
                    text.strip_prefix(' ')?
                };
                Some(ExchangeLine {
                    sender: Some(sender),
                    text: text.to_owned(),
                })
            });
        message.unwrap_or_else(|| ExchangeLine {
            sender: None,
            text: line.to_owned(),
        })
    };
    Block::Exchange(text.split('\n').map(line).collect())
}

/// Code. Its options say how it is shown, but for a caption, which would be lost.
fn code_block(argument: &str, body: &[Line<'_>]) -> Option<Block> {
    let (options, end) = options(body);
    let shows = |name: &str| {
        let known = [
            "linenos",
            "number-lines",
            "lineno-start",
            "emphasize-lines",
            "dedent",
            "force",
            "class",
            "name",
        ];
        known.contains(&name)
    };
    if !options.iter().all(|(name, _)| shows(name)) {
        return None;
    }
    let body = &body[end..];
    let language = (!argument.is_empty()).then(|| argument.to_owned());
    Some(Block::Literal {
        language,
        text: verbatim(body, min_indent(body)),
    })
}

/// A table with a title. Its other options say how wide it is shown.
fn table(argument: &str, body: &mut [Line<'_>], depth: usize) -> Option<Block> {
    let (title, at) = title(argument, body);
    let (options, end) = options(&body[at..]);
    if !options
        .iter()
        .all(|(name, _)| matches!(*name, "align" | "width" | "widths"))
    {
        return None;
    }
    let body = &mut body[at + end..];
    let column = min_indent(body);
    let mut blocks = parse_inner(body, column, depth).into_iter();
    match (blocks.next(), blocks.next()) {
        (Some(Block::Table { header, rows, .. }), None) => Some(Block::Table {
            title: inline::parse(&title),
            header,
            rows,
        }),
        _ => None,
    }
}

/// A table that is written as a list: its items are rows, and lists of cells.
fn list_table(argument: &str, body: &mut [Line<'_>], depth: usize) -> Option<Block> {
    let (title, at) = title(argument, body);
    let (options, end) = options(&body[at..]);
    let mut headed = false;
    for (name, value) in &options {
        match (*name, value.as_str()) {
            ("header-rows", "0" | "1") => headed = value == "1",
            ("align" | "width" | "widths", _) => {}
            _ => return None,
        }
    }
    let body = &mut body[at + end..];
    let column = min_indent(body);
    let mut rows = items(&mut parse_inner(body, column, depth))?
        .iter_mut()
        .map(|row| items(row)?.iter_mut().map(|cell| running(cell)).collect())
        .collect::<Option<Vec<Vec<Cell>>>>()?;
    let width = rows.first()?.len();
    if rows.iter().any(|row| row.len() != width) {
        return None;
    }
    let header = match headed {
        true => rows.remove(0),
        false => Vec::new(),
    };
    let title = inline::parse(&title);
    Some(Block::Table {
        title,
        header,
        rows,
    })
}

/// The items of the list that is all there is.
fn items(blocks: &mut [Block]) -> Option<Vec<Vec<Block>>> {
    match blocks {
        [
            Block::List {
                kind: ListKind::Bullet,
                items,
            },
        ] => Some(std::mem::take(items)),
        _ => None,
    }
}

/// The running text that is all there is, if there is anything.
fn running(blocks: &mut [Block]) -> Option<Cell> {
    match blocks {
        [] => Some(Cell::new()),
        [Block::Paragraph(text)] => Some(std::mem::take(text)),
        _ => None,
    }
}

/// A title that begins on the directive's line and may go on below it, and the number of lines
/// that it takes there.
fn title(argument: &str, body: &[Line<'_>]) -> (String, usize) {
    let more = body
        .iter()
        .take_while(|line| !line.is_blank() && option(line.text).is_none())
        .count();
    let mut title = argument.to_owned();
    for line in &body[..more] {
        title.push('\n');
        title.push_str(line.text);
    }
    (title, more)
}

/// The options at the top of a directive's body, and the number of lines that they take. A value
/// goes on where a line is indented more than its option.
fn options<'a>(body: &[Line<'a>]) -> (Vec<(&'a str, String)>, usize) {
    let mut options: Vec<(&str, String)> = Vec::new();
    let mut column = 0;
    let mut at = 0;
    while at < body.len() && !body[at].is_blank() {
        match (option(body[at].text), options.last_mut()) {
            (_, Some((_, value))) if body[at].indent > column => {
                value.push('\n');
                value.push_str(body[at].text);
            }
            (Some((name, value)), _) => {
                column = body[at].indent;
                options.push((name, value.to_owned()));
            }
            (None, _) => break,
        }
        at += 1;
    }
    (options, at)
}

/// Name and value of an option, `:name: value`.
fn option(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.strip_prefix(':')?.split_once(':')?;
    let named = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let apart = value.is_empty() || value.starts_with(' ');
    (named && apart).then_some((name, value.trim_start()))
}
