//! Changes between two schemas, as clients meet them on the wire.
//!
//! What is compared are commands and events by their names, and what they reach by its shape: names of types, the files that
//! they are in, and how members are spread over structs and their bases are not seen on the wire. Who sends a type decides what
//! a change of it means: a new optional member is nothing to a client that does not send it, and another that a client
//! does not expect in a reply.
//!
//! [`compare`] does this with schemas, [`compare_told`] with what servers tell of themselves.
//!
//! Each kind of change is a [`Rule`] with a page of its own, which says why it matters and has a schema before and after.

mod alternates;
mod comparison;
mod conditions;
mod enums;
mod features;
mod messages;
mod objects;
mod rule;
mod told;
mod types;

use std::fmt;

use crate::diagnostic::Subject;
use crate::schema::Schema;
use crate::source::Span;
use comparison::Comparison;

pub use rule::Rule;
pub use told::{Told, ToldError, compare_told};

/// Something that is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub rule: Rule,
    /// What it means to clients.
    pub impact: Impact,
    /// The command, event or type that has changed.
    pub subject: Subject,
    /// What has changed about it.
    pub message: String,
    /// The first command or event that the type is met in; nothing if it is the subject itself.
    pub within: Option<Subject>,
    /// Where that was in the old schema, if it was there.
    pub old: Option<Span>,
    /// Where that is in the new schema, if it is there.
    pub new: Option<Span>,
}

/// What a change means to clients that were written for the old schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// What was right is wrong: requests are refused, or replies and events are not what they were promised to be.
    Breaking,
    /// It would be breaking, but clients were told: what has changed was deprecated, or never was stable.
    Announced,
    /// It works as before, and will not for ever.
    Deprecating,
    /// Servers send what clients do not know, and QMP wants clients to live with that.
    Tolerated,
    /// No client notices that does not look for it.
    Compatible,
}

impl Impact {
    /// Every one, the worst first.
    pub const ALL: [Impact; 5] = [
        Impact::Breaking,
        Impact::Announced,
        Impact::Deprecating,
        Impact::Tolerated,
        Impact::Compatible,
    ];

    /// The impact of a name such as `breaking`, in any letter case.
    pub fn from_name(name: &str) -> Option<Impact> {
        let mut all = Impact::ALL.into_iter();
        all.find(|impact| impact.as_str().eq_ignore_ascii_case(name))
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Impact::Breaking => "What was right is wrong",
            Impact::Announced => "The same, of what was deprecated or unstable",
            Impact::Deprecating => "It works as before, and will not for ever",
            Impact::Tolerated => "Servers send what clients do not know, and have to live with",
            Impact::Compatible => "Nobody notices who does not look for it",
        }
    }

    /// `breaking`, for example.
    pub fn as_str(self) -> &'static str {
        match self {
            Impact::Breaking => "breaking",
            Impact::Announced => "announced",
            Impact::Deprecating => "deprecating",
            Impact::Tolerated => "tolerated",
            Impact::Compatible => "compatible",
        }
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `breaking[command-removed]: command stop: it is gone`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = (self.subject.kind, &self.subject.name);
        write!(f, "{}[{}]: {kind} {name}: ", self.impact, self.rule)?;
        f.write_str(&self.message)?;
        match &self.within {
            Some(within) => write!(f, " (in {} {})", within.kind, within.name),
            None => Ok(()),
        }
    }
}

/// All that has changed from one schema to the other, in the order of the new one's commands and events, after what is gone.
///
/// ```
/// use qapi_codegen::{analyze, source::MemoryLoader};
/// use qapi_codegen::compat::{compare, Impact, Rule};
///
/// let schema = |text: &str| {
///     let analysis = analyze("a.json".as_ref(), &MemoryLoader::new().with("a.json", text), None);
///     analysis.unwrap().schema.unwrap()
/// };
/// let old = schema("{ 'command': 'stop', 'data': { '*reason': 'str' } }");
/// let new = schema("{ 'command': 'stop', 'data': { 'reason': 'str' } }");
/// let changes = compare(&old, &new);
/// assert_eq!(changes[0].rule, Rule::InputMemberRequired);
/// assert_eq!(changes[0].impact, Impact::Breaking);
/// assert_eq!(
///     changes[0].to_string(),
///     "breaking[input-member-required]: command stop: the argument `reason` is required now"
/// );
/// ```
pub fn compare(old: &Schema, new: &Schema) -> Vec<Change> {
    let mut comparison = Comparison::of(old, new);
    comparison.messages();
    comparison.finish()
}
