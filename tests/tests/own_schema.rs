//! `schema/` has the structure of QEMU's own schemas, definition by definition: kinds, members and their
//! order, types, conditions, features, flags. `QEMU_SRC` names the tree that it is held against.

use std::collections::BTreeMap;
use std::path::Path;

use qapi_codegen::schema::{Filter, Kind, Schema, Selection};
use qapi_codegen::source::DiskLoader;
use qapi_codegen::{analyze, dump};

#[test]
fn the_machine_protocol_is_qemus() {
    compare("qmp/qapi-schema.json", "qapi/qapi-schema.json", true);
}

#[test]
fn the_guest_agent_is_qemus() {
    compare("qga/qapi-schema.json", "qga/qapi-schema.json", true);
}

#[test]
fn the_storage_daemon_is_qemus() {
    // Whole files are shared with QEMU there, types that the daemon has no use for included: what counts is
    // what its commands and events reach.
    let (own, qemus) = (
        "storage-daemon/qapi-schema.json",
        "storage-daemon/qapi/qapi-schema.json",
    );
    compare(own, qemus, false);
}

/// Compares everything, or what commands and events reach.
fn compare(ours: &str, qemus: &str, whole: bool) {
    let Some(tree) = qapi_tests::folder("QEMU_SRC", "the structure of schema/") else {
        return;
    };
    let own = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../schema")
        .join(ours);
    let own = definitions(&schema(&own), whole);
    let qemus = definitions(&schema(&tree.join(qemus)), whole);
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

fn schema(root: &Path) -> Schema {
    let analysis = analyze(root, &DiskLoader, None).expect("the schema can be read");
    assert!(
        analysis.diagnostics.is_empty(),
        "{}: {:?}",
        root.display(),
        analysis.diagnostics.first()
    );
    analysis.schema.expect("and is valid")
}

/// The part of the dump that is about each definition; where it is defined does not matter.
fn definitions(schema: &Schema, whole: bool) -> BTreeMap<String, String> {
    let reached = reached(schema);
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
                let counts = whole || schema.find(name).is_some_and(|id| reached.contains(id));
                current = counts.then(|| format!("{kind} {name}"));
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

/// The commands, the events, and the types that they reach.
fn reached(schema: &Schema) -> Selection {
    let messages = schema
        .definitions()
        .filter_map(|(_, definition)| match definition.kind {
            Kind::Command(_) | Kind::Event(_) => Some(definition.name.clone()),
            _ => None,
        });
    let names: Vec<String> = messages.collect();
    Selection::matching(schema, &Filter::default(), &names).expect("every name matches itself")
}
