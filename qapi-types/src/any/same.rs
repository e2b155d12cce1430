//! When two texts mean the same.

use super::Any;
use crate::error::DecodeError;
use crate::reader::{Kind, Reader, from_str};
use crate::writer::to_string;

/// Whether two values mean the same. Where one is too deep to be looked into, their texts must be equal.
pub(super) fn same(left: &Any, right: &Any) -> bool {
    left.as_json() == right.as_json()
        || matches!((normal(left), normal(right)), (Ok(left), Ok(right)) if left == right)
}

/// The one text that all values have which mean the same: without spaces, members sorted by name, characters escaped in
/// one way, fractions written in one way.
fn normal(value: &Any) -> Result<String, DecodeError> {
    let mut reader = Reader::new(value.as_json());
    let mut text = String::with_capacity(value.as_json().len());
    write(&mut reader, &mut text)?;
    Ok(text)
}

/// Reads one value and writes it in its normal form. It goes as deep as the reader allows.
fn write(r: &mut Reader<'_>, text: &mut String) -> Result<(), DecodeError> {
    match r.kind()? {
        Kind::Object => {
            let mut members = Vec::new();
            let mut object = r.open_object()?;
            while let Some(name) = r.member(&mut object)? {
                let mut member = to_string(&&*name);
                member.push(':');
                write(r, &mut member)?;
                members.push(member);
            }
            members.sort_unstable();
            list(text, ['{', '}'], &members);
        }
        Kind::Array => {
            let mut elements = Vec::new();
            let mut array = r.array()?;
            while r.element(&mut array)? {
                let mut element = String::new();
                write(r, &mut element)?;
                elements.push(element);
            }
            list(text, ['[', ']'], &elements);
        }
        Kind::String => text.push_str(&to_string(&&*r.string()?)),
        Kind::Number => {
            let number = r.raw()?;
            let fraction = number.contains(['.', 'e', 'E']);
            match from_str::<f64>(number) {
                Ok(value) if fraction && value.is_finite() => text.push_str(&format!("{value:?}")),
                _ => text.push_str(number),
            }
        }
        Kind::Bool | Kind::Null => text.push_str(r.raw()?),
    }
    Ok(())
}

fn list(text: &mut String, [open, close]: [char; 2], parts: &[String]) {
    text.push(open);
    text.push_str(&parts.join(","));
    text.push(close);
}
