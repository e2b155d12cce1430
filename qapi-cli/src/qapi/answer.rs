//! What a machine says of its interface: its answer to `query-qmp-schema`, live or from a file.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use qapi_client::blocking::Client;
use serde_json::Value;

/// The entries that the machine behind a socket tells, or that a file holds: the bare array, or the whole reply.
pub(crate) fn read(source: &Path) -> Result<Value, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", source.display());
    let text = match is_socket(source) {
        true => {
            let mut machine = Client::connect_unix(source).map_err(|error| failed(&error))?;
            let answer = machine.execute_raw("query-qmp-schema", None);
            answer.map_err(|error| failed(&error))?.to_string()
        }
        false => fs::read_to_string(source).map_err(|error| failed(&error))?,
    };
    let mut answer: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    Ok(match answer.get_mut("return") {
        Some(returned) => returned.take(),
        None => answer,
    })
}

/// Whether somebody is to be asked, or a file holds an answer; otherwise it is a schema. Schemas have single quotes, so that none
/// is JSON but one that says nothing.
pub(crate) fn is_one(source: &Path) -> bool {
    let is_json = |text: String| serde_json::from_str::<Value>(&text).is_ok();
    is_socket(source) || fs::read_to_string(source).is_ok_and(is_json)
}

fn is_socket(source: &Path) -> bool {
    fs::metadata(source).is_ok_and(|file| file.file_type().is_socket())
}
