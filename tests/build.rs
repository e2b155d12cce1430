//! Compiles some commands of the project's schema both ways, for the tests that encode what a machine has answered.

use std::path::Path;

fn main() -> Result<(), qapi_codegen::Error> {
    println!("cargo::rerun-if-changed=build.rs");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/qmp/qapi-schema.json");
    qapi_codegen::Config::new()
        .only([
            "query-version",
            "query-status",
            "query-block",
            "query-named-block-nodes",
            "query-qmp-schema",
            "blockdev-add",
        ])
        .both_ways(true)
        // The oldest QEMU that the live tests are run with.
        .oldest("7.2")
        .compile(schema)
}
