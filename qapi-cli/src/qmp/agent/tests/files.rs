//! Files of the guest.

use data_encoding::BASE64;
use qapi_client::server::fake::Act;
use qapi_types::Refusal;

use super::{agent, on};
use crate::qmp::Terminals;

/// Files are closed however reading and writing ends.
#[test]
fn files_of_the_guest() {
    let piece = |bytes: &[u8], eof| {
        let (count, data) = (bytes.len(), BASE64.encode(bytes));
        Act::returns(format!(
            r#"{{"count": {count}, "buf-b64": "{data}", "eof": {eof}}}"#
        ))
    };
    let long = vec![b'x'; (256 << 10) + 1];
    for (pieces, expected) in [
        (
            vec![piece(b"a\x1b", false), piece(b"b", true)],
            (0, "a\u{fffd}b", ""),
        ),
        (vec![piece(b"a", false), piece(b"", true)], (0, "a", "")),
        (
            vec![piece(b"", false)],
            (
                2,
                "",
                "qmp: asked for at most 262144 bytes of what is left, the agent gives 0\n",
            ),
        ),
        (
            vec![piece(&long, true)],
            (
                2,
                "",
                "qmp: asked for at most 262144 bytes of what is left, the agent gives 262145\n",
            ),
        ),
        (
            vec![piece(b"a", false), Act::Refuse(Refusal::generic("no more"))],
            (1, "a", "qmp: GenericError: no more\n"),
        ),
    ] {
        let mut pieces = pieces.into_iter();
        let terminals = Terminals {
            out: true,
            err: true,
        };
        let done = on(terminals, &["agent", "cat", "/f"], move |request| {
            vec![match request.name() {
                Some("guest-file-open") => Act::returns("1000"),
                Some("guest-file-close") => Act::returns("{}"),
                _ => pieces.next().unwrap(),
            }]
        });
        assert_eq!((done.code, &*done.out, &*done.err), expected);
        assert_eq!(
            done.asked.last().map(String::as_str),
            Some("guest-file-close")
        );
    }

    let folder = tempfile::tempdir().unwrap();
    let input = folder.path().join("input");
    std::fs::write(&input, b"abc").unwrap();
    let words = ["write", "/f", "--input", input.to_str().unwrap(), "--json"];
    for (counts, expected) in [
        (vec![3], (0, "{\"count\":3}\n", "")),
        (vec![1, 2], (0, "{\"count\":3}\n", "")),
        (
            vec![1, 0],
            (
                2,
                "",
                "qmp: the agent says that of 2 bytes it has written 0; 1 bytes were written before\n",
            ),
        ),
        (
            vec![4],
            (
                2,
                "",
                "qmp: the agent says that of 3 bytes it has written 4; 0 bytes were written before\n",
            ),
        ),
    ] {
        let (mut counts, mut at) = (counts.into_iter(), 0);
        let done = agent(&words, move |request| {
            vec![match request.name() {
                Some("guest-file-open") => Act::returns("1000"),
                Some("guest-file-write") => {
                    let data = request.arguments().unwrap().get("buf-b64");
                    assert_eq!(data, Some(BASE64.encode(&b"abc"[at..]).into()));
                    let count = counts.next().unwrap();
                    at += count;
                    Act::returns(format!(r#"{{"count": {count}, "eof": false}}"#))
                }
                _ => Act::returns("{}"),
            }]
        });
        assert_eq!((done.code, &*done.out, &*done.err), expected);
        assert_eq!(
            done.asked.last().map(String::as_str),
            Some("guest-file-close")
        );
    }
}

/// With `--replace` no keys at all would shut everybody out.
#[test]
fn a_file_without_keys() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, "# none\n\n").unwrap();
    for action in ["add", "remove"] {
        let words = ["ssh-keys", action, "ada", file.to_str().unwrap()];
        let done = agent(&words, |request| panic!("{:?}", request.name()));
        let told = format!("qmp: {} has no keys\n", file.display());
        assert_eq!((done.code, &*done.out, &*done.err), (2, "", &*told));
    }
}

/// Keys are lines without comments.
#[test]
fn keys_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys");
    std::fs::write(&file, "# ours\n\nssh-x A a@b\r\n  ssh-x B b@c\n").unwrap();
    for (words, name, expected) in [
        (
            "add",
            "guest-ssh-add-authorized-keys",
            r#"{"username": "ada", "keys": ["ssh-x A a@b", "ssh-x B b@c"], "reset": true}"#,
        ),
        (
            "remove",
            "guest-ssh-remove-authorized-keys",
            r#"{"username": "ada", "keys": ["ssh-x A a@b", "ssh-x B b@c"]}"#,
        ),
    ] {
        let file = file.to_str().unwrap();
        let words = ["ssh-keys", words, "ada", file, "--replace"];
        let words = &words[..if words[1] == "add" { 5 } else { 4 }];
        let done = agent(words, move |request| {
            assert_eq!(request.name(), Some(name));
            assert_eq!(request.arguments(), expected.parse().ok().as_ref());
            vec![Act::returns("{}")]
        });
        assert_eq!((done.code, &*done.out, &*done.err), (0, "", ""));
    }
}
