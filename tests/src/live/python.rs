//! Programs in Python that others have written.

use std::path::{Path, PathBuf};

use super::say;

/// The program `name` of those that `cargo xtask ci` installs below cargo's target folder: the interpreter, which has
/// `qemu.qmp`, and `qmp-shell`. If it is not there the running test is left out, and this is said. `temporary` is
/// `env!("CARGO_TARGET_TMPDIR")`, which only tests know.
pub fn python(temporary: &str, name: &str) -> Option<PathBuf> {
    let target = Path::new(temporary).parent()?;
    let path = target.join("python/bin").join(name);
    if path.is_file() {
        return Some(path);
    }
    let test = std::thread::current();
    let test = test.name().unwrap_or("a test");
    say(&format!(
        "left out: {test} with {name} (Python's qemu.qmp is not installed)"
    ));
    None
}
