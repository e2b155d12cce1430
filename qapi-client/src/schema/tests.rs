use std::fmt::Write;

use super::{Item, JsonType, Schema, Type};

const SCHEMA: &str = r#"[
    {"name": "get", "meta-type": "command", "arg-type": "0", "ret-type": "[1]", "features": ["deprecated"]},
    {"name": "GONE", "meta-type": "event", "arg-type": "1"},
    {"name": "0", "meta-type": "object", "members": []},
    {"name": "1", "meta-type": "object", "tag": "kind",
        "members": [{"name": "kind", "type": "2"}, {"name": "old", "type": "int", "features": ["deprecated"]}, {"name": "next", "type": "3"}],
        "variants": [{"case": "disk", "type": "4"}, {"case": "none", "type": "0"}]},
    {"name": "[1]", "meta-type": "array", "element-type": "1"},
    {"name": "2", "meta-type": "enum", "members": [{"name": "disk", "features": ["unstable"]}, {"name": "none"}], "values": ["disk", "none"]},
    {"name": "3", "meta-type": "alternate", "members": [{"type": "1"}, {"type": "5"}, {"type": "3"}]},
    {"name": "4", "meta-type": "object", "members": [{"name": "size", "type": "int"}]},
    {"name": "5", "meta-type": "enum", "values": ["past"]},
    {"name": "int", "meta-type": "builtin", "json-type": "int"},
    {"name": "new", "meta-type": "news", "more": {}}
]"#;

#[test]
fn paths() {
    let schema: Schema = qapi_types::from_str(SCHEMA).unwrap();
    for (path, expected) in [
        ("get", true),
        ("gets", false),
        ("g*", true),
        ("int", false),
        ("get/arg", true),
        ("get/arg/kind", false),
        ("get/feature:deprecated", true),
        ("get/feature:unstable", false),
        ("get/ret/kind", true),
        ("get/ret/kind/disk", true),
        ("get/ret/kind/tape", false),
        ("get/ret/kind/disk/feature:unstable", true),
        ("get/ret/kind/none/feature:unstable", false),
        ("get/ret/old/feature:*", true),
        ("get/ret/disk/size", true),
        ("get/ret/none/size", false),
        ("get/ret/*/size", true),
        ("get/ret/next/next/next/kind", true),
        ("get/ret/next/past", true),
        ("GONE/arg/old", true),
        ("GONE/ret", false),
        ("*/*/*/*/*/*/*/*/*/*/*/*/size", true),
        ("", false),
    ] {
        assert_eq!(schema.has(path), expected, "{path}");
    }
}

fn schema(text: &str) -> Schema {
    qapi_types::from_str(text).unwrap()
}

#[test]
fn places_are_told_with_what_they_are() {
    let schema = schema(SCHEMA);
    for (path, expected) in [
        ("*", &["get Command", "GONE Event"][..]),
        ("get/*", &["get/arg Argument", "get/ret Returned"]),
        ("G*/*", &["GONE/arg Argument"]),
        (
            "get/ret/*",
            &[
                "get/ret/kind Member",
                "get/ret/old Member",
                "get/ret/next Member",
                "get/ret/disk Branch",
                "get/ret/none Branch",
            ],
        ),
        (
            "*/*/kind/disk",
            &["get/ret/kind/disk Value", "GONE/arg/kind/disk Value"],
        ),
        (
            "get/ret/next/*",
            &[
                "get/ret/next/past Value",
                "get/ret/next/kind Member",
                "get/ret/next/old Member",
                "get/ret/next/next Member",
                "get/ret/next/disk Branch",
                "get/ret/next/none Branch",
            ],
        ),
        ("*/feature:*", &["get/feature:deprecated Feature"]),
        ("nothing", &[]),
    ] {
        let places = schema.find(path);
        let places: Vec<_> = places.iter().map(told).collect();
        assert_eq!(places, expected, "{path}");
    }
}

fn told(place: &super::Place<'_>) -> String {
    let what = format!("{:?}", place.item);
    let (what, _) = what.split_once('(').unwrap();
    format!("{} {what}", place.path)
}

/// What there is of a schema, down from its commands and events.
#[test]
fn all_is_given_out() {
    let schema = schema(
        r#"[
        {"name": "set", "meta-type": "command", "arg-type": "0", "ret-type": "int", "allow-oob": true, "features": ["unstable"]},
        {"name": "GONE", "meta-type": "event", "arg-type": "7", "features": ["deprecated"]},
        {"name": "bare", "meta-type": "command"},
        {"name": "0", "meta-type": "object", "tag": "kind", "features": ["json-cli"],
            "members": [{"name": "kind", "type": "1"}, {"name": "of", "type": "[2]", "default": null, "features": ["deprecated"]}],
            "variants": [{"case": "disk", "type": "3"}]},
        {"name": "1", "meta-type": "enum", "members": [{"name": "disk", "features": ["unstable"]}, {"name": "none"}], "values": ["x"]},
        {"name": "[2]", "meta-type": "array", "element-type": "2"},
        {"name": "2", "meta-type": "alternate", "members": [{"type": "str"}, {"type": "lost"}, {"type": "set"}, {"type": "news"}]},
        {"name": "3", "meta-type": "object", "members": []},
        {"name": "news", "meta-type": "news"},
        {"name": "str", "meta-type": "builtin", "json-type": "string"},
        {"name": "int", "meta-type": "builtin", "json-type": "int"}
    ]"#,
    );
    let mut told = String::new();
    for command in schema.commands() {
        let oob = command.allow_oob();
        writeln!(told, "{} {oob} {:?}", command.name(), command.features()).unwrap();
        for ty in [command.argument_type(), command.return_type()] {
            tell(ty, &mut told);
        }
    }
    for event in schema.events() {
        writeln!(told, "{} {:?}", event.name(), event.features()).unwrap();
        tell(event.argument_type(), &mut told);
    }
    let expected = "\
set true [\"unstable\"]
object 0 [\"json-cli\"] by Some(\"kind\")
kind false []: enum disk [\"unstable\"] none []
of true [\"deprecated\"]: list of any of String, lost?, set?, news?
disk: object 3 [] by None
Int
bare false []
-
-
GONE [\"deprecated\"]
7?
";
    assert_eq!(told, expected);
}

fn tell(ty: Option<Type<'_>>, told: &mut String) {
    match ty {
        Some(Type::Object(object)) => {
            let ty = Type::Object(object);
            let (name, features) = (ty.name(), ty.features());
            writeln!(told, "object {name} {features:?} by {:?}", object.tag()).unwrap();
            for member in object.members() {
                let (name, features) = (member.name(), member.features());
                write!(told, "{name} {} {features:?}: ", member.is_optional()).unwrap();
                tell(Some(member.ty()), told);
            }
            for branch in object.branches() {
                write!(told, "{}: ", branch.name()).unwrap();
                tell(Some(branch.ty()), told);
            }
        }
        Some(ty) => writeln!(told, "{}", word(ty)).unwrap(),
        None => writeln!(told, "-").unwrap(),
    }
}

fn word(ty: Type<'_>) -> String {
    match ty {
        Type::Builtin(builtin) => format!("{:?}", builtin.json_type()),
        Type::Enum(ty) => {
            let values = ty.values();
            let values = values.map(|value| format!(" {} {:?}", value.name(), value.features()));
            format!("enum{}", values.collect::<String>())
        }
        Type::Array(array) => format!("list of {}", word(array.element_type())),
        Type::Object(_) => "object".to_owned(),
        Type::Alternate(alternate) => {
            let types: Vec<_> = alternate.types().map(word).collect();
            format!("any of {}", types.join(", "))
        }
        Type::Unrecognized(name) => format!("{name}?"),
    }
}

#[test]
fn json_types() {
    for (told, expected) in [
        ("string", JsonType::String),
        ("number", JsonType::Number),
        ("int", JsonType::Int),
        ("boolean", JsonType::Boolean),
        ("null", JsonType::Null),
        ("object", JsonType::Object),
        ("array", JsonType::Array),
        ("value", JsonType::Value),
        ("colour", JsonType::Unrecognized),
    ] {
        let schema = schema(&format!(
            r#"[{{"name": "c", "meta-type": "command", "arg-type": "b"}},
                {{"name": "b", "meta-type": "builtin", "json-type": "{told}"}}]"#
        ));
        match schema.command("c").and_then(|c| c.argument_type()) {
            Some(Type::Builtin(builtin)) => assert_eq!(builtin.json_type(), expected, "{told}"),
            other => panic!("{other:?}"),
        }
    }
}

/// Types that contain themselves, and more ways than there is time for.
#[test]
fn hostile_schemas_are_harmless() {
    let mut text = String::from("[");
    for n in 0..2000 {
        write!(
            text,
            r#"{{"name": "c{n}", "meta-type": "command", "arg-type": "o", "ret-type": "a0"}},"#
        )
        .unwrap();
        let next = n + 1;
        write!(
            text,
            r#"{{"name": "a{n}", "meta-type": "array", "element-type": "x{n}"}},"#
        )
        .unwrap();
        write!(text, r#"{{"name": "x{n}", "meta-type": "alternate", "members": [{{"type": "a{next}"}}, {{"type": "a0"}}, {{"type": "o"}}]}},"#).unwrap();
    }
    let members: Vec<_> = (0..2000)
        .map(|n| format!(r#"{{"name": "m{n}", "type": "o"}}"#))
        .collect();
    write!(
        text,
        r#"{{"name": "o", "meta-type": "object", "tag": "none", "members": [{}], "variants": [{{"case": "b", "type": "o"}}, {{"case": "c", "type": "c0"}}]}}]"#,
        members.join(",")
    )
    .unwrap();
    let schema = schema(&text);
    for (path, expected) in [
        ("*/*/*/*/*/m7", true),
        ("c9/ret/b/b/b/*/*/*/m*", true),
        ("*/ret/*/feature:*", false),
        ("c1/arg/c/arg", false),
    ] {
        assert_eq!(schema.has(path), expected, "{path}");
    }
    // Each is there once: 2,000 members, the branches `b` and `c`.
    assert_eq!(schema.find("*/*/*/*").len(), 2002);
    assert_eq!(schema.find("c1/ret/*").len(), 2002);
    let item = schema.find("c1/arg/m1/m2/m3").pop().map(|place| place.item);
    assert!(matches!(item, Some(Item::Member(member)) if member.name() == "m3"));
}
