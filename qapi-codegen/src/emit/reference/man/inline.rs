//! Running text in typefaces.

use super::roff::{Font, Span};
use crate::markup::Inline;

/// Running text as spans: names and literals are bold, members and emphasis italic.
pub(super) fn spans(inlines: &[Inline]) -> Vec<Span> {
    let mut out = Vec::new();
    for inline in inlines {
        let (font, text) = match inline {
            Inline::Text(text) => (Font::Roman, text),
            Inline::Emphasis(text) | Inline::Member(text) => (Font::Italic, text),
            Inline::Strong(text) | Inline::Literal(text) => (Font::Bold, text),
            Inline::Reference {
                role,
                target,
                label,
            } => {
                let is_ours = role.as_ref().is_none_or(|role| role.starts_with("qapi:"));
                match label {
                    // What is outside of the schema has a title, no name.
                    Some(label) if !is_ours => (Font::Roman, label),
                    label => (Font::Bold, label.as_ref().unwrap_or(target)),
                }
            }
            Inline::Link { text, url } => {
                if text != url {
                    out.push(Span::roman(text));
                    out.push(Span::roman(&format!(" ({url})")));
                    continue;
                }
                (Font::Roman, url)
            }
        };
        out.push(Span::new(font, text));
    }
    out
}

/// The same, all of it in one typeface.
pub(super) fn spans_in(font: Font, inlines: &[Inline]) -> Vec<Span> {
    let spans = spans(inlines).into_iter();
    spans.map(|span| Span::new(font, &span.text)).collect()
}
