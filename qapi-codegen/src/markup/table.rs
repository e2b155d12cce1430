//! Tables drawn with lines of `=`.

use super::lines::{Line, min_indent, verbatim};
use super::tree::{Block, Cell};
use super::{grid, inline};

/// How many columns a table may have; what has more is kept as it stands. The bound keeps the
/// number of cells, rows times columns, linear in the text.
pub(super) const MAX_COLUMNS: usize = 32;

/// Parses a table if the first line is the upper border of one. Returns how many lines it took.
///
/// A table that text crosses the columns of, one without any, and one that is more than rows of
/// running text are kept as they stand.
pub(super) fn parse(lines: &[Line<'_>], base: usize, out: &mut Vec<Block>) -> Option<usize> {
    if grid::opens(lines[0].text) {
        let taken = lines.iter().take_while(|line| !line.is_blank()).count();
        let table = grid::table(&lines[..taken]);
        out.push(table.unwrap_or_else(|| preformatted(&lines[..taken])));
        return Some(taken);
    }
    let columns = columns(lines[0].text)?;
    let mut borders = lines
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| line.indent == base && self::columns(line.text).is_some())
        .map(|(at, _)| at);
    let second = borders.next()?;
    let ends = lines.get(second + 1).is_none_or(Line::is_blank);
    let third = if ends { None } else { borders.next() };
    let (header, body, last) = match third {
        Some(third) => (&lines[1..second], &lines[second + 1..third], third),
        None => (&lines[..0], &lines[1..second], second),
    };
    let table = table(header, body, base, &columns);
    out.push(table.unwrap_or_else(|| preformatted(&lines[..=last])));
    Some(last + 1)
}

fn table(header: &[Line<'_>], body: &[Line<'_>], base: usize, columns: &[usize]) -> Option<Block> {
    if columns.len() > MAX_COLUMNS {
        return None;
    }
    let parsed = |row: &[String]| row.iter().map(|cell| inline::parse(cell)).collect();
    let header: Vec<Cell> = match &rows(header, base, columns)?[..] {
        [] => Vec::new(),
        rows => parsed(
            &(0..columns.len())
                .map(|at| column(rows, at))
                .collect::<Vec<_>>(),
        ),
    };
    let rows: Vec<Vec<Cell>> = rows(body, base, columns)?
        .iter()
        .map(|row| parsed(row))
        .collect();
    let drawn = !header.is_empty() || !rows.is_empty();
    drawn.then_some(Block::Table {
        title: Vec::new(),
        header,
        rows,
    })
}

/// The cells of one column, from top to bottom.
fn column(rows: &[Vec<String>], at: usize) -> String {
    rows.iter()
        .map(|row| row[at].as_str())
        .collect::<Vec<_>>()
        .join("\n")
}

fn preformatted(lines: &[Line<'_>]) -> Block {
    Block::Literal {
        language: None,
        text: verbatim(lines, min_indent(lines)),
    }
}

/// Where the columns that a border draws begin. A border has at least two; with one it would look
/// like the rule of a title.
fn columns(border: &str) -> Option<Vec<usize>> {
    if !border.bytes().all(|b| matches!(b, b'=' | b' ')) {
        return None;
    }
    let mut before = b' ';
    let mut starts = Vec::new();
    for (at, byte) in border.bytes().enumerate() {
        if byte == b'=' && before == b' ' {
            starts.push(at);
        }
        before = byte;
    }
    (starts.len() > 1).then_some(starts)
}

/// The rows of a part of a table, or `None` where a text crosses a boundary. A line whose first
/// column is empty continues the row above.
fn rows(lines: &[Line<'_>], base: usize, columns: &[usize]) -> Option<Vec<Vec<String>>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in lines {
        // Lines of `-` group columns or rows; there is nothing to read in them.
        if line.text.bytes().all(|b| matches!(b, b'-' | b' ')) {
            continue;
        }
        let text: Vec<char> = std::iter::repeat_n(' ', line.indent.saturating_sub(base))
            .chain(line.text.chars())
            .collect();
        let mut cells = Vec::with_capacity(columns.len());
        for (at, &start) in columns.iter().enumerate() {
            let crossed = start > 0 && text.get(start - 1).is_some_and(|c| *c != ' ');
            if crossed {
                return None;
            }
            let end = columns
                .get(at + 1)
                .map_or(text.len(), |end| text.len().min(*end));
            cells.push(
                text.get(start..end)
                    .unwrap_or_default()
                    .iter()
                    .collect::<String>(),
            );
        }
        let continued = cells[0].trim().is_empty();
        match rows.last_mut().filter(|_| continued) {
            Some(row) => {
                for (cell, more) in row.iter_mut().zip(&cells) {
                    cell.push('\n');
                    cell.push_str(more);
                }
            }
            None => rows.push(cells),
        }
    }
    Some(rows)
}
