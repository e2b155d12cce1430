//! The schema that a machine tells of itself, whole; and what of an answer has to survive the bindings.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use qapi_codegen::emit::introspect::{defines, introspect};
use qapi_codegen::schema::{Filter, Schema};
use qapi_tests::live::{self, MONITOR, machine};
use qapi_tests::trees::{newest_release, schema, trees};
use qapi_types::qmp::{commands, types::SchemaInfoBranch};
use qapi_types::{Any, Command, Version};
use serde_json::Value;

#[test]
fn the_whole_schema_is_read() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let entities = client.execute(&commands::QueryQmpSchema).unwrap();
    let names: HashSet<&str> = entities.iter().map(|entity| &*entity.name).collect();
    assert_eq!(names.len(), entities.len());

    // Every type that is named is there: nothing was dropped on the way.
    let mut named = Vec::new();
    let mut commands = HashSet::new();
    for entity in &entities {
        match &entity.meta_type {
            SchemaInfoBranch::Builtin(_) | SchemaInfoBranch::Enum(_) => {}
            SchemaInfoBranch::Array(array) => named.push(&array.element_type),
            SchemaInfoBranch::Object(object) => {
                named.extend(object.members.iter().map(|member| &member.r#type));
                named.extend(
                    object
                        .variants
                        .iter()
                        .flatten()
                        .map(|variant| &variant.r#type),
                );
            }
            SchemaInfoBranch::Alternate(alternate) => {
                named.extend(alternate.members.iter().map(|member| &member.r#type));
            }
            SchemaInfoBranch::Command(command) => {
                commands.insert(&*entity.name);
                named.extend([&command.arg_type, &command.ret_type]);
            }
            SchemaInfoBranch::Event(event) => named.push(&event.arg_type),
            branch => panic!("{}: {branch:?}", entity.name),
        }
    }
    let lost: Vec<_> = named
        .iter()
        .filter(|name| !names.contains(name.as_str()))
        .collect();
    assert!(
        named.len() > 1000 && lost.is_empty(),
        "{} of {}: {lost:?}",
        lost.len(),
        named.len()
    );

    let answered = client.execute(&commands::QueryCommands).unwrap();
    let answered: HashSet<&str> = answered.iter().map(|command| &*command.name).collect();
    assert_eq!(commands, answered);
}

/// What the machine says of itself is, to the number, what the emitter makes of the schema that it was built from. Of
/// several trees of its release one is that: what has been added in between by a stable release is in the others.
#[test]
fn the_whole_schema_is_reproduced() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let server = client.greeting().version.clone();
    let release = Some((server.major, server.minor));
    let schemas = trees().into_iter().map(|tree| (schema(&tree), tree));
    let schemas: Vec<_> = schemas
        .filter(|(schema, _)| newest_release(schema) == release)
        .collect();
    if schemas.is_empty() {
        live::say(&format!(
            "left out: introspection of QEMU {server}: no tree of its release in QEMU_SRC and QEMU_SRC_OTHERS"
        ));
        return;
    }
    let answer = client.execute_raw(commands::QueryQmpSchema::NAME, None);
    let answer = answer.unwrap().to_value().unwrap();
    let mut failures = Vec::new();
    for (schema, tree) in &schemas {
        match reproduce(schema, &answer) {
            Ok(()) => return,
            Err(error) => failures.push(format!("{}: {error}", tree.display())),
        }
    }
    panic!("QEMU {server}: {}", failures.join("\n"));
}

fn reproduce(schema: &Schema, answer: &Value) -> Result<(), String> {
    let found = defines(schema, answer).map_err(|error| error.to_string())?;
    let filter = Filter {
        defines: Some(found),
        ..Filter::default()
    };
    let ours = introspect(schema, &filter);
    if ours == *answer {
        return Ok(());
    }
    let [ours, theirs] = [&ours, answer].map(|entries| entries.as_array().expect("an array"));
    let mut pairs = ours.iter().zip(theirs);
    Err(match pairs.find(|(ours, theirs)| ours != theirs) {
        Some((ours, theirs)) => format!("{ours} and {theirs}"),
        None => format!("{} entries and {}", ours.len(), theirs.len()),
    })
}

/// The releases whose answers have no member that the schema does not know.
pub(crate) const KNOWN: RangeInclusive<(u32, u32)> = (10, 0)..=(10, 2);

/// What was `written` is what was `said`, but for members that servers have which are younger than the schema, or so old
/// that the schema has forgotten them.
#[track_caller]
pub(crate) fn check_written(server: &Version, said: &Any, written: &Any) {
    let differences = differences(server, said, written);
    assert!(differences.is_empty(), "QEMU {server}: {differences:?}");
}

/// Where what was `written` is not what was `said`, as [`check_written`] sees it.
pub(crate) fn differences(server: &Version, said: &Any, written: &Any) -> Vec<String> {
    let [said, written] = [said, written].map(|json| json.to_value().unwrap());
    let known = KNOWN.contains(&(server.major, server.minor));
    let mut found = Vec::new();
    compare(&said, &written, "", known, &mut found);
    found
}

fn compare(said: &Value, written: &Value, path: &str, known: bool, found: &mut Vec<String>) {
    match (said, written) {
        (Value::Object(said), Value::Object(written)) => {
            for (name, value) in written {
                let path = format!("{path}.{name}");
                match said.get(name) {
                    Some(before) => compare(before, value, &path, known, found),
                    None => found.push(format!("{path} is made up")),
                }
            }
            let unread = said.keys().filter(|name| !written.contains_key(*name));
            found.extend(
                unread
                    .filter(|_| known)
                    .map(|name| format!("{path}.{name} is not read")),
            );
        }
        (Value::Array(said), Value::Array(written)) if said.len() == written.len() => {
            for (index, (before, value)) in said.iter().zip(written).enumerate() {
                compare(before, value, &format!("{path}[{index}]"), known, found);
            }
        }
        // A number may be written in another way: 1 for 1.0.
        (Value::Number(said), Value::Number(written))
            if (said.is_f64() || written.is_f64()) && said.as_f64() == written.as_f64() => {}
        _ if said == written => {}
        _ => found.push(format!("{path} was {said} and is {written}")),
    }
}

#[test]
fn differences_are_seen() {
    let [known, younger] = [10, 11].map(|major| Version {
        major,
        minor: 0,
        micro: 0,
        package: String::new(),
    });
    for (server, said, written, expected) in [
        (
            &known,
            r#"{"a": [1.0], "b": "1"}"#,
            r#"{"b": "1", "a": [1]}"#,
            None,
        ),
        (
            &known,
            r#"{"a": {"b": 1}}"#,
            r#"{"a": {}}"#,
            Some(".a.b is not read"),
        ),
        (&younger, r#"{"a": {"b": 1}}"#, r#"{"a": {}}"#, None),
        (&younger, "[{}]", r#"[{"a": 1}]"#, Some("[0].a is made up")),
        (&younger, "[1, 2]", "[1]", Some(" was [1,2] and is [1]")),
        (
            &known,
            r#"{"a": 1}"#,
            r#"{"a": "1"}"#,
            Some(r#".a was 1 and is "1""#),
        ),
        (
            &known,
            "18446744073709551615",
            "18446744073709551614",
            Some(" was 18446744073709551615 and is 18446744073709551614"),
        ),
    ] {
        let found = differences(server, &said.parse().unwrap(), &written.parse().unwrap());
        assert_eq!(found, Vec::from_iter(expected), "{said} and {written}");
    }
}
