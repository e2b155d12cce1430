//! Arrays, element by element.

use super::{Progress, Reader};
use crate::error::DecodeError;

/// An array in the middle of being read; see [`Reader::element`].
#[derive(Debug)]
pub struct Elements {
    index: usize,
    state: Progress,
}

impl Elements {
    /// The index of the element the reader stands before.
    pub fn index(&self) -> usize {
        self.index
    }
}

impl Reader<'_> {
    /// Reads the beginning of an array; then [`element`](Self::element) is asked before each element, to the end.
    ///
    /// # Errors
    /// The value is no array, or it lies too deep.
    pub fn array(&mut self) -> Result<Elements, DecodeError> {
        if self.next_token() != Some(b'[') {
            return Err(self.unexpected("an array"));
        }
        self.enter()?;
        Ok(Elements {
            index: 0,
            state: Progress::Opened,
        })
    }

    /// Whether the array has another element; if so the reader stands before it.
    ///
    /// # Errors
    /// Neither an element nor the array's end is there.
    pub fn element(&mut self, array: &mut Elements) -> Result<bool, DecodeError> {
        match (self.next_token(), &array.state) {
            (_, Progress::Done) => return Ok(false),
            (Some(b']'), _) => {
                self.leave();
                array.state = Progress::Done;
                return Ok(false);
            }
            (Some(b','), Progress::Running) => {
                self.at += 1;
                array.index += 1;
            }
            (_, Progress::Running) => return Err(self.unexpected("`,` or `]`")),
            (_, Progress::Opened) => array.state = Progress::Running,
        }
        Ok(true)
    }

    /// Reads an array whose elements take `size` bytes in memory each: `read` is called before every one.
    pub(crate) fn elements(
        &mut self,
        size: usize,
        read: &mut dyn FnMut(&mut Self) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut index = 0;
        let mut more = self.first_element()?;
        while more {
            self.charge(size)?;
            let start = self.at;
            if let Err(error) = read(self) {
                return Err(self.in_element(error, start, index));
            }
            index += 1;
            more = self.next_element()?;
        }
        Ok(())
    }

    /// Goes past the bracket that opens an array, and answers whether it has an element: then the reader stands before the
    /// first.
    fn first_element(&mut self) -> Result<bool, DecodeError> {
        if self.next_token() != Some(b'[') {
            return Err(self.unexpected("an array"));
        }
        self.enter()?;
        self.blank();
        if self.peek() == Some(b']') {
            self.leave();
            return Ok(false);
        }
        Ok(true)
    }

    /// Whether the array has another element; if so the reader stands before it.
    fn next_element(&mut self) -> Result<bool, DecodeError> {
        match self.next_token() {
            Some(b',') => {
                self.at += 1;
                self.blank();
                Ok(true)
            }
            Some(b']') => {
                self.leave();
                Ok(false)
            }
            _ => Err(self.unexpected("`,` or `]`")),
        }
    }
}
