//! Compiles commands of the project's schemas both ways, for the tests that encode what a program has answered; and writes
//! the lists of the commands that can be asked without arguments, for those that ask them all; and bindings for a server.

use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use qapi_codegen::schema::{DefinitionId, Kind, Schema};
use qapi_codegen::source::DiskLoader;
use qapi_codegen::{Config, analyze};

/// A schema, and what of it is compiled. Everything in `asked` changes nothing.
struct Part {
    /// The module of its bindings, here and in `qapi_types`.
    module: &'static str,
    /// Its folder in `schema/`.
    folder: &'static str,
    /// Patterns of commands that tests ask for answers.
    asked: &'static [&'static str],
    /// Further ones that tests need the types of.
    further: &'static [&'static str],
}

const PARTS: [Part; 3] = [
    Part {
        module: "qmp",
        folder: "qmp",
        asked: &["query-*", "x-query-*"],
        further: &["blockdev-add"],
    },
    Part {
        module: "qsd",
        folder: "storage-daemon",
        asked: &["query-*"],
        further: &[],
    },
    Part {
        module: "qga",
        folder: "qga",
        asked: &[
            "guest-fsfreeze-status",
            "guest-get-*",
            "guest-info",
            "guest-network-get-*",
            "guest-ping",
        ],
        further: &[],
    },
];

/// What a machine of the tests' own serves of QEMU's interface: some that it does, and some whose arguments are of every kind.
const SERVED: [&str; 22] = [
    "block_resize",
    "blockdev-add",
    "cont",
    "device_add",
    "input-send-event",
    "migrate-pause",
    "migrate-set-capabilities",
    "qmp_capabilities",
    "query-blockstats",
    "query-commands",
    "query-name",
    "query-qmp-schema",
    "query-status",
    "quit",
    "set-numa-node",
    "set_link",
    "stop",
    "transaction",
    "x-exit-preconfig",
    "RESUME",
    "SHUTDOWN",
    "STOP",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo has not set OUT_DIR")?);
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema");
    let mut lists = String::new();
    for part in &PARTS {
        let root = schemas.join(part.folder).join("qapi-schema.json");
        let asked = Config::new().only(part.asked.iter().copied());
        asked
            .only(part.further.iter().copied())
            .both_ways(true)
            // The oldest QEMU that the live tests are run with.
            .oldest("7.2")
            .out_dir(out.join(part.module))
            .compile(&root)?;
        let analysis = analyze(&root, &DiskLoader, None)?;
        let schema = analysis.schema.ok_or("the schema was valid a moment ago")?;
        list(part, &schema, &mut lists)?;
    }
    fs::write(out.join("queries.rs"), lists)?;
    let served = Config::new().only(SERVED).server(true);
    served
        .out_dir(out.join("server"))
        .compile(schemas.join("qmp/qapi-schema.json"))?;
    Ok(())
}

/// Writes the function that visits every command of `asked` that needs no argument.
fn list(part: &Part, schema: &Schema, out: &mut String) -> Result<(), Box<dyn Error>> {
    let module = part.module;
    writeln!(
        out,
        "/// Visits every command of `{module}` that can be asked without arguments.\n#[allow(deprecated)]\n\
         pub fn {module}(visit: &mut impl Visit) {{"
    )?;
    for (_, definition) in schema.definitions() {
        let Kind::Command(command) = &definition.kind else {
            continue;
        };
        let asked = part
            .asked
            .iter()
            .any(|pattern| matches(pattern, &definition.name));
        if asked && !needs_arguments(schema, command.arguments) {
            let item = qapi_codegen::emit::rust::item_name(&definition.name);
            writeln!(
                out,
                "    visit.visit::<both_ways::{module}::commands::{item}, qapi_types::{module}::commands::{item}>();"
            )?;
        }
    }
    writeln!(out, "}}\n")?;
    Ok(())
}

/// Whether a name is a pattern's, which ends with its only `*` if it has one.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

fn needs_arguments(schema: &Schema, arguments: Option<DefinitionId>) -> bool {
    arguments.is_some_and(|ty| {
        let members = schema.all_members(ty);
        members.iter().any(|(_, member)| !member.optional)
    })
}
