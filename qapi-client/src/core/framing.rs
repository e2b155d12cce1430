//! Cutting a stream of bytes into messages.

use std::ops::Range;

use super::Violation;

/// Cuts a stream of bytes into JSON objects, by JSON's own brackets: a message may span many lines, or many messages
/// one, and the stream may be split anywhere.
///
/// It tells where a message ends and no more; that it is JSON is for its reader to see. Every byte is looked at once.
///
/// ```
/// use qapi_client::core::Framer;
///
/// let mut framer = Framer::new(1000, 10);
/// framer.push(b"{\"a\": \"}\"}\r\n{\n");
/// assert_eq!(framer.next(), Ok(Some(&b"{\"a\": \"}\"}"[..])));
/// assert_eq!(framer.next(), Ok(None));
/// framer.push(b"}");
/// assert_eq!(framer.next(), Ok(Some(&b"{\n}"[..])));
/// ```
#[derive(Debug)]
pub struct Framer {
    bytes: Vec<u8>,
    /// Where the message that is not complete yet begins.
    start: usize,
    /// How far it has been looked at.
    seen: usize,
    /// The message that was told last.
    last: Range<usize>,
    depth: usize,
    within: Within,
    longest: usize,
    deepest: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Structure,
    String,
    Escape,
}

impl Framer {
    /// A framer for messages of at most `longest` bytes that are nested at most `deepest` levels.
    pub fn new(longest: usize, deepest: usize) -> Self {
        Self {
            bytes: Vec::new(),
            start: 0,
            seen: 0,
            last: 0..0,
            depth: 0,
            within: Within::Structure,
            longest,
            deepest,
        }
    }

    /// Takes what has been received. Whoever asks for all complete messages before the next bytes come holds one message
    /// and what came with its end in memory, not more.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.start);
        self.seen -= self.start;
        self.start = 0;
        self.last = 0..0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next complete message, from its first brace to its last.
    ///
    /// # Errors
    /// What was received is no message, or beyond the limits. The same error comes again from then on.
    #[expect(
        clippy::should_implement_trait,
        reason = "an iterator could not lend its items"
    )]
    pub fn next(&mut self) -> Result<Option<&[u8]>, Violation> {
        while let Some(&byte) = self.bytes.get(self.seen) {
            if self.seen - self.start >= self.longest {
                return Err(self.too_long());
            }
            match (self.within, byte) {
                (Within::String, _) => {
                    let rest = &self.bytes[self.seen..];
                    let Some(plain) = memchr::memchr2(b'"', b'\\', rest) else {
                        self.seen = self.bytes.len();
                        break;
                    };
                    self.seen += plain;
                    self.within = match rest[plain] {
                        b'"' => Within::Structure,
                        _ => Within::Escape,
                    };
                }
                (Within::Escape, _) => self.within = Within::String,
                (Within::Structure, b'{' | b'[') if self.depth > 0 || byte == b'{' => {
                    if self.depth >= self.deepest {
                        let limit = self.deepest;
                        return Err(Violation::TooDeep { limit });
                    }
                    self.depth += 1;
                }
                (Within::Structure, _) if self.depth == 0 => {
                    if !byte.is_ascii_whitespace() {
                        return Err(Violation::NoObject { found: byte });
                    }
                    self.start = self.seen + 1;
                }
                (Within::Structure, b'}' | b']') => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.seen += 1;
                        self.last = self.start..self.seen;
                        self.start = self.seen;
                        return Ok(Some(self.message()));
                    }
                }
                (Within::Structure, b'"') => self.within = Within::String,
                (Within::Structure, _) => {}
            }
            self.seen += 1;
        }
        if self.seen - self.start > self.longest {
            return Err(self.too_long());
        }
        // A stream that has nothing to say takes next to no memory, however much it has said before.
        if self.start == self.bytes.len() && self.bytes.capacity() > KEPT {
            self.bytes = Vec::new();
            (self.start, self.seen) = (0, 0);
            self.last = 0..0;
        }
        Ok(None)
    }

    /// The message that [`next`](Self::next) has answered last, until it is asked again or more is received.
    pub fn message(&self) -> &[u8] {
        &self.bytes[self.last.clone()]
    }

    fn too_long(&self) -> Violation {
        Violation::TooLong {
            limit: self.longest,
        }
    }
}

/// How many bytes are kept in reserve between messages.
const KEPT: usize = 2 << 10;

#[cfg(test)]
mod tests;
