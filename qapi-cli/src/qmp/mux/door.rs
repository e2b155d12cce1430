//! Where clients come in, and what they may do there.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use qapi_client::{Address, Policy};

use super::super::monitor::{address, name};

/// A socket for clients: `PATH[,RULE]…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Door {
    pub(super) address: Address,
    pub(super) policy: Policy,
}

impl Door {
    /// Reads what a command line says. A comma that belongs to the path is written twice.
    ///
    /// # Errors
    /// It is no address, or what follows is no policy.
    pub(super) fn parse(word: OsString) -> Result<Self, String> {
        let mut path = Vec::new();
        let mut rest = word.as_bytes();
        let rules = loop {
            let comma = rest.iter().position(|byte| *byte == b',');
            let Some(comma) = comma else {
                path.extend_from_slice(rest);
                break "";
            };
            path.extend_from_slice(&rest[..comma]);
            rest = &rest[comma + 1..];
            match rest.strip_prefix(b",") {
                Some(behind) => {
                    path.push(b',');
                    rest = behind;
                }
                None if rest.is_empty() => return Err("a rule is to follow a comma".to_owned()),
                None => break std::str::from_utf8(rest).map_err(|_| "a rule is text")?,
            }
        };
        Ok(Self {
            address: address(OsString::from_vec(path)).map_err(|error| error.to_string())?,
            policy: rules
                .parse()
                .map_err(|error: qapi_client::PolicyError| error.to_string())?,
        })
    }

    /// The socket's name, as people know it.
    pub(super) fn name(&self) -> String {
        name(&self.address)
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self.policy.to_string().as_str() {
            "" => f.write_str(&name),
            policy => write!(f, "{name} ({policy})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_rules() {
        for (word, expected) in [
            ("a", Ok("a")),
            ("a,read-only,deny=quit", Ok("a (read-only,deny=quit)")),
            ("a,,b,allow=x", Ok("a,b (allow=x)")),
            ("unix:@a,read-only", Ok("unix:@a (read-only)")),
            ("a,", Err("a rule is to follow a comma")),
            ("a,readonly", Err("`readonly` is no rule")),
            (",read-only", Err("`` is no address")),
            ("tcp:a", Err("`tcp:a` is no address")),
        ] {
            let found = Door::parse(word.into()).map(|door| door.to_string());
            match expected {
                Ok(expected) => assert_eq!(found.as_deref(), Ok(expected)),
                Err(expected) => assert!(found.unwrap_err().starts_with(expected), "{word}"),
            }
        }
    }
}
