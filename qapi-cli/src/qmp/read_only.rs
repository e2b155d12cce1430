//! Which commands change nothing.

use qapi_client::Filter;
use qapi_types::Any;

/// Commands that only tell, under names from which this does not follow. `*` stands for any characters.
const TELL: &[&str] = &[
    "query-*",
    "x-query-*",
    "x-debug-query-*",
    "device-list-properties",
    "guest-fsfreeze-status",
    "guest-get-*",
    "guest-info",
    "guest-network-get-*",
    "guest-ping",
    "guest-ssh-get-*",
    "guest-sync",
    "guest-sync-delimited",
    "qom-get",
    "qom-list",
    "qom-list-*",
    "trace-event-get-state",
    "xen-event-list",
];

/// What the human monitor only tells.
const TELL_HMP: &[&str] = &["help", "info"];

/// Says why a command is refused where nothing is to be changed: all are but `query-*` and the few others that are known to
/// tell no more than they know. Of the human monitor's commands these are `help` and `info`.
pub(super) fn refuses(name: &str, arguments: Option<&Any>) -> Option<String> {
    if Filter::from_iter(TELL.iter().copied()).matches(name) {
        return None;
    }
    if name != "human-monitor-command" {
        return Some(format!(
            "`{name}` is not known to change nothing, and this session is read-only"
        ));
    }
    let line = arguments.and_then(|arguments| arguments.get("command-line")?.to::<String>().ok());
    let line = line.unwrap_or_default();
    let word = line.split_whitespace().next().unwrap_or_default();
    match TELL_HMP.contains(&word) {
        true => None,
        false => Some(format!(
            "of the human monitor's commands a read-only session takes `help` and `info`, not `{word}`"
        )),
    }
}

#[cfg(test)]
mod tests {
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
            ("guest-get-time", "{}", false),
            ("guest-file-read", "{}", true),
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
}
