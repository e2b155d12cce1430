//! What live servers take: everything can be described, and be filled in.

use qapi_client::Schema;
use qapi_client::schema::{Item, Place};
use qapi_tests::live::{self, MONITOR, Process, Program, folder};

use crate::qmp::arguments::{Field, Form};
use crate::qmp::words::{Interface, Words};

/// How many levels of members are looked at.
const LEVELS: usize = 3;

#[test]
fn everything_that_a_machine_takes_is_described() {
    let Some(mut machine) = live::machine(&[]) else {
        return;
    };
    let schema = machine.client(MONITOR).schema().unwrap();
    assert_eq!(Interface::of(&schema), Interface::Machine);
    everything_is_described(&schema);
}

#[test]
fn everything_that_a_mainframe_takes_is_described() {
    let Some(mut machine) = live::mainframe(&[]) else {
        return;
    };
    everything_is_described(&machine.client(MONITOR).schema().unwrap());
}

#[test]
fn everything_that_a_storage_daemon_takes_is_described() {
    let chardev = format!("socket,id=c,path={MONITOR},server=on,wait=off");
    let arguments = ["--chardev", &chardev, "--monitor", "c"];
    let Some(mut daemon) = Process::start(Program::StorageDaemon, folder(), &arguments) else {
        return;
    };
    let schema = daemon.client(MONITOR).schema().unwrap();
    assert_eq!(Interface::of(&schema), Interface::StorageDaemon);
    everything_is_described(&schema);
}

fn everything_is_described(schema: &Schema) {
    let words = Words::of(Interface::of(schema)).unwrap();
    let mut silent = Vec::new();
    for path in ["*", "*/*/*", "*/*/*/*"] {
        let places = schema.find(path);
        assert!(!places.is_empty());
        silent.extend(places.iter().filter_map(|place| unsaid(&words, place)));
    }
    // Some of what a machine has a newer one has no more.
    assert!(silent.len() < 10, "nothing is said of {silent:?}");
    everything_can_be_filled_in(schema);
}

pub(super) fn everything_can_be_filled_in(schema: &Schema) {
    for command in schema.commands() {
        for field in Form::new(command).fields("") {
            look(schema, &Form::new(command), &field, LEVELS);
        }
        fill_in(Form::new(command));
    }
}

/// The path of a place of which nothing is said; of a branch there need be nothing to say that adds no members.
fn unsaid(words: &Words, place: &Place<'_>) -> Option<String> {
    let adds_nothing = match place.item {
        Item::Branch(branch) => branch
            .ty()
            .as_object()
            .is_some_and(|it| it.members().len() == 0),
        _ => false,
    };
    let said = words.find(&place.path);
    let is_said = said.is_some_and(|said| !said.text().is_empty());
    (!is_said && !adds_nothing).then(|| place.path.clone())
}

/// Asks all there is to ask of a field, and of those in it.
fn look(schema: &Schema, form: &Form<'_>, field: &Field<'_>, levels: usize) {
    assert_eq!(form.field(&field.path).unwrap().place, field.place);
    assert!(schema.has(&field.place), "{}", field.place);
    assert!(!field.takes.to_string().is_empty());
    assert!(
        field.takes.is_word() || field.takes.has_parts(),
        "{}",
        field.path
    );
    let values = field.takes.values();
    let branches = values.iter().filter(|_| levels > 0);
    for value in branches {
        let mut form = form.clone();
        form.fill(&format!("{}={value}", field.path)).unwrap();
        let level = field.path.rsplit_once('.').map_or("", |(level, _)| level);
        let level = if level.is_empty() {
            String::new()
        } else {
            format!("{level}.")
        };
        for other in form.fields(&level) {
            assert!(schema.has(&other.place), "{}", other.place);
        }
    }
    if field.takes.has_parts() && levels > 0 {
        let parts = form.fields(&format!("{}.", field.path));
        assert!(
            !parts.is_empty() || !field.takes.is_word(),
            "{}",
            field.path
        );
        for part in parts {
            look(schema, form, &part, levels - 1);
        }
    }
}

/// Fills in what is missing until nothing is.
fn fill_in(mut form: Form<'_>) {
    for _ in 0..20 {
        let missing = form.missing();
        let Some(field) = missing.first() else { break };
        let value = match (&*field.takes.values(), &*field.takes.to_string()) {
            ([value, ..], _) => value,
            (_, "an integer" | "a number") => "1",
            (_, "an object") => "{}",
            (_, takes) if takes.starts_with("a list") => "[]",
            _ => "x",
        };
        form.fill(&format!("{}={value}", field.path)).unwrap();
    }
    let arguments = form.arguments();
    assert!(arguments.is_ok(), "{form:?}: {}", arguments.unwrap_err());
}
