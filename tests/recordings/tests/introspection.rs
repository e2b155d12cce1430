//! The introspection of a schema is, to the number, what a live machine of that release returned, once the
//! conditions of its build are found from the very answer. `QEMU_SRC` and `QEMU_SRC_OTHERS` name trees,
//! `QMP_RECORDINGS` the recordings; those of a release that a tree is of are compared.

use std::path::{Path, PathBuf};

use qapi_codegen::emit::introspect::{defines, introspect};
use qapi_codegen::schema::{Filter, Schema};
use qapi_codegen::source::DiskLoader;
use qapi_recordings::exchanges;
use serde_json::Value;

#[test]
fn a_recorded_introspection_is_reproduced_exactly() {
    let folder = qapi_tests::folder("QMP_RECORDINGS", "introspection of recorded machines");
    let trees = trees();
    let Some(folder) = folder.filter(|_| !trees.is_empty()) else {
        return;
    };
    let mut compared = 0;
    for tree in trees {
        let schema = schema(&tree);
        for (name, version, answer) in introspections(&folder) {
            if Some(version) == newest_release(&schema) {
                compare(&schema, &answer, &name);
                compared += 1;
            }
        }
    }
    println!("{compared} introspections compared");
}

/// The trees whose schemas are known.
fn trees() -> Vec<PathBuf> {
    let first = qapi_tests::folder("QEMU_SRC", "introspection of a schema");
    let others = std::env::var_os("QEMU_SRC_OTHERS").unwrap_or_default();
    let others: Vec<PathBuf> = std::env::split_paths(&others).collect();
    first
        .into_iter()
        .chain(others)
        .filter(|tree| !tree.as_os_str().is_empty())
        .collect()
}

fn schema(tree: &Path) -> Schema {
    let root = tree.join("qapi/qapi-schema.json");
    let analysis = qapi_codegen::analyze(&root, &DiskLoader, None).expect("the schema can be read");
    analysis.schema.expect("and is valid")
}

/// The newest release that anything in the schema came with.
fn newest_release(schema: &Schema) -> Option<(u64, u64)> {
    let releases = schema
        .definitions()
        .filter_map(|(_, definition)| schema.since(definition));
    releases
        .max()
        .map(|version| (version.major.into(), version.minor.into()))
}

/// Name, release, and answer of every recording.
fn introspections(folder: &Path) -> Vec<(String, (u64, u64), Value)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder of recordings can be read") {
        let path = entry.expect("its entries too").path();
        if path
            .extension()
            .is_none_or(|extension| extension != "replies")
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a recording can be read");
        let exchanges = exchanges(&text).expect("a recording is a row of exchanges");
        let returned = |command: &str| {
            let found = exchanges
                .iter()
                .find(|exchange| exchange.command == command);
            found.and_then(|exchange| exchange.returned.clone())
        };
        let (Some(version), Some(answer)) =
            (returned("query-version"), returned("query-qmp-schema"))
        else {
            continue;
        };
        let number = |part: &str| version["qemu"][part].as_u64().unwrap_or_default();
        let name = path
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        found.push((name, (number("major"), number("minor")), answer));
    }
    found
}

fn compare(schema: &Schema, answer: &Value, name: &str) {
    let found = defines(schema, answer).unwrap_or_else(|error| panic!("{name}: {error}"));
    println!("{name}: {found:?}");
    let filter = Filter {
        defines: Some(found),
        ..Filter::default()
    };
    let ours = introspect(schema, &filter);
    let (ours, theirs) = (
        ours.as_array().expect("an array"),
        answer.as_array().expect("an array"),
    );
    let first = ours
        .iter()
        .zip(theirs)
        .find(|(ours, theirs)| ours != theirs);
    assert!(
        first.is_none(),
        "{name}: {} and {}",
        first.unwrap().0,
        first.unwrap().1
    );
    assert_eq!(ours.len(), theirs.len(), "{name}: the number of entries");
}
