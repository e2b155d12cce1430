//! Every reply that live QEMUs of many versions and architectures gave decodes, and encodes again to the
//! same JSON, but for members that the schema does not know (any more). `QEMU_SRC` names the tree whose
//! schema is compiled, `QMP_RECORDINGS` the folder of `*.replies`.

use std::path::PathBuf;

use qapi_codegen::schema::{Kind, Schema};
use qapi_codegen::source::DiskLoader;
use qapi_recordings::{Exchange, Known, Visit, exchanges, visit};
use qapi_types::{Command, Decode, Encode, from_str, to_string};
use serde_json::Value;

#[test]
fn recorded_exchanges_survive_the_bindings() {
    let tree = qapi_tests::folder("QEMU_SRC", "recordings: the schema to decode them with");
    let folder = qapi_tests::folder("QMP_RECORDINGS", "recordings of live QEMUs");
    let (Some(tree), Some(folder)) = (tree, folder) else {
        return;
    };
    let root = tree.join("qapi/qapi-schema.json");
    let analysis = qapi_codegen::analyze(&root, &DiskLoader, None).expect("the schema can be read");
    let schema = analysis.schema.expect("and is valid");
    let mut failures = Vec::new();
    let mut tally = Tally::default();
    for path in recordings(&folder) {
        let text = std::fs::read_to_string(&path).expect("a recording can be read");
        let name = path
            .file_name()
            .expect("it has a name")
            .to_string_lossy()
            .into_owned();
        let exchanges = exchanges(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(!exchanges.is_empty(), "{name} is empty");
        for exchange in &exchanges {
            if let Err(error) = check(exchange, &schema, &mut tally) {
                failures.push(format!("{name}: {}: {error}", exchange.command));
            }
        }
    }
    println!("{tally:?}");
    assert!(tally.replies > 0, "no recording in {}", folder.display());
    assert!(
        failures.is_empty(),
        "{} failed:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[derive(Debug, Default)]
struct Tally {
    replies: usize,
    refusals: usize,
    arguments: usize,
    with_members_unknown_to_the_schema: usize,
    commands_unknown_to_the_schema: usize,
}

fn recordings(folder: &std::path::Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder of recordings can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("its entries too").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "replies")
        })
        .collect();
    paths.sort();
    paths
}

fn check(exchange: &Exchange, schema: &Schema, tally: &mut Tally) -> Result<(), String> {
    let Some(id) = schema.find(&exchange.command) else {
        tally.commands_unknown_to_the_schema += 1;
        return Ok(());
    };
    let Kind::Command(command) = &schema.definition(id).kind else {
        return Err("is no command".to_owned());
    };
    let known = Known(schema);
    if let (Some(arguments), Some(ty)) = (&exchange.arguments, command.arguments) {
        tally.arguments += 1;
        let text = arguments.to_string();
        let again = visit(&exchange.command, Arguments(&text)).ok_or("not in the table")??;
        // Further arguments of a command that takes them are kept.
        let expected = if command.generated {
            known.prune(ty, arguments)
        } else {
            arguments.clone()
        };
        same(&expected, &again).map_err(|error| format!("arguments: {error}"))?;
    }
    let Some(returned) = &exchange.returned else {
        tally.refusals += 1;
        return Ok(());
    };
    tally.replies += 1;
    let text = returned.to_string();
    let again = visit(&exchange.command, Return(&text)).ok_or("not in the table")??;
    let expected = match command.returns {
        Some(ty) => known.prune(ty, returned),
        None => Value::Object(Default::default()),
    };
    if expected != *returned {
        tally.with_members_unknown_to_the_schema += 1;
    }
    same(&expected, &again)
}

struct Return<'a>(&'a str);

impl Visit for Return<'_> {
    type Out = Result<String, String>;

    fn visit<C>(self) -> Self::Out
    where
        C: Command + Decode,
        C::Return: Encode,
    {
        let value = from_str::<C::Return>(self.0).map_err(|error| error.to_string())?;
        Ok(to_string(&value))
    }
}

struct Arguments<'a>(&'a str);

impl Visit for Arguments<'_> {
    type Out = Result<String, String>;

    fn visit<C>(self) -> Self::Out
    where
        C: Command + Decode,
        C::Return: Encode,
    {
        let value = from_str::<C>(self.0).map_err(|error| error.to_string())?;
        Ok(to_string(&value))
    }
}

/// Says where two values differ first.
fn same(expected: &Value, text: &str) -> Result<(), String> {
    let found =
        serde_json::from_str(text).map_err(|error| format!("{error} in what was encoded"))?;
    difference("", expected, &found).map_or(Ok(()), Err)
}

fn difference(path: &str, expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let extra = found.keys().find(|name| !expected.contains_key(*name));
            let extra = extra.map(|name| format!("{path}.{name} was not there before"));
            extra.or_else(|| {
                expected
                    .iter()
                    .find_map(|(name, value)| match found.get(name) {
                        Some(found) => difference(&format!("{path}.{name}"), value, found),
                        None => Some(format!("{path}.{name} is lost")),
                    })
            })
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut pairs = expected.iter().zip(found).enumerate();
            pairs.find_map(|(at, (expected, found))| {
                difference(&format!("{path}[{at}]"), expected, found)
            })
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        _ if expected == found => None,
        _ => Some(format!("{path} was {expected} and is {found}")),
    }
}
