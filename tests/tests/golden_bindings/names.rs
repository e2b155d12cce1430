use qapi_types::{from_str, to_string};

use crate::bindings::names::{Event, commands, events, types};
use crate::same;

#[test]
fn awkward_names_go_both_ways() {
    same::<types::Keywords>(&[
        r#"{"fn":"f","true":true,"self":"s","type":"t","new":"n","r":1,"w":2,"rt":3,"others":"o","value":4,"async":false,"kind":"k","name":"x"}"#,
    ]);
    same::<types::Option>(&[r#"{"none":{"vec":["a"],"box":{"boxed":{"vec":[]}}},"some":"3d"}"#]);
    same::<types::Result>(&[r#""ok""#, r#"{"some":"self"}"#]);
    same::<types::Into>(&[r#"{"into":[{}],"default":"default","clone":{}}"#]);
    same::<types::Cloned>(&[r#"{"into":{"default":"default","clone":{}},"number":1}"#]);
    same::<types::Debug>(&[r#"{"iterator":"a"}"#]);
    same::<types::Tagged>(&[
        r#"{"base":"b","branch":"c","r":1,"outer":"o","type":"self","crate":"c","super":"s"}"#,
        r#"{"base":"b","branch":"c","type":"none"}"#,
        r#"{"base":"b","branch":"c","type":"3d"}"#,
    ]);
}

#[test]
fn setters_step_aside_for_methods() {
    let keywords = types::Keywords::new("f", true, "s", "t", false, "k")
        .set_new("n")
        .r(1);
    assert_eq!(
        (keywords.r#fn.as_str(), keywords.self_.as_str()),
        ("f", "s")
    );
    let others = commands::Others::new().set_with("w").with("a", 1);
    assert_eq!(to_string(&others), r#"{"with":"w","a":1}"#);
    let into = types::Into::new().set_clone(types::Clone {});
    assert!(into.clone().clone.is_some());
}

#[test]
fn an_event_named_event() {
    let event: events::Event = from_str(r#"{"event": "e"}"#).unwrap();
    assert_eq!(event.0.event, "e");
    let any = Event::Event(event);
    assert_eq!(qapi_types::EventSet::name(&any), "EVENT");
}
