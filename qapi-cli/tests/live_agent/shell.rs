//! `qmp agent shell`, from a pipe and in a terminal.

use std::path::Path;
use std::process::Command;

use qapi_client::server::Request;
use qapi_client::server::fake::Act;
use qapi_tests::agent::Agent;
use qapi_tests::done::run_with;
use qapi_tests::live::{AGENT, Terminal, folder, harmless_agent};

use super::command;

#[test]
fn scripts() {
    let Some(mut agent) = harmless_agent() else {
        return;
    };
    drop(agent.connect(AGENT));
    for (words, script, (code, out, err)) in [
        (
            &[][..],
            "guest-ping\n\n# nothing\n{'execute': 'guest-fsfreeze-status'}\n",
            (0, "{}\n\"thawed\"\n", ""),
        ),
        (&["--json"], "guest-ping", (0, "{\"return\":{}}\n", "")),
        (
            &["--verbose"],
            "guest-exec path=true arg.0=007",
            (
                0,
                "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"true\",\"arg\":[\"007\"]}}\n{\"pid\":N}\n",
                "",
            ),
        ),
        (
            &[],
            "guest-file-open pat=x\nguest-ping",
            (
                2,
                "",
                "qmp: line 1: there is no argument `pat`: did you mean `path`?\nmissing: `path` (a string)\n",
            ),
        ),
        (
            &[],
            "guest-file-read handle=x",
            (2, "", "qmp: line 1: `handle` takes an integer, not `x`\n"),
        ),
        (
            &["--keep-going"],
            "guest-shutdown\nguest-dance a=1\nguest-ping",
            (
                1,
                "{}\n",
                "qmp: line 1: guest-shutdown is forbidden in this guest, by the settings of its agent\n\
                 qmp: line 2: the guest agent, version N, does not know guest-dance\n",
            ),
        ),
        (
            &["--read-only", "--keep-going"],
            "guest-fsfreeze-status\nguest-file-open path=x\n{'execute': 'guest-exec', 'arguments': {'path': 'x'}}\nguest-dance\nguest-ping",
            (
                2,
                "\"thawed\"\n{}\n",
                "qmp: line 2: `guest-file-open` is not known to change nothing, and this session is read-only\n\
                 qmp: line 3: `guest-exec` is not known to change nothing, and this session is read-only\n\
                 qmp: line 4: `guest-dance` is not known to change nothing, and this session is read-only\n",
            ),
        ),
        (
            &[],
            "help help\nhelp guest-exec/arg/path",
            (
                0,
                "help [PATH]\n    tell of a command, or of a part: guest-ping, guest-exec/arg/path\n\
                 guest-exec/arg/path: str\n    The program, which is searched for in the usual places if there is no\n    directory in front.\n",
                "",
            ),
        ),
        // What a machine's shell understands is no agent's.
        (
            &["--keep-going"],
            "oob guest-ping\nevents on\nrecord f\nhmp stop",
            (
                2,
                "",
                "qmp: line 1: `guest-ping` is neither KEY=VALUE nor a JSON object\n\
                 qmp: line 2: `on` is neither KEY=VALUE nor a JSON object\n\
                 qmp: line 3: `f` is neither KEY=VALUE nor a JSON object\n\
                 qmp: line 4: `stop` is neither KEY=VALUE nor a JSON object\n",
            ),
        ),
    ] {
        let words = [&["shell"], words].concat();
        let told = run_with(command(agent.folder(), &words), script);
        let (told_out, told_err) = (without_numbers(&told.1), without_numbers(&told.2));
        assert_eq!((told.0, &*told_out, &*told_err), (Some(code), out, err));
    }
}

/// The numbers of a version and of a process are others each time.
fn without_numbers(text: &str) -> String {
    let is_number = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
    let words = text.split_inclusive([' ', ',', '}', ':']);
    words
        .map(|word| match word.split_at(word.len() - 1) {
            (number, end) if is_number(number) && end != ":" => format!("N{end}"),
            _ => word.to_owned(),
        })
        .collect()
}

/// What is answered only if it fails is done when it was not refused; what is not answered is not waited for for ever, and
/// whoever comes next is told what is asked next.
#[test]
fn what_is_not_answered() {
    let folder = folder();
    let agent = Agent::listen(&folder.path().join("agent"), |request: &Request| {
        let info = r#"{"version": "1.0", "supported_commands": [
            {"name": "guest-suspend-ram", "enabled": true, "success-response": false},
            {"name": "guest-get-time", "enabled": true, "success-response": true}]}"#;
        match request.name() {
            Some("guest-info") => vec![Act::returns(info)],
            Some("guest-suspend-ram" | "guest-get-time") => Vec::new(),
            _ => vec![Act::returns("{}")],
        }
    });
    let mut shell = Command::new(env!("CARGO_BIN_EXE_qmp"));
    let words = ["--socket", "agent", "--timeout", "4", "agent", "shell"];
    shell
        .current_dir(folder.path())
        .args(words)
        .arg("--keep-going");
    let (code, out, err) = run_with(shell, "guest-suspend-ram\nguest-get-time\nguest-ping\n");
    assert_eq!((code, &*out), (Some(2), "{}\n{}\n"), "{err}");
    assert!(err.starts_with("qmp: line 2: timed out"), "{err}");
    assert!(err.ends_with("; it may be done yet\n"), "{err}");
    let commands = [
        "guest-info",
        "guest-suspend-ram",
        "guest-get-time",
        "guest-ping",
    ];
    assert_eq!(agent.asked(), commands);
}

/// A shell in a terminal, that speaks with the agent in this folder.
fn shell(folder: &Path, words: &[&str]) -> Terminal {
    let shell = Terminal::run(env!("CARGO_BIN_EXE_qmp"), |command| {
        command
            .current_dir(folder)
            .env("QGA_SOCKET", "agent")
            .env("XDG_STATE_HOME", folder)
            .args(["agent", "shell"])
            .args(words)
    });
    shell.sees("guest agent ");
    shell
}

#[test]
fn typing() {
    let Some(mut agent) = harmless_agent() else {
        return;
    };
    drop(agent.connect(AGENT));
    let mut reader = shell(agent.folder(), &["--read-only"]);
    reader.line_is("(qga, read-only)");
    reader.keys("guest-exec path=true\r");
    reader.sees("this session is read-only");
    reader.line_is("(qga, read-only)");
    reader.keys("\x04");
    assert!(reader.end().0.success());
    let mut shell = shell(agent.folder(), &[]);
    shell.line_is("(qga)");
    for (typed, line) in [
        ("guest-pi\t", "(qga) guest-ping"),
        (
            "guest-file-open p\t",
            "(qga) guest-file-open path= a string",
        ),
        (
            "guest-file-seek whence=se\t",
            "(qga) guest-file-seek whence=set handle= offset=",
        ),
        (
            "guest-file-seek ",
            "(qga) guest-file-seek handle= offset= whence=",
        ),
        (
            "help guest-fsfreeze-st\t",
            "(qga) help guest-fsfreeze-status",
        ),
        // Only a machine has such.
        ("query-st\tx", "(qga) query-stx"),
        ("oo\tx", "(qga) oox"),
    ] {
        shell.keys(typed);
        shell.line_is(line);
        shell.keys("\x03");
        shell.line_is("(qga)");
    }
    // What it must not do is marked.
    shell.keys("guest-fsfreeze-\t");
    shell.sees("guest-fsfreeze-freeze        disabled: ");
    shell.keys("\x03");
    shell.line_is("(qga)");
    for (typed, shown) in [
        ("guest-fsfreeze-status\r", "\"thawed\""),
        ("guest-fsfreeze-freeze\r", "is forbidden in this guest"),
        ("guest-pin\r", "did you mean `guest-ping`?"),
        (
            "guest-file-read handle=x\r",
            "`handle` takes an integer, not `x`",
        ),
        ("help\r", "leave, as Ctrl-D does"),
    ] {
        shell.keys(typed);
        shell.sees(shown);
        shell.line_is("(qga)");
    }
    agent.killer()();
    let (status, shown) = shell.end();
    assert_eq!(status.code(), Some(2), "{shown}");
    assert!(shell.is_as_it_was());
}
