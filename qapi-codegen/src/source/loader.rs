//! Where schema files come from. The disk is touched here and nowhere else in the front end.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::MAX_FILE_BYTES;

/// Opens schema files for the compiler.
pub trait Loader {
    /// The bytes of a file.
    ///
    /// # Errors
    /// Whatever keeps it from being read; the text of the error is shown to the user.
    fn load(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// What tells one file from another: two paths to the same file have the same identity.
    /// A file is included once for each identity.
    fn identity(&self, path: &Path) -> PathBuf;
}

/// Reads from the file system. Links are followed, so that a file reached by two names is one.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskLoader;

impl Loader for DiskLoader {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        if std::fs::metadata(path)?.is_dir() {
            return Err(io::Error::new(
                io::ErrorKind::IsADirectory,
                "it is a directory",
            ));
        }
        // A file may have no end, as a device has none: a byte too many is enough to know that it is too long.
        let mut bytes = Vec::new();
        let mut file = File::open(path)?.take(MAX_FILE_BYTES as u64 + 1);
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn identity(&self, path: &Path) -> PathBuf {
        path.canonicalize().unwrap_or_else(|_| normalized(path))
    }
}

/// Serves files from memory: schemas embedded in a program, tests, fuzzing.
#[derive(Clone, Debug, Default)]
pub struct MemoryLoader {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl MemoryLoader {
    /// A loader without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn with(mut self, path: impl AsRef<Path>, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(normalized(path.as_ref()), text.into());
        self
    }
}

impl Loader for MemoryLoader {
    fn load(&self, path: &Path) -> io::Result<Vec<u8>> {
        let found = self.files.get(&normalized(path)).cloned();
        found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no such file"))
    }

    fn identity(&self, path: &Path) -> PathBuf {
        normalized(path)
    }
}

/// `a/./b/../c` as `a/c`, by the words of the path alone.
fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if out.file_name().is_some() => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memory_file_is_found_by_any_spelling_of_its_path() {
        let loader = MemoryLoader::new().with("qapi/a.json", "{}");
        assert_eq!(
            loader.load(Path::new("qga/../qapi/./a.json")).unwrap(),
            b"{}"
        );
        assert_eq!(
            loader.identity(Path::new("./qapi/a.json")),
            Path::new("qapi/a.json")
        );
        assert!(loader.load(Path::new("a.json")).is_err());
    }
}
