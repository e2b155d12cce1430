//! Subsets: some commands, events and types of a schema, and what they reach.

use std::fmt;

use crate::diagnostic::{closest, quoted};

use super::{Branch, Condition, Definition, DefinitionId, Entry, Feature, Kind, Schema};

/// Which definitions are in.
#[derive(Clone, Debug)]
pub struct Selection {
    selected: Vec<bool>,
}

/// A pattern that names nothing in the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmatchedPattern {
    /// The pattern.
    pub pattern: String,
    /// What was probably meant.
    pub closest: Option<String>,
}

impl fmt::Display for UnmatchedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match is_for_branches(&self.pattern) {
            true => "branch of a union",
            false => "command, event, type or file",
        };
        write!(
            f,
            "{} matches no {what} of the schema",
            quoted(&self.pattern)
        )?;
        match &self.closest {
            Some(closest) => write!(f, ": did you mean `{closest}`?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for UnmatchedPattern {}

/// What of a definition is in: conditions that are settled, whether unstable parts count, and branches that were chosen.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The symbols of the build, if they are known: then every condition is settled.
    pub defines: Option<Vec<String>>,
    /// Are unstable commands, events, members and values left out?
    pub stable_only: bool,
    /// Patterns for branches, `UNION/BRANCH`: a union of which one of them matches a branch has those that match, and no others.
    pub branches: Vec<String>,
}

impl Filter {
    /// Is something in that has this condition and these features?
    pub fn keeps(&self, condition: Option<&Condition>, features: &[Feature]) -> bool {
        let unstable = || features.iter().any(|feature| feature.name == "unstable");
        self.holds(condition) != Some(false) && !(self.stable_only && unstable())
    }

    /// Is a branch of this definition in?
    pub fn keeps_branch(&self, owner: &Definition, branch: &Branch) -> bool {
        self.keeps(branch.condition.as_ref(), &[]) && self.chooses(owner, branch)
    }

    /// Is it a branch that was chosen, or one of those among which nobody has chosen, and stable enough? They cannot be chosen of
    /// an alternate: what a server sends has to be one of them.
    pub(crate) fn chooses(&self, owner: &Definition, branch: &Branch) -> bool {
        if self.stable_only && branch.unstable {
            return false;
        }
        let mut patterns = self.choosing(owner).peekable();
        patterns.peek().is_none() || patterns.any(|pattern| of_branch(pattern, branch))
    }

    /// Has somebody chosen among the branches of this definition?
    #[cfg(feature = "json")]
    pub(crate) fn narrows(&self, owner: &Definition) -> bool {
        self.choosing(owner).next().is_some()
    }

    /// The patterns that choose among the branches of a definition. One for unions of any name says nothing of those that
    /// have no such branch.
    fn choosing<'a>(&'a self, owner: &Definition) -> impl Iterator<Item = &'a String> {
        let patterns = self.branches.iter();
        patterns.filter(|pattern| matches_branch(pattern, owner))
    }

    /// Does each pattern for branches match one?
    ///
    /// # Errors
    /// The first that does not: it is probably misspelt.
    pub fn check(&self, schema: &Schema) -> Result<(), UnmatchedPattern> {
        let matches = |pattern: &&String| {
            let mut definitions = schema.definitions();
            definitions.any(|(_, definition)| matches_branch(pattern, definition))
        };
        match self.branches.iter().find(|pattern| !matches(pattern)) {
            Some(pattern) => Err(UnmatchedPattern {
                pattern: pattern.clone(),
                closest: closest_branch(schema, pattern),
            }),
            None => Ok(()),
        }
    }

    /// Does a condition hold? `None` if that depends on the build; no condition always holds.
    pub fn holds(&self, condition: Option<&Condition>) -> Option<bool> {
        let Some(condition) = condition else {
            return Some(true);
        };
        let defines = self.defines.as_ref()?;
        Some(condition.holds(&|symbol| defines.iter().any(|defined| defined == symbol)))
    }
}

impl Selection {
    /// Everything that the filter lets through, and what that reaches.
    pub fn all(schema: &Schema, filter: &Filter) -> Selection {
        let every = schema
            .definitions()
            .filter(|(_, definition)| is_nameable(definition));
        Self::of(schema, filter, every.map(|(id, _)| id))
    }

    /// The definitions that match one of the patterns (`*` stands for any characters, `?` for one), and
    /// what they reach. A pattern that ends in `.json` is one for files of the schema: their commands and events.
    ///
    /// # Errors
    /// The first pattern that matches nothing: it is probably misspelt.
    pub fn matching(
        schema: &Schema,
        filter: &Filter,
        patterns: &[String],
    ) -> Result<Selection, UnmatchedPattern> {
        let mut matched = Vec::new();
        for pattern in patterns {
            let before = matched.len();
            match pattern.ends_with(".json") {
                true => matched.extend(of_files(schema, pattern)),
                false => matched.extend(by_name(schema, pattern)),
            }
            if matched.len() == before {
                return Err(UnmatchedPattern {
                    pattern: pattern.clone(),
                    closest: closest_name(schema, pattern),
                });
            }
        }
        Ok(Self::of(schema, filter, matched.into_iter()))
    }

    fn of(schema: &Schema, filter: &Filter, ids: impl Iterator<Item = DefinitionId>) -> Selection {
        let mut selected = vec![false; schema.definitions.len()];
        for id in ids {
            let definition = schema.definition(id);
            selected[id.index()] =
                filter.keeps(definition.condition.as_ref(), &definition.features);
        }
        schema.reach(Schema::parts, filter, &mut selected);
        Selection { selected }
    }

    /// Is the definition in?
    pub fn contains(&self, id: DefinitionId) -> bool {
        self.selected[id.index()]
    }
}

/// Is a pattern one for branches of unions? No name has a slash in it.
pub(crate) fn is_for_branches(pattern: &str) -> bool {
    pattern.contains('/') && !pattern.ends_with(".json")
}

/// Does a pattern for branches match one of this definition?
fn matches_branch(pattern: &str, definition: &Definition) -> bool {
    let of_branch = |branch| of_branch(pattern, branch);
    of_union(pattern, definition) && definition.branches().iter().any(of_branch)
}

/// Is a pattern for branches one for unions of this name?
fn of_union(pattern: &str, definition: &Definition) -> bool {
    let union = pattern.split_once('/').map_or(pattern, |(union, _)| union);
    is_union(definition) && glob(union.as_bytes(), definition.name.as_bytes())
}

fn is_union(definition: &Definition) -> bool {
    matches!(definition.kind, Kind::Object(_)) && !definition.branches().is_empty()
}

/// Does a branch match a pattern that is for its union?
fn of_branch(pattern: &str, branch: &Branch) -> bool {
    let name = pattern.split_once('/').map_or("*", |(_, branch)| branch);
    glob(name.as_bytes(), branch.name.as_bytes())
}

/// The branch that a pattern was probably meant for that matches none.
fn closest_branch(schema: &Schema, pattern: &str) -> Option<String> {
    let (union, branch) = pattern.split_once('/')?;
    let named = schema.definitions().map(|(_, definition)| definition);
    let unions: Vec<&Definition> = named.filter(|one| is_union(one)).collect();
    let matching = unions.iter().filter(|one| of_union(pattern, one));
    let branches = matching.flat_map(|one| one.branches());
    let mut names = branches.map(|one| one.name.as_str()).peekable();
    if names.peek().is_some() {
        return closest(branch, names).map(|branch| format!("{union}/{branch}"));
    }
    let union = closest(union, unions.iter().map(|one| one.name.as_str()))?;
    Some(format!("{union}/{branch}"))
}

/// The name or the file that a pattern was probably meant for that matches none.
fn closest_name(schema: &Schema, pattern: &str) -> Option<String> {
    let nameable = schema
        .definitions()
        .filter(|(_, definition)| is_nameable(definition));
    let names = nameable.map(|(_, definition)| definition.name.as_str());
    let files = schema.modules().map(|(_, module)| module.name.as_str());
    closest(pattern, names.chain(files)).map(str::to_owned)
}

/// What has a name that matches a pattern.
fn by_name(schema: &Schema, pattern: &str) -> impl Iterator<Item = DefinitionId> {
    let nameable = schema
        .definitions()
        .filter(|(_, definition)| is_nameable(definition));
    nameable
        .filter(|(_, definition)| glob(pattern.as_bytes(), definition.name.as_bytes()))
        .map(|(id, _)| id)
}

/// The commands and events of the files whose path matches a pattern.
fn of_files(schema: &Schema, pattern: &str) -> impl Iterator<Item = DefinitionId> {
    let modules = schema
        .modules()
        .filter(|(_, module)| glob(pattern.as_bytes(), module.name.as_bytes()));
    let entries = modules.flat_map(|(_, module)| &module.entries);
    entries.filter_map(|entry| match entry {
        Entry::Definition(id) => {
            let kind = &schema.definition(*id).kind;
            matches!(kind, Kind::Command(_) | Kind::Event(_)).then_some(*id)
        }
        Entry::Include(_) => None,
    })
}

/// Can a pattern name it? The types of the language itself, arrays and implicit types come with what uses
/// them.
fn is_nameable(definition: &Definition) -> bool {
    match &definition.kind {
        Kind::Builtin(_) | Kind::Array(_) => false,
        Kind::Object(object) => !object.implicit && definition.span.is_some(),
        _ => definition.span.is_some(),
    }
}

/// Shell patterns with `*` and `?`, in time proportional to the product of the lengths at worst.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == name[n] => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, taken)) => {
                    star = Some((at, taken + 1));
                    p = at + 1;
                    n = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn patterns_are_those_of_a_shell() {
        let matches = |pattern: &str, name: &str| glob(pattern.as_bytes(), name.as_bytes());
        assert!(matches("query-*", "query-block"));
        assert!(matches("*block*", "query-block-jobs"));
        assert!(matches("quit", "quit"));
        assert!(matches("job-?*", "job-pause"));
        assert!(!matches("query-*", "query"));
        assert!(!matches("quit", "quit2"));
        assert!(!matches("*-block", "query-block-jobs"));
    }
}
