//! From the schema to the reference.

use std::collections::HashMap;

use super::entry::*;
use super::since::{described, leave_out};
use super::subjects::{Outline, outline};
use super::{EntryId, Reference, SubjectId, links, uses};
use crate::markup::{self, AdmonitionKind, Block, Document};
use crate::schema::{
    self, DefinitionId, Direction, Directions, Doc, DocKind, DocSection, Filter, Kind, Schema,
    Selection,
};

pub(super) fn reference(schema: &Schema) -> Reference<'_> {
    let Outline {
        title,
        is_titled,
        introduction,
        chapters,
        subjects,
        entries: order,
    } = outline(schema);
    let mut by_definition = vec![None; schema.definitions().count()];
    for (at, (definition, _)) in order.iter().enumerate() {
        by_definition[definition.index()] = Some(EntryId(at as u32));
    }
    let filter = Filter::default();
    let builder = Builder {
        schema,
        by_definition: &by_definition,
        directions: Directions::of(schema, &Selection::all(schema, &filter), &filter),
    };
    let entries = order.into_iter();
    let mut entries: Vec<_> = entries
        .map(|(definition, subject)| builder.entry(definition, subject))
        .collect();
    uses::connect(&mut entries);
    Reference {
        title,
        is_titled,
        is_renamed: false,
        introduction,
        chapters,
        subjects,
        own_names: links::own_names(&entries),
        entries,
        by_definition,
        schema,
    }
}

struct Builder<'a, 'b> {
    schema: &'a Schema,
    by_definition: &'b [Option<EntryId>],
    directions: Directions,
}

/// What the documentation of a definition says of each of its parts.
#[derive(Default)]
struct Texts<'a> {
    members: HashMap<&'a str, &'a str>,
    features: HashMap<&'a str, &'a str>,
}

impl<'a> Texts<'a> {
    fn of(doc: &'a Doc) -> Self {
        let map = |list: &'a [(String, String)]| {
            // Of two descriptions the first counts.
            let pairs = list.iter().rev();
            pairs
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect()
        };
        Texts {
            members: map(&doc.members),
            features: map(&doc.features),
        }
    }

    fn member(&self, name: &str) -> &'a str {
        self.members.get(name).copied().unwrap_or_default()
    }

    fn features(&self, features: &'a [schema::Feature]) -> Features<'a> {
        let features = features.iter().map(|feature| Feature {
            name: &feature.name,
            condition: feature.condition.as_ref(),
            description: markup::parse(self.features.get(&*feature.name).unwrap_or(&"")),
        });
        Features(features.collect())
    }
}

impl<'a> Builder<'a, '_> {
    fn entry(&self, id: DefinitionId, subject: SubjectId) -> Entry<'a> {
        let definition = self.schema.definition(id);
        let doc = self.schema.doc(definition);
        let texts = doc.map_or_else(Texts::default, Texts::of);
        let section = |kind| {
            let sections = doc.into_iter().flat_map(|doc| &doc.sections);
            let mut those = sections.filter(move |section| section.kind == kind);
            those.next().map(|section| section.text.as_str())
        };
        let parsed = |kind| section(kind).map_or_else(Document::default, markup::parse);
        let mut details = Document::default();
        if let Some(doc) = doc {
            add_sections(&mut details, &doc.sections);
        }
        let since = self.schema.since(definition);
        let mut description =
            doc.map_or_else(Document::default, |doc| markup::parse_body(&doc.body));
        leave_out(since, &mut description);
        let mut entry = Entry {
            definition: id,
            name: &definition.name,
            kind: EntryKind::Struct,
            subject,
            since: section(DocKind::Since).map(|text| Since {
                version: since,
                text: text.trim(),
            }),
            condition: definition.condition.as_ref(),
            features: texts.features(&definition.features),
            flags: Flags::default(),
            description,
            details,
            returns: None,
            returns_text: parsed(DocKind::Returns),
            errors: parsed(DocKind::Errors),
            content: Content::Object(Object::default()),
            used_by: Vec::new(),
            direction: self.directions.get(id),
        };
        self.fill(&mut entry, &definition.kind, &texts);
        entry
    }

    fn fill(&self, entry: &mut Entry<'a>, kind: &'a Kind, texts: &Texts<'a>) {
        match kind {
            // These have no entries.
            Kind::Builtin(_) | Kind::Array(_) => {}
            Kind::Enum(values) => {
                entry.kind = EntryKind::Enum;
                let values = values.values.iter().map(|value| {
                    let (description, since) = described(texts.member(&value.name));
                    Value {
                        name: &value.name,
                        condition: value.condition.as_ref(),
                        features: texts.features(&value.features),
                        description,
                        since,
                    }
                });
                entry.content = Content::Enum(values.collect());
            }
            Kind::Object(object) => {
                if object.union.is_some() {
                    entry.kind = EntryKind::Union;
                }
                entry.content = Content::Object(self.object(object, texts));
            }
            Kind::Alternate(alternate) => {
                entry.kind = EntryKind::Alternate;
                let branches = alternate.branches.iter();
                let all = branches.map(|branch| self.alternative(branch, texts));
                entry.content = Content::Alternate(all.collect());
            }
            Kind::Command(command) => {
                entry.kind = EntryKind::Command;
                entry.flags = Flags {
                    out_of_band: command.allow_oob,
                    preconfig: command.allow_preconfig,
                    more_arguments: !command.generated,
                    silent: !command.success_response,
                };
                entry.direction = Direction {
                    by_client: true,
                    by_server: false,
                };
                entry.returns = command.returns.map(|ty| self.ty(ty));
                entry.content = Content::Object(self.message(command.arguments, texts));
            }
            Kind::Event(event) => {
                entry.kind = EntryKind::Event;
                entry.content = Content::Object(self.message(event.data, texts));
            }
        }
    }

    /// Arguments or data: members that are given in place, or those of a type.
    fn message(&self, data: Option<DefinitionId>, texts: &Texts<'a>) -> Object<'a> {
        match data {
            Some(id) => self.extending(id, texts),
            None => Object::default(),
        }
    }

    /// An object with nothing but a base, which may be given in place.
    fn extending(&self, base: DefinitionId, texts: &Texts<'a>) -> Object<'a> {
        match self.schema.object(base) {
            Some(object) if object.implicit => self.object(object, texts),
            _ => Object {
                base: self.by_definition[base.index()],
                ..Object::default()
            },
        }
    }

    fn object(&self, object: &'a schema::Object, texts: &Texts<'a>) -> Object<'a> {
        let base = object.base.map(|base| self.extending(base, texts));
        let mut made = base.unwrap_or_default();
        let members = object
            .members
            .iter()
            .map(|member| self.member(member, texts));
        made.members.extend(members);
        made.union = object.union.as_ref().map(|union| Union {
            discriminator: &union.discriminator,
            discriminator_type: self.by_definition[union.discriminator_type.index()],
            branches: union
                .branches
                .iter()
                .map(|branch| Branch {
                    value: &branch.name,
                    ty: self.by_definition[branch.ty.index()],
                    condition: branch.condition.as_ref(),
                })
                .collect(),
        });
        made
    }

    fn member(&self, member: &'a schema::Member, texts: &Texts<'a>) -> Member<'a> {
        let (description, since) = described(texts.member(&member.name));
        Member {
            name: &member.name,
            ty: self.ty(member.ty),
            optional: member.optional,
            condition: member.condition.as_ref(),
            features: texts.features(&member.features),
            description,
            since,
        }
    }

    fn alternative(&self, branch: &'a schema::Branch, texts: &Texts<'a>) -> Alternative<'a> {
        let (description, since) = described(texts.member(&branch.name));
        let json = match &self.schema.definition(branch.ty).kind {
            Kind::Builtin(builtin) => JsonKind::of_builtin(*builtin),
            Kind::Array(_) => JsonKind::Array,
            Kind::Enum(_) => JsonKind::String,
            _ => JsonKind::Object,
        };
        Alternative {
            name: &branch.name,
            ty: self.ty(branch.ty),
            json,
            condition: branch.condition.as_ref(),
            description,
            since,
        }
    }

    fn ty(&self, mut id: DefinitionId) -> TypeRef<'a> {
        let mut arrays = 0;
        while let Kind::Array(element) = self.schema.definition(id).kind {
            id = element;
            arrays += 1;
        }
        let definition = self.schema.definition(id);
        TypeRef {
            name: &definition.name,
            arrays,
            entry: self.by_definition[id.index()],
            builtin: match definition.kind {
                Kind::Builtin(builtin) => Some(builtin),
                _ => None,
            },
        }
    }
}

/// Adds the sections that are not about something particular. Notes and examples of the dialect of 7.2 become
/// what the later dialects write as directives.
fn add_sections(text: &mut Document, sections: &[DocSection]) {
    for section in sections {
        match section.kind {
            DocKind::Returns | DocKind::Errors | DocKind::Since | DocKind::Todo => {}
            DocKind::Plain => text.blocks.extend(markup::parse(&section.text).blocks),
            DocKind::Example => text
                .blocks
                .extend(markup::parse_example(&section.text).blocks),
            DocKind::Note => text.blocks.push(Block::Admonition {
                kind: AdmonitionKind::Note,
                title: Vec::new(),
                blocks: markup::parse(&section.text).blocks,
            }),
        }
    }
}
