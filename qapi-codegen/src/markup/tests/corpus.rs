//! QEMU's own schemas, where the environment variable `QEMU_SRC` says they are.

use std::path::{Path, PathBuf};
use std::{env, fs};

use super::lost_words;
use crate::markup::{Block, parse};

/// The `.json` files below a folder.
fn schemas(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(schemas(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The sections of the documentation comments in a schema, cut at their tags as they come.
fn sections(schema: &str) -> Vec<String> {
    let mut sections = Vec::new();
    let mut section: Option<String> = None;
    for line in schema.lines() {
        if line == "##" {
            match section.take() {
                Some(done) => sections.push(done),
                None => section = Some(String::new()),
            }
        }
        let Some(text) = line.strip_prefix('#') else {
            continue;
        };
        let Some(open) = &mut section else { continue };
        let text = text.strip_prefix(' ').unwrap_or(text);
        let tag = text.split_once(':').map(|(tag, _)| tag).filter(|tag| {
            tag.starts_with('@') && !tag.contains(' ')
                || ["Returns", "Errors", "Since", "TODO", "Features"].contains(tag)
        });
        if let Some(tag) = tag {
            sections.push(std::mem::take(open));
            open.push_str(text[tag.len() + 1..].trim_start());
        } else if text != "#" {
            open.push_str(text);
        }
        open.push('\n');
    }
    sections
}

#[test]
fn every_word_of_qemus_schemas_is_shown() {
    let Some(folder) = env::var_os("QEMU_SRC") else {
        eprintln!("skipped: QEMU_SRC is not set");
        return;
    };
    let mut seen = 0;
    for schema in schemas(Path::new(&folder)) {
        for section in sections(&fs::read_to_string(&schema).unwrap()) {
            let document = parse(&section);
            let lost = lost_words(&section, &document);
            assert_eq!(lost, Vec::<&str>::new(), "{}:\n{section}", schema.display());
            let unknown = document
                .blocks
                .iter()
                .any(|block| matches!(block, Block::Unknown(_)));
            assert!(!unknown, "{}:\n{section}", schema.display());
            seen += 1;
        }
    }
    assert!(
        seen > 1000,
        "only {seen} sections below {}",
        Path::new(&folder).display()
    );
}
