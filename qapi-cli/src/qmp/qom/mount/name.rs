//! What files are called: as the properties, as far as a file can be called so.

use std::fmt::Write;

/// How long the name of a file may be, in bytes.
pub(super) const LONGEST: usize = 255;

/// The name of the file that a property is; `None` if that would be too long. No two properties' files have the same.
///
/// What cannot stand in the name of a file, and what a terminal would obey, is written as in a URL: `/` is `%2F`. So is `%`
/// itself, and a name that would mean a directory. A property without a name is `%`.
pub(super) fn file_name(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("%".to_owned());
    }
    let means_directory = matches!(name, "." | "..");
    let mut file = String::with_capacity(name.len());
    for character in name.chars() {
        if means_directory || matches!(character, '/' | '%') || character.is_control() {
            for byte in character.encode_utf8(&mut [0; 4]).bytes() {
                // A string takes whatever is written to it.
                let _ = write!(file, "%{byte:02X}");
            }
        } else {
            file.push(character);
        }
        if file.len() > LONGEST {
            return None;
        }
    }
    Some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_as_properties() {
        for (name, expected) in [
            ("type", "type"),
            ("bus master[0]", "bus master[0]"),
            (r"\x2from@etc\x2facpi[0]", r"\x2from@etc\x2facpi[0]"),
            ("..é", "..é"),
            ("a/b", "a%2Fb"),
            ("100%", "100%25"),
            ("a\0\n\u{9b}", "a%00%0A%C2%9B"),
            (".", "%2E"),
            ("..", "%2E%2E"),
            ("", "%"),
        ] {
            assert_eq!(file_name(name).as_deref(), Some(expected));
        }
        assert_eq!(
            file_name(&"x".repeat(255)).map(|name| name.len()),
            Some(255)
        );
        assert_eq!(file_name(&"x".repeat(256)), None);
        assert_eq!(file_name(&"/".repeat(86)), None);
    }
}
