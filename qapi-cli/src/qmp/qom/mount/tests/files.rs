//! Files: what is read, what is written, and what becomes of refusals.

use super::*;

/// What somebody reads is of one piece, and as long as it is said to be, whatever happens to the value.
#[test]
fn reading() {
    with(&machine(), "/", async |rig| {
        let handle = rig.open("machine/n", READ).await.unwrap();
        rig.told.value("/machine n", "12345");
        assert_eq!(rig.stat("machine/n").await.unwrap().size, 3);
        assert_eq!(
            rig.objects.read(handle, 1, 1).await.as_deref(),
            Ok(&b"2"[..])
        );
        assert_eq!(
            rig.objects.read(handle, 3, 9).await.as_deref(),
            Ok(&b""[..])
        );
        let far = rig.objects.read(handle, u64::MAX, usize::MAX).await;
        assert_eq!(far.as_deref(), Ok(&b""[..]));
        // From the start on it is another reading.
        assert_eq!(rig.read(handle).await.as_deref(), Ok("12345\n"));
        assert_eq!(rig.stat("machine/n").await.unwrap().size, 6);

        let other = rig.open("machine/n", READ).await.unwrap();
        assert_eq!(rig.read(other).await.as_deref(), Ok("12345\n"));
        for handle in [handle, other] {
            rig.objects.close(handle);
        }
        rig.told.value("/machine n", "7");
        assert_eq!(rig.stat("machine/n").await.unwrap().size, 2);
        assert_eq!(rig.read(handle).await, Err(Errno::EBADF));
        let directory = rig.open("machine", READ).await;
        assert_eq!(directory, Err(Errno::EISDIR));
    });
}

/// What the machine is asked to set when words are written, each in one go.
#[test]
fn writing() {
    let appending = Opening {
        empties: false,
        appends: true,
        ..WRITE
    };
    let within = Opening {
        read: true,
        empties: false,
        ..WRITE
    };
    let page = "x".repeat(4096);
    let long = format!("set /machine/bus[0] name \"{page}y\"");
    for (name, opening, writes, sets) in [
        ("machine/n", WRITE, &["7\n"][..], &["set /machine n 7"][..]),
        ("machine/n", WRITE, &["0x10"], &["set /machine n 16"]),
        (
            "machine/n",
            WRITE,
            &["1", "0\n"],
            &["set /machine n 1", "set /machine n 10"],
        ),
        ("machine/n", WRITE, &[], &[]),
        ("machine/n", within, &["3"], &["set /machine n 32"]),
        (
            "machine/n",
            within,
            &["3", "4", "5"],
            &["set /machine n 345"],
        ),
        (
            "machine/bus[0]/name",
            WRITE,
            &["\n"],
            &["set /machine/bus[0] name \"\""],
        ),
        (
            "machine/bus[0]/name",
            WRITE,
            &["on"],
            &["set /machine/bus[0] name \"on\""],
        ),
        (
            "machine/bus[0]/name",
            appending,
            &["a\n"],
            &["set /machine/bus[0] name \"pci\\na\""],
        ),
        // Pieces of a page belong together.
        ("machine/bus[0]/name", WRITE, &[&page, "y"], &[&long]),
        (
            "machine/bus[0]/name",
            WRITE,
            &[&page],
            &[&long.replace('y', "")],
        ),
        // A type of the schema, told by what is there.
        (
            "machine/smm",
            WRITE,
            &["on\n"],
            &["set /machine smm \"on\""],
        ),
        // A link that is shown as a file.
        (
            "machine/none",
            WRITE,
            &["/x\n"],
            &["set /machine none \"/x\""],
        ),
    ] {
        with(&machine(), "/", async |rig| {
            let handle = rig.open(name, opening).await.unwrap();
            rig.told.asked();
            let mut offset = 0;
            for write in writes {
                let data = write.as_bytes();
                rig.objects.write(handle, offset, data).await.unwrap();
                offset += data.len() as u64;
            }
            rig.objects.flush(handle).await.unwrap();
            rig.objects.flush(handle).await.unwrap();
            rig.objects.close(handle);
            let mut asked = rig.told.asked();
            asked.retain(|asked| asked.starts_with("set "));
            assert_eq!(asked, sets, "{name} {writes:?}");
            assert_eq!(rig.reported(), [""; 0]);
        });
    }
}

/// What cannot be written, why, and what people are told.
#[test]
fn what_cannot_be_written() {
    let readonly = "Property 'pc.n' is not writable";
    let realized =
        "Attempt to set property 'n' on anonymous device (type 'pc') after it was realized";
    for (name, word, obstacle, errno, report) in [
        (
            "machine/n",
            "on",
            None,
            Errno::EINVAL,
            "/machine.n is of the type int: what was written is not an integer of 64 bits",
        ),
        (
            "machine/bus[0]/name",
            "\u{0}\u{fffd}",
            Some("no"),
            Errno::EINVAL,
            "/machine/bus[0].name: GenericError: no",
        ),
        (
            "machine/n",
            "1",
            Some(readonly),
            Errno::EACCES,
            "/machine.n: GenericError: Property 'pc.n' is not writable",
        ),
        (
            "machine/n",
            "1",
            Some(realized),
            Errno::EPERM,
            "/machine.n: GenericError: Attempt to set property 'n' on anonymous device (type 'pc') after it was realized",
        ),
        (
            "machine/n",
            "1",
            Some("Property 'pc.n' not found"),
            Errno::ENOENT,
            "/machine.n: GenericError: Property 'pc.n' not found",
        ),
    ] {
        let told = machine();
        told.0.lock().unwrap().obstacle = obstacle.map(str::to_owned);
        with(&told, "/", async |rig| {
            let handle = rig.open(name, WRITE).await.unwrap();
            let written = rig.objects.write(handle, 0, word.as_bytes()).await;
            assert_eq!(written, Err(errno), "{name} {word}");
            assert_eq!(rig.reported(), [report]);
            // That was it: it is not tried again when the file is closed.
            assert_eq!(rig.objects.flush(handle).await, Ok(()));
            rig.objects.close(handle);
            if errno == Errno::EACCES {
                assert_eq!(rig.stat(name).await.unwrap().permissions, 0o444);
                assert_eq!(rig.open(name, WRITE).await, Err(Errno::EACCES));
            }
        });
    }
    with(&machine(), "/", async |rig| {
        let within = Opening {
            empties: false,
            ..WRITE
        };
        let handle = rig.open("machine/n", within).await.unwrap();
        let write = async |offset, data: &[u8]| rig.objects.write(handle, offset, data).await;
        assert_eq!(write(4, b"1").await, Err(Errno::EINVAL));
        assert_eq!(write(u64::MAX, b"1").await, Err(Errno::EFBIG));
        assert_eq!(
            write(0, &vec![b'1'; (1 << 20) + 1]).await,
            Err(Errno::EFBIG)
        );
        assert_eq!(rig.objects.truncate(handle, 4).await, Err(Errno::EINVAL));
        // Shortened, it is what it is shortened to; emptied, nothing until something is written.
        assert_eq!(rig.objects.truncate(handle, 1).await, Ok(()));
        rig.objects.flush(handle).await.unwrap();
        assert_eq!(rig.objects.truncate(handle, 0).await, Ok(()));
        rig.objects.flush(handle).await.unwrap();
        assert_eq!(write(0, b"\xff").await, Err(Errno::EINVAL));
        let sets = rig.told.asked();
        let sets = sets.iter().filter(|asked| asked.starts_with("set"));
        assert_eq!(sets.collect::<Vec<_>>(), ["set /machine n 1"]);
        assert_eq!(rig.open("machine/type", WRITE).await, Err(Errno::EACCES));
    });
}

#[test]
fn what_cannot_be_read() {
    let crash = "/machine.n: GenericError: No crash occurred";
    for (value, errno, permissions, reports) in [
        (
            "!Property 'pc.n' is not readable",
            Errno::EACCES,
            0o200,
            &[][..],
        ),
        ("!No crash occurred", Errno::ENODATA, 0o644, &[crash]),
    ] {
        with(&machine(), "/", async |rig| {
            rig.told.value("/machine n", value);
            // It is there all the same.
            let stat = rig.stat("machine/n").await.unwrap();
            assert_eq!((stat.size, stat.permissions), (0, permissions));
            assert_eq!(rig.reported(), [""; 0]);
            assert_eq!(rig.open("machine/n", READ).await, Err(errno));
            assert_eq!(rig.reported(), reports);
            let handle = rig.open("machine/n", WRITE).await.unwrap();
            assert_eq!(rig.objects.write(handle, 0, b"5").await, Ok(()));
        });
    }
}

/// Whoever sets a property sees at once what has become of it.
#[test]
fn what_was_written_is_seen() {
    with(&machine(), "/", async |rig| {
        let before = rig.stat("machine/n").await.unwrap();
        let handle = rig.open("machine/n", WRITE).await.unwrap();
        rig.objects.write(handle, 0, b"0x10\n").await.unwrap();
        rig.told.value("/machine n", "16");
        let after = rig.stat("machine/n").await.unwrap();
        assert_eq!((after.number, after.size), (before.number, 3));
        assert!(after.changed > before.changed);
        // A link that leads somewhere now.
        let handle = rig.open("machine/none", WRITE).await.unwrap();
        rig.told.value("/machine none", r#""/machine/bus[0]""#);
        rig.objects
            .write(handle, 0, b"/machine/bus[0]\n")
            .await
            .unwrap();
        assert_eq!(rig.find("machine/none").await.unwrap().shown, Shown::Link);
    });
}
