//! Tables as text: columns as wide as they need to be, or as there is room.

use super::writer::fill;

/// Columns between two columns of a table.
const GAP: usize = 2;

/// Columns that a column of a table keeps when there is no room.
const MIN_WIDTH: usize = 8;

/// The lines of a table; a header, if there is one, is underlined.
pub(super) fn lines(header: &Vec<String>, rows: &[Vec<String>], width: usize) -> Vec<String> {
    let all = || std::iter::once(header).chain(rows);
    let columns = all().map(Vec::len).max().unwrap_or(0);
    let widest = |at: usize| {
        all()
            .filter_map(|row| row.get(at))
            .map(|cell| size(cell))
            .max()
    };
    let wanted: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0)).collect();
    let widths = fit(
        wanted,
        width.saturating_sub(columns.saturating_sub(1) * GAP),
    );
    let mut lines = Vec::new();
    if !header.is_empty() {
        row(&mut lines, header, &widths);
        let rules = widths.iter().map(|width| "-".repeat(*width));
        lines.push(rules.collect::<Vec<_>>().join(&" ".repeat(GAP)));
    }
    rows.iter().for_each(|one| row(&mut lines, one, &widths));
    lines
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

fn row(lines: &mut Vec<String>, cells: &[String], widths: &[usize]) {
    let cells: Vec<Vec<String>> = cells
        .iter()
        .zip(widths)
        .map(|(cell, width)| fill(cell, *width, 0))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for at in 0..height {
        let mut line = String::new();
        for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
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

#[cfg(test)]
mod tests {
    use super::lines;

    fn check(header: &[&str], rows: &[&[&str]], width: usize, expected: &[&str]) {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|row| texts(row)).collect();
        let found = lines(&texts(header), &rows, width);
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
}
