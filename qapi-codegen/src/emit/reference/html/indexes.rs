//! Indexes: by name, by version, of what is deprecated and what is unstable.

use std::collections::BTreeMap;

use super::escape::Html;
use super::page::Page;
use super::prose::{Heading, Prose};
use super::site::{At, GROUPS, Site, letter};
use crate::emit::reference::model::{Content, Entry, EntryId, Feature, Features};
use crate::schema::Version;

/// Every name, by what it is and in alphabetical order.
pub(super) fn names(site: &Site<'_, '_>) -> Page {
    let mut body = Html::new();
    for (title, class) in GROUPS {
        let entries = site.reference.entries();
        let mut found: Vec<_> = entries
            .filter(|(_, entry)| letter(entry.kind) == class)
            .collect();
        if found.is_empty() {
            continue;
        }
        found.sort_by_cached_key(|(_, entry)| (entry.name.to_lowercase(), entry.name));
        body.raw("<h2>")
            .raw(title)
            .raw("</h2>\n<ul class=\"names\">\n");
        for (id, _) in found {
            body.raw("<li>");
            site.entry_link(At::anywhere(), id, &mut body);
            body.raw("</li>\n");
        }
        body.raw("</ul>\n");
    }
    page("names", "Names", body)
}

/// What came with a release.
#[derive(Default)]
struct News<'r> {
    entries: Vec<EntryId>,
    parts: Vec<(EntryId, &'r str)>,
}

/// What came with which release, the newest first.
pub(super) fn versions(site: &Site<'_, '_>) -> Page {
    let mut releases: BTreeMap<Version, News<'_>> = BTreeMap::new();
    for (id, entry) in site.reference.entries() {
        let own = entry.since.and_then(|since| since.version);
        if let Some(version) = own {
            releases.entry(version).or_default().entries.push(id);
        }
        parts(entry, &mut |name, since, _| {
            // What came with the definition is no news of its own.
            if let Some(version) = since.filter(|since| Some(*since) != own) {
                releases.entry(version).or_default().parts.push((id, name));
            }
        });
    }
    let mut body = Html::new();
    for (version, news) in releases.iter().rev() {
        body.raw("<h2 id=\"since-").text(&version.to_string());
        body.raw("\">New in ")
            .text(&version.to_string())
            .raw("</h2>\n");
        if !news.entries.is_empty() {
            body.raw("<ul class=\"names\">\n");
            for id in &news.entries {
                body.raw("<li>");
                site.entry_link(At::anywhere(), *id, &mut body);
                body.raw("</li>\n");
            }
            body.raw("</ul>\n");
        }
        if !news.parts.is_empty() {
            body.raw("<h3>Members and values</h3>\n<ul class=\"names\">\n");
            for (id, name) in &news.parts {
                body.raw("<li>");
                part_link(site, *id, name, &mut body);
                body.raw("</li>\n");
            }
            body.raw("</ul>\n");
        }
    }
    page("versions", "Versions", body)
}

/// What is deprecated and what is unstable, with the reasons.
pub(super) fn stability(site: &Site<'_, '_>) -> Page {
    let mut body = Html::new();
    for (title, name) in [("Deprecated", "deprecated"), ("Unstable", "unstable")] {
        let mut list = Html::new();
        for (id, entry) in site.reference.entries() {
            if let Some(feature) = entry.features.get(name) {
                list.raw("<div><dt>");
                site.entry_link(At::anywhere(), id, &mut list);
                reason(site, id, feature, &mut list);
            }
            parts(entry, &mut |part, _, features| {
                if let Some(feature) = features.get(name) {
                    list.raw("<div><dt>");
                    part_link(site, id, part, &mut list);
                    reason(site, id, feature, &mut list);
                }
            });
        }
        body.raw("<h2 id=\"").raw(name).raw("\">").raw(title);
        body.raw("</h2>\n");
        match list.is_empty() {
            true => body.raw("<p>Nothing is.</p>\n"),
            false => body.raw("<dl class=\"rows\">\n").html(&list).raw("</dl>\n"),
        };
    }
    page("stability", "Stability", body)
}

fn reason(site: &Site<'_, '_>, id: EntryId, feature: &Feature<'_>, out: &mut Html) {
    out.raw("</dt>\n<dd>");
    let prose = Prose {
        site,
        at: At::anywhere().of(id),
        heading: Heading::Third,
    };
    prose.document(&feature.description, out);
    out.raw("</dd></div>\n");
}

/// `BlockdevOptions.driver`
fn part_link(site: &Site<'_, '_>, id: EntryId, part: &str, out: &mut Html) {
    let address = site.member_address(At::anywhere(), id, part);
    out.raw("<a class=\"e\" href=\"").text(&address).raw("\">");
    out.text(site.reference.entry(id).name).raw(".<b>");
    out.text(part).raw("</b></a>");
}

/// Every member, value and alternative that is an entry's own.
fn parts<'e>(entry: &'e Entry<'_>, visit: &mut dyn FnMut(&'e str, Option<Version>, &Features<'_>)) {
    match &entry.content {
        Content::Enum(values) => {
            for value in values {
                visit(value.name, value.since, &value.features);
            }
        }
        Content::Object(object) => {
            for member in &object.members {
                visit(member.name, member.since, &member.features);
            }
        }
        Content::Alternate(all) => {
            for one in all {
                visit(one.name, one.since, &Features::default());
            }
        }
    }
}

fn page(name: &str, title: &str, body: Html) -> Page {
    Page {
        name: name.to_owned(),
        title: title.to_owned(),
        summary: String::new(),
        subject: None,
        body,
        outline: Html::new(),
    }
}
