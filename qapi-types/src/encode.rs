//! From values to JSON: the trait of generated types, and the types that every schema has.

use crate::writer::Writer;

/// A value that can be written as JSON.
///
/// An object says what its members are, in [`encode_members`](Self::encode_members): then it can be the branch of a union, too,
/// whose members are written among the union's. Any other value says how it is written, in [`encode`](Self::encode).
///
/// ```
/// use qapi_types::{Encode, Writer, to_string};
///
/// struct Size {
///     width: u32,
///     height: Option<u32>,
/// }
///
/// impl Encode for Size {
///     fn encode_members(&self, w: &mut Writer) {
///         w.member("width", &self.width);
///         w.member("height", &self.height);
///     }
/// }
///
/// assert_eq!(to_string(&Size { width: 1, height: None }), r#"{"width":1}"#);
/// ```
pub trait Encode {
    /// Writes the value.
    fn encode(&self, w: &mut Writer) {
        w.object_of(self);
    }

    /// Writes an object's members, without braces, into the object that is open.
    fn encode_members(&self, _: &mut Writer) {}

    /// Writes the value as a member of the object that is open. A value that stands for an optional member which is not
    /// there writes nothing.
    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        w.schema_name(name);
        self.encode(w);
    }
}

macro_rules! integers {
    ($($integer:ident)*) => {$(
        impl Encode for $integer {
            fn encode(&self, w: &mut Writer) {
                w.raw(itoa::Buffer::new().format(*self));
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

impl Encode for bool {
    fn encode(&self, w: &mut Writer) {
        w.raw(if *self { "true" } else { "false" });
    }
}

/// The shortest text that reads back as the same number; an integral one has no fraction, as QEMU writes it.
///
/// JSON has no infinities and no NaN: they are written as `null`, which QEMU then refuses by name.
impl Encode for f64 {
    fn encode(&self, w: &mut Writer) {
        let magnitude = self.abs();
        if !self.is_finite() {
            w.raw("null");
        } else if magnitude != 0.0 && !(1e-5..1e17).contains(&magnitude) {
            w.display(&format_args!("{self:e}"));
        } else {
            w.display(self);
        }
    }
}

impl Encode for str {
    fn encode(&self, w: &mut Writer) {
        w.string(self);
    }
}

impl Encode for String {
    fn encode(&self, w: &mut Writer) {
        w.string(self);
    }
}

/// The name of a union's branch where an older server has sent none: the empty name is left out.
#[derive(Clone, Copy, Debug)]
pub struct LateTag<'a>(pub &'a str);

impl Encode for LateTag<'_> {
    fn encode(&self, w: &mut Writer) {
        w.string(self.0);
    }

    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        if !self.0.is_empty() {
            w.schema_name(name);
            self.encode(w);
        }
    }
}

/// `{}`, what a command without a return type answers.
impl Encode for () {}

/// An optional member: left out of its object when it is `None`. Anywhere else, where nothing can be left out, `None` is
/// `null`.
impl<T: Encode> Encode for Option<T> {
    fn encode(&self, w: &mut Writer) {
        match self {
            Some(value) => value.encode(w),
            None => w.raw("null"),
        }
    }

    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        if let Some(value) = self {
            w.schema_name(name);
            value.encode(w);
        }
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, w: &mut Writer) {
        w.array(self.len(), &|index, w| {
            if let Some(element) = self.get(index) {
                element.encode(w);
            }
        });
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, w: &mut Writer) {
        self.as_slice().encode(w);
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode(&self, w: &mut Writer) {
        (**self).encode(w);
    }

    fn encode_members(&self, w: &mut Writer) {
        (**self).encode_members(w);
    }

    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        (**self).encode_member(name, w);
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, w: &mut Writer) {
        (**self).encode(w);
    }

    fn encode_members(&self, w: &mut Writer) {
        (**self).encode_members(w);
    }

    fn encode_member(&self, name: &'static str, w: &mut Writer) {
        (**self).encode_member(name, w);
    }
}
