//! Tables drawn with lines of `=`.

use super::blocks::parse_inner;
use super::grid;
use super::lines::{self, Line, min_indent, verbatim};
use super::names::Scope;
use super::tree::{Block, Cell};

/// How many columns a table may have; what has more is kept as it stands. The bound keeps the
/// number of cells, rows times columns, linear in the text.
pub(super) const MAX_COLUMNS: usize = 32;

/// Parses a table if the first line is the upper border of one. Returns how many lines it took.
///
/// A table that text crosses the columns of, and one without any are kept as they stand.
pub(super) fn parse(
    lines: &[Line<'_>],
    base: usize,
    scope: Scope<'_>,
    out: &mut Vec<Block>,
) -> Option<usize> {
    if grid::opens(lines[0].text) {
        let taken = lines.iter().take_while(|line| !line.is_blank()).count();
        let table = grid::table(&lines[..taken], scope);
        out.push(table.unwrap_or_else(|| preformatted(&lines[..taken])));
        return Some(taken);
    }
    let columns = columns(lines[0].text, '=')?;
    let mut borders = lines
        .iter()
        .enumerate()
        .skip(1)
        .filter(|(_, line)| line.indent == base && self::columns(line.text, '=').is_some())
        .map(|(at, _)| at);
    let second = borders.next()?;
    let ends = lines.get(second + 1).is_none_or(Line::is_blank);
    let third = if ends { None } else { borders.next() };
    let (header, body, last) = match third {
        Some(third) => (&lines[1..second], &lines[second + 1..third], third),
        None => (&lines[..0], &lines[1..second], second),
    };
    let table = table(header, body, base, &columns, scope);
    out.push(table.unwrap_or_else(|| preformatted(&lines[..=last])));
    Some(last + 1)
}

fn table(
    header: &[Line<'_>],
    body: &[Line<'_>],
    base: usize,
    columns: &[Column],
    scope: Scope<'_>,
) -> Option<Block> {
    if columns.len() > MAX_COLUMNS {
        return None;
    }
    // Nothing is read of what is no table after all.
    let (header, body) = (rows(header, base, columns)?, rows(body, base, columns)?);
    let cells = |(text, columns): &(String, usize)| Cell {
        blocks: content(text, scope),
        columns: *columns,
        rows: 1,
    };
    let read = |rows: Vec<Texts>| -> Vec<Vec<Cell>> {
        let rows = rows.iter();
        rows.map(|row| row.iter().map(cells).collect()).collect()
    };
    let (header, rows) = (read(header), read(body));
    let drawn = !header.is_empty() || !rows.is_empty();
    drawn.then_some(Block::Table {
        title: Vec::new(),
        header,
        rows,
    })
}

fn preformatted(lines: &[Line<'_>]) -> Block {
    Block::Literal {
        language: None,
        text: verbatim(lines, min_indent(lines)),
    }
}

/// Where a column begins and ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    start: usize,
    end: usize,
}

/// The columns that a border draws with a sign. A border of `=` has at least two; with one it would look like the rule of
/// a title.
fn columns(border: &str, sign: char) -> Option<Vec<Column>> {
    if !border.chars().all(|c| c == sign || c == ' ') {
        return None;
    }
    let mut columns: Vec<Column> = Vec::new();
    for (at, _) in border.char_indices().filter(|(_, c)| *c == sign) {
        match columns.last_mut().filter(|column| column.end == at) {
            Some(column) => column.end += 1,
            None => columns.push(Column {
                start: at,
                end: at + 1,
            }),
        }
    }
    (columns.len() > usize::from(sign == '=')).then_some(columns)
}

/// The rows of a part of a table, or `None` where a text crosses a boundary. A line whose first column is empty continues
/// the row above; a line of `-` below a row says which columns its cells span.
fn rows(lines: &[Line<'_>], base: usize, columns: &[Column]) -> Option<Vec<Texts>> {
    let drawn: Vec<Vec<char>> = lines.iter().map(|line| characters(line, base)).collect();
    let single: Vec<(Column, usize)> = columns.iter().map(|column| (*column, 1)).collect();
    let mut rows = Vec::new();
    let mut start = 0;
    for (at, line) in lines.iter().enumerate() {
        let rule = match line.is_blank() || line.indent != base {
            true => None,
            false => self::columns(line.text, '-'),
        };
        if let Some(rule) = rule {
            if drawn[start..at].iter().any(|line| !line.is_empty()) {
                rows.push(row(&drawn[start..at], &spans(&rule, columns)?)?);
            }
            start = at + 1;
        } else if begins(&drawn[at], columns)
            && drawn[start..at].iter().any(|line| !line.is_empty())
        {
            rows.push(row(&drawn[start..at], &single)?);
            start = at;
        }
    }
    if drawn[start..].iter().any(|line| !line.is_empty()) {
        rows.push(row(&drawn[start..], &single)?);
    }
    Some(rows)
}

/// The characters of a line from the left edge of its table on.
fn characters(line: &Line<'_>, base: usize) -> Vec<char> {
    if line.is_blank() {
        return Vec::new();
    }
    std::iter::repeat_n(' ', line.indent.saturating_sub(base))
        .chain(line.text.chars())
        .collect()
}

/// Whether there is something in the first column.
fn begins(line: &[char], columns: &[Column]) -> bool {
    let first = columns.first().map_or(0, |column| column.end);
    line.iter().take(first).any(|c| *c != ' ')
}

/// The columns that a rule below a row makes of those of the table, and how many of these each spans.
fn spans(rule: &[Column], columns: &[Column]) -> Option<Vec<(Column, usize)>> {
    let mut left = columns.iter();
    let mut spans = Vec::new();
    for span in rule {
        if left.next()?.start != span.start {
            return None;
        }
        let more = left.as_slice().iter();
        let more = more.take_while(|column| column.start < span.end).count();
        if more > 0 {
            left.nth(more - 1);
        }
        spans.push((*span, more + 1));
    }
    left.next().is_none().then_some(spans)
}

/// The texts of the cells of a row, and how many columns each spans.
type Texts = Vec<(String, usize)>;

/// The cells of a row, or `None` where a text crosses a boundary.
fn row(lines: &[Vec<char>], spans: &[(Column, usize)]) -> Option<Texts> {
    let mut cells = Vec::with_capacity(spans.len());
    for (at, (column, size)) in spans.iter().enumerate() {
        let next = spans.get(at + 1).map(|(column, _)| column.start);
        let mut text = String::new();
        for line in lines {
            let crossed = column.start > 0 && line.get(column.start - 1).is_some_and(|c| *c != ' ');
            if crossed {
                return None;
            }
            let end = next.map_or(line.len(), |next| next.min(line.len()));
            text.extend(line.get(column.start..end).unwrap_or_default());
            text.push('\n');
        }
        // So a row begins whose first cell is empty.
        if text.trim() == "\\" {
            text.clear();
        }
        cells.push((text, *size));
    }
    Some(cells)
}

/// What a cell holds.
pub(super) fn content(text: &str, scope: Scope<'_>) -> Vec<Block> {
    let mut lines = lines::split(text);
    let column = min_indent(&lines);
    parse_inner(&mut lines, column, scope)
}
