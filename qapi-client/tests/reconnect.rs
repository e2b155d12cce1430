//! Connections that are lost and made anew, with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use qapi_client::{Error, Options, Reconnect, blocking, tokio as asynchronous};
use qapi_types::UnknownEvent;

use peer::Peer::{self, Hears, Says};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, perform, run};

/// The first connection, which ends in the middle of a call.
const FIRST: [Peer; 5] = [
    GREETING,
    NEGOTIATE,
    NEGOTIATED,
    Hears(r#"{"execute":"stop","id":1}"#),
    Says(r#"{"event": "BEFORE"}{"return": {}, "i"#),
];

/// The second, with an answer to the first's call among all.
const SECOND: [Peer; 6] = [
    GREETING,
    Hears(r#"{"execute":"qmp_capabilities","id":3}"#),
    Says(r#"{"return": {}, "id": 3}"#),
    Hears(r#"{"execute":"cont","id":2}"#),
    Says(r#"{"event": "AFTER"}{"return": {"old": 1}, "id": 1}"#),
    Says(r#"{"return": {"new": 1}, "id": 2}"#),
];

fn options() -> Options {
    Options {
        reconnect: Some(Reconnect {
            attempts: 3,
            pause: Duration::from_millis(1),
            longest_pause: Duration::from_millis(2),
        }),
        ..Options::default()
    }
}

/// Serves both connections, the second when it is told to go on, and then none, while `talk` talks.
fn check(talk: impl FnOnce(&Path, &dyn Fn())) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qmp");
    let listener = UnixListener::bind(&path).unwrap();
    let served = path.clone();
    let (go, gone) = mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            perform(&FIRST, listener.accept().unwrap().0);
            let (second, _) = listener.accept().unwrap();
            std::fs::remove_file(served).unwrap();
            drop(listener);
            gone.recv().unwrap();
            perform(&SECOND, second);
        });
        talk(&path, &|| go.send(()).unwrap());
    });
}

const TOLD: [&str; 4] = [
    "BEFORE",
    "the connection was made anew, events may be missing",
    "AFTER",
    "the connection was made anew, events may be missing",
];

#[test]
fn a_blocking_session_goes_on() {
    check(|path, go_on| {
        let mut client = blocking::Client::connect_unix_with(path, options()).unwrap();
        let mut events = client.subscribe::<UnknownEvent>("*");
        let error = client.execute_raw("stop", None).unwrap_err();
        assert!(matches!(error, Error::Lost { sent: true, .. }), "{error}");
        go_on();
        let value = client.execute_raw("cont", None).unwrap();
        assert_eq!(value.as_json(), r#"{"new": 1}"#);
        for expected in TOLD {
            let told = match events.next(&mut client, None) {
                Ok(event) => event.unwrap().event.name,
                Err(error) => error.to_string(),
            };
            assert_eq!(told, expected);
        }
        let end = events.next(&mut client, None);
        assert!(matches!(end, Err(Error::Lost { .. })), "{end:?}");
        let error = client.execute_raw("cont", None).unwrap_err();
        assert!(matches!(error, Error::Lost { sent: false, .. }), "{error}");
        assert_eq!(client.metrics().reconnects, 2);
    });
}

#[test]
fn a_session_on_tokio_goes_on() {
    check(|path, go_on| {
        run(async {
            let client = asynchronous::Client::connect_unix_with(path, options());
            let client = client.await.unwrap();
            let mut events = client.subscribe::<UnknownEvent>("*");
            let error = client.execute_raw("stop", None).await.unwrap_err();
            assert!(matches!(error, Error::Lost { sent: true, .. }), "{error}");
            // The server greets when the call is there.
            let (value, ()) = tokio::join!(client.execute_raw("cont", None), async { go_on() });
            let value = value.unwrap();
            assert_eq!(value.as_json(), r#"{"new": 1}"#);
            for expected in TOLD {
                let told = match events.next().await {
                    Ok(event) => event.event.name,
                    Err(error) => error.to_string(),
                };
                assert_eq!(told, expected);
            }
            let end = events.next().await;
            assert!(matches!(end, Err(Error::Lost { .. })), "{end:?}");
            let error = client.execute_raw("cont", None).await.unwrap_err();
            assert!(matches!(error, Error::Lost { sent: false, .. }), "{error}");
        });
    });
}
