//! Directories, links, and what is kept of them.

use std::time::Duration;

use tokio::time::advance;

use super::*;

#[test]
fn objects_are_directories_properties_files_and_links_links() {
    with(&machine(), "/", async |rig| {
        for (path, expected) in [
            ("", Ok((Shown::Directory, 0, 0o555))),
            ("machine", Ok((Shown::Directory, 0, 0o555))),
            ("machine/bus[0]", Ok((Shown::Directory, 0, 0o555))),
            // A value and the end of its line; of an object's type everybody knows that it stays.
            ("machine/type", Ok((Shown::File, 3, 0o444))),
            ("machine/smm", Ok((Shown::File, 5, 0o644))),
            ("machine/n", Ok((Shown::File, 3, 0o644))),
            ("machine/bus[0]/name", Ok((Shown::File, 4, 0o644))),
            // The length of the text.
            ("machine/up", Ok((Shown::Link, 2, 0o777))),
            ("machine/bus[0]/parent", Ok((Shown::Link, 2, 0o777))),
            // A link to nothing.
            ("machine/none", Ok((Shown::File, 1, 0o644))),
            ("machine/nope", Err(Errno::ENOENT)),
            ("nope/nope", Err(Errno::ENOENT)),
        ] {
            let stat = rig.stat(path).await;
            let stat = stat.map(|stat| (stat.shown, stat.size, stat.permissions));
            assert_eq!(stat, expected, "{path}");
        }
        let listed = rig.list("machine").await.unwrap();
        let expected = [
            (".", Shown::Directory),
            ("..", Shown::Directory),
            ("bus[0]", Shown::Directory),
            ("n", Shown::File),
            ("none", Shown::File),
            ("smm", Shown::File),
            ("type", Shown::File),
            ("up", Shown::Link),
        ];
        assert_eq!(
            listed,
            expected.map(|(name, shown)| (name.to_owned(), shown))
        );
    });
}

/// A link leads to where its object is in the mount, or is a file.
#[test]
fn links_lead_somewhere() {
    for (root, path, expected) in [
        ("/", "machine/up", Ok("..")),
        ("/", "machine/bus[0]/parent", Ok("..")),
        ("/machine", "bus[0]/parent", Ok("..")),
        ("/machine", "up", Err("/\n")),
        ("/machine/bus[0]", "parent", Err("/machine\n")),
        ("/", "machine/none", Err("\n")),
    ] {
        with(&machine(), root, async |rig| {
            let found = rig.find(path).await.unwrap();
            match expected {
                Ok(lead) => {
                    assert_eq!(found.shown, Shown::Link);
                    let read = rig.objects.read_link(found.number).await;
                    assert_eq!(read.as_deref(), Ok(lead), "{root} {path}");
                }
                Err(content) => {
                    let handle = rig.open(path, READ).await.unwrap();
                    assert_eq!(rig.read(handle).await.as_deref(), Ok(content));
                }
            }
        });
    }
}

/// A listing is used for a second, for what is in it.
#[test]
fn what_is_asked() {
    with(&machine(), "/", async |rig| {
        rig.find("machine/bus[0]/name").await.unwrap();
        let first = ["list /", "list /machine", "list /machine/bus[0]"];
        assert_eq!(rig.told.asked(), first);
        rig.find("machine/bus[0]/name").await.unwrap();
        assert_eq!(rig.told.asked(), [""; 0]);

        // What is not there may have come.
        assert_eq!(rig.find("machine/new").await, Err(Errno::ENOENT));
        assert_eq!(rig.told.asked(), ["list /machine"]);
        rig.told.object("/machine", &[("new", "child<new>")]);
        assert!(rig.find("machine/new").await.is_ok());
        assert_eq!(rig.told.asked(), ["list /machine"]);

        // What is there may go.
        rig.told.object("/machine", &[]);
        assert!(rig.find("machine/new").await.is_ok());
        assert_eq!(rig.list("machine").await.unwrap().len(), 2);
        assert_eq!(rig.find("machine/new").await, Err(Errno::ENOENT));
        rig.told.asked();

        // A link is looked at once as long as its listing is used.
        rig.told.object("/machine", &[("up", "link<root>")]);
        let up = rig.find("machine/up").await.unwrap();
        rig.objects.read_link(up.number).await.unwrap();
        rig.objects.attributes(up.number).await.unwrap();
        assert_eq!(rig.told.asked(), ["list /machine", "get /machine up"]);
        advance(Duration::from_secs(1)).await;
        for _ in 0..2 {
            rig.objects.read_link(up.number).await.unwrap();
        }
        assert_eq!(rig.told.asked(), ["list /machine", "get /machine up"]);
    });
}

#[test]
fn many_ask_once() {
    with(&machine(), "/", async |rig| {
        let all = try_join_all((0..20).map(|_| rig.find("machine/bus[0]/name"))).await;
        assert_eq!(all.unwrap().len(), 20);
        let once = ["list /", "list /machine", "list /machine/bus[0]"];
        assert_eq!(rig.told.asked(), once);
    });
}

/// From QEMU 10.1 on one answer has everything.
#[test]
fn listings_with_values() {
    let told = Told::default();
    told.0.lock().unwrap().lists_values = true;
    told.listing(
        "/",
        r#"[{"name": "n", "type": "int", "value": 12}, {"name": "up", "type": "link<root>", "value": "/"},
            {"name": "none", "type": "link<root>", "value": ""}, {"name": "secret", "type": "str"}]"#
            .to_owned(),
    );
    told.value("/ n", "12345");
    told.value("/ secret", "!not readable");
    with(&told, "/", async |rig| {
        assert_eq!(rig.list("").await.unwrap().len(), 6);
        assert_eq!(rig.stat("n").await.unwrap().size, 3);
        assert_eq!(rig.stat("up").await.unwrap().shown, Shown::Link);
        assert_eq!(rig.stat("none").await.unwrap().shown, Shown::File);
        assert_eq!(rig.told.asked(), ["list-get /"]);
        assert_eq!(rig.stat("secret").await.unwrap().size, 0);
        assert_eq!(rig.told.asked(), ["get / secret"]);
        // Whoever reads it gets it as it is, and a size that is a tenth of a second old is too old.
        let handle = rig.open("n", READ).await.unwrap();
        assert_eq!(rig.read(handle).await.as_deref(), Ok("12345\n"));
        rig.objects.close(handle);
        assert_eq!(rig.told.asked(), ["get / n"]);
        advance(Duration::from_millis(100)).await;
        assert_eq!(rig.stat("n").await.unwrap().size, 6);
        assert_eq!(rig.told.asked(), ["get / n"]);
    });
}

/// Numbers of files are the same each time; what is something else has another.
#[test]
fn numbers_tell_who_is_who() {
    with(&machine(), "/", async |rig| {
        let machine = rig.find("machine").await.unwrap();
        assert_eq!(rig.find("machine").await, Ok(machine));
        let handle = rig.objects.open_directory(ROOT).await.unwrap();
        let listed = rig.objects.directory(handle).unwrap();
        let same = listed.iter().find(|entry| entry.name == "machine");
        assert_eq!(same.unwrap().number, machine.number);

        rig.objects.forget(machine.number, 1);
        assert_eq!(rig.objects.room(), (NODES, NODES - 2));
        rig.objects.forget(machine.number, 1);
        assert_eq!(rig.objects.room(), (NODES, NODES - 1));
        let gone = rig.objects.attributes(machine.number).await;
        assert_eq!(gone, Err(Errno::ESTALE));
        rig.objects.forget(ROOT, 1);
        assert_eq!(rig.find("machine").await, Ok(machine));

        // Another device of the same name, and a link that leads nowhere any more.
        let up = rig.find("machine/up").await.unwrap();
        rig.told.object("/", &[("machine", "child<other>")]);
        rig.told.value("/machine up", r#""""#);
        advance(Duration::from_secs(1)).await;
        assert_eq!(rig.objects.read_link(up.number).await, Err(Errno::ENOENT));
        let other = rig.find("machine").await.unwrap();
        assert_ne!(other.number, machine.number);
        let file = rig.find("machine/up").await.unwrap();
        assert_eq!((file.shown, file.number == up.number), (Shown::File, false));
    });
}

/// The time of a change is when it was first seen.
#[test]
fn times_of_change() {
    with(&machine(), "/", async |rig| {
        for path in ["machine", "machine/n"] {
            let first = rig.stat(path).await.unwrap().changed;
            rig.list("machine").await.unwrap();
            assert_eq!(rig.stat(path).await.unwrap().changed, first);
        }
        let first = rig.stat("machine/n").await.unwrap().changed;
        rig.told.value("/machine n", "13");
        let second = rig.stat("machine/n").await.unwrap().changed;
        assert!(second > first);
        rig.told.object("/machine", &[("n", "int")]);
        rig.list("machine").await.unwrap();
        assert!(rig.stat("machine").await.unwrap().changed >= second);
        assert_eq!(rig.stat("machine/n").await.unwrap().changed, second);
    });
}

/// Whatever path names the object that is mounted, it is the machine's own.
#[test]
fn the_root_is_found() {
    for (path, expected) in [
        ("/", Ok("/")),
        ("/machine", Ok("/machine")),
        ("//machine/bus[0]/", Ok("/machine/bus[0]")),
        ("/machine/bus[0]/parent/up", Ok("/")),
        (
            "/machine/none",
            Err((1, "there is no object `/machine/none`")),
        ),
        ("/machine/n", Err((1, "there is no object `/machine/n`"))),
        ("/nope", Err((1, "there is no object `/nope`"))),
        (
            "machine",
            Err((
                2,
                "`machine` is not a path from the root on, such as /machine",
            )),
        ),
    ] {
        with(&machine(), "/", async |rig| {
            let found = rig.objects.machine.resolve(path).await;
            let found = found.map_err(|failure| match failure {
                Failure::Unmet(message) => (1, message),
                Failure::Usage(message) => (2, message),
                _ => (0, String::new()),
            });
            let expected = expected.map(str::to_owned);
            let expected = expected.map_err(|(code, message)| (code, message.to_owned()));
            assert_eq!(found, expected, "{path}");
        });
    }
}
