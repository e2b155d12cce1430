//! What is to be emitted, and how: everything that the emitters of the constructs ask about the schema.

use std::collections::{HashMap, HashSet};

use super::finite::Finite;
use super::{Settings, cycles, names};
use crate::schema::{
    Branch, Builtin, Definition, DefinitionId, Direction, Directions, Enum, Kind, Member, ModuleId,
    Schema, Selection, Union, Value, Version,
};

/// The schema together with all decisions about its bindings.
pub(super) struct Plan<'a> {
    pub(super) schema: &'a Schema,
    pub(super) settings: &'a Settings,
    pub(super) selection: &'a Selection,
    directions: Directions,
    /// References by value that would make a type contain itself.
    boxed: HashSet<(DefinitionId, DefinitionId)>,
    finite: Finite,
    /// Objects that are branches of a union which is decoded.
    branches: HashSet<DefinitionId>,
    /// Branches that servers have not always sent the members of.
    late_branches: HashSet<DefinitionId>,
    pub(super) modules: HashMap<ModuleId, String>,
    /// The names of the enums of unions' branches.
    pub(super) branch_types: HashMap<DefinitionId, String>,
}

/// What can be done with values of a type.
#[derive(Clone, Copy, Debug)]
struct Ways {
    decodes: bool,
    encodes: bool,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        schema: &'a Schema,
        selection: &'a Selection,
        settings: &'a Settings,
    ) -> Self {
        let mut plan = Plan {
            schema,
            settings,
            selection,
            directions: Directions::of(schema, selection, &settings.filter),
            boxed: HashSet::new(),
            finite: Finite::default(),
            branches: HashSet::new(),
            late_branches: HashSet::new(),
            modules: names::modules(schema, &settings.runtime),
            branch_types: names::branches(schema),
        };
        plan.boxed = cycles::find(&plan);
        plan.branches = plan.find_branches();
        plan.late_branches = plan.find_late_branches();
        plan.finite = Finite::find(&plan);
        plan
    }

    /// The named definitions that are emitted, in the order of the schema.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (DefinitionId, &'a Definition)> {
        let all = self.schema.definitions();
        all.filter(|(id, _)| self.emits(*id))
    }

    /// Has the definition a Rust item that can be linked to?
    pub(super) fn emits(&self, id: DefinitionId) -> bool {
        self.selection.contains(id) && is_named(self.schema.definition(id))
    }

    fn ways(&self, id: DefinitionId) -> Ways {
        let Direction {
            by_client,
            by_server,
        } = self.directions.get(id);
        let (clients, servers) = (self.settings.for_clients(), self.settings.for_servers());
        Ways {
            decodes: self.settings.both_ways || clients && by_server || servers && by_client,
            encodes: self.settings.both_ways || clients && by_client || servers && by_server,
        }
    }

    /// Can it be decoded?
    pub(super) fn decodes(&self, id: DefinitionId) -> bool {
        self.ways(id).decodes
    }

    /// Can it be encoded?
    pub(super) fn encodes(&self, id: DefinitionId) -> bool {
        self.ways(id).encodes
    }

    /// Does it keep what the schema does not know? What a server sends may be newer than the schema.
    pub(super) fn opens(&self, id: DefinitionId) -> bool {
        !self.settings.is_strict() && self.decodes(id)
    }

    /// Are values of a type numbers or the like, which are copied? A type of the schema is, if nothing that comes with a
    /// newer schema can change that.
    pub(super) fn is_plain(&self, id: DefinitionId) -> bool {
        match self.schema.definition(id).kind {
            Kind::Builtin(Builtin::Str | Builtin::Any) => false,
            Kind::Builtin(_) => true,
            Kind::Enum(_) => !self.opens(id),
            _ => self.is_nothing(id),
        }
    }

    /// Is a reference by value to be boxed?
    pub(super) fn is_boxed(&self, from: DefinitionId, to: DefinitionId) -> bool {
        self.boxed.contains(&(from, to))
    }

    /// Would a value that is decoded have to contain itself?
    pub(super) fn is_impossible(&self, id: DefinitionId) -> bool {
        self.decodes(id) && !self.finite.has(id)
    }

    /// The branch that is there before one is decoded, of those that are [in](Self::branches): one with a finite value.
    pub(super) fn first_branch(&self, id: DefinitionId) -> usize {
        self.finite.branch(id)
    }

    /// Is an object decoded as the branch of a union?
    pub(super) fn decodes_as_branch(&self, id: DefinitionId) -> bool {
        self.branches.contains(&id)
    }

    /// The types of the branches of unions that are decoded.
    fn find_branches(&self) -> HashSet<DefinitionId> {
        let decoded = self.definitions().filter(|(id, _)| self.decodes(*id));
        let unions = decoded.filter(|(_, definition)| matches!(definition.kind, Kind::Object(_)));
        let branches = unions.flat_map(|(_, union)| self.branches(union));
        branches.map(|branch| branch.ty).collect()
    }

    /// The values of an enum that are in.
    pub(super) fn values<'e>(&self, kind: &'e Enum) -> impl Iterator<Item = &'e Value> {
        let filter = &self.settings.filter;
        kind.values
            .iter()
            .filter(|value| filter.keeps(value.condition.as_ref(), &value.features))
    }

    /// The branches of a union or an alternate that are in.
    pub(super) fn branches(&self, owner: &'a Definition) -> impl Iterator<Item = &'a Branch> {
        let filter = &self.settings.filter;
        let all = owner.branches().iter();
        all.filter(|branch| filter.keeps_branch(owner, branch))
    }

    /// The members of an object that are in, those of its base first, without a discriminator; each with the
    /// definition that describes it, `None` for members that were given in place.
    pub(super) fn members(&self, id: DefinitionId) -> Vec<(Option<&'a Definition>, &'a Member)> {
        let filter = &self.settings.filter;
        let tag = self
            .schema
            .object(id)
            .and_then(|object| object.union.as_ref());
        let tag = tag.map(|union| union.discriminator.as_str());
        let all = self.schema.all_members(id).into_iter();
        let kept = all.filter(|(_, member)| {
            filter.keeps(member.condition.as_ref(), &member.features)
                && Some(member.name.as_str()) != tag
        });
        kept.map(|(owner, member)| {
            let implicit = matches!(&owner.kind, Kind::Object(object) if object.implicit);
            ((!implicit).then_some(owner), member)
        })
        .collect()
    }

    /// The object of an id, if it has anything in it.
    pub(super) fn is_empty(&self, id: DefinitionId) -> bool {
        self.members(id).is_empty()
            && self
                .schema
                .object(id)
                .is_some_and(|object| object.union.is_none())
    }

    /// Is it the object without members that stands for a branch that is not given?
    pub(super) fn is_nothing(&self, id: DefinitionId) -> bool {
        let definition = self.schema.definition(id);
        definition.span.is_none() && matches!(definition.kind, Kind::Object(_))
    }

    /// Is it the type of members that are given in place?
    pub(super) fn is_implicit(&self, id: DefinitionId) -> bool {
        self.schema.object(id).is_some_and(|object| object.implicit)
    }

    /// May a member be absent, by the schema or, where it is decoded, for other reasons?
    pub(super) fn is_optional(&self, owner: &Definition, member: &Member, decodes: bool) -> bool {
        member.optional || decodes && self.may_be_missing(owner, member)
    }

    /// May a member be missing in what is decoded, though the schema requires it? Its condition may not hold
    /// where the server was built, or the server may be older than it.
    pub(super) fn may_be_missing(&self, owner: &Definition, member: &Member) -> bool {
        // Clients are told what is required, and nobody holds them to what they could not know.
        if self.settings.server {
            return false;
        }
        let undecided = self
            .settings
            .filter
            .holds(member.condition.as_ref())
            .is_none();
        let younger = self.is_younger(self.schema.member_since(owner, &member.name));
        let owner = self.schema.find(&owner.name);
        undecided || younger || owner.is_some_and(|owner| self.late_branches.contains(&owner))
    }

    /// May the discriminator of a union be missing in what is decoded? So it may be when it, or the enum that
    /// it is of, came after the oldest server, and the union did not: then it was a struct before.
    pub(super) fn has_late_discriminator(&self, id: DefinitionId, union: &Union) -> bool {
        let definition = self.schema.definition(id);
        let values = self.schema.definition(union.discriminator_type);
        if self.is_younger(self.schema.since(values)) {
            return !self.is_younger(self.schema.since(definition));
        }
        let mut members = self.schema.all_members(id).into_iter();
        let discriminator = members.find(|(_, member)| member.name == union.discriminator);
        discriminator.is_some_and(|(owner, member)| {
            let implicit = matches!(&owner.kind, Kind::Object(object) if object.implicit);
            self.may_be_missing(if implicit { definition } else { owner }, member)
        })
    }

    /// Did something come after the oldest server?
    fn is_younger(&self, since: Option<Version>) -> bool {
        let oldest = self.settings.oldest;
        oldest.is_some_and(|oldest| since.is_some_and(|since| since > oldest))
    }

    /// Branches that came after the oldest server, of unions and under values that it knew already: it sends
    /// the value and none of the members.
    fn find_late_branches(&self) -> HashSet<DefinitionId> {
        let mut late = HashSet::new();
        for (_, definition) in self.definitions() {
            let Kind::Object(object) = &definition.kind else {
                continue;
            };
            if let Some(union) = &object.union {
                let values = self.schema.definition(union.discriminator_type);
                let known = [definition, values];
                if known
                    .iter()
                    .any(|one| self.is_younger(self.schema.since(one)))
                {
                    continue;
                }
                for branch in self.branches(definition) {
                    let own = self.schema.since(self.schema.definition(branch.ty));
                    let value = self.schema.member_since(values, &branch.name);
                    // Clients are told what is required; what they send is not a server's.
                    let sent = self.directions.get(branch.ty).by_client;
                    if !sent && self.is_younger(own) && !self.is_younger(value) {
                        late.insert(branch.ty);
                    }
                }
            }
        }
        late
    }
}

/// Has it a Rust item of its own?
fn is_named(definition: &Definition) -> bool {
    match &definition.kind {
        Kind::Builtin(_) | Kind::Array(_) => false,
        Kind::Object(object) => !object.implicit && definition.span.is_some(),
        Kind::Enum(_) | Kind::Alternate(_) | Kind::Command(_) | Kind::Event(_) => true,
    }
}
