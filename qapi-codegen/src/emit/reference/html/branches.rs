//! The branches of a union, side by side.

use super::badges;
use super::escape::Html;
use super::members::Rows;
use super::prose::{Heading, Prose};
use super::site::{At, Site};
use super::wire;
use crate::emit::reference::model::{
    Branch, Content, Described, EntryId, EntryKind, Features, Role, Union, Use, Value,
};

/// The branches of the union `of` itself, or of the one that its arguments are. With their members where these
/// may be repeated, otherwise with a link to their types.
pub(super) fn branches(
    site: &Site<'_, '_>,
    at: At,
    of: EntryId,
    union: &Union<'_>,
    at_home: bool,
    out: &mut Html,
) {
    let values = union.discriminator_type.map(|id| site.reference.entry(id));
    let values = match values.map(|entry| &entry.content) {
        Some(Content::Enum(values)) => &values[..],
        _ => &[],
    };
    let (filled, empty): (Vec<_>, Vec<_>) = union
        .branches
        .iter()
        .partition(|branch| branch.ty.is_some());
    out.raw("<p class=\"chooser\"><code>")
        .text(union.discriminator);
    out.raw("</code> decides what else there is.");
    if !filled.is_empty() {
        out.raw(" <span class=\"opener\">Open as many as you want to see side by side:</span>");
    }
    out.raw("</p>\n<div class=\"branches\">\n");
    let writer = Writer {
        site,
        at,
        of,
        union,
        values,
        at_home,
    };
    filled.iter().for_each(|branch| writer.branch(branch, out));
    out.raw("</div>\n");
    if !empty.is_empty() {
        out.raw("<p class=\"nothing\">Nothing more with ");
        for (number, branch) in empty.iter().enumerate() {
            out.raw(if number > 0 { ", " } else { "" });
            out.raw("<code");
            if at_home {
                writer.id(branch, out);
            }
            out.raw(">").text(branch.value).raw("</code>");
            let value = values.iter().find(|value| value.name == branch.value);
            if let Some(condition) = value.and_then(|value| value.condition) {
                out.text(&format!(" (if {condition})"));
            }
        }
        out.raw(".</p>\n");
    }
}

struct Writer<'w, 's, 'r, 'a> {
    site: &'s Site<'r, 'a>,
    at: At,
    of: EntryId,
    union: &'w Union<'a>,
    values: &'w [Value<'a>],
    at_home: bool,
}

impl Writer<'_, '_, '_, '_> {
    /// Are members shown? A union that is all of a command's arguments shows them with the command.
    fn spells_out(&self) -> bool {
        let entry = self.site.reference.entry(self.of);
        let is_message = |one: &Use<'_>| matches!(one.role, Role::Arguments | Role::Data);
        self.at_home && !entry.used_by.iter().any(is_message)
    }

    fn id(&self, branch: &Branch<'_>, out: &mut Html) {
        let entry = self.site.reference.entry(self.of);
        let anchor = entry.branch_anchor(self.union, branch.value);
        out.raw(" id=\"").text(&anchor).raw("\"");
    }

    fn branch(&self, branch: &Branch<'_>, out: &mut Html) {
        let Some(ty) = branch.ty else { return };
        let reference = self.site.reference;
        let entry = reference.entry(ty);
        let value = self.values.iter().find(|value| value.name == branch.value);
        out.raw("<details");
        if self.at_home {
            self.id(branch, out);
        }
        out.raw("><summary><code>").text(branch.value);
        out.raw("</code> ");
        let none = Features::default();
        let features = value.map_or(&none, |value| &value.features);
        let condition = branch
            .condition
            .or_else(|| value.and_then(|value| value.condition));
        badges::of_part(
            value.and_then(|value| value.since),
            condition,
            features,
            out,
        );
        out.raw("</summary>\n<div class=\"branch\">");
        if let (Some(value), Some(owner)) = (value, self.union.discriminator_type) {
            let prose = Prose {
                site: self.site,
                at: self.at.of(owner),
                heading: Heading::Third,
            };
            prose.document(&value.description, out);
        }
        let members = reference.members(ty);
        let is_shown = self.spells_out() && self.site.may_repeat(members.len() + 1);
        out.raw("<p class=\"as\">");
        match is_shown {
            true => out.raw("Members of "),
            false => out.raw("As in "),
        };
        let link = |out: &mut Html| {
            out.raw("<a class=\"e t\"");
            let slug = &reference.subject(entry.subject).slug;
            if !is_shown {
                out.raw(" data-open data-in=\"").text(slug).raw("\"");
            }
            out.raw(" href=\"");
            out.text(&self.site.entry_address(self.at, ty));
            out.raw("\">").text(entry.name).raw("</a>");
        };
        link(out);
        out.raw("</p>\n");
        if is_shown {
            self.members(ty, &members, branch, out);
        }
        out.raw("</div></details>\n");
    }

    fn members(
        &self,
        ty: EntryId,
        members: &[Described<'_, '_>],
        branch: &Branch<'_>,
        out: &mut Html,
    ) {
        let rows = Rows {
            site: self.site,
            at: self.at,
            of: ty,
            at_home: false,
        };
        rows.members(members, out);
        if let Some(inner) = self.site.reference.union(ty) {
            branches(self.site, self.at, ty, inner, false, out);
        }
        if self.site.reference.entry(self.of).kind == EntryKind::Command {
            wire::request(self.site.reference, self.of, Some(branch.value), out);
        }
    }
}
