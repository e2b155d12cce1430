//! The last step: what was checked becomes the [`Schema`].

use std::path::{Component, Path, PathBuf};

use super::entities::{BranchEntity, Entity, EntityId, EntityKind, MemberEntity, Ordered, Table};
use super::{Input, docs};
use crate::schema::{
    Alternate, Branch, Command, Definition, DefinitionId, Doc, DocId, DocKind, DocSection, Entry,
    Enum, Event, Kind, Member, Module, ModuleId, Object, Schema, Union,
};
use crate::source::{FileId, Sources};
use crate::syntax::{Description, Document, SectionKind};

/// Builds the schema of a table in which everything is resolved.
pub(super) fn schema(mut table: Table, undescribed: docs::Undescribed, input: Input<'_>) -> Schema {
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
    let homes: Vec<ModuleId> = (0..table.entities.len())
        .map(|at| match home(EntityId(at as u32), &table) {
            None => ModuleId(0),
            Some(file) => modules.of_file(file),
        })
        .collect();
    inherit_conditions(&mut table);
    let mut docs: Vec<(ModuleId, Doc)> = Vec::with_capacity(input.docs.len());
    for document in input.docs {
        let module = modules.of_file(document.span.file);
        docs.push((module, doc(document)));
    }
    // Members without description have an empty one, after the others.
    for (at, name) in undescribed {
        docs[at].1.members.push((name, String::new()));
    }
    let definitions = table.entities.into_iter().zip(homes);
    let by_name = table.by_name.into_iter();
    Schema {
        modules: modules.list,
        definitions: definitions
            .map(|(entity, module)| definition(entity, module))
            .collect(),
        by_name: by_name
            .map(|(name, id)| (name, DefinitionId(id.0)))
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
    /// By the number of the file.
    by_file: Vec<Option<ModuleId>>,
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
            by_file: vec![None; sources.files().count()],
        };
        modules.of_file(FileId(0));
        modules
    }

    fn of_file(&mut self, file: FileId) -> ModuleId {
        if let Some(known) = self.by_file[file.0 as usize] {
            return known;
        }
        let id = ModuleId(self.list.len() as u32);
        let name = relative(self.sources.file(file).path(), &self.root);
        self.list.push(Module {
            name,
            entries: vec![],
        });
        self.by_file[file.0 as usize] = Some(id);
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

/// An array exists where its elements do.
fn inherit_conditions(table: &mut Table) {
    for at in 0..table.entities.len() {
        if let EntityKind::Array {
            resolved: Some(element),
            ..
        } = table.entities[at].kind
        {
            table.entities[at].condition = table.entity(element).condition.clone();
        }
    }
}

fn definition(entity: Entity, module: ModuleId) -> Definition {
    Definition {
        name: entity.name,
        span: (!entity.builtin).then_some(entity.span),
        module,
        condition: entity.condition,
        features: entity.features,
        doc: entity.doc.map(|at| DocId(at as u32)),
        kind: kind(entity.kind),
    }
}

/// A reference that was resolved; without errors, all are.
fn resolved(id: Option<EntityId>) -> DefinitionId {
    DefinitionId(
        id.expect("a schema without errors has no unresolved name")
            .0,
    )
}

fn kind(kind: EntityKind) -> Kind {
    let id = |id: EntityId| DefinitionId(id.0);
    match kind {
        EntityKind::Builtin(builtin) => Kind::Builtin(builtin),
        EntityKind::Array {
            resolved: element, ..
        } => Kind::Array(resolved(element)),
        EntityKind::Enum { prefix, values } => Kind::Enum(Enum { prefix, values }),
        EntityKind::Object(object) => Kind::Object(Object {
            implicit: object.implicit,
            base: object.base_resolved.map(id),
            members: object.members.into_iter().map(member).collect(),
            union: object.union.map(|union| Union {
                discriminator: union.discriminator.map_or(String::new(), |(name, _)| name),
                discriminator_type: resolved(union.discriminator_type),
                branches: union.branches.into_iter().map(branch).collect(),
            }),
        }),
        EntityKind::Alternate { branches } => Kind::Alternate(Alternate {
            branches: branches.into_iter().map(branch).collect(),
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
            boxed,
        }),
    }
}

fn member(member: MemberEntity) -> Member {
    Member {
        name: member.name,
        span: member.span,
        ty: resolved(member.resolved),
        optional: member.optional,
        condition: member.condition,
        features: member.features,
    }
}

fn branch(branch: BranchEntity) -> Branch {
    Branch {
        name: branch.name,
        ty: resolved(branch.resolved),
        condition: branch.condition,
        unstable: branch.unstable,
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
