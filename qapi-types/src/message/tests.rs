use super::{Greeting, Message, Request, Timestamp, Version};
use crate::{Any, AnyMembers, Command, ErrorClass, UnknownEvent, Writer, from_str, to_string};

/// A message in one line, for the tests to compare.
fn read(text: &str) -> String {
    let id = |id: Option<super::Payload<'_>>| id.map_or("-".to_owned(), |id| id.json().to_owned());
    match Message::parse(text) {
        Ok(Message::Greeting(Greeting {
            version,
            capabilities,
        })) => format!("greeting {version} {:?} {capabilities:?}", version.package),
        Ok(Message::Return { value, id: i }) => format!("return {} {}", value.json(), id(i)),
        Ok(Message::Error { error, id: i }) => format!("error {error} {}", id(i)),
        Ok(Message::Event {
            name,
            data,
            timestamp:
                Timestamp {
                    seconds,
                    microseconds,
                },
        }) => format!("event {name} {} {seconds}.{microseconds}", data.json()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_form_is_read() {
    for (text, expected) in [
        // greetings: 0.12, 0.13, 3.0, today's
        (
            r#"{"QMP": {"version": {"qemu": "0.12.50", "package": ""}, "capabilities": []}}"#,
            r#"greeting 0.12.50 "" []"#,
        ),
        (
            r#"{"QMP": {"version": {"qemu": {"micro": 50, "minor": 13, "major": 0}, "package": ""}, "capabilities": []}}"#,
            r#"greeting 0.13.50 "" []"#,
        ),
        (
            "{\n  \"QMP\": {\n    \"version\": {\n      \"qemu\": {\n \"micro\": 0,\n \"minor\": 0,\n \"major\": 3\n },\n \
             \"package\": \"v3.0.0\"\n },\n    \"capabilities\": [\n \"oob\"\n ]\n  }\n}\r\n",
            r#"greeting 3.0.0 "v3.0.0" ["oob"]"#,
        ),
        (
            r#"{"QMP": {"capabilities": ["oob", "x-new"], "news": 1, "version": {"package": "p", "qemu": {"major": 10, "minor": 2, "micro": 1}}}}"#,
            r#"greeting 10.2.1 "p" ["oob", "x-new"]"#,
        ),
        // replies
        (r#"{"return": {}, "id": 7}"#, "return {} 7"),
        (
            r#"{"id": {"a": ["b"]}, "return": [1]}"#,
            r#"return [1] {"a": ["b"]}"#,
        ),
        (r#"{"return": null}"#, "return null -"),
        (
            r#"{"id": "x", "error": {"class": "GenericError", "desc": "No", "data": {}}}"#,
            r#"error GenericError: No "x""#,
        ),
        (
            r#"{"error": {"desc": "JSON parse error", "class": "NewClass"}}"#,
            "error NewClass: JSON parse error -",
        ),
        // greetings of others
        (
            r#"{"QMP": {"version": {"qemu": {"major": 1}}, "capabilities": ["oob"]}}"#,
            r#"greeting 0.0.0 "" ["oob"]"#,
        ),
        (
            r#"{"QMP": {"version": "1.2", "capabilities": {"oob": true}}}"#,
            r#"greeting 0.0.0 "" []"#,
        ),
        // events
        (
            r#"{"timestamp": {"seconds": 1, "microseconds": 2}, "event": "STOP"}"#,
            "event STOP {} 1.2",
        ),
        (
            r#"{"event": "X", "data": {"a": 1}, "timestamp": {"seconds": -1, "microseconds": -1}}"#,
            r#"event X {"a": 1} -1.-1"#,
        ),
        (r#"{"event": "X", "new": [{}]}"#, "event X {} -1.-1"),
        // no messages
        (
            r#"{}"#,
            "expected an object with one of `return`, `error`, `event` and `QMP`, found another at byte 0, near `{}`",
        ),
        (
            r#"{"return": {}, "event": "X"}"#,
            "expected an object with one of `return`, `error`, `event` and `QMP`, found another at byte 0, near `{\"return\": {}, \"event\": \"X\"}`",
        ),
        (
            r#"{"return": {}, "return": {}}"#,
            r#"return: the member is there twice at byte 25, near `: {}, "return": {}}`"#,
        ),
        (
            r#"{"error": {"class": "GenericError"}}"#,
            r#"error: member `desc` is missing at byte 10, near `{"error": {"class": "GenericError"}}`"#,
        ),
        (
            r#"{"return": {}} x"#,
            r#"something follows the value at byte 15, near `{"return": {}} x`"#,
        ),
        (
            "[]",
            "expected an object, found an array at byte 0, near `[]`",
        ),
    ] {
        assert_eq!(read(text), expected);
    }
}

#[test]
fn payloads_err_where_they_lie_in_the_message() {
    let Ok(Message::Return { value, id }) =
        Message::parse(r#"{"id": 9, "return": [[1], [2, "x"]]}"#)
    else {
        panic!("a return");
    };
    let error = value.decode::<Vec<Vec<u8>>>().unwrap_err();
    assert_eq!(
        (error.path().as_str(), error.offset()),
        ("return[1][1]", 30)
    );
    assert_eq!(value.decode::<()>(), Ok(()));
    assert_eq!(
        value.decode::<Any>().unwrap().as_json(),
        r#"[[1], [2, "x"]]"#
    );
    assert_eq!(
        (value.number(), id.and_then(|id| id.number())),
        (None, Some(9))
    );
}

/// The usual reply is told by its two ends; what is between them is read when it is decoded, and to its end.
#[test]
fn the_usual_reply_is_what_it_seems() {
    for (text, expected) in [
        (r#"{"return": {}, "id": 0}"#, Ok("{}")),
        ("{\"return\": [1, 2], \"id\": 10}\r\n", Ok("[1, 2]")),
        (
            r#"{"return": "\", \"id\": 1}", "id": 2}"#,
            Ok(r#""\", \"id\": 1}""#),
        ),
        (
            r#"{"return": {"id": 1, "id": 2}, "id": 3}"#,
            Ok(r#"{"id": 1, "id": 2}"#),
        ),
        (
            r#"{"return": 1, "id": 2, "id": 3}"#,
            Err("something follows"),
        ),
        (
            r#"{"return": 1, "error": {}, "id": 3}"#,
            Err("something follows"),
        ),
        (r#"{"return": "a, "id": 3}"#, Err("expected")),
        (r#"{"return": {"a": [1}, "id": 3}"#, Err("expected")),
        (r#"{"return": , "id": 3}"#, Err("expected")),
        (r#"{"return": {"return": 1, "id": 3}"#, Err("expected")),
    ] {
        let value = match Message::parse(text) {
            Ok(Message::Return { value, .. }) => value.decode::<Any>(),
            Ok(other) => panic!("{text}: {other:?}"),
            Err(error) => Err(error),
        };
        match (&value, expected) {
            (Ok(value), Ok(expected)) => assert_eq!(value.as_json(), expected),
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{text}: {error}"),
            _ => panic!("{text}: {value:?}"),
        }
    }
}

#[test]
fn events_without_data_have_none() {
    let Ok(Message::Event { name, data, .. }) = Message::parse(r#"{"event": "STOP"}"#) else {
        panic!("an event");
    };
    let expected = UnknownEvent {
        name: "STOP".into(),
        data: Any::from(AnyMembers::new()),
    };
    assert_eq!(data.decode_event(&name), Ok(expected));
}

#[test]
fn versions_are_read_in_both_forms() {
    for text in [
        r#"{"qemu": "0.12.50", "package": "p"}"#,
        r#"{"qemu": {"micro": 50, "minor": 12, "major": 0}, "package": "p"}"#,
    ] {
        let expected = Version {
            major: 0,
            minor: 12,
            micro: 50,
            package: "p".into(),
        };
        assert_eq!(from_str(text), Ok(expected));
    }
}

#[test]
fn classes_keep_their_names() {
    for name in [
        "GenericError",
        "CommandNotFound",
        "DeviceNotActive",
        "DeviceNotFound",
        "KVMMissingCap",
        "NewClass",
    ] {
        let class = ErrorClass::from(name);
        assert_eq!(matches!(class, ErrorClass::Other(_)), name == "NewClass");
        assert_eq!(from_str(&to_string(&class)), Ok(class));
    }
}

#[test]
fn timestamps_are_times_unless_unknown() {
    let time = |seconds, microseconds| {
        let timestamp = Timestamp {
            seconds,
            microseconds,
        };
        let time = timestamp.to_system_time()?;
        Some(
            time.duration_since(std::time::UNIX_EPOCH)
                .unwrap()
                .as_micros(),
        )
    };
    assert_eq!(time(1, 5), Some(1_000_005));
    assert_eq!(time(-1, -1), None);
    assert_eq!(time(i64::MAX, i64::MAX), None);
}

#[test]
fn timestamps_are_written_as_seconds() {
    for (seconds, microseconds, text) in [
        (1_763_722_799, 104_477, "1763722799.104477"),
        (1, 5, "1.000005"),
        (-1, -1, "-1"),
        (1, -5, "-1"),
        (i64::MIN, 0, "-1"),
    ] {
        let timestamp = Timestamp {
            seconds,
            microseconds,
        };
        assert_eq!(timestamp.to_string(), text);
    }
}

struct Stop;

impl crate::Encode for Stop {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl Command for Stop {
    type Return = ();
    const NAME: &'static str = "stop";
}

#[test]
fn requests_are_as_short_as_can_be() {
    let arguments = AnyMembers::from_iter([("a", 1)]);
    for (request, expected) in [
        (Request::new(&Stop), r#"{"execute":"stop"}"#),
        (Request::new(&Stop).id(0), r#"{"execute":"stop","id":0}"#),
        (
            Request::named("x").arguments(&arguments).id(1).oob(),
            r#"{"exec-oob":"x","arguments":{"a":1},"id":1}"#,
        ),
    ] {
        assert_eq!(to_string(&request), expected);
    }
}
