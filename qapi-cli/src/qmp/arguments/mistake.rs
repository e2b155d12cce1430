//! What is wrong with a form that is filled in.

use std::fmt;

use qapi_codegen::diagnostic::{closest, quoted};

use super::entry::Value;
use super::form::Field;
use super::takes::Takes;

/// Something wrong, and where.
#[derive(Clone, Debug)]
pub(in crate::qmp) struct Mistake<'a> {
    /// The argument that it is about, as one writes it: `file.driver`. Of a word that is no argument at all the word.
    pub(in crate::qmp) path: String,
    pub(in crate::qmp) problem: Problem<'a>,
}

/// What is wrong.
#[derive(Clone, Debug)]
pub(in crate::qmp) enum Problem<'a> {
    /// A word is neither `key=value` nor a JSON object.
    Word,
    /// What should be JSON is none; the text says why.
    Json(String),
    /// There is no such argument.
    Unknown {
        near: Option<&'a str>,
        /// What there is instead.
        known: Vec<&'a str>,
    },
    /// It is said twice.
    Twice,
    /// The value is of another kind.
    Value {
        given: String,
        takes: Takes<'a>,
        near: Option<&'a str>,
    },
    /// It has members or elements of none.
    Parts(Takes<'a>),
    /// An element of a list that has no number.
    Element,
    /// It has to be there.
    Missing(Box<Field<'a>>),
    /// Nothing nests so deep.
    Depth,
}

impl<'a> Problem<'a> {
    pub(super) fn value(given: &Value, takes: Takes<'a>) -> Self {
        let string = given.string();
        let near = string.and_then(|string| closest(&string, takes.values()));
        let given = given.as_str().to_owned();
        Self::Value { given, takes, near }
    }

    pub(super) fn unknown(name: &str, known: Vec<&'a str>) -> Self {
        let near = closest(name, known.iter().copied());
        Self::Unknown { near, known }
    }
}

/// All that is wrong.
#[derive(Clone, Debug)]
pub(in crate::qmp) struct Mistakes<'a>(pub(in crate::qmp) Vec<Mistake<'a>>);

/// So many names are listed.
const LISTED: usize = 12;

impl fmt::Display for Mistakes<'_> {
    /// A line for each, and one for all that is missing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (missing, others): (Vec<_>, Vec<_>) = self.0.iter().partition(|it| it.is_missing());
        for (at, mistake) in others.iter().enumerate() {
            write!(f, "{}{mistake}", if at == 0 { "" } else { "\n" })?;
        }
        for (at, mistake) in missing.iter().enumerate() {
            f.write_str(match (at, others.is_empty()) {
                (0, true) => "missing: ",
                (0, false) => "\nmissing: ",
                _ => "; ",
            })?;
            write!(f, "{mistake}")?;
        }
        Ok(())
    }
}

impl<'a> Mistake<'a> {
    /// Of a word that is no JSON the message tells the place: the word itself may be long.
    pub(super) fn of_word(word: &str, problem: Problem<'a>) -> Self {
        let path = match problem {
            Problem::Json(_) => String::new(),
            _ => word.to_owned(),
        };
        Self { path, problem }
    }

    /// What is missing.
    pub(super) fn missing(self) -> Option<Field<'a>> {
        match self.problem {
            Problem::Missing(field) => Some(*field),
            _ => None,
        }
    }

    /// Whether it is only that something is not there yet.
    pub(in crate::qmp) fn is_missing(&self) -> bool {
        matches!(self.problem, Problem::Missing(_))
    }
}

impl fmt::Display for Mistake<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = quoted(&self.path);
        match &self.problem {
            Problem::Word => write!(f, "{path} is neither KEY=VALUE nor a JSON object"),
            Problem::Json(error) if self.path.is_empty() => {
                write!(f, "the arguments are not JSON: {error}")
            }
            Problem::Json(error) => write!(f, "{path} begins like JSON and is none: {error}"),
            Problem::Unknown { near, known } => {
                write!(f, "there is no argument {path}")?;
                match (near, &**known) {
                    (Some(near), _) => write!(f, ": did you mean {}?", quoted(near)),
                    (None, []) => write!(f, ": there are none"),
                    (None, known) if known.len() <= LISTED => {
                        write!(f, ": there are {}", list(known))
                    }
                    (None, known) => {
                        let (listed, others) = known.split_at(LISTED);
                        write!(
                            f,
                            ": there are {} and {} others",
                            list(listed),
                            others.len()
                        )
                    }
                }
            }
            Problem::Twice => write!(f, "{path} is given twice"),
            Problem::Value { given, takes, near } => {
                match self.path.is_empty() {
                    true => write!(f, "the arguments are {takes}, not {}", quoted(given))?,
                    false => write!(f, "{path} takes {takes}, not {}", quoted(given))?,
                }
                match near {
                    Some(near) => write!(f, ": did you mean {}?", quoted(near)),
                    None => Ok(()),
                }
            }
            Problem::Parts(takes) => {
                write!(f, "{path} cannot be: what it is a part of takes {takes}")
            }
            Problem::Element => write!(
                f,
                "{path} is no element of the list: these are 0, 1 and so on"
            ),
            Problem::Missing(field) => write!(f, "{path} ({})", field.takes),
            Problem::Depth => write!(f, "{path} is nested too deep"),
        }
    }
}

fn list(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| quoted(name)).collect();
    names.join(", ")
}
