//! Tables drawn with `+---+`.

use super::lines::Line;
use super::table::MAX_COLUMNS;
use super::tree::{Block, Cell};
use super::{inline, list};

/// Whether a line is the upper border of a grid.
pub(super) fn opens(text: &str) -> bool {
    text.starts_with("+-") && text.chars().all(|c| matches!(c, '+' | '-' | '='))
}

/// The table that these lines draw. `None` where a cell spans others, or holds more than running text.
pub(super) fn table(lines: &[Line<'_>]) -> Option<Block> {
    let border = lines.first()?.text.chars();
    let corners: Vec<usize> = border
        .enumerate()
        .filter_map(|(at, c)| (c == '+').then_some(at))
        .collect();
    if !(2..=MAX_COLUMNS + 1).contains(&corners.len()) {
        return None;
    }
    let mut header: Vec<Cell> = Vec::new();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut cells = vec![String::new(); corners.len() - 1];
    let mut open = false;
    for line in &lines[1..] {
        let text: Vec<char> = line.text.chars().collect();
        let drawn = |corner: char| {
            let last = corners.last().is_some_and(|last| last + 1 == text.len());
            last && corners.iter().all(|&at| text.get(at) == Some(&corner))
        };
        if drawn('+') && text.iter().all(|c| matches!(c, '+' | '-' | '=')) {
            let row = cells.iter_mut().map(|cell| content(&std::mem::take(cell)));
            rows.push(row.collect::<Option<_>>()?);
            if text.contains(&'=') {
                if !header.is_empty() || rows.len() != 1 {
                    return None;
                }
                header = rows.pop()?;
            }
            open = false;
        } else if drawn('|') {
            for (cell, ends) in cells.iter_mut().zip(corners.windows(2)) {
                cell.extend(&text[ends[0] + 1..ends[1]]);
                cell.push('\n');
            }
            open = true;
        } else {
            return None;
        }
    }
    let drawn = !header.is_empty() || !rows.is_empty();
    (drawn && !open).then_some(Block::Table {
        title: Vec::new(),
        header,
        rows,
    })
}

/// The running text of a cell.
fn content(cell: &str) -> Option<Cell> {
    let lines: Vec<&str> = cell.trim().lines().map(str::trim).collect();
    let plain = |line: &&str| !line.is_empty() && list::marker(line).is_none();
    let running = lines.len() < 2 || lines.iter().all(plain);
    running.then(|| inline::parse(&lines.join("\n")))
}
