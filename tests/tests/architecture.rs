//! What ARCHITECTURE.md says of the sources, read from the sources: which room imports which, who touches the outside, that
//! nothing is global.
//!
//! The sources are looked at as tokens, so that comments and strings do not count.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The rooms of qapi-codegen in the order of the pipeline, and what each may import from the others. A name with `::` in it
/// is the one item that may be.
const ROOMS: [(&str, &[&str]); 15] = [
    ("source", &[]),
    ("markup", &[]),
    ("diagnostic", &["source"]),
    // What a dialect is, and how the texts that the parser has found tell it: two halves of one subject.
    ("dialect", &["source::Sources", "syntax::RawDocument"]),
    ("syntax", &["source", "diagnostic", "dialect"]),
    (
        "schema",
        &["source::Span", "diagnostic::closest", "diagnostic::quoted"],
    ),
    (
        "check",
        &["source", "diagnostic", "dialect", "syntax", "schema"],
    ),
    ("lint", &["source", "diagnostic", "markup", "schema"]),
    (
        "frontend",
        &[
            "source",
            "diagnostic",
            "dialect",
            "syntax",
            "schema",
            "check",
            "lint",
        ],
    ),
    ("dump", &["schema"]),
    // Names that clash in Rust are told at their places: for that alone an emitter knows of spans.
    ("emit", &["schema", "markup", "diagnostic", "source::Span"]),
    (
        "compat",
        &[
            "schema",
            "markup",
            "diagnostic",
            "source::Span",
            "source::FileId",
        ],
    ),
    ("output", &["emit", "config::Error"]),
    (
        "config",
        &[
            "source",
            "diagnostic",
            "dialect",
            "schema",
            "emit",
            "output",
            "Analysis",
            "analyze",
        ],
    ),
    ("lib", &[]),
];

#[test]
fn imports_run_down_the_pipeline() {
    let mut wrong = Vec::new();
    for file in sources("qapi-codegen/src") {
        let room = file.room();
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| *name == room) else {
            wrong.push(format!("{} is in no room that is known here", file.path));
            continue;
        };
        for path in file.imports() {
            let first = path.split("::").next().unwrap_or_default();
            let is_allowed = allowed
                .iter()
                .any(|allowed| *allowed == first || *allowed == path);
            if first != room && !is_allowed {
                wrong.push(format!("{} imports crate::{path}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Modules of std that reach out of the program, and macros that print.
const OUTSIDE: [&str; 12] = [
    "fs", "env", "net", "os", "process", "thread", "time", "print", "println", "eprint",
    "eprintln", "dbg",
];

/// What may be where, besides nothing: file, or folder that ends in `/`, and the words of [`OUTSIDE`] that it may use.
const MAY: [(&str, &[&str]); 10] = [
    // The disk loader.
    ("qapi-codegen/src/source/loader.rs", &["fs"]),
    // The surface for build scripts: `OUT_DIR`, what cargo is told, and the files that are written.
    ("qapi-codegen/src/config.rs", &["fs", "env", "println"]),
    ("qapi-codegen/src/output.rs", &["fs", "process"]),
    // Threads that end with the call; what comes out does not depend on their number.
    ("qapi-codegen/src/emit/side_by_side.rs", &["thread"]),
    // A timestamp becomes std's; nobody asks what time it is.
    ("qapi-types/src/message/timestamp.rs", &["time"]),
    // The server with threads; without them it is a session, which touches nothing.
    (
        "qapi-client/src/server/blocking/mod.rs",
        &["net", "os", "thread"],
    ),
    (
        "qapi-client/src/server/blocking/connection.rs",
        &["thread", "time"],
    ),
    ("qapi-client/src/server/blocking/monitors.rs", &["time"]),
    // For tests: a machine behind a socket, and what passes between two.
    ("qapi-client/src/server/fake.rs", &["net", "os", "thread"]),
    (
        "qapi-client/src/server/exchange/carry.rs",
        &["net", "os", "thread"],
    ),
];

#[test]
fn only_the_loader_and_the_config_touch_the_outside() {
    let mut wrong = Vec::new();
    for folder in [
        "qapi-codegen/src",
        "qapi-types/src",
        "qapi-client/src/core",
        "qapi-client/src/server",
    ] {
        for file in sources(folder).iter().filter(|file| !file.is_test()) {
            let may = MAY.iter().find(|(path, _)| file.path == *path);
            let may = may.map_or(&[][..], |(_, may)| may);
            let touched = file.outside();
            wrong.extend(
                touched
                    .iter()
                    .filter(|word| !may.contains(&word.as_str()))
                    .map(|word| format!("{} uses {word}", file.path)),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every exception is made use of.
#[test]
fn exceptions_are_needed() {
    for (path, may) in MAY {
        let file = Source::read(&root().join(path));
        let touched = file.outside();
        for word in may {
            assert!(touched.contains(*word), "{path} has no need of {word}");
        }
    }
}

/// What makes a program's parts share something behind their backs.
const GLOBAL: [&str; 6] = [
    "thread_local",
    "lazy_static",
    "OnceLock",
    "LazyLock",
    "set_current_dir",
    "set_var",
];

#[test]
fn nothing_is_global() {
    let mut wrong = Vec::new();
    for folder in [
        "qapi-codegen/src",
        "qapi-types/src",
        "qapi-client/src",
        "qapi-cli/src",
    ] {
        for file in sources(folder) {
            let words = file.words.iter().zip(file.words.iter().skip(1));
            // `static` the lifetime has an apostrophe before it.
            let statics = words.filter(|(before, word)| *word == "static" && *before != "'");
            wrong.extend(statics.map(|_| format!("{} has a static", file.path)));
            let global = file
                .words
                .iter()
                .filter(|word| GLOBAL.contains(&word.as_str()));
            wrong.extend(global.map(|word| format!("{} uses {word}", file.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_have_one_subject() {
    let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
    for folder in [
        "qapi-codegen",
        "qapi-types",
        "qapi-client",
        "qapi-cli",
        "tests",
        "xtask",
    ] {
        for file in sources(folder) {
            let name = Path::new(&file.path)
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy();
            assert!(!vague.contains(&&*name), "{}: what is it about?", file.path);
        }
    }
}

/// Every invariant names tests, and these exist.
#[test]
fn invariants_are_held_by_tests() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let section = text
        .split("\n## ")
        .find(|section| section.starts_with("Invariants"));
    let section = section.expect("there is a section on invariants");
    // `1. **Title.** … Held by `file.rs`: `test`, `test`; by `other.rs`: `test`.`
    let mut parts = section.split("**").skip(1);
    let mut invariants = 0;
    while let (Some(title), Some(body)) = (parts.next(), parts.next()) {
        let held = body.split("Held by").nth(1).unwrap_or_default();
        let (mut file, mut tests) = (String::new(), 0);
        for word in held.split('`').skip(1).step_by(2) {
            if word.ends_with(".rs") {
                file = fs::read_to_string(root().join(word)).unwrap_or_default();
                assert!(!file.is_empty(), "{title}: there is no {word}");
            } else if !word.contains("::") {
                let declared = format!("fn {word}(");
                assert!(file.contains(&declared), "{title}: there is no test {word}");
                tests += 1;
            }
        }
        assert!(tests > 0, "{title}: held by nothing");
        invariants += 1;
    }
    assert!(invariants > 10);
}

/// A file of Rust as words: identifiers, and punctuation a character each.
struct Source {
    /// From the root of the workspace.
    path: String,
    words: Vec<String>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let tokens: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut words = Vec::new();
        flatten(tokens, &mut words);
        let path = path.strip_prefix(root()).unwrap();
        Source {
            path: path.to_string_lossy().into_owned(),
            words,
        }
    }

    /// The folder or file directly below `src`.
    fn room(&self) -> &str {
        let below = self.path.split("/src/").nth(1).unwrap_or_default();
        below
            .split('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs")
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// What follows `crate::`: two segments of each path, or one where there is no more.
    fn imports(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for at in 0..self.words.len() {
            let rest = &self.words[at..];
            if rest[0] != "crate" {
                continue;
            }
            for (first, rest) in after_colons(&rest[1..]) {
                let seconds: Vec<String> = after_colons(rest)
                    .into_iter()
                    .map(|(second, _)| second)
                    .collect();
                match seconds.is_empty() {
                    true => drop(found.insert(first)),
                    false => {
                        found.extend(seconds.iter().map(|second| format!("{first}::{second}")))
                    }
                }
            }
        }
        found
    }

    /// The words of [`OUTSIDE`]: macros by their name, modules after `std::`.
    fn outside(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for at in 0..self.words.len() {
            let rest = &self.words[at..];
            let modules = match rest[0].as_str() {
                "std" => after_colons(&rest[1..])
                    .into_iter()
                    .map(|(word, _)| word)
                    .collect(),
                // `env!` asks the compiler.
                word if word != "env" && rest.get(1).is_some_and(|next| next == "!") => {
                    vec![word.to_owned()]
                }
                _ => continue,
            };
            found.extend(
                modules
                    .into_iter()
                    .filter(|word| OUTSIDE.contains(&word.as_str())),
            );
        }
        found
    }
}

/// What stands after `::`, a word or each of a group in braces, with what follows it.
fn after_colons(words: &[String]) -> Vec<(String, &[String])> {
    let [a, b, rest @ ..] = words else {
        return Vec::new();
    };
    if (a.as_str(), b.as_str()) != (":", ":") {
        return Vec::new();
    }
    match rest {
        [open, group @ ..] if open == "{" => {
            let mut found = Vec::new();
            let (mut depth, mut at_start) = (0, true);
            for (at, word) in group.iter().enumerate() {
                match word.as_str() {
                    "}" if depth == 0 => break,
                    "{" => depth += 1,
                    "}" => depth -= 1,
                    "," if depth == 0 => {
                        at_start = true;
                        continue;
                    }
                    _ if at_start => found.push((word.clone(), &group[at + 1..])),
                    _ => {}
                }
                at_start = false;
            }
            found
        }
        [word, rest @ ..] => vec![(word.clone(), rest)],
        [] => Vec::new(),
    }
}

fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                words.push(open.to_owned());
                flatten(group.stream(), words);
                words.push(close.to_owned());
            }
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Punct(mark) => words.push(mark.as_char().to_string()),
            TokenTree::Literal(_) => words.push("literal".to_owned()),
        }
    }
}

/// All files of Rust below a folder of the workspace, but for what is generated.
fn sources(folder: &str) -> Vec<Source> {
    let mut folders = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() && !["golden", "target"].contains(&&*name) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(Source::read(&path));
            }
        }
    }
    assert!(!found.is_empty(), "there is nothing in {folder}");
    found
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent()
        .expect("the package is in a workspace")
        .to_owned()
}
