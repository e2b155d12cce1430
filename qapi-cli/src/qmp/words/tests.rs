use super::{Interface, Words};

/// Since when something is there, whether anything is said of it, and whether there is an example.
#[test]
fn what_is_said() {
    for (interface, parts) in [
        (
            Interface::Machine,
            &[
                ("query-status", "0.14", true, true),
                ("STOP", "0.12", true, true),
                ("block-commit/arg/job-id", "2.7", true, false),
                ("block-commit/arg/on-error/stop", "", true, false),
                ("block-commit/feature:deprecated", "", true, false),
                ("block-commit/arg/base/feature:deprecated", "", true, false),
                ("block-commit/arg", "", false, false),
                ("query-status/ret", "0.14", true, false),
                ("query-status/ret/status", "", true, false),
                ("query-block/ret/inserted/image/filename", "", true, false),
                ("blockdev-add/arg/driver", "", true, false),
                ("blockdev-add/arg/node-name", "2.0", true, false),
                ("blockdev-add/arg/driver/qcow2", "", true, false),
                ("blockdev-add/arg/qcow2", "2.9", true, false),
                ("blockdev-add/arg/qcow2/file/raw/offset", "", true, false),
                (
                    "migrate/arg/channels/addr/socket/inet/host",
                    "",
                    true,
                    false,
                ),
                ("JOB_STATUS_CHANGE/arg/status/ready", "", true, false),
            ][..],
        ),
        (
            Interface::StorageDaemon,
            &[
                ("blockdev-add", "2.9", true, true),
                ("nbd-server-start/arg/addr/inet/data/host", "", true, false),
            ][..],
        ),
        (
            Interface::Agent,
            &[
                ("guest-exec", "2.5", true, true),
                ("guest-exec/arg/path", "", true, false),
            ][..],
        ),
    ] {
        let words = Words::of(interface).unwrap();
        for (path, since, is_described, has_example) in parts {
            let said = words.find(path).unwrap_or_else(|| panic!("{path}"));
            let told = said.since().map(|since| since.to_string());
            assert_eq!(told.unwrap_or_default(), *since, "{path}");
            assert_eq!(!said.summary().is_empty(), *is_described, "{path}");
            assert_eq!(!said.examples().is_empty(), *has_example, "{path}");
        }
    }
}

#[test]
fn where_nothing_is_said() {
    let words = Words::of(Interface::Machine).unwrap();
    for path in [
        "",
        "nothing",
        "BlockdevOptions",
        "str",
        "query-status/",
        "query-status/arg",
        "query-status/status",
        "query-status/ret/status/nothing",
        "query-status/ret/running/more",
        "query-status/feature:none",
        "STOP/arg",
        "STOP/ret",
        "q_empty",
    ] {
        assert!(words.find(path).is_none(), "{path}");
    }
}
