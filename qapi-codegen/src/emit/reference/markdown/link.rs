//! Links, and all else that has to be told from text.

use crate::emit::GENERATED;
use crate::emit::reference::layout::Layout;
use crate::emit::reference::model::{EntryId, Reference, SubjectId, Target, TypeRef};
use crate::markup::{Block, Document, Inline, markdown};

/// The index.
pub(super) const INDEX: &str = "README.md";

/// The file of a subject.
pub(super) fn file(reference: &Reference<'_>, subject: SubjectId) -> String {
    format!("{}.md", reference.subject(subject).slug)
}

/// What a file begins with.
pub(super) fn generated() -> String {
    format!("<!-- {GENERATED} -->\n\n")
}

/// A place that a link can lead to. Its id has no signs but those of names and `.`, `=`, `:`.
pub(super) fn anchor(id: &str) -> String {
    format!("<a id=\"{id}\"></a>")
}

/// A name of the schema as code: a name has no backticks.
pub(super) fn code(name: &str) -> String {
    format!("`{name}`")
}

/// Writes documentation with its links, for one place.
pub(super) struct Links<'r, 'a> {
    pub(super) reference: &'r Reference<'a>,
    pub(super) layout: &'r Layout<'r, 'a>,
    /// The subject in whose file it is written; the index has none.
    pub(super) page: Option<SubjectId>,
    /// The entry that it belongs to.
    pub(super) at: Option<EntryId>,
}

impl Links<'_, '_> {
    /// A document. Every line ends with a line feed.
    pub(super) fn document(&self, document: &Document) -> String {
        markdown(document, &|name| self.target(name))
    }

    /// A heading on a line of its own.
    pub(super) fn heading(&self, level: u8, title: &str) -> String {
        let inlines = vec![Inline::Text(title.to_owned())];
        self.block(Block::Heading { level, inlines })
    }

    /// Running text, without a line feed at its end.
    pub(super) fn line(&self, inlines: &[Inline]) -> String {
        let text = self.block(Block::Paragraph(inlines.to_vec()));
        text.trim_end().to_owned()
    }

    fn block(&self, block: Block) -> String {
        self.document(&Document {
            blocks: vec![block],
        })
    }

    /// A link to an entry, under its name.
    pub(super) fn entry(&self, id: EntryId) -> String {
        let name = self.reference.entry(id).name;
        format!("[{}]({})", code(name), self.url(&Target::Entry(id)))
    }

    /// A type, with a link to its entry if it has one.
    pub(super) fn ty(&self, ty: &TypeRef<'_>) -> String {
        let name = code(&ty.to_string());
        match ty.entry {
            Some(id) => format!("[{name}]({})", self.url(&Target::Entry(id))),
            None => name,
        }
    }

    /// Where a name leads, as [`markdown`] asks for it.
    fn target(&self, name: &str) -> Option<String> {
        let inline = match name.strip_prefix('@') {
            Some(member) => Inline::Member(member.to_owned()),
            None => Inline::Reference {
                role: None,
                target: name.to_owned(),
                label: None,
            },
        };
        let target = self.reference.target(self.at, &inline)?;
        Some(self.url(&target))
    }

    fn url(&self, target: &Target<'_>) -> String {
        let (id, anchor) = match target {
            Target::Entry(id) => (*id, self.reference.entry(*id).anchor()),
            Target::Member(id, name) if self.layout.shows(*id, name) => {
                (*id, self.reference.entry(*id).member_anchor(name))
            }
            Target::Member(id, _) => (*id, self.reference.entry(*id).anchor()),
            Target::Feature(id, name) => (*id, self.reference.entry(*id).feature_anchor(name)),
        };
        let subject = self.reference.entry(id).subject;
        match self.page == Some(subject) {
            true => format!("#{anchor}"),
            false => format!("{}#{anchor}", file(self.reference, subject)),
        }
    }
}
