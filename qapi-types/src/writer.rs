//! Where values are written to, as compact JSON: QEMU reads its monitor byte by byte, so the shortest text wins.

use std::fmt::{Display, Write};

use crate::encode::{Encode, EncodeMembers};

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

    /// Writes an object; absent members are left out.
    pub fn object(&mut self, members: &[(&str, &dyn Encode)]) {
        self.text.push('{');
        self.members(members);
        self.text.push('}');
    }

    /// Writes an object whose members lie flat in it.
    pub fn object_of(&mut self, members: &dyn EncodeMembers) {
        self.text.push('{');
        members.encode_members(self);
        self.text.push('}');
    }

    /// Writes members into the object that is open; absent ones are left out.
    pub fn members(&mut self, members: &[(&str, &dyn Encode)]) {
        for (name, value) in members {
            if !value.is_absent() {
                // Nothing but an object's beginning ends with a brace that opens: no flag is needed to tell the first.
                if !self.text.ends_with('{') {
                    self.text.push(',');
                }
                self.string(name);
                self.text.push(':');
                value.encode(self);
            }
        }
    }

    /// Writes a string. Only what JSON wants escaped is; the rest is UTF-8, which QEMU reads.
    pub fn string(&mut self, string: &str) {
        self.text.push('"');
        let mut plain = 0;
        for (at, byte) in string.bytes().enumerate() {
            if byte >= 0x20 && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.text.push_str(&string[plain..at]);
            plain = at + 1;
            match byte {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                b'\r' => self.text.push_str("\\r"),
                b'\t' => self.text.push_str("\\t"),
                _ => self.display(&format_args!("\\u{byte:04x}")),
            }
        }
        self.text.push_str(&string[plain..]);
        self.text.push('"');
    }

    /// Writes the members of a value into the object that is open: a union's branch, among the union's own.
    pub fn members_of(&mut self, members: &dyn EncodeMembers) {
        members.encode_members(self);
    }

    /// Writes a text that is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.text.push_str(json);
    }

    pub(crate) fn display(&mut self, value: &dyn Display) {
        // Writing to a String fails only if a Display does by itself; those of numbers do not.
        let _ = write!(self.text, "{value}");
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
    let mut writer = Writer::new();
    value.encode(&mut writer);
    writer.into_text()
}

/// The JSON text of a value, as bytes.
pub fn to_vec(value: &dyn Encode) -> Vec<u8> {
    to_string(value).into_bytes()
}
