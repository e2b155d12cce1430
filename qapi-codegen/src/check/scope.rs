//! What a check needs to know of the definition it is in.

use std::fmt;

use crate::diagnostic::{Code, Diagnostic, Sink, Subject, quoted};
use crate::source::Span;
use crate::syntax::Pragmas;

/// A named part of a definition, as messages show it: ``the member `size` ``. Nearly always there is no
/// message; so it is put into words only when there is.
#[derive(Clone, Copy)]
pub(super) struct Named<'a>(pub(super) &'static str, pub(super) &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, quoted(self.1))
    }
}

/// The definition that is being checked.
pub(super) struct Scope<'a> {
    /// The whole definition: diagnostics are anchored to it.
    pub(super) span: Span,
    pub(super) subject: Option<&'a Subject>,
    pub(super) pragmas: &'a Pragmas,
    pub(super) sink: &'a mut Sink,
}

impl Scope<'_> {
    /// An error in this definition, at a place in it.
    pub(super) fn error(
        &mut self,
        code: Code,
        message: impl Into<String>,
        at: Span,
        label: impl Into<String>,
    ) {
        let diagnostic = self.diagnostic(code, message).label(at, label);
        self.push(diagnostic);
    }

    /// An error in this definition that is still to be given its labels.
    pub(super) fn diagnostic(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(code, self.span, message);
        diagnostic.subject = self.subject.cloned();
        diagnostic
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.sink.push(diagnostic);
    }
}
