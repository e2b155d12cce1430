//! Documentation: the schema's own comments as Markdown, their names as links.

use std::fmt::Write;

use super::names;
use super::plan::Plan;
use crate::markup;
use crate::schema::{Condition, Definition, Doc, DocKind, Feature, Kind, Member, Value};

/// What a definition is, in the first paragraph of its documentation; without links.
pub(super) fn summary(plan: &Plan<'_>, definition: &Definition) -> Option<String> {
    let doc = plan.schema.doc(definition)?;
    let text = markup::markdown(&markup::parse_body(&doc.body), &|_| None);
    let lines = text.trim_start().lines();
    let first: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    (!first.is_empty()).then(|| first.join("\n"))
}

/// Writes documentation for one Rust module.
pub(super) struct Docs<'a, 'p> {
    plan: &'a Plan<'p>,
    /// The schema's module, and which of the three modules in it this is.
    module: crate::schema::ModuleId,
    kind: &'static str,
}

impl<'a, 'p> Docs<'a, 'p> {
    pub(super) fn new(
        plan: &'a Plan<'p>,
        module: crate::schema::ModuleId,
        kind: &'static str,
    ) -> Self {
        Docs { plan, module, kind }
    }

    /// The documentation of a type, command or event.
    pub(super) fn definition(&self, definition: &Definition) -> String {
        let mut out = String::new();
        let doc = self.plan.schema.doc(definition);
        if let Some(doc) = doc {
            paragraph(&mut out, &self.body(&doc.body));
        }
        if out.is_empty() {
            let _ = writeln!(
                out,
                "The {} `{}`.",
                definition.kind.as_str(),
                definition.name
            );
        }
        let Some(doc) = doc else {
            self.facts(
                &mut out,
                definition.condition.as_ref(),
                &definition.features,
            );
            return out;
        };
        for section in &doc.sections {
            match section.kind {
                DocKind::Todo | DocKind::Since => {}
                DocKind::Plain => paragraph(&mut out, &self.text(&section.text)),
                DocKind::Returns => self.titled(&mut out, "Returns", &section.text),
                DocKind::Errors => self.titled(&mut out, "Errors", &section.text),
                DocKind::Note => self.titled(&mut out, "Note", &section.text),
                DocKind::Example => {
                    let example =
                        markup::markdown(&markup::parse_example(&section.text), &|_| None);
                    paragraph(&mut out, &example);
                }
            }
        }
        self.features(&mut out, doc, &definition.features);
        self.facts(
            &mut out,
            definition.condition.as_ref(),
            &definition.features,
        );
        if let Some(since) = self.plan.schema.since(definition) {
            paragraph(&mut out, &format!("Since {since}.\n"));
        }
        out
    }

    /// The documentation of a member; `owner` is the definition that describes it.
    pub(super) fn member(&self, owner: &Definition, member: &Member) -> String {
        let what = match owner.kind {
            Kind::Command(_) => "argument",
            _ => "member",
        };
        self.described(
            owner,
            &member.name,
            what,
            member.condition.as_ref(),
            &member.features,
        )
    }

    /// The documentation of an enum's value.
    pub(super) fn value(&self, owner: &Definition, value: &Value) -> String {
        self.described(
            owner,
            &value.name,
            "value",
            value.condition.as_ref(),
            &value.features,
        )
    }

    /// The documentation of a branch.
    pub(super) fn branch(&self, owner: &Definition, branch: &crate::schema::Branch) -> String {
        self.described(
            owner,
            &branch.name,
            "branch",
            branch.condition.as_ref(),
            &[],
        )
    }

    fn described(
        &self,
        owner: &Definition,
        name: &str,
        what: &str,
        condition: Option<&Condition>,
        features: &[Feature],
    ) -> String {
        let mut out = String::new();
        let described = self.plan.schema.doc(owner).and_then(|doc| doc.member(name));
        if let Some(text) = described {
            paragraph(&mut out, &self.text(text));
        }
        if out.is_empty() {
            let _ = writeln!(out, "The {what} `{name}`.");
        }
        if let Some(doc) = self.plan.schema.doc(owner) {
            self.feature_list(&mut out, doc, features);
        }
        self.facts(&mut out, condition, features);
        out
    }

    /// What clients can find out about a definition.
    fn features(&self, out: &mut String, doc: &Doc, features: &[Feature]) {
        let told = |feature: &Feature| {
            doc.feature(&feature.name)
                .is_some_and(|text| !text.is_empty())
        };
        if features.iter().any(told) {
            paragraph(out, "# Features\n");
        }
        self.feature_list(out, doc, features);
    }

    /// Each feature with its description.
    fn feature_list(&self, out: &mut String, doc: &Doc, features: &[Feature]) {
        let told = features
            .iter()
            .filter_map(|feature| Some((feature, doc.feature(&feature.name)?)));
        for (feature, text) in told.filter(|(_, text)| !text.is_empty()) {
            let mut lines = format!("- `{}`:\n", feature.name);
            for line in self.text(text).lines() {
                let space = if line.is_empty() { "" } else { "  " };
                let _ = writeln!(lines, "{space}{line}");
            }
            paragraph(out, &lines);
        }
    }

    fn facts(&self, out: &mut String, condition: Option<&Condition>, features: &[Feature]) {
        if let Some(condition) = condition {
            paragraph(out, &format!("Available if `{condition}`.\n"));
        }
        if features.iter().any(|feature| feature.name == "unstable") {
            paragraph(out, "**Unstable**: it may change or go in any release.\n");
        }
    }

    fn titled(&self, out: &mut String, title: &str, text: &str) {
        paragraph(out, &format!("# {title}\n\n{}", self.text(text)));
    }

    /// What is said before any tag.
    fn body(&self, text: &str) -> String {
        markup::markdown(&markup::parse_body(text), &|name| self.link(name))
    }

    fn text(&self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        markup::markdown(&markup::parse(text), &|name| self.link(name))
    }

    /// Where a name leads: to the definition of that name, unless it is one of the members at hand.
    fn link(&self, name: &str) -> Option<String> {
        let name = markup::name_in_target(name);
        let id = self.plan.schema.find(name)?;
        let definition = self.plan.schema.definition(id);
        if !self.plan.emits(id) {
            return None;
        }
        let kind = match definition.kind {
            Kind::Command(_) => "commands",
            Kind::Event(_) => "events",
            _ => "types",
        };
        let rust = names::upper_camel(name);
        // A link that says no more than the name would is frowned upon.
        if (definition.module, kind) == (self.module, self.kind) {
            return Some(rust);
        }
        Some(format!("super::super::{kind}::{rust}"))
    }
}

/// The attribute of what is deprecated; the note is the feature's description, as far as it is one sentence.
pub(super) fn deprecated(
    plan: &Plan<'_>,
    owner: &Definition,
    features: &[Feature],
) -> Option<String> {
    if !features.iter().any(|feature| feature.name == "deprecated") {
        return None;
    }
    let text = plan
        .schema
        .doc(owner)
        .and_then(|doc| doc.feature("deprecated"));
    // A note is plain text: `@name` is the name.
    let words = |text: &str| {
        let words = text.split_whitespace();
        words
            .map(|word| word.trim_start_matches('@').to_owned())
            .collect::<Vec<_>>()
    };
    let note = text.map(|text| words(text).join(" "));
    let note = note.filter(|note| !note.is_empty() && !note.contains('\\'));
    let note = note.map(|note| format!("note = {note:?}"));
    // What is wider would have to stand on lines of its own, and is left out.
    Some(match note.filter(|note| note.len() < 70) {
        Some(note) => format!("#[deprecated({note})]"),
        None => "#[deprecated]".to_owned(),
    })
}

/// Adds a paragraph, with an empty line before it.
fn paragraph(out: &mut String, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(text);
}
