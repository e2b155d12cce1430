//! Embeds `schema/`: a table of every file's path and text.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("..");
    let mut files = Vec::new();
    collect(&root.join("schema"), &mut files)?;
    files.sort();
    let mut table = String::from("const FILES: &[(&str, &str)] = &[\n");
    for file in &files {
        let file = file.canonicalize()?;
        let name = file
            .strip_prefix(root.canonicalize()?)
            .expect("the file is in the workspace");
        table += &format!("    ({name:?}, include_str!({file:?})),\n");
    }
    table += "];\n";
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(out.join("embedded.rs"), table)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    Ok(())
}
