//! From the schema to what people use. Emitters take a [`Schema`](crate::schema::Schema) and cannot fail.

pub mod introspect;
pub mod reference;
pub mod rust;

/// A file to be written: its path below the output folder, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// The path, with `/` between its parts.
    pub path: String,
    /// The whole text.
    pub text: String,
}
