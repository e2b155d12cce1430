//! The subjects of the machine protocol that are features of `qapi-types`.

use qapi_codegen::analyze;
use qapi_codegen::schema::{Entry, Filter, Kind, Schema, Selection};
use qapi_codegen::source::DiskLoader;

#[path = "../../qapi-types/subjects.rs"]
mod subjects;

use subjects::{CORE, SUBJECTS};

fn schema() -> Schema {
    let root = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../schema/qmp/qapi-schema.json"
    );
    let analysis = analyze(root.as_ref(), &DiskLoader, None).expect("the schema is there");
    analysis.schema.expect("it is valid")
}

#[test]
fn every_command_and_event_has_a_subject() {
    let schema = schema();
    let files = [CORE]
        .into_iter()
        .chain(SUBJECTS)
        .flat_map(|(_, files)| files);
    let files: Vec<String> = files.map(|file| file.to_string()).collect();
    let all = Selection::matching(&schema, &Filter::default(), &files);
    let all = all.unwrap_or_else(|unmatched| panic!("{unmatched}"));
    let entries = schema.modules().flat_map(|(_, module)| {
        let entries = module.entries.iter();
        entries.map(|entry| (module.name.as_str(), *entry))
    });
    for (file, entry) in entries {
        let Entry::Definition(id) = entry else {
            continue;
        };
        let definition = schema.definition(id);
        if let Kind::Command(_) | Kind::Event(_) = definition.kind {
            assert!(all.contains(id), "{} of {file}", definition.name);
        }
    }
}

#[test]
fn every_subject_is_a_feature() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../qapi-types/Cargo.toml");
    let manifest = std::fs::read_to_string(manifest).expect("the manifest is there");
    for (feature, _) in [CORE].into_iter().chain(SUBJECTS) {
        assert!(manifest.contains(&format!("\n{feature} = [")), "{feature}");
    }
}
