//! Source text: the files of a compilation, places in them, and where files come from.

mod loader;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use loader::{DiskLoader, Loader, MemoryLoader};

/// A file larger than this is refused: spans are 32 bits wide, and no schema comes near it.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// A file of one compilation; an index into its [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

/// A range of bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The smallest span that holds both; they must be of one file.
    pub fn to(self, end: Span) -> Span {
        debug_assert_eq!(self.file, end.file);
        Span {
            end: end.end.max(self.end),
            ..self
        }
    }
}

/// A line and a column, both counted from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One file: its path as it was opened, its text, and the `include` that asked for it.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    /// Shared with the parser, which adds files while it reads one.
    text: Arc<String>,
    line_starts: Vec<u32>,
    included_at: Option<Span>,
}

impl SourceFile {
    fn new(path: PathBuf, text: Arc<String>, included_at: Option<Span>) -> Self {
        let mut line_starts = vec![0];
        // Lines are short: a search made for long texts would take longer.
        let following = text.bytes().zip(1..).filter(|&(byte, _)| byte == b'\n');
        line_starts.extend(following.map(|(_, start)| start));
        SourceFile {
            path,
            text,
            line_starts,
            included_at,
        }
    }

    /// The path as it was opened: the root's as given, an included file's relative to its includer's.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The `include` directive that asked for this file; `None` for the root.
    pub fn included_at(&self) -> Option<Span> {
        self.included_at
    }

    /// Line and column of a byte offset; one past the end is the end.
    pub fn location(&self, offset: u32) -> Location {
        let line = self.line_starts.partition_point(|&start| start <= offset);
        let start = self.line_starts[line - 1] as usize;
        let end = (offset as usize).min(self.text.len());
        let column = self
            .text
            .get(start..end)
            .map_or(0, |before| before.chars().count())
            + 1;
        Location { line, column }
    }
}

/// All files that one compilation has opened, in the order of their opening.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    pub(crate) fn add(
        &mut self,
        path: PathBuf,
        text: Arc<String>,
        included_at: Option<Span>,
    ) -> FileId {
        self.files.push(SourceFile::new(path, text, included_at));
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id that these sources gave out.
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// Every file, in the order of opening.
    pub fn files(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter()
    }

    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file)
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or_default()
    }

    /// Where a span begins.
    pub fn location(&self, span: Span) -> Location {
        self.file(span.file).location(span.start)
    }

    /// The include directives that led to a file, innermost first.
    pub fn include_chain(&self, file: FileId) -> impl Iterator<Item = Span> {
        std::iter::successors(self.file(file).included_at, |at| {
            self.file(at.file).included_at
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_count_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.json".into(), Arc::new("é{\n\n x".to_owned()), None);
        let at = |offset| {
            let Location { line, column } = sources.file(file).location(offset);
            (line, column)
        };
        assert_eq!(
            [at(0), at(2), at(3), at(4), at(6), at(99)],
            [(1, 1), (1, 2), (1, 3), (2, 1), (3, 2), (3, 3)]
        );
    }
}
