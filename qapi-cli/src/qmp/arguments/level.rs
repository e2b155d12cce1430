//! The members that an object is open to, given what is filled in.

use std::collections::HashSet;

use qapi_client::schema::{Branch, Member, Object};

use super::entry::{Entry, Key, below};
use super::property::Property;
use super::takes::Takes;

/// How many unions lie within each other as branches. QEMU has two.
const UNIONS: usize = 16;

/// Members besides those of the schema.
#[derive(Clone, Copy, Debug)]
pub(super) enum Further<'a> {
    Nothing,
    /// Any, which nobody has described.
    Anything,
    Properties(&'a [Property]),
}

/// A member that can be filled in.
#[derive(Clone, Debug)]
pub(super) struct Slot<'a> {
    pub(super) name: &'a str,
    pub(super) takes: Takes<'a>,
    pub(super) optional: bool,
    /// The path in the schema from the object to here.
    pub(super) place: String,
}

/// The members of an object: its own and those of the branches that its discriminators have chosen.
#[derive(Debug)]
pub(super) struct Level<'a> {
    pub(super) slots: Vec<Slot<'a>>,
    /// Unions whose discriminator is not there yet, or has no value that there is.
    undecided: Vec<Object<'a>>,
    /// Others are taken, too.
    pub(super) is_open: bool,
}

impl<'a> Level<'a> {
    pub(super) fn new(object: Object<'a>, further: Further<'a>, entries: &[Entry]) -> Self {
        let mut level = Self {
            slots: Vec::new(),
            undecided: Vec::new(),
            is_open: matches!(further, Further::Anything),
        };
        let mut seen = HashSet::new();
        let mut place = String::new();
        let mut next = Some(object);
        for _ in 0..UNIONS {
            let Some(object) = next.take() else { break };
            let new = object.members().filter(|member| seen.insert(member.name()));
            level
                .slots
                .extend(new.map(|member| Slot::of_member(member, &place)));
            if let Some(branch) = level.decide(object, entries) {
                place += branch.name();
                place.push('/');
                next = branch.ty().as_object();
            }
        }
        if let Further::Properties(properties) = further {
            let new = properties
                .iter()
                .filter(|property| seen.insert(&property.name));
            level.slots.extend(new.map(Slot::of_property));
        }
        level
    }

    /// The branch that the discriminator has chosen.
    fn decide(&mut self, object: Object<'a>, entries: &[Entry]) -> Option<Branch<'a>> {
        let tag = object.tag()?;
        let chosen = entries.iter().find_map(|entry| match entry.below(tag)? {
            Key::Here => entry.value.string(),
            _ => None,
        });
        let values = object
            .member(tag)
            .map(|member| Takes::Type(member.ty()).values());
        let values = values.unwrap_or_default();
        match chosen.filter(|chosen| values.contains(&&**chosen)) {
            Some(chosen) => object.branch(&chosen),
            None => {
                self.undecided.push(object);
                None
            }
        }
    }

    /// The member that `key` leads to, and what is left of the key there. Of names that have dots the longest counts.
    pub(super) fn find(&self, key: &Key) -> Option<(usize, Key)> {
        let rest = |name: &str| match key {
            Key::Here => None,
            Key::Dotted(key) => below(key, name),
            Key::Member(own) => (own == name).then_some(Key::Here),
        };
        let slots = self.slots.iter().enumerate();
        let fitting = slots.filter_map(|(at, slot)| Some((at, rest(slot.name)?)));
        fitting.max_by_key(|(at, _)| self.slots[*at].name.len())
    }

    /// Whether `name` would be a member of some branch, if it only were known which.
    pub(super) fn may_have(&self, name: &str) -> bool {
        let (mut open, mut seen) = (self.undecided.clone(), HashSet::new());
        while let Some(object) = open.pop() {
            for ty in object.branches().map(|branch| branch.ty()) {
                let Some(object) = ty.as_object().filter(|_| seen.insert(ty.name())) else {
                    continue;
                };
                if object
                    .members()
                    .any(|member| below(name, member.name()).is_some())
                {
                    return true;
                }
                open.push(object);
            }
        }
        false
    }

    /// All names.
    pub(super) fn names(&self) -> Vec<&'a str> {
        self.slots.iter().map(|slot| slot.name).collect()
    }
}

impl<'a> Slot<'a> {
    fn of_member(member: Member<'a>, place: &str) -> Self {
        Self {
            name: member.name(),
            takes: Takes::Type(member.ty()),
            optional: member.is_optional(),
            place: format!("{place}{}", member.name()),
        }
    }

    fn of_property(property: &'a Property) -> Self {
        Self {
            name: &property.name,
            takes: Takes::Property(property),
            optional: true,
            place: property.name.clone(),
        }
    }
}
