//! What the programs say that people read manual pages with.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use qapi_codegen::emit::reference::man;
use qapi_codegen::emit::reference::model::Reference;

use crate::{hostile, roots, schema};

#[test]
fn mandoc_has_nothing_to_say() {
    let Some(pages) = pages("mandoc") else { return };
    for (name, path) in pages.list() {
        let output = run(Command::new("mandoc")
            .args(["-T", "lint", "-W", "warning"])
            .arg(&path));
        let said = String::from_utf8_lossy(&output.stdout);
        // Without a version in the schema there is no date.
        let said = said.lines().filter(|line| !line.contains("missing date"));
        assert_eq!(said.collect::<Vec<_>>(), Vec::<&str>::new(), "{name}");
    }
}

#[test]
fn groff_has_nothing_to_say() {
    let Some(pages) = pages("groff") else { return };
    for (name, path) in pages.list() {
        let mut command = Command::new("groff");
        let output = run(command.args(["-ww", "-t", "-man", "-T", "utf8"]).arg(&path));
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "", "{name}");
    }
}

#[test]
fn man_shows_every_definition() {
    let Some(pages) = pages("man") else { return };
    for (name, path) in pages.list() {
        let mut command = Command::new("man");
        command.env("LC_ALL", "C.UTF-8").env("MANWIDTH", "80");
        let output = run(command.args(["--warnings", "-l"]).arg(&path));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
        let shown = String::from_utf8_lossy(&output.stdout);
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

/// The pages of all schemas, if there is the program that is to read them.
fn pages(program: &str) -> Option<Pages> {
    let search = std::env::var_os("PATH").unwrap_or_default();
    if !std::env::split_paths(&search).any(|folder| folder.join(program).is_file()) {
        eprintln!("left out: what {program} says of manual pages (it is not installed)");
        return None;
    }
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
    Some(Pages {
        folder,
        definitions,
    })
}

fn write(folder: &Path, at: usize, path: &str, text: &str) -> String {
    let name = format!("{at}-{path}");
    fs::write(folder.join(&name), text).unwrap();
    name
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program runs")
}
