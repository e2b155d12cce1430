//! Subsets: some commands, events and types of a schema, and what they reach.

use std::fmt;

use super::{Condition, DefinitionId, Kind, Schema};

/// Which definitions are in.
#[derive(Clone, Debug)]
pub struct Selection {
    selected: Vec<bool>,
}

/// A pattern that names nothing in the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmatchedPattern(pub String);

impl fmt::Display for UnmatchedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` matches no command, event or type of the schema",
            self.0
        )
    }
}

impl std::error::Error for UnmatchedPattern {}

impl Selection {
    /// Everything.
    pub fn all(schema: &Schema) -> Selection {
        Selection {
            selected: vec![true; schema.definitions.len()],
        }
    }

    /// The definitions that match one of the patterns (`*` stands for any characters, `?` for one), and
    /// what they reach.
    ///
    /// # Errors
    /// The first pattern that matches nothing: it is probably misspelt.
    pub fn matching(schema: &Schema, patterns: &[String]) -> Result<Selection, UnmatchedPattern> {
        let mut selected = vec![false; schema.definitions.len()];
        for pattern in patterns {
            let mut matched = false;
            for (id, definition) in schema.definitions() {
                let nameable = match &definition.kind {
                    Kind::Builtin(_) | Kind::Array(_) => false,
                    Kind::Object(object) => !object.implicit,
                    _ => true,
                };
                if nameable && glob(pattern.as_bytes(), definition.name.as_bytes()) {
                    selected[id.0 as usize] = true;
                    matched = true;
                }
            }
            if !matched {
                return Err(UnmatchedPattern(pattern.clone()));
            }
        }
        let mut selection = Selection { selected };
        selection.close(schema);
        Ok(selection)
    }

    /// Leaves out what a predicate refuses: conditions that do not hold, unstable definitions.
    pub(crate) fn retain(&mut self, schema: &Schema, keep: &dyn Fn(DefinitionId) -> bool) {
        for (id, _) in schema.definitions() {
            self.selected[id.0 as usize] &= keep(id);
        }
    }

    /// Is the definition in?
    pub fn contains(&self, id: DefinitionId) -> bool {
        self.selected[id.0 as usize]
    }

    fn close(&mut self, schema: &Schema) {
        schema.reach(&mut self.selected);
    }
}

/// Does a condition hold, or can it not be told?
pub(crate) fn may_hold(condition: Option<&Condition>, defines: Option<&[String]>) -> bool {
    match (condition, defines) {
        (Some(condition), Some(defines)) => {
            condition.holds(&|symbol| defines.iter().any(|defined| defined == symbol))
        }
        _ => true,
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
