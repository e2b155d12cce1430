use qapi_client::server::fake::{Act, FakeMachine};
use qapi_types::Refusal;

use crate::qmp::tests::{against, directed};

fn check(machine: FakeMachine, words: &str, expected: (u8, &str, &str)) {
    let words: Vec<&str> = ["qom"].into_iter().chain(words.split(' ')).collect();
    let (code, out, err) = against(machine, &words);
    assert_eq!((code, &*out, &*err), expected, "{words:?}");
}

const PROPERTIES: &str = r#"[
    {"name": "type", "type": "string"}, {"name": "mode", "type": "OnOffAuto"}, {"name": "n", "type": "uint8"},
    {"name": "secret", "type": "Secret"}, {"name": "name\u001b", "type": "str"}
]"#;

#[test]
fn lists() {
    for (words, expected) in [
        (
            "list /a",
            "type   string\nmode   OnOffAuto\nn      uint8\nsecret  Secret\nname\u{fffd}  str\n",
        ),
        (
            "list /a --json",
            "{\"name\":\"type\",\"type\":\"string\"}\n{\"name\":\"mode\",\"type\":\"OnOffAuto\"}\n",
        ),
    ] {
        let machine = FakeMachine::new().on("qom-list", Act::returns(PROPERTIES));
        let words: Vec<&str> = ["qom"].into_iter().chain(words.split(' ')).collect();
        let (code, out, err) = against(machine, &words);
        assert_eq!((code, &*err), (0, ""));
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed(&out).starts_with(&squeezed(expected)), "{out}");
    }
}

#[test]
fn gets() {
    let machine = || {
        FakeMachine::new()
            .on("qom-list", Act::returns(PROPERTIES))
            .on("qom-get", Act::returns(r#"[1, "\u009b"]"#))
    };
    for (words, expected) in [
        ("get /a.mode", (0, "[1,\"\\u009b\"] (OnOffAuto)\n", "")),
        ("get /a mode --json", (0, "[1,\"\\u009b\"]\n", "")),
        ("get /a gone", (1, "", "qmp: `/a` has no property `gone`\n")),
    ] {
        check(machine(), words, expected);
    }
}

/// What is sent for a word, if anything is.
#[test]
fn sets() {
    for (words, there, expected) in [
        ("/a.n 0x10", "", Some("16")),
        ("/a n -1", "", Some("-1")),
        ("/a n on", "", None),
        ("/a.mode 5", "\"auto\"", Some("\"5\"")),
        ("/a.mode 5", "", None),
        ("/a.mode 5 --raw", "", Some("5")),
        ("/a.gone 5", "", None),
    ] {
        let machine = FakeMachine::new().on("qom-list", Act::returns(PROPERTIES));
        let machine = match there {
            "" => machine.on("qom-get", Act::Refuse(Refusal::generic("no"))),
            there => machine.on("qom-get", Act::returns(there)),
        };
        let words: Vec<&str> = ["qom", "set"].into_iter().chain(words.split(' ')).collect();
        let mut sent = None;
        let (code, out, err) = directed(machine, &words, |fake| {
            if let Some(request) = fake.asked() {
                sent = request
                    .arguments()
                    .and_then(|arguments| arguments.get("value"));
                fake.act(&request, Act::returns("{}"));
            }
        });
        let sent = sent.as_ref().map(|value| value.as_json());
        assert_eq!(sent, expected, "{words:?}: {err}");
        assert_eq!(
            (code == 0, err.is_empty()),
            (sent.is_some(), sent.is_some())
        );
        assert!(out.starts_with(expected.unwrap_or_default()), "{out}");
    }
}

/// What the machine answers to `qom-list` of each path.
fn objects(path: &str) -> Act {
    Act::returns(match path {
        "/" => {
            r#"[{"name": "type", "type": "string"}, {"name": "a", "type": "child<A>"}, {"name": "gone", "type": "child<B>"},
                {"name": "c", "type": "child<C>"}, {"name": "up", "type": "link<A>"}]"#
        }
        "/a" => r#"[{"name": "b[0]", "type": "child<B>"}]"#,
        "/a/b[0]" | "/c" => "[]",
        _ => return Act::Refuse(Refusal::generic("gone")),
    })
}

#[test]
fn trees() {
    for (words, expected) in [
        (
            "tree",
            (0, "/ (root)\n  a (A)\n    b[0] (B)\n  c (C)\n", ""),
        ),
        (
            "tree / --depth 1",
            (0, "/ (root)\n  a (A)\n  c (C)\n  gone (B)\n", ""),
        ),
        (
            "tree --properties --depth 0",
            (0, "/ (root)\n  .type (string)\n  .up (link<A>)\n", ""),
        ),
        (
            "tree /a --json",
            (
                0,
                "{\"path\":\"/a\",\"type\":\"root\"}\n{\"path\":\"/a/b[0]\",\"type\":\"B\"}\n",
                "",
            ),
        ),
        (
            "tree /c --json --properties",
            (
                0,
                "{\"path\":\"/c\",\"type\":\"root\",\"properties\":[]}\n",
                "",
            ),
        ),
        (
            "tree --values --depth 0",
            (
                0,
                "/ (root)\n  .type \"root\" (string)\n  .up (link<A>): GenericError: not readable\n",
                "",
            ),
        ),
        (
            "tree --values --json --depth 0",
            (
                0,
                "{\"path\":\"/\",\"type\":\"root\",\"properties\":[\
                 {\"name\":\"type\",\"type\":\"string\",\"value\":\"root\"},\
                 {\"name\":\"up\",\"type\":\"link<A>\",\"error\":{\"class\":\"GenericError\",\"desc\":\"not readable\"}}]}\n",
                "",
            ),
        ),
        ("tree /nope", (1, "", "qmp: GenericError: gone\n")),
    ] {
        let words: Vec<&str> = ["qom"].into_iter().chain(words.split(' ')).collect();
        let (code, out, err) = directed(FakeMachine::new(), &words, |fake| {
            while let Some(request) = fake.asked() {
                let argument = |name| request.arguments()?.get(name)?.to::<String>().ok();
                let act = match argument("property").as_deref() {
                    _ if request.name() == Some("qom-list-get") => {
                        Act::Refuse(Refusal::command_not_found("qom-list-get"))
                    }
                    None => objects(&argument("path").unwrap()),
                    Some("type") => Act::returns("\"root\""),
                    Some(_) => Act::Refuse(Refusal::generic("not readable")),
                };
                fake.act(&request, act);
            }
        });
        assert_eq!((code, &*out, &*err), expected, "{words:?}");
    }
}

/// A machine that tells values at once is asked for no others than those that it has left out.
#[test]
fn trees_of_values_at_once() {
    let listed = r#"[{"properties": [{"name": "type", "type": "string", "value": "root"},
        {"name": "up", "type": "link<A>"}]}]"#;
    let words = ["qom", "tree", "--values", "--depth", "0"];
    let mut asked = Vec::new();
    let (code, out, err) = directed(FakeMachine::new(), &words, |fake| {
        while let Some(request) = fake.asked() {
            let argument = |name| request.arguments()?.get(name)?.to::<String>().ok();
            let name = request.name().unwrap_or_default();
            let act = match (name, argument("property").as_deref()) {
                ("qom-list-get", _) => Act::returns(listed),
                ("qom-list", _) => objects("/"),
                (_, Some("up")) => Act::Refuse(Refusal::generic("not readable")),
                _ => Act::returns("\"root\""),
            };
            asked.push(name.to_owned());
            fake.act(&request, act);
        }
    });
    let expected =
        "/ (root)\n  .type \"root\" (string)\n  .up (link<A>): GenericError: not readable\n";
    assert_eq!((code, &*out, &*err), (0, expected, ""));
    // The first is for the type of the object itself.
    assert_eq!(asked, ["qom-get", "qom-list", "qom-list-get", "qom-get"]);
}

/// A machine whose objects never end.
#[test]
fn trees_are_bounded() {
    let wide: Vec<String> = (0..2000)
        .map(|n| format!(r#"{{"name": "{n}", "type": "child<A>"}}"#))
        .collect();
    for (reply, message) in [
        (wide.join(","), "qmp: more than 100000 objects\n".to_owned()),
        (
            format!(r#"{{"name": "{}", "type": "child<A>"}}"#, "x".repeat(1025)),
            "qmp: below / is a name of more than 1024 bytes\n".to_owned(),
        ),
    ] {
        let machine = FakeMachine::new()
            .on("qom-get", Act::returns("\"A\""))
            .on("qom-list", Act::returns(format!("[{reply}]")));
        let (code, _, err) = against(machine, &["qom", "tree"]);
        assert_eq!((code, err), (1, message));
    }
    let deep = Act::returns(r#"[{"name": "x", "type": "child<A>"}]"#);
    let machine = FakeMachine::new()
        .on("qom-get", Act::returns("\"A\""))
        .on("qom-list", deep);
    let (code, out, err) = against(machine, &["qom", "tree"]);
    assert_eq!((code, out.lines().count(), &*err), (0, 65, ""));
}
