//! The second pass: every name is defined, implicit types and arrays too, in the order in which QEMU does.

use std::borrow::Cow;
use std::collections::HashMap;

use super::features;
use super::shape::{BranchShape, Data, MemberShape, Shape, ShapeData, Shaped, TypeName};
use super::structs::Progress;
use crate::diagnostic::{Code, Diagnostic, Sink, Subject, quoted};
use crate::schema::{Builtin, Condition, Feature, Value};
use crate::source::{FileId, Span};

/// The name of the empty object type.
pub(super) const EMPTY: &str = "q_empty";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct EntityId(pub(super) u32);

/// A definition on its way to be resolved.
pub(super) struct Entity {
    pub(super) name: String,
    pub(super) subject: Option<Subject>,
    /// Built-in entities are in no file; their spans are never shown.
    pub(super) span: Span,
    pub(super) name_span: Span,
    pub(super) builtin: bool,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Feature>,
    pub(super) doc: Option<usize>,
    pub(super) faulty: bool,
    pub(super) kind: EntityKind,
}

pub(super) enum EntityKind {
    Builtin(Builtin),
    Array {
        element: TypeName,
        resolved: Option<EntityId>,
    },
    Enum {
        prefix: Option<String>,
        values: Vec<Value>,
    },
    Object(ObjectEntity),
    Alternate {
        branches: Vec<BranchEntity>,
    },
    Command(CommandEntity),
    Event {
        data: Option<TypeName>,
        resolved: Option<EntityId>,
        boxed: bool,
    },
}

#[derive(Default)]
pub(super) struct ObjectEntity {
    pub(super) implicit: bool,
    pub(super) base: Option<TypeName>,
    pub(super) base_resolved: Option<EntityId>,
    pub(super) members: Vec<MemberEntity>,
    pub(super) union: Option<UnionEntity>,
    pub(super) progress: Progress,
    /// How many objects are contained in one another below this one.
    pub(super) depth: usize,
    /// How many members it has, those of its base included.
    pub(super) total: usize,
    /// Has it, or its base, members under a condition?
    pub(super) conditional: bool,
}

pub(super) struct MemberEntity {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) optional: bool,
    pub(super) ty: TypeName,
    pub(super) resolved: Option<EntityId>,
    pub(super) condition: Option<Condition>,
    pub(super) features: Vec<Feature>,
}

pub(super) struct UnionEntity {
    pub(super) discriminator: Option<(String, Span)>,
    pub(super) discriminator_type: Option<EntityId>,
    pub(super) branches: Vec<BranchEntity>,
}

#[derive(Clone)]
pub(super) struct BranchEntity {
    pub(super) name: String,
    pub(super) span: Span,
    pub(super) ty: TypeName,
    pub(super) resolved: Option<EntityId>,
    pub(super) condition: Option<Condition>,
    pub(super) unstable: bool,
}

pub(super) struct CommandEntity {
    pub(super) data: Option<TypeName>,
    pub(super) data_resolved: Option<EntityId>,
    pub(super) returns: Option<TypeName>,
    pub(super) returns_resolved: Option<EntityId>,
    pub(super) generated: bool,
    pub(super) success_response: bool,
    pub(super) boxed: bool,
    pub(super) allow_oob: bool,
    pub(super) allow_preconfig: bool,
    pub(super) coroutine: bool,
}

/// What is in the schema, in order.
pub(super) enum Ordered {
    Entity(EntityId),
    Include { file: FileId, target: FileId },
}

/// All entities, by number and by name.
#[derive(Default)]
pub(super) struct Table {
    pub(super) entities: Vec<Entity>,
    pub(super) by_name: HashMap<String, EntityId>,
    pub(super) order: Vec<Ordered>,
}

impl Table {
    pub(super) fn entity(&self, id: EntityId) -> &Entity {
        &self.entities[id.0 as usize]
    }

    pub(super) fn entity_mut(&mut self, id: EntityId) -> &mut Entity {
        &mut self.entities[id.0 as usize]
    }

    fn add(&mut self, entity: Entity) -> EntityId {
        let id = EntityId(self.entities.len() as u32);
        self.order.push(Ordered::Entity(id));
        self.by_name.insert(entity.name.clone(), id);
        self.entities.push(entity);
        id
    }
}

/// Defines everything.
pub(super) fn define(shapes: Vec<Shaped>, sink: &mut Sink) -> Table {
    let mut definer = Definer {
        table: Table::default(),
        features: features::SPECIAL.map(str::to_owned).into(),
        sink,
    };
    definer.predefined();
    for shaped in shapes {
        match shaped {
            Shaped::Definition(shape) => definer.shape(*shape),
            Shaped::Include { file, target } => {
                let include = Ordered::Include { file, target };
                definer.table.order.push(include);
            }
        }
    }
    definer.table
}

struct Definer<'a> {
    table: Table,
    /// The distinct names of features, in the order of their first use.
    features: Vec<String>,
    sink: &'a mut Sink,
}

/// What an entity takes from the definition it comes with.
struct Origin {
    subject: Subject,
    span: Span,
    name_span: Span,
    faulty: bool,
    condition: Option<Condition>,
}

impl Definer<'_> {
    fn predefined(&mut self) {
        for (name, builtin) in Builtin::ALL {
            self.builtin(name, EntityKind::Builtin(builtin));
            let element = TypeName {
                name: name.to_owned(),
                array: false,
                span: NOWHERE,
            };
            let array = EntityKind::Array {
                element,
                resolved: None,
            };
            self.builtin(&format!("{name}List"), array);
        }
        self.builtin(EMPTY, EntityKind::Object(ObjectEntity::default()));
        let kinds = [
            "none", "qnull", "qnum", "qstring", "qdict", "qlist", "qbool",
        ];
        let values = kinds.map(|name| Value {
            name: name.to_owned(),
            span: None,
            condition: None,
            features: vec![],
        });
        let prefix = Some("QTYPE".to_owned());
        let values = values.into();
        self.builtin("QType", EntityKind::Enum { prefix, values });
    }

    fn builtin(&mut self, name: &str, kind: EntityKind) {
        self.table.add(Entity {
            name: name.to_owned(),
            subject: None,
            span: NOWHERE,
            name_span: NOWHERE,
            builtin: true,
            condition: None,
            features: vec![],
            doc: None,
            faulty: false,
            kind,
        });
    }

    fn shape(&mut self, shape: Shape) {
        let origin = Origin {
            subject: shape.subject,
            span: shape.span,
            name_span: shape.name_span,
            faulty: shape.faulty,
            condition: shape.condition,
        };
        self.count_features(&shape.features, &origin);
        let name = &shape.name;
        let kind = match shape.data {
            ShapeData::Enum { prefix, values } => {
                for value in &values {
                    self.count_features(&value.features, &origin);
                }
                EntityKind::Enum { prefix, values }
            }
            ShapeData::Struct { base, members } => EntityKind::Object(ObjectEntity {
                base,
                members: self.members(members, &origin),
                ..ObjectEntity::default()
            }),
            ShapeData::Union {
                base,
                discriminator,
                branches,
            } => EntityKind::Object(ObjectEntity {
                base: self.data(base, name, "base", &origin),
                union: Some(UnionEntity {
                    discriminator,
                    discriminator_type: None,
                    branches: self.branches(branches, &origin),
                }),
                ..ObjectEntity::default()
            }),
            ShapeData::Alternate { branches } => EntityKind::Alternate {
                branches: self.branches(branches, &origin),
            },
            ShapeData::Command {
                data,
                returns,
                generated,
                success_response,
                boxed,
                allow_oob,
                allow_preconfig,
                coroutine,
            } => {
                let data = self.data(data, name, "arg", &origin);
                if let Some(returns) = &returns {
                    self.array_of(returns, &origin);
                }
                EntityKind::Command(CommandEntity {
                    data,
                    data_resolved: None,
                    returns,
                    returns_resolved: None,
                    generated,
                    success_response,
                    boxed,
                    allow_oob,
                    allow_preconfig,
                    coroutine,
                })
            }
            ShapeData::Event { data, boxed } => EntityKind::Event {
                data: self.data(data, name, "arg", &origin),
                resolved: None,
                boxed,
            },
        };
        self.define(shape.name, kind, shape.features, shape.doc, origin);
    }

    fn define(
        &mut self,
        name: String,
        kind: EntityKind,
        features: Vec<Feature>,
        doc: Option<usize>,
        origin: Origin,
    ) {
        let earlier = self.table.by_name.get(&name).copied();
        let id = self.table.add(Entity {
            name,
            subject: Some(origin.subject),
            span: origin.span,
            name_span: origin.name_span,
            builtin: false,
            condition: origin.condition,
            features,
            doc,
            faulty: origin.faulty,
            kind,
        });
        let Some(earlier) = earlier else { return };
        // The first definition keeps the name; the second is checked for what else is wrong with it.
        let entity = self.table.entity(id);
        let (name, previous) = (entity.name.clone(), self.table.entity(earlier));
        let message = format!("{} is already defined", quoted(&name));
        let mut diagnostic = Diagnostic::error(Code::AlreadyDefined, entity.span, message)
            .label(entity.name_span, "defined again here");
        diagnostic = if previous.builtin {
            diagnostic.note("it is a type of the language itself")
        } else {
            diagnostic.label(previous.name_span, "first defined here")
        };
        diagnostic.subject = entity.subject.clone();
        self.sink.push(diagnostic);
        self.table.by_name.insert(name, earlier);
    }

    /// Takes note of the names of features; there must not be too many in all.
    fn count_features(&mut self, features: &[Feature], origin: &Origin) {
        for feature in features {
            if self.features.contains(&feature.name) {
                continue;
            }
            self.features.push(feature.name.clone());
            if self.features.len() == features::LIMIT + 1 {
                let message = format!(
                    "the schema has more than {} distinct features",
                    features::LIMIT
                );
                let mut diagnostic = Diagnostic::error(Code::TooManyFeatures, origin.span, message)
                    .label(feature.span, "this is one too many")
                    .note("`deprecated` and `unstable` count, used or not");
                diagnostic.subject = Some(origin.subject.clone());
                self.sink.push(diagnostic);
            } else if self.features.len() > features::LIMIT {
                self.features.pop();
                return;
            }
        }
    }

    fn members(&mut self, members: Vec<MemberShape>, origin: &Origin) -> Vec<MemberEntity> {
        let members = members.into_iter().map(|member| {
            self.array_of(&member.ty, origin);
            self.count_features(&member.features, origin);
            MemberEntity {
                name: member.name,
                span: member.span,
                optional: member.optional,
                ty: member.ty,
                resolved: None,
                condition: member.condition,
                features: member.features,
            }
        });
        members.collect()
    }

    fn branches(&mut self, branches: Vec<BranchShape>, origin: &Origin) -> Vec<BranchEntity> {
        let branches = branches.into_iter().map(|branch| {
            self.array_of(&branch.ty, origin);
            BranchEntity {
                name: branch.name,
                span: branch.span,
                ty: branch.ty,
                resolved: None,
                condition: branch.condition,
                unstable: false,
            }
        });
        branches.collect()
    }

    /// Defines the array type of a name, if it is one and not yet defined.
    fn array_of(&mut self, ty: &TypeName, origin: &Origin) {
        let name = ty.entity_name();
        if !ty.array || self.table.by_name.contains_key(&*name) {
            return;
        }
        let element = TypeName {
            array: false,
            ..ty.clone()
        };
        let kind = EntityKind::Array {
            element,
            resolved: None,
        };
        self.implicit(name.into_owned(), kind, None, origin);
    }

    /// A named type as it is; inline members as an implicit type, if there are any.
    fn data(&mut self, data: Data, name: &str, role: &str, origin: &Origin) -> Option<TypeName> {
        let members = match data {
            Data::None => return None,
            Data::Named(name) => return Some(name),
            Data::Inline(members) => self.members(members, origin),
        };
        if members.is_empty() {
            return None;
        }
        let name = format!("q_obj_{name}-{role}");
        let object = ObjectEntity {
            implicit: true,
            members,
            ..ObjectEntity::default()
        };
        let condition = origin.condition.clone();
        // A definition of this name exists only if the one it belongs to is defined twice: the first counts.
        let first = self.table.by_name.get(&name).copied();
        self.implicit(name.clone(), EntityKind::Object(object), condition, origin);
        if let Some(first) = first {
            self.table.by_name.insert(name.clone(), first);
        }
        Some(TypeName {
            name,
            array: false,
            span: origin.name_span,
        })
    }

    fn implicit(
        &mut self,
        name: String,
        kind: EntityKind,
        condition: Option<Condition>,
        origin: &Origin,
    ) {
        self.table.add(Entity {
            name,
            subject: Some(origin.subject.clone()),
            span: origin.span,
            name_span: origin.name_span,
            builtin: false,
            condition,
            features: vec![],
            doc: None,
            faulty: origin.faulty,
            kind,
        });
    }
}

impl TypeName {
    /// The name of the entity that it stands for.
    pub(super) fn entity_name(&self) -> Cow<'_, str> {
        match self.array {
            true => Cow::Owned(format!("{}List", self.name)),
            false => Cow::Borrowed(&self.name),
        }
    }
}

/// The span of what is in no file.
const NOWHERE: Span = Span {
    file: FileId(0),
    start: 0,
    end: 0,
};
