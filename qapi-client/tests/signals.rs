//! Signals that come while a client waits: a program that is stopped and goes on, as at a shell, goes on with its calls.
#![cfg(all(target_os = "linux", feature = "tokio"))]

mod peer;

use std::io::{BufRead, BufReader};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};

use qapi_client::{blocking, tokio as asynchronous};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};

use peer::Peer::{Hears, Says};
use peer::{GREETING, NEGOTIATE, NEGOTIATED, perform, run};

/// Where the client's process finds the server, and which client it is.
const SERVER: &str = "QAPI_CLIENT_TEST_SERVER";
const FACE: &str = "QAPI_CLIENT_TEST_FACE";

/// The client's process, which is started by the test below.
#[test]
#[ignore = "it is a part of another"]
fn client() {
    let (server, face) = (std::env::var(SERVER).unwrap(), std::env::var(FACE).unwrap());
    println!("here");
    let value = match &*face {
        "blocking" => {
            let mut client = blocking::Client::connect_unix(server).unwrap();
            client.execute_raw("stop", None).unwrap()
        }
        _ => run(async {
            let client = asynchronous::Client::connect_unix(server).await.unwrap();
            client.execute_raw("stop", None).await.unwrap()
        }),
    };
    assert_eq!(value.as_json(), "{}");
}

/// Stops and goes on, again and again: at some time or other of these it waits for what we do next.
fn interrupt(process: &Child) {
    let pid = Pid::from_child(process);
    for _ in 0..50 {
        kill_process(pid, Signal::STOP).unwrap();
        waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED).unwrap();
        kill_process(pid, Signal::CONT).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

#[test]
fn whoever_is_stopped_goes_on() {
    for face in ["blocking", "tokio"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("qmp");
        let listener = UnixListener::bind(&path).unwrap();
        // There is no room but for one, so that the client has to wait already before it is connected.
        rustix::net::listen(&listener, 0).unwrap();
        let first = UnixStream::connect(&path).unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["client", "--exact", "--ignored", "--nocapture"])
            .env(SERVER, &path)
            .env(FACE, face)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut lines = output.lines().map(Result::unwrap);
        assert!(lines.any(|line| line.ends_with("here")));
        interrupt(&process);
        drop((listener.accept().unwrap(), first));
        let (stream, _) = listener.accept().unwrap();
        interrupt(&process);
        perform(&[GREETING, NEGOTIATE, NEGOTIATED], &stream);
        perform(&[Hears(r#"{"execute":"stop","id":1}"#)], &stream);
        interrupt(&process);
        perform(&[Says(r#"{"return": {}, "id": 1}"#)], &stream);
        let said: Vec<String> = lines.collect();
        assert!(process.wait().unwrap().success(), "{said:#?}");
    }
}
