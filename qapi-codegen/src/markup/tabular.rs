//! Directives that make a table: `.. table::`, `.. list-table::`, `.. csv-table::`.

use super::blocks::parse_inner;
use super::directive::{Body, only};
use super::lines::{Line, min_indent, verbatim};
use super::names::Scope;
use super::table::{MAX_COLUMNS, content};
use super::tree::{Block, Cell, Inline, ListKind};

/// Options that say how a table is drawn.
const LOOKS: [&str; 6] = ["align", "class", "name", "stub-columns", "width", "widths"];

/// A table with a title.
pub(super) fn table(argument: &str, body: &mut [Line<'_>], scope: Scope<'_>) -> Option<Vec<Block>> {
    let Body {
        title,
        options,
        lines,
    } = Body::of(argument, body);
    if !only(&options, &LOOKS) {
        return None;
    }
    let column = min_indent(lines);
    let mut blocks = parse_inner(lines, column, scope);
    let title = scope.inlines(&title);
    match &mut blocks[..] {
        [Block::Table { title: none, .. }] => *none = title,
        _ => return Some(untabled(title, blocks)),
    }
    Some(blocks)
}

/// What is no table after all: a paragraph and what else there is.
fn untabled(title: Vec<Inline>, blocks: Vec<Block>) -> Vec<Block> {
    let title = (!title.is_empty()).then_some(Block::Paragraph(title));
    title.into_iter().chain(blocks).collect()
}

/// A table that is written as a list: its items are rows, and lists of cells.
pub(super) fn list_table(
    argument: &str,
    body: &mut [Line<'_>],
    scope: Scope<'_>,
) -> Option<Vec<Block>> {
    let Body {
        title,
        options,
        lines,
    } = Body::of(argument, body);
    let headed = header_rows(&options, |_, _| None)?;
    let column = min_indent(lines);
    let mut blocks = parse_inner(lines, column, scope);
    let title = scope.inlines(&title);
    let Some(mut header) = rows(&mut blocks, headed) else {
        return Some(untabled(title, blocks));
    };
    let rows = header.split_off(headed);
    Some(vec![Block::Table {
        title,
        header,
        rows,
    }])
}

/// How many rows are the header's, by the options. Those that say more than how a table is drawn are for `more`; `None` if there
/// is one that nobody knows.
fn header_rows(
    options: &[(&str, String)],
    mut more: impl FnMut(&str, &str) -> Option<()>,
) -> Option<usize> {
    let mut headed = 0;
    for (name, value) in options {
        match *name {
            "header-rows" => headed = value.parse().ok()?,
            name if LOOKS.contains(&name) => {}
            name => more(name, value)?,
        }
    }
    Some(headed)
}

/// A table whose rows are lines with commas between the cells.
pub(super) fn csv_table(
    argument: &str,
    body: &mut [Line<'_>],
    scope: Scope<'_>,
) -> Option<Vec<Block>> {
    let Body {
        title,
        options,
        lines,
    } = Body::of(argument, body);
    let mut texts = Vec::new();
    let headed = header_rows(&options, |name, value| {
        texts = (name == "header").then(|| records(value))??;
        Some(())
    })?;
    let headed = headed.checked_add(texts.len())?;
    texts.extend(records(&verbatim(lines, min_indent(lines)))?);
    let width = texts.iter().map(Vec::len).max()?;
    // Short rows are filled up, so their number bounds what that takes.
    if width > MAX_COLUMNS || headed > texts.len() {
        return None;
    }
    let cells = |row: &Vec<String>| {
        let cells = row.iter().map(|text| Cell::of(content(text, scope)));
        let more = std::iter::repeat_with(|| Cell::of(Vec::new()));
        cells.chain(more).take(width).collect()
    };
    let mut header: Vec<Vec<Cell>> = texts.iter().map(cells).collect();
    let rows = header.split_off(headed);
    Some(vec![Block::Table {
        title: scope.inlines(&title),
        header,
        rows,
    }])
}

/// The rows of a text of comma-separated values; a value in quotes may hold commas, line breaks and doubled quotes. `None`
/// where quotes are not closed, or something stands behind them.
fn records(text: &str) -> Option<Vec<Vec<String>>> {
    let mut records = Vec::new();
    let mut row = Vec::new();
    let mut rest = text;
    while !rest.is_empty() || !row.is_empty() {
        rest = rest.trim_start_matches(' ');
        let mut value = String::new();
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let (part, behind) = quoted.split_once('"')?;
                value.push_str(part);
                match behind.strip_prefix('"') {
                    Some(behind) => {
                        value.push('"');
                        quoted = behind;
                    }
                    None => {
                        rest = behind.trim_start_matches(' ');
                        break;
                    }
                }
            }
        } else {
            let size = rest.find([',', '\n']).unwrap_or(rest.len());
            value.push_str(&rest[..size]);
            rest = &rest[size..];
        }
        row.push(value);
        let sign = rest.chars().next();
        if sign == Some(',') {
            rest = &rest[1..];
            continue;
        }
        rest = match sign {
            Some('\n') => &rest[1..],
            None => rest,
            Some(_) => return None,
        };
        let row = std::mem::take(&mut row);
        // A blank line is no row.
        if !matches!(&row[..], [only] if only.is_empty()) {
            records.push(row);
        }
    }
    Some(records)
}

/// The rows that a list is, if all have as many cells and there are enough for the header.
fn rows(blocks: &mut [Block], headed: usize) -> Option<Vec<Vec<Cell>>> {
    let [list] = blocks else { return None };
    let sizes = items(list)?.iter_mut().map(|row| match &mut row[..] {
        [cells] => items(cells).map(|cells| cells.len()),
        _ => None,
    });
    let mut sizes: Vec<usize> = sizes.collect::<Option<_>>()?;
    let rows = sizes.len();
    sizes.dedup();
    if sizes.len() != 1 || headed > rows {
        return None;
    }
    let cells = |row: &mut Vec<Block>| {
        let cells = row.iter_mut().filter_map(items).flat_map(std::mem::take);
        cells.map(Cell::of).collect()
    };
    Some(items(list)?.iter_mut().map(cells).collect())
}

/// The items of a bulleted list.
fn items(block: &mut Block) -> Option<&mut Vec<Vec<Block>>> {
    match block {
        Block::List {
            kind: ListKind::Bullet,
            items,
        } => Some(items),
        _ => None,
    }
}
