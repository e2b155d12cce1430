//! Alternates. Their branches are told apart by the kind of JSON; what they are called is not seen on the wire.

use super::Rule;
use super::comparison::{Comparison, Pair, Place, name};
use super::types::JsonKind;
use crate::schema::{Alternate, Branch, DefinitionId, Kind, Schema};

impl<'a> Comparison<'a> {
    pub(super) fn alternates(&mut self, pair: &Pair<'a>) {
        let (before, after) = (self.old.definition(pair.old), self.new.definition(pair.new));
        let (Kind::Alternate(old), Kind::Alternate(new)) = (&before.kind, &after.kind) else {
            return;
        };
        let (place, way) = (
            Place {
                owner: after,
                old: before.span,
                new: after.span,
            },
            pair.way,
        );
        let (it, of) = (self.it(way), self.of_place(way));
        self.features(&before.features, &after.features, &place, way, &it);
        for branch in &old.branches {
            let Some(same) = branch_like(self.new, new, self.old, branch.ty) else {
                let rule = way.rule(Rule::InputKindRemoved, Rule::OutputKindRemoved);
                let message = format!("{it} cannot be {} any more", name(self.old, branch.ty));
                self.report(rule, &place, way, message);
                continue;
            };
            let what = format!("the branch `{}`{of}", same.name);
            let (then, now) = (branch.condition.as_ref(), same.condition.as_ref());
            self.condition(then, now, &place, way, &what);
            let what = format!("the type of {what}");
            self.types(branch.ty, same.ty, &place, way, &what);
        }
        for branch in &new.branches {
            if branch_like(self.old, old, self.new, branch.ty).is_none() {
                let rule = way.rule(Rule::InputKindAdded, Rule::OutputKindAdded);
                let message = format!("{it} can be {}, too, now", name(self.new, branch.ty));
                self.report(rule, &place, way, message);
            }
        }
    }
}

/// The branch of an alternate that looks in JSON as the type of another schema does.
pub(super) fn branch_like<'a>(
    schema: &Schema,
    alternate: &'a Alternate,
    of: &Schema,
    ty: DefinitionId,
) -> Option<&'a Branch> {
    let kind = JsonKind::of(of, ty)?;
    let mut branches = alternate.branches.iter();
    branches.find(|branch| JsonKind::of(schema, branch.ty) == Some(kind))
}
