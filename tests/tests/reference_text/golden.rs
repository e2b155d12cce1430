//! What is made of the small schema: the files in `expected/`. With `BLESS=1` in the environment they are rewritten.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use qapi_codegen::emit::reference::model::Reference;

use crate::{Format, folder, schema, small};

#[test]
fn the_small_schema_gives_what_is_expected() {
    let schema = schema(&small());
    let reference = Reference::of(&schema);
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    let expected = folder().join("expected");
    let files = Format::ALL.iter().flat_map(|one| one.files(&reference));
    let files: Vec<_> = files
        .map(|file| (expected.join(&file.path), file.text))
        .collect();
    if bless {
        fs::remove_dir_all(&expected).unwrap();
        fs::create_dir_all(&expected).unwrap();
        files
            .iter()
            .for_each(|(path, text)| fs::write(path, text).unwrap());
        return;
    }
    let known = fs::read_dir(&expected).expect("there is what is expected");
    let known: BTreeSet<PathBuf> = known.map(|entry| entry.unwrap().path()).collect();
    let made: BTreeSet<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    assert_eq!(known, made);
    for (path, text) in files {
        let known = fs::read_to_string(&path).unwrap();
        assert_eq!(
            known,
            text,
            "{}: if this is how it should be: cargo xtask bless",
            path.display()
        );
    }
}
