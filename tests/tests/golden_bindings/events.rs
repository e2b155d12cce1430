use qapi_types::{EventSet, Message};

use crate::bindings::{events, events_strict};
use crate::said;

fn event<E: EventSet>(text: &str) -> Result<E, String> {
    match Message::parse(text) {
        Ok(Message::Event { name, data, .. }) => {
            data.decode_event(&name).map_err(|error| said(&error))
        }
        other => panic!("{text} is {other:?}"),
    }
}

const MOTION: &str = r#"{"event": "MOTION", "data": {"speed": 3, "kind": "fast", "id": "m"}}"#;
const TRAY: &str = r#"{"event": "TRAY_MOVED", "data": {"id": "cd", "later": 1}}"#;
const UNKNOWN: &str = r#"{"event": "NEW", "data": {"a": [1]}}"#;

#[test]
fn events_are_decoded_by_name() {
    use events::Event;
    let event = event::<Event>;
    assert!(matches!(event(r#"{"event": "STOP"}"#), Ok(Event::Stop(_))));
    assert!(matches!(event(TRAY), Ok(Event::TrayMoved(moved)) if moved.id == "cd"));
    let changed = event(r#"{"event": "CHANGED", "data": {"what": "x"}}"#);
    assert!(matches!(changed, Ok(Event::Changed(change)) if change.0.what == "x"));
    let Ok(Event::Motion(motion)) = event(MOTION) else {
        panic!("{MOTION}");
    };
    assert!(matches!(motion.0.kind, events::types::MotionBranch::Fast(fast) if fast.speed == 3));
}

#[test]
fn an_event_is_a_set_by_itself() {
    use events::events::{Stop, TrayMoved};
    assert!(event::<Stop>(r#"{"event": "STOP"}"#).is_ok());
    let moved = event::<TrayMoved>(TRAY).unwrap();
    assert_eq!((moved.name(), &*moved.id), ("TRAY_MOVED", "cd"));
    assert_eq!(
        event::<TrayMoved>(MOTION).unwrap_err(),
        "data: `MOTION` is not a value of TRAY_MOVED"
    );
}

#[test]
fn an_unknown_event_is_kept() {
    let kept = event::<events::Event>(UNKNOWN).unwrap();
    assert_eq!(kept.name(), "NEW");
    assert!(
        matches!(kept, events::Event::Unrecognized(event) if event.data.to_string() == r#"{"a": [1]}"#)
    );
}

#[test]
fn strict_events_know_what_the_schema_does() {
    use events_strict::Event;
    assert!(matches!(event(MOTION), Ok(Event::Motion(_))));
    assert_eq!(
        event::<Event>(TRAY).unwrap_err(),
        "data.later: the type has no such member"
    );
    assert_eq!(
        event::<Event>(UNKNOWN).unwrap_err(),
        "data: `NEW` is not a value of Event"
    );
}
