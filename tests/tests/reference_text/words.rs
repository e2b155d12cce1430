//! Nothing of a schema is lost: all of its documentation, and all of its names with their types, are in every format.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use qapi_codegen::emit::reference::model::{Content, Features, Reference};
use qapi_codegen::markup::{Block, Inline, parse, parse_body, parse_example};
use qapi_codegen::schema::{Condition, DocKind, Schema, Version};

use crate::{Format, roff, roots, schema};

/// How many words in a row are looked for; shorter phrases word for word.
const RUN: usize = 3;

#[test]
fn everything_is_in_every_format() {
    for root in roots() {
        let schema = schema(&root);
        let reference = Reference::of(&schema);
        let mut expected = documentation(&schema);
        expected.extend(structure(&reference));
        assert!(!expected.is_empty());
        for format in Format::ALL {
            let files = format.files(&reference);
            let texts: Vec<String> = files.iter().map(|file| plain(format, &file.text)).collect();
            let runs = Runs::of(&texts);
            for phrase in &expected {
                if let Some(missing) = runs.missing(phrase) {
                    panic!(
                        "{} as {format:?}: {missing:?} of {phrase:?} is missing",
                        root.display()
                    );
                }
            }
        }
    }
}

/// Every word of some texts, and every run of [`RUN`] of them.
struct Runs(HashSet<u64>);

impl Runs {
    fn of(texts: &[String]) -> Self {
        let mut runs = HashSet::new();
        for text in texts {
            let words: Vec<&str> = words(text).collect();
            for length in [1, RUN] {
                runs.extend(words.windows(length).map(key));
            }
        }
        Runs(runs)
    }

    /// A run of words of a phrase that is not there.
    fn missing<'p>(&self, phrase: &'p str) -> Option<Vec<&'p str>> {
        let words: Vec<&str> = words(phrase).collect();
        let length = if words.len() < RUN { 1 } else { RUN };
        let mut runs = words.windows(length);
        let missing = runs.find(|run| !self.0.contains(&key(run)));
        missing.map(<[&str]>::to_vec)
    }
}

fn key(run: &[&str]) -> u64 {
    let mut hasher = DefaultHasher::new();
    run.hash(&mut hasher);
    hasher.finish()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|ch: char| !ch.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

/// What a reader sees of a file.
fn plain(format: Format, text: &str) -> String {
    match format {
        Format::Text => text.to_owned(),
        Format::Man => roff::plain(text),
        Format::Markdown => without(&without(text, "](", ")"), "<a id=\"", "</a>"),
    }
}

/// A text without all that is between two marks.
fn without(text: &str, begin: &str, end: &str) -> String {
    let mut parts = text.split(begin);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('\0');
        out.push_str(part.split_once(end).map_or("", |(_, rest)| rest));
    }
    out
}

/// The phrases of all documentation: what stands together in it.
fn documentation(schema: &Schema) -> Vec<String> {
    let mut phrases = Vec::new();
    for (_, doc) in schema.docs() {
        add(&parse_body(&doc.body).blocks, &mut phrases);
        for (_, text) in &doc.members {
            // Of which release it is stands beside its name.
            let since = Version::in_description(text);
            let rest = since.map_or(&**text, |since| since.left_out_of(text));
            add(&parse(rest).blocks, &mut phrases);
            phrases.extend(since.map(|since| format!("since {since}")));
        }
        let features = doc.features.iter();
        features.for_each(|(_, text)| add(&parse(text).blocks, &mut phrases));
        for section in &doc.sections {
            match section.kind {
                DocKind::Todo => {}
                DocKind::Example => add(&parse_example(&section.text).blocks, &mut phrases),
                _ => add(&parse(&section.text).blocks, &mut phrases),
            }
        }
    }
    phrases
}

fn add(blocks: &[Block], phrases: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Heading { inlines, .. } | Block::Paragraph(inlines) => running(inlines, phrases),
            Block::List { items, .. } => items.iter().for_each(|item| add(item, phrases)),
            Block::Definitions(entries) => {
                for entry in entries {
                    running(&entry.term, phrases);
                    add(&entry.blocks, phrases);
                }
            }
            Block::Lines(lines) => lines.iter().for_each(|line| running(line, phrases)),
            Block::Literal { text, .. } | Block::Unknown(text) => phrases.push(text.clone()),
            Block::Exchange(lines) => phrases.extend(lines.iter().map(|line| line.text.clone())),
            Block::Example { title, blocks, .. } | Block::Admonition { title, blocks, .. } => {
                running(title, phrases);
                add(blocks, phrases);
            }
            Block::Table {
                title,
                header,
                rows,
            } => {
                running(title, phrases);
                // The lines of a cell need not follow one another.
                for cell in header.iter().chain(rows).flatten() {
                    let mut inside = Vec::new();
                    add(&cell.blocks, &mut inside);
                    let inside: Vec<String> = inside
                        .iter()
                        .flat_map(|phrase| words(phrase))
                        .map(str::to_owned)
                        .collect();
                    phrases.extend(inside);
                }
            }
            Block::Quote(blocks) => add(blocks, phrases),
        }
    }
}

/// Running text up to the next link, which is shown with its address or without.
fn running(inlines: &[Inline], phrases: &mut Vec<String>) {
    let mut phrase = String::new();
    for inline in inlines {
        phrase.push('\0');
        match inline {
            Inline::Text(text)
            | Inline::Emphasis(text)
            | Inline::Strong(text)
            | Inline::Literal(text)
            | Inline::Member(text) => phrase.push_str(text),
            Inline::Reference { target, label, .. } => {
                phrase.push_str(label.as_ref().unwrap_or(target));
            }
            Inline::Link { text, .. } => {
                phrases.push(std::mem::take(&mut phrase));
                phrases.push(text.clone());
            }
        }
    }
    phrases.push(phrase);
}

/// Names with what is told behind them.
fn structure(reference: &Reference<'_>) -> Vec<String> {
    let mut phrases = Vec::new();
    for (id, entry) in reference.entries() {
        let mut head = format!("{} {}", entry.name, entry.kind.word());
        if let Some(since) = &entry.since {
            head.push_str(&format!(" since {}", since.text));
        }
        phrases.push(head);
        phrases.extend(entry.condition.map(|condition| format!("if {condition}")));
        for feature in &entry.features.0 {
            phrases.push(line(
                feature.name,
                "",
                None,
                &Features::default(),
                feature.condition,
            ));
        }
        for one in reference.members(id) {
            let member = one.member;
            let optional = if member.optional { " optional" } else { "" };
            let ty = format!("{}{optional}", member.ty);
            phrases.push(line(
                member.name,
                &ty,
                member.since,
                &member.features,
                member.condition,
            ));
        }
        for branch in reference.union(id).iter().flat_map(|union| &union.branches) {
            let ty = branch
                .ty
                .map_or("no further members", |ty| reference.entry(ty).name);
            phrases.push(line(
                branch.value,
                ty,
                None,
                &Features::default(),
                branch.condition,
            ));
        }
        match &entry.content {
            Content::Object(_) => {}
            Content::Enum(values) => phrases.extend(values.iter().map(|value| {
                line(
                    value.name,
                    "",
                    value.since,
                    &value.features,
                    value.condition,
                )
            })),
            Content::Alternate(all) => phrases.extend(all.iter().map(|one| {
                let ty = format!("{} JSON {}", one.ty, one.json.word());
                line(
                    one.name,
                    &ty,
                    one.since,
                    &Features::default(),
                    one.condition,
                )
            })),
        }
        phrases.extend(entry.returns.map(|ty| format!("Returns {ty}")));
        for one in &entry.used_by {
            phrases.push(reference.entry(one.by).name.to_owned());
        }
    }
    phrases
}

fn line(
    name: &str,
    ty: &str,
    since: Option<Version>,
    features: &Features<'_>,
    condition: Option<&Condition>,
) -> String {
    let mut line = format!("{name} {ty}");
    if let Some(since) = since {
        line.push_str(&format!(" since {since}"));
    }
    for feature in &features.0 {
        let is_known = ["deprecated", "unstable"].contains(&feature.name);
        line.push_str(if is_known { " " } else { " feature " });
        line.push_str(feature.name);
    }
    if let Some(condition) = condition {
        line.push_str(&format!(" if {condition}"));
    }
    line
}
