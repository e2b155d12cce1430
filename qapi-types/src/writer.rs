//! Where values are written to, as compact JSON: QEMU reads its monitor byte by byte, so the shortest text wins.

use std::fmt::{Display, Write};

use crate::encode::Encode;
use crate::plain::{is_plain, plain};

/// Room for most commands, so that their text is not moved while it grows.
const USUAL: usize = 128;

/// Collects JSON text.
///
/// It cannot fail, and writes what it is told: an encoder that calls it in the wrong order makes a text that is not JSON.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    text: String,
}

impl Writer {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// A writer that goes on at the end of `text`.
    pub fn after(text: String) -> Self {
        Self { text }
    }

    /// Writes an object; absent members are left out. Their names are those of a schema, see
    /// [`schema_name`](Self::schema_name).
    pub fn object(&mut self, members: &[(&'static str, &dyn Encode)]) {
        self.text.push('{');
        for (name, value) in members {
            value.encode_member(name, self);
        }
        self.text.push('}');
    }

    /// Writes an object: the members of a value, in braces.
    pub fn object_of<T: Encode + ?Sized>(&mut self, value: &T) {
        self.text.push('{');
        value.encode_members(self);
        self.text.push('}');
    }

    /// Writes an array of so many elements; `write` is called for each.
    pub(crate) fn array(&mut self, length: usize, write: &dyn Fn(usize, &mut Self)) {
        self.text.push('[');
        for index in 0..length {
            if index > 0 {
                self.text.push(',');
            }
            write(index, self);
        }
        self.text.push(']');
    }

    /// Writes a member into the object that is open, unless it is absent. Its name is one of a schema, see
    /// [`schema_name`](Self::schema_name).
    #[inline]
    pub fn member<T: Encode + ?Sized>(&mut self, name: &'static str, value: &T) {
        value.encode_member(name, self);
    }

    /// Writes a member's name, and what belongs before and after it; its value is to follow.
    pub fn name(&mut self, name: &str) {
        self.separate();
        self.string(name);
        self.text.push(':');
    }

    /// As [`name`](Self::name), for a name that stands in the program: as the language of schemas has it, of ASCII letters,
    /// digits, `-`, `_` and `.`. It is written as it is.
    pub fn schema_name(&mut self, name: &'static str) {
        debug_assert!(is_plain(name.as_bytes()), "{name:?} is no schema's");
        self.text.reserve(name.len() + 4);
        self.separate();
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    /// Writes the comma between two members.
    #[inline]
    fn separate(&mut self) {
        // Nothing but an object's beginning ends with a brace that opens: no flag is needed to tell the first.
        if !self.text.ends_with('{') {
            self.text.push(',');
        }
    }

    /// Writes a string. Only what JSON wants escaped is; the rest is UTF-8, which QEMU reads.
    pub fn string(&mut self, string: &str) {
        self.text.reserve(string.len() + 2);
        self.text.push('"');
        if is_plain(string.as_bytes()) {
            self.text.push_str(string);
        } else {
            self.escaped_string(string);
        }
        self.text.push('"');
    }

    #[cold]
    fn escaped_string(&mut self, string: &str) {
        let mut rest = string;
        loop {
            let (as_it_is, special) = rest.split_at(plain(rest.as_bytes()));
            self.text.push_str(as_it_is);
            // What is special is ASCII, so that the text may be cut behind it.
            let Some(&byte) = special.as_bytes().first() else {
                break;
            };
            self.escaped(byte);
            rest = &special[1..];
        }
    }

    fn escaped(&mut self, byte: u8) {
        match byte {
            b'"' => self.text.push_str("\\\""),
            b'\\' => self.text.push_str("\\\\"),
            b'\n' => self.text.push_str("\\n"),
            b'\r' => self.text.push_str("\\r"),
            b'\t' => self.text.push_str("\\t"),
            _ => self.display(&format_args!("\\u{byte:04x}")),
        }
    }

    /// Writes the members of a value into the object that is open: a union's branch, among the union's own.
    #[inline]
    pub fn members_of<T: Encode + ?Sized>(&mut self, value: &T) {
        value.encode_members(self);
    }

    /// Writes a text that is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    pub(crate) fn display(&mut self, value: &dyn Display) {
        // Writing to a String fails only if a Display does by itself; those of numbers do not.
        let _ = write!(self.text, "{value}");
    }

    /// Takes back all that was written after the first `length` bytes.
    pub(crate) fn take_back_to(&mut self, length: usize) {
        self.text.truncate(length);
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// The JSON text of a value.
pub fn to_string(value: &dyn Encode) -> String {
    let mut writer = Writer::after(String::with_capacity(USUAL));
    value.encode(&mut writer);
    writer.into_text()
}

/// The JSON text of a value, as bytes.
pub fn to_vec(value: &dyn Encode) -> Vec<u8> {
    to_string(value).into_bytes()
}
