//! Compiles the schema to bindings for a server: `vmm.rs` in cargo's output folder.

fn main() -> Result<(), qapi_codegen::Error> {
    qapi_codegen::Config::new()
        .server(true)
        .compile("schema/vmm.json")
}
