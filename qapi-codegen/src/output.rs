//! Files that were made: written whole or not at all, and only when they change.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Error;
use crate::emit::{GENERATED, OutputFile};

/// Writes one file, if its text is new. It is put in place in one step, so that nobody ever sees half of it.
pub(crate) fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    match Staged::new(path.to_owned(), text)? {
        Some(staged) => staged.put(),
        None => Ok(()),
    }
}

/// Writes files to a folder: all or, if something stands in the way, none. Files that an earlier run made in the
/// same places and this one did not are removed: they say in one of their first two lines that they are generated.
///
/// # Errors
/// The file or folder that cannot be written, by name.
pub fn write_files(folder: &Path, files: &[OutputFile]) -> Result<(), Error> {
    let named = |path: &Path, error: io::Error| Error::new(format!("{}: {error}", path.display()));
    let made: BTreeSet<PathBuf> = files.iter().map(|file| folder.join(&file.path)).collect();
    let folders: BTreeSet<&Path> = made.iter().filter_map(|path| path.parent()).collect();
    for folder in [folder].iter().chain(&folders) {
        fs::create_dir_all(folder).map_err(|error| named(folder, error))?;
    }
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
    for folder in folders {
        remove_stale(folder, &made).map_err(|error| named(folder, error))?;
    }
    Ok(())
}

fn remove_stale(folder: &Path, made: &BTreeSet<PathBuf>) -> io::Result<()> {
    let kinds: BTreeSet<_> = made.iter().filter_map(|path| path.extension()).collect();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let of_kind = path.extension().is_some_and(|own| kinds.contains(own));
        if of_kind && !made.contains(&path) && fs::read(&path).is_ok_and(|text| is_generated(&text))
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Does a file say at its beginning that it is generated? The first line of some has to say something else.
fn is_generated(text: &[u8]) -> bool {
    let mut first = text.split(|byte| *byte == b'\n').take(2);
    first.any(|line| {
        line.windows(GENERATED.len())
            .any(|part| part == GENERATED.as_bytes())
    })
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
