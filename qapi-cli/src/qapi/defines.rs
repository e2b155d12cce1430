//! `--defines-from`: the conditions of a build, from what a machine of that build says of itself.

use std::path::Path;

use qapi_codegen::emit::introspect::defines;
use qapi_codegen::schema::Schema;

use super::answer;

/// The symbols that were defined in the build of the machine behind a socket, or of the one whose answer a
/// file holds.
pub(crate) fn find(source: &Path, schema: &Schema) -> Result<Vec<String>, String> {
    let answer = answer::read(source)?;
    defines(schema, &answer).map_err(|error| format!("{}: {error}", source.display()))
}
