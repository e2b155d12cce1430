//! The sites that are looked at.

use std::path::{Path, PathBuf};

use qapi_codegen::analyze;
use qapi_codegen::emit::OutputFile;
use qapi_codegen::emit::reference::html::{Settings, emit};
use qapi_codegen::schema::Schema;
use qapi_codegen::source::{DiskLoader, Loader};

/// A schema and what became of it.
pub(super) struct Site {
    pub(super) name: String,
    pub(super) schema: Schema,
    pub(super) files: Vec<OutputFile>,
}

impl Site {
    /// Of the schema at `root`.
    pub(super) fn of(root: &Path, loader: &dyn Loader) -> Site {
        let name = root.display().to_string();
        let analysis = analyze(root, loader, None).expect("the schema can be read");
        let schema = analysis.schema;
        let schema = schema.unwrap_or_else(|| panic!("{name}: {:?}", analysis.diagnostics));
        let files = emit(&schema, &Settings::default());
        Site {
            name,
            schema,
            files,
        }
    }

    /// The files of HTML: name and text.
    pub(super) fn pages(&self) -> impl Iterator<Item = (&str, &str)> {
        let pages = self
            .files
            .iter()
            .filter(|file| file.path.ends_with(".html"));
        pages.map(|page| (page.path.as_str(), page.text.as_str()))
    }
}

/// Our own schemas, and QEMU's of every release that is there: the machine protocol, the guest agent, the storage
/// daemon.
pub(super) fn all() -> Vec<Site> {
    let own = own().join("..");
    let own = [
        "schema/qmp/qapi-schema.json",
        "schema/qga/qapi-schema.json",
        "schema/storage-daemon/qapi-schema.json",
    ]
    .map(|path| own.join(path));
    let qemus = qapi_tests::trees::trees().into_iter().flat_map(|tree| {
        [
            "qapi/qapi-schema.json",
            "qga/qapi-schema.json",
            "storage-daemon/qapi/qapi-schema.json",
        ]
        .map(|path| tree.join(path))
    });
    own.into_iter()
        .chain(qemus)
        .filter(|root| root.exists())
        .map(|root| Site::of(&root, &DiskLoader))
        .collect()
}

/// The folder of this package.
pub(super) fn own() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
