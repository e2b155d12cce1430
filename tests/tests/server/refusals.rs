//! What is wrong with a request is told as a live QEMU tells it: the same class, the same id, the same sense.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use qapi_tests::live::{MONITOR, machine};
use serde_json::Value;

use crate::vm::Vm;

/// What a server has answered: the class of an error and its sense, or nothing of what it returns, and the id.
#[derive(Debug, PartialEq)]
struct Answer {
    class: Option<String>,
    sense: Vec<String>,
    id: Option<Value>,
}

/// A monitor that is talked to in bytes.
struct Monitor {
    stream: UnixStream,
    lines: BufReader<UnixStream>,
}

/// The last of each exchange.
const LAST: &str = r#"{"execute": "query-name", "id": "the last"}"#;

impl Monitor {
    fn over(stream: UnixStream) -> Self {
        // Far longer than an answer takes; without one the test ends here.
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        let mut monitor = Monitor { stream, lines };
        monitor.line();
        monitor
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
    }

    /// Says `bytes`, and answers what is said to them.
    fn ask(&mut self, bytes: &[u8], last: &str) -> Vec<Answer> {
        self.stream.write_all(bytes).unwrap();
        self.stream.write_all(last.as_bytes()).unwrap();
        let mut answers = Vec::new();
        loop {
            let line = self.line();
            let error = &line["error"];
            let id = line.get("id").cloned();
            if id.as_ref().is_some_and(|id| id == "the last") {
                return answers;
            }
            if line.get("event").is_none() {
                answers.push(Answer {
                    class: error["class"].as_str().map(str::to_owned),
                    sense: sense(error["desc"].as_str().unwrap_or_default()),
                    id,
                });
            }
        }
    }
}

/// What the words for errors in arguments say; of other errors the words are not compared.
fn sense(desc: &str) -> Vec<String> {
    let name = desc.split('\'').nth(1).unwrap_or_default();
    let rest: String = desc.split('\'').step_by(2).collect::<Vec<_>>().join("'");
    let kind = match rest.as_str() {
        "Parameter ' is missing" => "missing",
        "Parameter ' is unexpected" => "unexpected",
        text if text.starts_with("Parameter ' does not accept value ") => {
            return words(&["value", desc.split('\'').nth(3).unwrap_or_default()]);
        }
        text if text.starts_with("Parameter ' expects ") => "range",
        text => match text.strip_prefix("Invalid parameter type for ', expected: ") {
            // Of an alternate QEMU tells the name, we tell what it can be.
            Some(kind) if kind.starts_with(char::is_uppercase) || kind.contains(" or ") => {
                "alternate"
            }
            Some(kind) => return words(&["type", name, kind]),
            None if text.starts_with("The command ") && text.ends_with(" has not been found") => {
                return words(&[text]);
            }
            None => return Vec::new(),
        },
    };
    words(&[kind, name])
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const NEGOTIATION: [&[u8]; 16] = [
    br#"{"execute": "query-status"}"#,
    br#"{"execute": "nonsense", "id": [1, {}]}"#,
    br#"{"execute": "query-status", "arguments": {"x": 1}, "id": 1}"#,
    br#"{"foo": 1}"#,
    b"[]",
    br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["foo"]}}"#,
    br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"], "x": 1}}"#,
    br#"{"execute": "qmp_capabilities", "arguments": {"enable": "oob"}}"#,
    br#"{"execute": "qmp_capabilities", "arguments": []}"#,
    br#"{"exec-oob": "qmp_capabilities", "id": 1}"#,
    br#"{"exec-oob": "migrate-pause", "id": 1}"#,
    br#"{"exec-oob": "nonsense", "id": 1}"#,
    br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob", "oob"]}, "id": {"a": 1.5}}"#,
    br#"{"execute": "qmp_capabilities"}"#,
    br#"{"execute": "qmp_capabilities", "arguments": {"x": 1}}"#,
    br#"{"execute": "query-status"}"#,
];

const REQUESTS: [&[u8]; 53] = [
    br#"{"exec-oob": "qmp_capabilities", "id": 1}"#,
    br#"{"exec-oob": "query-qmp-schema", "id": 1}"#,
    br#"{"execute": "nonsense"}"#,
    br#"{"execute": "nonsense", "arguments": {"a": 1}, "id": null}"#,
    br#"{"execute": "nonsense", "arguments": 5}"#,
    br#"{"execute": "query-status", "arguments": {"x": 1}, "id": "\u00e9\ud83d\ude00"}"#,
    br#"{"execute": "query-status", "foo": 1, "id": 2}"#,
    br#"{"execute": 1}"#,
    br#"{"execute": "query-status", "exec-oob": "query-status"}"#,
    br#"{"execute": "query-status", "arguments": 1}"#,
    br#"{"execute": "query-status", "arguments": null}"#,
    br#"{"arguments": {}}"#,
    b"{}",
    br#"{"id": 3}"#,
    br#"{"exec-oob": "query-status", "id": 1}"#,
    br#"{"exec-oob": "nonsense", "id": 1}"#,
    br#"{"exec-oob": "migrate-pause"}"#,
    br#"{"exec-oob": "migrate-pause", "id": 1, "arguments": {"x": 1}}"#,
    br#"{"exec-oob": 7, "id": 1}"#,
    br#"{"exec-oob": "query-status", "arguments": 7, "id": 1}"#,
    br#"{"execute": "block_resize"}"#,
    br#"{"execute": "block_resize", "arguments": {"size": "x"}}"#,
    br#"{"execute": "block_resize", "arguments": {"foo": 1, "size": "x"}}"#,
    br#"{"execute": "block_resize", "arguments": {"foo": 1, "size": 1}}"#,
    br#"{"execute": "block_resize", "arguments": {"foo": 1, "size": 1.5, "device": 5}}"#,
    br#"{"execute": "block_resize", "arguments": {"size": 1e3}}"#,
    br#"{"execute": "block_resize", "arguments": {"size": null}}"#,
    br#"{"execute": "set_link", "arguments": {"up": 1, "name": "x"}}"#,
    br#"{"execute": "set_link", "arguments": {"up": {}}}"#,
    br#"{"execute": "set_link", "arguments": {"up": {}, "name": ["a"]}}"#,
    br#"{"execute": "blockdev-add"}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "nonsense"}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": 1}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "zzz": 1}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "file": {"driver": "file"}}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "file": {"driver": "file", "filename": 1}}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "file": {"driver": "file", "filename": "a", "x": 1}}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "file": 5}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"driver": "qcow2", "file": []}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"filename": 5, "cache": {"direct": "a"}, "driver": "file"}}"#,
    br#"{"execute": "blockdev-add", "arguments": {"zz": 1}}"#,
    br#"{"execute": "transaction", "arguments": {"actions": [{"type": "abort", "data": {}}, {"type": "nonsense"}]}}"#,
    br#"{"execute": "transaction", "arguments": {"actions": [5]}}"#,
    br#"{"execute": "transaction", "arguments": {"actions": [{"type": "abort"}]}}"#,
    br#"{"execute": "transaction", "arguments": {"actions": {}}}"#,
    br#"{"execute": "transaction", "arguments": {"actions": [{"type": "abort", "data": {"q": 1}}]}}"#,
    br#"{"execute": "migrate-set-capabilities", "arguments": {"capabilities": [{"capability": "xbzrle"}]}}"#,
    br#"{"execute": "migrate-set-capabilities", "arguments": {"capabilities": [{"capability": "foo", "state": true}]}}"#,
    br#"{"execute": "input-send-event", "arguments": {"events": [{"type": "key", "data": {"key": {"type": "number", "data": "x"}, "down": true}}]}}"#,
    br#"{"execute": "set-numa-node", "arguments": {"type": "node", "nodeid": 70000}}"#,
    br#"{"execute": "query-blockstats", "arguments": {"query-nodes": "x"}}"#,
    br#"{"execute": "query-qmp-schema", "arguments": {"a": 1}}"#,
    br#"{"execute": "device_add"}"#,
];

const STREAMS: [&[u8]; 24] = [
    b"[1]",
    b"5 ",
    b"\"a\"",
    br#"{"execute": "query-status", "id": 1, "id": 2}"#,
    br#"{"execute": "query-status",}"#,
    br#"{"execute" "query-status"}"#,
    br#"{"execute": nan}"#,
    br#"{'execute': 'query-status', 'id': 'it\'s "that"'}"#,
    br#"{"execute": "query-status", "id": "\ud800"}"#,
    br#"{"execute": "query-status", "id": "\u0000"}"#,
    b"{\"execute\": \"query-status\", \"id\": \"\xc3\xa9\"}",
    b"{\"execute\": \"query-status\", \"id\": \"\xff\"}",
    b"{\"execute\": \xff{\"execute\": \"query-status\", \"id\": 3}",
    b"\xff{\"execute\": \"query-status\", \"id\": 3}",
    br#"{"execute": "query-status", "id": "\q"}"#,
    br#"{"execute": "query-status"}}"#,
    b"}{\"execute\": \"query-status\", \"id\": 4}",
    b"@ 5 {\"execute\": \"query-status\", \"id\": 5}",
    b"@\n5 {\"execute\": \"query-status\", \"id\": 6}",
    b"{\"a\":@ \"b\": {\"execute\": \"query-status\", \"id\": 7}",
    b"{\"execute\": \"query-status\", \"id\": \"a\nb\"}",
    br#"{"execute": "query-status" "id": 8}{"execute": "query-status", "id": 9}"#,
    br#"{"execute": "query-status", "id": [1,]}"#,
    br#"{,}"#,
];

#[test]
fn requests_are_refused_as_qemu_refuses_them() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let vm = Vm::start();
    let mut qemus = Monitor::over(machine.connect(MONITOR));
    let mut ours = Monitor::over(UnixStream::connect(vm.socket()).unwrap());
    let mut check = |bytes: &[u8]| {
        let (expected, found) = (qemus.ask(bytes, LAST), ours.ask(bytes, LAST));
        assert!(!expected.is_empty());
        assert_eq!(found, expected, "{}", bytes.escape_ascii());
    };
    NEGOTIATION.into_iter().for_each(&mut check);
    REQUESTS.into_iter().for_each(&mut check);
    STREAMS.into_iter().for_each(&mut check);
}

/// Before the machine is configured.
#[test]
fn preconfig_refuses_as_qemu_does() {
    let Some(mut machine) = machine(&["-preconfig"]) else {
        return;
    };
    let vm = Vm::start_with(true);
    let last = r#"{"execute": "query-status", "id": "the last"}"#;
    let mut qemus = Monitor::over(machine.connect(MONITOR));
    let mut ours = Monitor::over(UnixStream::connect(vm.socket()).unwrap());
    for request in [
        r#"{"execute": "qmp_capabilities"}"#,
        r#"{"execute": "query-name"}"#,
        r#"{"execute": "stop"}"#,
        r#"{"execute": "set_link", "arguments": {"x": 1}}"#,
        r#"{"execute": "nonsense"}"#,
        r#"{"execute": "query-status", "arguments": {"x": 1}}"#,
        r#"{"execute": "x-exit-preconfig"}"#,
        r#"{"execute": "x-exit-preconfig", "arguments": {"x": 1}}"#,
        r#"{"execute": "query-name"}"#,
    ] {
        let expected = qemus.ask(request.as_bytes(), last);
        assert_eq!(ours.ask(request.as_bytes(), last), expected, "{request}");
    }
}
