use std::io;
use std::io::{Read, Write};

use proptest::prelude::*;

use super::super::exchange::{Recording, Side};
use super::*;

const GREETING: &str = r#"{"QMP": {}}"#;

/// What a recording says: in turns to what a client says in turns, the first of them to nobody. `~` is a delimiter.
#[track_caller]
fn check(recording: &str, turns: &[(&str, &str)]) {
    let replay: Replay = recording.parse().unwrap();
    let mut player = Player::of(&replay);
    let mut said = player.begin();
    let mut input = Input::new(Limits::default());
    for (asks, expected) in turns {
        input.push(
            &asks
                .bytes()
                .map(|byte| if byte == b'~' { 0xff } else { byte })
                .collect::<Vec<_>>(),
        );
        while let Some(message) = input.next() {
            said.extend(player.hear(message).0);
        }
        if player.has_ended() {
            said.extend(b"end\r\n");
        }
        let text = String::from_utf8_lossy(&said).replace('\u{fffd}', "~");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.join(" "), *expected, "after {asks}");
        said.clear();
    }
}

#[test]
fn requests_are_taken_for_those_that_are_the_same() {
    let recording = r#"
        {"server": {"QMP": {}}}
        {"client": {"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}, "id": 1}}
        {"server": {"return": {}, "id": 1}}
        {"client": {"execute": "a", "arguments": {"x": 1, "y": "é"}, "id": 2}}
        {"server": {"return": 1, "id": 2}}
        {"client": {"execute": "b", "id": 3}}
        {"server": {"event": "B"}}
        {"server": {"return": 2, "id": 3}}
        {"client": {"execute": "a", "arguments": {"x": 1, "y": "é"}, "id": 2}}
        {"server": {"event": "A"}}
        {"server": {"return": 3, "id": 2}}
        {"server": {"event": "Z"}}
        {"client": {"exec-oob": "c", "id": "x"}}
        {"server": {"return": {"d": []}, "id": "x"}}
    "#;
    let a = r#"{"execute": "a", "arguments": {"y": "\u00e9", "x": 1}, "id": [7]}"#;
    // In their order, under other ids, one of them without, and the negotiation however it is.
    let turns = [
        ("", GREETING),
        ("{'execute': 'qmp_capabilities'}", r#"{"return":{}}"#),
        (a, r#"{"return":1,"id":[7]}"#),
        (
            "{'execute': 'b', 'id': 3}",
            r#"{"event": "B"} {"return": 2, "id": 3}"#,
        ),
        (a, r#"{"event": "A"} {"return":3,"id":[7]} {"event": "Z"}"#),
        ("{'exec-oob': 'c'}", r#"{"return":{"d": []}}"#),
        (
            "{'execute': 'c'}",
            r#"{"error":{"class":"GenericError","desc":"c: the recording has no more requests"}}"#,
        ),
    ];
    check(recording, &turns);
    // In another order; what the server has said by itself comes in its order, and no later.
    let turns = [
        (
            "{'execute': 'b', 'id': 0}",
            r#"{"QMP": {}} {"event": "B"} {"return":2,"id":0}"#,
        ),
        (a, r#"{"return":1,"id":[7]}"#),
        (a, r#"{"event": "A"} {"return":3,"id":[7]} {"event": "Z"}"#),
        (
            "{'execute': 'a', 'id': 0}",
            r#"{"error":{"class":"GenericError","desc":"a: the recording has no such request here; it has {\"exec-oob\": \"c\", \"id\": \"x\"}"},"id":0}"#,
        ),
        ("{'execute': 'qmp_capabilities'}", r#"{"return":{}}"#),
    ];
    check(recording, &turns);
    // The same command is closest; what is no request is refused as such.
    let turns = [
        (
            "{'execute': 'a', 'arguments': {}}",
            r#"{"QMP": {}} {"error":{"class":"GenericError","desc":"a: the recording has no such request here; it has {\"execute\": \"a\", \"arguments\": {\"x\": 1, \"y\": \"é\"}, \"id\": 2}"}}"#,
        ),
        (
            "{'execute': 'c'}",
            r#"{"error":{"class":"GenericError","desc":"c: the recording has no such request here; it has {\"exec-oob\": \"c\", \"id\": \"x\"}"}}"#,
        ),
        (
            "{'execute': 1, 'id': 5}",
            r#"{"error":{"class":"GenericError","desc":"member 'execute' of the request must be a string"},"id":5}"#,
        ),
        (
            "}",
            r#"{"error":{"class":"GenericError","desc":"JSON parse error, expected a value, found '}' at byte 0, near `}`"}}"#,
        ),
    ];
    check(recording, &turns);
}

/// Replies without ids go with requests without, in their order.
#[test]
fn who_gives_no_ids_is_answered_in_order() {
    let recording = r#"
        {"client": {"execute": "a"}}
        {"client": "stray '@'"}
        {"client": {"execute": "b", "id": 1}}
        {"client": {"execute": "c"}}
        {"server": {"QMP": {}}}
        {"server": {"return": "a"}}
        {"server": {"error": "@"}}
        {"server": {"return": "b", "id": 1}}
        {"server": {"return": "c"}}
    "#;
    let turns = [
        ("", GREETING),
        ("{'execute': 'a'}", r#"{"return": "a"}"#),
        ("@\n", r#"{"error": "@"}"#),
        ("{'execute': 'b', 'id': 2}", r#"{"return":"b","id":2}"#),
        ("{'execute': 'c'}", r#"{"return": "c"}"#),
    ];
    check(recording, &turns);
    let at_once: String = turns.iter().map(|(asks, _)| *asks).collect();
    let answers = turns.map(|(_, answer)| answer).join(" ");
    check(recording, &[(&at_once, &answers)]);
    // A byte that brings an agent into step may go without an answer.
    let recording = r#"
        {"client": "stray '\\xff'"}
        {"client": {"execute": "a"}}
        {"server": {"return": 1}}
        {"client": {"execute": "b"}}
        {"server": {"return": 2}}
    "#;
    let turns = [
        ("{'execute': 'a'}", r#"{"return": 1}"#),
        ("{'execute': 'b'}", r#"{"return": 2}"#),
    ];
    check(recording, &turns);
}

/// A client comes into step with an agent in its own way: with other numbers, as often as it likes.
#[test]
fn agents_and_their_clients() {
    let sync = |number: u64, id: &str| {
        let arguments = format!("\"arguments\": {{\"id\": {number}}}");
        format!("{{\"execute\": \"guest-sync-delimited\", {arguments}{id}}}")
    };
    let asked = format!(
        "{{\"delimiter\": \"client\"}}\n{{\"client\": {}}}\n{{\"client\": {}}}\n{{\"server\": {{\"error\": \"~\"}}}}\n",
        sync(5, ", \"id\": 5"),
        sync(6, "")
    );
    let asks = format!("~{}{}", sync(8, ", \"id\": [8]"), sync(9, ""));
    let recording = format!(
        r#"{asked}
        {{"delimiter": "server"}}
        {{"server": {{"return": 5, "id": 5}}}}
        {{"delimiter": "server"}}
        {{"server": {{"return": 6}}}}
        {{"client": {{"execute": "guest-ping", "id": 7}}}}
        {{"server": {{"return": {{}}, "id": 7}}}}
    "#
    );
    let turns = [
        (
            &*asks,
            r#"{"error": "~"} ~{"return":8,"id":[8]} ~{"return":9}"#,
        ),
        (
            &*asks,
            r#"{"error":{"class":"GenericError","desc":"JSON parse error, stray '\\xff'"}} ~{"return":8,"id":[8]} ~{"return":9}"#,
        ),
        (
            "{'execute': 'guest-sync', 'arguments': {'id': 1}, 'id': 2}",
            r#"{"return":1,"id":2}"#,
        ),
        ("{'execute': 'guest-ping'}", r#"{"return":{}}"#),
    ];
    check(&recording, &turns);
    // Whoever does not come into step at all may as well.
    check(&recording, &turns[3..]);
    // An agent before QEMU 4.0 returns no ids, one before 3.0 refuses what has one.
    for (first, expected) in [
        (
            "{\"delimiter\": \"server\"}\n{\"server\": {\"return\": 5}}",
            "~{\"return\":8,\"id\":[8]}",
        ),
        ("{\"server\": {\"error\": 5}}", "{\"error\":5,\"id\":[8]}"),
    ] {
        let recording = format!(
            r#"{asked}{first}
            {{"delimiter": "server"}}
            {{"server": {{"return": 6}}}}
            {{"client": {{"execute": "guest-ping"}}}}
            {{"server": {{"return": {{}}}}}}
        "#
        );
        let turns = [
            (
                &*asks,
                &*format!(r#"{{"error": "~"}} {expected} ~{{"return":9}}"#),
            ),
            ("{'execute': 'guest-ping'}", r#"{"return": {}}"#),
        ];
        check(&recording, &turns);
    }
    // A machine knows no such commands.
    let turns = [
        ("", GREETING),
        (
            "{'execute': 'guest-sync', 'arguments': {'id': 1}}",
            r#"{"error":{"class":"GenericError","desc":"guest-sync: the recording has no more requests"}}"#,
        ),
    ];
    check("{\"server\": {\"QMP\": {}}}", &turns);
}

#[test]
fn where_a_recording_ends() {
    let asked = "{\"client\": {\"execute\": \"a\"}}\n";
    let answered = "{\"server\": {\"return\": 1}}\n";
    let one = r#"{"return": 1}"#;
    let all = format!("{asked}{answered}");
    for (recording, begins, ends) in [
        (all.clone(), "", one),
        (format!("{all}{{\"end\": \"client\"}}"), "", one),
        (
            format!("{all}{{\"end\": \"server\"}}\n"),
            "",
            "{\"return\": 1} end",
        ),
        (
            format!("{all}{{\"server\": {{\"ret"),
            "",
            "{\"return\": 1} end",
        ),
        (asked.to_owned(), "", "end"),
        (format!("{asked}{{\"end\": \"client\"}}\n"), "", ""),
        ("{\"end\": \"server\"}\n".to_owned(), "end", "end"),
    ] {
        let replay: Replay = recording.parse().unwrap();
        let is_torn = recording.ends_with("ret") || recording == asked;
        assert_eq!(replay.breaks_off(), is_torn, "{recording}");
        let unexpected = replay.requests() == 0;
        if !unexpected {
            check(&recording, &[("", begins), ("{'execute': 'a'}", ends)]);
        } else {
            check(&recording, &[("", begins)]);
        }
    }
}

/// How many connections a recording is of, and what each of them begins with.
#[test]
fn recordings_of_many_connections() {
    let text = r#"
{"server": 1}
{"end": "client"}

{"end": "server"}
{"server": 2}
{"client": 3}
{"end": "server"}
{"server": 4"#;
    let replays = Replay::read(text.as_bytes()).unwrap();
    let found = replays.iter().map(|replay| {
        (
            replay.first,
            replay.lines.len(),
            replay.requests(),
            replay.end,
        )
    });
    let expected = [
        (2, 1, 0, End::HungUp(Side::Client)),
        (5, 0, 0, End::HungUp(Side::Server)),
        (6, 2, 1, End::HungUp(Side::Server)),
        (9, 0, 0, End::Torn),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
    let error = text.parse::<Replay>().unwrap_err();
    assert_eq!(error.to_string(), "line 5 begins another connection");
    assert_eq!("".parse::<Replay>().unwrap().requests(), 0);
}

/// A text without end, or one that ends in an error.
struct Endless(bool);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0 {
            true => Err(io::Error::other("the disk is broken")),
            false => {
                buffer.fill(b' ');
                Ok(buffer.len())
            }
        }
    }
}

#[test]
fn what_cannot_be_read() {
    for (text, expected) in [
        (
            &b"\n{\"client\": 1}\n{\"clown\": 1}\n"[..],
            "line 3.clown: the type has no such member at byte 1, near `{\"clown\": 1}`",
        ),
        (
            b"{}\n",
            "line 1: expected an object with `client`, `server`, `delimiter` or `end`, found another",
        ),
        (
            b"{\"end\": \"nobody\"}\n",
            "line 1.end: `nobody` is not a value of Side at byte 8, near `{\"end\": \"nobody\"}`",
        ),
        (b"\xff\n", "line 1: not UTF-8"),
        (
            b"{\"client\": 1, \"server\": 1}\n",
            "line 1: expected an object with `client`, `server`, `delimiter` or `end`, found another",
        ),
        // What is torn has to have begun.
        (b"{\"cli", "line 1: "),
    ] {
        let error = Replay::read(text).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    for (is_broken, expected) in [
        (true, "the disk is broken"),
        (false, "line 1 has more than 67108964 bytes"),
    ] {
        let error = Replay::read(io::BufReader::new(Endless(is_broken)));
        assert_eq!(error.unwrap_err().to_string(), expected);
    }
}

/// Whether a message comes back from a recording as it was.
#[test]
fn messages_of_every_size() {
    let deep = format!("{}{}", "[".repeat(1024), "]".repeat(1024));
    let many = format!("[{}1]", "1,".repeat(1 << 20));
    for (side, message, is_kept) in [
        (Side::Client, &deep, true),
        (Side::Client, &many, false),
        (Side::Server, &many, true),
    ] {
        let mut text = Vec::new();
        let mut recording = Recording::new(&mut text);
        recording.hear(side, message.as_bytes()).unwrap();
        recording.end(side).unwrap();
        let replay = Replay::read(&*text).unwrap().remove(0);
        let found = replay.lines[0].message.as_json();
        assert_eq!(found == message, is_kept, "{found:.80}");
    }
    // The longest that there is.
    let message = format!("\"{}\"", "a".repeat(Limits::default().message - 2));
    let replay = Replay::read(format!("{{\"server\": {message}}}\n").as_bytes());
    assert_eq!(replay.unwrap()[0].lines[0].message.as_json(), message);
}

/// A client that says what it has to say, a piece at a time, and hears nothing.
struct Talker<'a>(std::slice::Chunks<'a, u8>);

impl Read for Talker<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.0.next().unwrap_or_default();
        buffer[..chunk.len()].copy_from_slice(chunk);
        Ok(chunk.len())
    }
}

impl Write for Talker<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Something that is said, or nearly.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        Just("{\"execute\": \"a\"}"),
        Just("{'exec-oob': 'b', 'id': [1]}\n"),
        Just("{\"return\": 1}"),
        Just("{\"error\": {}, \"id\": [1]}\r\n"),
        Just("{\"event\": \"A\"}"),
        Just("{\"QMP\": {}}"),
        Just("{'client': 1}\n"),
        Just("\n"),
        Just("{\"end\": \"server\"}\n"),
        Just("{\"delimiter\": \"server\"}\n"),
        Just("{'execute': 'guest-sync', 'arguments': {'id': 2}}"),
    ];
    prop_oneof![
        3 => text.prop_map(Vec::from),
        1 => proptest::collection::vec(any::<u8>(), 0..8),
    ]
}

proptest! {
    /// Whatever a file holds is read, or is not; whatever a client says is answered, or is not.
    #[test]
    fn recordings_and_clients_of_any_kind_do_no_harm(
        text in proptest::collection::vec((prop_oneof![Just("{\"client\": "), Just("{\"server\": "), Just("")], piece()), 0..10),
        asks in proptest::collection::vec(piece(), 0..10),
    ) {
        let text = text.iter().flat_map(|(begin, piece)| {
            let end: &[u8] = if begin.is_empty() { b"" } else { b"}\n" };
            [begin.as_bytes(), piece, end].concat()
        });
        let text: Vec<u8> = text.collect();
        let asks = asks.concat();
        for replay in Replay::read(&*text).unwrap_or_default() {
            let mut differences = 0;
            replay.play_and_tell(Talker(asks.chunks(3)), |_| differences += 1).unwrap();
            prop_assert!(differences <= asks.len() + replay.requests());
        }
    }

    /// Whatever is said can be read again, and whoever says the same again hears all of it.
    #[test]
    fn what_is_recorded_is_played_again(
        said in proptest::collection::vec((any::<bool>(), piece()), 0..20),
        size in 1..20_usize,
    ) {
        let mut text = Vec::new();
        let mut recording = Recording::new(&mut text);
        let mut asks = Vec::new();
        for (is_client, piece) in &said {
            let side = if *is_client { Side::Client } else { Side::Server };
            for chunk in piece.chunks(size) {
                recording.hear(side, chunk).unwrap();
            }
            if *is_client {
                asks.extend_from_slice(piece);
            }
        }
        recording.end(Side::Client).unwrap();
        let replay = Replay::read(&*text).unwrap().remove(0);
        let mut player = Player::of(&replay);
        let lines = |said: Vec<u8>| said.iter().filter(|byte| **byte == b'\n').count();
        let mut heard = lines(player.begin());
        let mut input = Input::new(Limits::default());
        for chunk in asks.chunks(size) {
            input.push(chunk);
            while let Some(message) = input.next() {
                let (said, difference) = player.hear(message);
                prop_assert_eq!(difference, None);
                heard += lines(said);
            }
        }
        prop_assert_eq!(heard, replay.lines.len() - replay.requests());
    }
}
