//! The last step: what was checked becomes the [`Schema`].

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};

use super::Input;
use super::entities::{Entity, EntityId, EntityKind, Ordered, Table};
use super::structs::object;
use crate::schema::{
    Alternate, Branch, Command, Definition, DefinitionId, Doc, DocId, DocKind, DocSection, Entry,
    Enum, Event, Kind, Member, Module, ModuleId, Object, Schema, Union,
};
use crate::source::{FileId, Sources};
use crate::syntax::{Description, Document, SectionKind};

/// Builds the schema of a table in which everything is resolved.
pub(super) fn schema(table: Table, input: Input<'_>) -> Schema {
    let mut modules = Modules::new(input.sources);
    for ordered in &table.order {
        if let Ordered::Include { target, .. } = ordered {
            modules.of_file(*target);
        }
    }
    for ordered in &table.order {
        match ordered {
            Ordered::Include { file, target, .. } => {
                let target = modules.of_file(*target);
                modules.add(*file, Entry::Include(target));
            }
            Ordered::Entity(id) => {
                let entry = Entry::Definition(DefinitionId(id.0));
                match home(*id, &table) {
                    None => modules.list[0].entries.push(entry),
                    Some(file) => modules.add(file, entry),
                }
            }
        }
    }
    let mut definitions = Vec::with_capacity(table.entities.len());
    for (at, entity) in table.entities.iter().enumerate() {
        let module = match home(EntityId(at as u32), &table) {
            None => ModuleId(0),
            Some(file) => modules.of_file(file),
        };
        definitions.push(definition(entity, module, &table));
    }
    let mut docs: Vec<(ModuleId, Doc)> = Vec::with_capacity(input.docs.len());
    for document in input.docs {
        let module = modules.of_file(document.span.file);
        docs.push((module, doc(document)));
    }
    add_undescribed(&table, &mut docs);
    Schema {
        modules: modules.list,
        definitions,
        by_name: table
            .by_name
            .iter()
            .map(|(name, id)| (name.clone(), DefinitionId(id.0)))
            .collect(),
        docs,
    }
}

/// The file an entity belongs to: an array is where its elements are. Built-in ones are in none.
fn home(id: EntityId, table: &Table) -> Option<FileId> {
    let entity = table.entity(id);
    if entity.builtin {
        return None;
    }
    match &entity.kind {
        EntityKind::Array {
            resolved: Some(element),
            ..
        } => home(*element, table),
        _ => Some(entity.span.file),
    }
}

/// The modules in the order of their includes.
struct Modules<'a> {
    sources: &'a Sources,
    root: PathBuf,
    list: Vec<Module>,
    by_file: HashMap<FileId, ModuleId>,
}

impl<'a> Modules<'a> {
    fn new(sources: &'a Sources) -> Self {
        let root = sources
            .files()
            .next()
            .map_or(Path::new(""), |file| file.path());
        let root = root.parent().unwrap_or(Path::new("")).to_path_buf();
        let builtin = Module {
            name: "./builtin".to_owned(),
            entries: vec![],
        };
        let mut modules = Modules {
            sources,
            root,
            list: vec![builtin],
            by_file: HashMap::new(),
        };
        modules.of_file(FileId(0));
        modules
    }

    fn of_file(&mut self, file: FileId) -> ModuleId {
        if let Some(&known) = self.by_file.get(&file) {
            return known;
        }
        let id = ModuleId(self.list.len() as u32);
        let name = relative(self.sources.file(file).path(), &self.root);
        self.list.push(Module {
            name,
            entries: vec![],
        });
        self.by_file.insert(file, id);
        id
    }

    fn add(&mut self, file: FileId, entry: Entry) {
        let module = self.of_file(file);
        self.list[module.0 as usize].entries.push(entry);
    }
}

/// A path as seen from a folder, with `/` between its parts.
fn relative(path: &Path, folder: &Path) -> String {
    let (path, folder) = (parts(path), parts(folder));
    let common = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = folder[common..].iter().map(|_| "..".to_owned());
    up.chain(path[common..].iter().cloned())
        .collect::<Vec<_>>()
        .join("/")
}

fn parts(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

fn definition(entity: &Entity, module: ModuleId, table: &Table) -> Definition {
    // An array exists where its elements do.
    let condition = match &entity.kind {
        EntityKind::Array {
            resolved: Some(element),
            ..
        } => &table.entity(*element).condition,
        _ => &entity.condition,
    };
    Definition {
        name: entity.name.clone(),
        span: (!entity.builtin).then_some(entity.span),
        module,
        condition: condition.clone(),
        features: entity.features.clone(),
        doc: entity.doc.map(|at| DocId(at as u32)),
        kind: kind(entity),
    }
}

/// A reference that was resolved; without errors, all are.
fn resolved(id: Option<EntityId>) -> DefinitionId {
    DefinitionId(
        id.expect("a schema without errors has no unresolved name")
            .0,
    )
}

fn kind(entity: &Entity) -> Kind {
    let id = |id: EntityId| DefinitionId(id.0);
    let branch = |branch: &super::entities::BranchEntity| Branch {
        name: branch.name.clone(),
        ty: resolved(branch.resolved),
        condition: branch.condition.clone(),
    };
    match &entity.kind {
        EntityKind::Builtin(builtin) => Kind::Builtin(*builtin),
        EntityKind::Array {
            resolved: element, ..
        } => Kind::Array(resolved(*element)),
        EntityKind::Enum { prefix, values } => Kind::Enum(Enum {
            prefix: prefix.clone(),
            values: values.clone(),
        }),
        EntityKind::Object(object) => Kind::Object(Object {
            implicit: object.implicit,
            base: object.base_resolved.map(id),
            members: object.members.iter().map(member).collect(),
            union: object.union.as_ref().map(|union| Union {
                discriminator: union
                    .discriminator
                    .clone()
                    .map_or(String::new(), |(name, _)| name),
                discriminator_type: resolved(union.discriminator_type),
                branches: union.branches.iter().map(branch).collect(),
            }),
        }),
        EntityKind::Alternate { branches } => Kind::Alternate(Alternate {
            branches: branches.iter().map(branch).collect(),
        }),
        EntityKind::Command(command) => Kind::Command(Command {
            arguments: command.data_resolved.map(id),
            returns: command.returns_resolved.map(id),
            generated: command.generated,
            success_response: command.success_response,
            boxed: command.boxed,
            allow_oob: command.allow_oob,
            allow_preconfig: command.allow_preconfig,
            coroutine: command.coroutine,
        }),
        EntityKind::Event {
            resolved, boxed, ..
        } => Kind::Event(Event {
            data: resolved.map(id),
            boxed: *boxed,
        }),
    }
}

fn member(member: &super::entities::MemberEntity) -> Member {
    Member {
        name: member.name.clone(),
        span: member.span,
        ty: resolved(member.resolved),
        optional: member.optional,
        condition: member.condition.clone(),
        features: member.features.clone(),
    }
}

fn doc(document: Document) -> Doc {
    let described = |list: Vec<Description>| {
        let pairs = list.into_iter().map(|one| (one.name.text, one.text));
        pairs.collect()
    };
    let sections = document.sections.into_iter().map(|section| DocSection {
        kind: match section.kind {
            SectionKind::Plain => DocKind::Plain,
            SectionKind::Returns => DocKind::Returns,
            SectionKind::Errors => DocKind::Errors,
            SectionKind::Since => DocKind::Since,
            SectionKind::Todo => DocKind::Todo,
            SectionKind::Note | SectionKind::Notes => DocKind::Note,
            SectionKind::Example | SectionKind::Examples => DocKind::Example,
        },
        text: section.text,
    });
    Doc {
        span: document.span,
        symbol: document.symbol.map(|symbol| symbol.text),
        body: document.body.text,
        members: described(document.members),
        features: described(document.features),
        sections: sections.collect(),
    }
}

/// Members without description have an empty one, after the others.
fn add_undescribed(table: &Table, docs: &mut [(ModuleId, Doc)]) {
    for entity in &table.entities {
        let Some(at) = entity.doc else { continue };
        let mut names: Vec<&str> = Vec::new();
        let mut add_object = |id: Option<EntityId>| {
            let object = id
                .and_then(|id| object(table, id))
                .filter(|object| object.implicit);
            if let Some(object) = object {
                names.extend(object.members.iter().map(|member| member.name.as_str()));
            }
        };
        match &entity.kind {
            EntityKind::Enum { values, .. } => {
                names.extend(values.iter().map(|value| value.name.as_str()))
            }
            EntityKind::Alternate { branches } => {
                names.extend(branches.iter().map(|branch| branch.name.as_str()));
            }
            EntityKind::Object(object) => {
                add_object(object.base_resolved);
                names.extend(object.members.iter().map(|member| member.name.as_str()));
            }
            EntityKind::Command(command) => add_object(command.data_resolved),
            EntityKind::Event { resolved, .. } => add_object(*resolved),
            EntityKind::Builtin(_) | EntityKind::Array { .. } => {}
        }
        let members = &mut docs[at].1.members;
        let mut known: HashSet<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        names.retain(|name| known.insert(name));
        members.extend(
            names
                .into_iter()
                .map(|name| (name.to_owned(), String::new())),
        );
    }
}
