//! Connections that are lost and made anew, with both faces.
#![cfg(all(unix, feature = "tokio"))]

mod peer;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
#[cfg(feature = "tokio-tls")]
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use qapi_client::{Address, Error, Options, Reconnect, blocking, tokio as asynchronous};
use qapi_types::{Any, UnknownEvent};

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
fn with_server(talk: impl FnOnce(&Path, &dyn Fn())) {
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
    with_server(|path, go_on| {
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
    with_server(|path, go_on| {
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

/// Talks with a client of each kind to a server that comes twice: the first time it goes in the middle of a call. `serve` does
/// so, the second time when it is told to go on.
fn check(
    serve: impl Fn(&mpsc::Receiver<()>) + Sync,
    connect: impl Fn() -> blocking::Client,
    connect_asynchronously: impl AsyncFn() -> asynchronous::Client,
) {
    let lost = |error: Error| assert!(matches!(error, Error::Lost { sent: true, .. }), "{error}");
    std::thread::scope(|scope| {
        let (go, gone) = mpsc::channel();
        let serve = &serve;
        scope.spawn(move || serve(&gone));
        let mut client = connect();
        lost(client.execute_raw("stop", None).unwrap_err());
        go.send(()).unwrap();
        let value = client.execute_raw("cont", None).unwrap();
        assert_eq!(value.as_json(), r#"{"new": 1}"#);
    });
    std::thread::scope(|scope| {
        let (go, gone) = mpsc::channel();
        let serve = &serve;
        scope.spawn(move || serve(&gone));
        run(async {
            let client = connect_asynchronously().await;
            lost(client.execute_raw("stop", None).await.unwrap_err());
            // The server goes on when the call is there.
            let call = client.execute_raw("cont", None);
            let (value, ()) = tokio::join!(call, async { go.send(()).unwrap() });
            assert_eq!(value.unwrap().as_json(), r#"{"new": 1}"#);
        });
    });
}

/// What is said to come into step, of which nothing is checked here, is answered.
fn come_into_step(channel: &mut BufReader<UnixStream>) {
    for _ in 0..2 {
        let mut request = Vec::new();
        channel.read_until(b'\n', &mut request).unwrap();
        let request = String::from_utf8(request).unwrap_or_else(|error| {
            let delimited = error.into_bytes();
            String::from_utf8(delimited[1..].to_vec()).unwrap()
        });
        let request: Any = request.parse().unwrap();
        let number = request.get("arguments").unwrap().get("id").unwrap();
        let id = request.get("id").map(|id| format!(r#", "id": {id}"#));
        let answer = format!("{{\"return\": {number}{}}}\n", id.unwrap_or_default());
        let stream = channel.get_mut();
        stream
            .write_all(&[b"\xff", answer.as_bytes()].concat())
            .unwrap();
    }
}

#[test]
fn agents_are_brought_into_step_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("agent");
    let listener = UnixListener::bind(&path).unwrap();
    let address = Address::from(&*path);
    let serve = |gone: &mpsc::Receiver<()>| {
        for script in [
            [
                Hears(r#"{"execute":"stop","id":0}"#),
                Says(r#"{"return": {}, "#),
            ],
            [
                Hears(r#"{"execute":"cont","id":1}"#),
                Says(r#"{"return": {"new": 1}, "id": 1}"#),
            ],
        ] {
            let mut channel = BufReader::new(listener.accept().unwrap().0);
            if matches!(script[1], Says(text) if text.contains("new")) {
                gone.recv().unwrap();
            }
            come_into_step(&mut channel);
            // Nothing more has come before that was answered.
            perform(&script, channel.into_inner());
        }
    };
    let options = Options {
        reconnect: options().reconnect,
        ..Options::guest_agent()
    };
    check(
        serve,
        || blocking::Client::connect_agent(&address, options).unwrap(),
        async || {
            let client = asynchronous::Client::connect_agent(&address, options);
            client.await.unwrap()
        },
    );
}

#[test]
fn programs_are_started_again() {
    let folder = tempfile::tempdir().unwrap();
    let script = |number: u32, go: &str, negotiation: u32, last: &str| {
        format!(
            r#"{go}
            printf '%s' '{{"QMP": {{"version": {{"qemu": "0.12.50"}}, "capabilities": []}}}}'
            head -c 37 > heard{number}
            printf '%s' '{{"return": {{}}, "id": {negotiation}}}'
            head -c 25 >> heard{number}
            {last}"#
        )
    };
    let wait = "until [ -e go ]; do sleep 0.01; done";
    let reply = r#"printf '%s' '{"return": {"new": 1}, "id": 2}'; exec sleep 1000"#;
    let scripts = [script(1, "", 0, "exit 3"), script(2, wait, 3, reply)];
    let respawn = || {
        let _ = std::fs::remove_file(folder.path().join("go"));
        let (folder, mut scripts) = (folder.path().to_owned(), scripts.clone().into_iter());
        move || {
            let mut command = Command::new("sh");
            // Once more would be an error of the shell's.
            let script = scripts.next().unwrap_or_else(|| "exit 4".to_owned());
            command.args(["-c", &script]).current_dir(&folder);
            command
        }
    };
    check(
        |gone| {
            gone.recv().unwrap();
            std::fs::write(folder.path().join("go"), "").unwrap();
        },
        || blocking::Client::respawn(respawn(), options()).unwrap(),
        async || {
            let client = asynchronous::Client::respawn(respawn(), options());
            client.await.unwrap()
        },
    );
    for (heard, expected) in [
        (
            "heard1",
            [
                r#"{"execute":"qmp_capabilities","id":0}"#,
                r#"{"execute":"stop","id":1}"#,
            ],
        ),
        (
            "heard2",
            [
                r#"{"execute":"qmp_capabilities","id":3}"#,
                r#"{"execute":"cont","id":2}"#,
            ],
        ),
    ] {
        let heard = std::fs::read_to_string(folder.path().join(heard)).unwrap();
        assert_eq!(heard, expected.concat());
    }
}

#[cfg(feature = "tokio-tls")]
#[test]
fn tls_is_agreed_about_again() {
    let (server, config) = peer::tls::both_ends();
    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let serve = |gone: &mpsc::Receiver<()>| {
        let accept = || peer::tls::accept(&server, listener.accept().unwrap().0);
        perform(&FIRST, accept());
        let second = accept();
        gone.recv().unwrap();
        perform(&SECOND, second);
    };
    check(
        serve,
        || blocking::Client::connect_tls(&address, Arc::clone(&config), options()).unwrap(),
        async || {
            let client =
                asynchronous::Client::connect_tls(&address, Arc::clone(&config), options());
            client.await.unwrap()
        },
    );
}

#[test]
fn a_server_that_always_goes_at_once_is_given_up() {
    let lost = |error: Error| assert!(matches!(error, Error::Lost { sent: false, .. }), "{error}");
    for face in ["blocking", "tokio"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qmp");
        let listener = UnixListener::bind(&path).unwrap();
        let serving = std::thread::spawn(move || {
            perform(&FIRST, listener.accept().unwrap().0);
            for _ in 0..options().reconnect.unwrap().attempts {
                listener.accept().unwrap();
            }
            listener
        });
        if face == "blocking" {
            let mut client = blocking::Client::connect_unix_with(&path, options()).unwrap();
            client.execute_raw("stop", None).unwrap_err();
            lost(client.execute_raw("cont", None).unwrap_err());
        } else {
            run(async {
                let client = asynchronous::Client::connect_unix_with(&path, options());
                let client = client.await.unwrap();
                client.execute_raw("stop", None).await.unwrap_err();
                lost(client.execute_raw("cont", None).await.unwrap_err());
            });
        }
        // Nobody has tried more often.
        let listener = serving.join().unwrap();
        listener.set_nonblocking(true).unwrap();
        let error = listener.accept().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
    }
}

/// A machine that has ended between two calls has not been told anything of the second.
#[test]
fn what_could_not_be_sent_is_sent_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qmp");
    let listener = UnixListener::bind(&path).unwrap();
    let (go, gone) = mpsc::channel();
    let serving = std::thread::spawn(move || {
        perform(&FIRST[..3], listener.accept().unwrap().0);
        go.send(()).unwrap();
        let second = [
            GREETING,
            Hears(r#"{"execute":"qmp_capabilities","id":2}"#),
            Says(r#"{"return": {}, "id": 2}"#),
            Hears(r#"{"execute":"cont","id":1}"#),
            Says(r#"{"return": {}, "id": 1}"#),
        ];
        perform(&second, listener.accept().unwrap().0);
    });
    let mut client = blocking::Client::connect_unix_with(&path, options()).unwrap();
    gone.recv().unwrap();
    client.execute_raw("cont", None).unwrap();
    serving.join().unwrap();
}
