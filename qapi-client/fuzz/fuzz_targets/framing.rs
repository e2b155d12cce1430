//! Any stream, split anywhere: the messages are the same as of the stream in one piece, and a session lives through it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_client::core::{Call, Framer, Session, Violation};

/// Short enough for a fuzzer to reach.
const LONGEST: usize = 200;
const DEEPEST: usize = 8;

/// The messages of a stream that comes in `chunks`, and how it ends.
fn messages<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> (Vec<Vec<u8>>, Option<Violation>) {
    let mut framer = Framer::new(LONGEST, DEEPEST);
    let mut messages = Vec::new();
    for chunk in chunks {
        framer.push(chunk);
        loop {
            match framer.next() {
                Ok(Some(message)) => messages.push(message.to_vec()),
                Ok(None) => break,
                Err(violation) => return (messages, Some(violation)),
            }
        }
    }
    (messages, None)
}

fuzz_target!(|input: (u8, bool, &[u8])| {
    let (size, greets, stream) = input;
    let size = usize::from(size).max(1);
    let (whole, end) = messages(std::iter::once(stream));
    assert_eq!(messages(stream.chunks(size)), (whole.clone(), end));
    for message in &whole {
        assert!(message.starts_with(b"{") && message.ends_with(b"}") | message.ends_with(b"]"));
        assert!(message.len() <= LONGEST);
        // A message is its own stream.
        let alone = messages(std::iter::once(&**message));
        assert_eq!(alone, (vec![message.clone()], None));
    }

    let mut session = match greets {
        true => Session::new(Default::default()),
        false => Session::without_greeting(Default::default()),
    };
    for chunk in stream.chunks(size) {
        session.receive(chunk);
        while session.step().is_some() {}
        session.call(Call::new("query-status", None));
        session.sent(session.outgoing().len());
    }
});
