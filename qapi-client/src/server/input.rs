//! What a client sends, cut into messages: as QEMU's own reader takes it, which is more than JSON.

use std::fmt;

use super::Limits;
use crate::core::DELIMITER;

/// Cuts a stream of bytes into values, wherever it is split, and goes on after what is none.
///
/// Strings in single quotes become strings in double quotes, and every gap becomes one space: what comes out is JSON as
/// far as quotes and brackets go, on one line; the rest is for its reader to see.
#[derive(Debug)]
pub(super) struct Input {
    received: Vec<u8>,
    /// How many of them have been looked at.
    at: usize,
    message: Vec<u8>,
    state: State,
    depth: usize,
    tokens: usize,
    limits: Limits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    /// In a number or a keyword.
    Word,
    /// In a string that ends with this quote.
    String(u8),
    /// Behind a backslash in it.
    Escape(u8),
    /// Behind something that is no JSON, up to where another value may begin.
    Lost,
}

/// Bytes that are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    Stray(u8),
    TooLong(usize),
    TooDeep(usize),
    TooMany(usize),
    NotUtf8,
}

impl Malformed {
    /// The byte that ends whatever was begun before it, wherever it stands.
    pub(super) const DELIMITER: Self = Self::Stray(DELIMITER);
}

impl Input {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            received: Vec::new(),
            at: 0,
            message: Vec::new(),
            state: State::Between,
            depth: 0,
            tokens: 0,
            limits,
        }
    }

    /// Takes what has been received.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.received.drain(..self.at);
        self.at = 0;
        self.received.extend_from_slice(bytes);
    }

    /// The next complete value, or why there is none where one should be.
    pub(super) fn next(&mut self) -> Option<Result<String, Malformed>> {
        while let Some(&byte) = self.received.get(self.at) {
            let complete = match self.take(byte) {
                Ok(complete) => complete,
                Err(malformed) => {
                    self.reset();
                    self.state = State::Lost;
                    return Some(Err(malformed));
                }
            };
            if complete {
                let message = String::from_utf8(std::mem::take(&mut self.message));
                self.reset();
                return Some(message.map_err(|_| Malformed::NotUtf8));
            }
        }
        None
    }

    /// Whether it is within a value, when all that has been received has been looked at.
    pub(super) fn has_begun(&self) -> bool {
        !self.message.is_empty()
    }

    /// How many of the bytes that were received last have not been looked at.
    #[cfg(feature = "tokio")]
    pub(super) fn left(&self) -> usize {
        self.received.len() - self.at
    }

    fn reset(&mut self) {
        self.message = Vec::new();
        self.state = State::Between;
        self.depth = 0;
        self.tokens = 0;
    }

    /// Takes a byte in; whether with it a value is complete.
    fn take(&mut self, byte: u8) -> Result<bool, Malformed> {
        if self.message.len() > self.limits.message {
            return Err(self.consumed(Malformed::TooLong(self.limits.message)));
        }
        match self.state {
            State::Word if is_word(byte) => self.message.push(byte),
            // The byte that ends a word is looked at again.
            State::Word => {
                self.state = State::Between;
                return Ok(self.depth == 0);
            }
            State::Between => return self.begin(byte),
            State::String(quote) => return self.within(quote, byte),
            State::Escape(quote) => {
                if never_in_text(byte) {
                    return Err(self.consumed(Malformed::Stray(byte)));
                }
                match byte {
                    b'\'' => self.message.push(byte),
                    _ => self.message.extend([b'\\', byte]),
                }
                self.state = State::String(quote);
            }
            State::Lost => match byte {
                DELIMITER => return Err(self.consumed(Malformed::DELIMITER)),
                b'\n' => self.state = State::Between,
                b'{' | b'}' | b'[' | b']' | b':' | b',' => {
                    self.state = State::Between;
                    return Ok(false);
                }
                _ => {}
            },
        }
        self.at += 1;
        Ok(false)
    }

    /// Goes past a byte that is no JSON.
    fn consumed(&mut self, malformed: Malformed) -> Malformed {
        self.at += 1;
        malformed
    }

    /// Takes the first byte of a token, or a gap.
    fn begin(&mut self, byte: u8) -> Result<bool, Malformed> {
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            if !matches!(self.message.last(), None | Some(b' ')) {
                self.message.push(b' ');
            }
            self.at += 1;
            return Ok(false);
        }
        self.at += 1;
        self.tokens += 1;
        if self.tokens > self.limits.tokens {
            return Err(Malformed::TooMany(self.limits.tokens));
        }
        match byte {
            b'"' | b'\'' => {
                self.message.push(b'"');
                self.state = State::String(byte);
                return Ok(false);
            }
            b'{' | b'[' => {
                if self.depth >= self.limits.nesting {
                    return Err(Malformed::TooDeep(self.limits.nesting));
                }
                self.depth += 1;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b':' | b',' => {}
            _ if is_word(byte) => self.state = State::Word,
            _ => return Err(Malformed::Stray(byte)),
        }
        self.message.push(byte);
        Ok(self.depth == 0 && self.state == State::Between)
    }

    /// Takes a byte of a string.
    fn within(&mut self, quote: u8, byte: u8) -> Result<bool, Malformed> {
        self.at += 1;
        match byte {
            _ if byte == quote => {
                self.message.push(b'"');
                self.state = State::Between;
                return Ok(self.depth == 0);
            }
            b'"' => self.message.extend(b"\\\""),
            b'\\' => self.state = State::Escape(quote),
            _ if never_in_text(byte) => return Err(Malformed::Stray(byte)),
            _ => self.message.push(byte),
        }
        Ok(false)
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// Control characters, and bytes that no UTF-8 has: with 0xFF a client ends whatever was begun before it.
fn never_in_text(byte: u8) -> bool {
    byte < 0x20 || matches!(byte, 0xc0 | 0xc1 | 0xf5..)
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stray(byte) => write!(f, "stray '{}'", byte.escape_ascii()),
            Self::TooLong(limit) => write!(f, "a message has more than {limit} bytes"),
            Self::TooDeep(limit) => write!(f, "a message has more than {limit} levels"),
            Self::TooMany(limit) => write!(f, "a message has more than {limit} tokens"),
            Self::NotUtf8 => write!(f, "a message is not UTF-8"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        message: 40,
        nesting: 3,
        tokens: 9,
        ..Limits::DEFAULT
    };

    /// What becomes of a stream, a byte at a time and all at once.
    #[track_caller]
    fn check(stream: &[u8], expected: &[&str]) {
        for size in [1, stream.len()] {
            let mut input = Input::new(LIMITS);
            let mut found = Vec::new();
            for chunk in stream.chunks(size) {
                input.push(chunk);
                while let Some(item) = input.next() {
                    found.push(item.unwrap_or_else(|malformed| format!("({malformed})")));
                }
            }
            let words = stream.escape_ascii();
            assert_eq!(found, expected, "{words} in pieces of {size}");
        }
    }

    #[test]
    fn values_are_cut_out_and_put_on_one_line() {
        check(b"{}", &["{}"]);
        check(b"{\"a\": [1,\r\n  2]}\n[ ]", &["{\"a\": [1, 2]}", "[ ]"]);
        check(b"{'it\\'s': '\"\\n'}", &["{\"it's\": \"\\\"\\n\"}"]);
        check(b"{\"\\'\":\"'\"}", &["{\"'\":\"'\"}"]);
        check(b"5 tru'x'{}", &["5", "tru", "\"x\"", "{}"]);
        check("'\u{e9}'".as_bytes(), &["\"\u{e9}\""]);
    }

    #[test]
    fn what_is_no_value_is_told_and_left_behind() {
        check(b"}{}]:", &["}", "{}", "]", ":"]);
        check(b"{\"a\":\xff{}", &["(stray '\\xff')", "{}"]);
        check(b"{\"a\xff\"b\" 5{}", &["(stray '\\xff')", "{}"]);
        check(b"{\"a\\\xff,{}", &["(stray '\\xff')", ",", "{}"]);
        check(b"@ 5 {}", &["(stray '@')", "{}"]);
        check(
            b"@ 5\xff\xff{}",
            &["(stray '@')", "(stray '\\xff')", "(stray '\\xff')", "{}"],
        );
        check(b"@\n5 {}", &["(stray '@')", "5", "{}"]);
        check(b"\"a\n5 {}", &["(stray '\\n')", "{}"]);
        check(b"\"\xc3\"{}", &["(a message is not UTF-8)", "{}"]);
    }

    #[test]
    fn limits_are_kept() {
        check(b"[[[[{}", &["(a message has more than 3 levels)", "{}"]);
        check(
            b"[1,2,3,4,5]{}",
            &["(a message has more than 9 tokens)", "]", "{}"],
        );
        let long = format!("\"{}\"\n{{}}", "a".repeat(60));
        check(
            long.as_bytes(),
            &["(a message has more than 40 bytes)", "{}"],
        );
    }
}
