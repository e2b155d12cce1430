//! Going past values without looking into them: no recursion, one bit a level.

use std::ops::Range;

use super::Reader;
use crate::error::{DecodeError, Problem};

/// The brackets that are open, as a stack of bits: 1 for an object, 0 for an array.
#[derive(Default)]
struct Brackets {
    depth: usize,
    /// The innermost 64, the last in the lowest bit.
    inner: u64,
    /// Those further out, 64 each; most values never get here, and an empty `Vec` allocates nothing.
    outer: Vec<u64>,
}

impl Brackets {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.inner);
        }
        self.inner = self.inner << 1 | u64::from(object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.inner >>= 1;
        if self.depth.is_multiple_of(64) {
            self.inner = self.outer.pop().unwrap_or(0);
        }
    }

    fn in_object(&self) -> bool {
        self.inner & 1 == 1
    }
}

impl<'de> Reader<'de> {
    /// Goes past one value of any kind. It is checked to be JSON as strictly as if it were decoded.
    ///
    /// # Errors
    /// What is there is not JSON, or nested deeper than [`Limits::skipped_nesting`](crate::Limits::skipped_nesting).
    pub fn skip(&mut self) -> Result<(), DecodeError> {
        if self.next_token() == Some(b'"') {
            return self.skip_string();
        }
        let mut open = Brackets::default();
        loop {
            match self.next_token() {
                Some(b'"') => self.skip_string()?,
                Some(b'-' | b'0'..=b'9') => self.skip_number()?,
                Some(b't') if self.literal("true") => {}
                Some(b'f') if self.literal("false") => {}
                Some(b'n') if self.literal("null") => {}
                Some(bracket @ (b'{' | b'[')) => {
                    if self.depth + open.depth >= self.limits.skipped_nesting {
                        return Err(self.error(Problem::TooDeep));
                    }
                    self.at += 1;
                    let object = bracket == b'{';
                    open.push(object);
                    match self.next_token() {
                        Some(b'}') if object => {}
                        Some(b']') if !object => {}
                        _ if object => {
                            self.skip_name()?;
                            continue;
                        }
                        _ => continue,
                    }
                }
                _ => return Err(self.unexpected("a value")),
            }
            // A value has ended, or what is open ends here.
            loop {
                if open.depth == 0 {
                    return Ok(());
                }
                match (self.next_token(), open.in_object()) {
                    (Some(b','), true) => {
                        self.at += 1;
                        self.skip_name()?;
                        break;
                    }
                    (Some(b','), false) => {
                        self.at += 1;
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.at += 1;
                        open.pop();
                    }
                    (_, true) => return Err(self.unexpected("`,` or `}`")),
                    (_, false) => return Err(self.unexpected("`,` or `]`")),
                }
            }
        }
    }

    fn skip_name(&mut self) -> Result<(), DecodeError> {
        if self.next_token() != Some(b'"') {
            return Err(self.unexpected("a member's name"));
        }
        self.skip_string()?;
        self.token(b':', "`:`")
    }

    /// Goes past one value of any kind and answers its text, without whitespace around it.
    ///
    /// # Errors
    /// As [`skip`](Self::skip).
    pub fn raw(&mut self) -> Result<&'de str, DecodeError> {
        let range = self.raw_range()?;
        Ok(&self.text[range])
    }

    pub(crate) fn raw_range(&mut self) -> Result<Range<usize>, DecodeError> {
        self.skip_whitespace();
        let start = self.at;
        self.skip()?;
        Ok(start..self.at)
    }
}
