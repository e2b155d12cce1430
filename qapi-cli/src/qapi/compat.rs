//! `qapi compat`

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use qapi_codegen::compat::{Change, Impact, Rule, Told, compare, compare_told};
use qapi_codegen::emit::introspect::introspect;
use qapi_codegen::schema::{Filter, Schema};
use qapi_codegen::source::{Sources, Span};
use serde_json::{Value, json};

use super::answer::{self, Found};
use super::schema::{Format, SchemaArguments};
use super::{Outcome, print};

/// Tell what has changed between two schemas, and what that means to clients: exit status 1 if something is breaking, or a
/// schema is not valid, 2 if one cannot be read
///
/// Compared is what is seen on the wire: commands and events by their names, and all that they reach by its shape. Names of
/// types, files and bases do not matter. `qapi explain RULE` tells more about a kind of change.
///
/// Instead of a schema OLD and NEW can be what a machine says of itself: its socket, or a file with its answer to
/// query-qmp-schema. That is of one build, has no places, and does not tell integers apart.
#[derive(Debug, Args)]
pub(crate) struct Compat {
    /// The root file of the schema as it was, or a machine
    old: PathBuf,

    /// The root file of the schema as it is, or a machine [default: the embedded schema of QEMU's machine protocol]
    new: Option<PathBuf>,

    /// How changes are shown, and what is wrong with a schema
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Show what means this much to clients, and what means more
    #[arg(long, value_name = "IMPACT", value_parser = impacts(), default_value_t = Impact::Compatible)]
    show: Impact,

    /// Exit with status 1 if there is something that means this much to clients, or more
    #[arg(long, value_name = "IMPACT", value_parser = impacts(), default_value_t = Impact::Breaking)]
    deny: Impact,
}

fn impacts() -> impl TypedValueParser<Value = Impact> {
    let values =
        Impact::ALL.map(|impact| PossibleValue::new(impact.as_str()).help(impact.meaning()));
    PossibleValuesParser::new(values)
        .try_map(|name| Impact::from_name(&name).ok_or("there is no such impact"))
}

impl Compat {
    pub(crate) fn run(self) -> Outcome {
        // Both are read, so that what is wrong is told of both.
        let (old, new) = match (self.side(Some(&self.old)), self.side(self.new.as_ref())) {
            (Ok(old), Ok(new)) => (old, new),
            (Err(outcome), _) | (_, Err(outcome)) => return outcome,
        };
        let mut changes = match (&old, &new) {
            (Side::Schema(_, old), Side::Schema(_, new)) => compare(old, new),
            // What one of them does not tell the other has to leave out, too.
            _ => match (old.told(), new.told()) {
                (Ok(old), Ok(new)) => compare_told(&old, &new),
                (Err(reason), _) | (_, Err(reason)) => return Outcome::Unusable(reason),
            },
        };
        // What matters most comes first, and otherwise nothing moves.
        changes.sort_by_key(|change| change.impact);
        let is_denied = changes
            .first()
            .is_some_and(|worst| worst.impact <= self.deny);
        changes.retain(|change| change.impact <= self.show);
        match print(&self.text(&changes, &old, &new)) {
            Outcome::Done if is_denied => Outcome::Invalid,
            outcome => outcome,
        }
    }

    /// What there is at a path, or what is embedded.
    fn side(&self, path: Option<&PathBuf>) -> Result<Side, Outcome> {
        let arguments = SchemaArguments {
            schema: path.cloned(),
            dialect: None,
            format: self.format,
        };
        let mut analysis = match path {
            None => arguments.read()?,
            Some(path) => match answer::find(path).map_err(Outcome::Unusable)? {
                Found::Answer(answer) => return Ok(Side::Machine(path.clone(), answer)),
                Found::Other(opened) => arguments.read_from(&opened)?,
            },
        };
        arguments.show(&analysis.diagnostics, &analysis.sources);
        let schema = analysis.schema.take().ok_or(Outcome::Invalid)?;
        Ok(Side::Schema(Box::new(analysis.sources), Box::new(schema)))
    }

    fn text(&self, changes: &[Change], old: &Side, new: &Side) -> String {
        let mut text = String::new();
        for change in changes {
            let was = old.place(change.old);
            let is = new.place(change.new);
            text += &match self.format {
                Format::Human => {
                    let place = match (&was, &is) {
                        (Some(was), Some(is)) if was == is => format!("  --> {is}\n"),
                        (Some(was), Some(is)) => format!("  --> {is}, was {was}\n"),
                        (Some(was), None) => format!("  --> was {was}\n"),
                        (None, Some(is)) => format!("  --> {is}\n"),
                        (None, None) => String::new(),
                    };
                    format!("{change}\n{place}\n")
                }
                Format::Short => match is.or(was) {
                    Some(place) => format!("{place}: {change}\n"),
                    None => format!("{change}\n"),
                },
                Format::Json => format!("{}\n", object(change, was, is)),
            };
        }
        if let Format::Human = self.format {
            text += &summary(changes);
        }
        text
    }
}

/// What is compared.
enum Side {
    Schema(Box<Sources>, Box<Schema>),
    /// What a machine says, and where that was had from.
    Machine(PathBuf, Value),
}

impl Side {
    /// What a machine of it says.
    fn told(&self) -> Result<Told, String> {
        match self {
            Side::Schema(_, schema) => {
                let answer = introspect(schema, &Filter::default());
                Told::read(&answer).map_err(|error| error.to_string())
            }
            Side::Machine(path, answer) => {
                Told::read(answer).map_err(|error| format!("{}: {error}", path.display()))
            }
        }
    }

    fn place(&self, span: Option<Span>) -> Option<Place> {
        match self {
            Side::Schema(sources, _) => span.map(|span| place(span, sources)),
            Side::Machine(..) => None,
        }
    }
}

/// A place in one of the schemas.
#[derive(PartialEq)]
struct Place {
    file: String,
    line: usize,
    column: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

fn place(span: Span, sources: &Sources) -> Place {
    let location = sources.location(span);
    Place {
        file: sources.file(span.file).path().display().to_string(),
        line: location.line,
        column: location.column,
    }
}

fn object(change: &Change, old: Option<Place>, new: Option<Place>) -> Value {
    let place = |place: Option<Place>| {
        place.map(|at| json!({ "file": at.file, "line": at.line, "column": at.column }))
    };
    let within = change.within.as_ref();
    json!({
        "impact": change.impact.as_str(),
        "rule": change.rule.as_str(),
        "kind": change.subject.kind,
        "name": change.subject.name,
        "message": change.message,
        "within": within.map(|within| json!({ "kind": within.kind, "name": within.name })),
        "old": place(old),
        "new": place(new),
    })
}

/// How many changes there are of each impact, and where to read on.
fn summary(changes: &[Change]) -> String {
    let counts = Impact::ALL.into_iter().filter_map(|impact| {
        let count = changes
            .iter()
            .filter(|change| change.impact == impact)
            .count();
        (count > 0).then(|| format!("{count} {impact}"))
    });
    let counts: Vec<String> = counts.collect();
    match changes.first().map(|change| change.rule) {
        Some(rule) => format!("{}; `qapi explain {rule}` tells more\n", counts.join(", ")),
        None => "nothing that is to be shown has changed\n".to_owned(),
    }
}

/// The page of a rule, if there is one of this name.
pub(super) fn explanation(name: &str) -> Option<&'static str> {
    Rule::from_name(name).map(|rule| rule.explanation().page)
}

/// A line for each rule.
pub(super) fn rules() -> String {
    let rules = Rule::ALL.iter();
    let lines = rules.map(|rule| format!("{rule}  {}\n", rule.explanation().title()));
    lines.collect()
}
