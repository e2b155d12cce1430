//! What a definition refers to.

use super::{DefinitionId, Filter, Kind, Schema};

/// A step from a definition to others: [`Schema::parts`] or [`Schema::references`].
pub(crate) type Step = fn(&Schema, DefinitionId, &Filter, &mut dyn FnMut(DefinitionId));

impl Schema {
    /// Calls `visit` with every definition that values of this one are made of: the types of all members, those of the base too,
    /// and of branches, elements, arguments, returns. What the filter leaves out is no part of them. Neither are the base itself
    /// and the type of a discriminator: an object is flat, and its branch says what the discriminator is.
    pub fn parts(&self, id: DefinitionId, filter: &Filter, visit: &mut dyn FnMut(DefinitionId)) {
        let definition = self.definition(id);
        let branches = definition.branches().iter();
        let branches = branches.filter(|branch| filter.keeps_branch(definition, branch));
        match &definition.kind {
            Kind::Builtin(_) | Kind::Enum(_) => {}
            Kind::Array(element) => visit(*element),
            Kind::Object(object) => {
                let union = object.union.as_ref();
                let discriminator = union.map(|union| union.discriminator.as_str());
                let members = self.all_members(id).into_iter().map(|(_, member)| member);
                members
                    .filter(|member| Some(member.name.as_str()) != discriminator)
                    .filter(|member| filter.keeps(member.condition.as_ref(), &member.features))
                    .for_each(|member| visit(member.ty));
                branches.for_each(|branch| visit(branch.ty));
            }
            Kind::Alternate(_) => branches.for_each(|branch| visit(branch.ty)),
            Kind::Command(command) => {
                command.arguments.iter().for_each(|&ty| visit(ty));
                command.returns.iter().for_each(|&ty| visit(ty));
            }
            Kind::Event(event) => event.data.iter().for_each(|&ty| visit(ty)),
        }
    }

    /// As [`parts`](Self::parts), and what the definition names besides: its base, the type of its discriminator.
    pub fn references(
        &self,
        id: DefinitionId,
        filter: &Filter,
        visit: &mut dyn FnMut(DefinitionId),
    ) {
        self.parts(id, filter, visit);
        if let Kind::Object(object) = &self.definition(id).kind {
            object.base.iter().for_each(|&base| visit(base));
            let union = object.union.iter();
            union.for_each(|union| visit(union.discriminator_type));
        }
    }

    /// Adds all that can be reached from what is marked; one flag a definition.
    pub(crate) fn reach(&self, step: Step, filter: &Filter, marked: &mut [bool]) {
        let mut pending: Vec<DefinitionId> = self
            .definitions()
            .map(|(id, _)| id)
            .filter(|id| marked[id.index()])
            .collect();
        while let Some(id) = pending.pop() {
            step(self, id, filter, &mut |target| {
                if !std::mem::replace(&mut marked[target.index()], true) {
                    pending.push(target);
                }
            });
        }
    }
}
