//! What generated code names itself steps aside for no schema, and no schema for it: both have names.

use qapi_types::{Any, EventSet, Refusal, Service as _, from_str, to_string};

use crate::bindings::clashes::{Event, commands, events, types};
use crate::bindings::clashes_server::{self, Service};
use crate::same;

#[test]
fn what_is_not_recognized_and_what_is_called_so_are_two_things() {
    same::<types::Values>(&[r#""unrecognized""#, r#""UNRECOGNIZED-2""#, r#""new""#]);
    let read = |text: &str| from_str::<types::Values>(text).unwrap();
    assert_eq!(read(r#""unrecognized""#), types::Values::Unrecognized_);
    assert_eq!(
        read(r#""new""#),
        types::Values::Unrecognized("new".to_owned())
    );
    same::<types::Fork>(&[
        r#"{"tag":"unrecognized","unrecognized":"unrecognized"}"#,
        r#"{"tag":"UNRECOGNIZED-2","fork":{"tag":"new","x":1}}"#,
    ]);
    same::<types::Choice>(&[r#""s""#, "null", r#"{"into":{"set-into":"s"}}"#]);
    let event =
        |text: &str| EventSet::decode_event("UNRECOGNIZED", &mut qapi_types::Reader::new(text));
    let event: Event = event(r#"{"unrecognized": "u"}"#).unwrap();
    assert_eq!(event.name(), "UNRECOGNIZED");
    assert!(matches!(
        event,
        Event::Unrecognized_(events::Unrecognized { .. })
    ));
}

#[test]
fn branches_of_a_union_are_not_the_type_of_that_name() {
    let inner = types::ForkBranch::new();
    let fork = types::Fork::new(types::ForkBranch_::Unrecognized2(Box::new(inner)));
    assert_eq!(to_string(&fork), r#"{"tag":"UNRECOGNIZED-2"}"#);
}

#[test]
fn setters_step_aside_for_methods_and_for_one_another() {
    let again = types::Again::new()
        .set_into_(types::Again::new())
        .set_into("s")
        .set_clone_("c")
        .set_clone(2);
    let text = r#"{"into":{},"clone":"c","set-into":"s","set-clone":2}"#;
    assert_eq!(to_string(&again), text);
    let again = types::Again::default().set_default(true);
    assert_eq!(to_string(&again), r#"{"default":true}"#);
    let others = commands::Others::new(1)
        .others_("o")
        .set_with_(2)
        .set_with(3)
        .with("x", Any::from(4));
    let text = r#"{"others":"o","with":2,"set-with":3,"own":1,"x":4}"#;
    assert_eq!(to_string(&others), text);
    let read: commands::Others = from_str(text).unwrap();
    assert_eq!(to_string(&read), text);
}

struct Machine;

impl clashes_server::Commands for Machine {
    fn into(&self) -> Result<clashes_server::types::Machine, Refusal> {
        Ok(clashes_server::types::Machine::new("m"))
    }

    fn r#async(&self) -> Result<(), Refusal> {
        Ok(())
    }
}

#[test]
fn a_server_finds_commands_called_as_its_own_methods() {
    let execute = |command: &str| {
        let mut arguments = qapi_types::Reader::new("{}");
        Service(Machine).execute(command, &mut arguments)
    };
    assert_eq!(execute("into").unwrap(), r#"{"machine":"m"}"#);
    assert_eq!(execute("async").unwrap(), "{}");
    assert!(execute("introspection").is_err());
    assert!(Service(Machine).introspection().contains("introspection"));
}
