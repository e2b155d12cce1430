//! Since when: the release that a definition or member came with, as its documentation tells.

use std::fmt;
use std::str::FromStr;

use super::{Definition, DocKind, Schema};

/// A release of QEMU, such as 8.0 or 2.12.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number, 0 if it is not told.
    pub micro: u32,
}

impl Version {
    /// The newest release that a text tells of, as `since 8.0`. A description tells of more than one when something
    /// about what it describes came later: a value, another architecture, that it is required.
    ///
    /// ```
    /// use qapi_codegen::schema::Version;
    ///
    /// let newest = Version::newest_told("The node's name.  (since 2.0; never absent since 10.1)");
    /// assert_eq!(newest.map(|version| version.to_string()).as_deref(), Some("10.1"));
    /// ```
    pub fn newest_told(text: &str) -> Option<Version> {
        told(text).map(|(_, version)| version).max()
    }

    /// The version that a text begins with.
    fn prefix(text: &str) -> Option<Version> {
        let end = text
            .find(|ch: char| !ch.is_ascii_digit() && ch != '.')
            .unwrap_or(text.len());
        text[..end].trim_end_matches('.').parse().ok()
    }

    /// The version in a member's description: `(since 8.0)`, `(Since: 8.0)`, and where none is in
    /// parentheses, `since 8.0`. Where several are told (a value that came later, say), the member itself is
    /// as old as the oldest.
    pub fn in_description(text: &str) -> Option<Version> {
        let told: Vec<(bool, Version)> = told(text).collect();
        let parenthesized = told
            .iter()
            .filter(|(parenthesized, _)| *parenthesized)
            .min();
        parenthesized
            .or(told.iter().min())
            .map(|(_, version)| *version)
    }

    /// A description without the parenthesis at its end that says no more than that this is the version: for whoever has said
    /// that already.
    ///
    /// ```
    /// use qapi_codegen::schema::Version;
    ///
    /// let text = "The node's name. (since 2.0)";
    /// let version = Version::in_description(text).unwrap();
    /// assert_eq!(version.left_out_of(text), "The node's name.");
    /// let text = "The node's name. (since 2.0; never absent since 10.1)";
    /// assert_eq!(version.left_out_of(text), text);
    /// ```
    pub fn left_out_of(self, description: &str) -> &str {
        let said = |inner: &str| {
            let rest = inner.strip_prefix(['s', 'S'])?.strip_prefix("ince")?;
            let version = rest.strip_prefix(':').unwrap_or(rest).trim();
            version.parse::<Self>().ok()
        };
        match parenthesis(description) {
            Some((before, inner)) if said(inner) == Some(self) => before,
            _ => description,
        }
    }
}

/// What stands in the parentheses at the end of a text, and what stands before.
fn parenthesis(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_end();
    let text = text.strip_suffix('.').unwrap_or(text);
    let (before, inner) = text.strip_suffix(')')?.rsplit_once('(')?;
    Some((before.trim_end(), inner))
}

/// The releases that a text tells of, as `since 8.0`; and whether a parenthesis opens right before it.
fn told(text: &str) -> impl Iterator<Item = (bool, Version)> {
    text.match_indices(['s', 'S']).filter_map(|(at, _)| {
        let before = text[..at].chars().next_back();
        let rest = text[at + 1..].strip_prefix("ince")?;
        let rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
        let version = Version::prefix(rest)?;
        (!before.is_some_and(char::is_alphanumeric)).then_some((before == Some('('), version))
    })
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let error = || format!("`{text}` is not a version such as 7.2");
        let mut numbers = text.split('.').map(|part| part.parse::<u32>());
        let mut next = |required: bool| match numbers.next() {
            Some(Ok(number)) => Ok(number),
            None if !required => Ok(0),
            _ => Err(error()),
        };
        let version = Version {
            major: next(true)?,
            minor: next(true)?,
            micro: next(false)?,
        };
        match numbers.next() {
            None => Ok(version),
            Some(_) => Err(error()),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.micro != 0 {
            write!(f, ".{}", self.micro)?;
        }
        Ok(())
    }
}

impl Schema {
    /// The release a definition came with, from its `Since:` section.
    pub fn since(&self, definition: &Definition) -> Option<Version> {
        let doc = self.doc(definition)?;
        let section = doc
            .sections
            .iter()
            .find(|section| section.kind == DocKind::Since)?;
        Version::prefix(section.text.trim_start())
    }

    /// The release a member, value or branch came with, from its description.
    pub fn member_since(&self, definition: &Definition, member: &str) -> Option<Version> {
        Version::in_description(self.doc(definition)?.member(member)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_descriptions() {
        let found = |text| Version::in_description(text).map(|version| version.to_string());
        assert_eq!(found("how fast (since 8.0)").as_deref(), Some("8.0"));
        assert_eq!(found("how fast (Since: 2.12.1)").as_deref(), Some("2.12.1"));
        assert_eq!(
            found("on or\nauto.  (since 6.1; auto since\n7.0.)").as_deref(),
            Some("6.1")
        );
        assert_eq!(found("insincere 8.0, since then"), None);
    }

    #[test]
    fn a_version_has_two_or_three_numbers() {
        assert!("7".parse::<Version>().is_err());
        assert!("7.2.1.0".parse::<Version>().is_err());
        assert!("7.2".parse::<Version>().unwrap() < "10.0".parse().unwrap());
    }
}
