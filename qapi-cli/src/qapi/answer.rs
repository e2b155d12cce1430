//! What a machine says of its interface: its answer to `query-qmp-schema`, live or from a file.

use std::fs;
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use qapi_client::blocking::Client;
use qapi_codegen::source::{DiskLoader, Loader};
use serde_json::Value;

/// The entries that the machine behind a socket tells, or that a file holds: the bare array, or the whole reply.
pub(crate) fn read(source: &Path) -> Result<Value, String> {
    match find(source)? {
        Found::Answer(answer) => Ok(answer),
        Found::Other(Opened { path, fault, .. }) => {
            let name = path.display();
            Err(format!(
                "{name}: this is no answer to query-qmp-schema: {fault}"
            ))
        }
    }
}

/// What a path leads to.
pub(crate) enum Found {
    /// An answer, or somebody who has given it.
    Answer(Value),
    /// A file that is none. Schemas have single quotes, so that none is JSON but one that says nothing.
    Other(Opened),
}

/// What there is at a path, which may be that of a schema.
pub(crate) fn find(source: &Path) -> Result<Found, String> {
    if is_socket(source) {
        return ask(source).map(Found::Answer);
    }
    let bytes = DiskLoader.load(source);
    let bytes = bytes.map_err(|error| format!("{}: {error}", source.display()))?;
    Ok(match entries(&bytes) {
        Ok(answer) => Found::Answer(answer),
        Err(fault) => Found::Other(Opened {
            path: source.to_owned(),
            bytes,
            fault,
        }),
    })
}

/// The disk, of which one file has been read. What comes from a pipe comes once.
pub(crate) struct Opened {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Why it is no answer.
    fault: serde_json::Error,
}

impl Loader for Opened {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        match path == self.path {
            true => Ok(self.bytes.clone()),
            false => DiskLoader.load(path),
        }
    }

    fn identity(&self, path: &Path) -> PathBuf {
        DiskLoader.identity(path)
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
