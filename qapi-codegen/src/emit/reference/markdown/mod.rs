//! The reference as Markdown as GitHub reads it: a file for each subject, and an index, `README.md`, that leads to
//! all of them and lists every command, event and type.
//!
//! Links between files go to the ids of the model, [`Entry::anchor`] and its relatives, which stay the same from
//! release to release. The documentation is written by [`markdown()`](crate::markup::markdown()) and by nothing else;
//! what is written here besides are names of the schema, which go between backticks.

mod index;
mod link;

use super::identity::Identity;
use super::layout::{Item, Layout, Mark, Piece, Title, marks};
#[cfg(doc)]
use super::model::Entry;
use super::model::{EntryId, Part, Reference, SubjectId};
use crate::emit::OutputFile;
use crate::markup::{Block, Document, Inline};
use link::{Links, code};

/// The reference as Markdown.
pub fn files(reference: &Reference<'_>) -> Vec<OutputFile> {
    let layout = Layout::of(reference);
    let index = index::file_of(&layout, reference, &Identity::of(reference));
    let subjects = reference.subjects().map(|(id, subject)| OutputFile {
        path: link::file(reference, id),
        text: Page::of(&layout, reference, id).text(&subject.title),
    });
    std::iter::once(index).chain(subjects).collect()
}

/// The file of a subject.
struct Page<'r, 'a> {
    reference: &'r Reference<'a>,
    layout: &'r Layout<'r, 'a>,
    subject: SubjectId,
    /// The level of a heading above a definition: below those of the subject's texts.
    level: u8,
    out: String,
}

impl<'r, 'a> Page<'r, 'a> {
    fn of(layout: &'r Layout<'r, 'a>, reference: &'r Reference<'a>, subject: SubjectId) -> Self {
        let parts = &reference.subject(subject).parts;
        let levels = parts.iter().flat_map(|part| match part {
            Part::Text(text) => &text.blocks[..],
            Part::Entry(_) => &[],
        });
        let levels = levels.filter_map(|block| match block {
            Block::Heading { level, .. } => Some(*level),
            _ => None,
        });
        Page {
            reference,
            layout,
            subject,
            level: levels.max().unwrap_or(1).clamp(1, 5) + 1,
            out: String::new(),
        }
    }

    fn text(mut self, title: &str) -> String {
        let links = self.links(None);
        self.out.push_str(&link::generated());
        self.out.push_str(&links.heading(1, title));
        for part in &self.reference.subject(self.subject).parts {
            match part {
                Part::Text(text) => {
                    self.out.push('\n');
                    self.out.push_str(&links.document(text));
                }
                Part::Entry(id) => self.entry(*id),
            }
        }
        self.out
    }

    fn links(&self, at: Option<EntryId>) -> Links<'r, 'a> {
        Links {
            reference: self.reference,
            layout: self.layout,
            page: Some(self.subject),
            at,
        }
    }

    fn entry(&mut self, id: EntryId) {
        let entry = self.reference.entry(id);
        let links = self.links(Some(id));
        let sign = "#".repeat(usize::from(self.level));
        let marks: Vec<String> = marks(entry).iter().map(|one| mark(&links, one)).collect();
        self.paragraph(&link::anchor(&entry.anchor()));
        self.paragraph(&format!("{sign} {}", code(entry.name)));
        self.paragraph(&marks.join(", "));
        for piece in self.layout.pieces(id) {
            self.piece(&links, &piece);
        }
    }

    fn piece(&mut self, links: &Links<'_, '_>, piece: &Piece<'_, '_>) {
        match piece {
            Piece::Text(text) => self.paragraph(&links.document(text)),
            Piece::Section { title, ty, text } => {
                let ty = ty.map(|ty| format!(" {}", links.ty(&ty)));
                self.paragraph(&format!("**{title}:**{}", ty.unwrap_or_default()));
                self.paragraph(&links.document(text));
            }
            Piece::List { title, items } => {
                self.paragraph(&match title {
                    Title::Word(word) => format!("**{word}:**"),
                    Title::From(word, id) => format!("**{word} of** {}:", links.entry(*id)),
                    Title::Choice(member) => format!("**Further members by** {}:", code(member)),
                });
                let is_short = items.iter().all(|item| text(item).is_none());
                self.out.push('\n');
                for (at, one) in items.iter().enumerate() {
                    if at > 0 && !is_short {
                        self.out.push('\n');
                    }
                    self.item(links, one);
                }
            }
            Piece::Uses(users) => {
                let users: Vec<String> = users.iter().map(|id| links.entry(*id)).collect();
                self.paragraph(&format!("**Used by:** {}", users.join(", ")));
            }
        }
    }

    fn item(&mut self, links: &Links<'_, '_>, item: &Item<'_, '_>) {
        let anchor = item.anchor.as_deref().map(link::anchor);
        let ty = item.ty.map(|ty| links.ty(&ty));
        let marks = item.marks.iter().map(|one| mark(links, one));
        let remarks: Vec<String> = ty.into_iter().chain(marks).collect();
        let colon = if remarks.is_empty() { "" } else { ": " };
        self.out.push_str(&format!(
            "- {}{}{colon}{}\n",
            anchor.unwrap_or_default(),
            code(item.name),
            remarks.join(", ")
        ));
        let Some(text) = text(item) else { return };
        self.out.push('\n');
        for line in links.document(text).lines() {
            // What belongs to an item is indented as far as its text is.
            if !line.is_empty() {
                self.out.push_str("  ");
                self.out.push_str(line);
            }
            self.out.push('\n');
        }
    }

    /// Adds what is Markdown already, a blank line before it.
    fn paragraph(&mut self, text: &str) {
        if !text.is_empty() {
            self.out.push('\n');
            self.out.push_str(text.trim_end_matches('\n'));
            self.out.push('\n');
        }
    }
}

fn text<'r>(item: &Item<'r, '_>) -> Option<&'r Document> {
    item.text.filter(|text| !text.is_empty())
}

fn mark(links: &Links<'_, '_>, mark: &Mark<'_>) -> String {
    match mark {
        Mark::Word(word) => (*word).to_owned(),
        Mark::Warning(word) => format!("**{word}**"),
        Mark::Since(text) => links.line(&[Inline::Text(format!("since {text}"))]),
        Mark::If(condition) => format!("if {}", code(&condition.to_string())),
        Mark::Feature(name) => format!("feature {}", code(name)),
        Mark::Of(names) => {
            let names: Vec<String> = names.iter().map(|name| code(name)).collect();
            format!("of {}", names.join(", "))
        }
        Mark::Json(kind) => format!("JSON: {}", kind.word()),
    }
}
