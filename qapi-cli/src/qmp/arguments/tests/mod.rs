mod examples;
mod form;
#[cfg(unix)]
mod machine;
#[cfg(unix)]
mod recordings;
mod unions;
mod values;

use qapi_client::Schema;

use super::form::Form;
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
