//! What all pages are made with: the reference, where things are, and how much may be repeated.

use std::cell::Cell;

use super::escape::Html;
use crate::emit::reference::model::{EntryId, EntryKind, Reference, SubjectId, Target, TypeRef};
use crate::emit::rust::Outlines;
use crate::markup::Inline;

/// The reference, and what else a page needs to know.
pub(super) struct Site<'r, 'a> {
    pub(super) reference: &'r Reference<'a>,
    pub(super) rust: Outlines<'a>,
    /// The title of the whole.
    pub(super) title: String,
    /// How many members may still be shown in places other than that where they are defined: a schema whose types
    /// repeat one another's without end does not make pages without end.
    allowance: Cell<usize>,
}

/// Where something is being written.
#[derive(Clone, Copy)]
pub(super) struct At {
    /// The page; `None` is any.
    pub(super) page: Option<SubjectId>,
    /// The entry, whose members `@name` means.
    pub(super) entry: Option<EntryId>,
}

impl At {
    /// On a page, outside of entries.
    pub(super) fn page(page: SubjectId) -> Self {
        At {
            page: Some(page),
            entry: None,
        }
    }

    /// On no page that is known.
    pub(super) fn anywhere() -> Self {
        At {
            page: None,
            entry: None,
        }
    }

    /// The same place, in the words of another entry.
    pub(super) fn of(self, entry: EntryId) -> Self {
        At {
            entry: Some(entry),
            ..self
        }
    }
}

impl<'r, 'a> Site<'r, 'a> {
    pub(super) fn new(reference: &'r Reference<'a>, rust: Outlines<'a>, title: String) -> Self {
        Site {
            reference,
            rust,
            title,
            allowance: Cell::new(10_000 + 16 * reference.parts()),
        }
    }

    /// May so many members be repeated? If so, they count as repeated.
    pub(super) fn may_repeat(&self, members: usize) -> bool {
        let left = self.allowance.get().checked_sub(members);
        left.inspect(|left| self.allowance.set(*left)).is_some()
    }

    /// The address of an id, as seen from a page.
    pub(super) fn address(&self, at: At, subject: SubjectId, anchor: &str) -> String {
        match at.page == Some(subject) {
            true => format!("#{anchor}"),
            false => format!("{}.html#{anchor}", self.reference.subject(subject).slug),
        }
    }

    /// The address of an entry.
    pub(super) fn entry_address(&self, at: At, id: EntryId) -> String {
        let entry = self.reference.entry(id);
        self.address(at, entry.subject, &entry.anchor())
    }

    /// The address of a member, value or alternative of an entry.
    pub(super) fn member_address(&self, at: At, id: EntryId, member: &str) -> String {
        let entry = self.reference.entry(id);
        self.address(at, entry.subject, &entry.member_anchor(member))
    }

    /// Where a piece of text leads.
    pub(super) fn text_address(&self, at: At, text: &Inline) -> Option<String> {
        Some(match self.reference.target(at.entry, text)? {
            Target::Entry(id) => self.entry_address(at, id),
            Target::Member(id, name) => self.member_address(at, id, name),
            Target::Feature(id, name) => {
                let entry = self.reference.entry(id);
                self.address(at, entry.subject, &entry.feature_anchor(name))
            }
        })
    }

    /// A link to an entry by its name.
    pub(super) fn entry_link(&self, at: At, id: EntryId, out: &mut Html) {
        let entry = self.reference.entry(id);
        out.raw("<a class=\"e ").raw(letter(entry.kind));
        out.raw("\" href=\"").text(&self.entry_address(at, id));
        out.raw("\">").text(entry.name).raw("</a>");
    }

    /// A type, with a link where it has an entry.
    pub(super) fn type_link(&self, at: At, ty: &TypeRef<'_>, out: &mut Html) {
        for _ in 0..ty.arrays {
            out.raw("<span class=\"of\">array of</span> ");
        }
        match ty.entry {
            None => {
                out.raw("<span class=\"ty\">").text(ty.name).raw("</span>");
            }
            Some(id) => {
                let subject = self.reference.entry(id).subject;
                let slug = &self.reference.subject(subject).slug;
                out.raw("<a class=\"ty\" data-in=\"").text(slug);
                out.raw("\" href=\"").text(&self.entry_address(at, id));
                out.raw("\">").text(ty.name).raw("</a>");
            }
        }
    }
}

/// What a reader looks for, and the class of each.
pub(super) const GROUPS: [(&str, &str); 3] = [("Commands", "c"), ("Events", "v"), ("Types", "t")];

/// The class that a kind is coloured by.
pub(super) fn letter(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Command => "c",
        EntryKind::Event => "v",
        _ => "t",
    }
}
