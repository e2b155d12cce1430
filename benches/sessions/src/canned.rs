//! A server that answers at once, whatever it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use tempfile::TempDir;

use crate::Result;
use crate::process::Process;

const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"major": 10, "minor": 2, "micro": 0}, "package": ""}, "capabilities": ["oob"]}}"#;

/// What any command returns: what `query-status` does.
const RETURN: &[u8] = br#"{"return": {"status": "prelaunch", "running": false}"#;

/// The command that is answered after a flood of events.
const FLOOD: &[u8] = br#"{"execute":"stop""#;
const EVENT: &[u8] = b"{\"timestamp\": {\"seconds\": 1700000000, \"microseconds\": 123456}, \"event\": \"JOB_STATUS_CHANGE\", \"data\": {\"status\": \"running\", \"id\": \"job0\"}}\r\n";

/// Such a server, in a process of its own: what it costs is not its clients'.
pub(crate) struct Canned {
    _process: Process,
    folder: TempDir,
}

impl Canned {
    /// Each connection has a thread; a flood has so many events.
    pub(crate) fn start(flood: usize) -> Result<Self> {
        Self::start_with(flood, 0)
    }

    /// One thread for so many connections that negotiate and say nothing more, and for the last, which may.
    pub(crate) fn start_for_idle(count: usize) -> Result<Self> {
        Self::start_with(0, count)
    }

    fn start_with(flood: usize, idle: usize) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(folder.path().join(NAME));
        command.args([flood.to_string(), idle.to_string()]);
        let mut process = Process(command.stdout(Stdio::piped()).spawn()?);
        let mut ready = String::new();
        let output = process.0.stdout.take().ok_or("it has no pipe")?;
        BufReader::new(output).read_line(&mut ready)?;
        if ready.is_empty() {
            return Err("the server does not start".into());
        }
        Ok(Self {
            _process: process,
            folder,
        })
    }

    pub(crate) fn path(&self) -> PathBuf {
        Path::join(self.folder.path(), NAME)
    }
}

/// The name of its socket, in its folder.
const NAME: &str = "qmp";

/// Serves at a path, for ever.
pub(crate) fn serve(path: &str, flood: usize, idle: usize) -> Result<()> {
    crate::limits::descriptors()?;
    let listener = UnixListener::bind(path)?;
    println!("ready");
    let mut kept = Vec::with_capacity(idle);
    for _ in 1..idle {
        let mut connection = Connection::greet(listener.accept()?.0)?;
        while connection.answer(0)? == 0 {}
        kept.push(connection.stream);
    }
    for stream in listener.incoming().flatten() {
        thread::spawn(move || converse(stream, flood));
    }
    Ok(())
}

fn converse(stream: UnixStream, flood: usize) -> std::io::Result<()> {
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

/// The reply to a request without its last brace, with its id, if it has one.
fn reply(request: &[u8], replies: &mut Vec<u8>) {
    const ID: &[u8] = br#""id":"#;
    replies.extend_from_slice(RETURN);
    if let Some(at) = request.windows(ID.len()).position(|bytes| bytes == ID) {
        let rest = &request[at + ID.len()..];
        let end = rest.iter().position(|byte| *byte == b',');
        replies.extend_from_slice(br#", "id": "#);
        replies.extend_from_slice(rest[..end.unwrap_or(rest.len())].trim_ascii());
    }
    replies.extend_from_slice(b"}\r\n");
}
