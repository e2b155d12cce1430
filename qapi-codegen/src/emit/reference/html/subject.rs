//! The page of a subject: its texts and definitions in order, and beside it what is on it.

use super::entry::entry;
use super::escape::Html;
use super::page::Page;
use super::prose::{Heading, Prose};
use super::site::{At, GROUPS, Site, letter};
use crate::emit::reference::model::{Part, SubjectId, sentence};

pub(super) fn page(site: &Site<'_, '_>, id: SubjectId) -> Page {
    let subject = site.reference.subject(id);
    let mut body = Html::new();
    let prose = Prose {
        site,
        at: At::page(id),
        heading: Heading::Second,
    };
    for part in &subject.parts {
        match part {
            Part::Text(text) => {
                body.raw("<div class=\"text\">\n");
                prose.document(text, &mut body);
                body.raw("</div>\n");
            }
            Part::Entry(id) => entry(site, *id, &mut body),
        }
    }
    Page {
        name: subject.slug.clone(),
        title: subject.title.clone(),
        summary: summary(site, id),
        subject: Some(id),
        body,
        outline: outline(site, id),
    }
}

/// The first sentence of a subject.
pub(super) fn summary(site: &Site<'_, '_>, id: SubjectId) -> String {
    match site.reference.subject(id).parts.first() {
        Some(Part::Text(text)) => sentence(text),
        _ => String::new(),
    }
}

/// The entries of a subject, by what they are.
fn outline(site: &Site<'_, '_>, id: SubjectId) -> Html {
    let mut out = Html::new();
    for (title, class) in GROUPS {
        let parts = site.reference.subject(id).parts.iter();
        let entries = parts.filter_map(|part| match part {
            Part::Entry(id) => Some(site.reference.entry(*id)),
            Part::Text(_) => None,
        });
        let mut entries = entries
            .filter(|entry| letter(entry.kind) == class)
            .peekable();
        if entries.peek().is_none() {
            continue;
        }
        out.raw("<p>").raw(title).raw("</p>\n<ul>\n");
        for entry in entries {
            out.raw("<li><a class=\"").raw(letter(entry.kind));
            out.raw("\" href=\"#").text(&entry.anchor()).raw("\">");
            breakable(entry.name, &mut out);
            out.raw("</a></li>\n");
        }
        out.raw("</ul>\n");
    }
    out
}

/// A name that may be broken between its words, where there is little room.
fn breakable(name: &str, out: &mut Html) {
    let mut rest = name;
    while let Some(end) = word_end(rest) {
        out.text(&rest[..end]).raw("<wbr>");
        rest = &rest[end..];
    }
    out.text(rest);
}

/// Where the first word of several ends: before a capital after a small letter, after `_`.
fn word_end(name: &str) -> Option<usize> {
    let pairs = name.char_indices().zip(name.chars().skip(1));
    let ends = pairs.filter(|((_, ch), next)| {
        *ch == '_' || (ch.is_ascii_lowercase() && next.is_ascii_uppercase())
    });
    ends.map(|((at, ch), _)| at + ch.len_utf8()).next()
}
