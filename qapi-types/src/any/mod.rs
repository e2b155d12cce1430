//! Values of QAPI's type `any`, and of whatever else the schema does not describe.

mod members;
mod same;

use std::fmt;
use std::str::FromStr;

use crate::decode::Decode;
use crate::encode::Encode;
use crate::error::DecodeError;
use crate::reader::{Kind, Reader};
use crate::writer::{Writer, to_string};

pub use members::{AnyMembers, UnknownBranch};

/// Any JSON value, kept as its text: what comes in goes out again byte for byte.
///
/// Two values are equal if they mean the same: spaces, the order of members and the way characters are escaped do not
/// count. Integers equal integers only, fractions fractions only. Values that are nested deeper than a decoder goes are
/// equal if their texts are.
///
/// ```
/// use qapi_types::Any;
///
/// let pages: Any = r#"{"free": [1, 2]}"#.parse()?;
/// assert_eq!(pages.get("free").unwrap().to::<Vec<u8>>()?, [1, 2]);
/// assert_eq!(Any::from("yes").as_json(), r#""yes""#);
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone)]
pub struct Any {
    json: Box<str>,
}

/// `null`, the value of QAPI's type `null`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Null;

/// A value that there is none of: it would have to contain itself, for the schema requires that. Nobody can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Impossible(());

impl Any {
    /// The value that `value` is written as.
    pub fn encode_from(value: &(impl Encode + ?Sized)) -> Self {
        Self::from_checked(to_string(&value))
    }

    /// A value whose text is known to be JSON.
    pub(crate) fn from_checked(json: impl Into<Box<str>>) -> Self {
        let json = json.into();
        Self { json }
    }

    /// The value's JSON text, without whitespace around it.
    pub fn as_json(&self) -> &str {
        &self.json
    }

    /// The value's kind.
    pub fn kind(&self) -> Kind {
        match self.json.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The value as a `T`.
    ///
    /// # Errors
    /// It is none.
    pub fn to<T: Decode>(&self) -> Result<T, DecodeError> {
        Reader::new(&self.json).finish()
    }

    /// The value as the tree of `serde_json`, to walk through. Needs the feature `serde`.
    ///
    /// # Errors
    /// The value is nested deeper than 128 levels, or has a number beyond the range of [`f64`].
    #[cfg(feature = "serde")]
    pub fn to_value(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_str(&self.json)
    }

    /// The member `name` of an object; `None` of any other value, and where there is no such member.
    pub fn get(&self, name: &str) -> Option<Any> {
        let mut reader = Reader::new(&self.json);
        let mut object = reader.open_object().ok()?;
        while let Some(member) = reader.member(&mut object).ok()? {
            if member == name {
                return Any::decode(&mut reader).ok();
            }
            reader.skip().ok()?;
        }
        None
    }
}

impl Decode for Any {
    fn blank() -> Self {
        let json = Box::default();
        Self { json }
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        self.json = r.raw()?.into();
        Ok(())
    }
}

impl Encode for Any {
    fn encode(&self, w: &mut Writer) {
        w.raw(&self.json);
    }
}

impl FromStr for Any {
    type Err = DecodeError;

    /// The value that a JSON text has.
    fn from_str(json: &str) -> Result<Self, DecodeError> {
        crate::reader::from_str(json)
    }
}

impl Decode for Null {
    fn blank() -> Self {
        Self
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        r.null()
    }
}

impl Decode for Impossible {
    fn blank() -> Self {
        Self(())
    }

    fn fill(&mut self, r: &mut Reader<'_>) -> Result<(), DecodeError> {
        Err(r.unexpected("a value without end"))
    }
}

impl Encode for Impossible {
    fn encode(&self, w: &mut Writer) {
        Null.encode(w);
    }
}

impl Encode for Null {
    fn encode(&self, w: &mut Writer) {
        w.raw("null");
    }
}

macro_rules! from {
    ($($source:ty)*) => {$(
        impl From<$source> for Any {
            fn from(value: $source) -> Self {
                Self::encode_from(&value)
            }
        }
    )*};
}

from! { bool i8 i16 i32 i64 u8 u16 u32 u64 f64 &str String Null AnyMembers }

/// Needs the feature `serde`.
#[cfg(feature = "serde")]
impl From<serde_json::Value> for Any {
    fn from(value: serde_json::Value) -> Self {
        Self::from_checked(value.to_string())
    }
}

impl<T: Into<Any>> FromIterator<T> for Any {
    /// The array of the values.
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let values: Vec<Any> = values.into_iter().map(Into::into).collect();
        Self::encode_from(&values)
    }
}

impl PartialEq for Any {
    fn eq(&self, other: &Self) -> bool {
        same::same(self, other)
    }
}

impl fmt::Display for Any {
    /// The JSON text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.json)
    }
}

impl fmt::Debug for Any {
    /// The JSON text: it tells a string from a number by itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.json)
    }
}

#[cfg(test)]
mod tests;
