//! What scripts rely on: exit statuses, the forms of diagnostics, what is written where.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const VALID: &str = "{ 'command': 'stop' }\n";
const INVALID: &str = "{ 'command': 'stop',\n  'returns': 'Nothing' }\n{ 'event': 'lower' }\n";

/// Valid, with an example that is not.
const DOUBTFUL: &str = "##\n# @stop:\n#\n# Stop.\n#\n# .. qmp-example::\n#\n#     -> { \"execute\": \"stpo\" }\n##\n{ 'command': 'stop' }\n";

/// Runs `qapi` in a folder that holds `schema.json`.
fn qapi(folder: &Path, schema: &str, arguments: &[&str]) -> Output {
    fs::write(folder.join("schema.json"), schema).expect("the schema can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_qapi"));
    command
        .current_dir(folder)
        .args(arguments)
        .output()
        .expect("qapi can be run")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("there is room for a folder")
}

/// Status, standard output, standard error.
fn outcome(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_exit_status_tells_valid_from_invalid_from_unusable() {
    let folder = folder();
    let status =
        |schema: &str, arguments: &[&str]| qapi(folder.path(), schema, arguments).status.code();
    for (schema, arguments, expected) in [
        (VALID, &["check", "schema.json"][..], 0),
        (VALID, &["check"], 0),
        (INVALID, &["check", "schema.json"], 1),
        (DOUBTFUL, &["check", "schema.json"], 0),
        (DOUBTFUL, &["check", "--deny-warnings", "schema.json"], 1),
        (VALID, &["check", "--deny-warnings", "schema.json"], 0),
        (DOUBTFUL, &["dump", "schema.json"], 0),
        (INVALID, &["dump", "schema.json"], 1),
        (INVALID, &["generate", "schema.json"], 1),
        (VALID, &["check", "missing.json"], 2),
        (VALID, &["check", "."], 2),
        #[cfg(unix)]
        (VALID, &["check", "/dev/zero"], 1),
        (VALID, &["check", "--format", "loud"], 2),
        (VALID, &["check", "--dialect", "6.0", "schema.json"], 2),
        (VALID, &["explain", "Q9999"], 2),
        (VALID, &["explain", "Command-Removed"], 0),
        (VALID, &["compat", "schema.json", "schema.json"], 0),
        // All that the embedded schema has is new; what it has is not there in the other.
        (VALID, &["compat", "schema.json"], 0),
        (VALID, &["compat", "schema.json", "--deny", "tolerated"], 1),
        (INVALID, &["compat", "schema.json"], 1),
        (VALID, &["compat", "schema.json", "missing.json"], 2),
        (VALID, &["compat"], 2),
        // A file without end.
        (VALID, &["compat", "/dev/zero"], 1),
        (
            VALID,
            &["generate", "schema.json", "--select", "absent*"],
            2,
        ),
        (
            VALID,
            &[
                "generate",
                "schema.json",
                "--only",
                "introspection",
                "--select",
                "absent*",
            ],
            2,
        ),
        (VALID, &["generate", "schema.json", "--oldest", "new"], 2),
        (
            VALID,
            &["generate", "schema.json", "--defines-from", "missing.json"],
            2,
        ),
        (VALID, &[], 2),
    ] {
        assert_eq!(status(schema, arguments), Some(expected), "{arguments:?}");
    }
}

#[test]
fn a_selection_is_kept_to_in_bindings_and_introspection() {
    let folder = folder();
    let schema = "{ 'command': 'stop' }\n{ 'command': 'cont' }\n";
    let arguments = ["generate", "schema.json", "--select", "st*"];
    let (status, _, stderr) = outcome(&qapi(folder.path(), schema, &arguments));
    assert_eq!(status, Some(0), "{stderr}");
    for (file, kept, left_out) in [
        ("introspection.json", "\"stop\"", "\"cont\""),
        ("rust/schema.rs", "struct Stop", "struct Cont"),
    ] {
        let text = fs::read_to_string(folder.path().join("out").join(file)).expect(file);
        assert!(text.contains(kept) && !text.contains(left_out), "{text}");
    }
}

#[test]
fn short_diagnostics_are_a_line_each_at_the_definitions_line() {
    let folder = folder();
    let output = qapi(
        folder.path(),
        INVALID,
        &["check", "schema.json", "--format", "short"],
    );
    let (_, stdout, stderr) = outcome(&output);
    let lines: Vec<&str> = stderr.lines().collect();
    assert_eq!(stdout, "");
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(
        lines[0].starts_with("schema.json:3:1: error[Q0403]: "),
        "{stderr}"
    );
    assert!(
        lines[1].starts_with("schema.json:1:1: error[Q0702]: "),
        "{stderr}"
    );
}

#[test]
fn changes_are_told_with_their_places() {
    let folder = folder();
    let old = "{ 'command': 'stop' }\n{ 'command': 'x-cont' }\n{ 'event': 'STOP' }\n";
    let new = "{ 'event': 'STOP' }\n{ 'command': 'stop', 'data': {\n  'reason': 'str' } }\n";
    fs::write(folder.path().join("new.json"), new).expect("the schema can be written");
    let told = |arguments: &[&str]| {
        let arguments = [&["compat", "schema.json", "new.json"], arguments].concat();
        let (status, stdout, stderr) = outcome(&qapi(folder.path(), old, &arguments));
        assert_eq!(stderr, "");
        (status, stdout)
    };
    let human = "\
breaking[input-required-member-added]: command stop: the required argument `reason` is new
  --> new.json:3:3

announced[command-removed]: command x-cont: it is gone
  --> was schema.json:2:1

1 breaking, 1 announced; `qapi explain input-required-member-added` tells more
";
    assert_eq!(told(&[]), (Some(1), human.to_owned()));
    let short = "new.json:3:3: breaking[input-required-member-added]: command stop: the required argument `reason` is new\n";
    assert_eq!(
        told(&["--format", "short", "--show", "breaking"]),
        (Some(1), short.to_owned())
    );
    let (_, json) = told(&["--format", "json"]);
    let lines: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object a line"))
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0]["new"],
        serde_json::json!({ "file": "new.json", "line": 3, "column": 3 })
    );
    assert_eq!(lines[0]["old"], serde_json::Value::Null);
    assert_eq!(lines[1]["rule"], "command-removed");
    let back = outcome(&qapi(
        folder.path(),
        new,
        &["compat", "schema.json", "schema.json"],
    ));
    assert_eq!(back.1, "nothing that is to be shown has changed\n");
}

/// What comes from a pipe comes once: read again it would be a schema that has nothing in it.
#[cfg(unix)]
#[test]
fn a_schema_from_a_pipe_is_compared() {
    let folder = folder();
    fs::write(folder.path().join("schema.json"), VALID).expect("there is room");
    let mut child = Command::new(env!("CARGO_BIN_EXE_qapi"))
        .args(["compat", "/dev/stdin", "schema.json"])
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("qapi can be started");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(VALID.as_bytes()).expect("it is read");
    drop(stdin);
    let output = child.wait_with_output().expect("qapi ends");
    let nothing = "nothing that is to be shown has changed\n".to_owned();
    assert_eq!(outcome(&output), (Some(0), nothing, String::new()));
}

/// The conditions of a build are not guessed from what tells nothing of them.
#[test]
fn what_is_no_answer_settles_nothing() {
    let folder = folder();
    for (answer, expected) in [
        (
            "{ 'command': 'stop' }",
            ": key must be a string at line 1 column 3",
        ),
        ("5", ": expected an array of its entries"),
        ("{\"return\": []}", ": expected an array of its entries"),
        // An answer to `query-commands`.
        (
            "[{\"name\": \"stop\"}]",
            ": expected an array of its entries",
        ),
    ] {
        fs::write(folder.path().join("answer.json"), answer).expect("there is room");
        let arguments = ["generate", "schema.json", "--defines-from", "answer.json"];
        let told = outcome(&qapi(folder.path(), VALID, &arguments));
        let message =
            format!("qapi: answer.json: this is no answer to query-qmp-schema{expected}\n");
        assert_eq!(told, (Some(2), String::new(), message));
    }
}

/// What is wrong with a schema shows in the exit status, whoever has stopped reading why.
#[test]
fn diagnostics_that_nobody_reads() {
    let folder = folder();
    fs::write(folder.path().join("schema.json"), INVALID).expect("there is room");
    for (words, expected) in [
        (&["check", "schema.json"][..], 1),
        (&["check", "schema.json", "--format", "json"], 1),
        (&["check", "missing.json"], 2),
    ] {
        let (reader, writer) = std::io::pipe().expect("there is a pipe to be had");
        drop(reader);
        let mut command = Command::new(env!("CARGO_BIN_EXE_qapi"));
        let command = command.current_dir(&folder).args(words).stderr(writer);
        let status = command.status().expect("qapi can be run");
        assert_eq!(status.code(), Some(expected), "{words:?}");
    }
}

#[test]
fn warnings_are_shown_by_check_alone() {
    let folder = folder();
    let shown = |arguments: &[&str]| outcome(&qapi(folder.path(), DOUBTFUL, arguments)).2;
    assert_eq!(
        shown(&["check", "schema.json", "--format", "short"]),
        "schema.json:8:23: warning[Q1103]: command `stop`: there is no command `stpo`\n"
    );
    let human = shown(&["check", "schema.json"]);
    assert!(human.contains("help: did you mean `stop`?"), "{human}");
    assert!(
        human.ends_with("1 warning; `qapi explain Q1103` tells more\n"),
        "{human}"
    );
    assert_eq!(shown(&["dump", "schema.json"]), "");
}

#[test]
fn json_diagnostics_are_an_object_a_line_with_the_exact_place() {
    let folder = folder();
    let output = qapi(
        folder.path(),
        INVALID,
        &["check", "schema.json", "--format", "json"],
    );
    let (_, _, stderr) = outcome(&output);
    let last = stderr.lines().last().expect("there is a diagnostic");
    let value: serde_json::Value = serde_json::from_str(last).expect("it is JSON");
    assert_eq!(
        (&value["code"], &value["severity"]),
        (&"Q0702".into(), &"error".into())
    );
    assert_eq!(
        (&value["line"], &value["definition"]["name"]),
        (&1.into(), &"stop".into())
    );
    let label = &value["labels"][0];
    assert_eq!(
        (&label["line"], &label["column"]),
        (&2.into(), &14.into()),
        "{value}"
    );
}

#[test]
fn a_dump_has_the_layout_of_qemus_test_suite() {
    let folder = folder();
    let output = qapi(folder.path(), VALID, &["dump", "schema.json"]);
    let (status, stdout, stderr) = outcome(&output);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    let command = "module schema.json\ncommand stop None -> None\n    gen=True success_response=True \
                   boxed=False oob=False preconfig=False\n";
    assert!(stdout.ends_with(command), "{stdout}");
}

#[test]
fn a_broken_schema_leaves_what_was_generated_alone() {
    let folder = folder();
    let arguments = ["generate", "schema.json", "--out", "made"];
    let (status, stdout, _) = outcome(&qapi(folder.path(), VALID, &arguments));
    assert_eq!(status, Some(0));
    assert!(
        stdout.contains("made/rust/mod.rs: 1 command, 0 events, 0 types in 2 files"),
        "{stdout}"
    );
    let before = everything(folder.path());
    assert_eq!(
        qapi(folder.path(), INVALID, &arguments).status.code(),
        Some(1)
    );
    let mut after = everything(folder.path());
    after.retain(|(name, _)| name != "schema.json");
    assert!(
        after.iter().all(|file| before.contains(file)),
        "something was touched"
    );
    assert_eq!(after.len(), before.len() - 1);
}

#[test]
fn files_of_subjects_that_are_gone_go_too() {
    let folder = folder();
    let arguments = ["generate", "schema.json", "--out", "made"];
    let more = "{ 'event': 'STOP', 'data': 'Why' }\n{ 'struct': 'Why', 'data': {} }\n";
    fs::write(folder.path().join("more.json"), more).expect("it can be written");
    let alone = format!("{VALID}{{ 'struct': 'When', 'data': {{}} }}\n");
    let both = format!("{{ 'include': 'more.json' }}\n{alone}");
    assert_eq!(
        qapi(folder.path(), &both, &arguments).status.code(),
        Some(0)
    );
    let made = folder.path().join("made");
    let by_hand = ["rust/mine.rs", "html/mine.html", "html/types/mine.js"];
    let gone = [
        "rust/more.rs",
        "html/more.html",
        "html/types/more.js",
        "text/schema-events.txt",
        "markdown/more.md",
    ];
    for path in by_hand {
        fs::write(made.join(path), "// by hand\n").expect("it can be written");
    }
    assert!(gone.iter().all(|path| made.join(path).exists()));
    assert_eq!(
        qapi(folder.path(), &alone, &arguments).status.code(),
        Some(0)
    );
    assert!(gone.iter().all(|path| !made.join(path).exists()));
    assert!(by_hand.iter().all(|path| made.join(path).exists()));
}

#[test]
fn nothing_but_what_is_asked_for_is_made() {
    let folder = folder();
    let arguments = [
        "generate",
        "schema.json",
        "--out",
        "made",
        "--only",
        "introspection",
    ];
    assert_eq!(
        qapi(folder.path(), VALID, &arguments).status.code(),
        Some(0)
    );
    let made = folder.path().join("made");
    assert!(!made.join("rust").exists() && !made.join("text").exists());
    let text = fs::read_to_string(made.join("introspection.json")).expect("it is there");
    let answer: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    assert_eq!(answer[0]["name"], "stop");
}

#[test]
fn completions_and_manual_pages_know_every_subcommand() {
    let folder = folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (status, script, _) = outcome(&qapi(folder.path(), VALID, &["completions", shell]));
        assert_eq!(status, Some(0), "{shell}");
        assert!(
            ["check", "compat", "dump", "generate", "explain"]
                .iter()
                .all(|name| script.contains(name)),
            "{shell}"
        );
    }
    assert_eq!(
        qapi(folder.path(), VALID, &["man", "--out", "man"])
            .status
            .code(),
        Some(0)
    );
    assert!(folder.path().join("man/qapi-generate.1").exists());
}

/// Every file below a folder, with its text.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("its entries too").path();
        if path.is_dir() {
            found.extend(everything(&path));
        } else {
            let name = path
                .file_name()
                .expect("it has a name")
                .to_string_lossy()
                .into_owned();
            found.push((name, fs::read(&path).expect("it can be read")));
        }
    }
    found
}
