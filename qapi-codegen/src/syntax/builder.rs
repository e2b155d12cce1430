//! A document that is put together, whatever the rules by which its sections were found.

use super::comment::{Line, TAGS};
use super::places::Places;
use super::tree::{Description, Document, Key, Section, SectionKind};
use crate::diagnostic::{Code, Diagnostic, Sink, quoted};
use crate::source::Span;

/// Puts a [`Document`] together, section after section.
pub(super) struct Builder {
    document: Document,
    current: Current,
    /// The text of what is being read, as far as that is; one buffer serves all.
    text: String,
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
    pub(super) fn new(span: Span, symbol: Option<Key>, first: Span) -> Self {
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
            text: String::new(),
            begun: None,
            features_seen: false,
            described: Default::default(),
            empty: Vec::new(),
        }
    }

    /// Where the text of what is being read belongs.
    fn place(&mut self) -> &mut String {
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
        self.text.push_str(line);
        self.text.push('\n');
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

    pub(super) fn ends_blank(&self) -> bool {
        self.text.ends_with("\n\n")
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
            self.text.push('\n');
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
        let text = self.text.trim_matches('\n').to_owned();
        self.text.clear();
        let empty = text.is_empty();
        *self.place() = text;
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

    pub(super) fn finish(mut self, sink: &mut Sink) -> Document {
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
