//! Objects: a list of slots is filled in one pass, in whatever order the members come.

use super::{Progress, Reader};
use crate::decode::{DecodeBranch, DecodeMembers};
use crate::error::DecodeError;
use crate::slot::{Base, Members, NoMembers, Roll, Slot, Slots};
use std::borrow::Cow;

/// An object in the middle of being read; see [`Reader::member`].
#[derive(Debug)]
pub struct Object {
    state: Progress,
}

impl<'de> Reader<'de> {
    /// Reads an object into `slots`; members without a slot are skipped.
    ///
    /// The slot after the one filled last is tried first: members that come in the order of the slots cost one comparison
    /// each, and one for each of those that are absent. Generated code lists them as QEMU sends them.
    ///
    /// # Errors
    /// The value is no object, a member is there twice, one is missing that has to be there, or a member's value does not
    /// fit its slot.
    pub fn object(&mut self, slots: &mut Slots<'_>) -> Result<(), DecodeError> {
        self.members(slots, &mut NoMembers)
    }

    /// Reads an object into `slots` and, what has none there, into `outer`: the members of a branch and those of the
    /// unions around it lie flat in one object.
    ///
    /// # Errors
    /// As [`object`](Self::object); what is missing of `outer` is for others to tell.
    pub fn members(
        &mut self,
        slots: &mut Slots<'_>,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError> {
        let mut own = Roll::new(slots);
        let mut more = self.first_member()?;
        let mut expected = 0;
        while more {
            match own.name(expected) {
                Some(name) if self.go_to_value_of(name) => {
                    self.fill_own(&mut own, expected)?;
                    expected += 1;
                }
                _ => expected = self.fill_other(&mut own, expected, outer)?,
            }
            more = self.next_member()?;
        }
        match own.missing(usize::MAX) {
            Some(name) => Err(DecodeError::missing(name)),
            None => Ok(()),
        }
    }

    /// Reads an object that is no union's branch here: `Decode` for a type that has `DecodeMembers`.
    ///
    /// # Errors
    /// As those of `value`.
    pub fn object_of(&mut self, value: &mut dyn DecodeMembers) -> Result<(), DecodeError> {
        value.fill_members(self, &mut NoMembers)
    }

    /// Reads an object into `slots`, and what has none there into `others`.
    ///
    /// # Errors
    /// As [`object`](Self::object), and as those of `others`.
    pub fn object_and(
        &mut self,
        slots: &mut Slots<'_>,
        others: &mut dyn DecodeMembers,
    ) -> Result<(), DecodeError> {
        let mut nothing = NoMembers;
        let mut own = Base::new(slots, &mut nothing);
        others.fill_members(self, &mut own)?;
        own.complete()
    }

    /// Reads a union: the members of its base into `slots`, the branch `name` into `branch`. The discriminator, which
    /// [`discriminator`](Self::discriminator) has told the name by, is one of the base's, with [`Seen`](crate::Seen) for
    /// its slot.
    ///
    /// # Errors
    /// As [`object`](Self::object), and as those of `branch`.
    pub fn union(
        &mut self,
        name: &str,
        slots: &mut Slots<'_>,
        branch: &mut dyn DecodeBranch,
    ) -> Result<(), DecodeError> {
        self.union_members(name, slots, branch, &mut NoMembers)
    }

    /// As [`union`](Self::union), for one that is the branch of another, whose members go to `outer`.
    ///
    /// # Errors
    /// As [`union`](Self::union); what is missing of `outer` is for others to tell.
    pub fn union_members(
        &mut self,
        name: &str,
        slots: &mut Slots<'_>,
        branch: &mut dyn DecodeBranch,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError> {
        let mut base = Base::new(slots, outer);
        branch.fill_branch(name, self, &mut base)?;
        base.complete()
    }

    /// Reads a member that is not the expected one of `own`, and answers which is expected now.
    #[inline(never)]
    fn fill_other(
        &mut self,
        own: &mut Roll<'_, '_>,
        expected: usize,
        outer: &mut dyn Members,
    ) -> Result<usize, DecodeError> {
        // Those before it may be absent.
        if let Some(index) = own.ahead(expected + 1, self) {
            self.fill_own(own, index)?;
            return Ok(index + 1);
        }
        if let Some(slot) = outer.slot_ahead(self) {
            self.fill_slot(slot)?;
            return Ok(expected);
        }
        let name = self.string()?;
        self.colon()?;
        if let Some(index) = own.position(&name) {
            self.fill_own(own, index)?;
            return Ok(index + 1);
        }
        match outer.slot(&name) {
            Some(slot) => self.fill_slot(slot)?,
            None => self.skip().map_err(|error| error.in_member(&name))?,
        }
        Ok(expected)
    }

    #[inline]
    fn fill_own(&mut self, own: &mut Roll<'_, '_>, index: usize) -> Result<(), DecodeError> {
        own.slot(index).map_or(Ok(()), |slot| self.fill_slot(slot))
    }

    /// Goes to the value of the member at the reader's position if its name is `name`, and written as QEMU does: no escapes,
    /// a space after the colon.
    #[inline(always)]
    pub(crate) fn go_to_value_of(&mut self, name: &str) -> bool {
        let Some([b'"', rest @ ..]) = self.text.as_bytes().get(self.at..) else {
            return false;
        };
        let there = match rest.split_at_checked(name.len()) {
            Some((text, [b'"', b':', b' ', ..])) => same(text, name.as_bytes()),
            _ => false,
        };
        if there {
            self.at += name.len() + 4;
        }
        there
    }

    /// Goes past the colon behind a name, to the value.
    #[inline]
    fn colon(&mut self) -> Result<(), DecodeError> {
        self.token(b':', "`:`")?;
        self.blank();
        Ok(())
    }

    /// Goes past the brace that opens an object, and answers whether it has a member: then the reader stands before the
    /// first one's name.
    #[inline]
    pub(super) fn first_member(&mut self) -> Result<bool, DecodeError> {
        if self.next_token() != Some(b'{') {
            return Err(self.unexpected("an object"));
        }
        self.enter()?;
        match self.next_token() {
            Some(b'"') => Ok(true),
            Some(b'}') => {
                self.leave();
                Ok(false)
            }
            _ => Err(self.unexpected("a member's name")),
        }
    }

    /// Whether the object has another member; if so the reader stands before its name.
    #[inline]
    fn next_member(&mut self) -> Result<bool, DecodeError> {
        match self.text.as_bytes().get(self.at..) {
            Some([b',', b' ', b'"', ..]) => {
                self.at += 2;
                Ok(true)
            }
            Some([b'}', ..]) => {
                self.leave();
                Ok(false)
            }
            _ => self.before_name(&mut Object {
                state: Progress::Running,
            }),
        }
    }

    /// Reads the value of a member, which the reader stands before, into its slot.
    #[inline]
    pub(crate) fn fill_slot(&mut self, slot: Slot<'_>) -> Result<(), DecodeError> {
        let start = self.at;
        let filled = match slot.again {
            false => slot.value.fill(self),
            true => Err(self.duplicate()),
        };
        filled.map_err(|error| error.placed(self.text, start).in_member(slot.name))
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
        self.colon()?;
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

/// Whether two texts of the same length are equal. Names are short: to call for it would take longer than it takes.
#[inline(always)]
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    if let (Some(left_end), Some(right_end)) = (left.last_chunk::<8>(), right.last_chunk::<8>()) {
        return left_end == right_end
            && left.first_chunk::<8>() == right.first_chunk::<8>()
            && (left.len() <= 16 || left == right);
    }
    if let (Some(left_end), Some(right_end)) = (left.last_chunk::<4>(), right.last_chunk::<4>()) {
        return left_end == right_end && left.first_chunk::<4>() == right.first_chunk::<4>();
    }
    left == right
}
