//! Tables as text: columns as wide as they need to be, or as there is room.

use super::writer::fill;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Columns that a table takes at most: one within a cell has the room of a page.
pub(super) const WIDEST: usize = 400;

/// Columns that a column of a table keeps when there is no room.
const MIN_WIDTH: usize = 8;

/// What is at a place of a table.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// Its lines, each of which may be divided.
    pub(super) lines: Vec<String>,
    /// How many columns it spans; none where another reaches here.
    pub(super) columns: usize,
}

/// The lines of a table; rows of a header, if there are any, are underlined.
pub(super) fn lines(rows: &[Vec<Text>], headed: usize, width: usize) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut wanted = vec![0; columns];
    // The narrow ones first: what spans several needs what these leave.
    for spans in [false, true] {
        for row in rows {
            for (at, text) in row
                .iter()
                .enumerate()
                .filter(|(_, text)| (text.columns > 1) == spans)
            {
                let widest = text.lines.iter().map(|line| size(line)).max().unwrap_or(0);
                let end = (at + text.columns.max(1)).min(columns);
                let others = room(&wanted[at..end]) - wanted[end - 1];
                wanted[end - 1] = wanted[end - 1].max(widest.saturating_sub(others));
            }
        }
    }
    let widths = fit(
        wanted,
        width.saturating_sub(columns.saturating_sub(1) * GAP),
    );
    let mut lines = Vec::new();
    for (at, texts) in rows.iter().enumerate() {
        if at == headed && headed > 0 {
            let rules = widths.iter().map(|width| "-".repeat(*width));
            lines.push(rules.collect::<Vec<_>>().join(&" ".repeat(GAP)));
        }
        row(&mut lines, texts, &widths);
    }
    lines
}

/// Columns that columns of a table take together.
fn room(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + widths.len().saturating_sub(1) * GAP
}

fn size(text: &str) -> usize {
    text.chars().count()
}

/// Takes from the widest columns until all fit.
fn fit(mut widths: Vec<usize>, room: usize) -> Vec<usize> {
    let mut over = widths.iter().sum::<usize>().saturating_sub(room);
    while over > 0 {
        let widest = widths.iter().copied().max().unwrap_or(0);
        if widest <= MIN_WIDTH {
            break;
        }
        // Down to the next smaller ones, so that a cell of any length takes few rounds.
        let smaller = widths.iter().copied().filter(|width| *width < widest).max();
        let count = widths.iter().filter(|width| **width == widest).count();
        let floor = smaller.unwrap_or(0).max(MIN_WIDTH);
        let step = (widest - floor).min(over.div_ceil(count));
        for width in widths.iter_mut().filter(|width| **width == widest) {
            *width -= step;
        }
        over = over.saturating_sub(step * count);
    }
    widths
}

fn row(lines: &mut Vec<String>, texts: &[Text], widths: &[usize]) {
    let mut cells: Vec<(usize, Vec<String>)> = Vec::new();
    let mut at = 0;
    while at < widths.len() {
        let (text, end) = match texts.get(at) {
            Some(text) => (&text.lines[..], at + text.columns.max(1)),
            None => (&[][..], at + 1),
        };
        let width = room(&widths[at..end.min(widths.len())]);
        let filled = text.iter().flat_map(|line| divided(line, width));
        cells.push((width, filled.collect()));
        at = end;
    }
    let height = cells
        .iter()
        .map(|(_, cell)| cell.len())
        .max()
        .unwrap_or(0)
        .max(1);
    for at in 0..height {
        let mut line = String::new();
        for (column, (width, cell)) in cells.iter().enumerate() {
            if column > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let text = cell.get(at).map_or("", String::as_str);
            line.push_str(text);
            line.push_str(&" ".repeat(width.saturating_sub(size(text))));
        }
        lines.push(line);
    }
}

/// A line, divided where there is not enough room; what goes on of an item of a list stands below its text.
fn divided(line: &str, width: usize) -> Vec<String> {
    if size(line) <= width {
        return vec![line.to_owned()];
    }
    let text = line.trim_start();
    let indent = (line.len() - text.len()).min(width / 2);
    let hanging = if text.starts_with("- ") { 2 } else { 0 };
    let filled = fill(text, width - indent, hanging).into_iter().enumerate();
    filled
        .map(|(at, text)| {
            let indent = if at > 0 { indent + hanging } else { indent };
            format!("{}{text}", " ".repeat(indent))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Text, lines};

    fn check(header: &[&str], rows: &[&[&str]], width: usize, expected: &[&str]) {
        let text = |cell: &&str| Text {
            lines: cell.lines().map(str::to_owned).collect(),
            columns: 1,
        };
        let headed = usize::from(!header.is_empty());
        let all = std::iter::once(&header)
            .filter(|row| !row.is_empty())
            .chain(rows);
        let all: Vec<Vec<Text>> = all.map(|row| row.iter().map(text).collect()).collect();
        let found = lines(&all, headed, width);
        let found: Vec<&str> = found.iter().map(|line| line.trim_end()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn columns_are_as_wide_as_they_need_to_be() {
        check(
            &["A", "Be"],
            &[&["long word", "x"], &["", "y"]],
            40,
            &[
                "A          Be",
                "---------  --",
                "long word  x",
                "           y",
            ],
        );
    }

    #[test]
    fn wide_columns_give_way() {
        check(
            &[],
            &[&["id", "some words that take several lines"]],
            20,
            &["id  some words that", "    take several", "    lines"],
        );
    }

    #[test]
    fn a_table_may_have_no_room_at_all() {
        check(
            &[],
            &[&["a", "incomprehensible"]],
            1,
            &["a  incomprehensible"],
        );
    }

    #[test]
    fn what_spans_columns_has_their_room() {
        let text = |words: &str, columns| Text {
            lines: vec![words.to_owned()],
            columns,
        };
        let rows = [
            vec![text("across", 2), Text::default()],
            vec![text("a", 1), text("b", 1)],
            vec![text("- a longish item", 2), Text::default()],
        ];
        let expected = ["across", "-  --------", "a  b", "- a longish", "  item"];
        let found = lines(&rows, 1, 8);
        let found: Vec<&str> = found.iter().map(|line| line.trim_end()).collect();
        assert_eq!(found, expected);
    }
}
