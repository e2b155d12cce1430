//! How diagnostics look: drawn for people, on one line for scripts, as JSON for programs.
//!
//! The drawings are in `golden/`; with the environment variable `BLESS` set to 1 they are written anew.

mod files;

use std::path::Path;

use qapi_codegen::Dialect;
use qapi_codegen::diagnostic::{human, json, short};

/// Checks the drawings of all diagnostics of a text.
#[track_caller]
fn check(name: &str, text: &str) {
    check_in(name, text, None);
}

#[track_caller]
fn check_in(name: &str, text: &str, dialect: Option<Dialect>) {
    let analysis = files::analysis(text, dialect);
    let lints = analysis.lints();
    let all = analysis.diagnostics.iter().chain(&lints);
    let drawn = all.map(|diagnostic| human(diagnostic, &analysis.sources, false) + "\n");
    let drawn = drawn.collect::<Vec<_>>().join("\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(format!("{name}.txt"));
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &drawn).expect("the golden files can be written");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        drawn, golden,
        "{name}: set BLESS=1 to accept this:\n{drawn}"
    );
}

#[test]
fn an_example_that_is_not_true() {
    check(
        "example",
        "##\n# @stop:\n#\n# Stop.\n#\n# .. qmp-example::\n#\n#     -> { \"execute\": \"stop\",\n\
         #          \"arguments\": { \"force\": true ]\n#     -> { \"execute\": \"stpo\" }\n##\n\
         { 'command': 'stop' }\n",
    );
}

#[test]
fn a_stray_character() {
    check("stray", "{ \"command\": 'stop' }\n");
}

#[test]
fn an_unterminated_string() {
    check(
        "unterminated",
        "{ 'struct': 'Point',\n  'data': { 'x': 'int,\n            'y': 'int' } }\n",
    );
}

#[test]
fn a_missing_comma() {
    check(
        "comma",
        "{ 'struct': 'Point',\n  'data': { 'x': 'int'\n            'y': 'int' } }\n",
    );
}

#[test]
fn the_end_of_a_file_in_a_definition() {
    check("end", "{ 'struct': 'Point',\n  'data': { 'x': 'int' }\n");
}

#[test]
fn an_unknown_type_with_a_suggestion() {
    check(
        "unknown-type",
        "{ 'enum': 'BlockdevDriver', 'data': [ 'file' ] }

{ 'command': 'blockdev-add',
  'data': { 'driver': 'BlockDevDriver',
            'node-name': 'str' } }
",
    );
}

#[test]
fn an_unknown_key() {
    check(
        "unknown-key",
        "{ 'command': 'stop',\n  'allow_oob': true }\n",
    );
}

#[test]
fn a_name_in_the_wrong_case() {
    check(
        "letter-case",
        "{ 'event': 'Disk-Ejected' }\n{ 'command': 'eject_disk' }\n{ 'struct': 'disk', 'data': {} }\n",
    );
}

#[test]
fn members_that_clash() {
    check(
        "clash",
        "{ 'struct': 'Device',
  'data': { 'id': 'str' } }

{ 'struct': 'Drive', 'base': 'Device',
  'data': { 'size': 'int',
            'id': 'int' } }
",
    );
}

#[test]
fn a_definition_in_two_files() {
    check(
        "defined-twice",
        "{ 'include': 'block.json' }
{ 'struct': 'Drive', 'data': { 'size': 'int' } }
# file: block.json
{ 'struct': 'Drive', 'data': { 'path': 'str' } }
",
    );
}

#[test]
fn an_error_in_an_included_file() {
    check(
        "included",
        "{ 'include': 'sub/block.json' }
# file: sub/block.json
{ 'include': '../job.json' }
# file: job.json
{ 'command': 'job-cancel', 'data': { 'id': 'str', } }
{ 'include': 'block.json' }
",
    );
}

#[test]
fn a_union_with_a_misspelt_branch() {
    check(
        "branch",
        "{ 'enum': 'DriveKind', 'data': [ 'file', 'null' ] }
{ 'struct': 'DriveFile', 'data': { 'path': 'str' } }
{ 'union': 'Drive',
  'base': { '*kind': 'DriveKind' },
  'discriminator': 'kind',
  'data': { 'fiel': 'DriveFile' } }
",
    );
}

#[test]
fn an_alternate_that_cannot_choose() {
    check(
        "alternate",
        "{ 'alternate': 'DriveRef',\n  'data': { 'name': 'str',\n            'number': 'int' } }\n",
    );
}

#[test]
fn documentation_with_many_faults() {
    check(
        "documentation",
        "##
# @eject:
#
# Takes the medium out. This line is too long for documentation since the newest dialect.
#
# @drvie: the drive's id
#
# Since: 10.2
#
# @force: open it by force
##
{ 'command': 'eject',
  'data': { 'drive': 'str', '*force': 'bool' },
  'features': [ 'unstable' ] }
",
    );
}

#[test]
fn markup_of_an_older_dialect() {
    check_in(
        "old-markup",
        "##\n# @stop:\n#\n# Note: The guest does not notice.\n##\n{ 'command': 'stop' }\n",
        Some(Dialect::V10_2),
    );
}

#[test]
fn tabs_and_wide_characters_keep_labels_in_place() {
    check(
        "columns",
        "##
# @stop:
#
# Wartet, bis 仮想マシン steht. Danach nicht mehr.
##
{\t'command': 'stop',\t'returns':\t'Missing' }
{ 'enum': 'Unit', 'data': [ 'µs', '仮想' ] }
",
    );
}

#[test]
fn a_line_of_gigantic_length_is_named_and_not_drawn() {
    let padding = " ".repeat(1_000);
    check(
        "long-line",
        &format!("{{ 'command': 'stop',{padding}'returns': 'Missing' }}\n"),
    );
}

#[test]
fn the_short_form_is_one_line_with_the_anchor() {
    let analysis = files::analysis(
        "# file: qapi/root.json
{ 'include': 'sub/a.json' }
# file: qapi/sub/a.json

{ 'struct': 'Aa',
  'data': { 'x': 'Missing' } }
 { 'struct': 'Ba' 'data': {} }",
        None,
    );
    let lines = analysis
        .diagnostics
        .iter()
        .map(|one| short(one, &analysis.sources));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            "qapi/sub/a.json:4:19: error[Q0201]: expected `,` or `}`, found the string `data`",
            "qapi/sub/a.json:2:1: error[Q0702]: struct `Aa`: the member `x` is of the type `Missing`, which does not exist",
        ]
    );
}

#[test]
fn the_json_form_has_every_part() {
    let analysis = files::analysis(
        "{ 'include': 'a.json' }
# file: a.json
{ 'struct': 'Aa',
  'data': { 'x': 'Stauts' } }
{ 'struct': 'Status', 'data': {} }",
        None,
    );
    let [only] = &analysis.diagnostics[..] else {
        panic!("{:#?}", analysis.diagnostics)
    };
    let line = json(only, &analysis.sources);
    assert!(!line.contains('\n'));
    let value: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
    assert_eq!(
        value,
        serde_json::json!({
            "code": "Q0702",
            "severity": "error",
            "message": "the member `x` is of the type `Stauts`, which does not exist",
            "file": "a.json", "line": 1, "column": 1, "end_line": 2, "end_column": 30,
            "definition": { "kind": "struct", "name": "Aa" },
            "labels": [{
                "file": "a.json", "line": 2, "column": 18, "end_line": 2, "end_column": 26,
                "text": "there is no such type",
            }],
            "notes": [],
            "help": "did you mean `Status`?",
            "included_from": [{
                "file": "schema.json", "line": 1, "column": 1, "end_line": 1, "end_column": 24,
            }],
        })
    );
}
