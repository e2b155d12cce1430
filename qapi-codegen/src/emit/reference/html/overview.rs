//! The first page: what the reference is about, and what subjects it has.

use super::escape::Html;
use super::page::Page;
use super::prose::{Heading, Prose};
use super::site::{At, Site};
use super::subject::summary;
use crate::emit::reference::model::{EntryKind, Part, SubjectId, sentence};

/// The page; `heading` is what the schema has above its introduction.
pub(super) fn page(site: &Site<'_, '_>, heading: Option<&str>) -> Page {
    let reference = site.reference;
    let mut body = Html::new();
    body.raw("<p class=\"counts\">");
    counts(reference.entries().map(|(_, entry)| entry.kind), &mut body);
    body.raw("</p>\n<p class=\"scripted\"><button type=\"button\" class=\"open-search wide\">");
    body.raw("Search names, members, values and texts <kbd>/</kbd></button></p>\n");
    let prose = Prose {
        site,
        at: At::anywhere(),
        heading: Heading::Second,
    };
    body.raw("<div class=\"text\">\n");
    if let Some(heading) = heading {
        body.raw("<h2>").text(heading).raw("</h2>\n");
    }
    prose.document(&reference.introduction, &mut body);
    body.raw("</div>\n");
    for (number, chapter) in reference.chapters.iter().enumerate() {
        body.raw("<section class=\"chapter\" id=\"chapter-")
            .number(number);
        body.raw("\">\n<h2>");
        body.text(chapter.title.as_deref().unwrap_or("Subjects"));
        body.raw("</h2>\n<div class=\"text\">\n");
        prose.document(&chapter.introduction, &mut body);
        body.raw("</div>\n<ul class=\"cards\">\n");
        chapter
            .subjects
            .iter()
            .for_each(|id| card(site, *id, &mut body));
        body.raw("</ul>\n</section>\n");
    }
    Page {
        name: "index".to_owned(),
        title: site.title.clone(),
        summary: sentence(&reference.introduction),
        subject: None,
        body,
        outline: Html::new(),
    }
}

fn card(site: &Site<'_, '_>, id: SubjectId, out: &mut Html) {
    let subject = site.reference.subject(id);
    out.raw("<li><a href=\"").text(&subject.slug);
    out.raw(".html\">").text(&subject.title).raw("</a>\n");
    let summary = summary(site, id);
    if !summary.is_empty() {
        out.raw("<p>").text(&summary).raw("</p>\n");
    }
    out.raw("<p class=\"counts\">");
    let kinds = subject.parts.iter().filter_map(|part| match part {
        Part::Entry(id) => Some(site.reference.entry(*id).kind),
        Part::Text(_) => None,
    });
    counts(kinds, out);
    out.raw("</p></li>\n");
}

/// How many there are of what: `3 commands, 1 event`.
fn counts(kinds: impl Iterator<Item = EntryKind>, out: &mut Html) {
    let mut counted = [
        ("command", "commands", 0),
        ("event", "events", 0),
        ("type", "types", 0),
    ];
    for kind in kinds {
        let at = match kind {
            EntryKind::Command => 0,
            EntryKind::Event => 1,
            _ => 2,
        };
        counted[at].2 += 1;
    }
    let mut before = "";
    for (one, several, count) in counted {
        if count > 0 {
            out.raw(before).number(count).raw(" ");
            out.raw(if count == 1 { one } else { several });
            before = ", ";
        }
    }
}
