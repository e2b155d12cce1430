//! Which commands change nothing.

use qapi_client::Policy;
use qapi_types::Any;

use super::shell::HMP;

/// What the human monitor only tells.
const TELL_HMP: &[&str] = &["help", "info"];

/// What a guest's agent only tells. A file is not opened to be read, and what `guest-exec-status` tells it tells once.
const TELL_GUEST: &[&str] = &[
    "guest-fsfreeze-status",
    "guest-get-*",
    "guest-info",
    "guest-network-get-*",
    "guest-ping",
    "guest-ssh-get-*",
    "guest-sync",
    "guest-sync-delimited",
];

/// Says why a command is refused where nothing is to be changed: all are but those of [`Policy::READ_ONLY`], and what the human
/// monitor is told with `help` and `info`.
pub(super) fn refuses(name: &str, arguments: Option<&Any>) -> Option<String> {
    if Policy::read_only().allows(name) {
        return None;
    }
    if name != HMP {
        return Some(unknown(name));
    }
    let line = arguments.and_then(|arguments| arguments.get("command-line")?.to::<String>().ok());
    let line = line.unwrap_or_default();
    let word = line.split_whitespace().next().unwrap_or_default();
    (!TELL_HMP.contains(&word)).then(|| {
        format!("of the human monitor's commands a read-only session takes `help` and `info`, not `{word}`")
    })
}

/// The same of a guest's agent, of which all are refused but those by whose names it only tells: `guest-get-*` and a few.
pub(super) fn agent_refuses(name: &str) -> Option<String> {
    let tells = Policy::everything();
    let tells = TELL_GUEST
        .iter()
        .fold(tells, |tells, glob| tells.allow(*glob));
    (!tells.allows(name)).then(|| unknown(name))
}

fn unknown(name: &str) -> String {
    format!("`{name}` is not known to change nothing, and this session is read-only")
}

#[cfg(test)]
mod tests {
    use super::super::words::{Interface, Words};
    use super::*;

    #[test]
    fn what_is_refused() {
        for (name, arguments, refused) in [
            ("query-status", "{}", false),
            ("x-query-jit", "{}", false),
            ("qom-get", "{}", false),
            ("qom-list-types", "{}", false),
            ("qom-set", "{}", true),
            ("stop", "{}", true),
            ("quit", "{}", true),
            ("no-such-command", "{}", true),
            ("requery-status", "{}", true),
            ("screendump", "{}", true),
            (
                "human-monitor-command",
                r#"{"command-line": " info status"}"#,
                false,
            ),
            (
                "human-monitor-command",
                r#"{"command-line": "information"}"#,
                true,
            ),
            ("human-monitor-command", r#"{"command-line": "quit"}"#, true),
            ("human-monitor-command", r#"{"command-line": 1}"#, true),
            ("human-monitor-command", "{}", true),
        ] {
            let arguments: Any = arguments.parse().unwrap();
            let why = refuses(name, Some(&arguments));
            assert_eq!(why.is_some(), refused, "{name} {arguments}");
        }
        assert!(refuses("human-monitor-command", None).is_some());
    }

    /// Of all commands that agents have, which may be executed.
    #[test]
    fn what_agents_only_tell() {
        let words = Words::of(Interface::Agent).unwrap();
        let schema = words.as_told(|_| true).unwrap();
        let names = schema.commands().map(|command| command.name());
        let mut told: Vec<_> = names.filter(|name| agent_refuses(name).is_none()).collect();
        told.sort_unstable();
        let expected = [
            "guest-fsfreeze-status",
            "guest-get-cpustats",
            "guest-get-devices",
            "guest-get-disks",
            "guest-get-diskstats",
            "guest-get-fsinfo",
            "guest-get-host-name",
            "guest-get-load",
            "guest-get-memory-block-info",
            "guest-get-memory-blocks",
            "guest-get-osinfo",
            "guest-get-time",
            "guest-get-timezone",
            "guest-get-users",
            "guest-get-vcpus",
            "guest-info",
            "guest-network-get-interfaces",
            "guest-network-get-route",
            "guest-ping",
            "guest-ssh-get-authorized-keys",
            "guest-sync",
            "guest-sync-delimited",
        ];
        assert_eq!(told, expected);
        for name in ["guest-get", "guest-sync-other", "query-status", ""] {
            assert!(agent_refuses(name).is_some(), "{name}");
        }
    }
}
