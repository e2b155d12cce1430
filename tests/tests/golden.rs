//! What the generator makes of the golden cases: the expected text, which rustfmt would not change and which parses. With
//! `BLESS=1` in the environment the expected files are rewritten.
//!
//! That it compiles and does what it should is for `bindings/`.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use qapi_tests::golden::{cases, folder};

#[test]
fn every_case_gives_what_is_expected() {
    let bless = std::env::var_os("BLESS").is_some_and(|value| value == "1");
    let mut expected = BTreeSet::new();
    let mut different = Vec::new();
    for case in cases() {
        for (path, text) in case.outputs() {
            let known = fs::read_to_string(&path).unwrap_or_default();
            if known != text && bless {
                fs::create_dir_all(path.parent().expect("a file has a folder")).unwrap();
                fs::write(&path, &text).unwrap();
            } else if known != text {
                different.push(difference(&path, &known, &text));
            }
            expected.insert(path);
        }
    }
    let superfluous: Vec<PathBuf> = rust_files().difference(&expected).cloned().collect();
    if bless {
        superfluous
            .iter()
            .for_each(|path| fs::remove_file(path).unwrap());
        return;
    }
    assert!(superfluous.is_empty(), "no case makes {superfluous:?}");
    assert!(
        different.is_empty(),
        "{}\nif this is how it should be: cargo xtask bless",
        different.join("\n")
    );
}

/// The first line that differs.
fn difference(path: &std::path::Path, known: &str, text: &str) -> String {
    let place = known.lines().zip(text.lines()).position(|(a, b)| a != b);
    let place = place.unwrap_or(known.lines().count().min(text.lines().count()));
    let line = |text: &str| text.lines().nth(place).unwrap_or("(the end)").to_owned();
    format!(
        "{}:{}\n  expected: {}\n     found: {}",
        path.display(),
        place + 1,
        line(known),
        line(text)
    )
}

/// All expected files.
fn rust_files() -> BTreeSet<PathBuf> {
    let mut folders = vec![folder()];
    let mut found = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.insert(path);
            }
        }
    }
    found
}

#[test]
fn rustfmt_would_change_nothing() {
    if !rustfmt_is_there() {
        eprintln!("left out: the format of the golden files (there is no rustfmt)");
        return;
    }
    let files = rust_files();
    assert!(!files.is_empty());
    let output = Command::new("rustfmt")
        .args(["--check", "--edition", "2024"])
        .args(&files)
        .output()
        .unwrap();
    let (told, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{told}{errors}");
}

fn rustfmt_is_there() -> bool {
    Command::new("rustfmt")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// A parser and a printer of others see in the files what rustfmt sees: nothing hangs on how the text is laid out.
#[test]
fn another_printer_prints_the_same() {
    if !rustfmt_is_there() {
        eprintln!("left out: the golden files printed by another printer (there is no rustfmt)");
        return;
    }
    for path in rust_files() {
        let text = fs::read_to_string(&path).unwrap();
        let tree =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let printed = rustfmt(&prettyplease::unparse(&tree));
        let (ours, theirs) = (code(&text), code(&printed));
        assert!(ours == theirs, "{}", difference(&path, &ours, &theirs));
    }
}

/// A text without what a tree does not keep: comments, and empty lines, which also part groups of `use`.
fn code(text: &str) -> String {
    let is_code = |line: &&str| {
        let line = line.trim_start();
        let documentation = line.starts_with("///") || line.starts_with("//!");
        !line.is_empty() && (documentation || !line.starts_with("//"))
    };
    let mut lines: Vec<&str> = text.lines().filter(is_code).collect();
    let is_use = |line: &str| line.trim_start().starts_with("use ");
    for group in lines.chunk_by_mut(|a, b| is_use(a) && is_use(b)) {
        group.sort_unstable();
    }
    lines.join("\n")
}

fn rustfmt(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = rustfmt.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // What is written and what is read may both be more than a pipe holds.
        scope.spawn(move || input.write_all(text.as_bytes()).unwrap());
        let output = rustfmt.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    })
}
