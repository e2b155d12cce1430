//! What a definition refers to.

use super::{Condition, DefinitionId, Feature, Filter, Kind, Schema};

impl Schema {
    /// Calls `visit` with every definition that this one names: bases, types of members and branches,
    /// elements, arguments, returns. What the filter leaves out names nothing.
    pub fn references(
        &self,
        id: DefinitionId,
        filter: &Filter,
        visit: &mut dyn FnMut(DefinitionId),
    ) {
        let keeps = |condition: &Option<Condition>, features: &[Feature]| {
            filter.keeps(condition.as_ref(), features)
        };
        let definition = self.definition(id);
        let branches = definition.branches().iter();
        let branches = branches.filter(|branch| filter.keeps_branch(definition, branch));
        match &definition.kind {
            Kind::Builtin(_) | Kind::Enum(_) => {}
            Kind::Array(element) => visit(*element),
            Kind::Object(object) => {
                object.base.iter().for_each(|&base| visit(base));
                let members = object.members.iter();
                members
                    .filter(|member| keeps(&member.condition, &member.features))
                    .for_each(|member| visit(member.ty));
                if let Some(union) = &object.union {
                    visit(union.discriminator_type);
                    branches.for_each(|branch| visit(branch.ty));
                }
            }
            Kind::Alternate(_) => branches.for_each(|branch| visit(branch.ty)),
            Kind::Command(command) => {
                command.arguments.iter().for_each(|&ty| visit(ty));
                command.returns.iter().for_each(|&ty| visit(ty));
            }
            Kind::Event(event) => event.data.iter().for_each(|&ty| visit(ty)),
        }
    }

    /// Adds all that can be reached from what is marked; one flag a definition.
    pub(crate) fn reach(&self, filter: &Filter, marked: &mut [bool]) {
        let mut pending: Vec<DefinitionId> = self
            .definitions()
            .map(|(id, _)| id)
            .filter(|id| marked[id.index()])
            .collect();
        while let Some(id) = pending.pop() {
            self.references(id, filter, &mut |target| {
                if !std::mem::replace(&mut marked[target.index()], true) {
                    pending.push(target);
                }
            });
        }
    }
}
