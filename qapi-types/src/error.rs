//! Why a text could not be decoded, and where in it.

use std::fmt;

use crate::reader::Reader;

/// Why a JSON text could not be decoded: the problem, the path to the value that has it, its offset and the text
/// around it.
///
/// The details are boxed, so that the result of every decoder stays one pointer larger at most.
///
/// ```
/// let error = qapi_types::from_str::<Vec<u8>>(r#"[1, 2, "three"]"#).unwrap_err();
/// assert_eq!(error.path(), "[2]");
/// assert_eq!(error.offset(), 7);
/// assert_eq!(
///     error.to_string(),
///     r#"[2]: expected an integer, found a string at byte 7, near `[1, 2, "three"]`"#
/// );
/// ```
#[derive(PartialEq, Eq)]
pub struct DecodeError(Box<Details>);

#[derive(PartialEq, Eq)]
struct Details {
    problem: Problem,
    /// From the innermost step to the outermost: each decoder adds its own on the way out.
    path: Vec<Step>,
    place: Option<Place>,
}

#[derive(PartialEq, Eq)]
struct Place {
    offset: usize,
    snippet: Box<str>,
}

#[derive(PartialEq, Eq)]
enum Step {
    Member(Box<str>),
    Element(usize),
}

/// What is wrong with a text or with a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A value, or a piece of JSON's grammar, is not the one that has to be there.
    Unexpected {
        /// What was to be there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A member that the object must have is not there.
    Missing {
        /// The member's name.
        member: &'static str,
    },
    /// A member that was there already.
    Duplicate,
    /// A member that the type does not have; strict bindings alone mind.
    UnknownMember,
    /// A name that is none of a closed enumeration's.
    UnknownValue {
        /// The enumeration's name in the schema.
        type_name: &'static str,
        /// The name that was found, shortened if it is long.
        value: String,
    },
    /// A number that the type cannot hold.
    OutOfRange {
        /// The type's range in words.
        expected: &'static str,
        /// The number as written, shortened if it is long.
        found: String,
    },
    /// An escape sequence that JSON does not know, or half of a surrogate pair.
    Escape,
    /// The text is not UTF-8.
    Utf8,
    /// Values are nested deeper than [`Limits`](crate::Limits) allow.
    TooDeep,
    /// What the values take in memory is beyond [`Limits`](crate::Limits).
    TooLarge,
    /// Something follows the value.
    Trailing,
}

impl DecodeError {
    /// An error whose place its caller's reader knows; see [`Reader::error`] for one that is placed at once.
    #[cold]
    pub fn new(problem: Problem) -> Self {
        Self(Box::new(Details {
            problem,
            path: Vec::new(),
            place: None,
        }))
    }

    /// The error of an object in which `member` is missing.
    #[cold]
    pub fn missing(member: &'static str) -> Self {
        Self::new(Problem::Missing { member })
    }

    /// What is wrong.
    pub fn problem(&self) -> &Problem {
        &self.0.problem
    }

    /// The way from the outermost value to the one that is wrong: `return[3].driver.size`, empty for the outermost.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.0.path.iter().rev() {
            match step {
                Step::Member(name) if path.is_empty() => path.push_str(name),
                Step::Member(name) => {
                    path.push('.');
                    path.push_str(name);
                }
                Step::Element(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }

    /// Where the problem lies, in bytes from the beginning of the text.
    pub fn offset(&self) -> usize {
        self.0.place.as_ref().map_or(0, |place| place.offset)
    }

    /// A few words of the text around the problem.
    pub fn snippet(&self) -> &str {
        self.0.place.as_ref().map_or("", |place| &place.snippet)
    }

    /// The same error, seen from the object whose member `name` has it.
    #[cold]
    pub fn in_member(mut self, name: &str) -> Self {
        self.0.path.push(Step::Member(legible(name).into()));
        self
    }

    /// The same error, seen from the array whose element `index` has it.
    #[cold]
    pub fn in_element(mut self, index: usize) -> Self {
        self.0.path.push(Step::Element(index));
        self
    }

    /// Says where the value is that the error belongs to, unless that is known more exactly.
    #[cold]
    pub(crate) fn placed(mut self, text: &str, offset: usize) -> Self {
        self.0.place.get_or_insert_with(|| Place {
            offset,
            snippet: snippet(text, offset),
        });
        self
    }
}

/// The text around `offset`, on one line, whole characters only.
fn snippet(text: &str, offset: usize) -> Box<str> {
    const BEFORE: usize = 16;
    const AFTER: usize = 32;
    let mut start = offset.saturating_sub(BEFORE).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = offset.saturating_add(AFTER).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let words: Vec<_> = text[start..end].split_whitespace().collect();
    legible(&words.join(" ")).into()
}

/// What a peer has written, for people to read in an error: as long as a line at most, and nothing that moves a cursor.
pub(crate) fn legible(text: &str) -> String {
    const LONG: usize = 64;
    let shown = text.chars().take(LONG);
    let mut legible: String = shown
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if text.chars().nth(LONG).is_some() {
        legible.push('…');
    }
    legible
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if !path.is_empty() {
            write!(f, "{path}: ")?;
        }
        write!(f, "{}", self.0.problem)?;
        match &self.0.place {
            Some(place) => write!(f, " at byte {}, near `{}`", place.offset, place.snippet),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected { expected, found } => write!(f, "expected {expected}, found {found}"),
            Self::Missing { member } => write!(f, "member `{member}` is missing"),
            Self::Duplicate => write!(f, "the member is there twice"),
            Self::UnknownMember => write!(f, "the type has no such member"),
            Self::UnknownValue { type_name, value } => {
                write!(f, "`{value}` is not a value of {type_name}")
            }
            Self::OutOfRange { expected, found } => {
                write!(f, "expected {expected}, found the number {found}")
            }
            Self::Escape => write!(f, "not an escape sequence of JSON"),
            Self::Utf8 => write!(f, "not UTF-8"),
            Self::TooDeep => write!(f, "nested too deep"),
            Self::TooLarge => write!(f, "too large in memory"),
            Self::Trailing => write!(f, "something follows the value"),
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("problem", &self.0.problem)
            .field("path", &self.path())
            .field("offset", &self.offset())
            .field("snippet", &self.snippet())
            .finish()
    }
}

impl std::error::Error for DecodeError {}

impl Reader<'_> {
    /// An error at the reader's position.
    #[cold]
    pub fn error(&self, problem: Problem) -> DecodeError {
        self.error_at(problem, self.offset())
    }

    #[cold]
    pub(crate) fn error_at(&self, problem: Problem, offset: usize) -> DecodeError {
        DecodeError::new(problem).placed(self.text(), offset)
    }

    /// The error for a member that was there before.
    #[cold]
    pub(crate) fn duplicate(&self) -> DecodeError {
        self.error(Problem::Duplicate)
    }

    /// An error of the array's element `index`, which begins at `start`.
    #[cold]
    pub(crate) fn in_element(&self, error: DecodeError, start: usize, index: usize) -> DecodeError {
        error.placed(self.text(), start).in_element(index)
    }

    /// The error for a value of another kind than `expected` (in words: `"a string or null"`), at the reader's position.
    #[cold]
    pub fn unexpected(&mut self, expected: &'static str) -> DecodeError {
        self.skip_whitespace();
        let found = self.found();
        self.error(Problem::Unexpected { expected, found })
    }

    /// The error for a name that the closed enumeration `type_name` does not have: the string read last, or
    /// the discriminator looked ahead for.
    #[cold]
    pub fn unknown_value(&self, type_name: &'static str, value: &str) -> DecodeError {
        let value = legible(value);
        let string = self.last_string();
        let error = self.error_at(Problem::UnknownValue { type_name, value }, string.offset);
        match string.discriminator {
            Some(member) => error.in_member(member),
            None => error,
        }
    }

    /// What stands at the reader's position, in words.
    fn found(&self) -> String {
        let rest = &self.text()[self.offset()..];
        let words = match rest.chars().next() {
            None => "the end of the text",
            Some('"') => "a string",
            Some('{') => "an object",
            Some('[') => "an array",
            Some('-' | '0'..='9') => "a number",
            Some('t') if rest.starts_with("true") => "true",
            Some('f') if rest.starts_with("false") => "false",
            Some('n') if rest.starts_with("null") => "null",
            Some(other) => return format!("{other:?}"),
        };
        words.to_owned()
    }
}
