//! The file of a recording.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// A new file, which nobody else may read: passwords are said as well. One that is there is emptied if `overwrite` says so,
/// and then is its owner's alone, too.
///
/// # Errors
/// There is something already, or there can be nothing.
pub(super) fn create(path: &Path, overwrite: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(overwrite).create_new(!overwrite);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // What is no file, as a terminal or a pipe, is others' to look after.
    if overwrite && file.metadata()?.is_file() {
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        file.set_len(0)?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn files_are_their_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        let there = create(&path, false).unwrap_err();
        assert_eq!(there.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        let new = folder.path().join("new");
        for (path, overwrite) in [(&path, true), (&new, false), (&new, true)] {
            create(path, overwrite).unwrap().write_all(b"a").unwrap();
            assert_eq!(fs::read_to_string(path).unwrap(), "a");
            let mode = fs::metadata(path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
