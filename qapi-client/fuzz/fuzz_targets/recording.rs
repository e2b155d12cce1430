//! A text that may be a recording, and a client that it is played to: what is read goes back into lines that say the same, and the
//! client is told the same however what it says is split. Then what both say is written down, and the client that says it again
//! hears the same again.
#![no_main]

use std::io::{self, Read, Write};

use libfuzzer_sys::fuzz_target;
use qapi_client::server::exchange::{Line, Recording, Side};
use qapi_client::server::{Difference, Replay};

/// A client that says what it has to say in pieces, and keeps what it hears.
struct Client<'a> {
    says: std::slice::Chunks<'a, u8>,
    hears: Vec<u8>,
}

impl Read for Client<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let chunk = self.says.next().unwrap_or_default();
        buffer[..chunk.len()].copy_from_slice(chunk);
        Ok(chunk.len())
    }
}

impl Write for Client<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hears.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a client hears that says `asks` in pieces of this size, and where it differs.
fn play(replay: &Replay, asks: &[u8], size: usize) -> (Vec<u8>, Vec<Difference>) {
    let mut client = Client {
        says: asks.chunks(size),
        hears: Vec::new(),
    };
    let differences = replay
        .play(&mut client)
        .expect("the client fails at nothing");
    (client.hears, differences)
}

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(2, |byte| *byte == 0);
    let (text, asks) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    for line in text.split(|byte| *byte == b'\n') {
        let Ok(line) = str::from_utf8(line).unwrap_or_default().parse::<Line>() else {
            continue;
        };
        let again: Line = line
            .to_string()
            .parse()
            .expect("what is written can be read");
        assert_eq!(again.to_string(), line.to_string());
    }
    for replay in Replay::read(text).unwrap_or_default() {
        let (heard, differences) = play(&replay, asks, 1 << 10);
        let pieces = play(&replay, asks, 1);
        assert_eq!((&heard, &differences), (&pieces.0, &pieces.1));

        // All that was heard is an answer, or came meanwhile: when does not matter here.
        let mut written = Vec::new();
        let mut recording = Recording::new(&mut written);
        recording
            .hear(Side::Client, asks)
            .expect("memory can be written");
        recording
            .hear(Side::Server, &heard)
            .expect("memory can be written");
        recording.end(Side::Client).expect("memory can be written");
        let replays = Replay::read(&*written).expect("what is written can be read");
        let (_, differences) = play(&replays[0], asks, 7);
        assert!(differences.is_empty(), "{differences:?}");
    }
});
