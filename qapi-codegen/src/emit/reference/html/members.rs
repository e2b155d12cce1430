//! Members, values and alternatives: a row each.

use super::badges;
use super::escape::Html;
use super::prose::{Heading, Prose};
use super::site::{At, Site};
use crate::emit::reference::model::{
    Alternative, Content, Described, EntryId, Feature, Features, TypeRef, Value,
};
use crate::markup::Document;

/// Up to how many values of an enum are shown where a member is of it.
const CHOICES: usize = 7;

/// Writes the rows of one entry.
pub(super) struct Rows<'s, 'r, 'a> {
    pub(super) site: &'s Site<'r, 'a>,
    pub(super) at: At,
    /// The entry whose rows they are.
    pub(super) of: EntryId,
    /// Are they where the entry stands? Then each has its id.
    pub(super) at_home: bool,
}

impl Rows<'_, '_, '_> {
    /// Members, inherited ones too.
    pub(super) fn members(&self, members: &[Described<'_, '_>], out: &mut Html) {
        if members.is_empty() {
            return;
        }
        out.raw("<dl class=\"rows\">\n");
        let several = members.iter().any(|one| one.owner != members[0].owner);
        for one in members {
            let member = one.member;
            self.open(member.name, out);
            out.raw(" <span class=\"is\">");
            self.site.type_link(self.at, &member.ty, out);
            self.choices(&member.ty, out);
            out.raw("</span> ");
            if member.optional {
                out.raw("<span class=\"optional\">optional</span> ");
            }
            badges::of_part(member.since, member.condition, &member.features, out);
            if one.owner != self.of && several {
                out.raw("<span class=\"from\">from ");
                self.site.entry_link(self.at, one.owner, out);
                out.raw("</span>");
            }
            self.close(one.owner, &member.description, &member.features, out);
        }
        out.raw("</dl>\n");
    }

    /// The values of an enum.
    pub(super) fn values(&self, values: &[Value<'_>], out: &mut Html) {
        if values.is_empty() {
            return;
        }
        out.raw("<dl class=\"rows values\">\n");
        for value in values {
            self.open(value.name, out);
            out.raw(" ");
            badges::of_part(value.since, value.condition, &value.features, out);
            self.close(self.of, &value.description, &value.features, out);
        }
        out.raw("</dl>\n");
    }

    /// The alternatives of an alternate, told by the kind of JSON value.
    pub(super) fn alternatives(&self, all: &[Alternative<'_>], out: &mut Html) {
        out.raw("<dl class=\"rows\">\n");
        for one in all {
            self.open(one.name, out);
            out.raw(" <span class=\"is\">");
            self.site.type_link(self.at, &one.ty, out);
            self.choices(&one.ty, out);
            out.raw("</span> <span class=\"json\">JSON ");
            out.raw(one.json.word()).raw("</span> ");
            let none = Features::default();
            badges::of_part(one.since, one.condition, &none, out);
            self.close(self.of, &one.description, &none, out);
        }
        out.raw("</dl>\n");
    }

    fn open(&self, name: &str, out: &mut Html) {
        let entry = self.site.reference.entry(self.of);
        let anchor = entry.member_anchor(name);
        out.raw("<div");
        if self.at_home {
            out.raw(" id=\"").text(&anchor).raw("\"");
        }
        out.raw("><dt><a class=\"name\" href=\"");
        out.text(&self.site.address(self.at, entry.subject, &anchor));
        out.raw("\">").text(name).raw("</a>");
    }

    fn close(&self, owner: EntryId, text: &Document, features: &Features<'_>, out: &mut Html) {
        out.raw("</dt>\n<dd>");
        let prose = Prose {
            site: self.site,
            at: self.at.of(owner),
            heading: Heading::Third,
        };
        prose.document(text, out);
        features
            .0
            .iter()
            .for_each(|feature| of_feature(feature, &prose, out));
        out.raw("</dd></div>\n");
    }

    /// The values of a small enum.
    fn choices(&self, ty: &TypeRef<'_>, out: &mut Html) {
        let Some(id) = ty.entry else { return };
        let Content::Enum(values) = &self.site.reference.entry(id).content else {
            return;
        };
        if values.len() > CHOICES {
            return;
        }
        out.raw(" <span class=\"choices\">");
        for (at, value) in values.iter().enumerate() {
            out.raw(if at > 0 { " | " } else { "" });
            out.raw("<code>").text(value.name).raw("</code>");
        }
        out.raw("</span>");
    }
}

/// What a feature of a part means.
fn of_feature(feature: &Feature<'_>, prose: &Prose<'_, '_, '_>, out: &mut Html) {
    // A badge says it already.
    let is_known = matches!(feature.name, "deprecated" | "unstable");
    if is_known && feature.description.is_empty() {
        return;
    }
    out.raw("<div class=\"because\"><b>").text(feature.name);
    if let Some(condition) = feature.condition {
        out.text(&format!(" (if {condition})"));
    }
    out.raw("</b> ");
    prose.document(&feature.description, out);
    out.raw("</div>\n");
}
