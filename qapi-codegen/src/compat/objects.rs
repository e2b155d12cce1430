//! Structs and unions. On the wire an object is flat: members may move between a type and its base, and between what all
//! branches share and each of the branches, and nobody notices.

use std::collections::{HashMap, HashSet};

use super::Rule;
use super::comparison::{Comparison, Pair, Place, Promise, Sender, Way, has_name};
use super::enums::by_name;
use super::messages::NOTHING;
use crate::schema::{Branch, Definition, DefinitionId, Kind, Member, Schema, Union, Value};

/// A member, and the definition that has it.
#[derive(Clone, Copy)]
struct Part<'a> {
    owner: &'a Definition,
    member: &'a Member,
}

/// Members by their names, in the order of the schema, and how many branches have had a use for each.
struct Parts<'a> {
    all: Vec<(Part<'a>, usize)>,
    by_name: HashMap<&'a str, usize>,
}

impl<'a> Parts<'a> {
    /// What an object has besides its branches; nothing, if there is no object.
    fn of(schema: &'a Schema, id: Option<DefinitionId>) -> Self {
        let members = id.map_or(Vec::new(), |id| schema.all_members(id));
        let owner = id.map(|id| schema.definition(id));
        let parts = members.into_iter().map(|(holder, member)| Part {
            // The base of a union that is given in place is the union's own.
            owner: match owner {
                Some(owner) if !has_name(holder) => owner,
                _ => holder,
            },
            member,
        });
        Self::from_iter(parts)
    }

    fn from_iter(parts: impl Iterator<Item = Part<'a>>) -> Self {
        let all: Vec<_> = parts.map(|part| (part, 0)).collect();
        let names = all.iter().enumerate();
        let by_name = names.map(|(at, (part, _))| (part.member.name.as_str(), at));
        Self {
            by_name: by_name.collect(),
            all,
        }
    }

    fn get(&self, name: &str) -> Option<Part<'a>> {
        self.by_name.get(name).map(|&at| self.all[at].0)
    }

    /// The same, for a branch that has one like it.
    fn take(&mut self, name: &str) -> Option<Part<'a>> {
        let (part, branches) = &mut self.all[*self.by_name.get(name)?];
        *branches += 1;
        Some(*part)
    }

    fn iter(&self) -> impl Iterator<Item = Part<'a>> {
        self.all.iter().map(|(part, _)| *part)
    }

    /// Those that not every one of so many branches has had a use for.
    fn left(&self, branches: usize) -> impl Iterator<Item = Part<'a>> {
        let left = self.all.iter();
        let left = left.filter(move |(_, had)| branches == 0 || *had < branches);
        left.map(|(part, _)| *part)
    }
}

impl<'a> Comparison<'a> {
    pub(super) fn objects(&mut self, pair: &Pair<'a>) {
        let (before, after) = (self.old.definition(pair.old), self.new.definition(pair.new));
        let place = Place {
            owner: after,
            old: before.span,
            new: after.span,
        };
        self.features_of(pair.old, pair.new, pair.way);
        let (old, new) = (
            Parts::of(self.old, Some(pair.old)),
            Parts::of(self.new, Some(pair.new)),
        );
        for part in old.iter() {
            if let Some(same) = new.get(&part.member.name) {
                self.member(part, same, pair.way);
            }
        }
        // What only one of them shares among all branches the other may have in each.
        let is_not_in = |other: &Parts<'a>, part: &Part<'a>| other.get(&part.member.name).is_none();
        let mut gone = Parts::from_iter(old.iter().filter(|part| is_not_in(&new, part)));
        let mut come = Parts::from_iter(new.iter().filter(|part| is_not_in(&old, part)));
        let branches = self.branches(pair, &place);
        for &branches in &branches {
            self.branch(branches, &mut gone, &mut come, pair.way);
        }
        gone.left(branches.len())
            .for_each(|part| self.gone(part, pair.way));
        come.left(branches.len())
            .for_each(|part| self.come(part, pair.way));
    }

    /// The branches that stand for each other; those that are of the same types each once.
    fn branches(&mut self, pair: &Pair<'a>, place: &Place<'a>) -> Vec<Branches> {
        let (old, new) = (union_of(self.old, pair.old), union_of(self.new, pair.new));
        if let (Some(old), Some(new)) = (old, new)
            && old.discriminator != new.discriminator
        {
            let message = format!(
                "the branches{} were chosen by `{}`, and are by `{}`",
                self.of_place(pair.way),
                old.discriminator,
                new.discriminator
            );
            self.report(Rule::DiscriminatorChanged, place, pair.way, message);
            return Vec::new();
        }
        let (before, after) = (choices(self.old, old), choices(self.new, new));
        let mut branches: Vec<Branches> = match (old, new) {
            (_, None) => {
                let only = before.iter();
                only.map(|one| (Some(one.branch.ty), None, one.promise()))
                    .collect()
            }
            (None, _) => {
                let only = after.iter();
                only.map(|one| (None, Some(one.branch.ty), one.promise()))
                    .collect()
            }
            (Some(_), Some(_)) => {
                let then = before.iter().map(|one| (one.name(), one));
                let then: HashMap<&str, &Choice<'a>> = then.collect();
                let both = after.iter();
                let both = both.filter_map(|one| Some((*then.get(one.name())?, one)));
                both.map(|(old, new)| {
                    self.branch_condition(old, new, place, pair.way);
                    (Some(old.branch.ty), Some(new.branch.ty), old.promise())
                })
                .collect()
            }
        };
        let mut seen = HashSet::new();
        branches.retain(|one| seen.insert(*one));
        branches
    }

    /// Compares the members of two branches, one of which may not be there; what one of them lacks may be shared by all
    /// branches.
    fn branch(
        &mut self,
        (before, after, promise): Branches,
        gone: &mut Parts<'a>,
        come: &mut Parts<'a>,
        way: Way<'a>,
    ) {
        let way = way.to(promise);
        // What is another union is compared by itself.
        let is_union = |schema, id: Option<_>| id.is_some_and(|id| union_of(schema, id).is_some());
        if is_union(self.old, before) || is_union(self.new, after) {
            let before = before.or_else(|| self.old.find(NOTHING));
            let after = after.or_else(|| self.new.find(NOTHING));
            if let (Some(before), Some(after)) = (before, after) {
                self.later(before, after, way);
            }
            return;
        }
        let (old, new) = (Parts::of(self.old, before), Parts::of(self.new, after));
        for part in old.iter() {
            let name = &part.member.name;
            match new.get(name).or_else(|| come.take(name)) {
                Some(same) => self.member(part, same, way),
                None => self.gone(part, way),
            }
        }
        for part in new.iter() {
            let name = &part.member.name;
            match (old.get(name), gone.take(name)) {
                (Some(_), _) => {}
                (None, Some(same)) => self.member(same, part, way),
                (None, None) => self.come(part, way),
            }
        }
        if let (Some(before), Some(after)) = (before, after) {
            self.features_of(before, after, way);
        }
    }

    /// Compares the features of two types.
    fn features_of(&mut self, before: DefinitionId, after: DefinitionId, way: Way<'a>) {
        let (before, after) = (self.old.definition(before), self.new.definition(after));
        let place = Place {
            owner: after,
            old: before.span,
            new: after.span,
        };
        let it = self.it(way);
        self.features(&before.features, &after.features, &place, way, &it);
    }

    fn member(&mut self, old: Part<'a>, new: Part<'a>, way: Way<'a>) {
        let (before, after) = (old.member, new.member);
        let way = way.to(Promise::of(&before.name, &before.features));
        let place = Place {
            owner: new.owner,
            old: Some(before.span),
            new: Some(after.span),
        };
        let what = format!("the {}", self.what(new, way));
        self.features(&before.features, &after.features, &place, way, &what);
        let (old, new) = (before.condition.as_ref(), after.condition.as_ref());
        self.condition(old, new, &place, way, &what);
        let (required, optional) = (
            way.rule(Rule::InputMemberRequired, Rule::OutputMemberRequired),
            way.rule(Rule::InputMemberOptional, Rule::OutputMemberOptional),
        );
        match (before.optional, after.optional) {
            (true, false) => {
                self.report(required, &place, way, format!("{what} is required now"));
            }
            (false, true) => {
                self.report(optional, &place, way, format!("{what} is optional now"));
            }
            _ => {}
        }
        let what = format!("the type of {what}");
        let way = way.at(&after.name);
        self.types(before.ty, after.ty, &place, way, &what);
    }

    /// A member as one would say it; those of a command that are given in place are its arguments.
    fn what(&self, part: Part<'_>, way: Way<'a>) -> String {
        let kind = match way.sender {
            Sender::Client if !has_name(part.owner) => "argument",
            _ => "member",
        };
        format!("{kind} `{}`", self.path_to(&part.member.name, way))
    }

    fn gone(&mut self, part: Part<'a>, way: Way<'a>) {
        let way = way.to(Promise::of(&part.member.name, &part.member.features));
        let place = Place {
            owner: part.owner,
            old: Some(part.member.span),
            new: None,
        };
        let rule = way.rule(Rule::InputMemberRemoved, Rule::OutputMemberRemoved);
        let message = format!("the {} is gone", self.what(part, way));
        self.report(rule, &place, way, message);
    }

    fn come(&mut self, part: Part<'a>, way: Way<'a>) {
        let place = Place {
            owner: part.owner,
            old: None,
            new: Some(part.member.span),
        };
        let (rule, kind) = match (way.sender, part.member.optional) {
            (Sender::Client, true) => (Rule::InputMemberAdded, "optional "),
            (Sender::Client, false) => (Rule::InputRequiredMemberAdded, "required "),
            (Sender::Server, _) => (Rule::OutputMemberAdded, ""),
        };
        let message = format!("the {kind}{} is new", self.what(part, way));
        self.report(rule, &place, way, message);
    }

    /// A branch has in general the condition of the value that chooses it, of which the enum tells.
    fn branch_condition(
        &mut self,
        before: &Choice<'a>,
        after: &Choice<'a>,
        place: &Place<'a>,
        way: Way<'a>,
    ) {
        if !before.has_its_own_condition() && !after.has_its_own_condition() {
            return;
        }
        let (old, new) = (&before.branch.condition, &after.branch.condition);
        let what = format!("the branch `{}`{}", after.name(), self.of_place(way));
        self.condition(old.as_ref(), new.as_ref(), place, way, &what);
    }
}

/// The types of two branches, one of which may not be there; and what clients were told of it.
type Branches = (Option<DefinitionId>, Option<DefinitionId>, Promise);

/// A branch of a union, and the value that chooses it.
struct Choice<'a> {
    branch: &'a Branch,
    value: Option<&'a Value>,
}

impl<'a> Choice<'a> {
    fn name(&self) -> &'a str {
        &self.branch.name
    }

    fn promise(&self) -> Promise {
        let features = self.value.map_or(&[][..], |value| &value.features);
        Promise::of(self.name(), features)
    }

    fn has_its_own_condition(&self) -> bool {
        let of_value = self.value.and_then(|value| value.condition.as_ref());
        self.branch.condition.as_ref() != of_value
    }
}

fn choices<'a>(schema: &'a Schema, union: Option<&'a Union>) -> Vec<Choice<'a>> {
    let Some(union) = union else {
        return Vec::new();
    };
    let values = match &schema.definition(union.discriminator_type).kind {
        Kind::Enum(values) => by_name(&values.values),
        _ => HashMap::new(),
    };
    let branches = union.branches.iter();
    let choices = branches.map(|branch| Choice {
        branch,
        value: values.get(branch.name.as_str()).copied(),
    });
    choices.collect()
}

fn union_of(schema: &Schema, id: DefinitionId) -> Option<&Union> {
    schema.object(id)?.union.as_ref()
}
