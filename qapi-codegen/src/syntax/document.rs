//! Documentation comments: the lines as they stand, and the sections that a dialect finds in them.
//!
//! A comment that begins with `@NAME:` documents the definition that follows. It holds a body, then
//! descriptions of members, then features, and tagged sections with plain paragraphs between them. QEMU's
//! rules for where a section ends changed with 9.0: [`Reader`] has today's, [`super::legacy`] the earlier
//! ones.

use super::legacy;
use super::places::Places;
use super::style;
use super::tree::{Description, Document, Key, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::dialect::Dialect;
use crate::source::Span;

/// Where a line of a documentation comment stands: there are tens of thousands, so that their text is not copied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawLine {
    /// The `#`.
    pub(crate) hash: u32,
    /// Where the text begins: after `# `, or after the `#` if the space is missing.
    pub(crate) start: u32,
    /// The end of the line.
    pub(crate) end: u32,
}

/// A line of a documentation comment, without `# `.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    pub(crate) text: &'t str,
    /// From the `#` to the end of the line.
    pub(crate) span: Span,
    /// Where the text begins.
    start: u32,
}

impl Line<'_> {
    /// The span of a part of the text, given in bytes.
    pub(crate) fn part(&self, start: usize, end: usize) -> Span {
        Span {
            start: self.start + start as u32,
            end: self.start + end as u32,
            ..self.span
        }
    }
}

/// A documentation comment before the dialect is known.
#[derive(Debug)]
pub(crate) struct RawDocument {
    /// The line of the opening `##`.
    pub(crate) span: Span,
    pub(crate) symbol: Option<Key>,
    pub(crate) lines: Vec<RawLine>,
    /// Where it ends: the line of the closing `##`, or what stands in its place.
    pub(crate) end: Span,
    /// What is wrong with its frame.
    pub(crate) faults: Sink,
    /// How many diagnostics there were before it: its own belong after these.
    pub(crate) position: usize,
}

impl RawDocument {
    pub(crate) fn new(span: Span, position: usize) -> Self {
        RawDocument {
            span,
            symbol: None,
            lines: Vec::new(),
            end: span,
            faults: Sink::default(),
            position,
        }
    }

    /// The lines; `file` is the text of the file that the comment stands in.
    pub(crate) fn lines<'t>(&self, file: &'t str) -> impl Iterator<Item = Line<'t>> {
        self.lines.iter().map(move |raw| Line {
            text: file[raw.start as usize..raw.end as usize].trim_end(),
            span: Span {
                start: raw.hash,
                end: raw.end,
                ..self.span
            },
            start: raw.start,
        })
    }

    /// symbol line = "@" NAME ":"
    pub(crate) fn find_symbol(&mut self, file: &str) {
        let Some(line) = self.lines(file).next() else {
            return;
        };
        let Some(name) = line.text.strip_prefix('@') else {
            return;
        };
        let span = line.part(0, line.text.len());
        let error = |message: &str| Diagnostic::error(Code::SymbolLine, line.span, message);
        let text = match name.strip_suffix(':') {
            Some("") => {
                self.faults
                    .push(error("a name is missing after `@`").label(span, ""));
                name.trim_end_matches(':')
            }
            Some(name) => name,
            None => {
                self.faults.push(
                    error("the line that names the definition must end with `:`")
                        .label(span, "add `:` at the end, and nothing after it"),
                );
                name.split([':', ' ']).next().unwrap_or(name)
            }
        };
        let text = text.to_owned();
        self.symbol = Some(Key {
            text,
            span: line.part(1, line.text.len()),
        });
    }
}

/// Reads the sections of a comment. What is wrong with it is told in the order of its lines, and last what
/// is missing in it. `file` is the text of the file that it stands in.
pub(crate) fn read(raw: RawDocument, file: &str, dialect: Dialect) -> (Document, Sink) {
    let lines: Vec<Line<'_>> = raw.lines(file).collect();
    let RawDocument {
        span,
        symbol,
        end,
        faults: mut sink,
        ..
    } = raw;
    if dialect.checks_style() {
        style::check(&lines, &mut sink);
    }
    let first = lines.first().map_or(span, |line| line.span);
    let definition = symbol.is_some();
    let mut builder = Builder::new(span.to(end), symbol, first);
    let content = lines.get(1..).unwrap_or_default();
    if !definition {
        free_form(&lines, &mut builder, &mut sink);
    } else if dialect == Dialect::V7_2 {
        legacy::sections(content, &mut builder, &mut sink);
    } else {
        let reader = Reader {
            lines: content,
            end,
            at: 0,
            builder: &mut builder,
            sink: &mut sink,
        };
        reader.sections();
    }
    sink.sort_by_place();
    (builder.finish(&mut sink), sink)
}

fn free_form(lines: &[Line<'_>], builder: &mut Builder, sink: &mut Sink) {
    for line in lines {
        if let Some((name, _)) = description(line.text) {
            let message = format!(
                "{} is described in free-form text",
                quoted(&format!("@{name}"))
            );
            sink.push(
                Diagnostic::error(Code::FreeFormMember, line.span, message)
                    .label(line.part(0, name.len() + 2), "")
                    .help("only a comment that begins with `# @NAME:` describes members"),
            );
        }
        builder.text(line.text);
    }
}

/// description = "@" NAME ":" { " " } text: the name, and where the text begins.
pub(crate) fn description(line: &str) -> Option<(&str, usize)> {
    let rest = line.strip_prefix('@')?;
    let (name, text) = rest.split_once(':')?;
    let text = text.trim_start_matches(' ');
    Some((name, line.len() - text.len()))
}

/// tag = ("Returns" | "Errors" | …) ":" { " " } text, but not "Returns::", which is markup: the kind, its
/// name, and where the text begins.
pub(crate) fn tag(line: &str) -> Option<(SectionKind, &str, usize)> {
    let (name, text) = line.split_once(':')?;
    if text.starts_with(':') {
        return None;
    }
    let (_, kind) = TAGS.iter().find(|(tag, _)| *tag == name)?;
    Some((*kind, name, line.len() - text.trim_start_matches(' ').len()))
}

const TAGS: [(&str, SectionKind); 8] = [
    ("Returns", SectionKind::Returns),
    ("Errors", SectionKind::Errors),
    ("Since", SectionKind::Since),
    ("TODO", SectionKind::Todo),
    ("Note", SectionKind::Note),
    ("Notes", SectionKind::Notes),
    ("Example", SectionKind::Example),
    ("Examples", SectionKind::Examples),
];

/// Puts a [`Document`] together, section after section.
pub(super) struct Builder {
    document: Document,
    current: Current,
    /// Where the current description or section begins, if it has to have text.
    begun: Option<Span>,
    features_seen: bool,
    /// Where members, and where features, are described first.
    described: [Places; 2],
    /// Descriptions and sections without text: where, and which.
    empty: Vec<(Span, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Current {
    Body,
    Member,
    Feature,
    Section,
}

impl Builder {
    fn new(span: Span, symbol: Option<Key>, first: Span) -> Self {
        let section = Section {
            kind: SectionKind::Plain,
            span: first,
            text: String::new(),
        };
        let document = Document {
            span,
            symbol,
            body: section,
            members: vec![],
            features: vec![],
            sections: vec![],
        };
        Builder {
            document,
            current: Current::Body,
            begun: None,
            features_seen: false,
            described: Default::default(),
            empty: Vec::new(),
        }
    }

    fn current_text(&mut self) -> &mut String {
        let document = &mut self.document;
        let text = match self.current {
            Current::Body => None,
            Current::Member => document.members.last_mut().map(|last| &mut last.text),
            Current::Feature => document.features.last_mut().map(|last| &mut last.text),
            Current::Section => document.sections.last_mut().map(|last| &mut last.text),
        };
        text.unwrap_or(&mut document.body.text)
    }

    /// Adds a line to what is being read.
    pub(super) fn text(&mut self, line: &str) {
        let text = self.current_text();
        text.push_str(line);
        text.push('\n');
    }

    pub(super) fn in_body(&self) -> bool {
        self.current == Current::Body
    }

    pub(super) fn in_section(&self) -> bool {
        self.current == Current::Section
    }

    pub(super) fn in_features(&self) -> bool {
        self.current == Current::Feature
    }

    pub(super) fn ends_blank(&mut self) -> bool {
        let text = self.current_text();
        text.ends_with("\n\n")
    }

    /// Begins the description of a member.
    pub(super) fn member(&mut self, name: &str, line: &Line<'_>, sink: &mut Sink) {
        self.close();
        self.current = Current::Member;
        let [members, _] = &mut self.described;
        describe(name, line, &mut self.document.members, members, sink);
        self.begun = Some(line.span);
    }

    /// Begins the description of a feature.
    pub(super) fn feature(&mut self, name: &str, line: &Line<'_>, sink: &mut Sink) {
        self.close();
        self.current = Current::Feature;
        let [_, features] = &mut self.described;
        describe(name, line, &mut self.document.features, features, sink);
        self.begun = Some(line.span);
    }

    /// Takes note of a `Features:` line.
    pub(super) fn features(&mut self, line: &Line<'_>, sink: &mut Sink) {
        if std::mem::replace(&mut self.features_seen, true) {
            let message = "`Features:` stands twice";
            sink.push(
                Diagnostic::error(Code::DuplicateSection, line.span, message)
                    .label(line.part(0, line.text.len()), ""),
            );
        }
    }

    /// Begins a tagged section.
    pub(super) fn section(
        &mut self,
        kind: SectionKind,
        name: &str,
        line: &Line<'_>,
        sink: &mut Sink,
    ) {
        self.close();
        let once = matches!(
            kind,
            SectionKind::Returns | SectionKind::Errors | SectionKind::Since
        );
        if let Some(earlier) = self.document.section(kind).filter(|_| once) {
            let message = format!("`{name}:` stands twice");
            sink.push(
                Diagnostic::error(Code::DuplicateSection, line.span, message)
                    .label(line.part(0, name.len() + 1), "here again")
                    .label(earlier.span, "first here"),
            );
        }
        self.push_section(kind, line.span);
        self.begun = Some(line.span);
    }

    /// Begins a plain paragraph: it joins a plain section, and else begins one.
    pub(super) fn paragraph(&mut self, line: &Line<'_>) {
        let plain = match self.current {
            Current::Body => true,
            Current::Section => self
                .document
                .sections
                .last()
                .is_some_and(|last| last.kind == SectionKind::Plain),
            Current::Member | Current::Feature => false,
        };
        if plain {
            self.current_text().push('\n');
            return;
        }
        self.close();
        self.push_section(SectionKind::Plain, line.span);
    }

    fn push_section(&mut self, kind: SectionKind, span: Span) {
        self.current = Current::Section;
        self.document.sections.push(Section {
            kind,
            span,
            text: String::new(),
        });
    }

    /// Ends what is being read: blank lines at its ends go, and only the body and plain text may be empty.
    fn close(&mut self) {
        let text = self.current_text();
        text.truncate(text.trim_end_matches('\n').len());
        let blank = text.len() - text.trim_start_matches('\n').len();
        text.drain(..blank);
        let empty = text.is_empty();
        if let Some(span) = self.begun.take().filter(|_| empty) {
            self.empty.push((span, self.current_name()));
        }
    }

    /// What is being read, as it is written.
    fn current_name(&self) -> String {
        let document = &self.document;
        let described = match self.current {
            Current::Member => document.members.last(),
            Current::Feature => document.features.last(),
            Current::Body | Current::Section => None,
        };
        let tag = || {
            let kind = document.sections.last()?.kind;
            TAGS.iter().find(|(_, it)| *it == kind).map(|(tag, _)| *tag)
        };
        match described {
            Some(described) => format!("@{}", described.name.text),
            None => format!("{}:", tag().unwrap_or_default()),
        }
    }

    fn finish(mut self, sink: &mut Sink) -> Document {
        self.close();
        for (span, name) in self.empty {
            let message = format!("there is no text after {}", quoted(&name));
            sink.push(Diagnostic::error(Code::EmptySection, span, message).label(span, ""));
        }
        self.document
    }
}

fn describe(
    name: &str,
    line: &Line<'_>,
    descriptions: &mut Vec<Description>,
    places: &mut Places,
    sink: &mut Sink,
) {
    let span = line.part(1, 1 + name.len());
    let name = Key {
        text: name.to_owned(),
        span,
    };
    let earlier = places.earlier(&name, descriptions.iter().map(|it| &it.name));
    if name.text.is_empty() {
        let message = "a name is missing after `@`";
        sink.push(
            Diagnostic::error(Code::SymbolLine, line.span, message).label(line.part(0, 1), ""),
        );
    } else if let Some(earlier) = earlier {
        let message = format!("{} is described twice", quoted(&name.text));
        sink.push(
            Diagnostic::error(Code::DuplicateDescription, line.span, message)
                .label(span, "here again")
                .label(earlier, "first here"),
        );
    }
    descriptions.push(Description {
        name,
        text: String::new(),
    });
}

/// The rules since QEMU 9.0: tags count only at the start of a paragraph, and the text of a description or
/// section is indented, its end is where the indentation ends.
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
        loop {
            self.skip_blank();
            let Some(line) = self.peek() else { return };
            if line.text == "Features:" {
                self.features(line);
                members_done = true;
            } else if let Some((name, _)) = description(line.text) {
                if members_done {
                    let message = format!("{} is described after a section", quoted(name));
                    self.sink.push(
                        Diagnostic::error(Code::MisplacedDescription, line.span, message)
                            .label(line.part(0, name.len() + 2), "")
                            .note("members come first, then `Features:`, then other sections"),
                    );
                }
                self.descriptions(Builder::member);
                members_done = true;
            } else if let Some((kind, name, text)) = tag(line.text) {
                self.tagged(line, kind, name, text);
                members_done = true;
            } else {
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
                    if self.at == begun + 1 {
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
                    return;
                }
                Some(_) => {}
            }
            self.builder.text(line.text);
            self.at += 1;
        }
    }
}

/// How far a line is indented, in characters.
pub(super) fn indentation(line: &str) -> usize {
    line.chars().take_while(|ch| ch.is_whitespace()).count()
}
