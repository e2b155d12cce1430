//! Lines of text: indented, filled, with blank lines between.

use super::{STEP, WIDTH};

/// Columns that are left to a text however deep it is indented.
const MIN_WIDTH: usize = 30;

/// Writes lines, as the reference has them: names in the first column, what belongs to them indented below, text filled.
///
/// ```
/// use qapi_codegen::{emit::reference::text::Writer, markup};
///
/// let mut writer = Writer::new(40);
/// writer.named("stop", vec!["command".to_owned()]);
/// writer.inside(|writer| writer.document(&markup::parse("Stop the machine: its processors stand still.")));
/// assert_eq!(writer.finish(), "stop: command\n    Stop the machine: its processors\n    stand still.\n");
/// ```
pub struct Writer {
    out: String,
    /// Columns of a line.
    columns: usize,
    indent: usize,
    /// The sign of a list that the next line begins with, in place of its indentation.
    sign: Option<String>,
    /// Whether a blank line is due before the next one.
    gap: bool,
}

impl Default for Writer {
    /// As wide as the reference.
    fn default() -> Self {
        Self::new(WIDTH)
    }
}

impl Writer {
    /// Nothing written; lines have so many columns, unless a word has more.
    pub fn new(columns: usize) -> Self {
        Self {
            out: String::new(),
            columns,
            indent: 0,
            sign: None,
            gap: false,
        }
    }

    /// What was written.
    pub fn finish(self) -> String {
        self.out
    }

    /// Asks for a blank line before what comes next, unless nothing does.
    pub fn gap(&mut self) {
        self.gap = !self.out.is_empty() && self.sign.is_none();
    }

    /// Writes what belongs to the line before.
    pub fn inside(&mut self, write: impl FnOnce(&mut Self)) {
        self.indented(STEP, write);
    }

    /// Writes with so many columns more in front.
    pub(super) fn indented(&mut self, columns: usize, write: impl FnOnce(&mut Self)) {
        self.indent += columns;
        write(self);
        self.indent -= columns;
    }

    /// Writes an item of a list. One without content is its sign alone.
    pub(super) fn item(&mut self, sign: &str, write: impl FnOnce(&mut Self)) {
        let before = match self.sign.take() {
            Some(outer) => outer,
            None => " ".repeat(self.indent),
        };
        self.sign = Some(before + sign);
        self.indented(sign.chars().count(), |writer| {
            write(writer);
            if writer.sign.is_some() {
                writer.line("");
            }
        });
    }

    /// Columns that are left.
    pub(super) fn width(&self) -> usize {
        self.columns.saturating_sub(self.indent).max(MIN_WIDTH)
    }

    /// Writes a line as it is.
    pub fn line(&mut self, text: &str) {
        if std::mem::take(&mut self.gap) {
            self.out.push('\n');
        }
        let start = self.out.len();
        match self.sign.take() {
            Some(sign) => self.out.push_str(&sign),
            None => self.out.extend(std::iter::repeat_n(' ', self.indent)),
        }
        self.out.push_str(text);
        let end = self.out[start..].trim_end_matches(' ').len();
        self.out.truncate(start + end);
        self.out.push('\n');
    }

    /// Writes running text, filled.
    pub fn paragraph(&mut self, text: &str) {
        self.hanging(text, 0);
    }

    /// Writes a heading in the first column: as many `=` as it is deep.
    pub(super) fn heading(&mut self, level: usize, title: &str) {
        self.gap();
        let indent = std::mem::take(&mut self.indent);
        let sign = format!("{} ", "=".repeat(level));
        self.hanging(&format!("{sign}{title}"), sign.len());
        self.indent = indent;
        self.gap();
    }

    /// Writes a name and what there is to know of it; where that takes several lines, they hang.
    pub fn named(&mut self, name: &str, remarks: Vec<String>) {
        match remarks.is_empty() {
            true => self.hanging(&format!("{name}:"), STEP),
            false => self.hanging(&format!("{name}: {}", remarks.join(", ")), 2 * STEP),
        }
    }

    fn hanging(&mut self, text: &str, columns: usize) {
        let width = self.width();
        let mut lines = fill(text, width, columns).into_iter();
        if let Some(first) = lines.next() {
            self.line(&first);
        }
        self.indented(columns, |writer| lines.for_each(|line| writer.line(&line)));
    }
}

/// The words of a text as lines of at most `width` columns, those after the first `hanging` columns shorter.
pub(super) fn fill(text: &str, width: usize, hanging: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let (mut used, mut room) = (0, width);
    for word in text.split_whitespace() {
        let size = word.chars().count();
        match lines.last_mut() {
            Some(line) if used + 1 + size <= room => {
                line.push(' ');
                line.push_str(word);
                used += 1 + size;
            }
            _ => {
                if !lines.is_empty() {
                    room = width.saturating_sub(hanging).max(1);
                }
                lines.push(word.to_owned());
                used = size;
            }
        }
    }
    lines
}
