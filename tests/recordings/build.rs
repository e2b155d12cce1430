//! Compiles the schema of the QEMU source tree that `QEMU_SRC` names, both ways, and writes the table that
//! leads from a command's name to its types. Without a tree the table is empty.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use qapi_codegen::schema::Kind;
use qapi_codegen::source::DiskLoader;
use qapi_codegen::{Config, analyze};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=QEMU_SRC");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo has not set OUT_DIR")?);
    let mut arms = String::new();
    match env::var_os("QEMU_SRC") {
        None => fs::write(out.join("qapi-schema.rs"), "pub mod commands {}\n")?,
        Some(tree) => {
            let schema = PathBuf::from(tree).join("qapi/qapi-schema.json");
            // The recordings are of QEMU 7.2 and younger.
            Config::new()
                .both_ways(true)
                .oldest("7.2")
                .compile(&schema)?;
            let analysis = analyze(&schema, &DiskLoader, None)?;
            let schema = analysis.schema.ok_or("the schema was valid a moment ago")?;
            for (_, definition) in schema.definitions() {
                if let Kind::Command(_) = definition.kind {
                    let name = &definition.name;
                    let item = qapi_codegen::emit::rust::item_name(name);
                    writeln!(
                        arms,
                        "        {name:?} => Some(f.visit::<commands::{item}>()),"
                    )?;
                }
            }
        }
    }
    let doc = "/// Visits the command of a name.\n#[allow(deprecated)]\n";
    let table = match arms.is_empty() {
        true => format!(
            "{doc}pub fn visit<F: Visit>(_: &str, _: F) -> Option<F::Out> {{\n    None\n}}\n"
        ),
        false => format!(
            "{doc}pub fn visit<F: Visit>(name: &str, f: F) -> Option<F::Out> {{\n    match name {{\n{arms}        \
             _ => None,\n    }}\n}}\n"
        ),
    };
    fs::write(out.join("table.rs"), table)?;
    Ok(())
}
