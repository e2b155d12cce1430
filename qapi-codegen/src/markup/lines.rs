//! Text as lines with their indentation, which is what the structure of a document hangs on.

/// One line of the text: how far it is indented and what stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Columns before the text; without meaning on a blank line.
    pub(super) indent: usize,
    /// The line without white space on either side, empty if the line is blank.
    pub(super) text: &'a str,
}

impl Line<'_> {
    pub(super) fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

/// Makes all line ends `\n` and all tabs spaces (with stops every eight columns).
///
/// Control characters and those that turn the direction of writing are replaced by U+FFFD: in a
/// terminal or in a source file they would do more than be shown.
pub(super) fn normalize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => continue,
            '\r' | '\n' => {
                out.push('\n');
                column = 0;
                continue;
            }
            '\t' => {
                let width = 8 - column % 8;
                out.extend(std::iter::repeat_n(' ', width));
                column += width;
                continue;
            }
            '\u{b}' | '\u{c}' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
        column += 1;
    }
    out
}

/// The lines of a [normalized](normalize) text.
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    text.split('\n')
        .map(|line| {
            let line = line.trim_end_matches(' ');
            let text = line.trim_start_matches(' ');
            Line {
                indent: line.len() - text.len(),
                text,
            }
        })
        .collect()
}

/// The smallest indentation of the lines that are not blank.
pub(super) fn min_indent(lines: &[Line<'_>]) -> usize {
    lines
        .iter()
        .filter(|line| !line.is_blank())
        .map(|line| line.indent)
        .min()
        .unwrap_or(0)
}

/// How many blank lines stand in front.
pub(super) fn blank(lines: &[Line<'_>]) -> usize {
    lines.iter().take_while(|line| line.is_blank()).count()
}

/// How many lines belong to what the first of them opens: the ones that are blank or indented more
/// than `base`, up to the last that is not blank. At least 1 for a nonempty slice.
pub(super) fn extent(lines: &[Line<'_>], base: usize) -> usize {
    let mut end = 1;
    for (at, line) in lines.iter().enumerate().skip(1) {
        if !line.is_blank() {
            if line.indent <= base {
                break;
            }
            end = at + 1;
        }
    }
    end
}

/// The lines as they stand, less `base` columns, without blank lines at the top and the bottom.
pub(super) fn verbatim(lines: &[Line<'_>], base: usize) -> String {
    let first = lines
        .iter()
        .position(|line| !line.is_blank())
        .unwrap_or(lines.len());
    let last = lines
        .iter()
        .rposition(|line| !line.is_blank())
        .map_or(first, |at| at + 1);
    let mut out = String::new();
    for (at, line) in lines[first..last].iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        if !line.is_blank() {
            out.extend(std::iter::repeat_n(' ', line.indent.saturating_sub(base)));
            out.push_str(line.text);
        }
    }
    out
}

/// The lines of running text, joined.
pub(super) fn joined(lines: &[Line<'_>]) -> String {
    let mut out = String::new();
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        out.push_str(line.text);
    }
    out
}
