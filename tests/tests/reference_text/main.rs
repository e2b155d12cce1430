//! The reference as text, as a manual page and as Markdown: what is expected of a small schema, that nothing of any
//! schema is lost, that links lead somewhere, that texts stay texts, and what the programs say that read it.

mod golden;
mod hostile;
mod links;
mod programs;
mod roff;
mod size;
mod words;

use std::path::{Path, PathBuf};

use qapi_codegen::analyze;
use qapi_codegen::emit::OutputFile;
use qapi_codegen::emit::reference::model::Reference;
use qapi_codegen::emit::reference::{man, markdown, text};
use qapi_codegen::schema::Schema;
use qapi_codegen::source::DiskLoader;
use qapi_tests::trees::trees;

/// The folder of this test.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference_text")
}

/// The small schema that has every construct once.
fn small() -> PathBuf {
    folder().join("schema/qapi-schema.json")
}

/// The small schema, our own ones, and those of QEMU's trees with the one that its test-suite has for documentation.
fn roots() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema");
    let own = ["qmp", "qga", "storage-daemon"].map(|name| own.join(name).join("qapi-schema.json"));
    let mut roots = vec![small()];
    roots.extend(own);
    let trees = trees();
    if trees.is_empty() {
        eprintln!("left out: QEMU's own schemas (set QEMU_SRC to the folder that holds them)");
    }
    for tree in trees {
        let names = [
            "qapi/qapi-schema.json",
            "qga/qapi-schema.json",
            "storage-daemon/qapi/qapi-schema.json",
            "tests/qapi-schema/doc-good.json",
        ];
        // Not every tree has all of QEMU's programs.
        let names = names.iter().map(|name| tree.join(name));
        roots.extend(names.filter(|root| root.is_file()));
    }
    roots
}

fn schema(root: &Path) -> Schema {
    let analysis = analyze(root, &DiskLoader, None).expect("the schema can be read");
    analysis.schema.expect("and is valid")
}

/// A format of the reference.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Format {
    Text,
    Man,
    Markdown,
}

impl Format {
    const ALL: [Format; 3] = [Format::Text, Format::Man, Format::Markdown];

    fn files(self, reference: &Reference<'_>) -> Vec<OutputFile> {
        match self {
            Format::Text => text::files(reference),
            Format::Man => man::files(reference),
            Format::Markdown => markdown::files(reference),
        }
    }
}
