//! Files that were made: written whole or not at all, and only when they change.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Error;
use crate::emit::OutputFile;
use crate::emit::rust::GENERATED;

/// Writes one file, if its text is new. It is put in place in one step, so that nobody ever sees half of it.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    match Staged::new(path.to_owned(), text)? {
        Some(staged) => staged.put(),
        None => Ok(()),
    }
}

/// Writes Rust files to a folder: all or, if something stands in the way, none. Files that an earlier run
/// made there and this one did not are removed.
///
/// # Errors
/// The file or folder that cannot be written, by name.
pub fn write_files(folder: &Path, files: &[OutputFile]) -> Result<(), Error> {
    let named = |path: &Path, error: io::Error| Error::new(format!("{}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| named(folder, error))?;
    let mut staged = Vec::new();
    for file in files {
        let path = folder.join(&file.path);
        let one = Staged::new(path.clone(), &file.text);
        staged.extend(one.map_err(|error| named(&path, error))?);
    }
    for one in staged {
        let path = one.path.clone();
        one.put().map_err(|error| named(&path, error))?;
    }
    remove_stale(folder, files).map_err(|error| named(folder, error))
}

fn remove_stale(folder: &Path, files: &[OutputFile]) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let made = files.iter().any(|file| folder.join(&file.path) == path);
        let rust = path.extension().is_some_and(|extension| extension == "rs");
        if rust && !made && fs::read(&path).is_ok_and(|text| text.starts_with(GENERATED.as_bytes()))
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// A file that is written and not yet in its place; it goes away if it is never put there.
struct Staged {
    path: PathBuf,
    partial: Option<PathBuf>,
}

impl Staged {
    /// `None` when the file has this text already.
    fn new(path: PathBuf, text: &str) -> io::Result<Option<Staged>> {
        if fs::read(&path).is_ok_and(|known| known == text.as_bytes()) {
            return Ok(None);
        }
        if path.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a directory",
            ));
        }
        let mut partial = OsString::from(&path);
        partial.push(format!(".{}.partial", std::process::id()));
        let staged = Staged {
            path,
            partial: Some(partial.into()),
        };
        if let Some(partial) = &staged.partial {
            fs::write(partial, text)?;
        }
        Ok(Some(staged))
    }

    fn put(mut self) -> io::Result<()> {
        if let Some(partial) = &self.partial {
            fs::rename(partial, &self.path)?;
        }
        self.partial = None;
        Ok(())
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            // What could not be put in place is of no use to anybody.
            let _ = fs::remove_file(partial);
        }
    }
}
