//! From the schema to what people use. Emitters take a [`Schema`](crate::schema::Schema) and cannot fail.

#[cfg(feature = "json")]
pub mod introspect;
pub mod rust;
mod side_by_side;

pub(crate) use side_by_side::side_by_side;

/// A file to be written: its path below the output folder, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// The path, with `/` between its parts.
    pub path: String,
    /// The whole text.
    pub text: String,
}
