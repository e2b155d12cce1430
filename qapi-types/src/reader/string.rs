//! Strings: a fast way to the first byte that matters, and a slow one through escapes.

use std::borrow::Cow;

use super::{LastString, Reader};
use crate::error::{DecodeError, Problem};
use crate::plain::plain;

/// Where the string ends whose opening quote is at `at`: its closing quote.
#[inline]
pub(super) fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += 1;
        at += plain(bytes.get(at..)?);
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 1,
            _ => return None,
        }
    }
}

impl<'de> Reader<'de> {
    /// Reads a string: a slice of the text unless it has escapes.
    ///
    /// # Errors
    /// The value is no string, or the string is not JSON's. Half a surrogate pair (`"\ud800"`) is an error too: it has no
    /// meaning, QEMU never writes one, and to replace it would make different strings the same.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'de, str>, DecodeError> {
        if self.next_token() != Some(b'"') {
            return Err(self.unexpected("a string"));
        }
        self.last_string = LastString {
            offset: self.at,
            discriminator: None,
        };
        let start = self.at + 1;
        let end = start + plain(&self.text.as_bytes()[start..]);
        if self.text.as_bytes().get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Cow::Borrowed(&self.text[start..end]));
        }
        self.unescape(start, end).map(Cow::Owned)
    }

    /// As [`string`](Self::string), for who looks at it and forgets it: the name of an enum's value.
    ///
    /// # Errors
    /// As [`string`](Self::string).
    pub fn name(&mut self) -> Result<&str, DecodeError> {
        match self.string()? {
            Cow::Borrowed(name) => Ok(name),
            Cow::Owned(name) => {
                self.unescaped = name;
                Ok(&self.unescaped)
            }
        }
    }

    /// As [`string`](Self::string), for who keeps it.
    #[inline(always)]
    pub(crate) fn owned_string(&mut self) -> Result<String, DecodeError> {
        if let Some([b'"', rest @ ..]) = self.text.as_bytes().get(self.at..) {
            let start = self.at + 1;
            let length = plain(rest);
            if let Some(b'"') = rest.get(length)
                && let Some(text) = self.text.get(start..start + length)
            {
                self.at = start + length + 1;
                // By way of a box: it has no room to spare, and there is less to do than for a string that may have.
                return Ok(Box::<str>::from(text).into_string());
            }
        }
        self.string().map(Cow::into_owned)
    }

    /// The rest of a string that begins at `start` and has its first special byte, not the closing quote, at `special`.
    #[cold]
    #[inline(never)]
    fn unescape(&mut self, start: usize, special: usize) -> Result<String, DecodeError> {
        let mut unescaped = String::new();
        let mut begin = start;
        self.at = special;
        loop {
            unescaped.push_str(&self.text[begin..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(unescaped);
                }
                Some(b'\\') => unescaped.push(self.escape()?),
                _ => return Err(self.unterminated()),
            }
            begin = self.at;
            self.at += plain(&self.text.as_bytes()[begin..]);
        }
    }

    /// Goes past a string whose opening quote is at the reader's position, and checks it as [`string`](Self::string) does.
    pub(super) fn skip_string(&mut self) -> Result<(), DecodeError> {
        self.at += 1;
        loop {
            self.at += plain(&self.text.as_bytes()[self.at..]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.escape()?;
                }
                _ => return Err(self.unterminated()),
            }
        }
    }

    /// The error for a control character, or the end of the text, within a string.
    #[cold]
    fn unterminated(&mut self) -> DecodeError {
        let found = match self.peek() {
            Some(byte) => format!("the control character 0x{byte:02x}"),
            None => "the end of the text".to_owned(),
        };
        let expected = "the rest of a string";
        self.error(Problem::Unexpected { expected, found })
    }

    /// Reads one escape sequence, or the two that make a surrogate pair.
    fn escape(&mut self) -> Result<char, DecodeError> {
        let start = self.at;
        let invalid = |reader: &Self| reader.error_at(Problem::Escape, start);
        let Some(&letter) = self.text.as_bytes().get(start + 1) else {
            return Err(invalid(self));
        };
        self.at += 2;
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex4().ok_or_else(|| invalid(self))?;
                let code = match unit {
                    0xd800..0xdc00 => {
                        let low = if self.literal("\\u") {
                            self.hex4()
                        } else {
                            None
                        };
                        match low {
                            Some(low @ 0xdc00..0xe000) => {
                                0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
                            }
                            _ => return Err(invalid(self)),
                        }
                    }
                    unit => unit,
                };
                char::from_u32(code).ok_or_else(|| invalid(self))?
            }
            _ => return Err(invalid(self)),
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
        let mut unit = 0;
        for &digit in digits {
            unit = unit << 4 | char::from(digit).to_digit(16)?;
        }
        self.at += 4;
        Some(unit)
    }
}
