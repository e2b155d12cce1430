//! Where the members of an object go while it is read.

use crate::decode::Decode;
use crate::error::DecodeError;
use crate::reader::Reader;

/// The members of one object type: their names, and the values that they are read into, blank ones. Whether a member may
/// be absent its value [says](Decode::may_be_absent): an `Option` may.
///
/// QEMU never sends a member twice; of a peer that does nobody knows which one it means, and it is an error.
pub type Slots<'a> = [(&'static str, &'a mut dyn Decode)];

/// The slot of a member that is known and not kept: a union's discriminator, which [`Reader::discriminator`] has read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen;

impl Decode for Seen {
    fn blank() -> Self {
        Self
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.skip()
    }

    /// Whether it may be is for those to say who look for it.
    fn may_be_absent(&self) -> bool {
        true
    }
}

/// A member that is about to be read.
pub struct Slot<'a> {
    pub(crate) name: &'static str,
    pub(crate) value: &'a mut dyn Decode,
    /// Whether it has come before.
    pub(crate) again: bool,
}

/// The members that an object can have besides those of a branch: what lies around the branch.
pub trait Members {
    /// The slot of the member `name`, if there is one. The member counts as come.
    fn slot(&mut self, name: &str) -> Option<Slot<'_>>;

    /// The slot of the member whose name the reader stands before, if this is easy to see: then the reader stands before
    /// the value. Nothing is said about the member otherwise.
    fn slot_ahead(&mut self, _: &mut Reader<'_>) -> Option<Slot<'_>> {
        None
    }

    /// The first member that has to be there and has not come.
    fn missing(&self) -> Option<&'static str> {
        None
    }
}

/// No members.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMembers;

impl Members for NoMembers {
    fn slot(&mut self, _: &str) -> Option<Slot<'_>> {
        None
    }
}

/// The members of an object, and which of them have come.
pub(crate) struct Roll<'a, 's> {
    slots: &'a mut Slots<'s>,
    come: Marks,
}

impl<'a, 's> Roll<'a, 's> {
    pub(crate) fn new(slots: &'a mut Slots<'s>) -> Self {
        let come = Marks::default();
        Self { slots, come }
    }

    /// The name of a member.
    #[inline]
    pub(crate) fn name(&self, index: usize) -> Option<&'static str> {
        self.slots.get(index).map(|(name, _)| *name)
    }

    /// The slot of a member, which counts as come.
    #[inline]
    pub(crate) fn slot(&mut self, index: usize) -> Option<Slot<'_>> {
        let (name, value) = self.slots.get_mut(index)?;
        let again = self.come.mark(index);
        Some(Slot {
            name,
            value: &mut **value,
            again,
        })
    }

    /// Which member has this name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.slots.iter().position(|(own, _)| *own == name)
    }

    /// The first member, of those from `from` on, whose name the reader stands before, if this is easy to see: then the
    /// reader stands before the value.
    pub(crate) fn ahead(&self, from: usize, r: &mut Reader<'_>) -> Option<usize> {
        let mut later = self.slots.iter().enumerate().skip(from);
        later
            .find(|(_, (name, _))| r.go_to_value_of(name))
            .map(|(index, _)| index)
    }

    /// The first member, of those before `end`, that has to be there and has not come.
    pub(crate) fn missing(&self, end: usize) -> Option<&'static str> {
        let mut absent = self.slots.iter().enumerate().take(end);
        absent
            .find(|(index, (_, value))| !self.come.has(*index) && !value.may_be_absent())
            .map(|(_, (name, _))| *name)
    }
}

/// The base members of a union, and behind them those of the union that it is a branch of itself.
pub(crate) struct Base<'a, 's> {
    own: Roll<'a, 's>,
    outer: &'a mut dyn Members,
}

impl<'a, 's> Base<'a, 's> {
    pub(crate) fn new(slots: &'a mut Slots<'s>, outer: &'a mut dyn Members) -> Self {
        let own = Roll::new(slots);
        Self { own, outer }
    }

    /// Whether all its own members have come that have to be there.
    ///
    /// # Errors
    /// One has not.
    pub(crate) fn complete(&self) -> Result<(), DecodeError> {
        match self.own.missing(usize::MAX) {
            Some(name) => Err(DecodeError::missing(name)),
            None => Ok(()),
        }
    }
}

impl Members for Base<'_, '_> {
    fn slot(&mut self, name: &str) -> Option<Slot<'_>> {
        match self.own.position(name) {
            Some(index) => self.own.slot(index),
            None => self.outer.slot(name),
        }
    }

    fn slot_ahead(&mut self, r: &mut Reader<'_>) -> Option<Slot<'_>> {
        match self.own.ahead(0, r) {
            Some(index) => self.own.slot(index),
            None => self.outer.slot_ahead(r),
        }
    }

    fn missing(&self) -> Option<&'static str> {
        let outer = self.outer.missing();
        outer.or_else(|| self.own.missing(usize::MAX))
    }
}

/// A set of small numbers.
#[derive(Default)]
struct Marks {
    /// Those below 64, which is more than nearly all objects have members.
    low: u64,
    high: Vec<u64>,
}

impl Marks {
    /// Adds a number, and answers whether it was there before.
    #[inline]
    fn mark(&mut self, number: usize) -> bool {
        let word = match number / 64 {
            0 => &mut self.low,
            above => self.word(above),
        };
        let bit = 1 << (number % 64);
        let again = *word & bit != 0;
        *word |= bit;
        again
    }

    #[cold]
    fn word(&mut self, above: usize) -> &mut u64 {
        if self.high.len() < above {
            self.high.resize(above, 0);
        }
        &mut self.high[above - 1]
    }

    fn has(&self, number: usize) -> bool {
        let word = match number / 64 {
            0 => self.low,
            above => self.high.get(above - 1).copied().unwrap_or(0),
        };
        word & 1 << (number % 64) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::Marks;

    #[test]
    fn marks_are_kept_apart() {
        let numbers = [0, 1, 63, 64, 65, 127, 128, 1000];
        let mut marks = Marks::default();
        for number in numbers {
            assert!(!marks.has(number) && !marks.mark(number), "{number}");
        }
        for number in numbers {
            assert!(marks.has(number) && marks.mark(number), "{number}");
        }
        assert!(!marks.has(2) && !marks.has(999) && !marks.has(5000));
    }
}
