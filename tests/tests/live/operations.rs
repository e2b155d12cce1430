//! Commands that are followed to their completion.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use qapi_client::{Error, OperationError, tokio as asynchronous};
use qapi_tests::live::{Image, MONITOR, machine, machine_in};
use qapi_types::qmp::{commands, types};

use crate::block::images;

/// Longer than anything takes on a machine that is well.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

/// Time enough for nothing.
const SHORT: Option<Duration> = Some(Duration::from_millis(50));

const DISK: &[&str] = &[
    "-blockdev",
    "driver=qcow2,node-name=overlay,file.driver=file,file.filename=overlay.qcow2",
];

fn go_on<T>(_: &T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn devices_are_unplugged() {
    let Some(mut machine) = machine(&[
        "-device",
        "qemu-xhci,id=usb",
        "-device",
        "usb-tablet,id=tablet",
        "-device",
        "pcie-root-port,id=rp0",
        "-device",
        "virtio-rng-pci,bus=rp0,id=random",
    ]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    client.unplug("tablet", PATIENCE).unwrap();
    match client.unplug("tablet", PATIENCE) {
        Err(OperationError::Session(Error::Refused(refusal))) => {
            assert!(refusal.desc.contains("tablet"), "{refusal}");
        }
        other => panic!("{other:?}"),
    }
    // What sits on PCI the guest has to let go, and here is none.
    let late = client.unplug("random", SHORT);
    assert!(
        matches!(late, Err(OperationError::TimedOut { .. })),
        "{late:?}"
    );
}

/// A node without content, which is nevertheless copied.
pub(crate) fn null(name: &str) -> commands::BlockdevAdd {
    let mut null = types::BlockdevOptionsNull::new();
    null.size = Some(1 << 30);
    let branch = types::BlockdevOptionsBranch::NullCo(null);
    types::BlockdevOptions::new(branch).node_name(name).into()
}

#[test]
fn jobs_run_to_their_end() {
    let Some(tool) = Image::tool() else {
        return;
    };
    let Some(mut machine) = machine_in(images(&tool), DISK) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let commit = commands::BlockCommit::new("overlay").job_id("commit");
    client.run_job(&commit, "commit", PATIENCE, go_on).unwrap();

    for name in ["source", "target"] {
        client.execute(&null(name)).unwrap();
    }
    let full = types::MirrorSyncMode::Full;
    let mirror = commands::BlockdevMirror::new("source", "target", full).job_id("mirror");
    client.run_job(&mirror, "mirror", PATIENCE, go_on).unwrap();

    // Neither finalized nor dismissed by itself.
    let backup = |id: &str| {
        let mut backup =
            types::BlockdevBackup::new("source", types::MirrorSyncMode::Full, "target");
        backup.job_id = Some(id.to_owned());
        backup.auto_finalize = Some(false);
        backup.auto_dismiss = Some(false);
        commands::BlockdevBackup::from(backup)
    };
    client
        .run_job(&backup("backup"), "backup", PATIENCE, go_on)
        .unwrap();
    assert!(client.execute(&commands::QueryJobs).unwrap().is_empty());

    // Slow enough to be told how far it is, and to be cancelled.
    let slow = commands::BlockdevMirror::new("source", "target", full)
        .job_id("slow")
        .speed(1 << 16);
    let mut told = 0;
    let cancelled = client.run_job(&slow, "slow", PATIENCE, |job| {
        told += 1;
        assert_eq!(job.total_progress, 1 << 30);
        match told {
            1 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    });
    assert!(
        matches!(cancelled, Err(OperationError::Cancelled { .. })),
        "{cancelled:?}"
    );
    assert!(client.execute(&commands::QueryJobs).unwrap().is_empty());

    // What looks on may panic: the session goes on, and so does the job.
    let panics = AssertUnwindSafe(|| client.run_job(&slow, "slow", PATIENCE, |_| panic!("no")));
    assert!(catch_unwind(panics).is_err());
    let jobs = client.execute(&commands::QueryJobs).unwrap();
    assert_eq!(jobs.len(), 1);
    client.execute(&commands::JobCancel::new("slow")).unwrap();

    // What the command calls otherwise is another job.
    let other = client.run_job(&backup("backup"), "other", PATIENCE, go_on);
    assert!(
        matches!(&other, Err(OperationError::Failed { why, .. }) if why.starts_with("there is none")),
        "{other:?}"
    );

    let nothing = commands::BlockCommit::new("nobody").job_id("nothing");
    let refused = client.run_job(&nothing, "nothing", PATIENCE, go_on);
    assert!(
        matches!(refused, Err(OperationError::Session(Error::Refused(_)))),
        "{refused:?}"
    );
}

#[test]
fn operations_end_with_the_machine() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    for name in ["source", "target"] {
        client.execute(&null(name)).unwrap();
    }
    let full = types::MirrorSyncMode::Full;
    let slow = commands::BlockdevMirror::new("source", "target", full)
        .job_id("slow")
        .speed(1 << 16);
    let kill = machine.killer();
    let lost = client.run_job(&slow, "slow", None, |_| {
        kill();
        ControlFlow::Continue(())
    });
    assert!(
        matches!(lost, Err(OperationError::Session(Error::Lost { .. }))),
        "{lost:?}"
    );
}

#[test]
fn machines_quit_and_power_down() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    // There is no guest that would heed.
    let late = client.powerdown(SHORT);
    assert!(
        matches!(late, Err(OperationError::TimedOut { .. })),
        "{late:?}"
    );
    let shutdown = client.quit(PATIENCE).unwrap();
    assert_eq!(shutdown.reason, types::ShutdownCause::HostQmpQuit);
    assert!(machine.wait().success());
}

#[test]
fn a_machine_migrates() {
    let Some(mut source) = machine(&[]) else {
        return;
    };
    let Some(mut destination) = machine(&["-incoming", "unix:migration"]) else {
        return;
    };
    let uri = format!("unix:{}", destination.folder().join("migration").display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut clients = Vec::new();
        for machine in [&mut source, &mut destination] {
            machine.connect(MONITOR);
            let path = machine.folder().join(MONITOR);
            clients.push(asynchronous::Client::connect_unix(path).await.unwrap());
        }
        let [source, destination] = &clients[..] else {
            panic!("there are two");
        };
        let migrate = commands::Migrate::new().uri(uri);
        let info = source.migrate(&migrate, PATIENCE, go_on).await.unwrap();
        assert!(info.ram.is_some_and(|ram| ram.transferred > 0));
        let status = destination.execute(&commands::QueryStatus).await.unwrap();
        assert_ne!(status.status, types::RunState::Inmigrate);
        let failed = source
            .migrate(
                &commands::Migrate::new().uri("unix:/no/such/socket"),
                PATIENCE,
                go_on,
            )
            .await;
        assert!(failed.is_err(), "{failed:?}");
        let shutdown = source.quit(PATIENCE).await.unwrap();
        assert_eq!(shutdown.reason, types::ShutdownCause::HostQmpQuit);
    });
}
