//! The rules for sections since QEMU 9.0: tags count only at the start of a paragraph, and the text of a description or
//! section is indented, its end is where the indentation ends.

use super::builder::Builder;
use super::comment::{Line, description, indentation, tag};
use super::tree::SectionKind;
use crate::diagnostic::{Code, Diagnostic, Sink, closest, quoted};
use crate::source::Span;

/// Reads the sections of a comment that ends at `end`.
pub(super) fn sections(lines: &[Line<'_>], end: Span, builder: &mut Builder, sink: &mut Sink) {
    let reader = Reader {
        lines,
        end,
        at: 0,
        builder,
        sink,
    };
    reader.sections();
}

struct Reader<'a> {
    lines: &'a [Line<'a>],
    end: Span,
    at: usize,
    builder: &'a mut Builder,
    sink: &'a mut Sink,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Line<'a>> {
        self.lines.get(self.at)
    }

    fn skip_blank(&mut self) {
        while self.peek().is_some_and(|line| line.text.is_empty()) {
            self.at += 1;
        }
    }

    /// documentation = { features | descriptions | tagged section | paragraph }
    fn sections(mut self) {
        let mut members_done = false;
        // What ended the descriptions of members, and whether that is text.
        let mut ended: Option<(Span, bool)> = None;
        // The last paragraph is but one word, and nearly `Features:`.
        let mut nearly_features = false;
        loop {
            self.skip_blank();
            let Some(line) = self.peek() else { return };
            let here = line.part(0, line.text.len());
            let features_meant = std::mem::take(&mut nearly_features);
            if line.text == "Features:" {
                self.features(line);
                ended.get_or_insert((here, false));
                members_done = true;
            } else if let Some((name, _)) = description(line.text) {
                if members_done {
                    let message = format!("{} is described after a section", quoted(name));
                    let mut diagnostic =
                        Diagnostic::error(Code::MisplacedDescription, line.span, message)
                            .label(line.part(0, name.len() + 2), "")
                            .note("members come first, then `Features:`, then other sections");
                    if let Some((at, is_text)) = ended {
                        diagnostic = diagnostic.label(at, "the descriptions end before this line");
                        if features_meant {
                            diagnostic = diagnostic.help("did you mean `Features:`?");
                        } else if is_text {
                            let help = "indent that line, if it belongs to a description";
                            diagnostic = diagnostic.help(help);
                        }
                    }
                    self.sink.push(diagnostic);
                }
                match features_meant {
                    true => self.descriptions(Builder::feature),
                    false => self.descriptions(Builder::member),
                }
                members_done = true;
            } else if let Some((kind, name, text)) = tag(line.text) {
                self.tagged(line, kind, name, text);
                ended.get_or_insert((here, false));
                members_done = true;
            } else {
                if members_done {
                    ended.get_or_insert((here, true));
                }
                nearly_features = closest(line.text, ["Features:"]).is_some();
                self.builder.paragraph(line);
                while let Some(line) = self.peek().filter(|line| !line.text.is_empty()) {
                    self.builder.text(line.text);
                    self.at += 1;
                }
            }
        }
    }

    /// features = "Features:" descriptions
    fn features(&mut self, line: &'a Line<'a>) {
        self.builder.features(line, self.sink);
        self.at += 1;
        self.skip_blank();
        if self
            .peek()
            .is_none_or(|line| description(line.text).is_none())
        {
            let message = "`Features:` is followed by no feature";
            let at = self.peek().map_or(self.end, |line| line.span);
            self.sink.push(
                Diagnostic::error(Code::EmptySection, at, message)
                    .label(line.part(0, line.text.len()), "features are announced here")
                    .help("describe each as `@NAME: text`"),
            );
        }
        self.descriptions(Builder::feature);
    }

    /// descriptions = { "@" NAME ":" indented text }
    fn descriptions(&mut self, begin: fn(&mut Builder, &str, &Line<'_>, &mut Sink)) {
        while let Some(line) = self.peek() {
            let Some((name, text)) = description(line.text) else {
                return;
            };
            begin(self.builder, name, line, self.sink);
            self.indented(&line.text[text..]);
        }
    }

    fn tagged(&mut self, line: &'a Line<'a>, kind: SectionKind, name: &str, text: usize) {
        use SectionKind::{Example, Examples, Note, Notes};
        if matches!(kind, Note | Notes | Example | Examples) {
            let instead = match kind {
                Note | Notes => "`.. note::`",
                _ => "`.. qmp-example::`",
            };
            let message = format!("`{name}:` is of an older dialect");
            self.sink.push(
                Diagnostic::error(Code::OldMarkup, line.span, message)
                    .label(line.part(0, name.len() + 1), "")
                    .help(format!(
                        "write {instead}, or read the schema with `--dialect 7.2`"
                    )),
            );
        }
        self.builder.section(kind, name, line, self.sink);
        self.indented(&line.text[text..]);
    }

    /// The first line's own text, then indented lines: until one that begins a description, or that stands
    /// further left than the first indented one.
    fn indented(&mut self, first: &str) {
        if !first.is_empty() {
            self.builder.text(first);
        }
        self.at += 1;
        while self.peek().is_some_and(|line| line.text.is_empty()) {
            self.builder.text("");
            self.at += 1;
        }
        let mut indent = None;
        while let Some(line) = self.peek() {
            let own = indentation(line.text);
            match indent {
                None if own == 0 => return,
                None => indent = Some((own, self.at)),
                Some(_) if description(line.text).is_some() => return,
                Some((indent, begun)) if !line.text.is_empty() && own < indent => {
                    if self.at != begun + 1 {
                        return;
                    }
                    let message = "this line is indented less than the one above it";
                    self.sink.push(
                        Diagnostic::error(Code::Indentation, line.span, message)
                            .label(
                                line.part(0, line.text.len() - line.text.trim_start().len()),
                                format!("expected {indent} spaces"),
                            )
                            .help("indent it, or put a blank line before it"),
                    );
                }
                Some(_) => {}
            }
            self.builder.text(line.text);
            self.at += 1;
        }
    }
}
