//! Where links lead: from an object to another, both in the mount.

use super::name::file_name;

/// How long the text of a symbolic link may be, in bytes.
const LONGEST: usize = 4095;

/// The text of the symbolic link in the directory of the object `from` that leads to the object `to`, in a mount of `root`;
/// `None` if `to` is not in the mount, or is no path of an object. All paths are such as the machine gives them.
pub(super) fn lead(root: &str, from: &str, to: &str) -> Option<String> {
    let (from, to) = (below(root, from)?, below(root, to)?);
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| Some("..".to_owned()));
    let down = to[shared..].iter().map(|name| file_name(name));
    let words: Vec<String> = up.chain(down).collect::<Option<_>>()?;
    let text = match words.is_empty() {
        true => ".".to_owned(),
        false => words.join("/"),
    };
    (text.len() <= LONGEST).then_some(text)
}

/// The names of the objects from `root` down to `path`.
fn below<'a>(root: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let rest = match root {
        "/" => path.strip_prefix('/')?,
        root => match path.strip_prefix(root)? {
            "" => "",
            rest => rest.strip_prefix('/')?,
        },
    };
    let names: Vec<&str> = match rest {
        "" => Vec::new(),
        rest => rest.split('/').collect(),
    };
    names.iter().all(|name| !name.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_objects_in_the_mount() {
        for (root, from, to, expected) in [
            ("/", "/machine/a", "/machine/b/c[0]", Some("../b/c[0]")),
            ("/", "/", "/machine", Some("machine")),
            ("/", "/machine", "/", Some("..")),
            ("/", "/machine", "/machine", Some(".")),
            ("/machine", "/machine/a", "/machine/b", Some("../b")),
            ("/machine", "/machine", "/machine/b", Some("b")),
            ("/machine", "/machine/a/b", "/machine", Some("../..")),
            // Out of the mount.
            ("/machine", "/machine/a", "/objects/b", None),
            ("/machine", "/machine/a", "/machines", None),
            ("/machine", "/machine/a", "/", None),
            // No paths of objects.
            ("/", "/machine", "", None),
            ("/", "/machine", "machine", None),
            ("/", "/machine", "/a//b", None),
            ("/", "/machine", "/a/", None),
            // Names that would lead elsewhere do not.
            ("/", "/machine", "/../etc\0/%", Some("../%2E%2E/etc%00/%25")),
        ] {
            assert_eq!(
                lead(root, from, to).as_deref(),
                expected,
                "{root} {from} {to}"
            );
        }
        assert_eq!(lead("/", "/", &format!("/{}", "x".repeat(256))), None);
        assert_eq!(lead("/", "/", &"/x".repeat(2100)), None);
    }
}
