//! Which commands may be executed.

use std::fmt;
use std::str::FromStr;

use crate::core::matches;

/// Which commands may be executed, by their names.
///
/// As text it is a list of rules with commas between them; none is [`everything`](Self::everything).
///
/// | rule | what it says |
/// |---|---|
/// | `read-only` | the commands of [`READ_ONLY`](Self::READ_ONLY) may be executed |
/// | `allow=GLOB` | and those with such a name; `*` stands for any characters |
/// | `deny=GLOB` | but none with such a name, whatever else is said |
///
/// Where neither of the first two is said, all may be executed that are not denied. The order of the rules does not matter.
///
/// ```
/// use qapi_client::Policy;
///
/// let operator: Policy = "read-only,allow=blockdev-*,deny=blockdev-create".parse()?;
/// assert!(operator.allows("query-block") && operator.allows("blockdev-add"));
/// assert!(!operator.allows("quit") && !operator.allows("blockdev-create"));
/// assert!(Policy::everything().deny("quit").allows("stop"));
/// # Ok::<(), qapi_client::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    read_only: bool,
    allowed: Vec<String>,
    denied: Vec<String>,
}

/// A text that is no [`Policy`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    rule: String,
}

impl Policy {
    /// The commands of QEMU that look at a machine and leave it as it is. Whatever writes a file, stops what runs, takes a
    /// descriptor, speaks HMP or consumes what it returns is none of them.
    pub const READ_ONLY: [&str; 10] = [
        "device-list-properties",
        "qom-get",
        "qom-list",
        "qom-list-get",
        "qom-list-properties",
        "qom-list-types",
        "query-*",
        "trace-event-get-state",
        "x-query-*",
        "xen-event-list",
    ];

    /// Every command, those that nobody knows yet among them.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The commands of [`READ_ONLY`](Self::READ_ONLY).
    pub fn read_only() -> Self {
        Self {
            read_only: true,
            ..Self::default()
        }
    }

    /// Lets commands be executed: those whose names `glob` describes.
    pub fn allow(mut self, glob: impl Into<String>) -> Self {
        self.allowed.push(glob.into());
        self
    }

    /// Keeps commands from being executed, whatever lets them: those whose names `glob` describes.
    pub fn deny(mut self, glob: impl Into<String>) -> Self {
        self.denied.push(glob.into());
        self
    }

    /// Whether the command `name` may be executed.
    pub fn allows(&self, name: &str) -> bool {
        let is_one_of = |globs: &[String]| globs.iter().any(|glob| matches(glob, name));
        let is_limited = self.read_only || !self.allowed.is_empty();
        let is_harmless = || Self::READ_ONLY.iter().any(|glob| matches(glob, name));
        let is_allowed =
            !is_limited || is_one_of(&self.allowed) || (self.read_only && is_harmless());
        is_allowed && !is_one_of(&self.denied)
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let rules = text.split(',').filter(|_| !text.is_empty());
        let mut policy = Self::everything();
        for rule in rules {
            policy = match rule.split_once('=') {
                None if rule == "read-only" => Self {
                    read_only: true,
                    ..policy
                },
                Some(("allow", glob)) if !glob.is_empty() => policy.allow(glob),
                Some(("deny", glob)) if !glob.is_empty() => policy.deny(glob),
                _ => return Err(PolicyError { rule: rule.into() }),
            };
        }
        Ok(policy)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read_only = self.read_only.then(|| "read-only".to_owned());
        let allowed = self.allowed.iter().map(|glob| format!("allow={glob}"));
        let denied = self.denied.iter().map(|glob| format!("deny={glob}"));
        let rules: Vec<String> = read_only.into_iter().chain(allowed).chain(denied).collect();
        f.write_str(&rules.join(","))
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = &self.rule;
        write!(
            f,
            "`{rule}` is no rule: expected `read-only`, `allow=GLOB` or `deny=GLOB`"
        )
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::Policy;

    #[test]
    fn rules_and_commands() {
        for (text, allowed, refused) in [
            ("", &["query-block", "quit", "anything"][..], &[][..]),
            (
                "read-only",
                &["query-block", "x-query-numa", "qom-get"],
                &["quit", "qom-set", "human-monitor-command", "getfd", ""],
            ),
            ("allow=stop,allow=c*", &["stop", "cont"], &["query-block"]),
            ("deny=quit,deny=*_*", &["stop"], &["quit", "device_add"]),
            (
                "deny=query-v*,read-only,allow=query-vnc,allow=stop",
                &["query-block", "stop"],
                &["query-vnc", "query-version", "cont"],
            ),
        ] {
            let policy: Policy = text.parse().unwrap();
            for name in allowed {
                assert!(policy.allows(name), "{text}: {name}");
            }
            for name in refused {
                assert!(!policy.allows(name), "{text}: {name}");
            }
            assert_eq!(policy.to_string().parse(), Ok(policy), "{text}");
        }
    }

    #[test]
    fn what_is_no_rule() {
        for text in [
            "readonly",
            "read-only,",
            "allow",
            "allow=",
            "deny=",
            "read-only=1",
            ",",
        ] {
            let error = text.parse::<Policy>().unwrap_err().to_string();
            assert!(error.contains("` is no rule: expected"), "{error}");
        }
    }
}
