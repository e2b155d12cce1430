use proptest::prelude::*;

use super::{Framer, Violation};

const LIMIT: usize = 40;

/// What comes out when `pieces` go in one after the other; the end is a violation, or more is expected.
fn frame(pieces: &[&[u8]]) -> (Vec<String>, Result<(), Violation>) {
    let mut framer = Framer::new(LIMIT, 4);
    let mut messages = Vec::new();
    for piece in pieces {
        framer.push(piece);
        loop {
            match framer.next() {
                Ok(Some(message)) => messages.push(String::from_utf8_lossy(message).into_owned()),
                Ok(None) => break,
                Err(violation) => {
                    assert_eq!(framer.next(), Err(violation.clone()));
                    return (messages, Err(violation));
                }
            }
        }
    }
    (messages, Ok(()))
}

/// The stream gives these messages and this end, in one piece, split anywhere into two, and byte by byte.
#[track_caller]
fn check(stream: &str, messages: &[&str], end: Result<(), Violation>) {
    let expected = (
        messages.iter().map(|message| message.to_string()).collect(),
        end,
    );
    let stream = stream.as_bytes();
    for at in 0..=stream.len() {
        let (first, second) = stream.split_at(at);
        assert_eq!(frame(&[first, second]), expected, "split at {at}");
    }
    assert_eq!(frame(&stream.chunks(1).collect::<Vec<_>>()), expected);
}

#[test]
fn messages_end_with_their_brackets() {
    check("", &[], Ok(()));
    check(" \r\n\t", &[], Ok(()));
    check("{}", &["{}"], Ok(()));
    check("{}{}\r\n{ }", &["{}", "{}", "{ }"], Ok(()));
    check(
        "{\n  \"a\": [\n    {}\n  ]\n}\n{",
        &["{\n  \"a\": [\n    {}\n  ]\n}"],
        Ok(()),
    );
    check(
        r#"{"}{][":"\"}"}{"\\":1}"#,
        &[r#"{"}{][":"\"}"}"#, r#"{"\\":1}"#],
        Ok(()),
    );
    check(r#"{"a"#, &[], Ok(()));
}

#[test]
fn what_is_no_object_is_a_violation() {
    let found = |found| Err(Violation::NoObject { found });
    check("hello", &[], found(b'h'));
    check("{} ]", &["{}"], found(b']'));
    check("[{}]", &[], found(b'['));
    check("\"{}\"", &[], found(b'"'));
    check("{}}{}", &["{}"], found(b'}'));
    check("{}\u{0}", &["{}"], found(0));
}

#[test]
fn limits_hold_wherever_the_stream_is_split() {
    let message = |length: usize| format!("{{\"{}\"}}", "a".repeat(length - 4));
    let too_long = || Err(Violation::TooLong { limit: LIMIT });
    let longest = message(LIMIT);
    check(
        &format!("{longest} {longest}"),
        &[&longest, &longest],
        Ok(()),
    );
    check(&message(LIMIT + 1), &[], too_long());
    check(
        &format!("{{}}{{\"{}", "a".repeat(LIMIT)),
        &["{}"],
        too_long(),
    );
    check(&format!("{{{}", " ".repeat(LIMIT)), &[], too_long());
    check("{[{[]}]}", &["{[{[]}]}"], Ok(()));
    check("{[{[[]]}]}", &[], Err(Violation::TooDeep { limit: 4 }));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// How the stream is split is nothing to its messages, whatever the stream is.
    #[test]
    fn splits_do_not_matter(
        stream in prop::collection::vec(prop::sample::select(b"{}[]\"\\ a:,1\n".to_vec()), 0..60),
        size in 1_usize..10,
    ) {
        prop_assert_eq!(frame(&stream.chunks(size).collect::<Vec<_>>()), frame(&[&stream]));
    }
}
