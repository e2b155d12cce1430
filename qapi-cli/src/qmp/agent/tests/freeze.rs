//! File systems that are frozen while a command runs here.

use qapi_client::server::fake::Act;
use qapi_types::Refusal;

use super::agent;

/// File systems are thawed whatever happens, but for those that others have frozen.
#[test]
fn a_freeze_is_held_no_longer_than_the_command_runs() {
    let thawed = [
        "guest-fsfreeze-status",
        "guest-fsfreeze-freeze",
        "guest-fsfreeze-thaw",
    ];
    let gone = Act::Die;
    let refused = Act::Refuse(Refusal::generic("busy"));
    let number = |count: u8| Act::returns(count.to_string());
    for (words, status, freeze, thaw, asked, expected) in [
        ("true", "thawed", number(2), number(2), &thawed[..], (0, "")),
        (
            "-- sh -c exit${IFS}7",
            "thawed",
            number(2),
            number(2),
            &thawed,
            (7, ""),
        ),
        (
            "--within 0.05 sleep 1000",
            "thawed",
            number(2),
            number(2),
            &thawed,
            (124, "timed out: the command was ended"),
        ),
        (
            "/nowhere/at-all",
            "thawed",
            number(2),
            number(2),
            &thawed,
            (
                127,
                "cannot start /nowhere/at-all: No such file or directory (os error 2)",
            ),
        ),
        (
            "true",
            "frozen",
            number(2),
            number(2),
            &thawed[..1],
            (125, "somebody else has frozen the guest's file systems"),
        ),
        (
            "true",
            "thawed",
            refused.clone(),
            number(0),
            &thawed[..2],
            (125, "GenericError: busy"),
        ),
        (
            "true",
            "thawed",
            gone.clone(),
            number(0),
            &thawed,
            (
                125,
                "the guest agent is gone: the server has closed the connection",
            ),
        ),
        (
            "true",
            "thawed",
            number(0),
            number(0),
            &thawed,
            (125, "the guest has no file systems that can be frozen"),
        ),
        (
            "true",
            "thawed",
            number(2),
            number(0),
            &thawed,
            (
                125,
                "the guest had thawed its file systems before the command ended",
            ),
        ),
        ("false", "thawed", number(2), number(0), &thawed, (1, "")),
    ] {
        let words: Vec<&str> = ["fsfreeze", "hold"]
            .into_iter()
            .chain(words.split(' '))
            .collect();
        let status = format!("\"{status}\"");
        let done = agent(&words, move |request| {
            vec![match request.name() {
                Some("guest-fsfreeze-status") => Act::returns(&*status),
                Some("guest-fsfreeze-freeze") => freeze.clone(),
                _ => thaw.clone(),
            }]
        });
        let expected_err = match expected.1 {
            "" => String::new(),
            message => format!("qmp: {message}\n"),
        };
        assert_eq!(
            (done.code, &*done.out, done.err),
            (expected.0, "", expected_err),
            "{words:?}"
        );
        assert_eq!(done.asked, asked, "{words:?}");
    }
}

/// An agent that goes while the file systems are frozen is looked for anew; one that does not thaw them is told.
#[test]
fn thawing_is_tried_again() {
    for (failures, expected) in [
        (1, (0, String::new())),
        (
            3,
            (
                125,
                "qmp: the guest's file systems may still be frozen, `qmp agent fsfreeze thaw` thaws them: the guest agent is gone: the server has closed the connection\n".to_owned(),
            ),
        ),
    ] {
        let mut thaws = 0;
        let done = agent(&["fsfreeze", "hold", "true"], move |request| {
            vec![match request.name() {
                Some("guest-fsfreeze-status") => Act::returns("\"thawed\""),
                Some("guest-fsfreeze-thaw") if thaws < failures => {
                    thaws += 1;
                    Act::Die
                }
                _ => Act::returns("2"),
            }]
        });
        assert_eq!((done.code, done.err), expected);
        let thaws = done.asked.iter().filter(|name| *name == "guest-fsfreeze-thaw");
        assert_eq!(thaws.count(), 3.min(failures + 1));
    }
}
