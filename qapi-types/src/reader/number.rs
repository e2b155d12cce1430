//! Numbers, by JSON's grammar: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.

use super::Reader;
use crate::error::{DecodeError, Problem, legible};

impl<'de> Reader<'de> {
    /// Reads a number and answers it as written.
    ///
    /// # Errors
    /// The value is no number, or not one of JSON's.
    pub fn number(&mut self) -> Result<&'de str, DecodeError> {
        let start = match self.next_token() {
            Some(b'-' | b'0'..=b'9') => self.at,
            _ => return Err(self.unexpected("a number")),
        };
        self.skip_number()?;
        Ok(&self.text[start..self.at])
    }

    /// Goes past a number whose first byte is at the reader's position.
    pub(super) fn skip_number(&mut self) -> Result<(), DecodeError> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), DecodeError> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at > start {
            return Ok(());
        }
        let found = match self.text[self.at..].chars().next() {
            Some(character) => format!("{character:?}"),
            None => "the end of the text".to_owned(),
        };
        let expected = "a digit";
        Err(self.error(Problem::Unexpected { expected, found }))
    }

    /// Reads an integer that lies within `min` and `max`, which `expected` names.
    ///
    /// QEMU writes integers without fraction and exponent, and reads them so: `1.0` is none.
    pub(crate) fn integer(
        &mut self,
        min: i128,
        max: i128,
        expected: &'static str,
    ) -> Result<i128, DecodeError> {
        let start = match self.next_token() {
            Some(b'-' | b'0'..=b'9') => self.at,
            _ => return Err(self.unexpected("an integer")),
        };
        let number = self.number()?;
        if number.contains(['.', 'e', 'E']) {
            let found = format!("the number {}", legible(number));
            let expected = "an integer";
            return Err(self.error_at(Problem::Unexpected { expected, found }, start));
        }
        match number.parse() {
            Ok(value) if (min..=max).contains(&value) => Ok(value),
            _ => {
                let found = legible(number);
                Err(self.error_at(Problem::OutOfRange { expected, found }, start))
            }
        }
    }

    /// Reads a number, integers too, as the nearest [`f64`].
    ///
    /// # Errors
    /// The value is no number, or too large for an `f64`.
    pub fn f64(&mut self) -> Result<f64, DecodeError> {
        self.skip_whitespace();
        let start = self.at;
        let number = self.number()?;
        match number.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => {
                let expected = "a 64-bit floating-point number";
                let found = legible(number);
                Err(self.error_at(Problem::OutOfRange { expected, found }, start))
            }
        }
    }

    /// The integer at the reader's position, and where it ends, if it has so few digits that nothing can overflow. Nearly
    /// all have; the others, and whatever is no integer, take the long way.
    #[inline]
    pub(crate) fn short_integer(&mut self) -> Option<(i64, usize)> {
        self.blank();
        let negative = self.peek() == Some(b'-');
        let start = self.at + usize::from(negative);
        let digits = self.text.as_bytes().get(start..)?;
        let mut value = 0_i64;
        let mut count = 0;
        for byte in digits.iter().take(19) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            value = value.wrapping_mul(10).wrapping_add(i64::from(digit));
            count += 1;
        }
        // No number begins with a zero but zero itself.
        let usual = count == 1 || (2..19).contains(&count) && digits[0] != b'0';
        match digits.get(count) {
            Some(b'.' | b'e' | b'E') => None,
            _ => usual.then(|| (if negative { -value } else { value }, start + count)),
        }
    }
}
