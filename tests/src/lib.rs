//! What the tests share: where the outside material is, and how to say that it is not there.

use std::path::PathBuf;

/// The folder that an environment variable names. Without it the test says that it was left out.
pub fn folder(variable: &str, what: &str) -> Option<PathBuf> {
    match std::env::var_os(variable) {
        Some(path) => Some(PathBuf::from(path)),
        None => {
            eprintln!("left out: {what} (set {variable} to the folder that holds it)");
            None
        }
    }
}
