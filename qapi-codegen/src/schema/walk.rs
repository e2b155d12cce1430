//! What a definition refers to.

use super::{DefinitionId, Kind, Schema};

impl Schema {
    /// Calls `visit` with every definition that this one names: bases, types of members and branches,
    /// elements, arguments, returns.
    pub fn references(&self, id: DefinitionId, visit: &mut dyn FnMut(DefinitionId)) {
        match &self.definition(id).kind {
            Kind::Builtin(_) | Kind::Enum(_) => {}
            Kind::Array(element) => visit(*element),
            Kind::Object(object) => {
                object.base.iter().for_each(|&base| visit(base));
                object.members.iter().for_each(|member| visit(member.ty));
                if let Some(union) = &object.union {
                    visit(union.discriminator_type);
                    union.branches.iter().for_each(|branch| visit(branch.ty));
                }
            }
            Kind::Alternate(alternate) => {
                alternate
                    .branches
                    .iter()
                    .for_each(|branch| visit(branch.ty));
            }
            Kind::Command(command) => {
                command.arguments.iter().for_each(|&ty| visit(ty));
                command.returns.iter().for_each(|&ty| visit(ty));
            }
            Kind::Event(event) => event.data.iter().for_each(|&ty| visit(ty)),
        }
    }

    /// Adds all that can be reached from what is marked; one flag a definition.
    pub(crate) fn reach(&self, marked: &mut [bool]) {
        let mut pending: Vec<DefinitionId> = self
            .definitions()
            .map(|(id, _)| id)
            .filter(|id| marked[id.0 as usize])
            .collect();
        while let Some(id) = pending.pop() {
            self.references(id, &mut |target| {
                if !std::mem::replace(&mut marked[target.0 as usize], true) {
                    pending.push(target);
                }
            });
        }
    }
}
