//! `schema/` has the structure of QEMU's own schemas, definition by definition: kinds, members and their
//! order, types, conditions, features, flags. `QEMU_SRC` names the tree that it is held against. And its examples
//! are true.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use qapi_codegen::diagnostic::{Code, short};
use qapi_codegen::schema::Schema;
use qapi_codegen::source::{DiskLoader, Loader};
use qapi_codegen::{Analysis, analyze, dump};

#[test]
fn the_machine_protocol_is_qemus() {
    compare("qmp/qapi-schema.json", "qapi/qapi-schema.json");
}

#[test]
fn the_guest_agent_is_qemus() {
    compare("qga/qapi-schema.json", "qga/qapi-schema.json");
}

#[test]
fn the_storage_daemon_is_qemus() {
    compare(
        "storage-daemon/qapi-schema.json",
        "storage-daemon/qapi/qapi-schema.json",
    );
}

/// The roots of our schemas.
const ROOTS: [&str; 3] = [
    "qmp/qapi-schema.json",
    "qga/qapi-schema.json",
    "storage-daemon/qapi-schema.json",
];

/// What `qapi check` finds in our own examples: nothing.
#[test]
fn examples_are_true() {
    for root in ROOTS {
        let analysis = analysis(&own(root), &DiskLoader);
        let lints = analysis.lints();
        let shown = lints.iter().map(|one| short(one, &analysis.sources));
        assert!(lints.is_empty(), "{}", shown.collect::<Vec<_>>().join("\n"));
    }
}

/// That nothing is found is not because nothing is looked at: what makes a message one, misspelt, is found wherever it
/// stands.
#[test]
fn every_message_is_looked_at() {
    for root in ROOTS {
        for key in ["execute", "return"] {
            let analysis = analysis(&own(root), &Misspelt(key));
            let files = analysis.sources.files();
            let messages: usize = files
                .map(|file| file.text().matches(&wrong(key)).count())
                .sum();
            let lints = analysis.lints();
            let found = lints.iter().filter(|one| one.code == Code::ExampleMessage);
            assert_eq!(found.count(), messages, "{root}: {key}");
            assert!(messages > 0, "{root}: {key}");
        }
    }
}

/// Files from disk, but for one key of their messages.
struct Misspelt(&'static str);

impl Loader for Misspelt {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        let right = format!("\"{}\":", self.0);
        Ok(fs::read_to_string(path)?
            .replace(&right, &wrong(self.0))
            .into_bytes())
    }

    fn identity(&self, path: &Path) -> PathBuf {
        DiskLoader.identity(path)
    }
}

/// A key, misspelt and as long as before: no line becomes longer than is allowed.
fn wrong(key: &str) -> String {
    format!("\"{}\":", key.to_uppercase())
}

fn compare(ours: &str, qemus: &str) {
    let Some(tree) = qapi_tests::folder("QEMU_SRC", "the structure of schema/") else {
        return;
    };
    let own = definitions(&schema(&own(ours)));
    let qemus = definitions(&schema(&tree.join(qemus)));
    let mut differences = Vec::new();
    for (name, text) in &qemus {
        match own.get(name) {
            None => differences.push(format!("{name} is missing")),
            Some(found) if found != text => {
                differences.push(format!("{name} differs:\n{found}QEMU has:\n{text}"));
            }
            Some(_) => {}
        }
    }
    let unknown = own.keys().filter(|name| !qemus.contains_key(*name));
    differences.extend(unknown.map(|name| format!("{name} is not QEMU's")));
    let count = differences.len();
    assert!(
        count == 0,
        "{ours}: {count} differences:\n{}",
        differences.join("\n")
    );
}

fn own(root: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../schema")
        .join(root)
}

fn schema(root: &Path) -> Schema {
    analysis(root, &DiskLoader).schema.expect("it is valid")
}

/// What is made of a schema that has nothing wrong with it.
fn analysis(root: &Path, loader: &dyn Loader) -> Analysis {
    let analysis = analyze(root, loader, None).expect("the schema can be read");
    assert!(
        analysis.diagnostics.is_empty(),
        "{}: {:?}",
        root.display(),
        analysis.diagnostics.first()
    );
    analysis
}

/// The part of the dump that is about each definition; where it is defined does not matter.
fn definitions(schema: &Schema) -> BTreeMap<String, String> {
    let dump = dump::dump(schema);
    let structure = dump.split("\ndoc ").next().unwrap_or_default();
    let mut definitions = BTreeMap::new();
    let mut current: Option<String> = None;
    for line in structure.lines() {
        let mut words = line.split(' ');
        match words.next().unwrap_or_default() {
            "" => {}
            "module" | "include" => current = None,
            kind => {
                let name = words.next().unwrap_or_default();
                current = Some(format!("{kind} {name}"));
            }
        }
        if let Some(current) = &current {
            let text: &mut String = definitions.entry(current.clone()).or_default();
            text.push_str(line);
            text.push('\n');
        }
    }
    definitions
}
