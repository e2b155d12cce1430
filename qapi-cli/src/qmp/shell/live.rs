//! The names of what there is in a machine: devices, nodes, jobs and more.

use qapi_client::Filter;
use qapi_types::{Any, AnyMembers};

use super::session::Asker;

/// A kind of thing that has names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Devices that have an ID.
    Devices,
    /// Types of devices that can be added.
    DeviceTypes,
    /// All types.
    Types,
    /// Objects that were added.
    Objects,
    /// Nodes of block devices.
    Nodes,
    /// Nodes, and block devices by older names.
    Disks,
    Jobs,
    Exports,
    CharacterDevices,
    NetworkBackends,
    Buses,
    IoThreads,
    CpuModels,
    FdSets,
    TraceEvents,
    /// Paths of objects; the word is a path that has begun.
    Paths,
    /// Properties of the object whose path is another argument.
    Properties,
    /// Bitmaps of the node that is another argument.
    Bitmaps,
    /// There is none yet, for this gives something its name.
    New,
}

/// What an argument is the name of: the command (or action), the last part of the argument's key, and the kind. `*` stands for
/// any characters. The first that fits counts.
const ARGUMENTS: &[(&str, &str, Names)] = &[
    // A guest has nothing of the machine's.
    ("guest-*", "*", Names::New),
    ("device_add", "driver", Names::DeviceTypes),
    ("device_add", "id", Names::New),
    ("device_add", "bus", Names::Buses),
    ("device-list-properties", "typename", Names::DeviceTypes),
    ("qom-list-properties", "typename", Names::Types),
    ("qom-list-types", "implements", Names::Types),
    ("qom-*", "path", Names::Paths),
    ("qom-*", "property", Names::Properties),
    ("qom-list-get", "paths", Names::Paths),
    ("object-add", "id", Names::New),
    ("object-del", "id", Names::Objects),
    ("job-*", "id", Names::Jobs),
    ("block-job-*", "id", Names::Jobs),
    ("block-job-*", "device", Names::Jobs),
    ("*", "job-id", Names::New),
    ("chardev-add", "id", Names::New),
    ("chardev-*", "id", Names::CharacterDevices),
    ("ringbuf-*", "device", Names::CharacterDevices),
    ("block-export-add", "id", Names::New),
    ("block-export-del", "id", Names::Exports),
    ("nbd-server-remove", "name", Names::Exports),
    ("netdev_add", "id", Names::New),
    ("netdev_del", "id", Names::NetworkBackends),
    ("set_link", "name", Names::NetworkBackends),
    ("trace-event-*", "name", Names::TraceEvents),
    ("query-cpu-model-*", "name", Names::CpuModels),
    ("remove-fd", "fdset-id", Names::FdSets),
    ("add-fd", "fdset-id", Names::FdSets),
    ("block-dirty-bitmap-add", "name", Names::New),
    ("*block-dirty-bitmap-*", "name", Names::Bitmaps),
    ("*bitmap", "name", Names::Bitmaps),
    ("*", "bitmap", Names::Bitmaps),
    ("blockdev-add", "node-name", Names::New),
    ("blockdev-mirror", "node-name", Names::New),
    ("*", "snapshot-node-name", Names::New),
    ("*", "filter-node-name", Names::New),
    ("device_*", "id", Names::Devices),
    ("device-sync-config", "id", Names::Devices),
    ("blockdev-*", "id", Names::Devices),
    ("eject", "id", Names::Devices),
    ("block_*", "id", Names::Devices),
    ("block-latency-histogram-set", "id", Names::Devices),
    ("screendump", "device", Names::Devices),
    ("input-send-event", "device", Names::Devices),
    ("*", "drive", Names::Nodes),
    ("*", "netdev", Names::NetworkBackends),
    ("*", "chardev", Names::CharacterDevices),
    ("*", "iothread", Names::IoThreads),
    ("*", "memdev", Names::Objects),
    ("*", "device", Names::Disks),
    ("*", "node-name", Names::Nodes),
    ("*", "node", Names::Nodes),
    ("*", "*-node", Names::Nodes),
    ("*", "target", Names::Nodes),
    ("*", "source", Names::Nodes),
    ("*", "overlay", Names::Nodes),
    ("*", "file", Names::Nodes),
    ("*", "backing", Names::Nodes),
    ("*", "data-file", Names::Nodes),
    ("*", "devices", Names::Nodes),
    ("blockdev-*", "children", Names::Nodes),
    ("*", "vmstate", Names::Nodes),
    ("*", "*-secret", Names::Objects),
    ("*", "secret", Names::Objects),
    ("*", "tls-creds", Names::Objects),
    ("*", "throttle-group", Names::Objects),
    ("*", "rng", Names::Objects),
];

impl Names {
    /// What the argument `key` of a command or action is the name of, as far as this is known.
    pub(super) fn of_argument(command: &str, key: &str) -> Option<Self> {
        let mut parts = key.rsplit('.');
        // The number of an element says nothing.
        let last = parts.find(|part| part.parse::<usize>().is_err())?;
        let fits = |(of, name, _): &&(&str, &str, Self)| {
            Filter::from(*of).matches(command) && Filter::from(*name).matches(last)
        };
        ARGUMENTS.iter().find(fits).map(|(_, _, names)| *names)
    }

    /// The names, as the machine tells them. `about` tells other arguments of the same command, `begin` what is there of the
    /// word.
    pub(super) fn list(
        self,
        asker: &Asker,
        about: &dyn Fn(&str) -> Option<String>,
        begin: &str,
    ) -> Vec<String> {
        let ask = |name| asker.ask(name, None);
        let member = |name: &'static str| move |it: &Any| text(it, name);
        let mut names: Vec<String> = match self {
            Self::Devices => children(asker, "/machine/peripheral"),
            Self::Objects => children(asker, "/objects"),
            Self::DeviceTypes => {
                let arguments = r#"{"implements": "device", "abstract": false}"#;
                types(asker, arguments)
            }
            Self::Types => types(asker, "{}"),
            Self::Nodes => each(ask("query-named-block-nodes"), member("node-name")),
            Self::Disks => {
                let mut names = each(ask("query-named-block-nodes"), member("node-name"));
                names.extend(each(ask("query-block"), member("device")));
                names
            }
            Self::Jobs => each(ask("query-jobs"), member("id")),
            Self::Exports => each(ask("query-block-exports"), member("id")),
            Self::CharacterDevices => each(ask("query-chardev"), member("label")),
            Self::IoThreads => each(ask("query-iothreads"), member("id")),
            Self::CpuModels => each(ask("query-cpu-definitions"), member("name")),
            Self::FdSets => each(ask("query-fdsets"), |set| {
                Some(set.get("fdset-id")?.as_json().to_owned())
            }),
            Self::TraceEvents => {
                let all: Option<Any> = r#"{"name": "*"}"#.parse().ok();
                let told = asker.ask("trace-event-get-state", all.as_ref());
                each(told, member("name"))
            }
            Self::NetworkBackends => backends(&monitor(asker, "info network")),
            Self::Buses => buses(&monitor(asker, "info qtree")),
            Self::Paths => paths(asker, begin),
            Self::Properties => match about("path") {
                Some(path) => properties(asker, &path, |_| true),
                None => Vec::new(),
            },
            Self::Bitmaps => {
                let node = about("node");
                let nodes = all(ask("query-named-block-nodes"));
                let nodes = nodes
                    .into_iter()
                    .filter(|it| node.is_none() || text(it, "node-name") == node);
                nodes
                    .flat_map(|node| each(node.get("dirty-bitmaps"), member("name")))
                    .collect()
            }
            Self::New => Vec::new(),
        };
        names.retain(|name| !name.is_empty());
        names.sort();
        names.dedup();
        names
    }
}

/// What the human monitor says; nothing, if there is none.
pub(super) fn monitor(asker: &Asker, line: &str) -> String {
    let arguments = Any::from(AnyMembers::from_iter([("command-line", line)]));
    let told = asker.ask("human-monitor-command", Some(&arguments));
    told.and_then(|told| told.to().ok()).unwrap_or_default()
}

fn text(object: &Any, name: &str) -> Option<String> {
    object.get(name)?.to().ok()
}

fn all(told: Option<Any>) -> Vec<Any> {
    told.and_then(|told| told.to().ok()).unwrap_or_default()
}

fn each(told: Option<Any>, name: impl Fn(&Any) -> Option<String>) -> Vec<String> {
    all(told).iter().filter_map(name).collect()
}

fn types(asker: &Asker, arguments: &str) -> Vec<String> {
    let arguments: Option<Any> = arguments.parse().ok();
    let told = asker.ask("qom-list-types", arguments.as_ref());
    each(told, |ty| text(ty, "name"))
}

/// The names of an object's properties whose types are wanted.
fn properties(asker: &Asker, path: &str, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let arguments = Any::from(AnyMembers::from_iter([("path", path)]));
    let told = asker.ask("qom-list", Some(&arguments));
    each(told, |property| {
        wanted(&text(property, "type")?)
            .then(|| text(property, "name"))
            .flatten()
    })
}

fn children(asker: &Asker, path: &str) -> Vec<String> {
    properties(asker, path, |ty| ty.starts_with("child<"))
}

/// Where a path that has begun may go on to.
fn paths(asker: &Asker, begin: &str) -> Vec<String> {
    let Some((parent, _)) = begin.rsplit_once('/') else {
        // One may begin anywhere, but nobody would find his way.
        return vec!["/".to_owned()];
    };
    let at = if parent.is_empty() { "/" } else { parent };
    let steps = properties(asker, at, |ty| {
        ty.starts_with("child<") || ty.starts_with("link<")
    });
    steps
        .into_iter()
        .map(|step| format!("{parent}/{step}"))
        .collect()
}

/// The names in what `info network` tells: each before a colon, those of backends below their devices.
fn backends(told: &str) -> Vec<String> {
    let name = |line: &str| {
        let (name, rest) = line.trim_start_matches([' ', '\\']).split_once(": ")?;
        rest.starts_with("index=").then(|| name.to_owned())
    };
    told.lines().filter_map(name).collect()
}

/// The names in what `info qtree` tells of buses.
fn buses(told: &str) -> Vec<String> {
    let name = |line: &str| line.trim_start().strip_prefix("bus: ").map(str::to_owned);
    told.lines()
        .filter_map(|line| name(line.trim_end()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_names() {
        for (command, key, expected) in [
            ("device_del", "id", Some(Names::Devices)),
            ("device_add", "id", Some(Names::New)),
            ("blockdev-add", "node-name", Some(Names::New)),
            ("blockdev-del", "node-name", Some(Names::Nodes)),
            ("blockdev-add", "file", Some(Names::Nodes)),
            ("blockdev-add", "file.backing", Some(Names::Nodes)),
            ("blockdev-add", "children.1", Some(Names::Nodes)),
            ("qom-get", "path", Some(Names::Paths)),
            ("qom-list-get", "paths.0", Some(Names::Paths)),
            ("block-commit", "base-node", Some(Names::Nodes)),
            ("block-commit", "device", Some(Names::Disks)),
            ("block-job-cancel", "device", Some(Names::Jobs)),
            ("block-dirty-bitmap-remove", "name", Some(Names::Bitmaps)),
            ("migrate", "uri", None),
            ("stop", "0", None),
        ] {
            assert_eq!(
                Names::of_argument(command, key),
                expected,
                "{command} {key}"
            );
        }
    }

    #[test]
    fn what_people_are_told_has_names() {
        let network =
            "net0: index=0,type=nic,model=e1000\r\n \\ user0: index=0,type=user\r\nnot: this\r\n";
        assert_eq!(backends(network), ["net0", "user0"]);
        let tree =
            "bus: main-system-bus\r\n  type System\r\n  dev: a, id \"\"\r\n    bus: pcie.0\r\n";
        assert_eq!(buses(tree), ["main-system-bus", "pcie.0"]);
    }
}
