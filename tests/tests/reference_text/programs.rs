//! What the programs say that people read manual pages with.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use qapi_codegen::emit::reference::man;
use qapi_codegen::emit::reference::model::Reference;
use qapi_tests::manual_pages::Reader;

use crate::{hostile, roots, schema};

#[test]
fn programs_find_no_fault() {
    let pages = pages();
    for reader in Reader::ALL.into_iter().filter_map(Reader::find) {
        for (name, path) in pages.list() {
            let (_, faults) = reader.read(&path);
            assert_eq!(faults, Vec::<String>::new(), "{reader:?}: {name}");
        }
    }
}

#[test]
fn man_shows_every_definition() {
    let Some(reader) = Reader::Man.find() else {
        return;
    };
    let pages = pages();
    for (name, path) in pages.list() {
        let (shown, _) = reader.read(&path);
        let hyphens = shown.lines().filter(|line| line.ends_with('\u{2010}'));
        assert_eq!(hyphens.count(), 0, "{name}: words are hyphenated");
        let tags = shown
            .lines()
            .filter_map(|line| line.trim_start().split_once(':'));
        let tags: HashSet<&str> = tags.map(|(tag, _)| tag).collect();
        for definition in pages.definitions(&name) {
            assert!(
                tags.contains(definition.as_str()),
                "{name}: {definition} is not shown"
            );
        }
    }
}

/// Pages in a folder, each with the names of what it defines.
struct Pages {
    folder: tempfile::TempDir,
    definitions: Vec<(String, Vec<String>)>,
}

impl Pages {
    fn list(&self) -> impl Iterator<Item = (String, std::path::PathBuf)> + '_ {
        let names = self.definitions.iter();
        names.map(|(name, _)| (name.clone(), self.folder.path().join(name)))
    }

    fn definitions(&self, name: &str) -> &[String] {
        let known = self.definitions.iter().find(|(known, _)| known == name);
        known.map_or(&[], |(_, definitions)| definitions)
    }
}

/// The pages of all schemas.
fn pages() -> Pages {
    let folder = tempfile::tempdir().unwrap();
    let mut definitions = Vec::new();
    for (at, root) in roots().iter().enumerate() {
        let schema = schema(root);
        let reference = Reference::of(&schema);
        let page = man::files(&reference).remove(0);
        let names = reference.entries().map(|(_, entry)| entry.name.to_owned());
        definitions.push((
            write(folder.path(), at, &page.path, &page.text),
            names.collect(),
        ));
    }
    let (hostile, names) = hostile::page();
    definitions.push((
        write(folder.path(), definitions.len(), "hostile.7", &hostile),
        names,
    ));
    Pages {
        folder,
        definitions,
    }
}

fn write(folder: &Path, at: usize, path: &str, text: &str) -> String {
    let name = format!("{at}-{path}");
    fs::write(folder.join(&name), text).unwrap();
    name
}
