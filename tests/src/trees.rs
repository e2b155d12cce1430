//! QEMU's source trees, and the schemas in them.

use std::env;
use std::path::{Path, PathBuf};

use qapi_codegen::schema::Schema;
use qapi_codegen::source::DiskLoader;

/// The trees that `QEMU_SRC` and `QEMU_SRC_OTHERS` name.
pub fn trees() -> Vec<PathBuf> {
    let first = env::var_os("QEMU_SRC").map(PathBuf::from);
    let others = env::var_os("QEMU_SRC_OTHERS").unwrap_or_default();
    let others: Vec<PathBuf> = env::split_paths(&others).collect();
    let named = first.into_iter().chain(others);
    named.filter(|tree| !tree.as_os_str().is_empty()).collect()
}

/// The schema of a tree's machine protocol.
///
/// # Panics
/// It cannot be read, or is not valid.
pub fn schema(tree: &Path) -> Schema {
    let root = tree.join("qapi/qapi-schema.json");
    let analysis = qapi_codegen::analyze(&root, &DiskLoader, None).expect("the schema can be read");
    analysis.schema.expect("and is valid")
}

/// The newest release that anything in the schema came with: major and minor.
pub fn newest_release(schema: &Schema) -> Option<(u32, u32)> {
    let releases = schema
        .definitions()
        .filter_map(|(_, definition)| schema.since(definition));
    releases.max().map(|version| (version.major, version.minor))
}
