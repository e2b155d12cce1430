//! What a server can do, as it says itself.

use std::collections::HashMap;

use qapi_types::{Command, Decode, DecodeError, Encode, Reader, Writer, required};

use crate::core::matches;

/// The interface of a live server, of which one asks by path whether something is there.
///
/// A path begins with the name of a command or event. What follows goes from there into its parts:
///
/// | step | where it leads |
/// |---|---|
/// | `arg`, `ret` | from a command to its arguments and to what it returns; `arg` from an event to its data |
/// | a member's name | from an object to the member's type |
/// | a branch's name | from an object to the members of this branch of the union |
/// | a value's name | from an enum to one of its values |
/// | `feature:NAME` | to a feature of whatever the path has led to: a command, an event, a type, a member, a value |
///
/// Arrays and alternates are gone through: a step is one of their elements, or of any of their branches. `*` in a step stands
/// for any characters.
///
/// ```
/// use qapi_client::Schema;
///
/// let schema: Schema = qapi_types::from_str(r#"[
///     {"name": "blockdev-add", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
///     {"name": "0", "meta-type": "object", "members": [{"name": "driver", "type": "2"}], "tag": "driver",
///         "variants": [{"case": "qcow2", "type": "3"}]},
///     {"name": "1", "meta-type": "object", "members": []},
///     {"name": "2", "meta-type": "enum", "members": [{"name": "qcow2"}], "values": ["qcow2"]},
///     {"name": "3", "meta-type": "object", "members": [{"name": "cache-size", "type": "int", "features": ["unstable"]}]},
///     {"name": "int", "meta-type": "builtin", "json-type": "int"}
/// ]"#)?;
/// assert!(schema.has("blockdev-add/arg/driver/qcow2"));
/// assert!(schema.has("blockdev-add/arg/qcow2/cache-size/feature:unstable"));
/// assert!(schema.has("blockdev-*/arg/*/cache-*"));
/// assert!(!schema.has("blockdev-add/arg/backing"));
/// # Ok::<(), qapi_types::DecodeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Schema {
    entities: Vec<Entity>,
    by_name: HashMap<String, usize>,
}

/// A command, event or type.
#[derive(Clone, Debug)]
struct Entity {
    name: String,
    meta: String,
    argument: Option<String>,
    returned: Option<String>,
    element: Option<String>,
    /// Members of an object, values of an enum, branches of an alternate.
    members: Vec<Member>,
    branches: Vec<Branch>,
    values: Vec<String>,
    features: Vec<String>,
}

#[derive(Clone, Debug)]
struct Member {
    /// None for the branch of an alternate.
    name: Option<String>,
    ty: Option<String>,
    features: Vec<String>,
}

#[derive(Clone, Debug)]
struct Branch {
    case: String,
    ty: String,
}

/// `query-qmp-schema`, by which a server tells its interface.
pub(crate) struct QuerySchema;

impl Encode for QuerySchema {
    fn encode(&self, w: &mut Writer) {
        w.object(&[]);
    }
}

impl Command for QuerySchema {
    type Return = Schema;
    const NAME: &'static str = "query-qmp-schema";
}

impl Decode for Schema {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let entities: Vec<Entity> = Vec::decode(r)?;
        let names = entities.iter().enumerate();
        let by_name = names
            .map(|(at, entity)| (entity.name.clone(), at))
            .collect();
        Ok(Self { entities, by_name })
    }
}

impl Decode for Entity {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (mut name, mut meta, mut argument, mut returned) = (None, None, None, None);
        let (mut element, mut members, mut branches) = (None, None, None);
        let (mut values, mut features) = (None, None);
        r.object(&mut [
            ("name", &mut name),
            ("meta-type", &mut meta),
            ("arg-type", &mut argument),
            ("ret-type", &mut returned),
            ("element-type", &mut element),
            ("members", &mut members),
            ("variants", &mut branches),
            ("values", &mut values),
            ("features", &mut features),
        ])?;
        Ok(Self {
            name: required(name, "name")?,
            meta: required(meta, "meta-type")?,
            argument,
            returned,
            element,
            members: members.unwrap_or_default(),
            branches: branches.unwrap_or_default(),
            values: values.unwrap_or_default(),
            features: features.unwrap_or_default(),
        })
    }
}

impl Decode for Member {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (mut name, mut ty, mut features) = (None, None, None);
        r.object(&mut [
            ("name", &mut name),
            ("type", &mut ty),
            ("features", &mut features),
        ])?;
        Ok(Self {
            name,
            ty,
            features: features.unwrap_or_default(),
        })
    }
}

impl Decode for Branch {
    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (mut case, mut ty) = (None, None);
        r.object(&mut [("case", &mut case), ("type", &mut ty)])?;
        Ok(Self {
            case: required(case, "case")?,
            ty: required(ty, "type")?,
        })
    }
}

/// Where a path has led: a type, if there is one, and features of the place itself.
#[derive(Clone, Copy)]
struct Place<'a> {
    entity: Option<&'a Entity>,
    features: &'a [String],
}

impl Schema {
    /// Whether what `path` names is there.
    pub fn has(&self, path: &str) -> bool {
        let mut steps = path.split('/');
        let Some(first) = steps.next() else {
            return false;
        };
        let mut places: Vec<Place<'_>> = self
            .entities
            .iter()
            .filter(|entity| matches!(&*entity.meta, "command" | "event"))
            .filter(|entity| matches(first, &entity.name))
            .map(|entity| Place {
                entity: Some(entity),
                features: &[],
            })
            .collect();
        for step in steps {
            let mut next = Vec::new();
            for place in &places {
                self.step(*place, step, &mut next);
            }
            // However wide a wildcard is, a type is gone into once.
            next.sort_by_key(Place::key);
            next.dedup_by_key(|place| place.key());
            places = next;
        }
        !places.is_empty()
    }

    /// Whether the server has the command `C`.
    pub fn supports<C: Command>(&self) -> bool {
        self.entity(C::NAME)
            .is_some_and(|entity| entity.meta == "command")
    }

    fn entity(&self, name: &str) -> Option<&Entity> {
        self.by_name.get(name).and_then(|at| self.entities.get(*at))
    }

    /// Goes from `place` where `step` leads.
    fn step<'a>(&'a self, place: Place<'a>, step: &str, next: &mut Vec<Place<'a>>) {
        if let Some(pattern) = step.strip_prefix("feature:") {
            let own = place.entity.map_or(&[][..], |entity| &entity.features);
            if own
                .iter()
                .chain(place.features)
                .any(|name| matches(pattern, name))
            {
                next.push(Place {
                    entity: None,
                    features: &[],
                });
            }
            return;
        }
        let mut seen = Vec::new();
        let mut open: Vec<&Entity> = place.entity.into_iter().collect();
        while let Some(entity) = open.pop() {
            // A hostile server may describe an array of itself.
            if seen.contains(&&*entity.name) {
                continue;
            }
            seen.push(&*entity.name);
            let mut lead = |name: &Option<String>| {
                next.push(Place {
                    entity: name.as_deref().and_then(|name| self.entity(name)),
                    features: &[],
                });
            };
            match &*entity.meta {
                "command" | "event" => {
                    if matches(step, "arg") && entity.argument.is_some() {
                        lead(&entity.argument);
                    }
                    if matches(step, "ret") && entity.returned.is_some() {
                        lead(&entity.returned);
                    }
                }
                "array" => open.extend(entity.element.as_deref().and_then(|ty| self.entity(ty))),
                "alternate" => {
                    let types = entity
                        .members
                        .iter()
                        .filter_map(|member| member.ty.as_deref());
                    open.extend(types.filter_map(|ty| self.entity(ty)));
                }
                _ => self.step_within(entity, step, next),
            }
        }
    }

    /// Goes from an object or enum to its members, branches and values.
    fn step_within<'a>(&'a self, entity: &'a Entity, step: &str, next: &mut Vec<Place<'a>>) {
        let members = entity.members.iter();
        let named = members.filter(|member| {
            let name = member.name.as_deref();
            name.is_some_and(|name| matches(step, name))
        });
        next.extend(named.map(|member| Place {
            entity: member.ty.as_deref().and_then(|ty| self.entity(ty)),
            features: &member.features,
        }));
        let branches = entity
            .branches
            .iter()
            .filter(|branch| matches(step, &branch.case));
        next.extend(branches.map(|branch| Place {
            entity: self.entity(&branch.ty),
            features: &[],
        }));
        // Servers before 6.2 tell an enum's values so.
        if entity.members.is_empty() && entity.values.iter().any(|value| matches(step, value)) {
            next.push(Place {
                entity: None,
                features: &[],
            });
        }
    }
}

impl Place<'_> {
    /// What tells one place from another.
    fn key(&self) -> (*const Entity, *const String) {
        let entity = self.entity.map_or(std::ptr::null(), std::ptr::from_ref);
        (entity, self.features.as_ptr())
    }
}

#[cfg(test)]
mod tests {
    use super::Schema;

    const SCHEMA: &str = r#"[
        {"name": "get", "meta-type": "command", "arg-type": "0", "ret-type": "[1]", "features": ["deprecated"]},
        {"name": "GONE", "meta-type": "event", "arg-type": "1"},
        {"name": "0", "meta-type": "object", "members": []},
        {"name": "1", "meta-type": "object", "tag": "kind",
            "members": [{"name": "kind", "type": "2"}, {"name": "old", "type": "int", "features": ["deprecated"]}, {"name": "next", "type": "3"}],
            "variants": [{"case": "disk", "type": "4"}, {"case": "none", "type": "0"}]},
        {"name": "[1]", "meta-type": "array", "element-type": "1"},
        {"name": "2", "meta-type": "enum", "members": [{"name": "disk", "features": ["unstable"]}, {"name": "none"}], "values": ["disk", "none"]},
        {"name": "3", "meta-type": "alternate", "members": [{"type": "1"}, {"type": "5"}, {"type": "3"}]},
        {"name": "4", "meta-type": "object", "members": [{"name": "size", "type": "int"}]},
        {"name": "5", "meta-type": "enum", "values": ["past"]},
        {"name": "int", "meta-type": "builtin", "json-type": "int"},
        {"name": "new", "meta-type": "news", "more": {}}
    ]"#;

    #[test]
    fn paths() {
        let schema: Schema = qapi_types::from_str(SCHEMA).unwrap();
        for (path, expected) in [
            ("get", true),
            ("gets", false),
            ("g*", true),
            ("int", false),
            ("get/arg", true),
            ("get/arg/kind", false),
            ("get/feature:deprecated", true),
            ("get/feature:unstable", false),
            ("get/ret/kind", true),
            ("get/ret/kind/disk", true),
            ("get/ret/kind/tape", false),
            ("get/ret/kind/disk/feature:unstable", true),
            ("get/ret/kind/none/feature:unstable", false),
            ("get/ret/old/feature:*", true),
            ("get/ret/disk/size", true),
            ("get/ret/none/size", false),
            ("get/ret/*/size", true),
            ("get/ret/next/next/next/kind", true),
            ("get/ret/next/past", true),
            ("GONE/arg/old", true),
            ("GONE/ret", false),
            ("*/*/*/*/*/*/*/*/*/*/*/*/size", true),
            ("", false),
        ] {
            assert_eq!(schema.has(path), expected, "{path}");
        }
    }
}
