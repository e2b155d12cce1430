//! The machine that tests put together, and exchanges that are recorded and played again.
#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use qapi_client::blocking::{Client, Options};
use qapi_client::server::exchange::record;
use qapi_client::server::fake::{Act, Fake, FakeMachine};
use qapi_client::server::{Difference, Replay, Session};
use qapi_client::{Error, server};
use qapi_types::{Flag, Reader, Refusal, Service, UnknownEvent};

/// What the machine says in all when it is told `command` once, and what it has been asked beyond its answers.
fn said(machine: FakeMachine, command: &str, direct: impl FnOnce(&Fake)) -> String {
    let (mut stream, fake) = machine.without_greeting().start().unwrap();
    stream.write_all(command.as_bytes()).unwrap();
    direct(&fake);
    let mut said = String::new();
    thread::scope(|scope| {
        // It has said all when it has died.
        let heard = scope.spawn(|| {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes
        });
        fake.say(Act::Die);
        said = String::from_utf8_lossy(&heard.join().unwrap()).into_owned();
    });
    said
}

/// Waits until the machine has done what it was told before: it is asked `mark` after it.
fn reach_mark(fake: &Fake) {
    let mark = fake.asked().expect("the client is there");
    assert_eq!(mark.name(), Some("mark"));
}

#[test]
fn it_answers_as_it_is_told() {
    let refusal = Refusal::generic("no");
    for (acts, expected) in [
        (vec![], ""),
        (
            vec![Act::returns("[1]")],
            "{\"return\":[1],\"id\":{\"a\":1}}\r\n",
        ),
        (
            vec![Act::Refuse(refusal)],
            "{\"error\":{\"class\":\"GenericError\",\"desc\":\"no\"},\"id\":{\"a\":1}}\r\n",
        ),
        (
            vec![
                Act::ReturnAs(Some("7".to_owned()), "{}".to_owned()),
                Act::ReturnAs(None, "{}".to_owned()),
            ],
            "{\"return\":{},\"id\":7}\r\n{\"return\":{}}\r\n",
        ),
        (
            vec![Act::event("A", "{}"), Act::bytes(*b"\xff!")],
            "{\"timestamp\":{\"seconds\":1,\"microseconds\":0},\"event\":\"A\",\"data\":{}}\r\n\u{fffd}!",
        ),
        (vec![Act::bytes("a"), Act::Die, Act::bytes("b")], "a"),
    ] {
        let command = r#"{"execute": "x", "id": {"a":1}}"#;
        let dies = acts.iter().any(|act| matches!(act, Act::Die));
        let machine = FakeMachine::new().on("x", acts);
        let found = match dies {
            true => said(machine, command, |fake| assert!(fake.asked().is_none())),
            false => said(
                machine,
                &format!(r#"{command}{{"execute": "mark"}}"#),
                reach_mark,
            ),
        };
        assert_eq!(found, expected);
    }
}

#[test]
fn pretty_text_is_the_same_text() {
    let value = r#"{"a": [1, "{\"}", {}], "b": []}"#;
    let machine = FakeMachine::new().on("x", Act::returns(value)).pretty();
    let text = said(
        machine.in_pieces(1),
        r#"{"execute": "x"}{"execute": "mark"}"#,
        reach_mark,
    );
    assert!(text.lines().count() > 8, "{text}");
    let found: qapi_types::Any = text.parse().unwrap();
    assert_eq!(found.get("return").unwrap(), value.parse().unwrap());
}

#[test]
fn answers_may_be_turned_around() {
    let commands = r#"{"execute": "a", "id": 1}{"execute": "b", "id": 2}"#;
    let found = said(FakeMachine::new(), commands, |fake| {
        let (a, b) = (fake.asked().unwrap(), fake.asked().unwrap());
        fake.act(&b, Act::returns("{}"));
        fake.act(&a, Act::returns("{}"));
    });
    assert_eq!(
        found,
        "{\"return\":{},\"id\":2}\r\n{\"return\":{},\"id\":1}\r\n"
    );
}

/// A machine that nobody listens to can be dropped in the middle of what it says.
#[test]
fn it_dies_in_the_middle_of_a_word() {
    let long = FakeMachine::new().on("x", Act::bytes(vec![b' '; 64 << 20]));
    let (mut client, fake) = long.without_greeting().start().unwrap();
    client.write_all(br#"{"execute": "x"}"#).unwrap();
    // It has begun.
    client.read_exact(&mut [0]).unwrap();
    drop(fake);
    let mut rest = Vec::new();
    client.read_to_end(&mut rest).unwrap();
    assert!(rest.len() < 64 << 20);
}

/// A client that is promised one thing and gets another.
#[test]
fn clients_can_be_tried_with_it() {
    let (stream, fake) = FakeMachine::new()
        .on("lost", Act::Die)
        .on(
            "events",
            [Act::event("A", r#"{"a": 1}"#), Act::returns("{}")],
        )
        .on(
            "strange",
            [
                Act::ReturnAs(Some("99".into()), "5".into()),
                Act::returns("6"),
            ],
        )
        .pretty()
        .in_pieces(1)
        .start()
        .unwrap();
    let mut client = Client::over(stream, Options::default()).unwrap();
    assert_eq!(client.execute_raw("strange", None).unwrap().as_json(), "6");
    client.execute_raw("events", None).unwrap();
    let event = client.next_event::<UnknownEvent>(None).unwrap();
    assert_eq!(event.map(|event| event.event.name).as_deref(), Some("A"));
    let lost = client.execute_raw("lost", None);
    assert!(matches!(lost, Err(Error::Lost { .. })), "{lost:?}");
    drop(fake);
}

/// A machine that counts.
struct Counter(std::sync::atomic::AtomicU32);

impl Service for Counter {
    fn introspection(&self) -> &str {
        "[]"
    }

    fn flags(&self, command: &str) -> Option<&'static [Flag]> {
        (command == "next").then_some(&[])
    }

    fn execute(&self, _: &str, _: &mut Reader<'_>) -> Result<String, Refusal> {
        let count = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(count.to_string())
    }
}

/// Serves until the client leaves.
fn serve(mut stream: UnixStream) {
    let machine = Counter(0.into());
    let mut session = Session::new(&server::Options::default());
    let mut chunk = [0; 100];
    loop {
        stream.write_all(&session.take_outgoing()).unwrap();
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => session.receive(&chunk[..count]),
            _ => return,
        }
        session.serve(&machine);
    }
}

/// What the client of these tests does.
fn count(stream: UnixStream, commands: &[&str]) -> Vec<String> {
    let mut client = Client::over(stream, Options::default()).unwrap();
    let answers = commands
        .iter()
        .map(|name| match client.execute_raw(name, None) {
            Ok(value) => value.as_json().to_owned(),
            Err(Error::Refused(refusal)) => refusal.to_string(),
            Err(error) => panic!("{error}"),
        });
    answers.collect()
}

const COMMANDS: [&str; 3] = ["next", "nonsense", "next"];

/// What passes between the client and the server, as text, and what the client learns.
fn recorded() -> (String, Vec<String>) {
    let (client, passed) = UnixStream::pair().unwrap();
    let (passes, server) = UnixStream::pair().unwrap();
    let mut text = Vec::new();
    let answers = thread::scope(|scope| {
        scope.spawn(|| serve(server));
        let recording = scope.spawn(|| record(&passed, &passes, &mut text));
        let answers = count(client, &COMMANDS);
        recording.join().unwrap().unwrap();
        answers
    });
    (String::from_utf8(text).unwrap(), answers)
}

/// Plays a recording for the client.
fn played(recording: &str, commands: &[&str]) -> (Vec<Difference>, Vec<String>) {
    let replay: Replay = recording.parse().unwrap();
    let (client, stream) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        let playing = scope.spawn(|| replay.play(stream));
        let answers = count(client, commands);
        (playing.join().unwrap().unwrap(), answers)
    })
}

#[test]
fn what_is_recorded_is_what_was_said() {
    let (text, answers) = recorded();
    let not_found = "CommandNotFound: The command nonsense has not been found";
    assert_eq!(answers, ["0", not_found, "1"]);
    let expected = [
        r#"{"server": {"QMP":{"version":{"qemu":{"micro":0,"minor":0,"major":0},"package":""},"capabilities":["oob"]}}}"#,
        r#"{"client": {"execute":"qmp_capabilities","id":0}}"#,
        r#"{"server": {"return":{},"id":0}}"#,
        r#"{"client": {"execute":"next","id":1}}"#,
        r#"{"server": {"return":0,"id":1}}"#,
        r#"{"client": {"execute":"nonsense","id":2}}"#,
        r#"{"server": {"error":{"class":"CommandNotFound","desc":"The command nonsense has not been found"},"id":2}}"#,
        r#"{"client": {"execute":"next","id":3}}"#,
        r#"{"server": {"return":1,"id":3}}"#,
        r#"{"end": "client"}"#,
    ];
    assert_eq!(text.lines().collect::<Vec<_>>(), expected);
    assert_eq!(played(&text, &COMMANDS), (vec![], answers));
}

#[test]
fn differences_are_told() {
    let (text, _) = recorded();
    for (commands, expected) in [
        (
            vec!["next", "other", "next"],
            vec![
                r#"message 3: expected {"execute":"nonsense","id":2}, found {"execute":"other","id":2}"#,
                r#"message 3: expected {"execute":"nonsense","id":2}, found nothing"#,
            ],
        ),
        (
            vec!["next"],
            vec![
                r#"message 3: expected {"execute":"nonsense","id":2}, found nothing"#,
                r#"message 4: expected {"execute":"next","id":3}, found nothing"#,
            ],
        ),
    ] {
        let (differences, _) = played(&text, &commands);
        let differences: Vec<String> = differences.iter().map(ToString::to_string).collect();
        assert_eq!(differences, expected);
    }
}

/// A client that waits for each reply is served from a recording of one that did not, and the other way round.
#[test]
fn replies_go_with_their_requests() {
    let recording = r#"
        {"client": {"execute": "a", "id": "x"}}
        {"client": {"execute": "b", "id": "y"}}
        {"server": {"event": "A"}}
        {"server": {"return": 2, "id": "y"}}
        {"server": {"return": 1, "id": "x"}}
        {"client": {"execute": "c", "arguments": {}}}
        {"server": {"return": 3}}
    "#;
    let replay: Replay = recording.parse().unwrap();
    let (a, b, c) = (
        r#"{"execute": "a", "id": 7}"#,
        "{'execute': 'b', 'id': 8}",
        r#"{"execute": "c"}"#,
    );
    let (event, one, two, three) = (
        r#"{"event": "A"}"#,
        r#"{"return":1,"id":7}"#,
        r#"{"return":2,"id":8}"#,
        r#"{"return": 3}"#,
    );
    for (turns, expected) in [
        (
            vec![a, b, c],
            vec![vec![event, one], vec![two], vec![three]],
        ),
        (
            vec![&format!("{a}{b}{c}")],
            vec![vec![event, one, two, three]],
        ),
    ] {
        let (mut client, stream) = UnixStream::pair().unwrap();
        thread::scope(|scope| {
            let playing = scope.spawn(|| replay.play(stream));
            for (turn, expected) in turns.iter().zip(expected) {
                client.write_all(turn.as_bytes()).unwrap();
                let expected = expected.join("\r\n") + "\r\n";
                let mut heard = vec![0; expected.len()];
                client.read_exact(&mut heard).unwrap();
                assert_eq!(String::from_utf8(heard).unwrap(), expected);
            }
            drop(client);
            assert_eq!(playing.join().unwrap().unwrap(), []);
        });
    }
}
