//! The README's sessions with `qapi`: what is shown there is what is said.

use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn sessions_are_as_shown() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap();
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut held = Vec::new();
    for (command, shown) in exchanges(&readme) {
        let words: Vec<&str> = command.split_whitespace().collect();
        let arguments = match words.as_slice() {
            ["cat", file] => {
                fs::write(folder.path().join(file), shown).unwrap();
                continue;
            }
            ["qapi", arguments @ ..] => arguments,
            ["cargo", "run", "--release", "--", arguments @ ..] => arguments,
            // That is what runs this test.
            ["cargo", ..] => continue,
            _ => panic!("what is `{command}`?"),
        };
        let output = Command::new(env!("CARGO"))
            .args([
                "run",
                "--quiet",
                "--package",
                "qapi-cli",
                "--bin",
                "qapi",
                "--manifest-path",
            ])
            .arg(root.join("Cargo.toml"))
            .arg("--")
            .args(arguments)
            .current_dir(&folder)
            .output()
            .unwrap();
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8(told).unwrap();
        assert_eq!(without_numbers(&told), without_numbers(&shown), "{command}");
        held.push(arguments[0].to_owned());
    }
    assert_eq!(held, ["generate", "check", "compat"]);
}

/// The commands in blocks of the kind `console`, each with what it prints. Machines are for the live tests.
fn exchanges(text: &str) -> Vec<(String, String)> {
    let blocks = text.split("```console\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    let blocks = blocks.filter(|block| !block.contains("$ qmp ") && !block.contains("| qmp "));
    let commands = blocks.flat_map(|block| block.split("$ ").skip(1));
    commands
        .map(|command| {
            let (command, shown) = command.split_once('\n').unwrap_or((command, ""));
            (command.to_owned(), shown.to_owned())
        })
        .collect()
}

/// How much there is in the schema changes with the schema.
fn without_numbers(text: &str) -> String {
    let is_long = |word: &&str| word.len() < 2 || !word.bytes().all(|byte| byte.is_ascii_digit());
    text.split(' ')
        .filter(is_long)
        .collect::<Vec<_>>()
        .join(" ")
}
