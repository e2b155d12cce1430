//! Where a path leads.

use std::collections::HashSet;

use super::Schema;
use super::view::{Branch, Command, Event, Member, Type, Value};
use crate::core::matches;

/// What the step to a feature begins with.
const FEATURE: &str = "feature:";

/// How many parts of a schema one step looks at from however many places. Beyond it each type is gone into but once, which
/// is never more than there is of the schema.
const BUDGET: usize = 100_000;

/// Where a path has led.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Place<'a> {
    /// The path to here, without wildcards.
    pub path: String,
    /// What is here.
    pub item: Item<'a>,
}

/// What a place is.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A command.
    Command(Command<'a>),
    /// An event.
    Event(Event<'a>),
    /// What a command takes, or the data of an event.
    Argument(Type<'a>),
    /// What a command returns.
    Returned(Type<'a>),
    /// A member of an object.
    Member(Member<'a>),
    /// A branch of a union.
    Branch(Branch<'a>),
    /// A value of an enum.
    Value(Value<'a>),
    /// A feature of what comes before it in the path.
    Feature(&'a str),
}

impl<'a> Item<'a> {
    /// The type that it has, where it has one.
    pub fn ty(self) -> Option<Type<'a>> {
        match self {
            Self::Argument(ty) | Self::Returned(ty) => Some(ty),
            Self::Member(member) => Some(member.ty()),
            Self::Branch(branch) => Some(branch.ty()),
            Self::Command(_) | Self::Event(_) | Self::Value(_) | Self::Feature(_) => None,
        }
    }

    /// Its own features. Those of its type are the type's.
    pub fn features(self) -> &'a [String] {
        match self {
            Self::Command(command) => command.features(),
            Self::Event(event) => event.features(),
            Self::Member(member) => member.features(),
            Self::Value(value) => value.features(),
            Self::Argument(_) | Self::Returned(_) | Self::Branch(_) | Self::Feature(_) => &[],
        }
    }
}

/// A way on which a path is followed: what it has come to, and the index in the trail of the last step.
#[derive(Clone, Copy)]
struct Way<'a> {
    item: Item<'a>,
    last: usize,
}

/// A path that is followed on all its ways at once.
pub(super) struct Walk<'a> {
    ways: Vec<Way<'a>>,
    /// Each step that any way has taken: its name, and the one before it.
    trail: Vec<(&'a str, Option<usize>)>,
}

impl<'a> Walk<'a> {
    pub(super) fn along(schema: &'a Schema, path: &str) -> Self {
        let mut walk = Self {
            ways: Vec::new(),
            trail: Vec::new(),
        };
        let (first, steps) = match path.split_once('/') {
            Some((first, rest)) => (first, Some(rest.split('/'))),
            None => (path, None),
        };
        let commands = schema.commands().filter(|it| matches(first, it.name()));
        for command in commands {
            walk.lead(command.name(), Item::Command(command), None);
        }
        let events = schema.events().filter(|it| matches(first, it.name()));
        for event in events {
            walk.lead(event.name(), Item::Event(event), None);
        }
        for step in steps.into_iter().flatten() {
            walk.step(step);
        }
        walk
    }

    pub(super) fn has_arrived(&self) -> bool {
        !self.ways.is_empty()
    }

    pub(super) fn places(&self) -> Vec<Place<'a>> {
        let places = self.ways.iter().map(|way| Place {
            path: self.path(way),
            item: way.item,
        });
        places.collect()
    }

    fn path(&self, way: &Way<'a>) -> String {
        let before = |at: &usize| self.trail[*at].1;
        let steps = std::iter::successors(Some(way.last), before);
        let steps: Vec<usize> = steps.collect();
        let mut path = String::new();
        for at in steps.into_iter().rev() {
            if !path.is_empty() {
                path.push('/');
            }
            // From a feature no step leads on.
            if at == way.last && matches!(way.item, Item::Feature(_)) {
                path.push_str(FEATURE);
            }
            path.push_str(self.trail[at].0);
        }
        path
    }

    fn lead(&mut self, name: &'a str, item: Item<'a>, before: Option<usize>) {
        self.ways.push(Way {
            item,
            last: self.trail.len(),
        });
        self.trail.push((name, before));
    }

    /// Goes one step further on every way.
    fn step(&mut self, step: &str) {
        let ways = std::mem::take(&mut self.ways);
        let trail = self.trail.len();
        let mut seen = HashSet::new();
        let (mut budget, mut unbounded) = (BUDGET, usize::MAX);
        let is_done = ways.iter().all(|way| {
            seen.clear();
            self.step_from(*way, step, &mut seen, &mut budget);
            budget > 0
        });
        if is_done {
            return;
        }
        self.ways.clear();
        self.trail.truncate(trail);
        seen.clear();
        for way in ways {
            self.step_from(way, step, &mut seen, &mut unbounded);
        }
    }

    /// Goes one step further from one place, into nothing that was `seen`.
    fn step_from(
        &mut self,
        way: Way<'a>,
        step: &str,
        seen: &mut HashSet<*const ()>,
        budget: &mut usize,
    ) {
        let pattern = step.strip_prefix(FEATURE);
        let mut spend = |size: usize| {
            *budget = budget.saturating_sub(size);
            *budget > 0
        };
        let features = way.item.features();
        if let Some(pattern) = pattern
            && spend(features.len())
            && seen.insert(features.as_ptr().cast())
        {
            self.features(features, pattern, way.last);
        }
        match (way.item, pattern) {
            (Item::Command(command), None) => {
                let argument = command.argument_type().map(Item::Argument);
                let returned = command.return_type().map(Item::Returned);
                self.halves([("arg", argument), ("ret", returned)], step, way.last);
            }
            (Item::Event(event), None) => {
                let data = event.argument_type().map(Item::Argument);
                self.halves([("arg", data), ("ret", None)], step, way.last);
            }
            _ => {}
        }
        // Arrays and alternates are gone through. A hostile server may describe an array of itself.
        let mut open: Vec<Type<'a>> = way.item.ty().into_iter().collect();
        while let Some(ty) = open.pop() {
            let Ok(entity) = ty.entity() else { continue };
            if !seen.insert(std::ptr::from_ref(entity).cast()) {
                continue;
            }
            if !spend(entity.size()) {
                return;
            }
            match (ty, pattern) {
                (_, Some(pattern)) => self.features(ty.features(), pattern, way.last),
                (Type::Array(array), None) => open.push(array.element_type()),
                (Type::Alternate(alternate), None) => open.extend(alternate.types()),
                (ty, None) => self.within(ty, step, way.last),
            }
        }
    }

    fn features(&mut self, features: &'a [String], pattern: &str, before: usize) {
        for name in features.iter().filter(|name| matches(pattern, name)) {
            self.lead(name, Item::Feature(name), Some(before));
        }
    }

    fn halves(&mut self, halves: [(&'static str, Option<Item<'a>>); 2], step: &str, before: usize) {
        for (name, item) in halves {
            if let Some(item) = item.filter(|_| matches(step, name)) {
                self.lead(name, item, Some(before));
            }
        }
    }

    /// Goes from an object or enum to its members, branches and values.
    fn within(&mut self, ty: Type<'a>, step: &str, before: usize) {
        match ty {
            Type::Object(object) => {
                for member in object.members().filter(|it| matches(step, it.name())) {
                    self.lead(member.name(), Item::Member(member), Some(before));
                }
                for branch in object.branches().filter(|it| matches(step, it.name())) {
                    self.lead(branch.name(), Item::Branch(branch), Some(before));
                }
            }
            Type::Enum(ty) => {
                for value in ty.values().filter(|it| matches(step, it.name())) {
                    self.lead(value.name(), Item::Value(value), Some(before));
                }
            }
            _ => {}
        }
    }
}
