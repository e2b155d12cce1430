//! The schema that is built into both commands.

use qapi_codegen::source::MemoryLoader;

/// The root of QEMU's machine protocol.
pub(crate) const ROOT: &str = "schema/qmp/qapi-schema.json";

// `FILES: &[(&str, &str)]`, path and text of every file under `schema/`.
include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Serves the embedded files.
pub(crate) fn loader() -> MemoryLoader {
    FILES
        .iter()
        .fold(MemoryLoader::new(), |files, (path, text)| {
            files.with(path, *text)
        })
}
