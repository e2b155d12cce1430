//! What the pages' script loads when it needs it: the index that is searched, and what types consist of. Both are
//! scripts, since a page that was opened from a disk may load nothing else.

use std::fmt::Write;

use super::entry::fragment;
use super::escape::{Html, script_string};
use super::site::{Site, letter};
use crate::emit::reference::model::{Content, Entry, Part, SubjectId, plain, sentence};
use crate::emit::{GENERATED, OutputFile};
use crate::markup::Document;

/// The index: subjects with their texts, entries with their members and texts.
pub(super) fn index(site: &Site<'_, '_>) -> OutputFile {
    let mut out = format!("// {GENERATED}\nreference.index = {{\nsubjects: [\n");
    for (_, subject) in site.reference.subjects() {
        let texts = subject.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(plain(text)),
            Part::Entry(_) => None,
        });
        let text = texts.collect::<Vec<_>>().join(" ");
        array([&subject.slug, &subject.title, &text], &mut out);
        out.push_str(",\n");
    }
    out.push_str("],\nentries: [\n");
    for (_, entry) in site.reference.entries() {
        let head = [
            letter(entry.kind),
            entry.kind.word(),
            entry.name,
            &sentence(&entry.description),
            &text(entry),
        ];
        array(head, &mut out);
        out.pop();
        // Writing to a string does not fail.
        let _ = write!(out, ",{},[", entry.subject.index());
        parts(entry, &mut out);
        out.push_str("]],\n");
    }
    out.push_str("]};\n");
    OutputFile {
        path: "assets/index.js".to_owned(),
        text: out,
    }
}

/// All that is said of an entry but for its members.
fn text(entry: &Entry<'_>) -> String {
    let texts = [
        &entry.description,
        &entry.details,
        &entry.returns_text,
        &entry.errors,
    ];
    let features = entry.features.0.iter();
    let texts = texts
        .into_iter()
        .chain(features.map(|feature| &feature.description));
    let texts: Vec<_> = texts.map(plain).filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}

fn parts(entry: &Entry<'_>, out: &mut String) {
    let mut part = |name: &str, text: &Document| {
        array([name, &plain(text)], out);
        out.push(',');
    };
    match &entry.content {
        Content::Enum(all) => all.iter().for_each(|one| part(one.name, &one.description)),
        Content::Object(object) => {
            let members = object.members.iter();
            members.for_each(|one| part(one.name, &one.description));
        }
        Content::Alternate(all) => all.iter().for_each(|one| part(one.name, &one.description)),
    }
}

fn array<const N: usize>(texts: [&str; N], out: &mut String) {
    out.push('[');
    for (at, text) in texts.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        script_string(text, out);
    }
    out.push(']');
}

/// The types of a subject.
pub(super) fn types(site: &Site<'_, '_>, id: SubjectId) -> Option<OutputFile> {
    let subject = site.reference.subject(id);
    let mut out = format!("// {GENERATED}\nreference.types[");
    script_string(&subject.slug, &mut out);
    out.push_str("] = {\n");
    let mut any = false;
    for part in &subject.parts {
        let Part::Entry(id) = part else { continue };
        let entry = site.reference.entry(*id);
        if !entry.kind.is_type() {
            continue;
        }
        any = true;
        let mut html = Html::new();
        fragment(site, *id, &mut html);
        script_string(&entry.anchor(), &mut out);
        out.push_str(": [");
        script_string(entry.kind.word(), &mut out);
        out.push(',');
        script_string(html.as_str(), &mut out);
        out.push_str("],\n");
    }
    out.push_str("};\n");
    any.then(|| OutputFile {
        path: format!("types/{}.js", subject.slug),
        text: out,
    })
}
