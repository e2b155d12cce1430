use qapi_client::Schema;
use qapi_types::Any;

use super::form::Form;
use super::free::free;
use super::property::Property;

/// A schema that has every kind of type, types that contain themselves, and types that are not there.
pub(super) const SCHEMA: &str = r#"[
    {"name": "add", "meta-type": "command", "arg-type": "node", "ret-type": "0"},
    {"name": "plain", "meta-type": "command", "arg-type": "plain-arg", "ret-type": "0"},
    {"name": "stop", "meta-type": "command", "arg-type": "0", "ret-type": "0"},
    {"name": "bare", "meta-type": "command"},
    {"name": "lost", "meta-type": "command", "arg-type": "nowhere"},
    {"name": "odd", "meta-type": "command", "arg-type": "odd-arg"},
    {"name": "move", "meta-type": "command", "arg-type": "move-arg", "ret-type": "0"},
    {"name": "device_add", "meta-type": "command", "arg-type": "device", "ret-type": "0"},
    {"name": "0", "meta-type": "object", "members": []},
    {"name": "plain-arg", "meta-type": "object", "members": [
        {"name": "id", "type": "str", "default": null}, {"name": "size", "type": "int", "default": null},
        {"name": "speed", "type": "number", "default": null}, {"name": "force", "type": "bool", "default": null},
        {"name": "mode", "type": "mode", "default": null}, {"name": "value", "type": "any", "default": null},
        {"name": "nothing", "type": "null", "default": null}, {"name": "keys", "type": "[str]", "default": null},
        {"name": "size.max", "type": "int", "default": null}, {"name": "lost", "type": "nowhere", "default": null},
        {"name": "creds", "type": "creds", "default": null}, {"name": "whence", "type": "whence", "default": null},
        {"name": "stat", "type": "stat", "default": null}, {"name": "at", "type": "point", "default": null}]},
    {"name": "mode", "meta-type": "enum", "members": [{"name": "absolute-paths"}, {"name": "existing"}]},
    {"name": "creds", "meta-type": "alternate", "members": [{"type": "str"}, {"type": "null"}]},
    {"name": "whence", "meta-type": "alternate", "members": [{"type": "int"}, {"type": "mode"}]},
    {"name": "stat", "meta-type": "alternate", "members": [{"type": "int"}, {"type": "bool"}, {"type": "[int]"}]},
    {"name": "point", "meta-type": "object", "members": [{"name": "x", "type": "int"}, {"name": "y", "type": "int"}]},
    {"name": "node", "meta-type": "object", "tag": "driver",
        "members": [{"name": "driver", "type": "driver"}, {"name": "node-name", "type": "str", "default": null}],
        "variants": [{"case": "qcow2", "type": "qcow2"}, {"case": "file", "type": "file"}, {"case": "quorum", "type": "quorum"},
            {"case": "null-co", "type": "0"}, {"case": "nbd", "type": "nbd"}]},
    {"name": "driver", "meta-type": "enum",
        "members": [{"name": "qcow2"}, {"name": "file"}, {"name": "quorum"}, {"name": "null-co"}, {"name": "nbd"}]},
    {"name": "qcow2", "meta-type": "object",
        "members": [{"name": "file", "type": "ref"}, {"name": "backing", "type": "ref-or-null", "default": null}]},
    {"name": "file", "meta-type": "object", "members": [{"name": "filename", "type": "str"}, {"name": "aio", "type": "mode", "default": null}]},
    {"name": "quorum", "meta-type": "object", "members": [{"name": "children", "type": "[ref]"}]},
    {"name": "nbd", "meta-type": "object", "members": [{"name": "server", "type": "address"}]},
    {"name": "[ref]", "meta-type": "array", "element-type": "ref"},
    {"name": "ref", "meta-type": "alternate", "members": [{"type": "node"}, {"type": "str"}]},
    {"name": "ref-or-null", "meta-type": "alternate", "members": [{"type": "node"}, {"type": "str"}, {"type": "null"}]},
    {"name": "move-arg", "meta-type": "object", "members": [{"name": "channels", "type": "[channel]"}]},
    {"name": "[channel]", "meta-type": "array", "element-type": "channel"},
    {"name": "channel", "meta-type": "object", "tag": "transport", "members": [{"name": "transport", "type": "transport"}],
        "variants": [{"case": "socket", "type": "address"}, {"case": "exec", "type": "exec"}]},
    {"name": "transport", "meta-type": "enum", "members": [{"name": "socket"}, {"name": "exec"}]},
    {"name": "exec", "meta-type": "object", "members": [{"name": "args", "type": "[str]"}]},
    {"name": "address", "meta-type": "object", "tag": "type", "members": [{"name": "type", "type": "family"}],
        "variants": [{"case": "inet", "type": "inet"}, {"case": "unix", "type": "unix"}]},
    {"name": "family", "meta-type": "enum", "members": [{"name": "inet"}, {"name": "unix"}]},
    {"name": "inet", "meta-type": "object", "members": [{"name": "host", "type": "str"}, {"name": "port", "type": "str"}]},
    {"name": "unix", "meta-type": "object", "members": [{"name": "path", "type": "str"}]},
    {"name": "device", "meta-type": "object",
        "members": [{"name": "driver", "type": "str"}, {"name": "id", "type": "str", "default": null}]},
    {"name": "odd-arg", "meta-type": "object", "tag": "me", "members": [{"name": "me", "type": "self"}, {"name": "me", "type": "int"},
        {"name": "list", "type": "[list]", "default": 1}, {"name": "", "type": "odd-arg", "default": 0}, {"name": "one", "type": "one", "default": null}],
        "variants": [{"case": "me", "type": "odd-arg"}, {"case": "int", "type": "int"}]},
    {"name": "self", "meta-type": "enum", "values": ["me", "int"]},
    {"name": "one", "meta-type": "alternate", "members": [{"type": "one"}, {"type": "[list]"}, {"type": "add"}, {"type": ""}]},
    {"name": "[list]", "meta-type": "array", "element-type": "[list]"},
    {"name": "[str]", "meta-type": "array", "element-type": "str"},
    {"name": "[int]", "meta-type": "array", "element-type": "int"},
    {"name": "str", "meta-type": "builtin", "json-type": "string"},
    {"name": "int", "meta-type": "builtin", "json-type": "int"},
    {"name": "number", "meta-type": "builtin", "json-type": "number"},
    {"name": "bool", "meta-type": "builtin", "json-type": "boolean"},
    {"name": "null", "meta-type": "builtin", "json-type": "null"},
    {"name": "any", "meta-type": "builtin", "json-type": "value"}
]"#;

pub(super) fn schema() -> Schema {
    qapi_types::from_str(SCHEMA).unwrap()
}

/// What the properties of a driver are, as `name type description`.
const PROPERTIES: [&str; 6] = [
    "mq bool ",
    "sse4.1 bool ",
    "queues uint16 ",
    "mem size ",
    "rombar OnOffAuto on/off/auto",
    "ports list ",
];

fn properties() -> Vec<Property> {
    let told = PROPERTIES.map(|property| {
        let mut parts = property.splitn(3, ' ').map(str::to_owned);
        Property {
            name: parts.next().unwrap(),
            ty: parts.next().unwrap(),
            description: parts.next(),
        }
    });
    told.into()
}

/// Fills `words` into the form of a command; the properties of a driver that is named are known.
fn check(words: &str, expected: Result<&str, &str>) {
    let (schema, properties) = (schema(), properties());
    let mut words = words.split(" ");
    let name = words.next().unwrap();
    let mut form = Form::new(schema.command(name).unwrap());
    let words: Vec<_> = words.collect();
    let filled = words.iter().try_for_each(|word| form.fill(word));
    if form.driver().is_some_and(|driver| driver == "net") {
        form.know(&properties);
    }
    let arguments = match &filled {
        Ok(()) => form.arguments().map_err(|mistakes| mistakes.to_string()),
        Err(mistake) => Err(mistake.to_string()),
    };
    let arguments = arguments.map(|it| it.map_or("none".to_owned(), |it| it.to_string()));
    let arguments = arguments.as_deref().map_err(String::as_str);
    assert_eq!(arguments, expected, "{name} {words:?}");
}

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
fn unions_and_alternates() {
    for (words, expected) in [
        (
            "add filename=/a driver=file",
            Ok(r#"{"filename":"/a","driver":"file"}"#),
        ),
        ("add driver=null-co", Ok(r#"{"driver":"null-co"}"#)),
        (
            "add driver=qcow2 file.driver=file file.filename=007 backing=null",
            Ok(r#"{"driver":"qcow2","file":{"driver":"file","filename":"007"},"backing":null}"#),
        ),
        (
            "add driver=qcow2 file=f backing=\"null\"",
            Ok(r#"{"driver":"qcow2","file":"f","backing":"null"}"#),
        ),
        (
            "add driver=qcow2 file=null",
            Ok(r#"{"driver":"qcow2","file":"null"}"#),
        ),
        (
            "add driver=qcow2 file={\"driver\":\"file\"} file.filename=x",
            Ok(r#"{"driver":"qcow2","file":{"driver":"file","filename":"x"}}"#),
        ),
        (
            "add driver=quorum children.0=a children.1.driver=null-co",
            Ok(r#"{"driver":"quorum","children":["a",{"driver":"null-co"}]}"#),
        ),
        (
            "add",
            Err("missing: `driver` (one of qcow2, file, quorum, null-co, nbd)"),
        ),
        (
            "add file=x",
            Err("missing: `driver` (one of qcow2, file, quorum, null-co, nbd)"),
        ),
        (
            "add server.path=x server.typ=inet",
            Err("missing: `driver` (one of qcow2, file, quorum, null-co, nbd)"),
        ),
        (
            "add drivr=qcow2",
            Err(
                "there is no argument `drivr`: did you mean `driver`?\nmissing: `driver` (one of qcow2, file, quorum, null-co, nbd)",
            ),
        ),
        (
            "add driver=qcow filename=x",
            Err(
                "`driver` takes one of qcow2, file, quorum, null-co, nbd, not `qcow`: did you mean `qcow2`?",
            ),
        ),
        (
            "add driver=qcow2 filename=x",
            Err(
                "there is no argument `filename`: there are `driver`, `node-name`, `file`, `backing`\nmissing: `file` (an object or a string)",
            ),
        ),
        (
            "add driver=qcow2 file.driver=fil",
            Err(
                "`file.driver` takes one of qcow2, file, quorum, null-co, nbd, not `fil`: did you mean `file`?",
            ),
        ),
        (
            "add driver=qcow2 file.driver=file",
            Err("missing: `file.filename` (a string)"),
        ),
        (
            "add driver=qcow2 file=a file.driver=file",
            Err("`file` takes an object, not `a`"),
        ),
        (
            "add driver=qcow2 file=[1]",
            Ok(r#"{"driver":"qcow2","file":"[1]"}"#),
        ),
        (
            "add {\"driver\":\"qcow2\",\"file\":[1]}",
            Err("`file` takes an object or a string, not `[1]`"),
        ),
        (
            "add driver=qcow2 file.0=a",
            Err(
                "there is no argument `file.0`: there are `driver`, `node-name`\nmissing: `file.driver` (one of qcow2, file, quorum, null-co, nbd)",
            ),
        ),
        // A union within a union.
        (
            "move channels.0.port=1 channels.0.host=h channels.0.type=inet channels.0.transport=socket",
            Ok(r#"{"channels":[{"port":"1","host":"h","type":"inet","transport":"socket"}]}"#),
        ),
        (
            "move channels.0.transport=socket channels.0.path=x",
            Err("missing: `channels.0.type` (one of inet, unix)"),
        ),
        (
            "move channels.0.host=x",
            Err("missing: `channels.0.transport` (one of socket, exec)"),
        ),
        // Alternates without strings.
        ("plain creds=null", Ok(r#"{"creds":null}"#)),
        ("plain creds=\"null\"", Ok(r#"{"creds":"null"}"#)),
        ("plain creds=5", Ok(r#"{"creds":"5"}"#)),
        ("plain whence=1K", Ok(r#"{"whence":1024}"#)),
        ("plain whence=existing", Ok(r#"{"whence":"existing"}"#)),
        (
            "plain whence=exsting",
            Err(
                "`whence` takes an integer or one of absolute-paths, existing, not `exsting`: did you mean `existing`?",
            ),
        ),
        ("plain stat=on", Ok(r#"{"stat":true}"#)),
        ("plain stat=[1,2]", Ok(r#"{"stat":[1,2]}"#)),
        ("plain stat.0=0x1", Ok(r#"{"stat":[1]}"#)),
        (
            "plain stat=x",
            Err("`stat` takes an integer or on or off or a list, each element an integer, not `x`"),
        ),
        ("plain stat=1 stat=2", Err("`stat` is given twice")),
        (
            "plain stat.x=1",
            Err("`stat.x` is no element of the list: these are 0, 1 and so on"),
        ),
        (
            "plain creds.x=1",
            Err("`creds.x` cannot be: what it is a part of takes a string or null"),
        ),
    ] {
        check(words, expected);
    }
}

#[test]
fn a_device_takes_the_properties_of_its_driver() {
    for (words, expected) in [
        (
            "device_add driver=net mq=on id=5",
            Ok(r#"{"driver":"net","mq":true,"id":"5"}"#),
        ),
        (
            "device_add sse4.1=off driver=net",
            Ok(r#"{"sse4.1":false,"driver":"net"}"#),
        ),
        (
            "device_add driver=net queues=0x10 mem=1M",
            Ok(r#"{"driver":"net","queues":16,"mem":1048576}"#),
        ),
        (
            "device_add driver=net queues=1K",
            Err("`queues` takes an integer (uint16), not `1K`"),
        ),
        (
            "device_add driver=net rombar=on",
            Ok(r#"{"driver":"net","rombar":"on"}"#),
        ),
        (
            "device_add driver=net ports=[\"a\"]",
            Ok(r#"{"driver":"net","ports":["a"]}"#),
        ),
        (
            "device_add driver=net ports.0=a",
            Ok(r#"{"driver":"net","ports":["a"]}"#),
        ),
        (
            "device_add driver=net mq.x=1",
            Err("`mq.x` cannot be: what it is a part of takes on or off"),
        ),
        (
            "device_add driver=net queus=1",
            Err("there is no argument `queus`: did you mean `queues`?"),
        ),
        (
            "device_add {\"driver\":\"net\",\"mq\":\"on\"}",
            Err("`mq` takes on or off, not `\"on\"`"),
        ),
        // Nobody knows that one.
        (
            "device_add driver=disk mq=true queues=1 a=on",
            Ok(r#"{"driver":"disk","mq":true,"queues":1,"a":"on"}"#),
        ),
        ("device_add mq=true", Err("missing: `driver` (a string)")),
    ] {
        check(words, expected);
    }
}

#[test]
fn what_a_form_is_open_to() {
    let (schema, properties) = (schema(), properties());
    for (command, words, begin, expected) in [
        ("stop", "", "", ""),
        ("lost", "", "", ""),
        ("add", "", "", "driver! node-name"),
        (
            "add",
            "driver=qcow2",
            "",
            "driver!+ node-name file! backing",
        ),
        ("add", "driver=qcow2", "ba", "backing"),
        (
            "add",
            "driver=qcow2",
            "file.",
            "file.driver! file.node-name",
        ),
        (
            "add",
            "driver=qcow2 file.driver=file",
            "file.",
            "file.driver!+ file.node-name file.filename! file.aio",
        ),
        (
            "add",
            "driver=qcow2 file.driver=file",
            "file.f",
            "file.filename!",
        ),
        ("add", "driver=quorum", "children", "children!"),
        ("add", "driver=quorum", "children.", "children.0"),
        (
            "add",
            "driver=quorum children.0=a",
            "children.",
            "children.0+ children.1",
        ),
        (
            "add",
            "driver=quorum",
            "children.0.",
            "children.0.driver! children.0.node-name",
        ),
        ("add", "{\"driver\":\"qcow2\"", "", "driver! node-name"),
        ("add", "{\"driver\":\"qcow2\"}", "f", "file!"),
        ("plain", "", "size.", "size.max"),
        ("plain", "", "value.", ""),
        ("plain", "", "id.", ""),
        ("plain", "", "no.such.thing", ""),
        (
            "move",
            "channels.0.transport=socket",
            "channels.0.",
            "channels.0.transport!+ channels.0.type!",
        ),
        (
            "device_add",
            "driver=net",
            "",
            "driver!+ id mq sse4.1 queues mem rombar ports",
        ),
        ("device_add", "driver=net", "sse4.", "sse4.1"),
        ("device_add", "driver=disk", "", "driver!+ id"),
        ("odd", "me=me", "", "me!+ list  one"),
    ] {
        let mut form = Form::new(schema.command(command).unwrap());
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            // What is no word yet is not there.
            let _ = form.fill(word);
        }
        if form.driver().is_some_and(|driver| driver == "net") {
            form.know(&properties);
        }
        let fields = form.fields(begin).into_iter().map(|field| {
            let required = if field.optional { "" } else { "!" };
            let filled = if field.is_filled { "+" } else { "" };
            format!("{}{required}{filled}", field.path)
        });
        let fields: Vec<_> = fields.collect();
        assert_eq!(fields.join(" "), expected, "{command} {words} {begin}");
    }
}

#[test]
fn what_a_key_is() {
    let (schema, properties) = (schema(), properties());
    for (words, key, place, takes, values) in [
        (
            "add",
            "driver",
            "add/arg/driver",
            "one of qcow2, file, quorum, null-co, nbd",
            "qcow2 file quorum null-co nbd",
        ),
        (
            "add driver=qcow2",
            "file",
            "add/arg/qcow2/file",
            "an object or a string",
            "",
        ),
        (
            "add driver=qcow2",
            "backing",
            "add/arg/qcow2/backing",
            "an object or a string or null",
            "null",
        ),
        (
            "add driver=qcow2 file.driver=file",
            "file.aio",
            "add/arg/qcow2/file/file/aio",
            "one of absolute-paths, existing",
            "absolute-paths existing",
        ),
        (
            "add driver=quorum",
            "children.7",
            "add/arg/quorum/children",
            "an object or a string",
            "",
        ),
        (
            "move channels.0.transport=socket channels.0.type=inet",
            "channels.0.host",
            "move/arg/channels/socket/inet/host",
            "a string",
            "",
        ),
        ("plain", "force", "plain/arg/force", "on or off", "on off"),
        ("plain", "size.max", "plain/arg/size.max", "an integer", ""),
        ("plain", "value.a.b", "plain/arg/value", "any value", ""),
        (
            "device_add driver=net",
            "rombar",
            "device_add/arg/rombar",
            "one of on, off, auto",
            "on off auto",
        ),
        (
            "device_add driver=net",
            "ports",
            "device_add/arg/ports",
            "a value of the type list",
            "",
        ),
        (
            "device_add driver=disk",
            "x.y",
            "device_add/arg",
            "any value",
            "",
        ),
    ] {
        let mut words = words.split(' ');
        let mut form = Form::new(schema.command(words.next().unwrap()).unwrap());
        words.for_each(|word| form.fill(word).unwrap());
        if form.driver().is_some_and(|driver| driver == "net") {
            form.know(&properties);
        }
        let field = form.field(key).unwrap();
        assert_eq!(field.path, key);
        let told = (
            &*field.place,
            &*field.takes.to_string(),
            &*field.takes.values().join(" "),
        );
        assert_eq!(told, (place, takes, values), "{key}");
    }
    let form = Form::new(schema.command("plain").unwrap());
    for key in ["", "x", "id.x", "at.z", "keys.x", "at.x.y"] {
        assert!(form.field(key).is_none(), "{key}");
    }
}

#[test]
fn hostile_schemas_are_harmless() {
    let deep = |begin: &str, end: &str| format!("{}1{}", begin.repeat(900), end.repeat(900));
    for word in [
        format!("list={}", deep("[", "]")),
        format!("list.{}0=1", "0.".repeat(10_000)),
        format!("{}me=me", ".".repeat(10_000)),
        format!("one.{}0=1", "0.".repeat(10_000)),
        format!("{{\"\": {}}}", deep("{\"\":", "}")),
        "one=1".to_owned(),
        "=1".to_owned(),
        "me=me".to_owned(),
        "me=int".to_owned(),
    ] {
        let schema = schema();
        let mut form = Form::new(schema.command("odd").unwrap());
        let _ = form.fill(&word);
        let _ = form.arguments().map_err(|mistakes| mistakes.to_string());
        let _ = (form.missing(), form.fields(&word), form.field(&word));
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
