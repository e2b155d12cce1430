//! Where the members of an object go while it is read.

use crate::decode::Decode;
use crate::error::DecodeError;
use crate::reader::Reader;

/// A place for the value of one member.
///
/// `Option<T>` is the slot of a member of type `T`: `None` until the member comes, then what it decoded to. That a member
/// is optional shows when the slots are emptied: [`required!`](crate::required!) minds a `None`, an optional member stays
/// one. A `null` that is there is handed to `T`; it never means that the member is absent.
pub trait Slot {
    /// Takes the member's value, which the reader stands before.
    ///
    /// # Errors
    /// The value does not fit, or the member was there before. QEMU never sends a member twice; of a peer that does
    /// nobody knows which one it means.
    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError>;

    /// Whether the member has to be there and has not come, as far as the slot knows.
    fn is_missing(&self) -> bool {
        false
    }
}

impl<T: Decode> Slot for Option<T> {
    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        // Bindings have this for each type of a member: what `?` says of conversions would be compiled as often.
        match self {
            Some(_) => Err(r.duplicate()),
            None => match T::decode(r) {
                Ok(value) => {
                    *self = Some(value);
                    Ok(())
                }
                Err(error) => Err(error),
            },
        }
    }
}

/// The slot of a member that has to be there, for strict bindings: they tell which is missing in the schema's order.
pub struct Required<'a, T>(pub &'a mut Option<T>);

impl<T: Decode> Slot for Required<'_, T> {
    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.0.fill(r)
    }

    fn is_missing(&self) -> bool {
        self.0.is_none()
    }
}

/// The slot of a member that is known and not kept: a union's discriminator, which [`Reader::discriminator`] has read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen;

impl Slot for Seen {
    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.skip()
    }
}

/// The members of one object type, in the schema's order: their names and where their values go.
pub type Slots<'a> = [(&'static str, &'a mut dyn Slot)];

/// The members that an object can have besides those of a branch: what lies around the branch.
pub trait Members {
    /// The slot of the member `name`, if there is one.
    fn slot(&mut self, name: &str) -> Option<&mut dyn Slot>;

    /// The slot of the member whose name the reader stands before, and the name, if this is easy to see: then the reader
    /// stands before the value. Nothing is said about the member otherwise.
    fn slot_ahead(&mut self, _: &mut Reader<'_>) -> Option<(&'static str, &mut dyn Slot)> {
        None
    }

    /// The first member that has to be there and has not come, as far as the slots know.
    fn missing(&self) -> Option<&'static str> {
        None
    }
}

/// No members.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoMembers;

impl Members for NoMembers {
    fn slot(&mut self, _: &str) -> Option<&mut dyn Slot> {
        None
    }
}

impl Members for &mut Slots<'_> {
    fn slot(&mut self, name: &str) -> Option<&mut dyn Slot> {
        for (own, slot) in self.iter_mut() {
            if *own == name {
                return Some(&mut **slot);
            }
        }
        None
    }

    fn slot_ahead(&mut self, r: &mut Reader<'_>) -> Option<(&'static str, &mut dyn Slot)> {
        for (own, slot) in self.iter_mut() {
            if r.go_to_value_of(own) {
                return Some((own, &mut **slot));
            }
        }
        None
    }

    fn missing(&self) -> Option<&'static str> {
        first_missing(self)
    }
}

fn first_missing(slots: &Slots<'_>) -> Option<&'static str> {
    let missing = slots.iter().find(|(_, slot)| slot.is_missing());
    missing.map(|(name, _)| *name)
}

/// The base members of a union that is a branch of another one, and behind them those of the union around it.
pub struct Chain<'a, 's> {
    base: &'a mut Slots<'s>,
    outer: &'a mut dyn Members,
}

impl<'a, 's> Chain<'a, 's> {
    /// First `base`, then `outer`.
    pub fn new(base: &'a mut Slots<'s>, outer: &'a mut dyn Members) -> Self {
        Self { base, outer }
    }
}

impl Members for Chain<'_, '_> {
    fn slot(&mut self, name: &str) -> Option<&mut dyn Slot> {
        match self.base.slot(name) {
            Some(slot) => Some(slot),
            None => self.outer.slot(name),
        }
    }

    fn slot_ahead(&mut self, r: &mut Reader<'_>) -> Option<(&'static str, &mut dyn Slot)> {
        match self.base.slot_ahead(r) {
            Some(found) => Some(found),
            None => self.outer.slot_ahead(r),
        }
    }

    fn missing(&self) -> Option<&'static str> {
        self.outer.missing().or_else(|| first_missing(self.base))
    }
}

/// What is returned where the required member `name` has not come.
///
/// # Errors
/// Always: [`DecodeError::missing`].
#[cold]
pub fn missing<T>(name: &'static str) -> Result<T, DecodeError> {
    Err(DecodeError::missing(name))
}

/// What has come for a required member: `required!(slot, "name")` is the slot's value, or returns the
/// [error](DecodeError::missing) that says that nothing has. It is cheaper to compile than a call with a `?` behind it, by what
/// that says of conversions; bindings have thousands of them.
#[macro_export]
macro_rules! required {
    ($slot:expr, $name:literal) => {
        match $slot {
            ::core::option::Option::Some(value) => value,
            ::core::option::Option::None => return $crate::missing($name),
        }
    };
}
