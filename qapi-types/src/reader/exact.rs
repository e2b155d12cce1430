//! Objects as strict bindings read them: all that is wrong with one is found, and what comes first in the schema is told.
//!
//! QEMU reads arguments member by member in the schema's order, a union's base before its branch, and looks for members
//! that it does not know at the end. Whoever sends two mistakes is told of the same one.
//!
//! A value that is wrong is gone past once more, by each object that it lies in: that costs the length of the text times
//! [`Limits::nesting`](crate::Limits::nesting) at worst.

use super::Reader;
use crate::error::{DecodeError, Problem};
use crate::slot::{Members, NoMembers, Roll, Slots};

/// What is wrong with an object, as far as it has been read.
#[derive(Default)]
struct Faults {
    /// A member of what lies around the branch.
    outer: Option<DecodeError>,
    /// The first of the object's own members in the schema's order, by its index.
    own: Option<(usize, DecodeError)>,
    unknown: Option<DecodeError>,
}

impl Reader<'_> {
    /// As [`object`](Self::object), for strict bindings.
    ///
    /// # Errors
    /// As [`object`](Self::object); or a member has no slot.
    pub fn exact_object(&mut self, slots: &mut Slots<'_>) -> Result<(), DecodeError> {
        self.exact_members(slots, &mut NoMembers)
    }

    /// As [`members`](Self::members), for strict bindings.
    ///
    /// # Errors
    /// As [`exact_object`](Self::exact_object).
    pub fn exact_members(
        &mut self,
        slots: &mut Slots<'_>,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError> {
        let mut own = Roll::new(slots);
        let mut faults = Faults::default();
        let mut object = self.open_object()?;
        while self.before_name(&mut object)? {
            let start = self.at;
            let name = self.string()?;
            self.token(b':', "`:`")?;
            self.skip_whitespace();
            let (value, depth) = (self.at, self.depth);
            let index = own.position(&name);
            let slot = match index {
                Some(index) => own.slot(index),
                None => outer.slot(&name),
            };
            let Some(slot) = slot else {
                let error = self.error_at(Problem::UnknownMember, start);
                faults.unknown.get_or_insert(error.in_member(&name));
                self.skip()?;
                continue;
            };
            if let Err(error) = self.fill_slot(slot) {
                faults.add(index, error);
                (self.at, self.depth) = (value, depth);
                self.skip()?;
            }
        }
        faults.tell(&own, outer)
    }
}

impl Faults {
    #[cold]
    fn add(&mut self, index: Option<usize>, error: DecodeError) {
        match (index, &self.own) {
            (None, _) => drop(self.outer.get_or_insert(error)),
            (Some(index), Some((earlier, _))) if *earlier <= index => {}
            (Some(index), _) => self.own = Some((index, error)),
        }
    }

    fn tell(self, own: &Roll<'_, '_>, outer: &dyn Members) -> Result<(), DecodeError> {
        if let Some(error) = self.outer {
            return Err(error);
        }
        if let Some(member) = outer.missing() {
            return Err(DecodeError::missing(member));
        }
        let failed = self.own.as_ref().map_or(usize::MAX, |(index, _)| *index);
        if let Some(member) = own.missing(failed) {
            return Err(DecodeError::missing(member));
        }
        match (self.own, self.unknown) {
            (Some((_, error)), _) | (None, Some(error)) => Err(error),
            (None, None) => Ok(()),
        }
    }
}
