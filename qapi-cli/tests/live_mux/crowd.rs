//! Fifty clients at once: each asks what only it asks, in its own way, and is told that and nothing else.

use std::collections::VecDeque;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_tests::live::python;
use qapi_types::Any;

use crate::Shared;
use crate::raw::Raw;

/// How many there are of each kind.
const TALKERS: u64 = 30;
const IMPATIENT: u64 = 8;
const FICKLE: u64 = 8;
const LISTENERS: u64 = 3;

/// How often each of the first kinds asks something.
const ROUNDS: usize = 40;

/// What is thrown to decide what is next.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: u64) -> u64 {
        // Marsaglia's xorshift.
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// What a client waits for: its id as it was sent, and words that are in no other reply.
#[derive(Debug)]
struct Expected {
    id: Option<String>,
    mark: String,
}

impl Expected {
    fn is(&self, reply: &Any) -> bool {
        let id = reply.get("id").map(|id| id.as_json().to_owned());
        id == self.id && reply.as_json().contains(&self.mark)
    }
}

/// An id of any kind; a few are the same for all clients.
fn id(dice: &mut Dice, number: u64) -> Option<String> {
    Some(match dice.throw(9) {
        0 => return None,
        1 => "1".to_owned(),
        2 => number.to_string(),
        3 => format!("-{number}.50e1"),
        4 => format!(r#""{number}""#),
        5 => format!("\"\u{e9}\\u00e9\\/{number}\""),
        6 => format!(r#"{{"b": [{number}, null], "a": {{}}}}"#),
        7 => format!("[[{number}]]"),
        _ => "null".to_owned(),
    })
}

/// A request, what is expected of it, and whether it is out of band.
fn request(dice: &mut Dice, number: u64, oob: bool) -> (String, Expected, bool) {
    let id = id(dice, number);
    let mut is_oob = false;
    let (body, mark) = match dice.throw(40) {
        0 => (
            r#""execute": "query-qmp-schema""#.to_owned(),
            r#""meta-type": "command""#.to_owned(),
        ),
        1..8 => (
            r#""execute": "query-name""#.to_owned(),
            r#"{"return": {"name": "vm"}"#.to_owned(),
        ),
        8..14 => {
            let command = format!("no-such-{number}");
            is_oob = oob && dice.throw(2) == 0;
            let execute = if is_oob { "exec-oob" } else { "execute" };
            let mark = format!("The command {command} has not been found");
            (format!(r#""{execute}": "{command}""#), mark)
        }
        14..17 => (format!(r#""a{number}": 1"#), format!("member 'a{number}'")),
        17..25 => (
            format!(r#""execute": "qom-list", "arguments": {{"path": "/no-{number}"}}"#),
            format!("Device '/no-{number}' not found"),
        ),
        _ => (
            format!(
                r#""execute": "human-monitor-command", "arguments": {{"command-line": "print/d {number}"}}"#
            ),
            format!(r#"{{"return": "{number}\r\n""#),
        ),
    };
    let rest = id
        .as_ref()
        .map_or(String::new(), |id| format!(r#", "id": {id}"#));
    (format!("{{{body}{rest}}}\n"), Expected { id, mark }, is_oob)
}

/// Numbers that no other client has.
struct Numbers<'a>(&'a AtomicU64);

impl Numbers<'_> {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

/// Asks up to eight things at once, and compares all that it is told.
fn talk(path: &Path, seed: u64, numbers: &Numbers<'_>) {
    let mut dice = Dice(seed);
    let oob = dice.throw(2) == 0;
    let mut client = Raw::ready(path, oob);
    for _ in 0..ROUNDS {
        let (mut in_band, mut out_of_band, mut text) = (VecDeque::new(), Vec::new(), String::new());
        for _ in 0..=dice.throw(8) {
            let (request, expected, is_oob) = request(&mut dice, numbers.next(), oob);
            text.push_str(&request);
            match is_oob {
                true => out_of_band.push(expected),
                false => in_band.push_back(expected),
            }
        }
        let at = dice.throw(text.len() as u64) as usize;
        let (first, second) = text.as_bytes().split_at(at);
        client.stream.write_all(first).unwrap();
        client.stream.write_all(second).unwrap();
        while !in_band.is_empty() || !out_of_band.is_empty() {
            let reply = client.reply();
            match out_of_band.iter().position(|expected| expected.is(&reply)) {
                Some(at) => drop(out_of_band.swap_remove(at)),
                None => {
                    let next = in_band.pop_front();
                    let is_next = next.as_ref().is_some_and(|next| next.is(&reply));
                    let reply = reply.as_json();
                    let begin: String = reply.chars().take(300).collect();
                    assert!(is_next, "expected {next:?}, found {begin}");
                }
            }
        }
    }
}

/// Gives up again and again; what it is told in time is what it has asked.
fn give_up(path: &Path, seed: u64, numbers: &Numbers<'_>) {
    let mut dice = Dice(seed);
    let mut client = Client::connect_unix(path).unwrap();
    for _ in 0..ROUNDS {
        let number = numbers.next();
        let arguments = format!(r#"{{"command-line": "print/d {number}"}}"#)
            .parse()
            .unwrap();
        let patience = Duration::from_micros(1 + dice.throw(20_000));
        let name = "human-monitor-command";
        match client.execute_raw_with(name, Some(&arguments), patience) {
            Ok(value) => assert_eq!(value.as_json(), format!(r#""{number}\r\n""#)),
            Err(Error::TimedOut { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// Comes, asks, and goes: before it is told anything, in the middle of a request, or without a word.
fn come_and_go(path: &Path, seed: u64, numbers: &Numbers<'_>) {
    let mut dice = Dice(seed);
    for _ in 0..ROUNDS / 2 {
        let mut client = match dice.throw(3) {
            0 => Raw::connect(path),
            _ => Raw::ready(path, false),
        };
        for _ in 0..dice.throw(12) {
            client.say(&request(&mut dice, numbers.next(), false).0);
        }
        match dice.throw(4) {
            0 => client.say(r#"{"execute": "query-na"#),
            1 => client.say("@}{\u{e9}"),
            2 => client.stream.shutdown(std::net::Shutdown::Write).unwrap(),
            _ => {}
        }
    }
}

/// Hears of all that the machine does, from the first to the last, in the order in which it happens.
fn listen(mut client: Client) {
    let mut last = "STOP".to_owned();
    loop {
        let event = client.next_raw_event(None).unwrap().unwrap();
        match (&*last, &*event.name) {
            ("STOP", "RESUME") | ("RESUME", "STOP") => last = event.name,
            ("STOP", "SHUTDOWN") => break,
            pair => panic!("{pair:?}"),
        }
    }
    assert!(matches!(
        client.next_raw_event(None),
        Err(Error::Lost { .. })
    ));
}

/// What a user of Python's library would write.
const SCRIPT: &str = r#"
import asyncio, sys
from qemu.qmp import ExecuteError, QMPClient

async def main():
    client = QMPClient('crowd')
    await client.connect(sys.argv[1])
    async def ask(number):
        answer = await client.execute('human-monitor-command', {'command-line': f"print/d {number}"})
        assert answer == f'{number}\r\n', (answer, number)
        try:
            await client.execute(f'no-such-{number}', oob=number % 3 == 0)
        except ExecuteError as error:
            assert str(error) == f'The command no-such-{number} has not been found', error
    with client.listener(('STOP', 'RESUME')) as listener:
        await asyncio.gather(*(ask(number) for number in range(200)))
        names = {(await listener.get())['event'] for _ in range(2)}
        print(client.greeting.QMP.capabilities, sorted(names))
    await client.disconnect()

asyncio.run(asyncio.wait_for(main(), 120))
"#;

#[test]
fn fifty_clients_at_once() {
    let Some(mut shared) = Shared::start(&[], &[]) else {
        return;
    };
    let path: PathBuf = shared.path();
    let (path, counter) = (&*path, &AtomicU64::new(1_000_000));
    let over = &AtomicBool::new(false);
    let python = python(env!("CARGO_TARGET_TMPDIR"), "python");
    let listeners: Vec<Client> = (0..LISTENERS)
        .map(|_| Client::connect_unix(path).unwrap())
        .collect();
    thread::scope(|scope| {
        let mut others = Vec::new();
        for seed in 1..=TALKERS {
            others.push(scope.spawn(move || talk(path, seed * 7919, &Numbers(counter))));
        }
        for seed in 1..=IMPATIENT {
            others.push(scope.spawn(move || give_up(path, seed * 104_729, &Numbers(counter))));
        }
        for seed in 1..=FICKLE {
            others
                .push(scope.spawn(move || come_and_go(path, seed * 1_299_709, &Numbers(counter))));
        }
        let listeners: Vec<_> = listeners
            .into_iter()
            .map(|client| scope.spawn(move || listen(client)))
            .collect();
        // Somebody makes the machine go and stand still.
        let driver = scope.spawn(move || {
            let mut client = Client::connect_unix(path).unwrap();
            while !over.load(Ordering::Relaxed) {
                client.execute_raw("cont", None).unwrap();
                client.execute_raw("stop", None).unwrap();
            }
        });
        let script = python.map(|python| {
            let mut command = Command::new(python);
            command.arg("-c").arg(SCRIPT).arg(path).output().unwrap()
        });
        let done: Vec<_> = others.into_iter().map(|other| other.join()).collect();
        over.store(true, Ordering::Relaxed);
        let driven = driver.join();
        let mut last = Raw::ready(path, true);
        last.say(r#"{"execute": "quit"}"#);
        let heard: Vec<_> = listeners.into_iter().map(|other| other.join()).collect();
        assert!(done.iter().chain(&heard).all(Result::is_ok) && driven.is_ok());
        if let Some(output) = script {
            let said = String::from_utf8_lossy(&output.stdout);
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(said, "['oob'] ['RESUME', 'STOP']\n", "{error}");
        }
    });
    assert_eq!(shared.mux.wait(), (Some(0), String::new(), String::new()));
    assert!(!path.exists());
}
