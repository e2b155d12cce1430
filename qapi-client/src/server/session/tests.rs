use proptest::prelude::*;
use qapi_types::{
    Any, Encode, Flag, Message, Reader, Refusal, Report, Service, Timestamp, Writer, arguments,
};

use super::{Options, Request, Session};
use crate::core::Framer;

/// A machine with a command of each kind.
struct Machine;

impl Service for Machine {
    fn introspection(&self) -> &str {
        "[{}]"
    }

    fn flags(&self, command: &str) -> Option<&'static [Flag]> {
        match command {
            "count" | "fail" => Some(&[]),
            "rescue" => Some(&[Flag::AllowOob, Flag::AllowPreconfig]),
            "leave" => Some(&[Flag::NoSuccessResponse]),
            _ => None,
        }
    }

    fn execute(&self, command: &str, r: &mut Reader<'_>) -> Result<String, Refusal> {
        let given: Vec<u8> = match command {
            "count" => arguments::<Any>(r).map(|given| given.as_json().into())?,
            _ => Vec::new(),
        };
        match command {
            "fail" => Err(Refusal::generic("\u{e9}\u{1f600}\n")),
            _ => Ok(given.len().to_string()),
        }
    }
}

struct Stop;

impl Encode for Stop {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl Report for Stop {
    fn name(&self) -> &'static str {
        "STOP"
    }
}

/// What has been sent, without the names of returns and errors, a line each.
fn sent(session: &mut Session) -> Vec<String> {
    let sent = String::from_utf8(session.take_outgoing()).expect("it is text");
    assert!(sent.is_ascii() && (sent.is_empty() || sent.ends_with("\r\n")));
    sent.lines().map(str::to_owned).collect()
}

/// What a session answers that has greeted.
fn greeted() -> Session {
    let mut session = Session::new(&Options::default());
    session.take_outgoing();
    session
}

/// A session that has negotiated out-of-band execution.
fn ready() -> Session {
    let mut session = greeted();
    session.receive(br#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#);
    session.serve(&Machine);
    assert_eq!(sent(&mut session), [r#"{"return":{}}"#]);
    session
}

#[track_caller]
fn check(mut session: Session, cases: &[(&str, &[&str])]) {
    for (stream, expected) in cases {
        session.receive(stream.as_bytes());
        session.serve(&Machine);
        assert_eq!(sent(&mut session), *expected, "{stream}");
    }
}

#[test]
fn the_greeting_says_who_is_there() {
    let mut session = Session::new(&Options::default());
    let greeting = r#"{"QMP":{"version":{"qemu":{"micro":0,"minor":0,"major":0},"package":""},"capabilities":["oob"]}}"#;
    assert_eq!(sent(&mut session), [greeting]);
    assert!(matches!(Message::parse(greeting), Ok(Message::Greeting(_))));
    let oob = false;
    let mut session = Session::new(&Options {
        oob,
        ..Options::default()
    });
    assert!(sent(&mut session)[0].ends_with(r#""capabilities":[]}}"#));
}

#[test]
fn nothing_is_done_before_the_negotiation() {
    let first = r#""error":{"class":"CommandNotFound","desc":"capabilities are to be negotiated first, with 'qmp_capabilities'"}"#;
    let first = format!("{{{first}}}");
    check(
        greeted(),
        &[
            (r#"{"execute": "count"}"#, &[&first]),
            (r#"{"execute": "nonsense"}"#, &[&first]),
            (
                r#"{"exec-oob": "rescue", "id": 1}"#,
                &[
                    r#"{"error":{"class":"GenericError","desc":"member 'exec-oob' of the request is unexpected"},"id":1}"#,
                ],
            ),
            (
                r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["x"]}}"#,
                &[
                    r#"{"error":{"class":"GenericError","desc":"Parameter 'enable[0]' does not accept value 'x'"}}"#,
                ],
            ),
            (
                r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"], "x": 1}}"#,
                &[r#"{"error":{"class":"GenericError","desc":"Parameter 'x' is unexpected"}}"#],
            ),
            (
                r#"{"execute": "qmp_capabilities", "id": 2}"#,
                &[r#"{"return":{},"id":2}"#],
            ),
            (
                r#"{"execute": "qmp_capabilities"}"#,
                &[
                    r#"{"error":{"class":"CommandNotFound","desc":"capabilities have been negotiated already"}}"#,
                ],
            ),
            (
                r#"{"exec-oob": "rescue"}"#,
                &[
                    r#"{"error":{"class":"GenericError","desc":"member 'exec-oob' of the request is unexpected"}}"#,
                ],
            ),
        ],
    );
}

#[test]
fn requests_are_answered_in_their_order() {
    check(
        ready(),
        &[
            (
                r#"{"execute": "count", "arguments": {"a": 1}, "id": {"x": [1.50, null]}} {'execute':'count'}"#,
                &[
                    r#"{"return":8,"id":{"x": [1.50, null]}}"#,
                    r#"{"return":2}"#,
                ],
            ),
            (
                r#"{"execute": "nonsense", "id": "é"}"#,
                &[
                    r#"{"error":{"class":"CommandNotFound","desc":"The command nonsense has not been found"},"id":"\u00e9"}"#,
                ],
            ),
            (
                r#"{"execute": "fail", "id": null}"#,
                &[r#"{"error":{"class":"GenericError","desc":"\u00e9\ud83d\ude00\n"},"id":null}"#],
            ),
            (r#"{"execute": "leave"}"#, &[]),
            (
                r#"{"exec-oob": "rescue", "id": 1}"#,
                &[r#"{"return":0,"id":1}"#],
            ),
            (
                r#"{"execute": "query-qmp-schema"}"#,
                &[r#"{"return":[{}]}"#],
            ),
            (
                r#"{"execute": "query-qmp-schema", "arguments": {"a": 1}}"#,
                &[r#"{"error":{"class":"GenericError","desc":"Parameter 'a' is unexpected"}}"#],
            ),
            (
                r#"{"exec-oob": "count"}"#,
                &[
                    r#"{"error":{"class":"GenericError","desc":"the command count is not to be executed out of band"}}"#,
                ],
            ),
        ],
    );
}

#[test]
fn what_is_no_request_is_refused() {
    let refused = |why: &str, id: &str| {
        format!(r#"{{"error":{{"class":"GenericError","desc":"{why}"}}{id}}}"#)
    };
    for (stream, expected) in [
        ("[1]", vec![refused("a request is a JSON object", "")]),
        ("5 ", vec![refused("a request is a JSON object", "")]),
        (
            r#"{"id": 3}"#,
            vec![refused("the request lacks member 'execute'", r#","id":3"#)],
        ),
        (
            r#"{"execute": 1, "x": 2}"#,
            vec![refused(
                "member 'execute' of the request must be a string",
                "",
            )],
        ),
        (
            r#"{"execute": "nonsense", "arguments": null}"#,
            vec![refused(
                "member 'arguments' of the request must be an object",
                "",
            )],
        ),
        (
            r#"{"execute": "count", "x": 2, "id": 3}"#,
            vec![refused(
                "member 'x' of the request is unexpected",
                r#","id":3"#,
            )],
        ),
        (
            r#"{"execute": "count", "exec-oob": "count"}"#,
            vec![refused(
                "a request has 'execute' or 'exec-oob', not both",
                "",
            )],
        ),
        (
            r#"{"execute": "count", "id": 1, "id": 2}"#,
            vec![refused(
                r#"JSON parse error, id: the member is there twice"#,
                "",
            )],
        ),
        (
            r#"{"execute": "count", "arguments": {"a": {"b": 1, "\u0062": 2}}}"#,
            vec![refused(
                r#"JSON parse error, b: the member is there twice"#,
                "",
            )],
        ),
        (
            "{\"execute\": \u{ff} {\"execute\": \"count\"}",
            vec![
                refused(r"JSON parse error, stray '\\xc3'", ""),
                r#"{"return":2}"#.to_owned(),
            ],
        ),
        (
            r#"{"execute": "count",}"#,
            vec![refused(
                r#"JSON parse error, expected a member's name, found '}'"#,
                "",
            )],
        ),
    ] {
        let mut session = ready();
        session.receive(stream.as_bytes());
        session.serve(&Machine);
        // Where in the text something is wrong is for the reader's own tests.
        let said = sent(&mut session).into_iter().map(|line| {
            let place = line.find(" at byte ").zip(line.find("`\"}"));
            match place {
                Some((start, end)) => format!("{}{}", &line[..start], &line[end + 1..]),
                None => line,
            }
        });
        assert_eq!(said.collect::<Vec<_>>(), expected, "{stream}");
    }
}

#[test]
fn before_the_machine_is_configured_little_is_done() {
    let mut session = ready();
    session.set_preconfig(true);
    let stream = r#"{"execute": "count"} {"execute": "rescue"}"#;
    session.receive(stream.as_bytes());
    session.serve(&Machine);
    let refused = r#"{"error":{"class":"GenericError","desc":"the command count is not to be executed before the machine is configured"}}"#;
    assert_eq!(sent(&mut session), [refused, r#"{"return":0}"#]);
    session.set_preconfig(false);
    check(
        session,
        &[(r#"{"execute": "count"}"#, &[r#"{"return":2}"#])],
    );
}

#[test]
fn events_are_for_those_who_have_negotiated() {
    let now = Timestamp {
        seconds: 5,
        microseconds: 6,
    };
    let mut session = greeted();
    session.report(&Stop, now);
    assert_eq!(sent(&mut session), [""; 0]);
    let mut session = ready();
    session.report(&Stop, now);
    let event = r#"{"timestamp":{"seconds":5,"microseconds":6},"event":"STOP"}"#;
    assert_eq!(sent(&mut session), [event]);
}

#[test]
fn requests_out_of_band_may_be_taken_up_first() {
    let mut session = ready();
    session.receive(br#"{"execute": "count", "id": 1} {"exec-oob": "rescue", "id": 2}"#);
    let requests: Vec<Request> = std::iter::from_fn(|| session.step()).collect();
    let oob: Vec<bool> = requests.iter().map(Request::is_oob).collect();
    assert_eq!(oob, [false, true]);
    for request in requests.into_iter().rev() {
        let call = session.begin(request, &Machine).expect("a command");
        let result = call.execute(&Machine);
        session.finish(call, result);
    }
    let expected = [r#"{"return":0,"id":2}"#, r#"{"return":2,"id":1}"#];
    assert_eq!(sent(&mut session), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a client sends, and however it is cut, it is answered the same, in messages of QMP.
    #[test]
    fn clients_of_any_kind_do_no_harm(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    r#"{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}"#,
                    r#"{"execute": "count", "id": 1}"#, r#"{"exec-oob": "rescue", "id": [{}]}"#,
                    r#"{'execute': 'fail'}"#, "{", "}", "[", "]", "\"", "'", "\\", ":", ",", "\n", " ", "null", "-1e5", "\u{e9}",
                ]).prop_map(|text| text.as_bytes().to_vec()),
                prop::collection::vec(any::<u8>(), 1..4),
            ],
            0..16,
        ),
        size in 1_usize..40,
    ) {
        let stream = pieces.concat();
        let answered = |size: usize| {
            let mut session = Session::new(&Options::default());
            for chunk in stream.chunks(size) {
                session.receive(chunk);
                session.serve(&Machine);
            }
            session.take_outgoing()
        };
        let whole = answered(stream.len().max(1));
        let mut framer = Framer::new(1 << 20, 100);
        framer.push(&whole);
        while let Some(message) = framer.next().expect("it is framed") {
            let text = std::str::from_utf8(message).expect("it is text");
            prop_assert!(Message::parse(text).is_ok(), "{}", text);
        }
        prop_assert_eq!(whole, answered(size));
    }
}
