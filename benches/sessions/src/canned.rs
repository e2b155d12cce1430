//! A server that answers at once, whatever it is asked.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;

use tempfile::TempDir;

use crate::Result;

const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}"#;

/// What any command returns: what `query-status` does.
const RETURN: &[u8] = br#"{"return": {"status": "prelaunch", "running": false}"#;

/// The command that is answered after a flood of events.
const FLOOD: &[u8] = br#"{"execute":"stop""#;
const EVENT: &[u8] = b"{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 123456}, \"event\": \"JOB_STATUS_CHANGE\", \"data\": {\"status\": \"running\", \"id\": \"job0\"}}\r\n";

/// A place where such a server listens.
pub(crate) struct Canned {
    folder: TempDir,
}

impl Canned {
    /// Each connection has a thread; a flood has so many events.
    pub(crate) fn start(flood: usize) -> Result<Self> {
        let (canned, listener) = Self::listen()?;
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || serve(stream, flood));
            }
        });
        Ok(canned)
    }

    /// One thread for so many connections that negotiate and say nothing more, and for the last, which may.
    pub(crate) fn start_for_idle(count: usize) -> Result<Self> {
        let (canned, listener) = Self::listen()?;
        thread::spawn(move || -> std::io::Result<()> {
            let mut idle = Vec::with_capacity(count);
            for _ in 1..count {
                let mut connection = Connection::greet(listener.accept()?.0)?;
                while connection.answer(0)? == 0 {}
                idle.push(connection.stream);
            }
            serve(listener.accept()?.0, 0)
        });
        Ok(canned)
    }

    fn listen() -> Result<(Self, UnixListener)> {
        let folder = tempfile::tempdir()?;
        let canned = Self { folder };
        let listener = UnixListener::bind(canned.path())?;
        Ok((canned, listener))
    }

    pub(crate) fn path(&self) -> PathBuf {
        Path::join(self.folder.path(), "qmp")
    }
}

fn serve(stream: UnixStream, flood: usize) -> std::io::Result<()> {
    let mut connection = Connection::greet(stream)?;
    loop {
        connection.answer(flood)?;
    }
}

struct Connection {
    stream: UnixStream,
    buffer: Box<[u8]>,
    /// What has come of requests that are not whole.
    requests: Vec<u8>,
    replies: Vec<u8>,
}

impl Connection {
    fn greet(mut stream: UnixStream) -> std::io::Result<Self> {
        stream.write_all(format!("{GREETING}\r\n").as_bytes())?;
        Ok(Self {
            stream,
            buffer: vec![0; 1 << 16].into(),
            requests: Vec::new(),
            replies: Vec::new(),
        })
    }

    /// Answers what has come next, and says how many requests that was.
    fn answer(&mut self, flood: usize) -> std::io::Result<usize> {
        let count = self.stream.read(&mut self.buffer)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.requests.extend_from_slice(&self.buffer[..count]);
        let (mut answered, mut begin, mut depth) = (0, 0, 0);
        for (at, byte) in self.requests.iter().enumerate() {
            match byte {
                b'{' => depth += 1,
                b'}' if depth > 1 => depth -= 1,
                b'}' => {
                    let request = self.requests[begin..at].trim_ascii_start();
                    if request.starts_with(FLOOD) {
                        for _ in 0..flood / EVENTS.max(1) {
                            self.stream.write_all(&EVENT.repeat(EVENTS))?;
                        }
                    }
                    reply(request, &mut self.replies);
                    (begin, depth, answered) = (at + 1, 0, answered + 1);
                }
                _ => {}
            }
        }
        self.requests.drain(..begin);
        self.stream.write_all(&self.replies)?;
        self.replies.clear();
        Ok(answered)
    }
}

/// How many events a flood has in one piece.
const EVENTS: usize = 500;

/// The reply to a request without its last brace, where the id is, if it has one.
fn reply(request: &[u8], replies: &mut Vec<u8>) {
    let digits = request
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_digit());
    let id = &request[request.len() - digits.count()..];
    replies.extend_from_slice(RETURN);
    if !id.is_empty() {
        replies.extend_from_slice(br#", "id": "#);
        replies.extend_from_slice(id);
    }
    replies.extend_from_slice(b"}\r\n");
}
