//! What uses a type, and as what.

use super::{Content, Entry, EntryId, EntryKind};

/// A use of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use<'a> {
    /// What uses it.
    pub by: EntryId,
    /// As what.
    pub role: Role<'a>,
}

/// As what a type is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role<'a> {
    /// As the type of all arguments of a command.
    Arguments,
    /// As the type of one argument of a command.
    Argument(&'a str),
    /// As what a command returns.
    Returns,
    /// As the type of an event's data.
    Data,
    /// As the type of a member; of an event's data too.
    Member(&'a str),
    /// As the base of a struct or union.
    Base,
    /// As the branch of a union, for this value.
    Branch(&'a str),
    /// As an alternative of an alternate.
    Alternative(&'a str),
}

/// Notes with every entry what uses it.
pub(super) fn connect(entries: &mut [Entry<'_>]) {
    let mut uses = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let by = EntryId(at as u32);
        let mut add = |used: Option<EntryId>, role| {
            uses.extend(used.map(|used| (used, Use { by, role })));
        };
        match &entry.content {
            Content::Enum(_) => {}
            Content::Object(object) => {
                let base = match entry.kind {
                    EntryKind::Command => Role::Arguments,
                    EntryKind::Event => Role::Data,
                    _ => Role::Base,
                };
                add(object.base, base);
                for member in &object.members {
                    let role = match entry.kind {
                        EntryKind::Command => Role::Argument(member.name),
                        _ => Role::Member(member.name),
                    };
                    add(member.ty.entry, role);
                }
                let branches = object.union.iter().flat_map(|union| &union.branches);
                branches.for_each(|branch| add(branch.ty, Role::Branch(branch.value)));
            }
            Content::Alternate(alternatives) => {
                for one in alternatives {
                    add(one.ty.entry, Role::Alternative(one.name));
                }
            }
        }
        add(entry.returns.and_then(|ty| ty.entry), Role::Returns);
    }
    for (used, one) in uses {
        entries[used.index()].used_by.push(one);
    }
}
