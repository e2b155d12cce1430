//! The manual pages and the completion scripts of both commands, as those read them who use them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use qapi_tests::manual_pages::Reader;

/// Name and file of both commands.
const COMMANDS: [(&str, &str); 2] = [
    ("qapi", env!("CARGO_BIN_EXE_qapi")),
    ("qmp", env!("CARGO_BIN_EXE_qmp")),
];

/// What the program prints.
#[track_caller]
fn print(program: &str, words: &[&str]) -> String {
    let output = Command::new(program).args(words).output().unwrap();
    let Output { status, stderr, .. } = output;
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The names of the pages in a folder.
fn pages(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.collect()
}

#[test]
fn programs_find_no_fault_with_the_pages() {
    for (name, program) in COMMANDS {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pages");
        print(program, &["man", "--out", path.to_str().unwrap()]);
        for reader in Reader::ALL.into_iter().filter_map(Reader::find) {
            for page in pages(&path) {
                let (_, faults) = reader.read(&path.join(&page));
                assert_eq!(faults, Vec::<String>::new(), "{reader:?}: {page}");
            }
        }
        assert!(pages(&path).contains(&format!("{name}.1")));
    }
}

/// Whatever `--help` lists has a page, which is the one that is printed for it.
#[test]
fn every_subcommand_has_its_page() {
    for (name, program) in COMMANDS {
        let folder = tempfile::tempdir().unwrap();
        print(program, &["man", "--out", folder.path().to_str().unwrap()]);
        let mut expected = BTreeSet::new();
        let mut pending = vec![Vec::new()];
        while let Some(path) = pending.pop() {
            let words = [&path[..], &["--help".to_owned()]].concat();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let help = print(program, &words);
            let listed = help.split("Commands:\n").nth(1).unwrap_or_default();
            let listed = listed.lines().take_while(|line| !line.is_empty());
            // What goes on in the next line is indented further.
            let listed = listed.filter_map(|line| line.strip_prefix("  "));
            let listed = listed.filter_map(|line| line.split(' ').next());
            let subcommands = listed.filter(|word| !word.is_empty() && *word != "help");
            pending.extend(subcommands.map(|word| [&path[..], &[word.to_owned()]].concat()));

            let page = [&[name.to_owned()], &path[..]].concat().join("-") + ".1";
            let words = [&["man".to_owned()], &path[..]].concat();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let written = fs::read_to_string(folder.path().join(&page)).unwrap();
            assert_eq!(print(program, &words), written, "{page}");
            expected.insert(page);
        }
        assert_eq!(pages(folder.path()), expected);
        assert!(expected.len() > 5, "{expected:?}");
    }
}

#[test]
fn pages_that_are_not_there_or_cannot_be_written() {
    for (name, program) in COMMANDS {
        for (words, message) in [
            (
                &["man", "dance"][..],
                format!("there is no page {name}-dance(1)"),
            ),
            (
                &["man", "--out", "/dev/null/x"],
                "cannot write: /dev/null/x: ".to_owned(),
            ),
        ] {
            let output = Command::new(program).args(words).output().unwrap();
            let err = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{err}");
            assert!(err.starts_with(&format!("{name}: {message}")), "{err}");
        }
    }
}

/// Shells read the scripts without an error, as far as they are installed; and there is something in them.
#[test]
fn completion_scripts_load() {
    for (shell, check) in [
        ("bash", Some("-n")),
        ("zsh", Some("-n")),
        ("fish", Some("--no-execute")),
        ("elvish", None),
        ("powershell", None),
    ] {
        for (name, program) in COMMANDS {
            let script = print(program, &["completions", shell]);
            assert!(script.contains(name) && script.contains("completions"));
            let Some(option) = check else { continue };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("script");
            fs::write(&path, &script).unwrap();
            match Command::new(shell).arg(option).arg(&path).output() {
                Ok(output) => {
                    let said = [output.stdout, output.stderr].concat();
                    assert_eq!(String::from_utf8_lossy(&said), "", "{shell}");
                    assert!(output.status.success(), "{shell}");
                }
                Err(_) => eprintln!(
                    "left out: what {shell} says of completion scripts (it is not installed)"
                ),
            }
        }
    }
}

/// In bash, words are completed: those of subcommands, and of their own.
#[test]
fn bash_completes_words() {
    for (line, word, expected) in [
        ("qmp ag", "ag", "agent"),
        ("qmp agent fsfreeze th", "th", "thaw"),
        ("qmp agent exec --mer", "--mer", "--merge"),
        ("qmp qom tr", "tr", "tree"),
    ] {
        let script = print(COMMANDS[1].1, &["completions", "bash"]);
        let words: Vec<&str> = line.split(' ').collect();
        let ask = format!(
            "\nCOMP_WORDS=({line}); COMP_CWORD={}; _qmp qmp '{word}' '{}'; echo \"${{COMPREPLY[@]}}\"\n",
            words.len() - 1,
            words[words.len() - 2]
        );
        let bash = Command::new("bash")
            .args(["-c", &(script + &ask)])
            .stderr(Stdio::inherit())
            .output();
        let Ok(output) = bash else {
            eprintln!("left out: completion in bash (it is not installed)");
            return;
        };
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            expected,
            "{line}"
        );
    }
}
