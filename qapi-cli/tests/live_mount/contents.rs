//! What is in a mount, and what can be done with it.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use qapi_client::blocking::Client;
use qapi_types::Any;
use rustix::process::Signal;

use crate::{Mount, vm};

/// Everything that the machine has is there, as what it is, and nothing else.
#[test]
fn all_of_a_machine() {
    let Some((machine, mut other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &[], &[]);
    let mut properties = properties(&mut other);
    for path in all_below(&mount.directory) {
        let inside = path.strip_prefix(&mount.directory).unwrap();
        let name = format!("/{}", inside.to_str().unwrap());
        let ty = properties.remove(&name).unwrap_or_else(|| panic!("{name}"));
        let metadata = path.symlink_metadata().unwrap();
        if ty.starts_with("child<") {
            assert!(metadata.is_dir(), "{name}");
            continue;
        }
        let value = get(&mut other, &name);
        let text = value.as_ref().and_then(|value| value.to::<String>().ok());
        if metadata.is_symlink() {
            assert!(ty.starts_with("link<"), "{name}");
            assert_eq!(
                metadata.len(),
                path.read_link().unwrap().as_os_str().len() as u64
            );
            // It leads to where the machine says that it leads.
            let led = path.canonicalize().unwrap();
            let object = text.unwrap();
            assert_eq!(
                led,
                mount.path(&object[1..]).canonicalize().unwrap(),
                "{name}"
            );
            continue;
        }
        assert!(metadata.is_file(), "{name}");
        assert!(
            !ty.starts_with("link<") || text.as_deref() == Some(""),
            "{name}"
        );
        match (fs::read(&path), value) {
            (Ok(content), Some(value)) => {
                assert_eq!(content.len() as u64, metadata.len(), "{name}");
                let expected = text.unwrap_or_else(|| value.as_json().replace(' ', ""));
                let content = String::from_utf8(content).unwrap();
                // Some say what time it is.
                let is_same = content.strip_suffix('\n') == Some(&expected);
                assert!(is_same || ty == "struct tm", "{name}: {content}");
            }
            (Err(_), None) => assert_eq!(metadata.len(), 0, "{name}"),
            (read, value) => panic!("{name}: {read:?}, {value:?}"),
        }
    }
    assert_eq!(properties, BTreeMap::new());
}

/// The tools that everybody has.
#[test]
fn tools_find_read_and_count() {
    let Some((machine, mut other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &[], &[]);
    let run = |command: &str| {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(&mount.directory)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let all = properties(&mut other);
    assert_eq!(
        run("find . -mindepth 1 | wc -l"),
        format!("{}\n", all.len())
    );
    assert_eq!(run("find . -xtype l"), "");
    assert_eq!(run("cat machine/suppress-vmdesc"), "false\n");
    assert_eq!(run("wc -c < machine/suppress-vmdesc"), "6\n");
    assert_eq!(run("stat -c %s machine/suppress-vmdesc"), "6\n");
    let balloon = "machine/peripheral/balloon0";
    let types = run(&format!("grep -rl virtio-balloon-pci {balloon}"));
    assert_eq!(types, format!("{balloon}/type\n"));
    let bus = run(&format!("cat {balloon}/parent_bus/type"));
    assert_eq!(bus, "PCIE\n");
    let copied = run(&format!("cp {balloon}/type ../copy; cat ../copy"));
    assert_eq!(copied, "virtio-balloon-pci\n");
    // Of a part, links out of it are told as text.
    drop(mount);
    let part = Mount::new(&machine, &[], &["/machine/peripheral"]);
    assert_eq!(part.read("balloon0/parent_bus"), "/machine/q35/pcie.0\n");
    assert!(part.path("balloon0/virtio-bus/child[0]").is_dir());
    let led = part.path("balloon0/virtio-bus/child[0]").canonicalize();
    let backend = part.path("balloon0/virtio-backend").canonicalize();
    assert_eq!(led.unwrap(), backend.unwrap());
}

/// Writing sets properties, as they are typed, and says why not.
#[test]
fn writing() {
    let Some((machine, mut other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &[], &[]);
    let interval = "machine/peripheral/balloon0/guest-stats-polling-interval";
    let mut now = || {
        get(&mut other, &format!("/{interval}"))
            .unwrap()
            .to_string()
    };
    for (content, expected) in [("2\n", "2"), ("0x10", "16"), ("007\n", "7")] {
        fs::write(mount.path(interval), content).unwrap();
        assert_eq!(now(), expected);
        assert_eq!(mount.read(interval), format!("{expected}\n"));
    }
    // In place, as editors do that keep a file's number.
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .open(mount.path(interval));
    let mut file = opened.unwrap();
    file.set_len(0).unwrap();
    file.write_all(b"3").unwrap();
    file.sync_all().unwrap();
    assert_eq!(now(), "3");
    // Whoever reads again from the start reads what is there.
    let mut reader = File::open(mount.path(interval)).unwrap();
    let mut read = || {
        let mut content = String::new();
        reader.rewind().unwrap();
        reader.read_to_string(&mut content).unwrap();
        content
    };
    assert_eq!(read(), "3\n");
    fs::write(mount.path(interval), "4").unwrap();
    assert_eq!(read(), "4\n");

    for (path, content, kind) in [
        (interval, "soon", ErrorKind::InvalidInput),
        (interval, "-1", ErrorKind::InvalidInput),
        ("machine/type", "pc", ErrorKind::PermissionDenied),
        (
            "machine/peripheral/balloon0/hotplugged",
            "on",
            ErrorKind::PermissionDenied,
        ),
        (
            "machine/peripheral/balloon0/addr",
            "5",
            ErrorKind::PermissionDenied,
        ),
        ("machine/new", "5", ErrorKind::PermissionDenied),
        ("machine/smm/new", "5", ErrorKind::NotADirectory),
    ] {
        let error = fs::write(mount.path(path), content).unwrap_err();
        assert_eq!(error.kind(), kind, "{path} {content}: {error}");
    }
    for (done, what) in [
        (fs::remove_file(mount.path(interval)), "remove"),
        (fs::create_dir(mount.path("new")), "create"),
        (
            fs::rename(mount.path(interval), mount.path("new")),
            "rename",
        ),
    ] {
        assert_eq!(
            done.unwrap_err().kind(),
            ErrorKind::PermissionDenied,
            "{what}"
        );
    }
    assert_eq!(mount.read(interval), "4\n");
    mount.signal(Signal::INT);
    let (status, said) = mount.end();
    let place = "qmp: /machine/peripheral/balloon0";
    let expected = [
        format!("{place}.guest-stats-polling-interval is of the type int: what was written is not"),
        format!("{place}.guest-stats-polling-interval: GenericError: "),
        format!("{place}.hotplugged: GenericError: "),
        format!("{place}.addr: GenericError: "),
    ];
    for (line, expected) in said.lines().zip(&expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert_eq!(
        (status.code(), said.lines().count()),
        (Some(0), expected.len()),
        "{said}"
    );
}

/// What comes is there at once, what goes is gone.
#[test]
fn objects_come_and_go() {
    let Some((machine, mut other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &[], &[]);
    let mut execute = |name: &str, arguments: &str| {
        let arguments = arguments.parse::<Any>().unwrap();
        other.execute_raw(name, Some(&arguments)).unwrap();
    };
    for (path, ty, [plug, with], [unplug, away]) in [
        (
            "objects/rng0",
            "rng-builtin",
            ["object-add", r#"{"qom-type": "rng-builtin", "id": "rng0"}"#],
            ["object-del", r#"{"id": "rng0"}"#],
        ),
        (
            "machine/peripheral/tablet0",
            "usb-tablet",
            [
                "device_add",
                r#"{"driver": "usb-tablet", "id": "tablet0", "bus": "xhci0.0"}"#,
            ],
            ["device_del", r#"{"id": "tablet0"}"#],
        ),
    ] {
        let listed = || {
            let parent = mount.path(path).parent().unwrap().to_owned();
            let mut entries = fs::read_dir(parent).unwrap();
            entries.any(|entry| entry.unwrap().path() == mount.path(path))
        };
        for _ in 0..3 {
            assert!(!listed());
            assert!(!mount.path(path).exists());
            execute(plug, with);
            assert_eq!(mount.read(&format!("{path}/type")), format!("{ty}\n"));
            assert!(listed());
            let mut open = File::open(mount.path(path).join("type")).unwrap();
            execute(unplug, away);
            assert!(!listed());
            // What is open stays what it was; what is asked anew is not there.
            let mut content = String::new();
            open.read_to_string(&mut content).unwrap();
            assert_eq!(content, format!("{ty}\n"));
            let error = fs::read(mount.path(path).join("type")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            while mount.path(path).exists() {
                thread::yield_now();
            }
        }
    }
}

/// Many at once, each of which gets what it asks for.
#[test]
fn many_at_once() {
    let Some((machine, mut other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &[], &[]);
    let expected = properties(&mut other);
    let expected: Vec<(&String, Option<Any>)> = expected
        .iter()
        .filter(|(_, ty)| matches!(ty.as_str(), "bool" | "uint64" | "string" | "int32"))
        .map(|(path, _)| (path, get(&mut other, path)))
        .collect();
    assert!(expected.len() > 1000);
    thread::scope(|scope| {
        for start in 0..8 {
            let (mount, expected) = (&mount, &expected);
            scope.spawn(move || {
                for (path, value) in expected.iter().skip(start * 7).step_by(3) {
                    let value = value.as_ref().unwrap();
                    let value = value.to::<String>().unwrap_or_else(|_| value.to_string());
                    assert_eq!(mount.read(&path[1..]), value + "\n", "{path}");
                }
            });
            scope.spawn(|| assert!(all_below(&mount.directory).len() > expected.len()));
        }
    });
}

/// All that is below a directory; nothing is followed.
fn all_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut pending = vec![directory.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_dir() {
                pending.push(entry.path());
            }
            found.push(entry.path());
        }
    }
    found
}

/// What the machine says about every property that it has: types by path.
fn properties(other: &mut Client) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut pending = vec![String::new()];
    while let Some(path) = pending.pop() {
        let object = if path.is_empty() { "/" } else { &path };
        let arguments = format!(r#"{{"path": {}}}"#, Any::from(object));
        let listed = other.execute_raw("qom-list", Some(&arguments.parse().unwrap()));
        for property in listed.unwrap().to::<Vec<Any>>().unwrap() {
            let text = |member: &str| property.get(member).unwrap().to::<String>().unwrap();
            let path = format!("{path}/{}", text("name"));
            if text("type").starts_with("child<") {
                pending.push(path.clone());
            }
            found.insert(path, text("type"));
        }
    }
    found
}

fn get(other: &mut Client, path: &str) -> Option<Any> {
    let (object, name) = path.rsplit_once('/').unwrap();
    let object = if object.is_empty() { "/" } else { object };
    let (object, name) = (Any::from(object), Any::from(name));
    let arguments = format!(r#"{{"path": {object}, "property": {name}}}"#);
    let value = other.execute_raw("qom-get", Some(&arguments.parse().unwrap()));
    value.ok()
}
