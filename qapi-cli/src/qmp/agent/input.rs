//! What is read here for the guest: a file, or standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::super::Failure;

/// The name that stands for standard input.
pub(super) const STDIN: &str = "-";

/// Opens the file, or standard input.
pub(super) fn open(path: &Path) -> Result<Box<dyn Read + Send>, Failure> {
    if path == Path::new(STDIN) {
        return Ok(Box::new(io::stdin()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => Err(unreadable(path, &error)),
    }
}

/// Reads all of it, which is at most `most` bytes.
pub(super) fn read(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let mut input = open(path)?.take(most as u64 + 1);
    input
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    match bytes.len() > most {
        true => Err(Failure::Usage(format!(
            "{} has more than {most} bytes",
            name(path)
        ))),
        false => Ok(bytes),
    }
}

/// Why there is nothing to be had from the file.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::Usage(format!("cannot read {}: {error}", name(path)))
}

/// What a message calls the file.
pub(super) fn name(path: &Path) -> String {
    match path == Path::new(STDIN) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}
