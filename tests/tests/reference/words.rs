//! Words: everything that is said in a schema is said on the pages, where it belongs.

use std::collections::{HashMap, HashSet};

use qapi_codegen::emit::reference::model::Reference;
use qapi_codegen::schema::{Doc, DocKind};
use qapi_codegen::source::DiskLoader;

use super::html::{pieces, text};
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
    let pages: HashMap<&str, String> = site
        .pages()
        .map(|(page, html)| (page, text(&pieces(html), None).unwrap_or_default()))
        .collect();
    let everything: HashSet<&str> = pages.values().flat_map(|page| words(page)).collect();
    let reference = Reference::of(&site.schema);
    let html: HashMap<&str, &str> = site.pages().collect();
    let (mut checked, mut missing) = (0, Vec::new());
    // Elements are found in a page in one go, and entries stand in the order of their pages.
    let mut at_hand: Option<(String, Vec<super::html::Piece<'_>>)> = None;
    for (_, doc) in site.schema.docs() {
        let said = said(doc);
        let entry = doc.symbol.as_deref().and_then(|name| reference.find(name));
        let section = entry.map(|(_, entry)| {
            let page = format!("{}.html", reference.subject(entry.subject).slug);
            if at_hand.as_ref().is_none_or(|(name, _)| *name != page) {
                at_hand = Some((page.clone(), pieces(html[page.as_str()])));
            }
            let (_, pieces) = at_hand.as_ref().expect("it was just put there");
            text(pieces, Some(&entry.anchor()))
                .unwrap_or_else(|| panic!("{}: {} has no section", site.name, entry.name))
        });
        let shown = section.as_deref().map(|section| words(section).collect());
        let shown: &HashSet<&str> = shown.as_ref().unwrap_or(&everything);
        for word in said.iter().flat_map(|text| words(text)) {
            checked += 1;
            if !shown.contains(word) && !MARKUP.contains(&word) {
                missing.push(format!(
                    "{word} ({})",
                    doc.symbol.as_deref().unwrap_or("text")
                ));
            }
        }
    }
    println!("{}: {checked} words", site.name);
    assert!(checked > 100, "{}: only {checked} words", site.name);
    assert!(missing.is_empty(), "{}: {missing:#?}", site.name);
}

/// Words that are markup: directives, roles, and their options.
const MARKUP: [&str; 13] = [
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
    "QMP",
];

/// What is to be shown of a comment. What is left to be done is not for readers.
fn said(doc: &Doc) -> Vec<String> {
    let mut texts = vec![doc.body.clone()];
    for (name, text) in doc.members.iter().chain(&doc.features) {
        texts.push(name.clone());
        texts.push(text.clone());
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
