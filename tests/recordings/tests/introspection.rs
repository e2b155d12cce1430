//! The introspection of a schema is, to the number, what a live machine of that release returned, once the
//! conditions of its build are found from the very answer. `QEMU_SRC` and `QEMU_SRC_OTHERS` name trees,
//! `QMP_RECORDINGS` the recordings; those of a release that a tree is of are compared. And what has changed between two machines
//! is told without their schemas.

use std::path::Path;

use qapi_codegen::compat::{Change, Impact, Told, compare_told};
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

#[test]
fn recorded_machines_tell_what_has_changed() {
    let Some(folder) = qapi_tests::folder("QMP_RECORDINGS", "changes between recorded machines")
    else {
        return;
    };
    let machines: Vec<(String, Told)> = introspections(&folder)
        .into_iter()
        .map(|(name, _, answer)| {
            let told = Told::read(&answer).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name, told)
        })
        .collect();
    for (name, old) in &machines {
        for (other, new) in &machines {
            let (there, back) = (compare_told(old, new), compare_told(new, old));
            assert_eq!(there.is_empty(), name == other, "{name}, {other}");
            assert_eq!(there.is_empty(), back.is_empty(), "{name}, {other}");
        }
    }
    let find = |part: &str| machines.iter().find(|(name, _)| name.contains(part));
    let (Some((_, old)), Some((_, new))) = (find("8.2.0_x86_64"), find("9.2.0_x86_64")) else {
        eprintln!("left out: from 8.2 to 9.2 (there are no recordings of both)");
        return;
    };
    let changes = compare_told(old, new);
    let told = |impact: Impact| {
        let changes = changes.iter().filter(|change| change.impact == impact);
        changes.map(Change::to_string).collect::<Vec<_>>()
    };
    // Virtual machines under SEV-SNP have another policy and no handle: both are in a branch now. The value had been an alias.
    assert_eq!(
        told(Impact::Breaking),
        [
            "breaking[event-removed]: event RDMA_GID_STATUS_CHANGED: it is gone",
            "breaking[input-value-removed]: command chardev-add: the value `console` of `backend.type` is gone",
            "breaking[output-member-removed]: command query-sev: the member `policy` is gone",
            "breaking[output-member-removed]: command query-sev: the member `handle` is gone",
        ]
    );
    let announced = told(Impact::Announced);
    for expected in [
        "announced[command-removed]: command x-query-rdma: it is gone",
        "announced[input-member-removed]: command migrate: the argument `blk` is gone",
        "announced[output-member-removed]: command query-migrate: the member `ram.skipped` is gone",
    ] {
        assert!(announced.contains(&expected.to_owned()), "{announced:#?}");
    }
    let deprecating = told(Impact::Deprecating);
    let reconnect = "deprecating[deprecated]: command chardev-add: the argument `backend.data.reconnect` is deprecated now";
    assert!(
        deprecating.contains(&reconnect.to_owned()),
        "{deprecating:#?}"
    );
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
