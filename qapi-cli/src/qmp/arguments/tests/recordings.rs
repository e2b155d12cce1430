//! What clients have said to machines of other versions and architectures, whose schemas are others.

use std::{fs, path::Path};

use qapi_client::Schema;
use qapi_types::Any;
use serde_json::{Deserializer, Value};

use super::examples::say_again;
use super::machine::everything_can_be_filled_in;

/// `QMP_RECORDINGS` names the folder of `*.replies`.
#[test]
fn recorded_arguments_can_be_said_in_words() {
    let Some(folder) = qapi_tests::folder("QMP_RECORDINGS", "recordings: what clients have said")
    else {
        return;
    };
    let (mut schemas, mut said) = (0, 0);
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_none_or(|extension| extension != "replies")
        {
            continue;
        }
        let (schema, requests) = read(&path);
        everything_can_be_filled_in(&schema);
        schemas += 1;
        for (name, arguments) in requests {
            let Some(command) = schema.command(&name) else {
                continue;
            };
            say_again(command, &arguments);
            said += 1;
        }
    }
    assert!(schemas > 3 && said > 100, "{schemas} {said}");
}

/// The schema that a machine has told, and the commands that it was given, with arguments.
fn read(path: &Path) -> (Schema, Vec<(String, Any)>) {
    let text = fs::read_to_string(path).unwrap();
    let values = Deserializer::from_str(&text).into_iter::<Value>();
    let values: Vec<Value> = values.map(Result::unwrap).collect();
    let told = values
        .windows(2)
        .find(|pair| pair[0]["execute"] == "query-qmp-schema");
    let schema = told.unwrap()[1]["return"].to_string();
    let requests = values.iter().filter_map(|value| {
        let name = value["execute"].as_str()?.to_owned();
        let arguments = value.get("arguments")?.to_string();
        Some((name, arguments.parse().unwrap()))
    });
    (qapi_types::from_str(&schema).unwrap(), requests.collect())
}
