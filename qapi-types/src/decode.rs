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
/// ```
/// use qapi_types::{Decode, DecodeError, Reader, from_str, required};
///
/// #[derive(Debug, PartialEq)]
/// struct Size {
///     width: u32,
///     height: Option<u32>,
/// }
///
/// impl Decode for Size {
///     fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
///         let (mut width, mut height) = (None, None);
///         r.object(&mut [("width", &mut width), ("height", &mut height)])?;
///         Ok(Size { width: required!(width, "width"), height })
///     }
/// }
///
/// assert_eq!(from_str::<Size>(r#"{"depth": 3, "width": 1}"#)?, Size { width: 1, height: None });
/// # Ok::<(), DecodeError>(())
/// ```
pub trait Decode: Sized {
    /// Reads one value.
    ///
    /// # Errors
    /// What is there is not JSON, not such a value, or beyond the reader's limits.
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// An object type that can be the branch of a union: its members lie flat in the union's object, among the union's.
pub trait DecodeMembers: Sized {
    /// Reads the object, takes the members it has itself, and hands the others to `outer`.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    fn decode_members(r: &mut Reader<'_>, outer: &mut dyn Members) -> Result<Self, DecodeError>;
}

macro_rules! integers {
    ($($integer:ident $words:literal,)*) => {$(
        impl Decode for $integer {
            fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let short = r.short_integer().map(|(value, end)| (value.try_into(), end));
                if let Some((Ok(value), end)) = short {
                    r.go_to(end);
                    return Ok(value);
                }
                let value = r.integer($integer::MIN as i128, $integer::MAX as i128, $words)?;
                Ok(value as $integer)
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
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.bool()
    }
}

impl Decode for f64 {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.f64()
    }
}

impl Decode for String {
    #[inline]
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.owned_string()
    }
}

/// What a command without a return type answers: `{}` by the schema, and nobody's business should it be anything else.
impl Decode for () {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.skip()
    }
}

impl<T: Decode> Decode for Box<T> {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        r.charge(size_of::<T>())?;
        T::decode(r).map(Box::new)
    }
}

impl<T: DecodeMembers> DecodeMembers for Box<T> {
    fn decode_members(r: &mut Reader<'_>, outer: &mut dyn Members) -> Result<Self, DecodeError> {
        r.charge(size_of::<T>())?;
        T::decode_members(r, outer).map(Box::new)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut elements = Vec::new();
        let mut more = r.first_element()?;
        while more {
            r.charge(size_of::<T>())?;
            let start = r.offset();
            match T::decode(r) {
                Ok(element) => elements.push(element),
                Err(error) => return Err(r.in_element(error, start, elements.len())),
            }
            more = r.next_element()?;
        }
        Ok(elements)
    }
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
    outer: &mut dyn Members,
    wrap: fn(B) -> U,
) -> Result<U, DecodeError> {
    B::decode_members(r, outer).map(wrap)
}

/// Reads an object that is all a union's: the branch that is chosen has no members.
///
/// # Errors
/// As [`Reader::members`].
pub fn bare_branch<U>(
    r: &mut Reader<'_>,
    outer: &mut dyn Members,
    branch: U,
) -> Result<U, DecodeError> {
    r.members(&mut [], outer)?;
    Ok(branch)
}

/// As [`bare_branch`], for strict bindings.
///
/// # Errors
/// As [`Reader::exact_members`].
pub fn exact_bare_branch<U>(
    r: &mut Reader<'_>,
    outer: &mut dyn Members,
    branch: U,
) -> Result<U, DecodeError> {
    r.exact_members(&mut [], outer)?;
    Ok(branch)
}

/// Reads a branch that the schema does not know, with all its members.
///
/// # Errors
/// As [`UnknownBranch::decode_members`].
pub fn unknown_branch<U>(
    name: &str,
    r: &mut Reader<'_>,
    outer: &mut dyn Members,
    wrap: fn(UnknownBranch) -> U,
) -> Result<U, DecodeError> {
    UnknownBranch::decode_members(name, r, outer).map(wrap)
}
