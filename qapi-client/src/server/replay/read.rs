//! A recording's text, read.

use std::fmt;
use std::io::{self, BufRead, Read};

use qapi_types::{DecodeError, Problem};

use super::super::Limits;
use super::super::exchange::Line;
use super::{End, Replay, Said};

/// How long a line may be: as a message may, and what is around it.
const LONGEST: usize = Limits::DEFAULT.message + 100;

/// Why a text is no recording.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReplayError {
    /// It cannot be read.
    Io(io::Error),
    /// A line is none of a recording's. The error's path begins with the line's number.
    Line(DecodeError),
    /// A line is longer than any message may be.
    TooLong {
        /// Which one, from 1 on.
        number: usize,
    },
    /// There is more than the one connection that was to be there.
    Another {
        /// The line at which it begins, from 1 on.
        number: usize,
    },
}

impl Replay {
    /// Reads a recording of any number of connections; empty lines do not count.
    ///
    /// A last line without its end was not written to its end, if it cannot be read: the recording breaks off there.
    ///
    /// # Errors
    /// It cannot be read, or a line is none of a recording's.
    pub fn read(mut text: impl BufRead) -> Result<Vec<Self>, ReplayError> {
        let mut replays = Vec::new();
        let mut open: Option<(usize, Vec<Said>)> = None;
        let mut end = End::Open;
        let mut bytes = Vec::new();
        for number in 1.. {
            read_line(&mut text, &mut bytes, number)?;
            match parse(&bytes) {
                _ if bytes.is_empty() => break,
                _ if bytes.trim_ascii().is_empty() => {}
                Ok(Line::Said(side, message)) => {
                    let (_, said) = open.get_or_insert_with(|| (number, Vec::new()));
                    said.push(Said::Message(side, message));
                }
                Ok(Line::Delimiter(side)) => {
                    let (_, said) = open.get_or_insert_with(|| (number, Vec::new()));
                    said.push(Said::Delimiter(side));
                }
                Ok(Line::End(side)) => {
                    let (first, said) = open.take().unwrap_or((number, Vec::new()));
                    replays.push(Self::of(first, said, End::HungUp(side)));
                }
                Err(_) if !bytes.ends_with(b"\n") && number > 1 => {
                    end = End::Torn;
                    open.get_or_insert((number, Vec::new()));
                }
                Err(error) => {
                    return Err(ReplayError::Line(
                        error.in_member(&format!("line {number}")),
                    ));
                }
            }
        }
        replays.extend(open.map(|(first, said)| Self::of(first, said, end)));
        Ok(replays)
    }
}

/// The next line with its end, if it has one; nothing when there is no more.
fn read_line(
    text: &mut impl BufRead,
    bytes: &mut Vec<u8>,
    number: usize,
) -> Result<(), ReplayError> {
    bytes.clear();
    let mut limited = text.take(LONGEST as u64);
    limited.read_until(b'\n', bytes).map_err(ReplayError::Io)?;
    match bytes.len() == LONGEST && !bytes.ends_with(b"\n") {
        true => Err(ReplayError::TooLong { number }),
        false => Ok(()),
    }
}

fn parse(bytes: &[u8]) -> Result<Line, DecodeError> {
    let text = str::from_utf8(bytes).map_err(|_| DecodeError::new(Problem::Utf8))?;
    // An error shows the line, not its end.
    text.trim_end().parse()
}

impl std::str::FromStr for Replay {
    type Err = ReplayError;

    /// Reads a recording of one connection. One that is empty has nothing to say, and waits for the client to leave.
    fn from_str(text: &str) -> Result<Self, ReplayError> {
        let mut replays = Self::read(text.as_bytes())?.into_iter();
        let replay = replays.next();
        match replays.next() {
            Some(another) => Err(ReplayError::Another {
                number: another.first,
            }),
            None => Ok(replay.unwrap_or_else(|| Self::of(1, Vec::new(), End::Open))),
        }
    }
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "{error}"),
            Self::Line(error) => write!(f, "{error}"),
            Self::TooLong { number } => write!(f, "line {number} has more than {LONGEST} bytes"),
            Self::Another { number } => write!(f, "line {number} begins another connection"),
        }
    }
}

impl std::error::Error for ReplayError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            Self::Line(_) | Self::TooLong { .. } | Self::Another { .. } => None,
        }
    }
}
