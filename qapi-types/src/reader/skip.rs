//! Going past values without looking into them: no recursion, one bit a level.

use std::borrow::Cow;
use std::ops::Range;

use super::Reader;
use super::string::closing_quote;
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

    /// Looks ahead, in the object that the reader stands before, for the string that the member `name` has; the position
    /// stays where it is. This is how a union learns its branch, whatever the order of the members. Should the member be
    /// there twice, the first counts.
    ///
    /// # Errors
    /// There is no object, it has no such member, or the member is no string.
    pub fn discriminator(&mut self, name: &'static str) -> Result<Cow<'de, str>, DecodeError> {
        self.skip_whitespace();
        let start = self.at;
        // What is passed on the way will be read again and checked then, so brackets and quotes are all that matters now.
        // If they lead nowhere, what is wrong is for the careful way to say.
        match ahead(self.text.as_bytes(), start, name) {
            Some(value) => self.at = value,
            None => self.find_member(name)?,
        }
        let value = self.string().map_err(|error| error.in_member(name))?;
        self.last_string.discriminator = Some(name);
        self.at = start;
        Ok(value)
    }

    /// As [`discriminator`](Self::discriminator), for a union whose discriminator is younger than the oldest server: where
    /// it is missing, the answer is the empty name, which no branch has.
    ///
    /// ```
    /// let mut r = qapi_types::Reader::new(r#"{"policy": 7}"#);
    /// assert_eq!(r.late_discriminator("sev-type")?, "");
    /// assert_eq!(r.offset(), 0);
    /// # Ok::<(), qapi_types::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// There is no object, or the member is no string.
    pub fn late_discriminator(&mut self, name: &'static str) -> Result<Cow<'de, str>, DecodeError> {
        let start = self.at;
        match self.discriminator(name) {
            Err(error) if matches!(error.problem(), Problem::Missing { .. }) => {
                self.at = start;
                Ok(Cow::Borrowed(""))
            }
            result => result,
        }
    }

    /// Goes to the value of the member `name` of the object at the reader's position.
    #[cold]
    fn find_member(&mut self, name: &'static str) -> Result<(), DecodeError> {
        let start = self.at;
        self.token(b'{', "an object")?;
        let mut first = true;
        loop {
            match self.next_token() {
                Some(b'}') => return Err(self.error_at(Problem::Missing { member: name }, start)),
                _ if first => first = false,
                Some(b',') => self.at += 1,
                _ => return Err(self.unexpected("`,` or `}`")),
            }
            if self.next_token() != Some(b'"') {
                return Err(self.unexpected("a member's name"));
            }
            let member = self.string()?;
            self.token(b':', "`:`")?;
            if member == name {
                return Ok(());
            }
            self.skip().map_err(|error| error.in_member(&member))?;
        }
    }
}

/// How a byte outside of strings changes the depth.
const STEPS: [i8; 256] = {
    let mut steps = [0; 256];
    steps[b'{' as usize] = 1;
    steps[b'[' as usize] = 1;
    steps[b'}' as usize] = -1;
    steps[b']' as usize] = -1;
    steps
};

/// Where in `bytes` the value of the member `name` begins, of the object that begins at `start`; `None` if this is not
/// plain to see: there is no such member, a name has an escape, what is there is not JSON.
fn ahead(bytes: &[u8], start: usize, name: &str) -> Option<usize> {
    let mut rest = bytes.get(start..)?.strip_prefix(b"{")?;
    let (mut depth, mut lowest) = (0_isize, 0);
    loop {
        // To the next string. How deep it lies is counted without a branch, for brackets are hard to predict.
        let between = rest.iter().position(|&byte| {
            depth += isize::from(STEPS[usize::from(byte)]);
            lowest = lowest.min(depth);
            byte == b'"'
        })?;
        let end = closing_quote(rest, between)?;
        let (string, after) = (&rest[between + 1..end], &rest[end + 1..]);
        match depth {
            _ if lowest < 0 => return None,
            0 if string == name.as_bytes() => {
                let after = after.trim_ascii_start();
                if let [b':', value @ ..] = after {
                    return Some(bytes.len() - value.len());
                }
            }
            0 if string.contains(&b'\\') => return None,
            _ => {}
        }
        rest = after;
    }
}
