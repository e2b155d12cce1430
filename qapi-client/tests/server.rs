//! The server with threads, against clients of every kind.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_client::server::{Limits, Monitors, Options, Server};
use qapi_types::{Any, Encode, Flag, Reader, Refusal, Report, Service, Writer, arguments};

/// Far longer than anything takes that is well.
const PATIENCE: Duration = Duration::from_secs(60);

const NEGOTIATE: &str =
    r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": "n"}"#;

/// A machine whose command `wait` says that it has begun and waits until it is told to go on.
struct Machine {
    monitors: Monitors,
    begun: Mutex<Sender<()>>,
    go_on: Mutex<Receiver<()>>,
}

/// What a test has of it.
struct Control {
    monitors: Monitors,
    begun: Receiver<()>,
    go_on: Sender<()>,
}

fn machine(options: Options) -> (Server<Machine>, Control) {
    let monitors = Monitors::new(options);
    let ((begun, has_begun), (go, on)) = (channel(), channel());
    let machine = Machine {
        monitors: monitors.clone(),
        begun: Mutex::new(begun),
        go_on: Mutex::new(on),
    };
    let control = Control {
        monitors: monitors.clone(),
        begun: has_begun,
        go_on: go,
    };
    (Server::new(machine, monitors), control)
}

impl Service for Machine {
    fn introspection(&self) -> &str {
        "[]"
    }

    fn flags(&self, command: &str) -> Option<&'static [Flag]> {
        match command {
            "echo" | "stop" | "wait" | "panic" => Some(&[]),
            "rescue" => Some(&[Flag::AllowOob]),
            "begin" => Some(&[Flag::AllowPreconfig]),
            _ => None,
        }
    }

    fn execute(&self, command: &str, r: &mut Reader<'_>) -> Result<String, Refusal> {
        let arguments: Any = arguments(r)?;
        match command {
            "echo" => return Ok(arguments.as_json().to_owned()),
            "stop" => self.monitors.report(&Stop(String::new())),
            "wait" => {
                self.begun.lock().unwrap().send(()).unwrap();
                self.go_on.lock().unwrap().recv().unwrap();
            }
            "begin" => self.monitors.set_preconfig(false),
            "panic" => panic!("as a test wants it"),
            _ => {}
        }
        Ok("{}".to_owned())
    }
}

/// An event that may be large.
struct Stop(String);

impl Encode for Stop {
    fn encode(&self, w: &mut Writer) {
        w.object(&[("why", &self.0)]);
    }
}

impl Report for Stop {
    fn name(&self) -> &'static str {
        "STOP"
    }
}

/// A client that says what it is told to, and hears line by line.
struct Raw {
    stream: UnixStream,
    lines: BufReader<UnixStream>,
}

impl Raw {
    fn over(stream: UnixStream) -> Self {
        let lines = BufReader::new(stream.try_clone().unwrap());
        Raw { stream, lines }
    }

    fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// The next line without what differs each time; empty at the end.
    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        match line.trim_end().split_once(r#","event":"#) {
            Some((_, event)) => format!("event {}", event.trim_end_matches('}')),
            None => line.trim_end().to_owned(),
        }
    }

    #[track_caller]
    fn hears(&mut self, expected: &[&str]) {
        for expected in expected {
            assert_eq!(self.hear(), *expected);
        }
    }

    fn negotiate(&mut self) {
        assert!(self.hear().starts_with(r#"{"QMP":"#));
        self.say(NEGOTIATE);
        self.hears(&[r#"{"return":{},"id":"n"}"#]);
    }
}

/// Serves one client that has negotiated, until it leaves.
fn session(options: Options, talk: impl FnOnce(&mut Raw, &Control)) {
    let (server, control) = machine(options);
    let (ours, theirs) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| server.serve_stream(ours).unwrap());
        let mut client = Raw::over(theirs);
        client.negotiate();
        talk(&mut client, &control);
    });
}

#[test]
fn what_is_out_of_band_overtakes() {
    session(Options::default(), |client, control| {
        client.say(r#"{"execute": "wait", "id": 1}{"execute": "echo", "id": 2}"#);
        control.begun.recv().unwrap();
        client.say(r#"{"execute": "nonsense", "id": 3}{"exec-oob": "rescue", "id": 4}"#);
        client.hears(&[r#"{"return":{},"id":4}"#]);
        control.go_on.send(()).unwrap();
        client.hears(&[
            r#"{"return":{},"id":1}"#,
            r#"{"return":{},"id":2}"#,
            r#"{"error":{"class":"CommandNotFound","desc":"The command nonsense has not been found"},"id":3}"#,
        ]);
    });
}

#[test]
fn an_event_of_a_command_comes_before_its_reply() {
    session(Options::default(), |client, _| {
        client.say(r#"{"execute": "stop", "id": 1}"#);
        client.hears(&[
            r#"event "STOP","data":{"why":"""#,
            r#"{"return":{},"id":1}"#,
        ]);
    });
}

#[test]
fn a_client_that_leaves_has_its_commands_done() {
    session(Options::default(), |client, control| {
        client.say(r#"{"execute": "wait"}{"execute": "wait", "id": 2}"#);
        client.stream.shutdown(std::net::Shutdown::Write).unwrap();
        for _ in 0..2 {
            control.begun.recv().unwrap();
            control.go_on.send(()).unwrap();
        }
        client.hears(&[r#"{"return":{}}"#, r#"{"return":{},"id":2}"#, ""]);
    });
}

#[test]
fn what_is_being_done_is_answered_before_the_end() {
    session(Options::default(), |client, control| {
        client.say(r#"{"execute": "wait", "id": 1}{"execute": "echo", "id": 2}"#);
        control.begun.recv().unwrap();
        thread::scope(|scope| {
            let monitors = &control.monitors;
            scope.spawn(|| monitors.close(PATIENCE));
            control.go_on.send(()).unwrap();
            assert_eq!(client.hear(), r#"{"return":{},"id":1}"#);
            // The next may have been begun before the end.
            let next = client.hear();
            assert!(
                next.is_empty() || next == r#"{"return":{},"id":2}"#,
                "{next}"
            );
        });
    });
}

#[test]
fn a_client_that_does_not_read_is_cut_off() {
    let limits = Limits {
        unsent: 1 << 20,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let event = Stop("a".repeat(1 << 18));
    session(options, |client, control| {
        // More than what may wait and what the socket holds.
        for _ in 0..20 {
            control.monitors.report(&event);
        }
        let mut heard = Vec::new();
        client.lines.read_to_end(&mut heard).unwrap();
        assert!(heard.len() < 20 << 18, "{}", heard.len());
    });
}

#[test]
fn a_client_that_talks_and_does_not_listen_holds_up_itself() {
    let (server, control) = machine(Options::default());
    let (ours, theirs) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| server.serve_stream(ours).unwrap());
        // As much as it gets rid of: then nobody reads it any more.
        theirs.set_nonblocking(true).unwrap();
        let mut said = 0;
        let mut refused = 0;
        while refused < 1000 {
            match (&theirs).write(&[b']'; 4096]) {
                Ok(count) => (said, refused) = (said + count, 0),
                Err(error) => {
                    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
                    refused += 1;
                    thread::yield_now();
                }
            }
            assert!(said < 64 << 20, "what it says is taken without end");
        }
        control.monitors.close(Duration::ZERO);
    });
}

#[test]
fn a_command_that_panics_ends_its_client_alone() {
    let (server, _control) = machine(Options::default());
    let (ours, theirs) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        let serving = scope.spawn(|| server.serve_stream(ours).unwrap());
        let mut client = Raw::over(theirs);
        client.negotiate();
        client.say(r#"{"execute": "panic"}"#);
        client.hears(&[""]);
        assert!(serving.join().is_err());
        let (ours, theirs) = UnixStream::pair().unwrap();
        scope.spawn(|| server.serve_stream(ours).unwrap());
        Raw::over(theirs).negotiate();
    });
}

#[test]
fn before_the_machine_is_configured() {
    let (server, control) = machine(Options::default());
    control.monitors.set_preconfig(true);
    let (ours, theirs) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| server.serve_stream(ours).unwrap());
        let mut client = Raw::over(theirs);
        client.negotiate();
        client.say(r#"{"execute": "echo"} {"execute": "begin"} {"execute": "echo"}"#);
        let refused = r#"{"error":{"class":"GenericError","desc":"the command echo is not to be executed before the machine is configured"}}"#;
        client.hears(&[refused, r#"{"return":{}}"#, r#"{"return":{}}"#]);
    });
}

#[test]
fn clients_come_and_go_until_the_monitors_are_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("qmp");
    let options = Options {
        clients: 2,
        ..Options::default()
    };
    let (server, control) = machine(options);
    let unix = UnixListener::bind(&path).unwrap();
    let tcp = TcpListener::bind("localhost:0").unwrap();
    let address = tcp.local_addr().unwrap();
    thread::scope(|scope| {
        let serving = [
            scope.spawn(|| server.serve_unix(unix)),
            scope.spawn(|| server.serve_tcp(tcp)),
        ];
        let mut first = Client::connect_unix(&path).unwrap();
        let mut second = Client::connect_tcp(&address.to_string()).unwrap();
        let arguments: Any = r#"{"a":[1,2]}"#.parse().unwrap();
        for client in [&mut first, &mut second] {
            let echo = client.execute_raw("echo", Some(&arguments)).unwrap();
            assert_eq!(echo, arguments);
        }
        // There is room for a third when one has left.
        drop(first);
        let mut third = Raw::over(UnixStream::connect(&path).unwrap());
        third.negotiate();
        drop(second);
        assert!(TcpStream::connect(address).is_ok());
        control.monitors.close(PATIENCE);
        third.hears(&[""]);
        for serving in serving {
            serving.join().unwrap().unwrap();
        }
        let mut late = String::new();
        if let Ok(mut stream) = UnixStream::connect(&path) {
            stream.read_to_string(&mut late).unwrap();
        }
        assert_eq!(late, "");
    });
}
