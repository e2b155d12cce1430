//! What was typed before: where it is kept, and what is not.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

/// How many entries are kept.
pub(super) const ENTRIES: usize = 1000;

/// The file in which entries are kept; `None` where the user has no place for such things.
pub(super) fn file() -> Option<PathBuf> {
    file_among(|name| env::var_os(name))
}

fn file_among(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    // The specification of these folders wants relative paths to be overlooked.
    let folder = |name| {
        variable(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("qmp").join("history"))
}

/// Words by which one knows that something is said which nobody else should read.
const SECRETS: &[&str] = &["password", "passwd", "passphrase", "secret"];

/// Whether `text` is kept. What begins with a space is not, nor is what sets a password or makes a secret: it is better to
/// keep too little.
pub(super) fn is_kept(text: &str) -> bool {
    let lower = text.to_lowercase();
    let empty = text.trim().is_empty() || text.starts_with(' ');
    !empty && !SECRETS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_is_kept() {
        for (state, home, expected) in [
            (Some("/s"), Some("/h"), Some("/s/qmp/history")),
            (None, Some("/h"), Some("/h/.local/state/qmp/history")),
            (Some("s"), Some("/h"), Some("/h/.local/state/qmp/history")),
            (Some(""), None, None),
            (None, Some("h"), None),
        ] {
            let found = file_among(|name| match name {
                "XDG_STATE_HOME" => state.map(OsString::from),
                "HOME" => home.map(OsString::from),
                name => panic!("{name} is asked for"),
            });
            assert_eq!(found, expected.map(PathBuf::from), "{state:?} {home:?}");
        }
    }

    #[test]
    fn what_is_kept() {
        for (text, kept) in [
            ("query-status", true),
            ("", false),
            ("\n", false),
            (" query-status", false),
            ("set_password protocol=vnc password=x", false),
            ("object-add qom-type=secret id=s data=x", false),
            ("object-add\\\n qom-type=Secret_keyring", false),
            ("change-vnc-password x", false),
            ("{\"execute\": \"set_password\"}", false),
            ("hmp set_password vnc x", false),
        ] {
            assert_eq!(is_kept(text), kept, "{text}");
        }
    }
}
