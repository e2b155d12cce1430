//! From JSON to values: the two traits of generated types, and the types that every schema has.

use crate::any::UnknownBranch;
use crate::error::DecodeError;
use crate::reader::Reader;
use crate::slot::Members;

/// A value that can be read from JSON.
///
/// Generated types implement it; so do the types that stand for QAPI's built-in ones. It is not generic over a format or
/// a lifetime: what a type's decoder says is compiled once, and the work is done in the [`Reader`], compiled once too.
///
/// A value is read into one that is there already, a blank one: an object is a list of its members' names and places, and
/// nothing has to be moved to where it belongs.
///
/// ```
/// use qapi_types::{Decode, DecodeError, Reader, from_str};
///
/// #[derive(Debug, Default, PartialEq)]
/// struct Size {
///     width: u32,
///     height: Option<u32>,
/// }
///
/// impl Decode for Size {
///     fn blank() -> Self {
///         Self::default()
///     }
///
///     fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
///         r.object(&mut [("width", &mut self.width), ("height", &mut self.height)])
///     }
/// }
///
/// assert_eq!(from_str::<Size>(r#"{"depth": 3, "width": 1}"#)?, Size { width: 1, height: None });
/// assert!(from_str::<Size>(r#"{"height": 3}"#).is_err());
/// # Ok::<(), DecodeError>(())
/// ```
pub trait Decode {
    /// A value to read another into: whatever takes the least. It stands for nothing, and nobody is shown it.
    fn blank() -> Self
    where
        Self: Sized;

    /// Reads one value into `self`, which is [`blank`](Self::blank).
    ///
    /// # Errors
    /// What is there is not JSON, not such a value, or beyond the reader's limits. Then `self` is any value.
    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError>;

    /// Whether a member of an object may be absent that has such a value: only those that are an [`Option`] may. A `null`
    /// that is there is handed to what the `Option` is of; it never means that the member is absent.
    fn may_be_absent(&self) -> bool {
        false
    }

    /// Reads one value.
    ///
    /// # Errors
    /// As [`fill`](Self::fill).
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError>
    where
        Self: Sized,
    {
        let mut value = Self::blank();
        match value.fill(r) {
            Ok(()) => Ok(value),
            Err(error) => Err(error),
        }
    }
}

/// An object type that can be the branch of a union: its members lie flat in the union's object, among the union's.
pub trait DecodeMembers: Decode {
    /// Reads the object, takes the members it has itself, and hands the others to `outer`.
    ///
    /// # Errors
    /// As [`Decode::fill`].
    fn fill_members(
        &mut self,
        r: &mut Reader<'_>,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError>;
}

/// The branches of a union.
pub trait DecodeBranch {
    /// A branch to read another into, as [`Decode::blank`].
    fn blank() -> Self
    where
        Self: Sized;

    /// Reads the union's object as the branch `name` has it; what is not the branch's goes to `base`.
    ///
    /// # Errors
    /// As [`Decode::fill`]; or there is no such branch.
    fn fill_branch(
        &mut self,
        name: &str,
        r: &mut Reader<'_>,
        base: &mut dyn Members,
    ) -> Result<(), DecodeError>;
}

macro_rules! integers {
    ($($integer:ident $words:literal,)*) => {$(
        impl Decode for $integer {
            fn blank() -> Self {
                0
            }

            fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
                let short = r.short_integer().map(|(value, end)| (value.try_into(), end));
                if let Some((Ok(value), end)) = short {
                    r.go_to(end);
                    *self = value;
                    return Ok(());
                }
                let value = r.integer($integer::MIN as i128, $integer::MAX as i128, $words)?;
                *self = value as $integer;
                Ok(())
            }
        }
    )*};
}

integers! {
    i8 "an 8-bit signed integer",
    i16 "a 16-bit signed integer",
    i32 "a 32-bit signed integer",
    i64 "a 64-bit signed integer",
    u8 "an 8-bit unsigned integer",
    u16 "a 16-bit unsigned integer",
    u32 "a 32-bit unsigned integer",
    u64 "a 64-bit unsigned integer",
}

impl Decode for bool {
    fn blank() -> Self {
        false
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = r.bool()?;
        Ok(())
    }
}

impl Decode for f64 {
    fn blank() -> Self {
        0.0
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = r.f64()?;
        Ok(())
    }
}

impl Decode for String {
    fn blank() -> Self {
        Self::new()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        *self = r.owned_string()?;
        Ok(())
    }
}

/// What a command without a return type answers: `{}` by the schema, and nobody's business should it be anything else.
impl Decode for () {
    fn blank() -> Self {}

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.skip()
    }
}

/// The value of a member that may be absent.
impl<T: Decode> Decode for Option<T> {
    fn blank() -> Self {
        None
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.insert(T::blank()).fill(r)
    }

    fn may_be_absent(&self) -> bool {
        true
    }
}

impl<T: Decode> Decode for Box<T> {
    fn blank() -> Self {
        Box::new(T::blank())
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.charge(size_of::<T>())?;
        T::fill(self, r)
    }
}

impl<T: DecodeMembers> DecodeMembers for Box<T> {
    fn fill_members(
        &mut self,
        r: &mut Reader<'_>,
        outer: &mut dyn Members,
    ) -> Result<(), DecodeError> {
        r.charge(size_of::<T>())?;
        T::fill_members(self, r, outer)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn blank() -> Self {
        Self::new()
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.elements(size_of::<T>(), &mut |r| {
            self.push(T::blank());
            match self.last_mut() {
                Some(element) => element.fill(r),
                None => Ok(()),
            }
        })
    }
}

/// A name that is kept. To make it where it is needed would be compiled for each enum anew.
pub fn owned(name: &str) -> String {
    name.to_owned()
}

/// Reads what an alternate stands for here and wraps it into its enum.
///
/// # Errors
/// As those of `T`.
pub fn alternative<T: Decode, U>(r: &mut Reader<'_>, wrap: fn(T) -> U) -> Result<U, DecodeError> {
    T::decode(r).map(wrap)
}

/// Reads a union's branch and wraps it into the enum of branches.
///
/// The branch's value stays in this function's frame on its way: without optimisation the frame of a union's decoder
/// would otherwise hold every branch several times over, and unions nest.
///
/// # Errors
/// As those of `B`.
pub fn branch<B: DecodeMembers, U>(
    r: &mut Reader<'_>,
    base: &mut dyn Members,
    wrap: fn(B) -> U,
) -> Result<U, DecodeError> {
    let mut branch = B::blank();
    match branch.fill_members(r, base) {
        Ok(()) => Ok(wrap(branch)),
        Err(error) => Err(error),
    }
}

/// Reads an object that is all a union's: the branch that is chosen has no members.
///
/// # Errors
/// As [`Reader::members`].
pub fn bare_branch<U>(
    r: &mut Reader<'_>,
    base: &mut dyn Members,
    branch: U,
) -> Result<U, DecodeError> {
    r.members(&mut [], base)?;
    Ok(branch)
}

/// As [`bare_branch`], for strict bindings.
///
/// # Errors
/// As [`Reader::exact_members`].
pub fn exact_bare_branch<U>(
    r: &mut Reader<'_>,
    base: &mut dyn Members,
    branch: U,
) -> Result<U, DecodeError> {
    r.exact_members(&mut [], base)?;
    Ok(branch)
}

/// Reads a branch that the schema does not know, with all its members.
///
/// # Errors
/// As [`UnknownBranch::decode_members`].
pub fn unknown_branch<U>(
    name: &str,
    r: &mut Reader<'_>,
    base: &mut dyn Members,
    wrap: fn(UnknownBranch) -> U,
) -> Result<U, DecodeError> {
    UnknownBranch::decode_members(name, r, base).map(wrap)
}
