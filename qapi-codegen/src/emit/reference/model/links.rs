//! Cross-references: where a name in a text leads.

use std::collections::HashSet;

use super::{Content, Entry, EntryId, Reference};
use crate::markup::{Inline, name_in_target};

/// What a name in a text refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'r> {
    /// An entry.
    Entry(EntryId),
    /// A member, argument, value or alternative of an entry, as this entry has it; see
    /// [`Entry::member_anchor`](super::Entry::member_anchor).
    Member(EntryId, &'r str),
    /// A feature of an entry; see [`Entry::feature_anchor`](super::Entry::feature_anchor).
    Feature(EntryId, &'r str),
}

impl Reference<'_> {
    /// Where a piece of text leads that stands in the documentation of `at`, or in free-form text: `@name` to a
    /// member of the entry at hand or else to the entry of that name, a name in single backticks to the entry of
    /// that name, `NAME.MEMBER` with one of QAPI's roles to a member. What leads nowhere is to be shown as it is.
    pub fn target<'r>(&self, at: Option<EntryId>, text: &'r Inline) -> Option<Target<'r>> {
        match text {
            Inline::Member(name) => at
                .and_then(|at| self.member_target(at, name))
                .or_else(|| self.find(name).map(|(id, _)| Target::Entry(id))),
            Inline::Reference { role, target, .. } => {
                let is_ours = role.as_ref().is_none_or(|role| role.starts_with("qapi:"));
                if !is_ours {
                    return None;
                }
                let name = name_in_target(target);
                if let Some((id, _)) = self.find(name) {
                    return Some(Target::Entry(id));
                }
                let (owner, member) = name.rsplit_once('.')?;
                if let Some((owner, _)) = self.find(owner) {
                    return self.member_target(owner, member);
                }
                // With a role a module may stand in front.
                role.as_ref()?;
                match owner.rsplit_once('.') {
                    Some((_, owner)) => self.member_target(self.find(owner)?.0, member),
                    None => self.find(member).map(|(id, _)| Target::Entry(id)),
                }
            }
            _ => None,
        }
    }

    fn member_target<'r>(&self, at: EntryId, name: &'r str) -> Option<Target<'r>> {
        if self.has_member(at, name) {
            return Some(Target::Member(at, name));
        }
        let is_feature = self.entry(at).features.get(name).is_some();
        is_feature.then_some(Target::Feature(at, name))
    }

    fn has_member(&self, at: EntryId, name: &str) -> bool {
        let mut next = Some(at);
        while let Some(id) = next {
            if self.own_names.contains(&(id, name)) {
                return true;
            }
            next = match &self.entry(id).content {
                Content::Object(object) => object.base,
                _ => None,
            };
        }
        false
    }
}

/// What each entry names itself.
pub(super) fn own_names<'a>(entries: &[Entry<'a>]) -> HashSet<(EntryId, &'a str)> {
    let mut names = HashSet::new();
    for (at, entry) in entries.iter().enumerate() {
        let id = EntryId(at as u32);
        match &entry.content {
            Content::Enum(values) => names.extend(values.iter().map(|one| (id, one.name))),
            Content::Object(object) => {
                names.extend(object.members.iter().map(|one| (id, one.name)));
            }
            Content::Alternate(all) => names.extend(all.iter().map(|one| (id, one.name))),
        }
    }
    names
}
