//! A server that says again what a real one has said.

use std::fmt;
use std::io::{self, Read, Write};

use qapi_types::{Any, DecodeError, Encode, Writer};

use super::exchange::{Line, Side};
use super::input::Input;
use super::{Limits, Request};

/// An exchange that was recorded, to be played with another client in the client's place.
///
/// The n-th message of the client is taken for the n-th of the recording, whatever its id, and answered under its own id
/// as that one was. Events come no later than they did.
///
/// ```
/// use std::os::unix::net::UnixStream;
///
/// use qapi_client::blocking::{Client, Options};
/// use qapi_client::server::Replay;
///
/// let replay: Replay = r#"
///     {"server": {"QMP": {"version": {"qemu": "0.12.50"}, "capabilities": []}}}
///     {"client": {"execute": "qmp_capabilities", "id": "a"}}
///     {"server": {"return": {}, "id": "a"}}
///     {"client": {"execute": "stop", "id": "b"}}
///     {"server": {"event": "STOP"}}
///     {"server": {"return": {}, "id": "b"}}
/// "#
/// .parse()?;
/// let (ours, theirs) = UnixStream::pair()?;
/// let differences = std::thread::scope(|scope| {
///     let playing = scope.spawn(|| replay.play(ours));
///     let mut client = Client::over(theirs, Options::default()).expect("the recording greets");
///     client.execute_raw("cont", None).expect("what was answered is answered again");
///     drop(client);
///     playing.join().expect("it does not panic")
/// })?;
/// let expected = r#"message 2: expected {"execute": "stop", "id": "b"}, found {"execute":"cont","id":1}"#;
/// assert_eq!(differences[0].to_string(), expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Replay {
    lines: Vec<Line>,
}

/// Where a client does not say what the recording's has said.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which of the client's messages it is, from 1 on.
    pub message: usize,
    /// What was said when it was recorded; nothing if the client says more now.
    pub expected: Option<Any>,
    /// What is said now, as one line of JSON; nothing if the client has left before.
    pub found: Option<String>,
}

impl std::str::FromStr for Replay {
    type Err = DecodeError;

    /// Reads a recording; empty lines do not count. An error's path begins with the line's number.
    fn from_str(text: &str) -> Result<Self, DecodeError> {
        let lines = text.lines().enumerate();
        let lines = lines.filter(|(_, line)| !line.trim().is_empty());
        let lines = lines.map(|(number, line)| {
            let parsed = line.parse::<Line>();
            parsed.map_err(|error| error.in_member(&format!("line {}", number + 1)))
        });
        Ok(Self {
            lines: lines.collect::<Result<_, _>>()?,
        })
    }
}

impl Replay {
    /// Plays the server's part until the client leaves, and answers where the client differs from the recording's.
    ///
    /// # Errors
    /// The client cannot be read from or written to.
    pub fn play(&self, stream: impl Read + Write) -> io::Result<Vec<Difference>> {
        let mut player = Player {
            lines: &self.lines,
            said: vec![false; self.lines.len()],
            heard: Vec::new(),
            differences: Vec::new(),
            stream,
        };
        let mut input = Input::new(Limits::default());
        let mut chunk = [0; 4096];
        player.say(player.next_turn())?;
        loop {
            let count = player.stream.read(&mut chunk)?;
            if count == 0 {
                player.hear_no_more();
                return Ok(player.differences);
            }
            input.push(&chunk[..count]);
            while let Some(message) = input.next() {
                player.hear(message.unwrap_or_else(|malformed| malformed.to_string()))?;
            }
        }
    }
}

struct Player<'a, S> {
    lines: &'a [Line],
    said: Vec<bool>,
    /// The ids that the client's messages have now, and the lines that they stand for.
    heard: Vec<(usize, Option<Any>)>,
    differences: Vec<Difference>,
    stream: S,
}

impl<S: Read + Write> Player<'_, S> {
    /// The line at which it is the client's turn next.
    fn next_turn(&self) -> usize {
        let from = self.heard.last().map_or(0, |(line, _)| line + 1);
        let turn = self.lines[from..]
            .iter()
            .position(|line| line.side == Side::Client);
        turn.map_or(self.lines.len(), |turn| from + turn)
    }

    /// Takes a message of the client's, and says what was said to it.
    fn hear(&mut self, text: String) -> io::Result<()> {
        let turn = self.next_turn();
        let request = Request::read(&text, true, Limits::default());
        let expected = self.lines.get(turn).map(|line| line.message.clone());
        if !expected
            .as_ref()
            .is_some_and(|expected| means(&request, expected))
        {
            self.differences.push(Difference {
                message: self.heard.len() + 1,
                expected: expected.clone(),
                found: Some(text),
            });
        }
        if expected.is_none() {
            return Ok(());
        }
        self.heard.push((turn, request.id));
        // Up to the next turn; and up to the reply, should the client wait for it before it speaks again.
        let is_reply = |&line: &usize| self.request_of(line) == Some(turn);
        let reply = (turn..self.lines.len()).find(is_reply);
        self.say(self.next_turn().max(reply.map_or(0, |reply| reply + 1)))
    }

    fn hear_no_more(&mut self) {
        let missing = self.lines[self.next_turn()..].iter();
        for line in missing.filter(|line| line.side == Side::Client) {
            self.differences.push(Difference {
                message: self.heard.len() + 1,
                expected: Some(line.message.clone()),
                found: None,
            });
        }
    }

    /// Says what the server has said before the line `end`, but for replies to what the client has not said yet.
    fn say(&mut self, end: usize) -> io::Result<()> {
        let mut text = String::new();
        for line in 0..end {
            if self.lines[line].side == Side::Client || self.said[line] {
                continue;
            }
            let request = self.request_of(line);
            let id =
                match request.map(|request| self.heard.iter().find(|(line, _)| *line == request)) {
                    None => None,
                    Some(None) => continue,
                    Some(Some((_, id))) => Some(id.clone()),
                };
            self.said[line] = true;
            text.push_str(&message(&self.lines[line].message, id));
            text.push_str("\r\n");
        }
        self.stream.write_all(text.as_bytes())?;
        self.stream.flush()
    }

    /// The request that a line replies to: the last one before it with its id.
    fn request_of(&self, line: usize) -> Option<usize> {
        let id = self.lines[line].message.get("id")?;
        let asks =
            |line: &Line| line.side == Side::Client && line.message.get("id").as_ref() == Some(&id);
        self.lines[..line].iter().rposition(asks)
    }
}

/// Is a request what was recorded, but for its id?
fn means(request: &Request, expected: &Any) -> bool {
    let expected = Request::read(expected.as_json(), true, Limits::default());
    match (&request.content, &expected.content) {
        (Ok(one), Ok(other)) => {
            (&one.name, one.oob) == (&other.name, other.oob) && one.arguments == other.arguments
        }
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// A message of the recording under another id.
fn message(recorded: &Any, id: Option<Option<Any>>) -> String {
    let Some(id) = id else {
        return recorded.as_json().to_owned();
    };
    let (returned, error) = (recorded.get("return"), recorded.get("error"));
    let mut writer = Writer::new();
    let members: [(&str, &dyn Encode); 3] = [("return", &returned), ("error", &error), ("id", &id)];
    writer.object(&members);
    writer.into_text()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message;
        match (&self.expected, &self.found) {
            (Some(expected), Some(found)) => {
                write!(f, "message {message}: expected {expected}, found {found}")
            }
            (Some(expected), None) => {
                write!(f, "message {message}: expected {expected}, found nothing")
            }
            (None, Some(found)) => write!(f, "message {message}: expected nothing, found {found}"),
            (None, None) => write!(f, "message {message}"),
        }
    }
}
