//! A crate that compiles a schema of its own in its build script, as a user would write it: `tests/downstream/`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const INCLUDED: &str = "schema/storage/shelf.json";

#[test]
fn a_crate_with_a_schema_of_its_own() {
    let downstream = Downstream::copy();

    let first = downstream.cargo("run");
    assert_eq!(first.printed, "all is well\n", "{}", first.told);
    let locked = packages(&downstream.folder.join("Cargo.lock"));
    let known = packages(&root().join("Cargo.lock"));
    let others: Vec<_> = locked.difference(&known).collect();
    assert_eq!(others, [&("downstream".to_owned(), "0.1.0".to_owned())]);

    let second = downstream.cargo("build");
    assert!(
        second.worked && !second.told.contains("Compiling"),
        "{}",
        second.told
    );

    // A file that the root only includes is changed in no way that matters: it is compiled again, and nothing is written.
    let bindings = downstream.bindings();
    let before = fs::metadata(&bindings).unwrap().modified().unwrap();
    let shelf = downstream.folder.join(INCLUDED);
    let text = fs::read_to_string(&shelf).unwrap();
    fs::write(&shelf, format!("{text}\n# A comment.\n")).unwrap();
    let third = downstream.cargo("build");
    let changed = format!("the file `{INCLUDED}` has changed");
    assert!(
        third.worked && third.told.contains(&changed),
        "{}",
        third.told
    );
    assert_eq!(fs::metadata(&bindings).unwrap().modified().unwrap(), before);

    // A mistake in it is drawn in what cargo says, and the bindings that there were are left alone.
    let good = fs::read(&bindings).unwrap();
    fs::write(&shelf, text.replace("[ 'Place' ]", "[ 'Plaice' ]")).unwrap();
    let fourth = downstream.cargo("build");
    assert!(!fourth.worked);
    for line in DRAWN.lines() {
        assert!(
            fourth.told.contains(line),
            "{line}\nis not in\n{}",
            fourth.told
        );
    }
    assert_eq!(fs::read(&bindings).unwrap(), good);

    fs::write(&shelf, text).unwrap();
    let fifth = downstream.cargo("run");
    assert_eq!(fifth.printed, "all is well\n", "{}", fifth.told);
}

const DRAWN: &str = "\
error[Q0702]: the array's element is of the type `Plaice`, which does not exist
--> schema/storage/shelf.json:38:42
38 | { 'command': 'query-shelf', 'returns': [ 'Plaice' ] }
|                                          ^^^^^^^^ there is no such type
= note: included from schema/player.json:14:1
= help: did you mean `Place`?";

/// A copy of the crate, below the folder that cargo gives tests to write to.
struct Downstream {
    folder: PathBuf,
    target: PathBuf,
}

/// How a run of cargo ended.
struct Run {
    worked: bool,
    printed: String,
    told: String,
}

impl Downstream {
    fn copy() -> Self {
        let below = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = below.join("downstream");
        let _ = fs::remove_dir_all(&folder);
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("downstream"),
            &folder,
        );
        let manifest = folder.join("Cargo.toml");
        let text = fs::read_to_string(&manifest).unwrap();
        let root = root();
        let text = text.replace("\"../../", &format!("\"{}/", root.display()));
        fs::write(&manifest, text).unwrap();
        // The versions that the project was tested with, which are at hand without a network.
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let target = below.join("downstream-target");
        Downstream { folder, target }
    }

    fn cargo(&self, subcommand: &str) -> Run {
        let output = Command::new(env!("CARGO"))
            .args([subcommand, "--offline", "--verbose"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .output()
            .unwrap();
        Run {
            worked: output.status.success(),
            printed: String::from_utf8_lossy(&output.stdout).into_owned(),
            told: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The file that the build script has written last.
    fn bindings(&self) -> PathBuf {
        let build = self.target.join("debug/build");
        let outputs = fs::read_dir(build).unwrap();
        let outputs = outputs.map(|entry| entry.unwrap().path().join("out/player.rs"));
        outputs
            .filter(|path| path.is_file())
            .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())
            .expect("there are bindings")
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("the package is in a workspace")
        .to_owned()
}

/// Copies a folder and all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (from, to) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        match from.is_dir() {
            true => copy(&from, &to),
            false => {
                fs::copy(&from, &to).unwrap();
            }
        }
    }
}

/// Names and versions in a lock file.
fn packages(lock: &Path) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(lock).unwrap();
    let value = |line: Option<&str>, key: &str| {
        let value = line.and_then(|line| line.strip_prefix(key));
        value.map(|value| value.trim_matches('"').to_owned())
    };
    let packages = text.split("[[package]]\n").skip(1).map(|package| {
        let mut lines = package.lines();
        (
            value(lines.next(), "name = ").expect("a package has a name"),
            value(lines.next(), "version = ").expect("and a version"),
        )
    });
    packages.collect()
}
