use qapi_types::Any;

use super::check;
use crate::qmp::arguments::free;

#[test]
fn values_are_read_by_their_types() {
    for (words, expected) in [
        ("stop", Ok("none")),
        ("bare", Ok("none")),
        // Strings are what stands there.
        ("plain id=007", Ok(r#"{"id":"007"}"#)),
        ("plain id=null", Ok(r#"{"id":"null"}"#)),
        ("plain id=1.0", Ok(r#"{"id":"1.0"}"#)),
        ("plain id=on", Ok(r#"{"id":"on"}"#)),
        ("plain id=", Ok(r#"{"id":""}"#)),
        ("plain id={a=b", Ok(r#"{"id":"{a=b"}"#)),
        ("plain id=\"5\"", Ok(r#"{"id":"5"}"#)),
        (r#"plain id="a\"\u00e9""#, Ok(r#"{"id":"a\"é"}"#)),
        (r#"plain id="5"#, Ok(r#"{"id":"\"5"}"#)),
        (r#"plain id=""#, Ok(r#"{"id":"\""}"#)),
        // Integers, numbers, bools.
        ("plain size=007", Ok(r#"{"size":7}"#)),
        ("plain size=0x10", Ok(r#"{"size":16}"#)),
        ("plain size=-1", Ok(r#"{"size":-1}"#)),
        ("plain size=4G", Ok(r#"{"size":4294967296}"#)),
        (
            "plain size=18446744073709551615",
            Ok(r#"{"size":18446744073709551615}"#),
        ),
        (
            "plain size=18446744073709551616",
            Err("`size` takes an integer, not `18446744073709551616`"),
        ),
        ("plain size=1.0", Err("`size` takes an integer, not `1.0`")),
        (
            "plain size=\"5\"",
            Err("`size` takes an integer, not `\"5\"`"),
        ),
        ("plain size=", Err("`size` takes an integer, not ``")),
        ("plain speed=1.5e3", Ok(r#"{"speed":1.5e3}"#)),
        (
            "plain speed=fast",
            Err("`speed` takes a number, not `fast`"),
        ),
        ("plain force=on", Ok(r#"{"force":true}"#)),
        ("plain force=false", Ok(r#"{"force":false}"#)),
        ("plain force=1", Err("`force` takes on or off, not `1`")),
        (
            "plain force=\"on\"",
            Err("`force` takes on or off, not `\"on\"`"),
        ),
        ("plain nothing=null", Ok(r#"{"nothing":null}"#)),
        ("plain nothing=0", Err("`nothing` takes null, not `0`")),
        // Enums.
        ("plain mode=existing", Ok(r#"{"mode":"existing"}"#)),
        ("plain mode=\"existing\"", Ok(r#"{"mode":"existing"}"#)),
        (
            "plain mode=exsting",
            Err(
                "`mode` takes one of absolute-paths, existing, not `exsting`: did you mean `existing`?",
            ),
        ),
        (
            "plain mode=none",
            Err("`mode` takes one of absolute-paths, existing, not `none`"),
        ),
        // Whatever there is.
        ("plain value=5", Ok(r#"{"value":5}"#)),
        ("plain value=\"5\"", Ok(r#"{"value":"5"}"#)),
        ("plain value=on", Ok(r#"{"value":"on"}"#)),
        ("plain value={\"a\":1}", Ok(r#"{"value":{"a":1}}"#)),
        (
            "plain value={a",
            Err(
                "`value` begins like JSON and is none: expected a member's name, found 'a' at byte 1, near `{a`",
            ),
        ),
        (
            "plain value.a.b=1 value.a.c=x",
            Ok(r#"{"value":{"a":{"b":1,"c":"x"}}}"#),
        ),
        ("plain value.1=b value.0=a", Ok(r#"{"value":["a","b"]}"#)),
        (
            "plain value={\"a\":1} value.b=2",
            Ok(r#"{"value":{"a":1,"b":2}}"#),
        ),
        ("plain value=1 value.b=2", Err("`value` is given twice")),
        ("plain lost=7", Ok(r#"{"lost":7}"#)),
        ("lost a=1 b.c=x", Ok(r#"{"a":1,"b":{"c":"x"}}"#)),
        ("lost 0=1", Ok(r#"{"0":1}"#)),
        ("bare a=1", Ok(r#"{"a":1}"#)),
    ] {
        check(words, expected);
    }
}

#[test]
fn lists_objects_and_keys() {
    for (words, expected) in [
        ("plain keys=[\"a\",\"b\"]", Ok(r#"{"keys":["a","b"]}"#)),
        ("plain keys=[]", Ok(r#"{"keys":[]}"#)),
        ("plain keys.0=a keys.1=on", Ok(r#"{"keys":["a","on"]}"#)),
        (
            "plain keys.1=b id=x keys.0=5",
            Ok(r#"{"keys":["5","b"],"id":"x"}"#),
        ),
        ("plain keys=[\"a\"] keys.1=b", Ok(r#"{"keys":["a","b"]}"#)),
        ("plain keys.1=b", Err("missing: `keys.0` (a string)")),
        (
            "plain keys.99999999999999999999=b",
            Err("`keys.99999999999999999999` is no element of the list: these are 0, 1 and so on"),
        ),
        (
            "plain keys.x=b",
            Err("`keys.x` is no element of the list: these are 0, 1 and so on"),
        ),
        (
            "plain keys=a",
            Err("`keys` takes a list, each element a string, not `a`"),
        ),
        ("plain keys=[1]", Err("`keys.0` takes a string, not `1`")),
        (
            "plain keys=[",
            Err(
                "`keys` begins like JSON and is none: expected a value, found the end of the text at byte 1, near `[`",
            ),
        ),
        ("plain keys.0=a keys.00=b", Err("`keys.0` is given twice")),
        ("plain at.x=1 at.y=2", Ok(r#"{"at":{"x":1,"y":2}}"#)),
        ("plain at={\"x\":1} at.y=2", Ok(r#"{"at":{"x":1,"y":2}}"#)),
        ("plain at={\"x\":1,\"y\":2}", Ok(r#"{"at":{"x":1,"y":2}}"#)),
        (
            "plain at={\"x\":1.5,\"y\":\"2\"}",
            Err("`at.x` takes an integer, not `1.5`\n`at.y` takes an integer, not `\"2\"`"),
        ),
        (
            "plain at={\"x\":1,\"x\":2,\"y\":1}",
            Err("`at.x` is given twice"),
        ),
        ("plain at=5", Err("`at` takes an object, not `5`")),
        (
            "plain at={}",
            Err("missing: `at.x` (an integer); `at.y` (an integer)"),
        ),
        // Names with dots.
        ("plain size.max=1 size=2", Ok(r#"{"size.max":1,"size":2}"#)),
        ("plain {\"size.max\":1}", Ok(r#"{"size.max":1}"#)),
        (
            "plain size.min=1",
            Err("`size.min` cannot be: what it is a part of takes an integer"),
        ),
        (
            "plain {\"at.x\":1}",
            Err("there is no argument `at.x`: did you mean `at`?"),
        ),
    ] {
        check(words, expected);
    }
}

#[test]
fn words_that_are_no_arguments() {
    for (words, expected) in [
        (
            "plain id",
            Err("`id` is neither KEY=VALUE nor a JSON object"),
        ),
        (
            "plain =5",
            Err("`=5` is neither KEY=VALUE nor a JSON object"),
        ),
        (
            "plain [1]",
            Err("`[1]` is neither KEY=VALUE nor a JSON object"),
        ),
        (
            "plain {a}",
            Err(
                "the arguments are not JSON: expected a member's name, found 'a' at byte 1, near `{a}`",
            ),
        ),
        ("plain {\"id\":\"a\"} size=1", Ok(r#"{"id":"a","size":1}"#)),
        ("plain {\"id\":\"a\"} id=b", Err("`id` is given twice")),
        ("plain id=a id=b", Err("`id` is given twice")),
        (
            "plain {\"size\":\"5\"}",
            Err("`size` takes an integer, not `\"5\"`"),
        ),
        (
            "plain sise=1",
            Err("there is no argument `sise`: did you mean `size`?"),
        ),
        (
            "plain id.a=1",
            Err("`id.a` cannot be: what it is a part of takes a string"),
        ),
        (
            "stop id=1",
            Err("there is no argument `id`: there are none"),
        ),
        (
            "plain size=x force=y mode=z",
            Err(
                "`size` takes an integer, not `x`\n`force` takes on or off, not `y`\n`mode` takes one of absolute-paths, existing, not `z`",
            ),
        ),
    ] {
        check(words, expected);
    }
}

#[test]
fn without_a_schema_values_are_json_or_strings() {
    for (words, expected) in [
        (&[][..], Ok(None)),
        (&[r#" {"a": 1} "#], Ok(Some(r#"{"a": 1}"#))),
        (
            &["id=disk0", "mq=true"],
            Ok(Some(r#"{"id":"disk0","mq":true}"#)),
        ),
        (
            &["n=5", r#"s="5""#, "l=[1, 2]", "e=", "q=a\"b", "x=a=b"],
            Ok(Some(
                r#"{"n":5,"s":"5","l":[1, 2],"e":"","q":"a\"b","x":"a=b"}"#,
            )),
        ),
        (&["a.b=1", "a.c=d"], Ok(Some(r#"{"a":{"b":1,"c":"d"}}"#))),
        (&["a=1", "a=2"], Err("`a` is given twice")),
        (
            &["a=[1"],
            Err(
                "`a` begins like JSON and is none: expected `,` or `]`, found the end of the text at byte 2, near `[1`",
            ),
        ),
        (&["a"], Err("`a` is neither KEY=VALUE nor a JSON object")),
        (
            &["[1]"],
            Err("`[1]` is neither KEY=VALUE nor a JSON object"),
        ),
        (
            &["{a}"],
            Err(
                "the arguments are not JSON: expected a member's name, found 'a' at byte 1, near `{a}`",
            ),
        ),
    ] {
        let words: Vec<_> = words.iter().map(|word| word.to_string()).collect();
        let read = free(&words).map_err(|mistakes| mistakes.to_string());
        let read = read.as_ref().map(|value| value.as_ref().map(Any::as_json));
        assert_eq!(read.map_err(String::as_str), expected, "{words:?}");
    }
}
