//! Words: everything that is said in a schema is said on the pages, where it belongs.

use std::collections::{HashMap, HashSet};

use qapi_codegen::emit::reference::model::Reference;
use qapi_codegen::schema::{Doc, DocKind, Version};
use qapi_codegen::source::DiskLoader;

use super::html::{elements, pieces, text};
use super::site::{self, Site};

#[test]
fn nothing_that_is_said_is_missing() {
    for site in site::all() {
        check(&site);
    }
}

/// The documentation of QEMU's test-suite, which has all markup there is.
#[test]
fn all_of_doc_good_is_shown() {
    let Some(tree) = qapi_tests::folder("QEMU_SRC", "doc-good of QEMU's test-suite") else {
        return;
    };
    let root = tree.join("tests/qapi-schema/doc-good.json");
    check(&Site::of(&root, &DiskLoader));
}

fn check(site: &Site) {
    let mut everything = HashSet::new();
    let mut sections: HashMap<String, HashSet<String>> = HashMap::new();
    for (_, html) in site.pages() {
        let pieces = pieces(html);
        everything.extend(words(&text(&pieces)).map(str::to_owned));
        let entries = elements(&pieces, |name, attributes| {
            attributes.get("id").filter(|_| name == "section").cloned()
        });
        for (id, inner) in entries {
            sections.insert(id, words(&text(inner)).map(str::to_owned).collect());
        }
    }
    let reference = Reference::of(&site.schema);
    let (mut checked, mut missing) = (0, Vec::new());
    for (_, doc) in site.schema.docs() {
        let entry = doc.symbol.as_deref().and_then(|name| reference.find(name));
        let shown = entry.map_or(&everything, |(_, entry)| &sections[&entry.anchor()]);
        for word in said(doc).iter().flat_map(|text| words(text)) {
            checked += 1;
            if !shown.contains(word) && !MARKUP.contains(&word) {
                let place = doc.symbol.as_deref().unwrap_or("text");
                missing.push(format!("{word} ({place})"));
            }
        }
    }
    println!("{}: {checked} words", site.name);
    assert!(checked > 100, "{}: only {checked} words", site.name);
    assert!(missing.is_empty(), "{}: {missing:#?}", site.name);
}

/// Words that are markup: directives, roles, and their options.
const MARKUP: [&str; 16] = [
    "note",
    "qmp",
    "example",
    "title",
    "annotated",
    "code",
    "block",
    "admonition",
    "ref",
    "doc",
    "qapi",
    "console",
    "caution",
    "widths",
    "auto",
    "QMP",
];

/// What is to be shown of a comment. What is left to be done is not for readers.
fn said(doc: &Doc) -> Vec<String> {
    let mut texts = vec![doc.body.clone()];
    for (name, text) in &doc.members {
        // Of which release it is stands beside its name.
        let since = Version::in_description(text);
        let rest = since.map_or(&**text, |since| since.left_out_of(text));
        texts.extend([name.clone(), rest.to_owned()]);
        texts.extend(since.map(|since| format!("since {since}")));
    }
    for (name, text) in &doc.features {
        texts.extend([name.clone(), text.clone()]);
    }
    let sections = doc.sections.iter();
    let sections = sections.filter(|section| section.kind != DocKind::Todo);
    texts.extend(sections.map(|section| section.text.clone()));
    texts.iter().map(|text| without_numbers(text)).collect()
}

/// The numbers of numbered lists are made by the browser.
fn without_numbers(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let rest = line.trim_start();
        let rest = rest.trim_start_matches(|ch: char| ch.is_ascii_digit());
        match rest.len() < line.trim_start().len() && rest.starts_with(['.', ')']) {
            true => rest,
            false => line,
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|ch: char| !ch.is_alphanumeric());
    parts.filter(|word| !word.is_empty())
}
