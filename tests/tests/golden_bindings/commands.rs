use qapi_types::{Command, Request, from_str, to_string};

use crate::bindings::commands::{commands::*, types};

/// The request as it is written.
fn written<C: Command>(command: &C) -> String {
    to_string(&Request::new(command))
}

#[test]
fn arguments_in_all_forms() {
    let options =
        types::Options::new("d", types::OptionsBranch::Disk(types::Disk::new("/f"))).size(4);
    let cases = [
        (written(&Stop), r#"{"execute":"stop"}"#),
        (
            written(&Resize::new("d", 7).tags(vec!["a".into()])),
            r#"{"execute":"resize","arguments":{"id":"d","size":7,"tags":["a"]}}"#,
        ),
        (
            written(&Remove::from(types::Arguments::new("d"))),
            r#"{"execute":"remove","arguments":{"id":"d"}}"#,
        ),
        (
            written(&RemoveBoxed(types::Arguments::new("d").force(true))),
            r#"{"execute":"remove-boxed","arguments":{"id":"d","force":true}}"#,
        ),
        (
            written(&Add::from(options)),
            r#"{"execute":"add","arguments":{"id":"d","size":4,"kind":"disk","file":"/f"}}"#,
        ),
        (
            written(
                &DeviceAdd::new("nic")
                    .with("mac", "52:54:00:12:34:56")
                    .with("queues", 4),
            ),
            r#"{"execute":"device-add","arguments":{"driver":"nic","mac":"52:54:00:12:34:56","queues":4}}"#,
        ),
        (written(&Shutdown::new()), r#"{"execute":"shutdown"}"#),
    ];
    for (written, expected) in cases {
        assert_eq!(written, expected);
    }
}

#[test]
fn what_a_command_is_told_to_be() {
    const { assert!(!Shutdown::SUCCESS_RESPONSE && Stop::SUCCESS_RESPONSE) };
    const { assert!(Rescue::ALLOW_OOB && Rescue::ALLOW_PRECONFIG) };
    const { assert!(!Stop::ALLOW_OOB && !Stop::ALLOW_PRECONFIG) };
    assert_eq!((Stop::NAME, Stop::SINCE), ("stop", None));
}

#[test]
fn what_commands_return() {
    let count: <QueryCount as Command>::Return = from_str("3").unwrap();
    assert_eq!(count, 3);
    let disks: <QueryDisks as Command>::Return = from_str(r#"[{"file": "/f"}]"#).unwrap();
    assert_eq!(disks[0].file, "/f");
}
