//! How diagnostics look: drawn for people, a line each for scripts and editors.

use std::fmt::Write;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Diagnostic, Label, Severity};
use crate::source::{FileId, Sources, Span};

/// A line longer than this is named and not drawn.
const DRAWN_COLUMNS: usize = 400;

/// Places that are so many bytes apart, or more, are drawn by themselves: all between would be searched.
const TOGETHER: u32 = 20_000;

/// Drawn like rustc's: the source line, labels, notes and help. With `styled`, in colours.
pub fn human(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(&diagnostic.message)
        .id(diagnostic.code.as_str());
    let anchor = [Label {
        span: diagnostic.anchor,
        text: String::new(),
    }];
    let labels = if diagnostic.labels.is_empty() {
        &anchor[..]
    } else {
        &diagnostic.labels
    };
    let mut group = Group::with_title(title);
    let mut drawn: Vec<FileId> = Vec::new();
    for label in labels {
        let file = label.span.file;
        if !drawn.contains(&file) {
            drawn.push(file);
            group = in_file(group, labels, file, sources);
        }
    }
    if let Some(subject) = &diagnostic.subject {
        let name = super::quoted(&subject.name);
        group = group.element(Level::NOTE.message(format!("in {} {name}", subject.kind)));
    }
    for at in sources.include_chain(diagnostic.anchor.file) {
        group = group.element(Level::NOTE.message(format!("included from {}", place(at, sources))));
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group])
}

/// Adds the lines of one file that carry labels.
fn in_file<'a>(
    group: Group<'a>,
    labels: &'a [Label],
    file: FileId,
    sources: &'a Sources,
) -> Group<'a> {
    let mut group = group;
    let here = labels.iter().filter(|label| label.span.file == file);
    let mut rest: Vec<&Label> = here.collect();
    while let Some(&first) = rest.first() {
        let near = |label: &&Label| label.span.start.abs_diff(first.span.start) < TOGETHER;
        let (together, far): (Vec<_>, Vec<_>) = rest.into_iter().partition(near);
        let primary = std::ptr::eq(first, &labels[0]);
        group = lines(group, &together, primary, file, sources);
        rest = far;
    }
    group
}

/// Adds the lines that carry some labels which are close together. With `primary`, the first of these is the
/// diagnostic's first.
fn lines<'a>(
    group: Group<'a>,
    labels: &[&'a Label],
    primary: bool,
    file: FileId,
    sources: &'a Sources,
) -> Group<'a> {
    let Some(first) = labels.first() else {
        return group;
    };
    let source = sources.file(file);
    let path = source.path().display().to_string();
    let window = window(source.text(), labels.iter().map(|label| label.span));
    let text = &source.text()[window.clone()];
    let location = source.location(first.span.start);
    if text.lines().any(|line| line.len() > DRAWN_COLUMNS) {
        let origin = Origin::path(path)
            .line(location.line)
            .char_column(location.column);
        return group.element(origin);
    }
    let mut snippet = Snippet::source(text)
        .line_start(source.location(window.start as u32).line)
        .path(path);
    for (at, label) in labels.iter().enumerate() {
        let kind = if at == 0 && primary {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let start = (label.span.start as usize).clamp(window.start, window.end) - window.start;
        let end = (label.span.end as usize).clamp(window.start, window.end) - window.start;
        let text = (!label.text.is_empty()).then_some(label.text.as_str());
        snippet = snippet.annotation(kind.span(start..end.max(start)).label(text));
    }
    group.element(snippet)
}

/// The whole lines that the spans touch; of a span over many lines, the first is enough.
fn window(text: &str, spans: impl Iterator<Item = Span>) -> Range<usize> {
    let (mut start, mut end) = (text.len(), 0);
    for span in spans {
        start = start.min(span.start as usize);
        end = end.max(span.start as usize);
    }
    let start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
    start..end.max(start)
}

/// One line: `FILE:LINE:COL: error[CODE]: text`. The place is the anchor, so that the line number is the
/// one that QEMU's own tool would print.
pub fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut line = format!(
        "{}: {}[{}]: ",
        place(diagnostic.anchor, sources),
        diagnostic.severity.as_str(),
        diagnostic.code
    );
    if let Some(subject) = &diagnostic.subject {
        let _ = write!(line, "{} {}: ", subject.kind, super::quoted(&subject.name));
    }
    line + &diagnostic.message
}

fn place(span: Span, sources: &Sources) -> String {
    let location = sources.location(span);
    let path = sources.file(span.file).path().display();
    format!("{path}:{}:{}", location.line, location.column)
}
