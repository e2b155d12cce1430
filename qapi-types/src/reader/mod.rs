//! The pull reader that every decoder reads from.
//!
//! It works on the whole text of a message, so that a decoder may look ahead without buffering, a value can be kept as the
//! slice that it is, and an error knows its offset. The text is checked to be UTF-8 once, at the door; from there on
//! strings without an escape are borrowed from it.

mod ahead;
mod array;
mod exact;
mod number;
mod object;
mod skip;
mod string;

use std::ops::Range;

use crate::decode::Decode;
use crate::error::{DecodeError, Problem};

pub use array::Elements;
pub use object::Object;

/// Bounds on what a text can make its reader do.
///
/// The text's own size is bounded by whoever receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep objects and arrays may be nested where they are decoded into types. Each level takes a few frames of
    /// the thread's stack.
    pub nesting: usize,
    /// How deep objects and arrays may be nested where they are skipped or kept as text; this takes one bit a level.
    pub skipped_nesting: usize,
    /// How many bytes the elements of arrays and boxed values may take in memory, strings aside: a short `{}` in the text
    /// can be a large value.
    pub memory: usize,
}

impl Default for Limits {
    /// 128 levels decoded, 1,024 levels skipped (QEMU's own bound), 256 MiB.
    fn default() -> Self {
        Self {
            nesting: 128,
            skipped_nesting: 1024,
            memory: 256 << 20,
        }
    }
}

/// The kinds of JSON values, by which the branches of an alternate are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// Integers and fractions alike: JSON does not tell them apart.
    Number,
    /// Text in double quotes.
    String,
    /// `[…]`
    Array,
    /// `{…}`
    Object,
}

/// Reads JSON values one after the other from a text.
///
/// After an error the reader's position is anywhere before the problem: a decode that failed is not continued.
///
/// ```
/// use qapi_types::{Decode, Kind, Reader};
///
/// let mut reader = Reader::new(r#"[1, "two"]"#);
/// let mut array = reader.array()?;
/// assert!(reader.element(&mut array)?);
/// assert_eq!(u8::decode(&mut reader)?, 1);
/// assert!(reader.element(&mut array)?);
/// assert_eq!(reader.kind()?, Kind::String);
/// assert_eq!(reader.string()?, "two");
/// assert!(!reader.element(&mut array)?);
/// reader.end()?;
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Reader<'de> {
    text: &'de str,
    at: usize,
    /// The string read last, for the errors about what it says.
    last_string: LastString,
    /// The last [`name`](Self::name) that had escapes.
    unescaped: String,
    depth: usize,
    memory: usize,
    limits: Limits,
}

/// Where a string was read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LastString {
    pub(crate) offset: usize,
    /// The member that it is of the object ahead, if it was looked ahead for.
    pub(crate) discriminator: Option<&'static str>,
}

#[derive(Debug, PartialEq, Eq)]
enum Progress {
    Opened,
    Running,
    Done,
}

impl<'de> Reader<'de> {
    /// A reader at the beginning of `text`, with the default limits.
    pub fn new(text: &'de str) -> Self {
        Self::with_limits(text, Limits::default())
    }

    /// A reader at the beginning of `text`, with limits of its own.
    pub fn with_limits(text: &'de str, limits: Limits) -> Self {
        Self {
            text,
            at: 0,
            last_string: LastString::default(),
            unescaped: String::new(),
            depth: 0,
            memory: limits.memory,
            limits,
        }
    }

    /// A reader of the value that lies at `range` of `text`: its offsets count from the beginning of the whole.
    pub(crate) fn within(text: &'de str, range: Range<usize>, limits: Limits) -> Self {
        Self {
            at: range.start,
            ..Self::with_limits(&text[..range.end], limits)
        }
    }

    /// The reader's position, in bytes from the beginning of the text.
    pub fn offset(&self) -> usize {
        self.at
    }

    pub(crate) fn go_to(&mut self, offset: usize) {
        self.at = offset;
    }

    pub(crate) fn text(&self) -> &'de str {
        self.text
    }

    pub(crate) fn last_string(&self) -> LastString {
        self.last_string
    }

    /// The next byte of the text as it is, whitespace included.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past whitespace.
    pub(crate) fn skip_whitespace(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Goes past whitespace, which is one space or none unless somebody has laid the text out for people.
    #[inline]
    fn blank(&mut self) {
        self.at += usize::from(self.peek() == Some(b' '));
        if let Some(..=b' ') = self.peek() {
            self.skip_whitespace();
        }
    }

    /// Goes past whitespace and answers what is there.
    ///
    /// QEMU writes one space after a colon and a comma, and no other unless asked for pretty text.
    #[inline]
    fn next_token(&mut self) -> Option<u8> {
        match self.text.as_bytes().get(self.at..)? {
            [byte, ..] if *byte > b' ' => Some(*byte),
            [b' ', byte, ..] if *byte > b' ' => {
                self.at += 1;
                Some(*byte)
            }
            _ => {
                self.skip_whitespace();
                self.peek()
            }
        }
    }

    /// Goes past whitespace and `token`; `expected` says in words what should have been there.
    fn token(&mut self, token: u8, expected: &'static str) -> Result<(), DecodeError> {
        if self.next_token() != Some(token) {
            return Err(self.unexpected(expected));
        }
        self.at += 1;
        Ok(())
    }

    /// The kind of the value at the reader's position, told by its first byte. The position moves past whitespace only.
    ///
    /// # Errors
    /// No value begins here.
    pub fn kind(&mut self) -> Result<Kind, DecodeError> {
        Ok(match self.next_token() {
            Some(b'n') => Kind::Null,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'-' | b'0'..=b'9') => Kind::Number,
            Some(b'"') => Kind::String,
            Some(b'[') => Kind::Array,
            Some(b'{') => Kind::Object,
            _ => return Err(self.unexpected("a value")),
        })
    }

    fn literal(&mut self, literal: &'static str) -> bool {
        let there = self.text.as_bytes()[self.at..].starts_with(literal.as_bytes());
        if there {
            self.at += literal.len();
        }
        there
    }

    /// Reads `null`.
    ///
    /// # Errors
    /// The value is another.
    pub fn null(&mut self) -> Result<(), DecodeError> {
        self.skip_whitespace();
        if self.literal("null") {
            Ok(())
        } else {
            Err(self.unexpected("null"))
        }
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// The value is another.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        self.skip_whitespace();
        if self.literal("true") {
            Ok(true)
        } else if self.literal("false") {
            Ok(false)
        } else {
            Err(self.unexpected("true or false"))
        }
    }

    /// Goes past the bracket that opens an object or array, one level down.
    #[inline]
    fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= self.limits.nesting {
            return Err(self.error(Problem::TooDeep));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Goes past the bracket that closes an object or array, one level up.
    fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// Counts `bytes` that the value about to be read will take on the heap.
    ///
    /// # Errors
    /// With them the whole text takes more than [`Limits::memory`].
    pub fn charge(&mut self, bytes: usize) -> Result<(), DecodeError> {
        match self.memory.checked_sub(bytes) {
            Some(rest) => {
                self.memory = rest;
                Ok(())
            }
            None => Err(self.error(Problem::TooLarge)),
        }
    }

    /// Says that the text ends here, whitespace aside.
    ///
    /// # Errors
    /// Something follows.
    pub fn end(&mut self) -> Result<(), DecodeError> {
        match self.next_token() {
            None => Ok(()),
            Some(_) => Err(self.error(Problem::Trailing)),
        }
    }

    /// Reads a value to the end of the text.
    ///
    /// # Errors
    /// The value is not a `T`, or something follows it.
    pub fn finish<T: Decode>(&mut self) -> Result<T, DecodeError> {
        self.skip_whitespace();
        let start = self.at;
        let value = T::decode(self).map_err(|error| error.placed(self.text, start))?;
        self.end()?;
        Ok(value)
    }
}

/// Decodes the JSON text `bytes`, to its end.
///
/// # Errors
/// The text is not UTF-8, not JSON, not a `T`, or beyond the default [`Limits`].
pub fn from_slice<T: Decode>(bytes: &[u8]) -> Result<T, DecodeError> {
    from_str(utf8(bytes)?)
}

/// Decodes the JSON text `text`, to its end.
///
/// # Errors
/// The text is not JSON, not a `T`, or beyond the default [`Limits`].
///
/// ```
/// let numbers: Vec<u16> = qapi_types::from_str("[1, 2]")?;
/// assert_eq!(numbers, [1, 2]);
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
pub fn from_str<T: Decode>(text: &str) -> Result<T, DecodeError> {
    Reader::new(text).finish()
}

/// The bytes of a message as text.
///
/// # Errors
/// They are not UTF-8; the error says from which byte on.
pub fn utf8(bytes: &[u8]) -> Result<&str, DecodeError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let valid = error.valid_up_to();
        let text = String::from_utf8_lossy(bytes);
        DecodeError::new(Problem::Utf8).placed(&text, valid)
    })
}

#[cfg(test)]
mod tests;
