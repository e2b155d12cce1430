use super::{properties, schema};
use crate::qmp::arguments::Form;

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

/// What is missing, and where the schema has it.
#[test]
fn what_is_missing() {
    let schema = schema();
    for (words, expected) in [
        ("stop", &[][..]),
        ("add", &["driver add/arg/driver"]),
        ("add driver=qcow2", &["file add/arg/qcow2/file"]),
        (
            "add driver=qcow2 file.driver=file",
            &["file.filename add/arg/qcow2/file/file/filename"],
        ),
        (
            "move channels.1.transport=socket channels.1.path=x",
            &["channels.0 move/arg/channels"],
        ),
        (
            "move channels.0.transport=socket channels.0.type=inet",
            &[
                "channels.0.host move/arg/channels/socket/inet/host",
                "channels.0.port move/arg/channels/socket/inet/port",
            ],
        ),
    ] {
        let mut words = words.split(' ');
        let mut form = Form::new(schema.command(words.next().unwrap()).unwrap());
        words.for_each(|word| form.fill(word).unwrap());
        let missing = form.missing().into_iter();
        let missing: Vec<_> = missing
            .map(|it| format!("{} {}", it.path, it.place))
            .collect();
        assert_eq!(missing, expected);
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
