//! `Debug` of what can be encoded: what it is called, and its members as they are on the wire.

use std::cell::RefCell;
use std::fmt::{Debug, Formatter, Result};

use crate::encode::Encode;
use crate::error::DecodeError;
use crate::reader::{Elements, Kind, Object, Reader};
use crate::writer::to_string;

/// Writes a value for people: `name`, then what the value is encoded to, laid out as what `Debug` is derived to is.
///
/// It is what generated types say of themselves that they can encode. Absent members are left out, a union's members lie beside
/// those of its branch, and everything is called as it is on the wire.
///
/// ```
/// use std::fmt;
///
/// use qapi_types as rt;
///
/// struct Size {
///     width: u32,
///     bits_per_pixel: Option<u32>,
///     title: Option<String>,
/// }
///
/// impl rt::Encode for Size {
///     fn encode_members(&self, w: &mut rt::Writer) {
///         w.member("width", &self.width);
///         w.member("bits-per-pixel", &self.bits_per_pixel);
///         w.member("title", &self.title);
///     }
/// }
///
/// impl fmt::Debug for Size {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         rt::debug("Size", self, f)
///     }
/// }
///
/// let size = Size { width: 1, bits_per_pixel: Some(8), title: None };
/// assert_eq!(format!("{size:?}"), "Size { width: 1, bits-per-pixel: 8 }");
/// ```
///
/// # Errors
/// Those of `f`.
pub fn debug<T: Encode>(name: &str, value: &T, f: &mut Formatter<'_>) -> Result {
    told(name, &to_string(value), f)
}

fn told(name: &str, json: &str, f: &mut Formatter<'_>) -> Result {
    let reader = &RefCell::new(Reader::new(json));
    let opened = reader.borrow_mut().open_object();
    let Ok(object) = opened else {
        return f.debug_tuple(name).field(&Next { reader }).finish();
    };
    let mut members = f.debug_struct(name);
    each_member(reader, object, |name, value| {
        members.field(name, value);
    });
    members.finish()
}

/// The value that a reader stands before. Telling it moves the reader on, so that all is told in one pass.
struct Next<'a, 'de> {
    reader: &'a RefCell<Reader<'de>>,
}

impl Debug for Next<'_, '_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let reader = self.reader;
        let kind = reader.borrow_mut().kind();
        if let Ok(Kind::Object) = kind {
            let opened = reader.borrow_mut().open_object();
            if let Ok(object) = opened {
                let mut members = f.debug_map();
                each_member(reader, object, |name, value| {
                    members.entry(&format_args!("{name}"), value);
                });
                return members.finish();
            }
        }
        if let Ok(Kind::Array) = kind {
            let opened = reader.borrow_mut().array();
            if let Ok(mut array) = opened {
                let mut elements = f.debug_list();
                while let Ok(true) = element(reader, &mut array) {
                    elements.entry(&Next { reader });
                }
                return elements.finish();
            }
        }
        // What is nested deeper than a reader goes is told as it is.
        let json = reader.borrow_mut().raw();
        f.write_str(json.unwrap_or("…"))
    }
}

/// Goes through an object. It ends, too, where it is not JSON: an encoder that is no schema's may write anything.
fn each_member(
    reader: &RefCell<Reader<'_>>,
    mut object: Object,
    mut tell: impl FnMut(&str, &dyn Debug),
) {
    let mut next = || reader.borrow_mut().member(&mut object);
    while let Ok(Some(name)) = next() {
        tell(&name, &Next { reader });
    }
}

fn element(
    reader: &RefCell<Reader<'_>>,
    array: &mut Elements,
) -> std::result::Result<bool, DecodeError> {
    reader.borrow_mut().element(array)
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::debug;
    use crate::{Encode, Writer};

    /// What is encoded to a text.
    struct Encoded(String);

    impl Encode for Encoded {
        fn encode(&self, w: &mut Writer) {
            w.raw(&self.0);
        }
    }

    impl fmt::Debug for Encoded {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            debug("Name", self, f)
        }
    }

    #[track_caller]
    fn check(json: &str, expected: &str) {
        assert_eq!(format!("{:?}", Encoded(json.to_owned())), expected);
    }

    #[test]
    fn every_kind_of_value() {
        check("{}", "Name");
        check("null", "Name(null)");
        check("[1, true]", "Name([1, true])");
        check(
            r#"{"a-b":"x\"{","c":{"d":[{"e":-1.5e3},[]],"f":{}},"g":null}"#,
            r#"Name { a-b: "x\"{", c: {d: [{e: -1.5e3}, []], f: {}}, g: null }"#,
        );
    }

    #[test]
    fn lines_are_indented() {
        let value = Encoded(r#"{"a":{"b":[1]},"c":2}"#.to_owned());
        let expected =
            "Name {\n    a: {\n        b: [\n            1,\n        ],\n    },\n    c: 2,\n}";
        assert_eq!(format!("{value:#?}"), expected);
    }

    #[test]
    fn what_lies_too_deep_is_told_as_it_is() {
        let nested =
            |depth, inner: &str| format!("{}{inner}{}", "[".repeat(depth), "]".repeat(depth));
        let told = nested(130, "{\"c\":1}");
        check(
            &format!(r#"{{"a":{told},"b":1}}"#),
            &format!("Name {{ a: {told}, b: 1 }}"),
        );
        // Nothing reads on behind what is deeper still.
        let deep = nested(100_000, "");
        check(
            &format!(r#"{{"a":{deep},"b":1}}"#),
            &format!("Name {{ a: {} }}", nested(127, "…")),
        );
    }

    #[test]
    fn what_is_not_json_ends_there() {
        check(r#"{"a":1,"b" 2}"#, "Name { a: 1 }");
        check("", "Name(…)");
    }
}
