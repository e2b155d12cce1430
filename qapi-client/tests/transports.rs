//! What sessions run over, with both faces.
#![cfg(all(target_os = "linux", feature = "tokio-tls"))]

mod peer;

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use qapi_client::{Address, Error, Options, blocking, rustls, tokio as asynchronous};
use qapi_types::UnknownEvent;

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
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    check(&address.parse().unwrap(), || {
        perform(&script(), listener.accept().unwrap().0);
    });
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

/// Says its process id in an event, and would run for ever.
fn program() -> Command {
    const SCRIPT: &str = r#"
        printf '%s' '{"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}'
        head -c 37 > /dev/null
        printf '{"return": {}, "id": 0}'
        head -c 25 > /dev/null
        printf '{"event": "%s"}{"return": {}, "id": 1}' $$
        exec sleep 1000"#;
    let mut command = Command::new("sh");
    command.args(["-c", SCRIPT]);
    command
}

fn runs(pid: &str) -> bool {
    Path::new("/proc").join(pid).exists()
}

#[test]
fn programs_end_with_their_session() {
    let mut client = blocking::Client::spawn(&mut program(), Options::default()).unwrap();
    client.execute_raw("stop", None).unwrap();
    let pid = client.next_raw_event(None).unwrap().unwrap().name;
    assert!(runs(&pid));
    drop(client);
    assert!(!runs(&pid));

    run(async {
        let mut command = program();
        let client = asynchronous::Client::spawn(&mut command, Options::default())
            .await
            .unwrap();
        let mut events = client.subscribe::<UnknownEvent>("*");
        client.execute_raw("stop", None).await.unwrap();
        let pid = events.next().await.unwrap().event.name;
        assert!(runs(&pid));
        drop((client, events));
        // The driver notices.
        while runs(&pid) {
            tokio::task::yield_now().await;
        }
    });
}

#[test]
fn programs_that_do_not_start_or_end_at_once() {
    let options = Options::default();
    let missing = blocking::Client::spawn(&mut Command::new("no such program"), options);
    assert!(matches!(missing, Err(Error::Connect { .. })), "{missing:?}");
    let silent = blocking::Client::spawn(&mut Command::new("true"), options);
    assert!(matches!(silent, Err(Error::Lost { .. })), "{silent:?}");
    let silent = run(asynchronous::Client::spawn(
        &mut Command::new("true"),
        options,
    ));
    assert!(matches!(silent, Err(Error::Lost { .. })), "{silent:?}");
}

#[test]
fn tls() {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let certificate = own.cert.der().clone();
    let server = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let server = Arc::new(server);
    let config = |roots| {
        let builder = rustls::ClientConfig::builder().with_root_certificates(roots);
        Arc::new(builder.with_no_client_auth())
    };
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let trusting = config(roots);

    let listener = std::net::TcpListener::bind("localhost:0").unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let serve = || {
        let stream = listener.accept().unwrap().0;
        let connection = rustls::ServerConnection::new(Arc::clone(&server)).unwrap();
        perform(&script(), rustls::StreamOwned::new(connection, stream));
    };
    let options = Options::default();
    std::thread::scope(|scope| {
        let serving = scope.spawn(serve);
        let client = blocking::Client::connect_tls(&address, Arc::clone(&trusting), options);
        client.unwrap().execute_raw("stop", None).unwrap();
        serving.join().unwrap();
        let serving = scope.spawn(serve);
        run(async {
            let client = asynchronous::Client::connect_tls(&address, trusting, options);
            let client = client.await.unwrap();
            client.execute_raw("stop", None).await.unwrap();
        });
        serving.join().unwrap();
    });

    // Whom it does not know it does not trust.
    let strangers = config(rustls::RootCertStore::empty());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..2 {
                let mut stream = listener.accept().unwrap().0;
                let mut connection = rustls::ServerConnection::new(Arc::clone(&server)).unwrap();
                assert!(connection.complete_io(&mut stream).is_err());
            }
        });
        for error in [
            blocking::Client::connect_tls(&address, Arc::clone(&strangers), options).unwrap_err(),
            run(asynchronous::Client::connect_tls(
                &address, strangers, options,
            ))
            .unwrap_err(),
        ] {
            assert!(
                error.to_string().contains("invalid peer certificate"),
                "{error}"
            );
        }
    });
}
