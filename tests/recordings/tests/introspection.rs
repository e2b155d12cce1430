//! The introspection of a schema is, to the number, what a live machine of that release returned, once the
//! conditions of its build are found from the very answer. `QEMU_SRC` and `QEMU_SRC_OTHERS` name trees,
//! `QMP_RECORDINGS` the recordings; those of a release that a tree is of are compared.

use std::path::Path;

use qapi_codegen::emit::introspect::{defines, introspect};
use qapi_codegen::schema::{Filter, Schema};
use qapi_recordings::exchanges;
use qapi_tests::trees::{newest_release, schema, trees};
use serde_json::Value;

#[test]
fn a_recorded_introspection_is_reproduced_exactly() {
    let folder = qapi_tests::folder("QMP_RECORDINGS", "introspection of recorded machines");
    let tree = qapi_tests::folder("QEMU_SRC", "introspection of a schema");
    let (Some(folder), Some(_)) = (folder, tree) else {
        return;
    };
    let mut compared = 0;
    for tree in trees() {
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

/// Name, release, and answer of every recording.
fn introspections(folder: &Path) -> Vec<(String, (u32, u32), Value)> {
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
        let number = |part: &str| {
            let number = version["qemu"][part].as_u64();
            number
                .and_then(|number| number.try_into().ok())
                .unwrap_or_default()
        };
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
