//! Bindings that the build script makes of `schema/lamp.json`: a command is encoded, events are decoded.

use qapi_types::{DecodeError, Message, Request, to_string};

mod lamp {
    include!(concat!(env!("OUT_DIR"), "/lamp.rs"));
}

use lamp::types::Color;

fn main() -> Result<(), DecodeError> {
    let command = lamp::commands::SetLamp::new(true).color(Color::Warm);
    let request = to_string(&Request::new(&command).id(1));
    println!("{request}");
    assert_eq!(
        request,
        r#"{"execute":"set-lamp","arguments":{"on":true,"color":"warm"},"id":1}"#
    );

    let switched = show(
        r#"{"event": "LAMP_SWITCHED", "data": {"color": "cold", "on": true},
            "timestamp": {"seconds": 1700000000, "microseconds": 0}}"#,
    )?;
    assert!(matches!(
        switched,
        lamp::Event::LampSwitched(event) if event.on && event.color == Color::Cold
    ));

    // A lamp that is newer than the schema: its color is kept by name, and so is its event.
    let newer =
        show(r#"{"event": "LAMP_SWITCHED", "data": {"on": true, "color": "ultraviolet"}}"#)?;
    assert!(matches!(
        newer,
        lamp::Event::LampSwitched(event) if event.color == Color::Unrecognized("ultraviolet".into())
    ));
    let unknown = show(r#"{"event": "LAMP_BROKEN", "data": {"hours": 1000}}"#)?;
    assert!(matches!(unknown, lamp::Event::Unrecognized(event) if event.name == "LAMP_BROKEN"));
    Ok(())
}

fn show(text: &str) -> Result<lamp::Event, DecodeError> {
    let message = Message::parse(text)?;
    let Message::Event { name, data, .. } = &message else {
        panic!("{text} is no event");
    };
    let event = data.decode_event(name)?;
    println!("{event:?}");
    Ok(event)
}
