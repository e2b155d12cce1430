//! What sessions run over, with both faces.
#![cfg(all(target_os = "linux", feature = "tokio-tls"))]

mod peer;

use std::io::Write;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::Arc;
use std::time::Duration;

use qapi_client::{Address, Error, Options, blocking, rustls, tokio as asynchronous};

use peer::Peer::{Hears, Says};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, perform, run};

const STOP: [peer::Peer; 2] = [
    Hears(r#"{"execute":"stop","id":1}"#),
    Says(r#"{"return": {}, "id": 1}"#),
];

fn script() -> Vec<peer::Peer> {
    [&[GREETING, NEGOTIATE, NEGOTIATED][..], &STOP].concat()
}

/// Connects with a client of each kind, one after the other, and makes a call.
fn check(address: &Address, accept: impl Fn() + Sync) {
    std::thread::scope(|scope| {
        let serving = scope.spawn(&accept);
        let mut client = blocking::Client::connect(address).unwrap();
        client.execute_raw("stop", None).unwrap();
        serving.join().unwrap();
        let serving = scope.spawn(&accept);
        run(async {
            let client = asynchronous::Client::connect(address).await.unwrap();
            client.execute_raw("stop", None).await.unwrap();
        });
        serving.join().unwrap();
    });
}

fn check_unix(address: &str, listener: &UnixListener) {
    let address = address.parse().unwrap();
    check(&address, || {
        perform(&script(), listener.accept().unwrap().0)
    });
}

#[test]
fn abstract_names() {
    let name = format!("qapi-client-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    check_unix(
        &format!("unix:@{name}"),
        &UnixListener::bind_addr(&address).unwrap(),
    );
}

#[test]
fn paths_longer_than_the_system_allows() {
    let folder = tempfile::tempdir().unwrap();
    let long = folder.path().join("a".repeat(100)).join("b".repeat(100));
    std::fs::create_dir_all(&long).unwrap();
    // It is bound under a short name, and lies where no short name leads.
    let short = folder.path().join("qmp");
    let listener = UnixListener::bind(&short).unwrap();
    let path = long.join("c".repeat(100));
    std::fs::rename(short, &path).unwrap();
    check_unix(path.to_str().unwrap(), &listener);
    let missing = blocking::Client::connect_unix(long.join("d".repeat(100)));
    assert!(matches!(missing, Err(Error::Connect { .. })), "{missing:?}");
}

#[test]
fn tcp() {
    // A name may stand for both, and the server may have but one.
    for (bound, named) in [
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "[::1]"),
        ("127.0.0.1", "localhost"),
    ] {
        let listener = match std::net::TcpListener::bind(format!("{bound}:0")) {
            // Not every computer has the newer protocol.
            Err(error) if bound == "[::1]" => {
                eprintln!("left out: {bound}: {error}");
                continue;
            }
            listener => listener.unwrap(),
        };
        let port = listener.local_addr().unwrap().port();
        let address = format!("tcp:{named}:{port}");
        check(&address.parse().unwrap(), || {
            perform(&script(), listener.accept().unwrap().0);
        });
    }
}

#[test]
fn connections_that_nobody_takes_are_waited_for_within_the_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qmp");
    let listener = UnixListener::bind(&path).unwrap();
    // As QEMU's monitor does, which talks to one client at a time.
    rustix::net::listen(&listener, 0).unwrap();
    let waiting = UnixStream::connect(&path).unwrap();
    let options = Options {
        timeout: Some(Duration::from_millis(30)),
        ..Options::default()
    };
    for error in [
        blocking::Client::connect_unix_with(&path, options).unwrap_err(),
        run(asynchronous::Client::connect_unix_with(&path, options)).unwrap_err(),
    ] {
        let Error::Connect { source, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(source.kind(), std::io::ErrorKind::TimedOut);
    }
    drop(waiting);
}

#[test]
fn addresses_without_a_server() {
    for address in [
        "/no/such/folder/qmp",
        "unix:@no such name",
        "tcp:127.0.0.1:0",
        "vsock:1:1",
    ] {
        let address: Address = address.parse().unwrap();
        for error in [
            blocking::Client::connect(&address).unwrap_err(),
            run(asynchronous::Client::connect(&address)).unwrap_err(),
        ] {
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("cannot connect to {address}: "))
            );
        }
    }
}

#[test]
fn tls() {
    let (server, trusting) = peer::tls::both_ends();
    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let address = format!("localhost:{port}");
    let serve = || {
        let stream = listener.accept().unwrap().0;
        perform(&script(), peer::tls::accept(&server, stream));
    };
    let options = Options::default();
    std::thread::scope(|scope| {
        let serving = scope.spawn(serve);
        let client = blocking::Client::connect_tls(&address, Arc::clone(&trusting), options);
        client.unwrap().execute_raw("stop", None).unwrap();
        serving.join().unwrap();
        let serving = scope.spawn(serve);
        run(async {
            let client =
                asynchronous::Client::connect_tls(&address, Arc::clone(&trusting), options);
            let client = client.await.unwrap();
            client.execute_raw("stop", None).await.unwrap();
        });
        serving.join().unwrap();
    });

    // Whom it does not know it does not trust, nor whoever is not the one that was asked for.
    let strangers = peer::tls::trusting(rustls::RootCertStore::empty());
    let by_number = format!("127.0.0.1:{port}");
    for (address, config, expected) in [
        (&address, &strangers, "UnknownIssuer"),
        (&by_number, &trusting, "not valid for name"),
    ] {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..2 {
                    let mut stream = peer::tls::accept(&server, listener.accept().unwrap().0);
                    assert!(stream.conn.complete_io(&mut stream.sock).is_err());
                }
            });
            let connect = asynchronous::Client::connect_tls(address, Arc::clone(config), options);
            for error in [
                blocking::Client::connect_tls(address, Arc::clone(config), options).unwrap_err(),
                run(connect).unwrap_err(),
            ] {
                let text = error.to_string();
                assert!(matches!(error, Error::Connect { .. }), "{text}");
                assert!(
                    text.starts_with(&format!("cannot connect to tcp:{address}: ")),
                    "{text}"
                );
                assert!(text.contains(expected), "{text}");
            }
        });
    }
}

/// A server that speaks something else, or nothing.
#[test]
fn servers_that_do_not_speak_tls() {
    let (_, config) = peer::tls::both_ends();
    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let options = Options {
        timeout: Some(Duration::from_millis(30)),
        ..Options::default()
    };
    let connect = |face| match face {
        "blocking" => blocking::Client::connect_tls(&address, Arc::clone(&config), options).err(),
        _ => run(asynchronous::Client::connect_tls(
            &address,
            Arc::clone(&config),
            options,
        ))
        .err(),
    };
    for face in ["blocking", "tokio"] {
        for (says, expected) in [
            (Some(GREETING), "received corrupt message"),
            (None, "timed out"),
        ] {
            std::thread::scope(|scope| {
                let serving = scope.spawn(|| {
                    let (stream, _) = listener.accept().unwrap();
                    perform(says.as_slice(), &stream);
                    stream
                });
                let error = connect(face).unwrap();
                assert!(error.to_string().contains(expected), "{error}");
                drop(serving.join().unwrap());
            });
        }
    }
}

/// Each byte of a record that never ends is a sign of life, and yet no answer.
#[test]
fn a_server_that_speaks_tls_byte_by_byte_keeps_nobody() {
    let (server, config) = peer::tls::both_ends();
    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut stream = peer::tls::accept(&server, listener.accept().unwrap().0);
            perform(&script()[..4], &mut stream);
            let mut socket = stream.sock;
            let record = [&[23, 3, 3, 64, 0][..], &[0; 16 << 10]].concat();
            for byte in record {
                // Often enough for any deadline that begins anew with each.
                std::thread::sleep(Duration::from_millis(5));
                if socket.write_all(&[byte]).is_err() {
                    return;
                }
            }
        });
        let mut client =
            blocking::Client::connect_tls(&address, config, Options::default()).unwrap();
        let error = client
            .execute_raw_with("stop", None, Duration::from_millis(30))
            .unwrap_err();
        assert!(
            matches!(error, Error::TimedOut { sent: true, .. }),
            "{error}"
        );
    });
}
