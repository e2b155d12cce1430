//! Types that have no finite value: each would contain another of its kind, which the schema requires. What is decoded is
//! read into a value that is there before, so that there has to be one.

use super::plan::Plan;
use crate::schema::{DefinitionId, Kind};

/// What has a finite value, and which branch it is a value of.
#[derive(Default)]
pub(super) struct Finite {
    reached: Vec<bool>,
    branch: Vec<usize>,
}

/// What a type waits for.
struct Waiting {
    /// How many of its members, and one of its branches if it has any.
    parts: usize,
    /// Has one of the branches come?
    branch: bool,
}

impl Finite {
    /// From the types that need no other on to those that need these: each is looked at as often as it is used.
    pub(super) fn find(plan: &Plan<'_>) -> Self {
        let count = plan.schema.definitions().count();
        let mut found = Finite {
            reached: vec![false; count],
            branch: vec![0; count],
        };
        let mut users = vec![Vec::new(); count];
        let mut waiting = Vec::with_capacity(count);
        let mut ready = Vec::new();
        for (id, _) in plan.schema.definitions() {
            let (members, branches) = (required(plan, id), branches(plan, id));
            let parts = members.len() + usize::from(!branches.is_empty());
            for member in members {
                users[member.index()].push((id, None));
            }
            for (index, branch) in branches.into_iter().enumerate() {
                users[branch.index()].push((id, Some(index)));
            }
            waiting.push(Waiting {
                parts,
                branch: false,
            });
            ready.extend((parts == 0).then_some(id));
        }
        while let Some(id) = ready.pop() {
            found.reached[id.index()] = true;
            for &(user, branch) in &users[id.index()] {
                let waiting = &mut waiting[user.index()];
                if let Some(branch) = branch {
                    if std::mem::replace(&mut waiting.branch, true) {
                        continue;
                    }
                    found.branch[user.index()] = branch;
                }
                waiting.parts -= 1;
                ready.extend((waiting.parts == 0).then_some(user));
            }
        }
        found
    }

    /// Is there a finite value of this type?
    pub(super) fn has(&self, id: DefinitionId) -> bool {
        self.reached[id.index()]
    }

    /// The branch that leads to one; any, where none does.
    pub(super) fn branch(&self, id: DefinitionId) -> usize {
        self.branch[id.index()]
    }
}

/// The types of the members that a value of an object has to have.
fn required(plan: &Plan<'_>, id: DefinitionId) -> Vec<DefinitionId> {
    let (definition, decodes) = (plan.schema.definition(id), plan.decodes(id));
    let members = plan.members(id).into_iter();
    let required = members
        .filter(|(owner, member)| !plan.is_optional(owner.unwrap_or(definition), member, decodes));
    required.map(|(_, member)| member.ty).collect()
}

/// The types of the branches of which a value has to have one. An open union has another besides.
fn branches(plan: &Plan<'_>, id: DefinitionId) -> Vec<DefinitionId> {
    let definition = plan.schema.definition(id);
    match definition.kind {
        Kind::Object(_) if plan.opens(id) => Vec::new(),
        _ => plan.branches(definition).map(|branch| branch.ty).collect(),
    }
}
