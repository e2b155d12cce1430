//! Any client: it is answered the same however what it sends is split, and every answer is a message of QMP.
#![no_main]

use libfuzzer_sys::fuzz_target;
use qapi_client::core::Framer;
use qapi_client::server::{Limits, Options, Session};
use qapi_types::{Any, Flag, Message, Reader, Refusal, Service, arguments};

/// A machine whose every command returns its arguments.
struct Echo;

impl Service for Echo {
    fn introspection(&self) -> &str {
        "[]"
    }

    fn flags(&self, command: &str) -> Option<&'static [Flag]> {
        match command.len() {
            0 => None,
            1 => Some(&[Flag::AllowOob]),
            2 => Some(&[Flag::NoSuccessResponse]),
            _ => Some(&[]),
        }
    }

    fn execute(&self, _: &str, r: &mut Reader<'_>) -> Result<String, Refusal> {
        Ok(arguments::<Any>(r)?.as_json().to_owned())
    }
}

/// Short enough for a fuzzer to reach.
fn options() -> Options {
    Options {
        limits: Limits {
            message: 200,
            nesting: 8,
            tokens: 50,
            ..Limits::default()
        },
        ..Options::default()
    }
}

fn answers<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut session = Session::new(&options());
    session.receive(b"{'execute':'qmp_capabilities','arguments':{'enable':['oob']}}");
    for chunk in chunks {
        session.serve(&Echo);
        session.receive(chunk);
    }
    session.serve(&Echo);
    session.take_outgoing()
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, stream) = input;
    let whole = answers(std::iter::once(stream));
    assert_eq!(answers(stream.chunks(usize::from(size).max(1))), whole);
    assert!(whole.is_ascii());
    let mut framer = Framer::new(1 << 20, 100);
    framer.push(&whole);
    while let Some(message) = framer.next().expect("answers are framed") {
        let text = std::str::from_utf8(message).expect("answers are text");
        assert!(Message::parse(text).is_ok(), "{text}");
    }
});
