//! Objects: a list of slots is filled in one pass, in whatever order the members come.

use super::{Progress, Reader};
use crate::decode::DecodeMembers;
use crate::error::DecodeError;
use crate::slot::{Members, NoMembers, Slot, Slots};
use std::borrow::Cow;

/// An object in the middle of being read; see [`Reader::member`].
#[derive(Debug)]
pub struct Object {
    state: Progress,
}

impl<'de> Reader<'de> {
    /// Reads an object into `slots`; members without a slot are skipped.
    ///
    /// The slot after the one filled last is tried first: a server that writes members in the schema's order costs one
    /// comparison each.
    ///
    /// # Errors
    /// The value is no object, a member is there twice, or a member's value does not fit its slot.
    pub fn object(&mut self, slots: &mut Slots<'_>) -> Result<(), DecodeError> {
        self.fill(slots, &mut NoMembers)
    }

    /// Reads an object into `slots` and, what has none there, into `outer`: the members of a branch and those of the
    /// unions around it lie flat in one object.
    ///
    /// # Errors
    /// As [`object`](Self::object).
    pub fn members(
        &mut self,
        slots: &mut Slots<'_>,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError> {
        self.fill(slots, outer)
    }

    /// Reads an object that is no union's branch here: `Decode` for a type that has `DecodeMembers`.
    ///
    /// # Errors
    /// As those of `T`.
    pub fn object_of<T: DecodeMembers>(&mut self) -> Result<T, DecodeError> {
        T::decode_members(self, &mut NoMembers)
    }

    fn fill(&mut self, slots: &mut Slots<'_>, outer: &mut dyn Members) -> Result<(), DecodeError> {
        let mut object = self.open_object()?;
        let mut expected = 0;
        while self.before_name(&mut object)? {
            if let Some((name, slot)) = slots.get_mut(expected)
                && self.name_is(name)
            {
                expected += 1;
                self.token(b':', "`:`")?;
                self.fill_slot(name, *slot)?;
                continue;
            }
            let name = self.string()?;
            self.token(b':', "`:`")?;
            if let Some(index) = slots.iter().position(|(own, _)| *own == name) {
                expected = index + 1;
                self.fill_slot(&name, slots[index].1)?;
            } else if let Some(slot) = outer.slot(&name) {
                self.fill_slot(&name, slot)?;
            } else {
                self.skip().map_err(|error| error.in_member(&name))?;
            }
        }
        Ok(())
    }

    /// Goes past the name at the reader's position if it is `name`, written without escapes.
    fn name_is(&mut self, name: &str) -> bool {
        let rest = &self.text.as_bytes()[self.at + 1..];
        let there = rest.get(name.len()) == Some(&b'"') && rest.starts_with(name.as_bytes());
        if there {
            self.at += name.len() + 2;
        }
        there
    }

    /// Reads the value of the member `name`, which the reader stands before, into its slot.
    pub(crate) fn fill_slot(&mut self, name: &str, slot: &mut dyn Slot) -> Result<(), DecodeError> {
        self.skip_whitespace();
        let start = self.at;
        slot.fill(self)
            .map_err(|error| error.placed(self.text, start).in_member(name))
    }

    /// Reads the beginning of an object for a decoder that goes through it by itself; then [`member`](Self::member) is
    /// asked before each member, to the end.
    ///
    /// # Errors
    /// The value is no object, or it lies too deep.
    pub fn open_object(&mut self) -> Result<Object, DecodeError> {
        if self.next_token() != Some(b'{') {
            return Err(self.unexpected("an object"));
        }
        self.enter()?;
        Ok(Object {
            state: Progress::Opened,
        })
    }

    /// The name of the object's next member, if there is another; then the reader stands before its value.
    ///
    /// # Errors
    /// Neither a member nor the object's end is there.
    pub fn member(&mut self, object: &mut Object) -> Result<Option<Cow<'de, str>>, DecodeError> {
        if !self.before_name(object)? {
            return Ok(None);
        }
        let name = self.string()?;
        self.token(b':', "`:`")?;
        Ok(Some(name))
    }

    /// Whether the object has another member; if so the reader stands before its name's quote.
    pub(super) fn before_name(&mut self, object: &mut Object) -> Result<bool, DecodeError> {
        match (self.next_token(), &object.state) {
            (_, Progress::Done) => return Ok(false),
            (Some(b'}'), _) => {
                self.leave();
                object.state = Progress::Done;
                return Ok(false);
            }
            (Some(b','), Progress::Running) => self.at += 1,
            (_, Progress::Running) => return Err(self.unexpected("`,` or `}`")),
            (_, Progress::Opened) => object.state = Progress::Running,
        }
        match self.next_token() {
            Some(b'"') => Ok(true),
            _ => Err(self.unexpected("a member's name")),
        }
    }
}
