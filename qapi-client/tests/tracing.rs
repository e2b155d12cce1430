//! What whoever traces a session is told.
#![cfg(all(unix, feature = "tracing"))]

mod peer;

use std::fmt;
use std::sync::{Arc, Mutex};

use qapi_client::Options;
use qapi_client::blocking::Client;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use peer::Peer::{Hears, Says};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, play};

/// Writes down what it is told.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

/// The fields of a span or event, in words.
struct Words(String);

impl Visit for Words {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 += &format!(" {field}={value:?}");
    }
}

impl Notes {
    fn note(&self, text: String) {
        self.0.lock().unwrap().push(text);
    }
}

impl Subscriber for Notes {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "qapi_client"
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut words = Words(span.metadata().name().to_owned());
        span.record(&mut words);
        self.note(words.0);
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        let mut words = Words(event.metadata().level().to_string());
        event.record(&mut words);
        self.note(words.0);
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn calls_events_and_the_end_are_told() {
    let notes = Notes::default();
    let script = [
        GREETING,
        NEGOTIATE,
        NEGOTIATED,
        Hears(r#"{"execute":"stop","id":1}"#),
        Says(r#"{"event": "STOP"}{"return": {}, "id": 7}{"return": {}, "id": 1}"#),
        Hears(r#"{"execute":"stop","id":2}"#),
    ];
    tracing::subscriber::with_default(notes.clone(), || {
        play(&script, |stream| {
            let mut client = Client::over(stream, Options::default()).unwrap();
            client.execute_raw("stop", None).unwrap();
            client.execute_raw("stop", None).unwrap_err();
        });
    });
    let expected = [
        r#"call command="stop""#,
        r#"DEBUG message=event event="STOP""#,
        "WARN message=a message that is nobody's is dropped",
        r#"TRACE message=returned command="stop""#,
        r#"call command="stop""#,
        "DEBUG message=the server has closed the connection",
        r#"DEBUG message=failed command="stop" error=the server has closed the connection"#,
    ];
    assert_eq!(*notes.0.lock().unwrap(), expected);
}
