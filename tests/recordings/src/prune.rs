//! What of a JSON value a schema knows: told from the schema alone, so that it can be held against what the
//! bindings keep.

use qapi_codegen::schema::{DefinitionId, Kind, Object, Schema};
use serde_json::{Map, Value};

/// A schema that is asked what it knows.
pub struct Known<'a>(pub &'a Schema);

impl Known<'_> {
    /// The value without the members that its type does not have. Names of values and branches that the
    /// schema does not know stay: bindings keep them.
    pub fn prune(&self, ty: DefinitionId, value: &Value) -> Value {
        let schema = self.0;
        match (&schema.definition(ty).kind, value) {
            (Kind::Array(element), Value::Array(items)) => items
                .iter()
                .map(|item| self.prune(*element, item))
                .collect(),
            (Kind::Object(_), Value::Object(members)) => {
                let mut out = Map::new();
                if self.add_known(ty, members, &mut out) {
                    Value::Object(out)
                } else {
                    value.clone()
                }
            }
            (Kind::Alternate(alternate), _) => {
                let branch = alternate.branches.iter().find(|branch| {
                    let kind = &schema.definition(branch.ty).kind;
                    match value {
                        Value::Object(_) => matches!(kind, Kind::Object(_)),
                        Value::Array(_) => matches!(kind, Kind::Array(_)),
                        _ => false,
                    }
                });
                branch.map_or_else(|| value.clone(), |branch| self.prune(branch.ty, value))
            }
            _ => value.clone(),
        }
    }

    /// Adds the members that an object knows. `false` when a branch is not known: then all are kept.
    fn add_known(
        &self,
        ty: DefinitionId,
        members: &Map<String, Value>,
        out: &mut Map<String, Value>,
    ) -> bool {
        for (_, member) in self.0.all_members(ty) {
            if let Some(value) = members.get(&member.name) {
                out.insert(member.name.clone(), self.prune(member.ty, value));
            }
        }
        let Some(Object {
            union: Some(union), ..
        }) = self.0.object(ty)
        else {
            return true;
        };
        let tag = members.get(&union.discriminator).and_then(Value::as_str);
        match union
            .branches
            .iter()
            .find(|branch| Some(branch.name.as_str()) == tag)
        {
            Some(branch) => self.add_known(branch.ty, members, out),
            None => false,
        }
    }
}
