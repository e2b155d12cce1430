//! A server that says again what a real one has said.

mod play;
mod read;
mod synchronize;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};

use qapi_types::{Any, Kind};

use super::exchange::Side;
use super::input::{Input, Malformed};
use super::{Limits, Request};
use crate::core::is_departure;
use play::Player;
pub use read::ReplayError;

/// What was said over one connection, to be said again to another client in the client's place.
///
/// A message of the client's is taken for the first of the recording that is the same but for its id and has not been taken
/// yet, and answered under its own id as that one was; of the negotiation it does not matter for what it asks. Replies
/// without an id belong to requests without one, in their order. What the server has said by itself, as events, comes no
/// later than it did. To a message that the recording does not have the answer is an error of class `GenericError`, which
/// says what the recording has.
///
/// A recording without a greeting is one of a guest's agent. How a client comes into step with it is the client's own affair:
/// it is returned the number that it asks for now, as often as it asks, and that is no difference.
///
/// Where the server has hung up, or the recording breaks off, the client is hung up on; else it may stay as long as it likes.
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
///     client.execute_raw("cont", None).expect_err("nothing was answered");
///     client.execute_raw("stop", None).expect("what was answered is answered again");
///     drop(client);
///     playing.join().expect("it does not panic")
/// })?;
/// let expected = r#"message 2: expected {"execute": "stop", "id": "b"}, found {"execute":"cont","id":1}"#;
/// assert_eq!(differences[0].to_string(), expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Replay {
    /// The number of the line at which it begins.
    first: usize,
    lines: Vec<Line>,
    /// Which of the lines are the client's.
    requests: Vec<usize>,
    /// The server is a guest's agent, which does not greet.
    is_agents: bool,
    end: End,
}

/// Where a client does not say what the recording's has said.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Which message it is, from 1 on: of those that are said now, or, if it is not said now, of those of the recording's
    /// client.
    pub message: usize,
    /// What was said when it was recorded, as far as it has not been said now: it, or what comes closest; nothing if the
    /// recording has no more.
    pub expected: Option<Any>,
    /// What is said now, as one line of JSON; nothing if the client has left before.
    pub found: Option<String>,
}

/// What was said, and by whom.
#[derive(Debug)]
enum Said {
    Message(Side, Any),
    Delimiter(Side),
}

/// A message and its part in the exchange.
#[derive(Clone, Debug)]
struct Line {
    message: Any,
    /// The server has sent a delimiter before it; or it is one, of the client's.
    delimiter: bool,
    part: Part,
}

#[derive(Clone, Debug)]
enum Part {
    /// The client's, and the line that replies to it.
    Request(Request, Option<usize>),
    /// What replies to that line.
    Reply(usize),
    /// What the server says by itself.
    Other,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    HungUp(Side),
    /// The text ends, and says nothing of it.
    Open,
    /// The text ends within a line.
    Torn,
}

impl Replay {
    fn of(first: usize, said: Vec<Said>, end: End) -> Self {
        let is_agents = !has(&said, "QMP");
        let mut lines: Vec<Line> = Vec::new();
        let mut requests = Vec::new();
        let mut open = Open {
            requests: Vec::new(),
            // Agents do one thing after the other, and old ones return no ids.
            in_order: is_agents && !has(&said, "id"),
        };
        // The server has sent one, and nothing behind it yet.
        let mut delimited = false;
        for said in said {
            let number = lines.len();
            let (message, delimiter, part) = match said {
                Said::Delimiter(Side::Server) => {
                    delimited = true;
                    continue;
                }
                Said::Delimiter(Side::Client) => {
                    let request = Request::malformed(Malformed::DELIMITER);
                    let message = Malformed::DELIMITER.to_string().into();
                    (message, true, Part::Request(request, None))
                }
                Said::Message(Side::Client, message) => {
                    let request = Request::read(message.as_json(), true, Limits::default());
                    (message, false, Part::Request(request, None))
                }
                Said::Message(Side::Server, message) => {
                    let part = match open.replied_to(&message, &lines) {
                        None => Part::Other,
                        Some(request) => {
                            if let Part::Request(_, reply) = &mut lines[request].part {
                                *reply = Some(number);
                            }
                            Part::Reply(request)
                        }
                    };
                    (message, std::mem::take(&mut delimited), part)
                }
            };
            if let Part::Request(..) = part {
                requests.push(number);
                open.requests.push(number);
            }
            lines.push(Line {
                message,
                delimiter,
                part,
            });
        }
        Self {
            first,
            lines,
            requests,
            is_agents,
            end,
        }
    }

    /// How many messages the client has said.
    pub fn requests(&self) -> usize {
        self.requests.len()
    }

    /// Whether whoever wrote the recording was stopped in the middle of it, as far as can be seen: its last line is not
    /// whole, or there is a request at the end without a reply, and nobody has hung up.
    pub fn breaks_off(&self) -> bool {
        let last = self.requests.last().map(|line| &self.lines[*line].part);
        match self.end {
            End::HungUp(_) => false,
            End::Open => matches!(last, Some(Part::Request(_, None))),
            End::Torn => true,
        }
    }

    /// Whether the client is hung up on when all has been said.
    fn hangs_up(&self) -> bool {
        self.end == End::HungUp(Side::Server) || self.breaks_off()
    }

    /// Plays the server's part until one of both leaves, and answers where the client differs from the recording's.
    ///
    /// # Errors
    /// The client cannot be read from or written to, other than because it has left.
    pub fn play(&self, stream: impl Read + Write) -> io::Result<Vec<Difference>> {
        let mut differences = Vec::new();
        self.play_and_tell(stream, |difference| differences.push(difference))?;
        Ok(differences)
    }

    /// The same for one who wants to know at once where the client differs, and who the client is that could differ without
    /// end.
    ///
    /// # Errors
    /// As [`play`](Self::play).
    pub fn play_and_tell(
        &self,
        mut stream: impl Read + Write,
        mut tell: impl FnMut(Difference),
    ) -> io::Result<()> {
        let mut player = Player::of(self);
        let played = play(&mut player, &mut stream, &mut tell);
        player.missing().for_each(tell);
        match played {
            Err(error) if is_departure(&error) => Ok(()),
            played => played,
        }
    }
}

fn play(
    player: &mut Player<'_>,
    stream: &mut (impl Read + Write),
    tell: &mut impl FnMut(Difference),
) -> io::Result<()> {
    let mut input = Input::new(Limits::default());
    let mut chunk = vec![0; 16 << 10];
    stream.write_all(&player.begin())?;
    while !player.has_ended() {
        stream.flush()?;
        let count = match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        input.push(&chunk[..count]);
        while let Some(message) = input.next() {
            let (said, difference) = player.hear(message);
            difference.map(&mut *tell);
            stream.write_all(&said)?;
            if player.has_ended() {
                break;
            }
        }
    }
    stream.flush()
}

/// Whether the server has said a message with this member.
fn has(said: &[Said], member: &str) -> bool {
    said.iter().any(|said| match said {
        Said::Message(Side::Server, message) => {
            message.kind() == Kind::Object && message.get(member).is_some()
        }
        _ => false,
    })
}

/// The requests that were not replied to yet.
struct Open {
    requests: Vec<usize>,
    /// They are replied to in their order, without ids.
    in_order: bool,
}

impl Open {
    /// Which of them a message of the server's replies to, and is open no longer: the last one with its id; without an id the
    /// first one without. That what was no message is answered by an error only.
    fn replied_to(&mut self, message: &Any, lines: &[Line]) -> Option<usize> {
        let request = |line: &usize| match &lines[*line].part {
            Part::Request(request, _) => Some(request),
            _ => None,
        };
        let returns = match message.kind() {
            Kind::Object => message.get("return").is_some(),
            _ => return None,
        };
        if !returns && message.get("error").is_none() {
            return None;
        }
        let open = &mut self.requests;
        let place = match message.get("id") {
            Some(id) => open
                .iter()
                .rposition(|line| request(line).is_some_and(|request| request.id() == Some(&id))),
            None => open.iter().position(|line| {
                let fits = |request: &Request| {
                    (self.in_order || request.id().is_none())
                        && (request.content.is_ok() || !returns)
                };
                request(line).is_some_and(fits)
            }),
        }?;
        match self.in_order {
            true => open.drain(..=place).next_back(),
            false => Some(open.remove(place)),
        }
    }
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
