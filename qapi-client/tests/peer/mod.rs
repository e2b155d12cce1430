//! A peer that follows a script, and what its clients run on.
#![allow(dead_code, reason = "not every test needs all of it")]

#[cfg(feature = "tls")]
pub(crate) mod tls;

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread;

use qapi_types::{Command, Encode, Writer};

/// A command that answers on failure only.
pub(crate) struct Shutdown;

impl Encode for Shutdown {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl Command for Shutdown {
    type Return = ();
    const NAME: &'static str = "guest-shutdown";
    const SUCCESS_RESPONSE: bool = false;
}

/// What the peer does, one after the other; after the last it leaves.
#[derive(Clone, Copy)]
pub(crate) enum Peer {
    Says(&'static str),
    /// Says it so many times.
    Repeats(usize, &'static str),
    /// Says bytes that may be no text.
    Utters(&'static [u8]),
    /// Says it byte by byte.
    Stammers(&'static str),
    /// Waits until the client has said exactly this.
    Hears(&'static str),
    /// Says nothing, and stays until the client leaves.
    Stays,
}
use Peer::{Hears, Repeats, Says, Stammers, Stays, Utters};

pub(crate) const GREETING: Peer = Says(
    r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}"#,
);
pub(crate) const NEGOTIATE: Peer = Hears(r#"{"execute":"qmp_capabilities","id":0}"#);
pub(crate) const NEGOTIATED: Peer = Says("{\"return\": {}, \"id\": 0}\r\n");

/// Plays the peer's part over `stream`.
pub(crate) fn perform(script: &[Peer], mut stream: impl Read + Write) {
    for step in script {
        match step {
            Says(text) => stream.write_all(text.as_bytes()).unwrap(),
            Utters(bytes) => stream.write_all(bytes).unwrap(),
            Repeats(times, text) => {
                // The client may have had enough before.
                let _ = stream.write_all(text.repeat(*times).as_bytes());
            }
            Stammers(text) => {
                for byte in text.bytes() {
                    stream.write_all(&[byte]).unwrap();
                }
            }
            Stays => {
                let mut heard = Vec::new();
                stream.read_to_end(&mut heard).unwrap();
                assert_eq!(String::from_utf8_lossy(&heard), "");
            }
            Hears(expected) => {
                let mut heard = vec![b' '; expected.len()];
                // Should this take long, the client may end its lines.
                while heard[0].is_ascii_whitespace() {
                    stream.read_exact(&mut heard[..1]).unwrap();
                }
                stream.read_exact(&mut heard[1..]).unwrap();
                assert_eq!(String::from_utf8_lossy(&heard), *expected);
            }
        }
    }
}

/// Runs a future to its end, on a runtime of its own with one thread.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// Plays `script` while `client` talks to it, and sees that it is played to its end.
pub(crate) fn play<T>(script: &[Peer], client: impl FnOnce(UnixStream) -> T) -> T {
    let (peer, stream) = UnixStream::pair().unwrap();
    thread::scope(|scope| {
        let playing = scope.spawn(move || perform(script, peer));
        let result = client(stream);
        playing.join().unwrap();
        result
    })
}
