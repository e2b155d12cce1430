use qapi_client::server::fake::{Act, FakeMachine};
use qapi_types::Refusal;

use crate::qmp::tests::{against, directed};

const SCHEMA: &str = r#"[
    {"name": "set", "meta-type": "command", "arg-type": "1", "ret-type": "0"},
    {"name": "device_add", "meta-type": "command", "arg-type": "2", "ret-type": "0"},
    {"name": "0", "meta-type": "object", "members": []},
    {"name": "1", "meta-type": "object", "members": [{"name": "id", "type": "str"}, {"name": "size", "type": "int", "default": null}]},
    {"name": "2", "meta-type": "object", "members": [{"name": "driver", "type": "str"}]},
    {"name": "str", "meta-type": "builtin", "json-type": "string"},
    {"name": "int", "meta-type": "builtin", "json-type": "int"}
]"#;

/// Calls a command of a machine that answers `told` when it is asked for its schema and for its drivers' properties, and
/// `{}` otherwise. What it is asked, and what it comes to.
fn call(told: [Act; 2], words: &str) -> (Vec<String>, u8, String) {
    let words: Vec<&str> = ["call"].into_iter().chain(words.split(' ')).collect();
    let mut asked = Vec::new();
    let (code, _, err) = directed(FakeMachine::new(), &words, |fake| {
        while let Some(request) = fake.asked() {
            let name = request.name().unwrap_or_default();
            let arguments = request.arguments().map(|it| it.to_string());
            asked.push(format!("{name} {}", arguments.unwrap_or_default()));
            let act = match name {
                "query-qmp-schema" => told[0].clone(),
                "device-list-properties" => told[1].clone(),
                _ => Act::returns("{}"),
            };
            fake.act(&request, act);
        }
    });
    (asked, code, err)
}

const ASKED: &str = "query-qmp-schema {}";
const PROPERTIES: &str = r#"device-list-properties {"typename":"net"}"#;

/// The machine is asked what it needs to be asked, and no more.
#[test]
fn arguments_are_read_by_the_schema() {
    let schema = || Act::returns(SCHEMA);
    let properties = || Act::returns(r#"[{"name": "mq", "type": "bool"}]"#);
    let refused = || Act::Refuse(Refusal::generic("no"));
    let odd = || Act::returns(r#"{"odd": true}"#);
    for (told, words, asked) in [
        ([schema(), properties()], "stop", &["stop {}"][..]),
        (
            [schema(), properties()],
            r#"set {"size":"5"}"#,
            &[r#"set {"size":"5"}"#],
        ),
        (
            [schema(), properties()],
            "set id=007 size=0x10",
            &[ASKED, r#"set {"id":"007","size":16}"#],
        ),
        (
            [schema(), properties()],
            r#"set {"id":"a"} size=1"#,
            &[ASKED, r#"set {"id":"a","size":1}"#],
        ),
        (
            [schema(), properties()],
            "other id=007 on=true",
            &[ASKED, r#"other {"id":"007","on":true}"#],
        ),
        (
            [schema(), properties()],
            "device_add driver=net mq=on",
            &[
                ASKED,
                PROPERTIES,
                r#"device_add {"driver":"net","mq":true}"#,
            ],
        ),
        (
            [schema(), refused()],
            "device_add driver=net mq=on",
            &[
                ASKED,
                PROPERTIES,
                r#"device_add {"driver":"net","mq":"on"}"#,
            ],
        ),
        (
            [schema(), odd()],
            "device_add driver=net mq=true",
            &[
                ASKED,
                PROPERTIES,
                r#"device_add {"driver":"net","mq":true}"#,
            ],
        ),
        // Servers that do not tell.
        (
            [refused(), refused()],
            "set id=007 size=5",
            &[ASKED, r#"set {"id":"007","size":5}"#],
        ),
        (
            [odd(), refused()],
            "set id=a size=5",
            &[ASKED, r#"set {"id":"a","size":5}"#],
        ),
    ] {
        let (all, code, err) = call(told, words);
        assert_eq!(all, asked, "{words}");
        assert_eq!((code, &*err), (0, ""), "{words}");
    }
}

#[test]
fn what_does_not_fit_is_not_sent() {
    for (words, message) in [
        (
            "set size=x",
            "qmp: `size` takes an integer, not `x`\nmissing: `id` (a string)\n",
        ),
        (
            "set ide=x",
            "qmp: there is no argument `ide`: did you mean `id`?\nmissing: `id` (a string)\n",
        ),
        (
            "device_add driver=net mr=on",
            "qmp: there is no argument `mr`: did you mean `mq`?\n",
        ),
    ] {
        let properties = Act::returns(r#"[{"name": "mq", "type": "bool"}]"#);
        let (asked, code, err) = call([Act::returns(SCHEMA), properties], words);
        assert!(
            asked
                .iter()
                .all(|asked| asked == ASKED || asked == PROPERTIES),
            "{asked:?}"
        );
        assert_eq!((code, &*err), (2, message), "{words}");
    }
}

/// A name that the machine does not know may be another's.
#[test]
fn names_that_are_misspelt() {
    let refused = |name: &str| Act::Refuse(Refusal::command_not_found(name));
    for (told, name, message) in [
        (
            Act::returns(SCHEMA),
            "sett",
            "the command sett has not been found: did you mean `set`?",
        ),
        (
            Act::returns(SCHEMA),
            "dance",
            "the command dance has not been found",
        ),
        // It is known, and cannot be done now.
        (
            Act::returns(SCHEMA),
            "set",
            "the command set has not been found",
        ),
        (
            refused("query-qmp-schema"),
            "sett",
            "the command sett has not been found",
        ),
    ] {
        let machine = FakeMachine::new()
            .on("query-qmp-schema", told)
            .on(name, refused(name));
        let (code, out, err) = against(machine, &["call", name]);
        assert_eq!((code, &*out), (1, ""));
        let begin = "qmp: CommandNotFound: ";
        let told = err.strip_prefix(begin).unwrap().trim_end().to_lowercase();
        assert_eq!(told, message);
    }
}
