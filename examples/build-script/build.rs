//! Compiles the schema to `lamp.rs` in cargo's output folder, again whenever one of its files changes.

fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new().compile("schema/lamp.json")
}
