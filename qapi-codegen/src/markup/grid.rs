//! Tables drawn with `+---+`.

use super::lines::Line;
use super::names::Scope;
use super::table::{MAX_COLUMNS, content};
use super::tree::{Block, Cell};

/// So many times a character of a drawing may be looked at; what needs more is no table that anybody has drawn.
const LOOKS: usize = 60;

/// Whether a line is the upper border of a grid.
pub(super) fn opens(text: &str) -> bool {
    text.starts_with("+-") && text.chars().all(|c| matches!(c, '+' | '-' | '='))
}

/// The table that these lines draw. `None` where the lines do not close.
pub(super) fn table(lines: &[Line<'_>], scope: Scope<'_>) -> Option<Block> {
    let mut drawing = Drawing::of(lines)?;
    let frames = drawing.frames()?;
    let columns = starts(&frames, |frame| frame.left);
    let tops = starts(&frames, |frame| frame.top);
    if columns.len() > MAX_COLUMNS {
        return None;
    }
    let before = |starts: &[usize], at: usize| starts.partition_point(|start| *start < at);
    let mut header: Vec<Vec<Cell>> = vec![Vec::new(); tops.len()];
    // From top to bottom, and from left to right.
    for frame in &frames {
        let row = before(&tops, frame.top);
        header[row].push(Cell {
            blocks: content(&drawing.text(frame), scope),
            columns: before(&columns, frame.right) - before(&columns, frame.left),
            rows: before(&tops, frame.bottom) - row,
        });
    }
    let rows = header.split_off(drawing.header.map_or(0, |line| before(&tops, line)));
    Some(Block::Table {
        title: Vec::new(),
        header,
        rows,
    })
}

/// Where frames begin, from first to last.
fn starts(frames: &[Frame], of: impl Fn(&Frame) -> usize) -> Vec<usize> {
    let mut starts: Vec<usize> = frames.iter().map(of).collect();
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// What a cell is drawn with: its lines.
struct Frame {
    top: usize,
    left: usize,
    bottom: usize,
    right: usize,
}

struct Drawing {
    rows: Vec<Vec<char>>,
    width: usize,
    /// The line of `=` below the header.
    header: Option<usize>,
    looks: usize,
}

impl Drawing {
    fn of(lines: &[Line<'_>]) -> Option<Self> {
        let mut rows: Vec<Vec<char>> = lines
            .iter()
            .map(|line| line.text.chars().collect())
            .collect();
        let width = rows.first()?.len();
        if rows.len() < 3 || rows.iter().any(|row| row.len() != width) {
            return None;
        }
        let is_double =
            |row: &Vec<char>| row.contains(&'=') && row.iter().all(|c| matches!(c, '+' | '='));
        if rows.iter().filter(|row| is_double(row)).count() > 1 {
            return None;
        }
        let header = rows.iter().position(is_double);
        for row in rows.iter_mut().filter(|row| is_double(row)) {
            row.iter_mut().filter(|c| **c == '=').for_each(|c| *c = '-');
        }
        let looks = LOOKS * width * rows.len();
        Some(Drawing {
            rows,
            width,
            header,
            looks,
        })
    }

    fn look(&mut self, row: usize, column: usize) -> Option<char> {
        self.looks = self.looks.checked_sub(1)?;
        Some(self.rows[row][column])
    }

    /// The frames of all cells, if they cover the whole drawing, each place once.
    fn frames(&mut self) -> Option<Vec<Frame>> {
        let mut covered = vec![vec![false; self.width]; self.rows.len()];
        let mut frames = Vec::new();
        for top in 0..self.rows.len() - 1 {
            for left in 0..self.width - 1 {
                if covered[top][left] {
                    continue;
                }
                let frame = self.frame(top, left)?;
                for row in &mut covered[top..frame.bottom] {
                    let places = row.get_mut(left..frame.right)?;
                    if places.contains(&true) {
                        return None;
                    }
                    places.fill(true);
                }
                frames.push(frame);
            }
        }
        Some(frames)
    }

    /// The smallest frame whose upper left corner this is.
    fn frame(&mut self, top: usize, left: usize) -> Option<Frame> {
        if self.look(top, left)? != '+' {
            return None;
        }
        for right in left + 1..self.width {
            match self.look(top, right)? {
                '+' => {
                    if let Some(bottom) = self.bottom(top, left, right) {
                        return Some(Frame {
                            top,
                            left,
                            bottom,
                            right,
                        });
                    }
                }
                '-' => {}
                _ => return None,
            }
        }
        None
    }

    fn bottom(&mut self, top: usize, left: usize, right: usize) -> Option<usize> {
        for bottom in top + 1..self.rows.len() {
            let corners = (self.look(bottom, left)?, self.look(bottom, right)?);
            if !matches!(corners, ('|' | '+', '|' | '+')) {
                return None;
            }
            if corners == ('+', '+') {
                let mut closed = true;
                for column in left + 1..right {
                    closed &= matches!(self.look(bottom, column)?, '-' | '+');
                }
                if closed {
                    return Some(bottom);
                }
            }
        }
        None
    }

    /// What stands in a frame, a line for each.
    fn text(&self, frame: &Frame) -> String {
        let rows = &self.rows[frame.top + 1..frame.bottom];
        let lines = rows
            .iter()
            .map(|row| row[frame.left + 1..frame.right].iter().collect());
        lines.collect::<Vec<String>>().join("\n")
    }
}
