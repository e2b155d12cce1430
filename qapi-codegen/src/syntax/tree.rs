//! The tree that the parser makes: expressions as they are written, not yet understood.

use crate::source::{FileId, Span};

/// A value of the schema language.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Object(Object),
    Array(Vec<Expr>),
    String(String),
    Bool(bool),
}

impl Expr {
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::String(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn as_object(&self) -> Option<&Object> {
        match &self.kind {
            ExprKind::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(crate) fn as_array(&self) -> Option<&[Expr]> {
        match &self.kind {
            ExprKind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// What it is, for messages.
    pub(crate) fn describe(&self) -> &'static str {
        match self.kind {
            ExprKind::Object(_) => "an object",
            ExprKind::Array(_) => "an array",
            ExprKind::String(_) => "a string",
            ExprKind::Bool(_) => "a boolean",
        }
    }
}

/// The members of an object, in the order of writing; no key stands twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub(crate) members: Vec<(Key, Expr)>,
}

impl Object {
    pub(crate) fn get(&self, key: &str) -> Option<&Expr> {
        self.entry(key).map(|(_, value)| value)
    }

    pub(crate) fn entry(&self, key: &str) -> Option<&(Key, Expr)> {
        self.members.iter().find(|(name, _)| name.text == key)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// What stands at the top level, includes already followed.
#[derive(Debug)]
pub(crate) enum Item {
    /// An include directive and the file that it names, whether or not that was read just now.
    Include {
        file: FileId,
        target: FileId,
    },
    Definition(Definition),
}

#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) object: Object,
    /// From `{` to `}`.
    pub(crate) span: Span,
    /// Index of its documentation comment among those of the schema.
    pub(crate) doc: Option<usize>,
    /// There was documentation, and it is told already what is wrong with it.
    pub(crate) doc_lost: bool,
    /// What follows it probably belongs into it: what it seems to lack says nothing.
    pub(crate) cut_short: bool,
}

/// A documentation comment.
#[derive(Debug)]
pub(crate) struct Document {
    /// From the opening `##` to the closing one.
    pub(crate) span: Span,
    /// The `@NAME:` it begins with; free-form text has none.
    pub(crate) symbol: Option<Key>,
    pub(crate) body: Section,
    pub(crate) members: Vec<Description>,
    pub(crate) features: Vec<Description>,
    pub(crate) sections: Vec<Section>,
}

impl Document {
    pub(crate) fn section(&self, kind: SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == kind)
    }
}

/// The description of a member or feature.
#[derive(Debug)]
pub(crate) struct Description {
    pub(crate) name: Key,
    pub(crate) text: String,
}

/// A part of a documentation comment; its text has no blank lines at either end.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) kind: SectionKind,
    /// Its first line.
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// The tags that begin a section. The last four are of the dialect of 7.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SectionKind {
    Plain,
    Returns,
    Errors,
    Since,
    Todo,
    Note,
    Notes,
    Example,
    Examples,
}
