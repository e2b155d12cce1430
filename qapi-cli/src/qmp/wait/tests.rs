use std::io;

use clap::Parser;
use qapi_client::server::fake::{Act, FakeMachine};

use crate::qmp::tests::{against, directed};
use crate::qmp::{Arguments, Terminals, run};

fn check(machine: FakeMachine, words: &str, expected: (u8, &str, &str)) {
    let words: Vec<&str> = words.split(' ').collect();
    let (code, out, err) = against(machine, &words);
    assert_eq!((code, &*out, &*err), expected, "{words:?}");
}

fn status_change(id: &str, status: &str) -> Act {
    let data = format!(r#"{{"id": "{id}", "status": "{status}"}}"#);
    Act::event("JOB_STATUS_CHANGE", data)
}

#[test]
fn events() {
    for (acts, words, expected) in [
        (
            vec![Act::event("A", "{}"), Act::event("BB", r#"{"x": 1}"#)],
            "wait B*",
            (0, "2.000000 BB {\"x\":1}\n", ""),
        ),
        (
            vec![Act::event("A", "{}")],
            "wait A --json",
            (
                0,
                "{\"event\":\"A\",\"data\":{},\"timestamp\":{\"seconds\":1,\"microseconds\":0}}\n",
                "",
            ),
        ),
        (
            vec![Act::event("A", "{}")],
            "wait B --within 0.01",
            (3, "", "qmp: timed out waiting for B\n"),
        ),
        (
            vec![Act::event("A", "{}"), Act::Die],
            "wait B",
            (2, "", "qmp: the server has closed the connection\n"),
        ),
    ] {
        let acts = [vec![Act::returns("{}")], acts].concat();
        // What it is asked first is which events there are.
        check(
            FakeMachine::new().on("query-qmp-schema", acts),
            words,
            expected,
        );
    }
}

/// Whatever it is that takes too long: a machine that does not answer keeps nobody past the time.
#[test]
fn silence() {
    let silent = |name: &str| {
        let states = r#"[
            {"meta-type": "command", "name": "query-status", "arg-type": "0", "ret-type": "1"},
            {"meta-type": "object", "name": "0", "members": []},
            {"meta-type": "object", "name": "1", "members": [{"name": "status", "type": "2"}]},
            {"meta-type": "enum", "name": "2", "values": ["running"], "members": [{"name": "running"}]}]"#;
        let machine = FakeMachine::new().on("query-qmp-schema", Act::returns(states));
        machine.on(name, [])
    };
    for (command, words) in [
        ("query-status", "status running"),
        ("query-qmp-schema", "status running"),
        ("query-jobs", "job a"),
        ("qmp_capabilities", "job a"),
        ("query-qmp-schema", "STOP"),
    ] {
        let expected = format!("qmp: timed out waiting for {words}\n");
        let words = format!("wait {words} --within 0.05");
        let words: Vec<&str> = words.split(' ').collect();
        let (code, out, err) = against(silent(command), &words);
        assert_eq!((code, &*out, err), (3, "", expected), "{command}");
    }
}

/// A command is executed when one listens already: what it leads to is heard, be it before its reply; what was before is not.
#[test]
fn what_a_command_leads_to() {
    let greeted = vec![
        Act::returns("{}"),
        Act::event("A", r#"{"id": "early"}"#),
        Act::event("A", r#"{"id": "b"}"#),
    ];
    let machine = |acts: &[Act]| {
        let silent = Act::Refuse(qapi_types::Refusal::command_not_found("it"));
        FakeMachine::new()
            .on("qmp_capabilities", greeted.clone())
            .on("query-qmp-schema", silent)
            .on("query-jobs", Act::returns("[]"))
            .on("do", acts)
    };
    let b = Act::event("A", r#"{"id": "b", "n": {"x": 1}}"#);
    let done = |acts: &[Act]| [acts, &[Act::returns("{}")]].concat();
    let failed = Act::event("BLOCK_JOB_COMPLETED", r#"{"device": "j", "error": "full"}"#);
    for (acts, words, expected) in [
        (
            done(&[Act::event("A", "{}"), b.clone()]),
            "wait A id=b n.x=1 -- do",
            (0, "4.000000 A {\"id\":\"b\",\"n\":{\"x\":1}}\n", ""),
        ),
        (
            vec![Act::returns("[5]"), b.clone()],
            "wait A id=b --json -- do x=1",
            (
                0,
                "[5]\n{\"event\":\"A\",\"data\":{\"id\":\"b\",\"n\":{\"x\":1}},\"timestamp\":{\"seconds\":3,\"microseconds\":0}}\n",
                "",
            ),
        ),
        (
            done(&[]),
            "wait A --within 0.5 -- do",
            (3, "", "qmp: timed out waiting for A\n"),
        ),
        // To whoever waits for an event it is an answer.
        (
            done(&[]),
            "wait A --timeout 1 -- do",
            (3, "", "qmp: timed out waiting for A\n"),
        ),
        (
            vec![Act::Refuse(qapi_types::Refusal::generic("no"))],
            "wait A -- do",
            (1, "", "qmp: GenericError: no\n"),
        ),
        // A job that has come and gone before it could be looked at.
        (
            done(&[status_change("j", "running"), status_change("j", "null")]),
            "wait job j -- do",
            (0, "j has ended\n", ""),
        ),
        (
            done(&[status_change("j", "running"), failed]),
            "wait job j -- do",
            (1, "", "qmp: the job `j` has failed: full\n"),
        ),
        (
            done(&[status_change("k", "running")]),
            "wait job j -- do",
            (1, "", "qmp: there is no job `j`\n"),
        ),
    ] {
        check(machine(&acts), words, expected);
    }
}

/// What makes no sense is said before anything is done.
#[test]
fn words_that_say_nothing() {
    for (words, message) in [
        ("job", "which job?"),
        ("status", "which state?"),
        ("job a b", "`b` is one word too many"),
        ("A b=c d", "`d` is one word too many after the event `A`"),
        ("A -- do x", "`x` is neither KEY=VALUE nor a JSON object"),
    ] {
        let words = format!("qmp --socket /nowhere wait {words}");
        let arguments = Arguments::try_parse_from(words.split(' ')).unwrap();
        let mut err = Vec::new();
        let code = run(&arguments, Terminals::default(), &mut io::sink(), &mut err);
        let err = String::from_utf8(err).unwrap();
        assert_eq!((code, err), (2, format!("qmp: {message}\n")));
    }
}

#[test]
fn jobs() {
    let listed = |job: &str| Act::returns(format!("[{job}]"));
    let other = r#"{"id": "b", "status": "running"}"#;
    let running = r#"{"id": "a", "status": "running"}"#;
    for (acts, words, expected) in [
        (
            vec![listed(other)],
            "wait job a",
            (1, "", "qmp: there is no job `a`\n"),
        ),
        (
            vec![listed(r#"{"id": "a", "status": "concluded"}"#)],
            "wait job a",
            (0, "a has ended\n", ""),
        ),
        (
            vec![listed(r#"{"id": "a", "status": "concluded"}"#)],
            "wait job a --json",
            (0, "{\"id\":\"a\"}\n", ""),
        ),
        (
            vec![listed(
                r#"{"id": "a", "status": "concluded", "error": "full"}"#,
            )],
            "wait job a",
            (1, "", "qmp: the job `a` has failed: full\n"),
        ),
        (
            vec![listed(running), status_change("b", "null")],
            "wait job a --within 1",
            (3, "", "qmp: timed out waiting for job a: it is running\n"),
        ),
        (
            vec![listed(r#"{"id": "a", "status": "ready"}"#)],
            "wait job a --within 1",
            (
                3,
                "",
                "qmp: timed out waiting for job a: it is ready, and waits for `job-complete`\n",
            ),
        ),
        (
            vec![listed(r#"{"id": "a", "status": "pending"}"#)],
            "wait job a --within 1",
            (
                3,
                "",
                "qmp: timed out waiting for job a: it is pending, and waits for `job-finalize`\n",
            ),
        ),
        (
            vec![Act::returns(r#"{"not": "a list"}"#)],
            "wait job a",
            (
                2,
                "",
                "qmp: unexpected data from query-jobs: return: expected an array, found an object at byte 10, near `{\"return\":{\"not\": \"a list\"}`\n",
            ),
        ),
    ] {
        check(FakeMachine::new().on("query-jobs", acts), words, expected);
    }
}

/// A job that ends while it is watched, and is listed in the end or is not.
#[test]
fn jobs_that_end() {
    let listed = |job: &str| Act::returns(format!("[{job}]"));
    let running = r#"{"id": "a", "status": "running"}"#;
    let failed = Act::event("BLOCK_JOB_COMPLETED", r#"{"device": "a", "error": "full"}"#);
    let done = Act::event("BLOCK_JOB_COMPLETED", r#"{"device": "a"}"#);
    let others = Act::event("BLOCK_JOB_COMPLETED", r#"{"device": "b", "error": "full"}"#);
    let concluded = r#"{"id": "a", "status": "concluded", "error": "really full"}"#;
    for (told, then, expected) in [
        (vec![done, others], "", (0, "a has ended\n", "")),
        (
            vec![status_change("a", "aborting"), failed.clone()],
            "",
            (1, "", "qmp: the job `a` has failed: full\n"),
        ),
        (
            vec![failed],
            concluded,
            (1, "", "qmp: the job `a` has failed: really full\n"),
        ),
        (
            vec![status_change("a", "aborting")],
            "",
            (
                1,
                "",
                "qmp: the job `a` has failed: it was cancelled or aborted\n",
            ),
        ),
    ] {
        let (code, out, err) = directed(FakeMachine::new(), &["wait", "job", "a"], |fake| {
            fake.act(&fake.asked().unwrap(), listed(running));
            told.into_iter().for_each(|act| fake.say(act));
            fake.say(status_change("a", "concluded"));
            // Whatever is asked from now on, after each event or once.
            while let Some(request) = fake.asked() {
                fake.act(&request, listed(then));
            }
        });
        assert_eq!((code, &*out, &*err), expected);
    }
}

#[test]
fn states() {
    let reply = |status| Act::returns(format!(r#"{{"status": "{status}", "running": true}}"#));
    let schema = r#"[
        {"name": "query-status", "meta-type": "command", "arg-type": "0", "ret-type": "1"},
        {"name": "0", "meta-type": "object", "members": []},
        {"name": "1", "meta-type": "object", "members": [{"name": "status", "type": "2"}]},
        {"name": "2", "meta-type": "enum", "members": [{"name": "paused"}, {"name": "running"}], "values": []}
    ]"#;
    for (told, words, expected) in [
        (vec!["running"], "wait status running", (0, "running\n", "")),
        (
            vec!["paused", "paused", "running"],
            "wait status running --json",
            (0, "{\"status\":\"running\"}\n", ""),
        ),
        (
            vec![],
            "wait status runing",
            (1, "", "qmp: the machine knows no state `runing`\n"),
        ),
        (
            vec!["paused"],
            "wait status running",
            (2, "", "qmp: the server has closed the connection\n"),
        ),
    ] {
        let machine = FakeMachine::new().on("query-qmp-schema", Act::returns(schema));
        let words: Vec<&str> = words.split(' ').collect();
        let (code, out, err) = directed(machine, &words, |fake| {
            let mut told = told.into_iter();
            while let Some(request) = fake.asked() {
                match told.next() {
                    Some(status) => fake.act(&request, reply(status)),
                    None => fake.say(Act::Die),
                }
                fake.say(Act::event("STOP", "{}"));
            }
        });
        assert_eq!((code, &*out, &*err), expected, "{words:?}");
    }
}
