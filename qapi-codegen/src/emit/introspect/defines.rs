//! The conditions of a build, found by comparing a schema with what a live machine says of itself.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use serde_json::Value;

use crate::schema::{Condition, Definition, DefinitionId, Feature, Kind, Schema};

/// The symbols that must have been defined in the build whose `query-qmp-schema` returned `answer`. Symbols
/// that nothing tells of count as not defined.
///
/// # Errors
/// The answer is none, or no choice of symbols explains it: then it is of another schema.
pub fn defines(schema: &Schema, answer: &Value) -> Result<Vec<String>, DefinesError> {
    let items = answer.as_array().ok_or(DefinesError::NoAnswer)?;
    let entries = items.iter().map(|item| {
        // What has a name is in other answers, too.
        let name = item["name"].as_str()?;
        item["meta-type"].as_str().map(|_| (name, item))
    });
    let by_name: Option<HashMap<&str, &Value>> = entries.collect();
    let by_name = by_name.filter(|entries| !entries.is_empty());
    let by_name = by_name.ok_or(DefinesError::NoAnswer)?;
    let mut evidence = Evidence {
        schema,
        by_name,
        facts: Vec::new(),
        visited: HashSet::new(),
    };
    evidence.gather();
    let mut solver = Solver {
        facts: &evidence.facts,
        symbols: BTreeMap::new(),
        steps: 0,
    };
    solver.solve()?;
    let defined = solver.symbols.into_iter().filter(|(_, defined)| *defined);
    Ok(defined.map(|(symbol, _)| symbol.to_owned()).collect())
}

/// Why the conditions of a build cannot be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DefinesError {
    /// It is no answer to `query-qmp-schema`.
    NoAnswer,
    /// No choice of symbols explains the answer; this condition is the first that stands in the way.
    Contradiction(String),
    /// It would take too long to try all choices.
    TooHard,
}

impl fmt::Display for DefinesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DefinesError::NoAnswer => f.write_str(
                "this is no answer to query-qmp-schema: expected an array of its entries",
            ),
            DefinesError::Contradiction(condition) => {
                write!(
                    f,
                    "the answer is of another schema: it says yes and no to `{condition}`"
                )
            }
            DefinesError::TooHard => {
                f.write_str("the conditions are too entangled to be told from the answer")
            }
        }
    }
}

impl std::error::Error for DefinesError {}

/// What the answer tells of conditions: each holds or does not.
struct Evidence<'a> {
    schema: &'a Schema,
    by_name: HashMap<&'a str, &'a Value>,
    facts: Vec<(&'a Condition, bool)>,
    visited: HashSet<DefinitionId>,
}

impl<'a> Evidence<'a> {
    fn gather(&mut self) {
        let schema = self.schema;
        let mut pending = Vec::new();
        for (_, definition) in schema.definitions() {
            let types = match &definition.kind {
                Kind::Command(command) => [
                    ("arg-type", command.arguments),
                    ("ret-type", command.returns),
                ],
                Kind::Event(event) => [("arg-type", event.data), ("arg-type", None)],
                _ => continue,
            };
            let entry = self.by_name.get(definition.name.as_str()).copied();
            self.fact(definition.condition.as_ref(), entry.is_some());
            let Some(entry) = entry else { continue };
            self.features(&definition.features, entry);
            pending.extend(
                types
                    .into_iter()
                    .filter_map(|(key, ty)| Some((ty?, entry[key].as_str()?))),
            );
        }
        while let Some((ty, name)) = pending.pop() {
            if self.visited.insert(ty)
                && let Some(entry) = self.by_name.get(name).copied()
            {
                self.entry(schema.definition(ty), ty, entry, &mut pending);
            }
        }
    }

    fn entry(
        &mut self,
        definition: &'a Definition,
        ty: DefinitionId,
        entry: &'a Value,
        pending: &mut Vec<(DefinitionId, &'a str)>,
    ) {
        let list = |key: &str| entry[key].as_array().map_or(&[][..], Vec::as_slice);
        let find = |key: &str, member: &str, name: &str| {
            list(key).iter().find(|item| item[member] == name)
        };
        self.features(&definition.features, entry);
        match &definition.kind {
            Kind::Array(element) => {
                pending.extend(entry["element-type"].as_str().map(|name| (*element, name)));
            }
            Kind::Enum(kind) => {
                for value in &kind.values {
                    let found = find("members", "name", &value.name);
                    let listed = list("values")
                        .iter()
                        .any(|name| *name == value.name.as_str());
                    self.fact(value.condition.as_ref(), found.is_some() || listed);
                    if let Some(found) = found {
                        self.features(&value.features, found);
                    }
                }
            }
            Kind::Object(object) => {
                for (_, member) in self.schema.all_members(ty) {
                    let found = find("members", "name", &member.name);
                    self.fact(member.condition.as_ref(), found.is_some());
                    if let Some(found) = found {
                        self.features(&member.features, found);
                        pending.extend(found["type"].as_str().map(|name| (member.ty, name)));
                    }
                }
                for branch in object.union.iter().flat_map(|union| &union.branches) {
                    let found = find("variants", "case", &branch.name);
                    self.fact(branch.condition.as_ref(), found.is_some());
                    let name = found.and_then(|found| found["type"].as_str());
                    pending.extend(name.map(|name| (branch.ty, name)));
                }
            }
            // The branches of an alternate have no names on the wire; where all are there, the order tells.
            Kind::Alternate(alternate) if alternate.branches.len() == list("members").len() => {
                for (branch, member) in alternate.branches.iter().zip(list("members")) {
                    pending.extend(member["type"].as_str().map(|name| (branch.ty, name)));
                }
            }
            _ => {}
        }
    }

    fn features(&mut self, features: &'a [Feature], entry: &Value) {
        let listed = entry["features"].as_array();
        for feature in features {
            let found = listed
                .is_some_and(|listed| listed.iter().any(|name| *name == feature.name.as_str()));
            self.fact(feature.condition.as_ref(), found);
        }
    }

    fn fact(&mut self, condition: Option<&'a Condition>, holds: bool) {
        self.facts
            .extend(condition.map(|condition| (condition, holds)));
    }
}

/// Finds symbols that explain all facts: first what follows, then by trying.
struct Solver<'a, 'e> {
    facts: &'e [(&'a Condition, bool)],
    symbols: BTreeMap<&'a str, bool>,
    steps: usize,
}

/// So many trials are enough for any schema that is written by people.
const MAX_STEPS: usize = 10_000;

impl<'a> Solver<'a, '_> {
    fn solve(&mut self) -> Result<(), DefinesError> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(DefinesError::TooHard);
        }
        loop {
            let known = self.symbols.len();
            for &(condition, holds) in self.facts {
                if !self.force(condition, holds) {
                    return Err(DefinesError::Contradiction(condition.to_string()));
                }
            }
            if self.symbols.len() == known {
                break;
            }
        }
        let open = self.facts.iter().find_map(|(condition, _)| {
            let mut symbols = Vec::new();
            condition.symbols(&mut symbols);
            symbols.into_iter().find(|symbol| {
                self.value(condition).is_none() && !self.symbols.contains_key(symbol)
            })
        });
        let Some(symbol) = open else { return Ok(()) };
        let before = self.symbols.clone();
        self.symbols.insert(symbol, false);
        let without = self.solve();
        if !matches!(without, Err(DefinesError::Contradiction(_))) {
            return without;
        }
        self.symbols = before;
        self.symbols.insert(symbol, true);
        self.solve()
    }

    /// What is known of a condition.
    fn value(&self, condition: &Condition) -> Option<bool> {
        let all = |inner: &[Condition], wanted: bool| {
            let mut unknown = false;
            for condition in inner {
                match self.value(condition) {
                    Some(value) if value != wanted => return Some(!wanted),
                    Some(_) => {}
                    None => unknown = true,
                }
            }
            (!unknown).then_some(wanted)
        };
        match condition {
            Condition::Defined(symbol) => self.symbols.get(symbol.as_str()).copied(),
            Condition::All(inner) => all(inner, true),
            Condition::Any(inner) => all(inner, false),
            Condition::Not(inner) => self.value(inner).map(|value| !value),
        }
    }

    /// Takes note of what follows from a condition's value; `false` if it cannot have that value.
    fn force(&mut self, condition: &'a Condition, holds: bool) -> bool {
        if let Some(value) = self.value(condition) {
            return value == holds;
        }
        match condition {
            Condition::Defined(symbol) => {
                self.symbols.insert(symbol, holds);
                true
            }
            Condition::Not(inner) => self.force(inner, !holds),
            Condition::All(inner) if holds => {
                inner.iter().all(|condition| self.force(condition, true))
            }
            Condition::Any(inner) if !holds => {
                inner.iter().all(|condition| self.force(condition, false))
            }
            Condition::All(inner) | Condition::Any(inner) => {
                // One of them decides; if only one is left, it is that one.
                let mut open = inner
                    .iter()
                    .filter(|condition| self.value(condition).is_none());
                match (open.next(), open.next()) {
                    (Some(only), None) => self.force(only, holds),
                    _ => true,
                }
            }
        }
    }
}
