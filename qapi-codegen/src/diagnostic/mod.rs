//! Diagnostics as plain data. What their codes mean is in [`Code`]; [`human`] and [`short`] show them, and with the feature
//! `json` the function of that name.

mod code;
#[cfg(feature = "json")]
mod json;
mod render;
mod sink;
mod suggest;

pub use code::{Code, Explanation};
#[cfg(feature = "json")]
pub use json::json;
pub use render::{human, short};
pub(crate) use sink::Sink;
pub use suggest::{closest, quoted};

use crate::source::Span;

/// Does it stop the schema from being used?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The schema is not valid.
    Error,
    /// The schema is valid, and yet somebody should look at this.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A place with a word on what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// The definition that a diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// `struct`, `command`, …
    pub kind: &'static str,
    /// Its name; one of more than 200 characters is cut, as every diagnostic of the definition has it.
    pub name: String,
}

impl Subject {
    pub(crate) fn new(kind: &'static str, name: &str) -> Self {
        let name = match name.char_indices().nth(200) {
            Some((end, _)) => format!("{}…", &name[..end]),
            None => name.to_owned(),
        };
        Subject { kind, name }
    }
}

/// One thing that is wrong with a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of thing: stable between releases.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence that says what is wrong, without a full stop.
    pub message: String,
    /// Where it belongs: for an error inside a definition, the definition's first line, as in QEMU's own
    /// tool. The exact place within is the first label.
    pub anchor: Span,
    /// The definition it is in.
    pub subject: Option<Subject>,
    /// The exact place first, then others that explain it.
    pub labels: Vec<Label>,
    /// Facts that help to understand.
    pub notes: Vec<String>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    pub fn error(code: Code, anchor: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, anchor, message)
    }

    /// A warning at a place.
    pub fn warning(code: Code, anchor: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, anchor, message)
    }

    fn new(severity: Severity, code: Code, anchor: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity,
            message: message.into(),
            anchor,
            subject: None,
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
        }
    }

    /// Adds a label.
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a note.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Suggests the name that was probably meant, if one of `names` is close enough.
    pub fn suggest<'a>(self, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        match closest(wrong, names) {
            Some(name) => self.help(format!("did you mean {}?", quoted(name))),
            None => self,
        }
    }

    /// The exact place: the first label, or the anchor.
    pub fn primary(&self) -> Span {
        self.labels.first().map_or(self.anchor, |label| label.span)
    }
}
