use qapi_client::server::fake::{Act, FakeMachine};
use qapi_types::Refusal;

use crate::qmp::tests::against;

/// A machine that has what we have words for, what we have none for, and what makes no sense.
const SCHEMA: &str = r#"[
    {"name": "query-status", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
    {"name": "x-dance", "meta-type": "command", "arg-type": "2", "ret-type": "0", "allow-oob": true, "features": ["unstable", "fast"]},
    {"name": "STOP", "meta-type": "event", "arg-type": "0"},
    {"name": "x\u001bODD", "meta-type": "event", "arg-type": "9", "features": ["deprecated"]},
    {"name": "0", "meta-type": "object", "members": []},
    {"name": "1", "meta-type": "object", "members": [{"name": "running", "type": "bool"}, {"name": "status", "type": "3"},
        {"name": "mood", "type": "str", "default": null}]},
    {"name": "2", "meta-type": "object", "tag": "style", "members": [{"name": "style", "type": "4"}, {"name": "steps", "type": "[5]", "default": null},
            {"name": "again", "type": "6", "default": null, "features": ["deprecated"]}],
        "variants": [{"case": "waltz", "type": "7"}, {"case": "tango", "type": "0"}, {"case": "free", "type": "2"}]},
    {"name": "3", "meta-type": "enum", "members": [{"name": "running"}, {"name": "dreaming"}]},
    {"name": "4", "meta-type": "enum", "members": [{"name": "waltz"}, {"name": "tango", "features": ["unstable"]}, {"name": "free"}]},
    {"name": "[5]", "meta-type": "array", "element-type": "5"},
    {"name": "5", "meta-type": "enum", "values": ["left", "right"]},
    {"name": "6", "meta-type": "alternate", "members": [{"type": "str"}, {"type": "2"}, {"type": "lost"}]},
    {"name": "7", "meta-type": "object", "members": [{"name": "tempo", "type": "int"}, {"name": "partner", "type": "str", "default": null}]},
    {"name": "str", "meta-type": "builtin", "json-type": "string"},
    {"name": "int", "meta-type": "builtin", "json-type": "int"},
    {"name": "bool", "meta-type": "builtin", "json-type": "boolean"}
]"#;

fn qmp(answer: Act, words: &[&str]) -> (u8, String, String) {
    let machine = FakeMachine::new().on("query-qmp-schema", answer);
    let words = [&["schema"], words].concat();
    against(machine, &words)
}

/// What is said of it may be written anew: of what we have words for only the form is held.
#[test]
fn lists() {
    let (code, out, err) = qmp(Act::returns(SCHEMA), &[]);
    assert_eq!((code, &*err), (0, ""));
    let begins = [
        "query-status  Ask",
        "x-dance       unstable, feature fast, out of band",
        "STOP          The machine",
        "x\u{fffd}ODD         deprecated",
    ];
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.len(), begins.len());
    for (line, begin) in lines.iter().zip(begins) {
        assert!(line.starts_with(begin), "{line}");
    }
    let (code, out, err) = qmp(Act::returns(SCHEMA), &["x-dance/arg/*"]);
    let expected = "\
x-dance/arg/style  enum
x-dance/arg/steps  [enum], optional
x-dance/arg/again  str or object or unknown, optional, deprecated
x-dance/arg/waltz  object
x-dance/arg/tango  object
x-dance/arg/free   object
";
    assert_eq!((code, &*out, &*err), (0, expected, ""));
}

#[test]
fn a_page_has_all_that_the_machine_says() {
    for (path, expected) in [
        (
            "x-dance",
            "\
x-dance: command, unstable, feature fast, out of band

    Arguments:
        style: enum
            Values: waltz, tango, free

        steps: [enum], optional
            Values: left, right

        again: str or object or unknown, optional, deprecated

        Further members by style:
            waltz: tempo, [partner]
            free: style, [steps], [again], and others by style

        No further members by style: tango

    Features:
        unstable:
        fast:
",
        ),
        (
            "x-dance/arg/waltz",
            "x-dance/arg/waltz: object\n\n    tempo: int\n\n    partner: str, optional\n",
        ),
        (
            "x-dance/arg/style/waltz",
            "\
x-dance/arg/style/waltz: value

    Further members: object
        tempo: int

        partner: str, optional
",
        ),
        (
            "x-dance/arg/style/tango",
            "x-dance/arg/style/tango: value, unstable\n\n    Features:\n        unstable:\n\n    It adds no members.\n",
        ),
        (
            "x-dance/arg/steps",
            "x-dance/arg/steps: [enum], optional\n\n    Values:\n        left:\n        right:\n",
        ),
        ("x-dance/arg/steps/left", "x-dance/arg/steps/left: value\n"),
        ("x-dance/ret", "x-dance/ret: object\n"),
        ("x-dance/feature:fast", "x-dance/feature:fast: feature\n"),
        (
            "x*ODD",
            "x\u{fffd}ODD: event, deprecated\n\n    Data: unknown\n\n    Features:\n        deprecated:\n",
        ),
    ] {
        let (code, out, err) = qmp(Act::returns(SCHEMA), &[path]);
        assert_eq!((code, &*out, &*err), (0, expected, ""), "{path}");
    }
}

/// Words are lent, by path and only to what is of the same kind; the rest is there without.
#[test]
fn words_are_lent() {
    let (_, out, _) = qmp(Act::returns(SCHEMA), &["query-status"]);
    for line in [
        "query-status: command, since 0.14",
        "    Returns: StatusInfo",
        "        running: bool",
        "        status: RunState",
        "            Values: running, dreaming",
        "        mood: str, optional",
        "    Example: ",
    ] {
        let found = out.lines().any(|own| own.starts_with(line));
        assert!(found, "{line}\n{out}");
    }
    let (_, out, _) = qmp(Act::returns(SCHEMA), &["query-status/ret/status/dreaming"]);
    assert_eq!(out, "query-status/ret/status/dreaming: value\n");
    let odd = r#"[{"name": "query-status", "meta-type": "command", "ret-type": "1"},
        {"name": "1", "meta-type": "object", "members": [{"name": "running", "type": "1"}, {"name": "status", "type": "s"}]},
        {"name": "s", "meta-type": "builtin", "json-type": "string"}]"#;
    let (_, out, _) = qmp(Act::returns(odd), &["query-status/ret/*"]);
    for line in [
        "query-status/ret/running  object: ",
        "query-status/ret/status   s: ",
    ] {
        assert!(out.contains(line), "{out}");
    }
}

#[test]
fn what_the_machine_says_as_it_says_it() {
    for (path, expected) in [
        (
            "STOP",
            r#"[{"name":"STOP","meta-type":"event","arg-type":"0"},{"name":"0","meta-type":"object","members":[]}]"#,
        ),
        (
            "x-dance/arg/style/waltz",
            r#"[{"name":"4","meta-type":"enum","members":[{"name":"waltz"},{"name":"tango","features":["unstable"]},{"name":"free"}]}]"#,
        ),
        (
            "x-dance/arg/waltz",
            r#"[{"name":"7","meta-type":"object","members":[{"name":"tempo","type":"int"},{"name":"partner","type":"str","default":null}]},{"name":"str","meta-type":"builtin","json-type":"string"},{"name":"int","meta-type":"builtin","json-type":"int"}]"#,
        ),
    ] {
        let (code, out, err) = qmp(Act::returns(SCHEMA), &[path, "--json"]);
        assert_eq!((code, out.trim_end(), &*err), (0, expected, ""), "{path}");
    }
    let names = |words: &[&str]| {
        let (_, out, _) = qmp(Act::returns(SCHEMA), words);
        let entities: Vec<qapi_types::Any> = qapi_types::from_str(&out).unwrap();
        let names = entities
            .iter()
            .filter_map(|entity| entity.get("name")?.to().ok());
        names.collect::<Vec<String>>().join(" ")
    };
    assert_eq!(names(&["--json"]), "query-status x-dance STOP x\u{1b}ODD");
    assert_eq!(
        names(&["x-dance", "--json"]),
        "x-dance 0 2 4 [5] 5 6 7 str int"
    );
    assert_eq!(
        names(&["x-dance/feature:fast", "--json"]),
        "x-dance 0 2 4 [5] 5 6 7 str int"
    );
}

#[test]
fn paths_that_lead_nowhere() {
    for (path, expected) in [
        (
            "query-statsu",
            "there is no command or event `query-statsu`: did you mean `query-status`?",
        ),
        (
            "query-statsu/ret",
            "there is no command or event `query-statsu`: did you mean `query-status/ret`?",
        ),
        ("nothing*", "there is no command or event `nothing*`"),
        ("", "there is no command or event ``"),
        (
            "x-dance/style",
            "`x-dance` has no `style`: did you mean `x-dance/arg/style`?",
        ),
        (
            "query-status/running",
            "`query-status` has no `running`: did you mean `query-status/ret/running`?",
        ),
        (
            "x-dance/arg/stile/waltz",
            "`x-dance/arg` has no `stile`: did you mean `x-dance/arg/style`?",
        ),
        (
            "x-dance/arg/style/polka",
            "`x-dance/arg/style` has no `polka`: there are `free`, `tango`, `waltz`",
        ),
        (
            "x-dance/arg/style/waltz/more",
            "`x-dance/arg/style/waltz` has no `more`: there is nothing below",
        ),
        (
            "x-dance/feature:fist",
            "`x-dance` has no `feature:fist`: did you mean `x-dance/feature:fast`?",
        ),
        ("STOP/ret", "`STOP` has no `ret`: there are `arg`"),
    ] {
        let (code, out, err) = qmp(Act::returns(SCHEMA), &[path]);
        assert_eq!(
            (code, &*out, &*err),
            (1, "", &*format!("qmp: {expected}\n"))
        );
    }
}

#[test]
fn servers_that_do_not_tell() {
    for (answer, expected) in [
        (
            Act::Refuse(Refusal::generic("no")),
            "qmp: the server does not tell what it takes: GenericError: no\n",
        ),
        (Act::returns("[]"), "qmp: there is nothing\n"),
        (
            Act::returns("{}"),
            "qmp: what the server tells of itself makes no sense: expected an array, found an object at byte 0, near `{}`\n",
        ),
    ] {
        let (code, out, err) = qmp(answer, &[]);
        assert_eq!((code, &*out, &*err), (1, "", expected));
    }
}

/// Schemas in which everything contains everything: pages end, and do not panic.
#[test]
fn hostile_schemas_are_harmless() {
    let odd = r#"[{"name": "c", "meta-type": "command", "arg-type": "a", "ret-type": "c"},
        {"name": "a", "meta-type": "array", "element-type": "b"},
        {"name": "b", "meta-type": "alternate", "members": [{"type": "a"}, {"type": "o"}, {"type": "b"}]},
        {"name": "o", "meta-type": "object", "tag": "o", "members": [{"name": "o", "type": "o"}, {"name": "", "type": "a"}],
            "variants": [{"case": "o", "type": "o"}, {"case": "c", "type": "c"}]}]"#;
    for path in [
        "c",
        "c/arg",
        "c/arg/o",
        "c/ret",
        "*/*/*",
        "c/arg/o/o/o/o",
        "c/arg/",
    ] {
        for words in [&[path][..], &[path, "--json"]] {
            let (code, out, err) = qmp(Act::returns(odd), words);
            assert_eq!((code, &*err), (0, ""), "{path}");
            assert!(!out.is_empty());
        }
    }
}
