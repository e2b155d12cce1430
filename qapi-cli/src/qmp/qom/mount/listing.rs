//! A directory: the properties of an object as files, directories and links.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use tokio::sync::OnceCell;

use super::super::listed::Listed;
use super::super::property::Kind;
use super::content::content;
use super::name::file_name;

/// How many entries a directory may have, as many as a tree has objects.
pub(super) const ENTRIES: usize = super::super::tree::OBJECTS;

/// The entries of a directory, in the order of their files' names.
#[derive(Debug)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    /// How many properties are left out because no file can be called so.
    pub(super) unnamed: usize,
}

/// An entry of a directory.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) file_name: String,
    /// The property's name.
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) kind: Kind,
    /// The size of the file, if the value came with the listing.
    pub(super) size: Option<u64>,
    /// The path of the object that a link leads to, empty if to none; as it was when it was first asked for.
    pub(super) target: OnceCell<String>,
}

impl Listing {
    /// The entries that `listed` properties make.
    pub(super) fn new(listed: Vec<Listed>) -> Self {
        let all = listed.len();
        let mut entries: Vec<Entry> = listed.into_iter().filter_map(Entry::new).collect();
        let unnamed = all - entries.len();
        entries.sort_by(|a, b| a.file_name.cmp(&b.file_name));
        // A property has one name, whatever a machine says.
        entries.dedup_by(|a, b| a.file_name == b.file_name);
        Self { entries, unnamed }
    }

    pub(super) fn find(&self, file_name: &str) -> Option<&Entry> {
        let order = |entry: &Entry| entry.file_name.as_str().cmp(file_name);
        let at = self.entries.binary_search_by(order).ok()?;
        self.entries.get(at)
    }

    /// The entry of the property `name`.
    pub(super) fn of(&self, name: &str) -> Option<&Entry> {
        self.find(&file_name(name)?)
    }

    /// A number that another listing hardly has.
    pub(super) fn fingerprint(&self, keys: &RandomState) -> u64 {
        let names = self.entries.iter().map(|entry| (&entry.name, &entry.ty));
        keys.hash_one(names.collect::<Vec<_>>())
    }
}

impl Entry {
    fn new(listed: Listed) -> Option<Self> {
        let Listed { property, value } = listed;
        let kind = property.kind();
        let target = match (kind, &value) {
            (Kind::Link, Some(value)) => value.to().ok(),
            _ => None,
        };
        let size = value.map(|value| content(&value, &property.ty).len() as u64);
        Some(Self {
            file_name: file_name(&property.name)?,
            name: property.name,
            ty: property.ty,
            kind,
            size,
            target: OnceCell::new_with(target),
        })
    }
}
