//! Diagnostics drawn over the lines of the source.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Remark, places, remarks};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{FileId, Sources, Span};

/// A line longer than this is named and not drawn.
const DRAWN_COLUMNS: usize = 400;

/// Places that are so many bytes apart, or more, are drawn by themselves: all between would be searched.
const TOGETHER: u32 = 20_000;

pub(super) fn human(diagnostic: &Diagnostic, sources: &Sources, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level
        .primary_title(&diagnostic.message)
        .id(diagnostic.code.as_str());
    let labels = &*places(diagnostic);
    let mut group = Group::with_title(title);
    let mut drawn: Vec<FileId> = Vec::new();
    for label in labels {
        let file = label.span.file;
        if !drawn.contains(&file) {
            drawn.push(file);
            group = in_file(group, labels, file, sources);
        }
    }
    for (remark, text) in remarks(diagnostic, sources) {
        let level = match remark {
            Remark::Note => Level::NOTE,
            Remark::Help => Level::HELP,
        };
        group = group.element(level.message(text));
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
