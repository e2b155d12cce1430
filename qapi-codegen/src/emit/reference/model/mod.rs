//! The document model: a schema's reference as data, resolved and in reading order. What every renderer starts
//! from, so that all of them show the same things, in the same order, under the same ids.
//!
//! A [`Reference`] has chapters, a chapter has subjects, a subject is a file of the schema: its texts and its
//! definitions in turn. Each definition is an [`Entry`]. Entries name one another by [`EntryId`]; what a type has
//! of its base, or a command of its arguments' type, is asked for with [`Reference::members`] and
//! [`Reference::union`], and not copied: the model is as large as the schema.
//!
//! ```
//! use qapi_codegen::emit::reference::model::Reference;
//! use qapi_codegen::{analyze, source::MemoryLoader};
//!
//! let files = MemoryLoader::new().with("lamp.json", "{ 'command': 'dim', 'data': { 'level': 'int' } }");
//! let schema = analyze("lamp.json".as_ref(), &files, None)?.schema.ok_or("invalid")?;
//! let reference = Reference::of(&schema);
//! let (id, dim) = reference.find("dim").ok_or("there is no such command")?;
//! assert_eq!(dim.anchor(), "command-dim");
//! assert_eq!(reference.members(id)[0].member.name, "level");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod build;
mod entry;
mod links;
mod plain;
mod since;
mod subjects;
mod uses;

pub use entry::{
    Alternative, Branch, Content, Entry, EntryKind, Feature, Features, Flags, JsonKind, Member,
    Object, Since, TypeRef, Union, Value,
};
pub use links::Target;
pub use plain::{plain, sentence};
pub use subjects::{Chapter, Part, Subject};
pub use uses::{Role, Use};

use std::collections::HashSet;

use crate::markup::Document;
use crate::schema::{DefinitionId, Schema};

/// An entry; an index into its [`Reference`]. In the order in which entries are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(u32);

impl EntryId {
    /// Its number among the entries of its reference.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A subject; an index into its [`Reference`]. In the order in which subjects are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectId(u32);

impl SubjectId {
    /// Its number among the subjects of its reference.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The reference of a schema.
#[derive(Clone, Debug)]
pub struct Reference<'a> {
    /// The heading of the schema's root file; where it has none, the file's name.
    pub title: String,
    /// Whether the title is a heading, and not the name of the file.
    pub is_titled: bool,
    /// Whether it was [given](Reference::rename) a title.
    pub(in crate::emit::reference) is_renamed: bool,
    /// What the root file says before it includes others, without that heading.
    pub introduction: Document,
    /// The chapters; a schema whose root file has no headings between its includes is one without a title.
    pub chapters: Vec<Chapter>,
    subjects: Vec<Subject<'a>>,
    entries: Vec<Entry<'a>>,
    /// The entry of each definition that has one.
    by_definition: Vec<Option<EntryId>>,
    /// What each entry names itself: members, values, alternatives.
    own_names: HashSet<(EntryId, &'a str)>,
    schema: &'a Schema,
}

/// A member as something else has it: with the entry that describes it.
#[derive(Clone, Copy, Debug)]
pub struct Described<'r, 'a> {
    /// The entry that the member belongs to: the one that was asked for, its base, the type of its arguments.
    pub owner: EntryId,
    /// The member.
    pub member: &'r Member<'a>,
}

impl<'a> Reference<'a> {
    /// The reference of a schema.
    pub fn of(schema: &'a Schema) -> Self {
        build::reference(schema)
    }

    /// Gives it another title, if there is one.
    pub fn rename(&mut self, title: Option<&str>) {
        if let Some(title) = title {
            title.clone_into(&mut self.title);
            self.is_titled = true;
            self.is_renamed = true;
        }
    }

    /// The entry of an id that this reference gave out.
    pub fn entry(&self, id: EntryId) -> &Entry<'a> {
        &self.entries[id.index()]
    }

    /// Every entry, in reading order.
    pub fn entries(&self) -> impl Iterator<Item = (EntryId, &Entry<'a>)> {
        let numbered = self.entries.iter().enumerate();
        numbered.map(|(at, entry)| (EntryId(at as u32), entry))
    }

    /// The entry of a name, as it stands in the schema.
    pub fn find(&self, name: &str) -> Option<(EntryId, &Entry<'a>)> {
        let id = self.entry_of(self.schema.find(name)?)?;
        Some((id, self.entry(id)))
    }

    /// The entry of a definition; arrays, implicit types and those of the language itself have none.
    pub fn entry_of(&self, definition: DefinitionId) -> Option<EntryId> {
        self.by_definition[definition.index()]
    }

    /// How many members, values and alternatives the schema has in all, and one for each struct, union, command and
    /// event: what it would be to show each once.
    pub fn parts(&self) -> usize {
        let parts = self.entries.iter().map(|entry| match &entry.content {
            Content::Enum(values) => values.len(),
            Content::Object(object) => object.members.len() + 1,
            Content::Alternate(all) => all.len(),
        });
        parts.sum()
    }

    /// The subject of an id that this reference gave out.
    pub fn subject(&self, id: SubjectId) -> &Subject<'a> {
        &self.subjects[id.index()]
    }

    /// Every subject, in reading order.
    pub fn subjects(&self) -> impl Iterator<Item = (SubjectId, &Subject<'a>)> {
        let numbered = self.subjects.iter().enumerate();
        numbered.map(|(at, subject)| (SubjectId(at as u32), subject))
    }

    /// All members of a struct, union, command or event: those of its base, or of the type of its arguments,
    /// first. Enums and alternates have none.
    pub fn members(&self, id: EntryId) -> Vec<Described<'_, 'a>> {
        let mut chain = Vec::new();
        let mut next = Some(id);
        // A base has no bases in a circle: the checker sees to it.
        while let Some(owner) = next {
            let Content::Object(object) = &self.entry(owner).content else {
                break;
            };
            chain.push((owner, object));
            next = object.base;
        }
        let outermost_first = chain.into_iter().rev();
        outermost_first
            .flat_map(|(owner, object)| {
                let members = object.members.iter();
                members.map(move |member| Described { owner, member })
            })
            .collect()
    }

    /// The branches of a union, or of the union that a command or event has for its arguments.
    pub fn union(&self, id: EntryId) -> Option<&Union<'a>> {
        let mut next = Some(id);
        while let Some(id) = next {
            let Content::Object(object) = &self.entry(id).content else {
                break;
            };
            if object.union.is_some() {
                return object.union.as_ref();
            }
            next = object.base;
        }
        None
    }
}
