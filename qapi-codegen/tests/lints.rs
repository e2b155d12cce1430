//! Examples in documentation are held against the schema: what is found in them, at which place, and what is not.

mod files;

use qapi_codegen::diagnostic::Severity;

/// A schema with something of everything; the example is put before `free`.
const SCHEMA: &str = r#"
{ 'pragma': { 'command-returns-exceptions': [ 'numbers' ] } }
{ 'enum': 'Kind', 'data': [ 'file', 'null', 'chain' ] }
{ 'struct': 'File', 'data': { 'path': 'str', '*mode': 'uint16' } }
{ 'union': 'Chain', 'base': { 'more': 'Kind' }, 'discriminator': 'more', 'data': { 'file': 'File' } }
{ 'union': 'Node', 'base': { 'kind': 'Kind', '*name': 'str' }, 'discriminator': 'kind',
  'data': { 'file': 'File', 'chain': 'Chain' } }
{ 'alternate': 'Ref', 'data': { 'name': 'str', 'node': 'Node', 'none': 'null' } }
{ 'alternate': 'Size', 'data': { 'bytes': 'size', 'known': 'bool' } }
{ 'command': 'add', 'data': 'Node', 'boxed': true }
{ 'command': 'link', 'data': { 'refs': [ 'Ref' ], '*size': 'Size' }, 'allow-oob': true }
{ 'command': 'list', 'returns': [ 'Node' ] }
{ 'command': 'numbers', 'data': { '*byte': 'int8', '*int': 'int', '*big': 'uint64', '*real': 'number' },
  'returns': 'any' }
{ 'command': 'count', 'returns': 'File' }
{ 'command': 'plug', 'data': { 'driver': 'str' }, 'gen': false }
{ 'command': 'off', 'success-response': false }
{ 'event': 'GONE', 'data': { 'path': 'str' } }
{ 'event': 'DONE' }
{ 'struct': 'VersionInfo', 'data': { 'package': 'str' } }

##
# @free:
#
# Free it.
#
# @path: which
#
# @force: whatever it takes
#
# .. qmp-example::
#
EXAMPLE
##
{ 'command': 'free', 'data': { 'path': 'str', '*force': 'bool' } }
"#;

/// Each finding as its code, its message, and the text it points at.
#[track_caller]
fn check(example: &str, expected: &[(&str, &str, &str)]) {
    let lines: Vec<String> = example
        .lines()
        .map(|line| format!("#     {line}"))
        .collect();
    let text = SCHEMA.replace("EXAMPLE", &lines.join("\n"));
    let analysis = files::analysis(&text, None);
    assert_eq!(analysis.diagnostics, [], "{example}");
    let lints = analysis.lints();
    let found = lints.iter().map(|one| {
        assert_eq!(one.severity, Severity::Warning);
        let subject = one
            .subject
            .as_ref()
            .expect("it is in a comment of a definition");
        assert_eq!((subject.kind, &*subject.name), ("command", "free"));
        let at = analysis.sources.text(one.anchor);
        (one.code.as_str(), one.message.as_str(), at)
    });
    let found: Vec<_> = found.collect();
    assert_eq!(found, expected, "{example}");
}

/// A request with these arguments.
#[track_caller]
fn check_arguments(command: &str, arguments: &str, expected: &[(&str, &str, &str)]) {
    let request = format!("-> {{ 'execute': '{command}', 'arguments': {arguments} }}");
    check(&request, expected);
}

#[test]
fn what_is_true_is_let_through() {
    for example in [
        "-> { \"execute\": \"free\", \"arguments\": { \"path\": \"/\", \"force\": true }, \"id\": [1] }\n<- { \"return\": {}, \"id\": [1] }",
        "-> { 'execute': 'list' }\n<- { 'return': [ { 'kind': 'file', 'path': '/' },\n   ...,\n   { 'kind': 'null' } ] }",
        "-> { 'execute': 'list' }\n<- { 'return': [ { 'kind': 'chain', 'more': 'file', 'path': '/' } ] }",
        "-> { 'exec-oob': 'link', 'arguments': { 'refs': [ 'a', null, { 'kind': 'null' } ], 'size': 1 } }",
        "-> { 'execute': 'numbers', 'arguments': { 'byte': -128, 'big': 18446744073709551615, 'real': 1 } }\n<- { 'return': [ 1.5, {} ] }",
        "-> { 'execute': 'plug', 'arguments': { 'driver': 'x', 'bus': 'pci.0' } }",
        "-> { 'execute': 'off' }\n-> { 'execute': 'list' }\n<- { 'return': [] }\n<- { 'error': { 'class': 'GenericError', 'desc': 'no' } }",
        "<- { 'event': 'DONE', 'timestamp': { 'seconds': -1, 'microseconds': -1 } }",
        "<- { 'event': 'GONE', ... }\n<- { 'QMP': { 'version': { 'package': '' }, 'capabilities': [ 'oob' ] } }",
        // What is left out may be anything.
        "-> { 'execute': 'free', 'arguments': ... }\n<- ...\n-> { 'execute': 'add', 'arguments': { 'path': ..., ... } }",
        "-> ... what a client sends ...\n<- ... what a server sends ...",
        // Text may stand after a message, and what follows the example is none.
        "-> { 'execute': 'count' }\nNow wait.\n<- { 'error': { 'class': 'X', 'desc': '' } }\n",
    ] {
        check(example, &[]);
    }
}

#[test]
fn answers_belong_to_what_was_asked() {
    let count = "Q1105";
    let missing = "`path` is missing: required member of `File`";
    // The oldest, unless an id tells.
    check(
        "-> { 'execute': 'list' }\n-> { 'execute': 'count' }\n<- { 'return': [] }\n<- { 'return': {} }",
        &[(count, missing, "{")],
    );
    check(
        "-> { 'execute': 'list', 'id': 1 }\n-> { 'exec-oob': 'link', 'arguments': { ... }, 'id': 2 }\n<- { 'return': {}, 'id': 2 }\n<- { 'return': [], 'id': 1 }",
        &[],
    );
    check(
        "-> { 'execute': 'count' }\n<- { 'error': { 'class': 'X', 'desc': 'x' } }\n-> { 'execute': 'list' }\n<- { 'return': [] }",
        &[],
    );
    // A reply that stands alone is the documented command's.
    check(
        "<- { 'return': [] }",
        &[(
            "Q1106",
            "`free` returns nothing, which is an empty object",
            "[",
        )],
    );
    // One that cannot be read takes the place of another, and the next is not blamed for it.
    check(
        "-> { 'execute': 'count' }\n<- { 'return': [ }\n<- { 'return': [] }",
        &[("Q1101", "expected a value in the example, found `}`", "}")],
    );
    check(
        "-> { 'execute': 'lits' }\n<- { 'return': 1 }",
        &[("Q1103", "there is no command `lits`", "'lits'")],
    );
}

#[test]
fn messages_are_those_of_the_protocol() {
    let message = "Q1102";
    let missing = "Q1105";
    for (example, expected) in [
        (
            "-> { 'arguments': {} }",
            (
                message,
                "this is no message: a request has `execute` or `exec-oob`",
                "{",
            ),
        ),
        (
            "<- { 'execute': 'free' }",
            (
                message,
                "this is no message: a server sends `return`, `error` or `event`",
                "{",
            ),
        ),
        (
            "-> { 'execute': 'list', 'argument': {} }",
            (
                message,
                "a message with `execute` has no `argument`",
                "'argument'",
            ),
        ),
        (
            "<- { 'return': {}, 'error': {} }",
            (
                message,
                "`return` and `error` exclude one another",
                "'error'",
            ),
        ),
        (
            "-> [ 'list' ]",
            (message, "a message must be an object, and is an array", "["),
        ),
        (
            "-> list",
            ("Q1101", "expected a value in the example, found `l`", "l"),
        ),
        (
            "-> { 'exec-oob': 'list' }",
            (message, "`list` cannot be sent out of band", "'list'"),
        ),
        (
            "-> { 'execute': 'off' }\n<- { 'return': {} }",
            (message, "`off` does not answer when it succeeds", "{"),
        ),
        (
            "-> { 'execute': 1 }",
            (
                "Q1106",
                "the command must be a string, and is an integer",
                "1",
            ),
        ),
        (
            "<- { 'event': 'gone', ... }",
            ("Q1103", "there is no event `gone`", "'gone'"),
        ),
        (
            "<- { 'event': 'DONE' }",
            (
                missing,
                "`timestamp` is missing: every event has it",
                "'DONE'",
            ),
        ),
        (
            "<- { 'event': 'DONE', 'timestamp': { 'seconds': 1 } }",
            (
                missing,
                "`microseconds` is missing: `timestamp` has it always",
                "{",
            ),
        ),
        (
            "<- { 'error': { 'class': 'X', 'desc': 1 } }",
            ("Q1106", "`desc` must be a string, and is an integer", "1"),
        ),
        (
            "<- { 'error': 'X' }",
            ("Q1106", "`error` must be an object, and is a string", "'X'"),
        ),
        (
            "<- { 'QMP': { 'version': { 'package': 1 }, 'capabilities': [] } }",
            (
                "Q1106",
                "`package` must be a string, and is an integer",
                "1",
            ),
        ),
        (
            "-> { 'execute': 'list' } }",
            ("Q1101", "the message has ended before this", "}"),
        ),
    ] {
        check(example, &[expected]);
    }
}

#[test]
fn members_are_known_and_there() {
    let (unknown, missing) = ("Q1104", "Q1105");
    for (command, arguments, expected) in [
        (
            "free",
            "{ 'path': '/', 'size': 1 }",
            (unknown, "`size` is no argument of `free`", "'size'"),
        ),
        (
            "list",
            "{ 'a': 1 }",
            (unknown, "`a` is no argument of `list`", "'a'"),
        ),
        (
            "free",
            "{}",
            (
                missing,
                "`path` is missing: required argument of `free`",
                "{",
            ),
        ),
        // What is misspelt is not missing, too.
        (
            "free",
            "{ 'paht': '/' }",
            (unknown, "`paht` is no argument of `free`", "'paht'"),
        ),
        (
            "add",
            "{ 'kind': 'null', 'path': '/' }",
            (
                unknown,
                "`path` is no argument of `add` where `kind` is `null`",
                "'path'",
            ),
        ),
        (
            "add",
            "{ 'kind': 'file' }",
            (
                missing,
                "`path` is missing: required argument of `add`",
                "{",
            ),
        ),
        // Without the discriminator nobody knows which branch it is.
        (
            "add",
            "{ 'path': '/' }",
            (
                missing,
                "`kind` is missing: required argument of `add`",
                "{",
            ),
        ),
        (
            "link",
            "{ 'refs': [ { 'kind': 'chain', 'more': 'null', 'path': 1 } ] }",
            (
                unknown,
                "`path` is no member of `Node` where `more` is `null`",
                "'path'",
            ),
        ),
    ] {
        check_arguments(command, arguments, &[expected]);
    }
    check(
        "-> { 'execute': 'free' }",
        &[(
            missing,
            "`path` is missing: required argument of `free`",
            "'free'",
        )],
    );
    check(
        "<- { 'event': 'GONE', 'data': { 'way': 1 }, 'timestamp': ... }",
        &[
            (unknown, "`way` is no member of `GONE`", "'way'"),
            (missing, "`path` is missing: required member of `GONE`", "{"),
        ],
    );
}

#[test]
fn values_have_their_types() {
    let (kind, value) = ("Q1106", "Q1107");
    for (command, arguments, expected) in [
        (
            "free",
            "{ 'path': 1 }",
            (kind, "`path` must be a string, and is an integer", "1"),
        ),
        (
            "free",
            "{ 'path': '/', 'force': 'on' }",
            (kind, "`force` must be a boolean, and is a string", "'on'"),
        ),
        (
            "free",
            "[]",
            (kind, "`arguments` must be an object, and is an array", "["),
        ),
        (
            "link",
            "{ 'refs': {} }",
            (kind, "`refs` must be an array, and is an object", "{"),
        ),
        (
            "link",
            "{ 'refs': [ 'a', true ] }",
            (
                kind,
                "an element of `refs` is a boolean, as no branch of `Ref` is",
                "true",
            ),
        ),
        (
            "link",
            "{ 'refs': [], 'size': 1.5 }",
            (
                kind,
                "`size` is a number with a fraction, as no branch of `Size` is",
                "1.5",
            ),
        ),
        (
            "link",
            "{ 'refs': [], 'size': -1 }",
            (value, "`size` must be from 0 to 18446744073709551615", "-1"),
        ),
        (
            "add",
            "{ 'kind': 'fiel' }",
            (value, "`fiel` is no value of `Kind`", "'fiel'"),
        ),
        (
            "add",
            "{ 'kind': 2 }",
            (
                kind,
                "`kind` must be a value of `Kind`, and is an integer",
                "2",
            ),
        ),
        (
            "numbers",
            "{ 'byte': 128 }",
            (value, "`byte` must be from -128 to 127", "128"),
        ),
        (
            "numbers",
            "{ 'int': 9223372036854775808 }",
            (
                value,
                "`int` must be from -9223372036854775808 to 9223372036854775807",
                "9223372036854775808",
            ),
        ),
        (
            "numbers",
            "{ 'int': 1.0 }",
            (
                kind,
                "`int` must be an integer, and is a number with a fraction",
                "1.0",
            ),
        ),
        (
            "numbers",
            "{ 'real': null }",
            (kind, "`real` must be a number, and is null", "null"),
        ),
    ] {
        check_arguments(command, arguments, &[expected]);
    }
    check(
        "-> { 'execute': 'list' }\n<- { 'return': { 'kind': 'null' } }",
        &[(
            kind,
            "what `list` returns must be an array, and is an object",
            "{",
        )],
    );
    check(
        "-> { 'execute': 'list' }\n<- { 'return': [ 1 ] }",
        &[(
            kind,
            "an element of what `list` returns must be an object of `Node`, and is an integer",
            "1",
        )],
    );
}

#[test]
fn all_that_is_wrong_is_found_at_its_line() {
    let example = "-> { 'execute': 'free',\n     'arguments': { 'path': 1\n                    'force': 2 } }\n<- { 'return': 3 }";
    check(
        example,
        &[
            ("Q1101", "a comma is missing in the example", "1"),
            ("Q1106", "`path` must be a string, and is an integer", "1"),
            ("Q1106", "`force` must be a boolean, and is an integer", "2"),
            (
                "Q1106",
                "`free` returns nothing, which is an empty object",
                "3",
            ),
        ],
    );
    let text = "##\n# @stop:\n#\n# Example:\n#\n# -> { \"execute\": \"stop\" }\n# <- { \"return\":\n#       1 }\n##\n{ 'command': 'stop' }\n";
    let analysis = files::analysis(text, None);
    let lints = analysis.lints();
    let lines = lints
        .iter()
        .map(|one| analysis.sources.location(one.anchor).line);
    assert_eq!(lines.collect::<Vec<_>>(), [8]);
}
