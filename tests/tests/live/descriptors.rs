//! File descriptors, passed to the machine.

use std::fs::{self, File};
use std::time::Duration;

use qapi_client::blocking::Client;
use qapi_client::{CallOptions, Error, tokio as asynchronous};
use qapi_tests::live::{MONITOR, Process, folder, machine_in};
use qapi_types::qmp::{commands, types};

/// A machine whose folder has an image to pass.
fn start() -> Option<Process> {
    let folder = folder();
    fs::write(folder.path().join("disk.raw"), [7; 1 << 16]).unwrap();
    machine_in(folder, &[])
}

fn image(machine: &Process) -> std::os::fd::OwnedFd {
    let path = machine.folder().join("disk.raw");
    File::options()
        .read(true)
        .write(true)
        .open(path)
        .unwrap()
        .into()
}

fn node(name: &str, file: String) -> commands::BlockdevAdd {
    let branch = types::BlockdevOptionsBranch::File(types::BlockdevOptionsFile::new(file));
    types::BlockdevOptions::new(branch).node_name(name).into()
}

/// What this process has open of the image.
fn open_images(machine: &Process) -> usize {
    let image = machine.folder().join("disk.raw").canonicalize().unwrap();
    let open = fs::read_dir("/proc/self/fd").unwrap().flatten();
    open.filter(|entry| fs::read_link(entry.path()).is_ok_and(|path| path == image))
        .count()
}

fn sets(client: &mut Client) -> usize {
    client.execute(&commands::QueryFdsets).unwrap().len()
}

#[test]
fn a_disk_is_opened_from_a_descriptor() {
    let Some(mut machine) = start() else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let mut set = client
        .add_fdset(vec![image(&machine), image(&machine)])
        .unwrap();
    let add = node("kept", set.path());
    set.client().execute(&add).unwrap();
    set.keep();
    assert_eq!(sets(&mut client), 1);

    // What comes to nothing leaves nothing behind, here and there.
    let mut set = client.add_fdset(vec![image(&machine)]).unwrap();
    let add = node("kept", set.path());
    let error = set.client().execute(&add).unwrap_err();
    assert!(matches!(error, Error::Refused(_)), "{error}");
    drop(set);
    assert_eq!(sets(&mut client), 1);
    assert_eq!(open_images(&machine), 0);
}

#[test]
fn descriptors_are_closed_however_it_ends() {
    let Some(mut machine) = start() else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let getfd = commands::Getfd::new("disk");
    client
        .execute_with_fds(&getfd, vec![image(&machine)])
        .unwrap();
    client.execute(&commands::Closefd::new("disk")).unwrap();
    assert_eq!(open_images(&machine), 0);
    // A name that does not begin with a letter is refused, and so is one descriptor too few.
    let refused = commands::Getfd::new("1");
    for (command, descriptors) in [(&refused, vec![image(&machine)]), (&getfd, vec![])] {
        let error = client.execute_with_fds(command, descriptors).unwrap_err();
        assert!(matches!(error, Error::Refused(_)), "{error}");
    }
    assert_eq!(open_images(&machine), 0);

    let many = (0..254).map(|_| image(&machine)).collect();
    let error = client.execute_with_fds(&getfd, many).unwrap_err();
    assert!(matches!(error, Error::Descriptors), "{error}");
    assert_eq!(open_images(&machine), 0);

    // It is refused before anything is sent, and they are closed.
    let error = client
        .execute_with_fds_with(
            &getfd,
            vec![image(&machine)],
            CallOptions::new().out_of_band(),
        )
        .unwrap_err();
    assert!(matches!(error, Error::OutOfBand(_)), "{error}");
    assert_eq!(open_images(&machine), 0);
    machine.freeze();
    let error = client
        .execute_with_fds_with(&getfd, vec![image(&machine)], Duration::from_millis(100))
        .unwrap_err();
    assert!(
        matches!(error, Error::TimedOut { sent: true, .. }),
        "{error}"
    );
    assert_eq!(open_images(&machine), 0);
    machine.killer()();
    for _ in 0..2 {
        let error = client
            .execute_with_fds(&getfd, vec![image(&machine)])
            .unwrap_err();
        assert!(matches!(error, Error::Lost { .. }), "{error}");
        assert_eq!(open_images(&machine), 0);
    }
}

#[test]
fn tasks_pass_descriptors_side_by_side() {
    let Some(mut machine) = start() else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        machine.connect(MONITOR);
        let path = machine.folder().join(MONITOR);
        let client = asynchronous::Client::connect_unix(path).await.unwrap();
        // Each has its own, though the machine keeps those of one command only.
        let tasks: Vec<_> = (0..20)
            .map(|number| {
                let (client, image) = (client.clone(), image(&machine));
                tokio::spawn(async move {
                    let set = client.add_fdset(vec![image]).await.unwrap();
                    let add = node(&format!("node{number}"), set.path());
                    client.execute(&add).await.unwrap();
                    if number % 2 == 0 {
                        set.keep();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let nodes = client
            .execute(&commands::QueryNamedBlockNodes::new())
            .await
            .unwrap();
        assert_eq!(nodes.len(), 20);
        assert_eq!(open_images(&machine), 0);

        // A future that is dropped before it is sent, and one that is dropped after.
        machine.freeze();
        let getfd = commands::Getfd::new("disk");
        for _ in 0..2 {
            let call = client.execute_with_fds(&getfd, vec![image(&machine)]);
            let short = tokio::time::timeout(Duration::from_millis(20), call).await;
            assert!(short.is_err());
        }
        machine.thaw();
        client.execute(&commands::QueryStatus).await.unwrap();
        assert_eq!(open_images(&machine), 0);
        client
            .execute(&commands::Closefd::new("disk"))
            .await
            .unwrap();

        // A set whose future is dropped while the machine makes it is removed as soon as it is there.
        let sets = async || client.execute(&commands::QueryFdsets).await.unwrap().len();
        let before = sets().await;
        machine.freeze();
        let add = client.add_fdset(vec![image(&machine)]);
        let short = tokio::time::timeout(Duration::from_millis(20), add).await;
        assert!(short.is_err());
        machine.thaw();
        // Its reply has come before that to this, and its removal has gone before the next.
        client.execute(&commands::QueryStatus).await.unwrap();
        while sets().await > before {
            tokio::task::yield_now().await;
        }
        assert_eq!(open_images(&machine), 0);

        // On a session that has ended they are closed at once.
        machine.killer()();
        for _ in 0..2 {
            let call = client.execute_with_fds(&getfd, vec![image(&machine)]);
            let error = call.await.unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
            assert_eq!(open_images(&machine), 0);
        }
        let many = (0..254).map(|_| image(&machine)).collect();
        let error = client.execute_with_fds(&getfd, many).await.unwrap_err();
        assert!(matches!(error, Error::Descriptors), "{error}");
        assert_eq!(open_images(&machine), 0);
    });
}
