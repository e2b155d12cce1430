//! What a machine says of its interface: its answer to `query-qmp-schema`, live or from a file.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use qapi_client::blocking::Client;
use qapi_codegen::source::{DiskLoader, Loader};
use serde_json::Value;

/// The entries that the machine behind a socket tells, or that a file holds: the bare array, or the whole reply.
pub(crate) fn read(source: &Path) -> Result<Value, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", source.display());
    match is_socket(source) {
        true => ask(source),
        false => {
            let bytes = DiskLoader.load(source).map_err(|error| failed(&error))?;
            entries(&bytes).map_err(|error| failed(&error))
        }
    }
}

/// The same, if there is an answer, or somebody to be asked; else it is a schema. Schemas have single quotes, so that none is
/// JSON but one that says nothing.
pub(crate) fn find(source: &Path) -> Result<Option<Value>, String> {
    match is_socket(source) {
        true => ask(source).map(Some),
        false => {
            let bytes = DiskLoader.load(source).ok();
            Ok(bytes.and_then(|bytes| entries(&bytes).ok()))
        }
    }
}

fn ask(socket: &Path) -> Result<Value, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", socket.display());
    let mut machine = Client::connect_unix(socket).map_err(|error| failed(&error))?;
    let answer = machine.execute_raw("query-qmp-schema", None);
    let answer = answer.map_err(|error| failed(&error))?;
    entries(answer.to_string().as_bytes()).map_err(|error| failed(&error))
}

fn entries(json: &[u8]) -> serde_json::Result<Value> {
    let mut answer: Value = serde_json::from_slice(json)?;
    Ok(match answer.get_mut("return") {
        Some(returned) => returned.take(),
        None => answer,
    })
}

fn is_socket(source: &Path) -> bool {
    fs::metadata(source).is_ok_and(|file| file.file_type().is_socket())
}
