//! Markdown as a reader of GitHub's has it: which links and ids there are, and nothing that was not meant.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{Event, Options, Parser, Tag};
use qapi_codegen::emit::OutputFile;
use qapi_codegen::emit::reference::markdown;
use qapi_codegen::emit::reference::model::Reference;

use crate::{roots, schema};

#[test]
fn links_lead_to_ids_that_are_there_once() {
    for root in roots() {
        let schema = schema(&root);
        let reference = Reference::of(&schema);
        let files = markdown::files(&reference);
        let ids = check(&files);
        for (_, entry) in reference.entries() {
            assert!(ids.contains(&entry.anchor()), "{} has no id", entry.name);
        }
    }
}

/// Checks files, and returns their ids.
pub(crate) fn check(files: &[OutputFile]) -> HashSet<String> {
    let mut ids: HashMap<String, &str> = HashMap::new();
    let mut links = Vec::new();
    for file in files {
        let mut at_start = true;
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_GFM;
        for event in Parser::new_ext(&file.text, options) {
            match event {
                // The first line says that the file is generated.
                Event::Html(html) if at_start => {
                    assert!(html.starts_with("<!-- @generated "), "{html}");
                    at_start = false;
                }
                Event::InlineHtml(html) => {
                    let id = html
                        .strip_prefix("<a id=\"")
                        .and_then(|id| id.strip_suffix("\">"));
                    match id {
                        Some(id) => {
                            let before = ids.insert(id.to_owned(), &file.path);
                            assert_eq!(before, None, "{id} is there twice");
                        }
                        None => assert_eq!(&*html, "</a>", "{}", file.path),
                    }
                }
                Event::Start(Tag::Link { dest_url, .. }) => {
                    links.push((file.path.as_str(), dest_url.into_string()));
                }
                Event::Html(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::FootnoteReference(_)
                | Event::TaskListMarker(_)
                | Event::Start(
                    Tag::Image { .. } | Tag::FootnoteDefinition(_) | Tag::Strikethrough,
                ) => panic!("{}: {event:?}", file.path),
                _ => {}
            }
        }
    }
    let paths: HashSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for (from, link) in links {
        let outside = ["http://", "https://", "ftp://"];
        if outside.iter().any(|scheme| link.starts_with(scheme)) {
            continue;
        }
        let (path, id) = link.split_once('#').unwrap_or((&link, ""));
        let path = if path.is_empty() { from } else { path };
        assert!(paths.contains(path), "{from} leads to {link}");
        let is_there = id.is_empty() || ids.get(id) == Some(&path);
        assert!(is_there, "{from} leads to {link}");
    }
    ids.into_keys().collect()
}
