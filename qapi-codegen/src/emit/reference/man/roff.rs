//! Lines of roff. What is text cannot become a request or an escape: both come from here alone.

use crate::emit::GENERATED;

/// Columns that a line of the source takes, as far as words allow.
const WIDTH: usize = 78;

/// Characters of a word that always find room on a line.
const LONG: usize = 36;

/// Columns by which what belongs to something is indented.
const STEP: &str = "4";

/// A typeface of running text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Font {
    /// As it is.
    Roman,
    /// Names, and what is to be typed.
    Bold,
    /// Names of members and types, and what is emphasized.
    Italic,
}

/// Text in one typeface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Span {
    /// The typeface.
    pub(super) font: Font,
    /// The text.
    pub(super) text: String,
}

impl Span {
    pub(super) fn roman(text: &str) -> Self {
        Span::new(Font::Roman, text)
    }

    pub(super) fn bold(text: &str) -> Self {
        Span::new(Font::Bold, text)
    }

    pub(super) fn italic(text: &str) -> Self {
        Span::new(Font::Italic, text)
    }

    pub(super) fn new(font: Font, text: &str) -> Self {
        Span {
            font,
            text: text.to_owned(),
        }
    }
}

/// The sign of an item.
#[derive(Clone)]
pub(super) enum Sign {
    /// A bullet.
    Bullet,
    /// A number.
    Number(String),
}

/// The first day of a month as the macros want it, or nothing.
pub(super) struct Date(String);

impl Date {
    /// Nothing.
    pub(super) fn unknown() -> Self {
        Date(String::new())
    }

    /// A month, from 1 to 12.
    pub(super) fn of_month(year: u64, month: u8) -> Self {
        Date(format!("{year:04}-{month:02}-01"))
    }
}

/// Writes a page.
#[derive(Default)]
pub(super) struct Roff {
    out: String,
    /// Whether something was opened and is still empty: a paragraph begins there without asking.
    fresh: bool,
    has_tables: bool,
}

impl Roff {
    /// The whole page. Its first line says whether it has to go through `tbl`.
    pub(super) fn finish(self) -> String {
        let tables = if self.has_tables { "'\\\" t\n" } else { "" };
        format!("{tables}.\\\" {GENERATED}\n{}", self.out)
    }

    /// Begins the page. Names are neither hyphenated nor spread over the line; the register is what the macros for
    /// lines as they are go back to.
    pub(super) fn title(&mut self, name: &str, date: Date, source: &str, manual: &str) {
        let quoted = [
            escaped(name),
            "7".to_owned(),
            date.0,
            escaped(source),
            escaped(manual),
        ];
        let quoted = quoted.map(|argument| format!("\"{argument}\""));
        self.out
            .push_str(&format!(".TH {}\n.nh\n.nr HY 0\n.ad l\n", quoted.join(" ")));
    }

    /// Begins a section.
    pub(super) fn section(&mut self, title: &str) {
        self.request("SH", &[title]);
        self.fresh = true;
    }

    /// Begins a section of a section.
    pub(super) fn subsection(&mut self, title: &str) {
        self.request("SS", &[title]);
        self.fresh = true;
    }

    /// Begins a paragraph, unless one has just begun.
    pub(super) fn begin_paragraph(&mut self) {
        if !std::mem::replace(&mut self.fresh, false) {
            self.request("PP", &[]);
        }
    }

    /// Writes a paragraph.
    pub(super) fn paragraph(&mut self, spans: &[Span]) {
        self.begin_paragraph();
        self.words(spans);
    }

    /// Writes a line that stands right below the one before.
    pub(super) fn line(&mut self, spans: &[Span]) {
        if !std::mem::replace(&mut self.fresh, false) {
            self.request("br", &[]);
        }
        self.words(spans);
    }

    /// Writes a tag, and what belongs to it below, indented.
    pub(super) fn tagged(&mut self, tag: &[Span], write: impl FnOnce(&mut Self)) {
        self.request("TP", &[STEP]);
        let line = joined(tag).trim_end().to_owned();
        self.text_line(&line);
        self.inside(STEP, write);
    }

    /// Writes an item of a list: running text right behind its sign, and what else there is below.
    pub(super) fn item(&mut self, sign: Sign, text: &[Span], write: impl FnOnce(&mut Self)) {
        let (sign, indent) = match sign {
            Sign::Bullet => ("\\(bu".to_owned(), "2"),
            Sign::Number(number) => (format!("{number}."), "4"),
        };
        self.out.push_str(&format!(".IP {sign} {indent}\n"));
        match text {
            [] => self.inside(indent, write),
            text => {
                self.words(text);
                self.below(indent, false, write);
            }
        }
    }

    /// Writes something indented, right below what is before it.
    pub(super) fn inside(&mut self, indent: &str, write: impl FnOnce(&mut Self)) {
        self.below(indent, true, write);
    }

    fn below(&mut self, indent: &str, fresh: bool, write: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.request("RS", &[indent]);
        self.fresh = fresh;
        let begin = self.out.len();
        write(self);
        if self.out.len() == begin {
            self.out.truncate(start);
        } else {
            self.request("RE", &[]);
        }
        self.fresh = false;
    }

    /// Writes lines as they are.
    pub(super) fn verbatim<'t>(&mut self, lines: impl Iterator<Item = &'t str>) {
        self.request("EX", &[]);
        lines.for_each(|line| self.text_line(&escaped(line)));
        self.request("EE", &[]);
        self.fresh = false;
    }

    /// Begins a table whose rows are shown in these formats, which are in the words of `tbl`.
    pub(super) fn begin_table(&mut self, formats: &[String]) {
        self.has_tables = true;
        self.begin_paragraph();
        self.request("TS", &[]);
        self.out.push_str(&formats.join("\n"));
        self.out.push_str(".\n");
    }

    /// Writes the cells of a row, each of lines of running text.
    pub(super) fn row(&mut self, cells: impl Iterator<Item = Vec<Vec<Span>>>) {
        for (at, lines) in cells.enumerate() {
            self.out.push_str(if at == 0 { "T{\n" } else { "\tT{\n" });
            self.fresh = true;
            lines.iter().for_each(|line| self.line(line));
            self.out.push_str("T}");
        }
        self.out.push('\n');
    }

    /// Ends a table.
    pub(super) fn end_table(&mut self) {
        self.request("TE", &[]);
        self.fresh = false;
    }

    /// Writes running text, filled; a sentence begins a line of its own, as the space behind a full stop is up to
    /// the program that sets the text.
    pub(super) fn words(&mut self, spans: &[Span]) {
        let text = joined(spans);
        let mut line = String::new();
        let mut words = text.split(' ').filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            let Some(next) = words.peek() else { break };
            let is_full = line.len() + 1 + next.len() > WIDTH;
            let ends = ends_sentence(word, next);
            if is_full && !ends && word.ends_with(['.', '!', '?']) {
                line.push_str("\\&");
            }
            if is_full || ends {
                self.text_line(&std::mem::take(&mut line));
            }
        }
        if !line.is_empty() {
            self.text_line(&line);
        }
    }

    /// Begins a block of its own where lines as they are, or indented ones, follow.
    pub(super) fn space(&mut self) {
        if !self.fresh {
            self.request("PP", &[]);
        }
    }

    /// Writes a line of text that is escaped already.
    fn text_line(&mut self, line: &str) {
        if line.starts_with(['.', '\'']) {
            self.out.push_str("\\&");
        }
        self.out.push_str(line);
        self.out.push('\n');
    }

    /// Writes a request or a call of a macro, its arguments being text.
    fn request(&mut self, name: &str, arguments: &[&str]) {
        self.out.push('.');
        self.out.push_str(name);
        for argument in arguments {
            let text = escaped(argument);
            let quoted = text.is_empty() || text.contains(' ');
            match quoted {
                true => self.out.push_str(&format!(" \"{text}\"")),
                false => self.out.push_str(&format!(" {text}")),
            }
        }
        self.out.push('\n');
    }
}

/// Does a sentence end between these words?
fn ends_sentence(word: &str, next: &str) -> bool {
    let text = word.trim_end_matches("\\fR").trim_end_matches([')', '"']);
    let stops =
        text.ends_with(['.', '!', '?']) && !text.ends_with("e.g.") && !text.ends_with("i.e.");
    stops && !next.starts_with(|ch: char| ch.is_ascii_lowercase())
}

/// Spans as escaped text, without line breaks.
fn joined(spans: &[Span]) -> String {
    let mut out = String::new();
    for span in spans {
        // A change of the typeface must not hide white space from whoever divides the text into words.
        let words = span.text.split_whitespace().map(breakable);
        let text = words.collect::<Vec<_>>().join(" ");
        let starts = span.text.starts_with(char::is_whitespace);
        let ends = span.text.ends_with(char::is_whitespace) && !text.is_empty();
        if starts {
            out.push(' ');
        }
        match (span.font, text.is_empty()) {
            (_, true) => {}
            (Font::Roman, _) => out.push_str(&text),
            (Font::Bold, _) => out.push_str(&format!("\\fB{text}\\fR")),
            (Font::Italic, _) => out.push_str(&format!("\\fI{text}\\fR")),
        }
        if ends {
            out.push(' ');
        }
    }
    out
}

/// A word, escaped; a long one, as URLs and some names are, may be divided without a further hyphen.
fn breakable(word: &str) -> String {
    if word.chars().count() <= LONG {
        return escaped(word);
    }
    let mut out = String::new();
    let mut part = String::new();
    for ch in word.chars() {
        part.push(ch);
        if matches!(ch, '/' | ',' | '=' | '&' | '?' | '-' | '_') || part.len() >= LONG {
            out.push_str(&escaped(&part));
            out.push_str("\\:");
            part.clear();
        }
    }
    out + &escaped(&part)
}

/// Text without meaning to roff inside of a line, in ASCII.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for ch in text.chars() {
        match ch {
            '\\' => out.push_str("\\e"),
            // Left alone, these become typographic signs that cannot be copied.
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            '"' => out.push_str("\\(dq"),
            ' '..='~' => out.push(ch),
            '\n' | '\t' => out.push(' '),
            ch if ch.is_control() => out.push_str("\\[uFFFD]"),
            ch => out.push_str(&format!("\\[u{:04X}]", u32::from(ch))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spans: &[Span], expected: &str) {
        let mut roff = Roff::default();
        roff.words(spans);
        assert_eq!(roff.out, expected);
    }

    #[test]
    fn text_stays_text() {
        check(&[Span::roman(".so /etc/passwd")], "\\&.so /etc/passwd\n");
        check(&[Span::roman("'br")], "\\(aqbr\n");
        check(
            &[Span::roman("\\fBx\\fR -n \"y\"")],
            "\\efBx\\efR \\-n \\(dqy\\(dq\n",
        );
        check(&[Span::roman("a\n.b")], "a .b\n");
        check(&[Span::bold(".x")], "\\fB.x\\fR\n");
        check(&[Span::roman("\u{e9}\u{1b}")], "\\[u00E9]\\[uFFFD]\n");
    }

    #[test]
    fn a_long_word_may_be_divided() {
        let text = "http://example.org/a-long-path/x";
        check(
            &[Span::roman(text)],
            "http://example.org/a\\-long\\-path/x\n",
        );
        check(
            &[Span::roman(&format!("{text}/{}", "y".repeat(40)))],
            &format!(
                "http:/\\:/\\:example.org/\\:a\\-\\:long\\-\\:path/\\:x/\\:{}\\:yyyy\n",
                "y".repeat(36)
            ),
        );
        let name = "a-name-of-a-member-that-is-long-beyond-use";
        let divided = name.replace('-', "\\-\\:");
        check(&[Span::bold(name)], &format!("\\fB{divided}\\fR\n"));
    }

    #[test]
    fn sentences_begin_lines() {
        check(
            &[
                Span::roman("One. Two e.g. "),
                Span::bold("three"),
                Span::roman(".  Four."),
            ],
            "One.\nTwo e.g. \\fBthree\\fR.\nFour.\n",
        );
    }

    #[test]
    fn arguments_are_quoted() {
        let mut roff = Roff::default();
        roff.section("SAY \"NO\"");
        assert_eq!(roff.out, ".SH \"SAY \\(dqNO\\(dq\"\n");
    }

    #[test]
    fn what_is_empty_leaves_no_trace() {
        let mut roff = Roff::default();
        roff.inside("4", |_| {});
        assert_eq!(roff.out, "");
    }
}
