//! Chapters and subjects: in which order, and under which headings, a schema's texts and definitions are read.

use std::collections::HashSet;

use super::plain::line;
use super::{EntryId, SubjectId};
use crate::markup::{self, Block, Document};
use crate::schema::{DefinitionId, Doc, Entry, Kind, ModuleId, Schema};

/// Subjects under a heading of the root file.
#[derive(Clone, Debug, Default)]
pub struct Chapter {
    /// The heading; subjects before the first heading have none.
    pub title: Option<String>,
    /// What stands below the heading.
    pub introduction: Document,
    /// The subjects.
    pub subjects: Vec<SubjectId>,
}

/// A file of the schema.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Its path relative to the folder of the root file.
    pub file: &'a str,
    /// A name for files and links: of `a-z`, `0-9`, `-`, `_` and `.`, and like that of no other subject.
    pub slug: String,
    /// Its heading; where it has none, the name of the file.
    pub title: String,
    /// What stands in it, in order.
    pub parts: Vec<Part>,
}

/// A part of a subject.
#[derive(Clone, Debug)]
pub enum Part {
    /// Free-form text.
    Text(Document),
    /// A definition.
    Entry(EntryId),
}

/// The outline of a schema, before the definitions in it are looked at.
pub(super) struct Outline<'a> {
    pub(super) title: String,
    pub(super) is_titled: bool,
    pub(super) introduction: Document,
    pub(super) chapters: Vec<Chapter>,
    pub(super) subjects: Vec<Subject<'a>>,
    /// The definitions that have entries, in the order of their ids.
    pub(super) entries: Vec<(DefinitionId, SubjectId)>,
}

pub(super) fn outline(schema: &Schema) -> Outline<'_> {
    let root = root_texts(schema);
    let mut outline = Outline {
        is_titled: root.title.is_some(),
        title: root.title.unwrap_or_else(|| file_title(root.file)),
        introduction: root.introduction,
        chapters: vec![Chapter::default()],
        subjects: Vec::new(),
        entries: Vec::new(),
    };
    let mut slugs = HashSet::new();
    let mut chapters = root.chapters.into_iter().peekable();
    for (module, _) in schema.modules() {
        while let Some((_, chapter)) = chapters.next_if(|(first, _)| *first == module) {
            outline.chapters.push(chapter);
        }
        let parts = parts(schema, module, &root.elsewhere, &mut outline);
        if parts.is_empty() {
            continue;
        }
        let id = SubjectId(outline.subjects.len() as u32);
        if let Some(chapter) = outline.chapters.last_mut() {
            chapter.subjects.push(id);
        }
        let file = schema.module(module).name.as_str();
        let subject = subject(file, parts, &mut slugs);
        outline.subjects.push(subject);
    }
    // What is said of a chapter is kept, even where all its subjects are empty.
    outline.chapters.retain(|chapter| {
        !chapter.subjects.is_empty() || chapter.title.is_some() || !chapter.introduction.is_empty()
    });
    outline
}

fn subject<'a>(file: &'a str, mut parts: Vec<Part>, slugs: &mut HashSet<String>) -> Subject<'a> {
    let mut title = None;
    if let Some(Part::Text(text)) = parts.first_mut() {
        title = take_heading(text);
        if text.is_empty() {
            parts.remove(0);
        }
    }
    Subject {
        file,
        slug: slug(file, slugs),
        title: title.unwrap_or_else(|| file_title(file)),
        parts,
    }
}

/// A module's texts and definitions in order. Documentation is numbered as it stands in the schema; what has
/// none comes right after what is defined before it.
fn parts(
    schema: &Schema,
    module: ModuleId,
    elsewhere: &HashSet<usize>,
    outline: &mut Outline<'_>,
) -> Vec<Part> {
    let subject = SubjectId(outline.subjects.len() as u32);
    let texts = schema.docs().enumerate().filter(|(at, (home, doc))| {
        *home == module && doc.symbol.is_none() && !elsewhere.contains(at)
    });
    let mut texts = texts.map(|(at, (_, doc))| (at, doc)).peekable();
    let mut parts = Vec::new();
    let mut entries = schema
        .module(module)
        .entries
        .iter()
        .filter_map(|entry| match entry {
            Entry::Definition(id) if is_entry(schema, *id) => Some(*id),
            _ => None,
        });
    loop {
        let next = entries.next();
        let doc = next.map(|id| schema.definition(id).doc.map(|doc| doc.index()));
        // Before an undocumented definition nothing is due; after the last one everything.
        let due = |at: usize| doc.is_none_or(|doc| doc.is_some_and(|doc| at < doc));
        while let Some((_, text)) = texts.next_if(|(at, _)| due(*at)) {
            parts.extend(text_of(text).map(Part::Text));
        }
        let Some(id) = next else { break };
        parts.push(Part::Entry(EntryId(outline.entries.len() as u32)));
        outline.entries.push((id, subject));
    }
    parts
}

/// Has a definition an entry? The types of the language itself, arrays and implicit types have none.
fn is_entry(schema: &Schema, id: DefinitionId) -> bool {
    let definition = schema.definition(id);
    let named = match &definition.kind {
        Kind::Builtin(_) | Kind::Array(_) => false,
        Kind::Object(object) => !object.implicit,
        _ => true,
    };
    named && definition.span.is_some()
}

/// The free-form text of the root file that does not belong to it as a subject.
struct RootTexts<'a> {
    file: &'a str,
    title: Option<String>,
    introduction: Document,
    /// The first module of each chapter, and the chapter.
    chapters: Vec<(ModuleId, Chapter)>,
    /// The numbers of all these texts.
    elsewhere: HashSet<usize>,
}

/// Text right before an `include` introduces what is included: the first comment of the file all of the schema,
/// one that begins with a heading a chapter, and others go on with what is before them.
fn root_texts(schema: &Schema) -> RootTexts<'_> {
    let root = schema.modules().nth(1);
    let mut found = RootTexts {
        file: root.map_or("", |(_, module)| module.name.as_str()),
        title: None,
        introduction: Document::default(),
        chapters: Vec::new(),
        elsewhere: HashSet::new(),
    };
    let Some((root, _)) = root else { return found };
    let docs: Vec<(ModuleId, &Doc)> = schema.docs().collect();
    let is_text = |at: usize| docs[at].0 == root && docs[at].1.symbol.is_none();
    let mut seen = HashSet::from([root]);
    let mut at = 0;
    while at < docs.len() {
        seen.insert(docs[at].0);
        if !is_text(at) {
            at += 1;
            continue;
        }
        let begin = at;
        while at < docs.len() && is_text(at) {
            at += 1;
        }
        let next = docs.get(at).map(|(module, _)| *module);
        let Some(next) = next.filter(|next| !seen.contains(next)) else {
            continue;
        };
        for (number, (_, doc)) in docs.iter().enumerate().take(at).skip(begin) {
            let Some(mut text) = text_of(doc) else {
                continue;
            };
            let title = take_heading(&mut text);
            if number == 0 {
                (found.title, found.introduction) = (title, text);
            } else if title.is_some() {
                let chapter = Chapter {
                    title,
                    introduction: text,
                    subjects: Vec::new(),
                };
                found.chapters.push((next, chapter));
            } else if let Some((_, chapter)) = found.chapters.last_mut() {
                chapter.introduction.blocks.extend(text.blocks);
            } else {
                found.introduction.blocks.extend(text.blocks);
            }
            found.elsewhere.insert(number);
        }
    }
    if found.title.is_none() && !docs.is_empty() && is_text(0) {
        let first = text_of(docs[0].1);
        found.title = first.and_then(|mut text| take_heading(&mut text));
    }
    found
}

/// A free-form comment, if there is anything in it.
fn text_of(doc: &Doc) -> Option<Document> {
    let text = markup::parse_body(&doc.body);
    (!text.is_empty()).then_some(text)
}

/// Takes the heading that a text begins with.
fn take_heading(text: &mut Document) -> Option<String> {
    let Some(Block::Heading { inlines, .. }) = text.blocks.first() else {
        return None;
    };
    let title = line(inlines);
    text.blocks.remove(0);
    Some(title).filter(|title| !title.is_empty())
}

/// `../machine-common.json` is `machine-common`.
fn file_title(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.strip_suffix(".json").unwrap_or(name).to_owned()
}

/// Names that renderers have use of for pages of their own.
const RESERVED: [&str; 5] = ["index", "names", "readme", "stability", "versions"];

/// `block.json` becomes `block`; a second one in another folder gets the folder's name before its own.
fn slug(file: &str, taken: &mut HashSet<String>) -> String {
    let fit = |part: &str| {
        let fit = part.chars().map(|ch| match ch.to_ascii_lowercase() {
            ch @ ('a'..='z' | '0'..='9' | '-' | '_' | '.') => ch,
            _ => '-',
        });
        fit.collect::<String>()
    };
    let path = file.strip_suffix(".json").unwrap_or(file);
    let parts = path.split('/');
    let mut parts = parts.filter(|part| !matches!(*part, "" | "." | ".."));
    let mut slug = parts.next_back().map_or_else(|| "schema".to_owned(), fit);
    while RESERVED.contains(&&*slug) || taken.contains(&slug) {
        let folder = parts.next_back().map_or_else(|| "schema".to_owned(), fit);
        slug = format!("{folder}-{slug}");
    }
    taken.insert(slug.clone());
    slug
}
