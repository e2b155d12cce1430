//! Conditions: what a build of QEMU must have for a part of the schema to be in it.

use std::fmt;

/// A condition over the symbols of a build, such as `CONFIG_LINUX`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The symbol is defined.
    Defined(String),
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// Does it hold in a build with these symbols?
    pub fn holds(&self, defined: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Condition::Defined(symbol) => defined(symbol),
            Condition::All(all) => all.iter().all(|condition| condition.holds(defined)),
            Condition::Any(any) => any.iter().any(|condition| condition.holds(defined)),
            Condition::Not(condition) => !condition.holds(defined),
        }
    }

    /// Adds every symbol it names.
    pub fn symbols<'a>(&'a self, out: &mut Vec<&'a str>) {
        match self {
            Condition::Defined(symbol) => out.push(symbol),
            Condition::All(inner) | Condition::Any(inner) => {
                inner.iter().for_each(|condition| condition.symbols(out));
            }
            Condition::Not(inner) => inner.symbols(out),
        }
    }
}

/// As one would say it: `A and (B or not C)`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let infix = |f: &mut fmt::Formatter<'_>, word: &str, inner: &[Condition]| {
            for (at, condition) in inner.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                match condition {
                    Condition::All(several) | Condition::Any(several) if several.len() > 1 => {
                        write!(f, "({condition})")?;
                    }
                    _ => write!(f, "{condition}")?,
                }
            }
            Ok(())
        };
        match self {
            Condition::Defined(symbol) => f.write_str(symbol),
            Condition::All(inner) => infix(f, "and", inner),
            Condition::Any(inner) => infix(f, "or", inner),
            Condition::Not(inner) => match **inner {
                Condition::Defined(_) | Condition::Not(_) => write!(f, "not {inner}"),
                _ => write!(f, "not ({inner})"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_one_would_say_them() {
        let name = |name: &str| Condition::Defined(name.into());
        let any = Condition::Any(vec![name("B"), Condition::Not(Box::new(name("C")))]);
        let all = Condition::All(vec![name("A"), any]);
        assert_eq!(all.to_string(), "A and (B or not C)");
        let not = Condition::Not(Box::new(all.clone()));
        assert_eq!(not.to_string(), "not (A and (B or not C))");
        assert!(all.holds(&|symbol| symbol == "A"));
        assert!(!all.holds(&|symbol| symbol != "B"));
    }
}
