//! `--defines-from`: the conditions of a build, from what a machine of that build says of itself.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use qapi_client::blocking::Client;
use qapi_codegen::emit::introspect::defines;
use qapi_codegen::schema::Schema;
use serde_json::Value;

/// The symbols that were defined in the build of the machine behind a socket, or of the one whose answer a
/// file holds: the bare array, or the whole reply.
pub(crate) fn find(source: &Path, schema: &Schema) -> Result<Vec<String>, String> {
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", source.display());
    let kind = fs::metadata(source)
        .map_err(|error| failed(&error))?
        .file_type();
    let text = if kind.is_socket() {
        let mut machine = Client::connect_unix(source).map_err(|error| failed(&error))?;
        let answer = machine.execute_raw("query-qmp-schema", None);
        answer.map_err(|error| failed(&error))?.to_string()
    } else {
        fs::read_to_string(source).map_err(|error| failed(&error))?
    };
    let mut answer: Value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    if let Some(returned) = answer.get_mut("return") {
        answer = returned.take();
    }
    defines(schema, &answer).map_err(|error| failed(&error))
}
