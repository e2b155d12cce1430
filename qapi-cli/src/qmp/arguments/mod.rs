//! A command's arguments from words: `key=value`, dotted keys, JSON.
//!
//! What a value is, the machine's schema says, never its looks. A [`Form`] is what a command has to be filled in; whoever
//! completes words or helps with them asks it what there is to say, and [`Form::arguments`] is what has been said.
//!
//! # Words
//! - `key=value` fills in a member. `file.driver=file` is the member `driver` of the member `file`; `keys.0=a` is the first
//!   element of the list `keys`. A name that has a dot in it is taken as a whole where there is one.
//! - `{…}` fills in the members of a JSON object, and `key={…}`, `key=[…]` those of a member. Both may go with dotted keys, as
//!   long as nothing is said twice.
//! - The order does not matter: the branch of a union is known by its discriminator wherever that stands.
//!
//! # Values
//! | of the type | is read as |
//! |---|---|
//! | `str` | the text as it stands: `007`, `null` and `on` are strings |
//! | integers | decimal or `0x…`; `K`, `M`, `G`, `T`, `P`, `E` multiply by powers of 1024, for introspection does not tell sizes from other integers |
//! | `number` | a JSON number |
//! | `bool` | `on`, `off`, `true`, `false`, in letters of any case |
//! | enum | one of its values |
//! | lists, objects | JSON |
//! | alternate | what fits: an object or list by its bracket, `null`, a bool, a number, a value; else a string |
//! | `any` | JSON, else a string; what begins like JSON's objects, lists or strings has to be JSON |
//!
//! Text in double quotes, `id="5"`, is a string whatever stands in it, written as in JSON: so an alternate's string can be
//! `"null"`. It fits where a string or a value of an enum does.
//!
//! The members of a JSON object are values already, and are held against the schema all the same.
//!
//! # What the schema does not say
//! `device_add` takes the properties of its driver, whose types the machine tells by `device-list-properties`:
//! [`Form::driver`] says whose, [`Form::know`] takes them. As long as these are not known, and below an `any`, values are
//! read like `any`; dotted keys that are `0`, `1`, … make a list there, others an object.

mod entry;
mod fill;
mod form;
mod free;
mod level;
mod live;
mod mistake;
mod property;
mod read;
mod takes;

pub(super) use form::{Field, Form};
pub(super) use free::free;
pub(super) use live::{are_as_they_are, check, described, live};
pub(super) use mistake::Mistakes;
pub(super) use property::{DeviceListProperties, Property};
pub(super) use takes::Takes;

/// How deep objects and lists are looked into. What lies deeper is the machine's to judge.
const DEPTH: usize = 64;

#[cfg(test)]
mod tests;
