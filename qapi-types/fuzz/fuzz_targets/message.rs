//! Any bytes, read as a message, and what it carries as what a client makes of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_types::qmp::{Event, types::SchemaInfo};
use qapi_types::{EventSet, Message, UnknownEvent, from_str, utf8};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = utf8(bytes) else {
        return;
    };
    match Message::parse(text) {
        Ok(Message::Return { value, id }) => {
            let _ = value.decode::<Vec<SchemaInfo>>();
            let _ = id.map(|id| id.number());
            assert_eq!(value.clone().into_owned().json(), value.json());
            assert!(from_str::<()>(value.json()).is_ok());
        }
        Ok(Message::Event { name, data, .. }) => {
            if let Ok(event) = data.decode_event::<Event>(&name) {
                assert_eq!(event.name(), name);
            }
            let unknown = data.decode_event::<UnknownEvent>(&name).unwrap();
            assert_eq!(unknown.data.as_json(), data.json());
        }
        Ok(Message::Error { error, .. }) => drop(error.to_string()),
        Ok(Message::Greeting(greeting)) => drop(greeting.version.to_string()),
        Err(error) => drop(error.to_string()),
    }
});
