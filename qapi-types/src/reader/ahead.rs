//! Looking ahead in an object for one of its members.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Reader;
use super::object::same;
use super::string::closing_quote;
use crate::error::{DecodeError, Problem};
use crate::plain::{HIGHS, LOWS, ONES, plain};

impl<'de> Reader<'de> {
    /// Looks ahead, in the object that the reader stands before, for the string that the member `name` has; the position
    /// stays where it is. This is how a union learns its branch, whatever the order of the members. Should the member be
    /// there twice, the first counts.
    ///
    /// # Errors
    /// There is no object, it has no such member, or the member is no string.
    pub fn discriminator(&mut self, name: &'static str) -> Result<Cow<'de, str>, DecodeError> {
        self.skip_whitespace();
        let start = self.at;
        // What is passed on the way will be read again and checked then. If it leads nowhere, what is wrong is for the
        // careful way to say.
        match member(&self.text.as_bytes()[start..], name) {
            Some(value) => self.at = self.text.len() - value.len(),
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

/// The value of the member `name` of the object that `text` begins with, and what follows it; `None` if this is not plain
/// to see: there is no such member, a name has an escape, what is there is not JSON.
fn member<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let mut rest = text.strip_prefix(b"{")?;
    loop {
        let begin = trimmed(rest).strip_prefix(b"\"")?;
        let (own, after) = begin.split_at(plain(begin));
        let after = trimmed(after.strip_prefix(b"\"")?);
        let value = trimmed(after.strip_prefix(b":")?);
        if own.len() == name.len() && same(own, name.as_bytes()) {
            return Some(value);
        }
        let after = match value {
            [b'"', ..] => &value[closing_quote(value, 0)? + 1..],
            [b'{' | b'[', inside @ ..] => after_brackets(inside)?,
            _ => &value[value.iter().position(|byte| matches!(byte, b',' | b'}'))?..],
        };
        rest = trimmed(after).strip_prefix(b",")?;
    }
}

/// What follows whitespace, of which there is rarely more than a space.
#[inline]
fn trimmed(text: &[u8]) -> &[u8] {
    let rest = text.strip_prefix(b" ").unwrap_or(text);
    match rest.first() {
        Some(..=b' ') => rest.trim_ascii_start(),
        _ => rest,
    }
}

/// What follows the bracket that closes what was opened just before `text`. Eight bytes at a time, and without a branch on
/// what they are: where strings and brackets lie is hard to foresee. `None` if there is a backslash on the way.
fn after_brackets(text: &[u8]) -> Option<&[u8]> {
    let mut nesting = Nesting {
        depth: 1,
        within: 0,
    };
    let mut rest = text;
    while let Some((word, after)) = rest.split_first_chunk() {
        if let ControlFlow::Break(end) = nesting.pass(u64::from_le_bytes(*word)) {
            return rest.get(end?..);
        }
        rest = after;
    }
    let mut word = [b' '; 8];
    word[..rest.len()].copy_from_slice(rest);
    match nesting.pass(u64::from_le_bytes(word)) {
        ControlFlow::Break(end) => rest.get(end?..),
        ControlFlow::Continue(()) => None,
    }
}

/// Where in a text one is.
struct Nesting {
    /// How many brackets are open.
    depth: u64,
    /// All ones within a string.
    within: u64,
}

impl Nesting {
    /// Passes eight bytes, unless one closes the last bracket: then the break says how many they are with it. Or there is a
    /// backslash, and it does not.
    #[inline]
    fn pass(&mut self, word: u64) -> ControlFlow<Option<usize>> {
        let (low, ascii) = (word & LOWS, !word & HIGHS);
        if equal(low, b'\\') & ascii != 0 {
            return ControlFlow::Break(None);
        }
        // How many quotes there are up to each byte: an odd number is within a string, one that opens it included.
        let quotes = (equal(low, b'"') & ascii) >> 7;
        let within = (quotes.wrapping_mul(ONES) & ONES) ^ self.within;
        let outside = ascii & !(within << 7);
        // One bit makes braces of brackets.
        let braces = low | (ONES * 0x20);
        let opened = (equal(braces, b'{') & outside) >> 7;
        let closed = (equal(braces, b'}') & outside) >> 7;
        if self.depth <= count(closed) {
            let steps = opened.to_le_bytes().into_iter().zip(closed.to_le_bytes());
            for (index, (opened, closed)) in steps.enumerate() {
                self.depth = self.depth + u64::from(opened) - u64::from(closed);
                if self.depth == 0 {
                    return ControlFlow::Break(Some(index + 1));
                }
            }
        } else {
            self.depth = self.depth + count(opened) - count(closed);
        }
        self.within = (within >> 56) * ONES;
        ControlFlow::Continue(())
    }
}

/// The high bit of each of eight bytes that is `byte`; all are ASCII.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    // Every byte that is not zero carries into its own high bit, and none further.
    !((word ^ (ONES * u64::from(byte))) + LOWS) & HIGHS
}

/// How many ones there are, one in a byte at most.
#[inline]
fn count(ones: u64) -> u64 {
    ones.wrapping_mul(ONES) >> 56
}

#[cfg(test)]
mod tests {
    use super::after_brackets;

    #[track_caller]
    fn check(text: &str, rest: Option<&str>) {
        // Wherever the words begin.
        for before in 0..8 {
            let text = format!("{}{text}", " ".repeat(before));
            let found = after_brackets(text.as_bytes());
            assert_eq!(found, rest.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn brackets_are_counted_outside_of_strings() {
        check("]", Some(""));
        check("],", Some(","));
        check("1, [2, {}], \"]\"], 7", Some(", 7"));
        check(
            "{\"a\": \"}}}\", \"[801]\": [[[[[[[[[[]]]]]]]]]]}], [",
            Some(", ["),
        );
        check("\"é\", \"\u{10ffff}[\"] é", Some(" é"));
        check("\u{fb}\u{fd}]", Some(""));
        check("[]", None);
        check("\"]", None);
        check("", None);
        check("\"\\\"]\"]", None);
    }
}
