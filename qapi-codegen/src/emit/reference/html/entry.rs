//! A definition: all that is to be said of it, in one place.

use super::branches::branches;
use super::escape::Html;
use super::members::Rows;
use super::prose::{Heading, Prose};
use super::site::{At, Site, letter};
use super::{badges, highlight, wire};
use crate::emit::reference::model::{Content, Described, Entry, EntryId, EntryKind, Role, TypeRef};
use crate::markup::Document;

/// After how many uses the others are folded.
const USES: usize = 10;

/// Writes an entry on its page.
pub(super) fn entry(site: &Site<'_, '_>, id: EntryId, out: &mut Html) {
    let entry = site.reference.entry(id);
    let at = At::page(entry.subject).of(id);
    Writer {
        site,
        id,
        entry,
        at,
    }
    .write(out);
}

/// What a type consists of, to be shown wherever it is used.
pub(super) fn fragment(site: &Site<'_, '_>, id: EntryId, out: &mut Html) {
    let writer = Writer {
        site,
        id,
        entry: site.reference.entry(id),
        at: At::anywhere().of(id),
    };
    writer.content(false, out);
}

struct Writer<'s, 'r, 'a> {
    site: &'s Site<'r, 'a>,
    id: EntryId,
    entry: &'r Entry<'a>,
    at: At,
}

impl<'a> Writer<'_, '_, 'a> {
    fn write(&self, out: &mut Html) {
        let entry = self.entry;
        let anchor = entry.anchor();
        out.raw("<section class=\"entry ").raw(letter(entry.kind));
        out.raw("\" id=\"").text(&anchor).raw("\">\n");
        out.raw("<h2><a href=\"#").text(&anchor).raw("\">");
        out.text(entry.name).raw("</a> <span class=\"kind\">");
        out.raw(entry.kind.word()).raw("</span></h2>\n");
        badges::of_entry(entry, out);
        self.stability(out);
        self.prose(&entry.description, out);
        let whole = self.content(true, out);
        self.returns(out);
        if !entry.errors.is_empty() {
            out.raw("<h3>Errors</h3>\n");
            self.prose(&entry.errors, out);
        }
        self.features(out);
        self.prose(&entry.details, out);
        self.forms(whole, out);
        self.used_by(out);
        out.raw("</section>\n");
    }

    fn prose(&self, text: &Document, out: &mut Html) {
        let prose = Prose {
            site: self.site,
            at: self.at,
            heading: Heading::Third,
        };
        prose.document(text, out);
    }

    /// Why it is deprecated or unstable, before anything else.
    fn stability(&self, out: &mut Html) {
        for feature in &self.entry.features.0 {
            let (class, word) = match feature.name {
                "deprecated" => ("<div class=\"callout deprecated\"", "Deprecated"),
                "unstable" => ("<div class=\"callout unstable\"", "Unstable"),
                _ => continue,
            };
            out.raw(class).raw(" id=\"");
            out.text(&self.entry.feature_anchor(feature.name));
            out.raw("\"><p class=\"label\">").raw(word);
            if let Some(condition) = feature.condition {
                out.text(&format!(" if {condition}"));
            }
            out.raw("</p>\n");
            self.prose(&feature.description, out);
            out.raw("</div>\n");
        }
    }

    /// What clients can find out, in the words of the schema.
    fn features(&self, out: &mut Html) {
        let features = self.entry.features.0.iter();
        let others: Vec<_> = features
            .filter(|feature| !matches!(feature.name, "deprecated" | "unstable"))
            .collect();
        if others.is_empty() {
            return;
        }
        out.raw("<h3>Features</h3>\n<dl class=\"rows\">\n");
        for feature in others {
            let anchor = self.entry.feature_anchor(feature.name);
            out.raw("<div id=\"").text(&anchor);
            out.raw("\"><dt><a class=\"name\" href=\"#").text(&anchor);
            out.raw("\">").text(feature.name).raw("</a> ");
            if let Some(condition) = feature.condition {
                out.raw("<span class=\"badge if\">");
                out.text(&format!("if {condition}")).raw("</span>");
            }
            out.raw("</dt>\n<dd>");
            self.prose(&feature.description, out);
            out.raw("</dd></div>\n");
        }
        out.raw("</dl>\n");
    }

    /// Members and branches, values, or alternatives. Answers whether all that it inherits is shown, too.
    fn content(&self, at_home: bool, out: &mut Html) -> bool {
        let rows = Rows {
            site: self.site,
            at: self.at,
            of: self.id,
            at_home,
        };
        let heading = |title: &'static str, out: &mut Html| {
            if at_home {
                out.raw("<h3>").raw(title).raw("</h3>\n");
            }
        };
        match &self.entry.content {
            Content::Enum(values) => {
                heading("Values", out);
                rows.values(values, out);
            }
            Content::Alternate(all) => {
                heading("One of", out);
                rows.alternatives(all, out);
            }
            Content::Object(object) => {
                let (members, left_out) = self.repeatable();
                let union = self.site.reference.union(self.id);
                if members.is_empty() && object.base.is_none() && union.is_none() {
                    self.nothing(out);
                    return true;
                }
                heading(
                    match self.entry.kind {
                        EntryKind::Command => "Arguments",
                        EntryKind::Event => "Data",
                        _ => "Members",
                    },
                    out,
                );
                if let (true, true, Some(base)) = (at_home, object.members.is_empty(), object.base)
                {
                    out.raw("<p class=\"as\">Those of ");
                    self.site.entry_link(self.at, base, out);
                    out.raw("</p>\n");
                }
                rows.members(&members, out);
                if let Some(base) = left_out {
                    out.raw("<p>And the members of ");
                    self.site.entry_link(self.at, base, out);
                    out.raw(".</p>\n");
                }
                if let Some(union) = union {
                    branches(self.site, self.at, self.id, union, at_home, out);
                }
                return left_out.is_none();
            }
        }
        true
    }

    fn nothing(&self, out: &mut Html) {
        out.raw(match self.entry.kind {
            EntryKind::Command => "<p class=\"nothing\">It takes no arguments.</p>\n",
            EntryKind::Event => "<p class=\"nothing\">It has no data.</p>\n",
            _ => "<p class=\"nothing\">It has no members.</p>\n",
        });
    }

    /// All members, or where too much would be repeated, those of its own and the base of the others.
    fn repeatable(&self) -> (Vec<Described<'_, 'a>>, Option<EntryId>) {
        let mut members = self.site.reference.members(self.id);
        let inherited = members.iter().filter(|one| one.owner != self.id).count();
        if self.site.may_repeat(inherited) {
            return (members, None);
        }
        members.retain(|one| one.owner == self.id);
        let base = match &self.entry.content {
            Content::Object(object) => object.base,
            _ => None,
        };
        (members, base)
    }

    fn returns(&self, out: &mut Html) {
        let entry = self.entry;
        if entry.kind != EntryKind::Command {
            return;
        }
        if entry.returns.is_none() && entry.returns_text.is_empty() {
            return;
        }
        out.raw("<h3>Returns</h3>\n");
        if let Some(ty) = &entry.returns {
            self.returned(ty, out);
        }
        self.prose(&entry.returns_text, out);
    }

    fn returned(&self, ty: &TypeRef<'_>, out: &mut Html) {
        out.raw("<div class=\"returned\"><p>");
        self.site.type_link(self.at, ty, out);
        out.raw("</p></div>\n");
    }

    /// What goes over the wire, and what it is in Rust: there the fields of a base are fields of what it is the base of.
    fn forms(&self, whole: bool, out: &mut Html) {
        out.raw("<details class=\"forms\"><summary>");
        out.raw(match self.entry.kind {
            EntryKind::Enum | EntryKind::Alternate => "Rust",
            _ => "JSON and Rust",
        });
        out.raw("</summary>\n");
        out.raw("<div class=\"panels\">\n");
        if !matches!(self.entry.kind, EntryKind::Enum | EntryKind::Alternate) {
            out.raw("<div>\n");
            wire::forms(self.site.reference, self.id, out);
            out.raw("</div>\n");
        }
        if whole {
            out.raw("<div class=\"panel\"><p class=\"title\">Rust</p><pre>");
            let rust = self.site.rust.of(self.entry.definition);
            highlight::rust(rust.trim_end(), out);
            out.raw("</pre></div>\n");
        }
        out.raw("</div></details>\n");
    }

    fn used_by(&self, out: &mut Html) {
        let uses = &self.entry.used_by;
        if uses.is_empty() {
            return;
        }
        out.raw("<h3>Used by</h3>\n");
        let folds = uses.len() > USES;
        if folds {
            out.raw("<details class=\"uses\"><summary>")
                .number(uses.len());
            out.raw(" uses</summary>\n");
        }
        out.raw("<ul class=\"uses\">\n");
        for one in uses {
            out.raw("<li>");
            let by = self.site.reference.entry(one.by);
            self.site.entry_link(self.at, one.by, out);
            let mut part = |words: &'static str, anchor: String, name: &str| {
                out.raw(" <span>").raw(words).raw(" <a href=\"");
                out.text(&self.site.address(self.at, by.subject, &anchor));
                out.raw("\"><code>").text(name).raw("</code></a></span>");
            };
            match one.role {
                Role::Argument(name) => part("argument", by.member_anchor(name), name),
                Role::Member(name) => part("member", by.member_anchor(name), name),
                Role::Alternative(name) => part("alternative", by.member_anchor(name), name),
                Role::Branch(value) => {
                    if let Some(union) = self.site.reference.union(one.by) {
                        part("branch", by.branch_anchor(union, value), value);
                    }
                }
                Role::Arguments => drop(out.raw(" <span>arguments</span>")),
                Role::Returns => drop(out.raw(" <span>returned</span>")),
                Role::Data => drop(out.raw(" <span>data</span>")),
                Role::Base => drop(out.raw(" <span>base</span>")),
            }
            out.raw("</li>\n");
        }
        out.raw("</ul>\n");
        out.raw(if folds { "</details>\n" } else { "" });
    }
}
