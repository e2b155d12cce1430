//! Where things are.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::process::{Failure, cargo, output};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// What cargo tells of the workspace and its packages.
pub(crate) fn metadata() -> Result<Value, Failure> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--no-deps", "--format-version=1"]);
    let text = output(metadata.current_dir(root()))?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

/// The folder that cargo builds in.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    match metadata()?["target_directory"].as_str() {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Err("cargo does not tell its target folder".to_owned()),
    }
}

/// A source tree of QEMU's.
pub(crate) struct Tree {
    /// Its name, fit for the name of a package.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// The trees that `QEMU_SRC` and `QEMU_SRC_OTHERS` (a list, `:` between them) name.
pub(crate) fn trees() -> Vec<Tree> {
    let first = std::env::var_os("QEMU_SRC").map(PathBuf::from);
    let others = std::env::var_os("QEMU_SRC_OTHERS").unwrap_or_default();
    let others: Vec<PathBuf> = std::env::split_paths(&others)
        .filter(|path| !path.as_os_str().is_empty())
        .collect();
    first.into_iter().chain(others).map(tree).collect()
}

fn tree(path: PathBuf) -> Tree {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.replace(|ch: char| !ch.is_ascii_alphanumeric(), "-");
    Tree { name, path }
}

/// Short name of a schema and its root, in the project.
pub(crate) const OWN_SCHEMAS: [(&str, &str); 3] = [
    ("qmp", "schema/qmp/qapi-schema.json"),
    ("qga", "schema/qga/qapi-schema.json"),
    ("qsd", "schema/storage-daemon/qapi-schema.json"),
];

/// The same in a source tree of QEMU's.
pub(crate) const QEMUS_SCHEMAS: [(&str, &str); 3] = [
    ("qmp", "qapi/qapi-schema.json"),
    ("qga", "qga/qapi-schema.json"),
    ("qsd", "storage-daemon/qapi/qapi-schema.json"),
];
