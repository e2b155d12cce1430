//! What words say, before anybody knows of types.

use qapi_types::{Any, AnyMembers, DecodeError, Kind};

use super::mistake::Problem;
use super::read::{json, quoted};

/// A value, and where it belongs: below the part of the form that is looked at.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Key,
    pub(super) value: Value,
}

#[derive(Clone, Debug)]
pub(super) enum Key {
    /// It is the value of this part itself.
    Here,
    /// A name, or several with dots between them, as words have it.
    Dotted(String),
    /// The name of a member, as JSON has it.
    Member(String),
}

#[derive(Clone, Debug)]
pub(super) enum Value {
    /// As a word has it: what it is, its type says.
    Text(String),
    /// What is of a type by itself.
    Json(Any),
}

impl Entry {
    /// What a word says.
    pub(super) fn of_word(word: &str) -> Result<Self, Problem<'static>> {
        if word.trim_start().starts_with('{') {
            let object = json(word).map_err(Problem::Json)?;
            return Ok(Self::here(Value::Json(object)));
        }
        match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self {
                key: Key::Dotted(key.to_owned()),
                value: Value::Text(value.to_owned()),
            }),
            _ => Err(Problem::Word),
        }
    }

    fn here(value: Value) -> Self {
        let key = Key::Here;
        Self { key, value }
    }

    pub(super) fn is_here(&self) -> bool {
        matches!(self.key, Key::Here)
    }

    /// The name that comes first, as far as a dot.
    pub(super) fn first(&self) -> &str {
        match &self.key {
            Key::Here => "",
            Key::Dotted(key) => key.split_once('.').map_or(key, |(first, _)| first),
            Key::Member(name) => name,
        }
    }

    /// Where it belongs below the member `name`, if it does.
    pub(super) fn below(&self, name: &str) -> Option<Key> {
        match &self.key {
            Key::Dotted(key) => below(key, name),
            Key::Member(own) if own == name => Some(Key::Here),
            Key::Here | Key::Member(_) => None,
        }
    }

    /// The key as one would write it.
    pub(super) fn name(&self) -> &str {
        match &self.key {
            Key::Here => "",
            Key::Dotted(name) | Key::Member(name) => name,
        }
    }
}

/// What is left of `key` below `name`.
pub(super) fn below(key: &str, name: &str) -> Option<Key> {
    match key.strip_prefix(name)? {
        "" => Some(Key::Here),
        rest => rest
            .strip_prefix('.')
            .map(|rest| Key::Dotted(rest.to_owned())),
    }
}

impl Value {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Json(value) => value.as_json(),
        }
    }

    /// The string that it is, where a string is taken.
    pub(super) fn string(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(quoted(text).unwrap_or_else(|| text.clone())),
            Self::Json(value) => value.to().ok(),
        }
    }

    /// Whether it is an object or list, of JSON or a text that begins like one.
    fn is(&self, kind: Kind) -> bool {
        let bracket = match kind {
            Kind::Object => '{',
            _ => '[',
        };
        self.as_str().trim_start().starts_with(bracket)
    }

    fn json(&self) -> Result<Any, Problem<'static>> {
        match self {
            Self::Text(text) => json(text).map_err(Problem::Json),
            Self::Json(value) => Ok(value.clone()),
        }
    }
}

/// Entries in place of objects: one for each member. What is no object stays.
pub(super) fn open_objects(entries: Vec<Entry>) -> Result<Vec<Entry>, Problem<'static>> {
    open(entries, Kind::Object, |value| {
        let members = value.to::<AnyMembers>()?.into_iter();
        Ok(members
            .map(|(name, value)| (Key::Member(name), value))
            .collect())
    })
}

/// Entries in place of lists: one for each element. What is no list stays.
pub(super) fn open_lists(entries: Vec<Entry>) -> Result<Vec<Entry>, Problem<'static>> {
    open(entries, Kind::Array, |value| {
        let elements = value.to::<Vec<Any>>()?.into_iter().enumerate();
        Ok(elements
            .map(|(at, value)| (Key::Member(at.to_string()), value))
            .collect())
    })
}

fn open(
    entries: Vec<Entry>,
    kind: Kind,
    parts: impl Fn(Any) -> Result<Vec<(Key, Any)>, DecodeError>,
) -> Result<Vec<Entry>, Problem<'static>> {
    let mut all = Vec::with_capacity(entries.len());
    for entry in entries {
        if !entry.is_here() || !entry.value.is(kind) {
            all.push(entry);
            continue;
        }
        let parts = parts(entry.value.json()?);
        let parts = parts.map_err(|error| Problem::Json(error.to_string()))?;
        let parts = parts.into_iter().map(|(key, value)| Entry {
            key,
            value: Value::Json(value),
        });
        all.extend(parts);
    }
    Ok(all)
}
