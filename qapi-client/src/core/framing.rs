//! Cutting a stream of bytes into messages.

use std::ops::Range;

use qapi_types::plain;

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
        if self.is_within()? && self.reaches_end()? {
            self.last = self.start..self.seen;
            self.start = self.seen;
            return Ok(Some(self.message()));
        }
        // A stream that has nothing to say takes next to no memory, however much it has said before.
        if self.start == self.bytes.len() && self.bytes.capacity() > KEPT {
            self.bytes = Vec::new();
            (self.start, self.seen) = (0, 0);
            self.last = 0..0;
        }
        Ok(None)
    }

    /// Whether a message has begun: what is between messages is passed over.
    fn is_within(&mut self) -> Result<bool, Violation> {
        if self.depth > 0 {
            return Ok(true);
        }
        let rest = self.bytes[self.seen..].iter();
        self.seen += rest.take_while(|byte| byte.is_ascii_whitespace()).count();
        self.start = self.seen;
        match self.bytes.get(self.seen) {
            None => return Ok(false),
            Some(b'{') if self.longest == 0 => return Err(self.too_long()),
            Some(b'{') if self.deepest == 0 => return Err(self.too_deep()),
            Some(b'{') => {}
            Some(&found) => return Err(Violation::NoObject { found }),
        }
        self.seen += 1;
        self.depth = 1;
        Ok(true)
    }

    /// Whether the message has come as a whole.
    fn reaches_end(&mut self) -> Result<bool, Violation> {
        let (mut at, mut depth, mut within) = (self.seen, self.depth, self.within);
        let limit = self.start.saturating_add(self.longest);
        let bytes = &self.bytes[..self.bytes.len().min(limit)];
        let mut is_too_deep = false;
        while depth > 0
            && let Some(&byte) = bytes.get(at)
        {
            match within {
                Within::Structure => match KINDS[usize::from(byte)] {
                    Kind::Plain => {}
                    Kind::Quote => within = Within::String,
                    Kind::Close => depth -= 1,
                    Kind::Open if depth >= self.deepest => {
                        is_too_deep = true;
                        break;
                    }
                    Kind::Open => depth += 1,
                },
                Within::String => {
                    at += plain(&bytes[at..]);
                    match bytes.get(at) {
                        Some(b'"') => within = Within::Structure,
                        Some(b'\\') => within = Within::Escape,
                        // A control character has no place in a string. Its reader will say so.
                        Some(_) => {}
                        None => break,
                    }
                }
                Within::Escape => within = Within::String,
            }
            at += 1;
        }
        (self.seen, self.depth, self.within) = (at, depth, within);
        match depth {
            0 => Ok(true),
            _ if is_too_deep => Err(self.too_deep()),
            _ if at < self.bytes.len() => Err(self.too_long()),
            _ => Ok(false),
        }
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

    fn too_deep(&self) -> Violation {
        Violation::TooDeep {
            limit: self.deepest,
        }
    }
}

/// What a byte is to the structure of a message.
#[derive(Clone, Copy)]
enum Kind {
    Plain,
    Quote,
    Open,
    Close,
}

const KINDS: [Kind; 256] = {
    let mut kinds = [Kind::Plain; 256];
    kinds[b'"' as usize] = Kind::Quote;
    kinds[b'{' as usize] = Kind::Open;
    kinds[b'[' as usize] = Kind::Open;
    kinds[b'}' as usize] = Kind::Close;
    kinds[b']' as usize] = Kind::Close;
    kinds
};

/// How many bytes are kept in reserve between messages.
const KEPT: usize = 2 << 10;

#[cfg(test)]
mod tests;
