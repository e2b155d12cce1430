//! The schema that a machine tells of itself, whole; and what of an answer has to survive the bindings.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use qapi_tests::live::{MONITOR, machine};
use qapi_types::qmp::{commands, types::SchemaInfoBranch};
use qapi_types::{Any, Version};
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

/// The releases whose answers have no member that the schema does not know.
const KNOWN: RangeInclusive<(u32, u32)> = (10, 0)..=(10, 2);

/// What was `written` is what was `said`, but for members that servers have which are younger than the schema, or so old
/// that the schema has forgotten them.
#[track_caller]
pub(crate) fn check_written(server: &Version, said: &Any, written: &Any) {
    let [said, written] = [said, written].map(|json| json.to_value().unwrap());
    let mut unknown = Vec::new();
    compare(&said, &written, "", &mut unknown);
    let known = KNOWN.contains(&(server.major, server.minor));
    assert!(
        !known || unknown.is_empty(),
        "QEMU {server}: not read: {unknown:?}"
    );
}

fn compare(said: &Value, written: &Value, path: &str, unknown: &mut Vec<String>) {
    match (said, written) {
        (Value::Object(said), Value::Object(written)) => {
            for (name, value) in written {
                let before = said
                    .get(name)
                    .unwrap_or_else(|| panic!("{path}.{name} is made up"));
                compare(before, value, &format!("{path}.{name}"), unknown);
            }
            let new = said.keys().filter(|name| !written.contains_key(*name));
            unknown.extend(new.map(|name| format!("{path}.{name}")));
        }
        (Value::Array(said), Value::Array(written)) => {
            assert_eq!(said.len(), written.len(), "{path}");
            for (index, (before, value)) in said.iter().zip(written).enumerate() {
                compare(before, value, &format!("{path}[{index}]"), unknown);
            }
        }
        _ => assert_eq!(said, written, "{path}"),
    }
}
