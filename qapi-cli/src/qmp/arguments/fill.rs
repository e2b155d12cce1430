//! From what words say to JSON, by type.

use std::collections::BTreeMap;

use qapi_client::schema::{Alternate, JsonType, Object, Type};
use qapi_types::{Any, AnyMembers};

use super::DEPTH;
use super::entry::{Entry, open_lists, open_objects};
use super::form::Field;
use super::level::{Further, Level, Slot};
use super::mistake::{Mistake, Problem};
use super::read;
use super::takes::Takes;

/// An object with what is filled in, sorted by its members.
pub(super) struct Opened<'a> {
    pub(super) level: Level<'a>,
    /// The number of a member, and what belongs there, in the order of the words.
    pub(super) groups: Vec<(usize, Vec<Entry>)>,
    /// What belongs to no member.
    strangers: Vec<Entry>,
    /// What is meant to be the object itself and is none.
    wrong: Vec<Entry>,
}

impl<'a> Opened<'a> {
    /// # Errors
    /// An entry that begins like an object is no JSON.
    pub(super) fn new(
        object: Object<'a>,
        further: Further<'a>,
        entries: Vec<Entry>,
    ) -> Result<Self, Problem<'static>> {
        let entries = open_objects(entries)?;
        let mut opened = Self {
            level: Level::new(object, further, &entries),
            groups: Vec::new(),
            strangers: Vec::new(),
            wrong: Vec::new(),
        };
        for mut entry in entries {
            match opened.level.find(&entry.key) {
                Some((member, key)) => {
                    entry.key = key;
                    insert(&mut opened.groups, member, entry);
                }
                None if entry.is_here() => opened.wrong.push(entry),
                None => opened.strangers.push(entry),
            }
        }
        Ok(opened)
    }

    /// What belongs to the member of this number.
    pub(super) fn of(&self, member: usize) -> Vec<Entry> {
        let group = self.groups.iter().find(|(own, _)| *own == member);
        group.map_or_else(Vec::new, |(_, entries)| entries.clone())
    }
}

fn insert<K: PartialEq>(groups: &mut Vec<(K, Vec<Entry>)>, key: K, entry: Entry) {
    match groups.iter_mut().find(|(own, _)| *own == key) {
        Some((_, group)) => group.push(entry),
        None => groups.push((key, vec![entry])),
    }
}

/// The entries of a list by element. What names none is among the second.
pub(super) fn elements(entries: Vec<Entry>) -> (BTreeMap<usize, Vec<Entry>>, Vec<Entry>) {
    let (mut elements, mut others) = (BTreeMap::<usize, Vec<Entry>>::new(), Vec::new());
    for mut entry in entries {
        let name = entry.first().to_owned();
        match (index(&name), entry.below(&name)) {
            (Some(at), Some(key)) => {
                entry.key = key;
                elements.entry(at).or_default().push(entry);
            }
            _ => others.push(entry),
        }
    }
    (elements, others)
}

/// The number of an element that `name` is.
pub(super) fn index(name: &str) -> Option<usize> {
    // std would take a sign.
    let is_plain = name.bytes().all(|byte| byte.is_ascii_digit());
    name.parse().ok().filter(|_| is_plain)
}

/// The path of a part.
pub(super) fn join(path: &str, name: impl std::fmt::Display) -> String {
    match path {
        "" => name.to_string(),
        path => format!("{path}.{name}"),
    }
}

/// Fills in, and keeps what is wrong.
#[derive(Default)]
pub(super) struct Filler<'a> {
    pub(super) mistakes: Vec<Mistake<'a>>,
}

impl<'a> Filler<'a> {
    /// The value of a part of the form, if nothing is wrong with it.
    pub(super) fn fill(&mut self, part: &Part<'a>, entries: Vec<Entry>) -> Option<Any> {
        if part.depth > DEPTH {
            return match &*entries {
                [entry] if entry.is_here() => self.keep(read::any(&entry.value), part),
                _ => self.wrong(&part.path, Problem::Depth),
            };
        }
        match part.takes {
            Takes::Type(Type::Object(object)) => self.object(object, part, entries),
            Takes::Type(Type::Array(array)) => {
                self.list(Takes::Type(array.element_type()), part, entries)
            }
            Takes::Type(Type::Alternate(alternate)) => self.alternate(alternate, part, entries),
            takes if entries.iter().all(Entry::is_here) => match &*entries {
                [] => Some(AnyMembers::new().into()),
                [entry] => self.keep(read::value(takes, &entry.value), part),
                _ => self.wrong(&part.path, Problem::Twice),
            },
            takes if is_undescribed(takes) => self.undescribed(part, entries),
            takes => {
                let mut parts = entries.iter().filter(|entry| !entry.is_here());
                let name = parts.next().map_or("", Entry::name);
                self.wrong(&join(&part.path, name), Problem::Parts(takes))
            }
        }
    }

    fn object(&mut self, object: Object<'a>, part: &Part<'a>, entries: Vec<Entry>) -> Option<Any> {
        let opened = match Opened::new(object, part.further, entries) {
            Ok(opened) => opened,
            Err(problem) => return self.wrong(&part.path, problem),
        };
        let Opened {
            level,
            groups,
            strangers,
            wrong,
        } = opened;
        for entry in &wrong {
            self.wrong(&part.path, Problem::value(&entry.value, part.takes));
        }
        let mut is_there = vec![false; level.slots.len()];
        let mut members = AnyMembers::new();
        for (at, entries) in groups {
            let slot = &level.slots[at];
            is_there[at] = true;
            let part = part.slot(slot);
            if let Some(value) = self.fill(&part, entries) {
                members.push(slot.name, value);
            }
        }
        if level.is_open {
            members.extend(self.undescribed_members(part, strangers));
        } else {
            let unknown = strangers
                .iter()
                .filter(|entry| !level.may_have(entry.name()));
            for entry in unknown {
                let path = join(&part.path, entry.name());
                self.wrong(&path, Problem::unknown(entry.first(), level.names()));
            }
        }
        // Who has given something else altogether need not be told what else it lacks.
        let missing = level.slots.iter().zip(is_there);
        let missing = missing.filter(|(slot, is_there)| !slot.optional && !is_there);
        for (slot, _) in missing.filter(|_| wrong.is_empty()) {
            let field = Field::of_slot(slot, &part.path, &part.place, false);
            self.wrong(&field.path.clone(), Problem::Missing(Box::new(field)));
        }
        Some(members.into())
    }

    fn list(&mut self, takes: Takes<'a>, part: &Part<'a>, entries: Vec<Entry>) -> Option<Any> {
        let entries = match open_lists(entries) {
            Ok(entries) => entries,
            Err(problem) => return self.wrong(&part.path, problem),
        };
        let (elements, others) = elements(entries);
        for entry in others {
            match entry.is_here() {
                true => self.wrong(&part.path, Problem::value(&entry.value, part.takes)),
                false => self.wrong(&join(&part.path, entry.name()), Problem::Element),
            };
        }
        self.elements(takes, part, elements)
    }

    fn elements(
        &mut self,
        takes: Takes<'a>,
        part: &Part<'a>,
        elements: BTreeMap<usize, Vec<Entry>>,
    ) -> Option<Any> {
        let mut values = Vec::new();
        for (expected, (at, entries)) in elements.into_iter().enumerate() {
            if at != expected {
                let path = join(&part.path, expected);
                let field = Field::element(path.clone(), part.place.clone(), takes, false);
                return self.wrong(&path, Problem::Missing(Box::new(field)));
            }
            values.extend(self.fill(&part.element(at, takes), entries));
        }
        Some(Any::from_iter(values))
    }

    /// A value of the type among those of an alternate that its words fit.
    fn alternate(
        &mut self,
        alternate: Alternate<'a>,
        part: &Part<'a>,
        entries: Vec<Entry>,
    ) -> Option<Any> {
        let named = entries.iter().find(|entry| !entry.is_here());
        let (chosen, at, problem) = match (named, &*entries) {
            (Some(entry), _) => (
                part.takes.holding(entry.first()),
                join(&part.path, entry.name()),
                Problem::Parts(part.takes),
            ),
            (None, [entry]) => (
                read::branch(alternate, &entry.value).map(Takes::Type),
                part.path.clone(),
                Problem::value(&entry.value, part.takes),
            ),
            (None, _) => (None, part.path.clone(), Problem::Twice),
        };
        match chosen {
            Some(takes) => self.fill(&part.chosen(takes), entries),
            None => self.wrong(&at, problem),
        }
    }

    /// A value of parts that nobody has described: a list if they have numbers, else an object.
    fn undescribed(&mut self, part: &Part<'a>, entries: Vec<Entry>) -> Option<Any> {
        let entries = match open_objects(entries) {
            Ok(entries) => entries,
            Err(problem) => return self.wrong(&part.path, problem),
        };
        if entries.iter().any(Entry::is_here) {
            return self.wrong(&part.path, Problem::Twice);
        }
        // The arguments as a whole are an object in any case.
        if part.depth > 0 && entries.iter().all(|entry| index(entry.first()).is_some()) {
            let (elements, _) = elements(entries);
            return self.elements(Takes::Anything, part, elements);
        }
        Some(self.undescribed_members(part, entries).into())
    }

    fn undescribed_members(&mut self, part: &Part<'a>, entries: Vec<Entry>) -> AnyMembers {
        let mut groups = Vec::new();
        for mut entry in entries {
            let name = entry.first().to_owned();
            if let Some(key) = entry.below(&name) {
                entry.key = key;
                insert(&mut groups, name, entry);
            }
        }
        let mut members = AnyMembers::new();
        for (name, entries) in groups {
            let part = part.member(&name, Takes::Anything);
            if let Some(value) = self.fill(&part, entries) {
                members.push(name, value);
            }
        }
        members
    }

    fn keep(&mut self, value: Result<Any, Problem<'a>>, part: &Part<'a>) -> Option<Any> {
        match value {
            Ok(value) => Some(value),
            Err(problem) => self.wrong(&part.path, problem),
        }
    }

    /// Nothing, for there is something wrong.
    fn wrong(&mut self, path: &str, problem: Problem<'a>) -> Option<Any> {
        let path = path.to_owned();
        self.mistakes.push(Mistake { path, problem });
        None
    }
}

/// Whether the schema leaves open what is in there.
pub(super) fn is_undescribed(takes: Takes<'_>) -> bool {
    match takes {
        Takes::Type(Type::Builtin(builtin)) => matches!(
            builtin.json_type(),
            JsonType::Value | JsonType::Object | JsonType::Array | JsonType::Unrecognized
        ),
        Takes::Property(property) => property.kind().is_none(),
        Takes::Type(Type::Object(_) | Type::Array(_) | Type::Alternate(_) | Type::Enum(_)) => false,
        Takes::Type(_) | Takes::Anything => true,
    }
}

/// A part of the form.
pub(super) struct Part<'a> {
    pub(super) takes: Takes<'a>,
    pub(super) further: Further<'a>,
    /// As one writes it.
    pub(super) path: String,
    /// As the schema has it.
    pub(super) place: String,
    depth: usize,
}

impl<'a> Part<'a> {
    pub(super) fn root(takes: Takes<'a>, further: Further<'a>, place: String) -> Self {
        Self {
            takes,
            further,
            path: String::new(),
            place,
            depth: 0,
        }
    }

    /// A member that the schema has.
    fn slot(&self, slot: &Slot<'a>) -> Self {
        Self {
            place: format!("{}/{}", self.place, slot.place),
            ..self.member(slot.name, slot.takes)
        }
    }

    /// A part that is no place of its own in the schema.
    fn member(&self, name: &str, takes: Takes<'a>) -> Self {
        Self {
            takes,
            further: Further::Nothing,
            path: join(&self.path, name),
            place: self.place.clone(),
            depth: self.depth + 1,
        }
    }

    fn element(&self, at: usize, takes: Takes<'a>) -> Self {
        self.member(&at.to_string(), takes)
    }

    /// The same, of one of an alternate's types.
    fn chosen(&self, takes: Takes<'a>) -> Self {
        Self {
            takes,
            further: Further::Nothing,
            path: self.path.clone(),
            place: self.place.clone(),
            depth: self.depth + 1,
        }
    }
}
