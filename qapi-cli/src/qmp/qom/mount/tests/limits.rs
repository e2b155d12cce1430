//! Machines that mean harm, are slow, or end.

use std::io;
use std::path::Path;

use super::super::lacking;
use super::*;

/// What a system lacks is named, for its own words would be about something else.
#[test]
fn systems_that_cannot_mount() {
    let folder = tempfile::tempdir().unwrap();
    let (none, device) = (folder.path().join("none"), folder.path().join("fuse"));
    std::fs::write(&device, "").unwrap();
    let told = |device: &Path, kind: io::ErrorKind| lacking(device, &kind.into());
    let unusable = format!(
        "it takes FUSE, and {} cannot be used: No such",
        none.display()
    );
    let said = told(&none, io::ErrorKind::PermissionDenied).unwrap();
    assert!(said.starts_with(&unusable), "{said}");
    let said = told(&device, io::ErrorKind::NotFound).unwrap();
    assert_eq!(said, "it takes `fusermount3`, which is not installed");
    assert_eq!(told(&device, io::ErrorKind::InvalidInput), None);
}

/// Names that would be other files than those of properties.
#[test]
fn names_stay_where_they_are() {
    let told = Told::default();
    let names = [
        "..",
        ".",
        "",
        "/etc/passwd",
        "a\0b",
        "%",
        "a\nb",
        "twice",
        "twice",
    ];
    let properties = names.map(|name| (name, "str"));
    let long = "x".repeat(300);
    told.object(
        "/",
        &[&properties[..], &[(&*long, "str"), ("../up", "child<a>")]].concat(),
    );
    told.object("/../up", &[]);
    with(&told, "/", async |rig| {
        let listed = rig.list("").await.unwrap();
        let listed: Vec<&str> = listed.iter().map(|(name, _)| &**name).collect();
        let expected = [
            ".",
            "..",
            "%",
            "%25",
            "%2E",
            "%2E%2E",
            "%2Fetc%2Fpasswd",
            "..%2Fup",
            "a%00b",
            "a%0Ab",
            "twice",
        ];
        assert_eq!(listed, expected);
        let report = "of / 1 properties are left out: their names are too long for files";
        assert_eq!(rig.reported(), [report]);
        assert_eq!(rig.list("..%2Fup").await.unwrap().len(), 2);
        for name in ["..", "", "/etc/passwd", "%2e"] {
            let found = rig.objects.look_up(ROOT, name).await;
            assert_eq!(found, Err(Errno::ENOENT), "{name}");
        }
    });
}

#[test]
fn listings_have_an_end() {
    let told = Told::default();
    let entry = |n: usize| format!(r#"{{"name": "{n}", "type": "int"}}"#);
    let all: Vec<String> = (0..=100_000).map(entry).collect();
    told.object("/", &[("fits", "child<a>"), ("not", "child<a>")]);
    told.listing("/fits", format!("[{}]", all[1..].join(",")));
    told.listing("/not", format!("[{}]", all.join(",")));
    with(&told, "/", async |rig| {
        assert_eq!(rig.list("fits").await.unwrap().len(), 100_002);
        assert_eq!(rig.list("not").await, Err(Errno::EOVERFLOW));
        assert_eq!(rig.reported(), ["/not has more than 100000 properties"]);
    });
}

/// A tree without an end: 64 levels of it are enough for everybody.
#[test]
fn trees_have_an_end() {
    let told = Told::default();
    let deeper = &[("x", "child<a>"), ("n", "int")];
    told.object("/", deeper);
    for depth in 1..=70 {
        told.object(&"/x".repeat(depth), deeper);
    }
    with(&told, "/", async |rig| {
        assert_eq!(rig.list(&"x/".repeat(63)).await.unwrap().len(), 4);
        let last = rig.list(&"x/".repeat(64)).await.unwrap();
        let last: Vec<&str> = last.iter().map(|(name, _)| &**name).collect();
        assert_eq!(last, [".", "..", "n"]);
        assert_eq!(rig.find(&"x/".repeat(65)).await, Err(Errno::ENOENT));
    });
}

/// The system may look up more than it forgets.
#[test]
fn nodes_have_an_end() {
    with_room(4, &machine(), "/", async |rig| {
        rig.find("machine/bus[0]/name").await.unwrap();
        let more = rig.find("machine/n").await;
        assert_eq!((more, rig.objects.room()), (Err(Errno::ENOSPC), (4, 0)));
        assert_eq!(rig.reported(), ["more than 4 files are in use"]);
        // What is known stays known, and makes room when it is forgotten.
        let name = rig.find("machine/bus[0]/name").await.unwrap();
        rig.objects.forget(name.number, 2);
        assert!(rig.find("machine/n").await.is_ok());
    });
}

/// A property that is never answered holds up nobody but those who want it.
#[test]
fn who_waits_waits_alone() {
    with(&machine(), "/", async |rig| {
        rig.told
            .object("/machine", &[("n", "int"), ("slow", "int")]);
        let slow = rig.find("machine/slow").await.unwrap();
        let handle = rig.open("machine/n", READ).await.unwrap();
        let mut waiting = Box::pin(rig.objects.open(slow.number, READ));
        let done = async {
            rig.list("machine").await.unwrap();
            rig.stat("machine/n").await.unwrap();
            rig.read(handle).await.unwrap()
        };
        tokio::select! {
            biased;
            _ = &mut waiting => panic!("nobody has answered"),
            read = done => assert_eq!(read, "12\n"),
        }
        // Nor is it in anybody's way when it is given up.
        drop(waiting);
        rig.told.value("/machine slow", "1");
        let handle = rig.objects.open(slow.number, READ).await.unwrap();
        assert_eq!(rig.read(handle).await.as_deref(), Ok("1\n"));
    });
}

#[test]
fn how_a_session_ends_is_how_calls_end() {
    let refused = |desc: &str| Error::Refused(Refusal::generic(desc));
    let lost = Error::Lost {
        source: None,
        sent: true,
    };
    let late = Error::TimedOut {
        waiting_for: "the reply to qom-get".to_owned(),
        sent: true,
    };
    for (error, expected) in [
        (lost, Errno::ENOTCONN),
        (late, Errno::ETIMEDOUT),
        (refused("Device '/x' not found"), Errno::ENOENT),
        (
            refused("Insufficient permission to perform this operation"),
            Errno::EACCES,
        ),
        (refused("whatever"), Errno::ENODATA),
        (Error::Descriptors, Errno::EIO),
    ] {
        assert_eq!(errno(&error, Errno::ENODATA), expected, "{error}");
    }
}
