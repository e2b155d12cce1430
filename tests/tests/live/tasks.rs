//! The client on tokio: calls of many tasks, out-of-band ones among them, and machines that die.

use std::time::Duration;

use qapi_client::tokio::{Client, Options};
use qapi_client::{CallOptions, Error};
use qapi_tests::live::{MONITOR, Process, machine};
use qapi_types::qmp::{Event, commands, types::RunState};

async fn connect(machine: &mut Process, monitor: &str, options: Options) -> Client {
    machine.connect(monitor);
    let path = machine.folder().join(monitor);
    Client::connect_unix_with(path, options).await.unwrap()
}

fn run(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(future);
}

#[test]
fn many_tasks_share_a_monitor() {
    let Some(mut machine) = machine(&[
        "-name",
        "vm",
        "-qmp-pretty",
        "unix:pretty,server=on,wait=off",
    ]) else {
        return;
    };
    run(async {
        for monitor in [MONITOR, "pretty"] {
            let client = connect(&mut machine, monitor, Options::default()).await;
            let tasks: Vec<_> = (0..64)
                .map(|number| {
                    let client = client.clone();
                    tokio::spawn(async move {
                        for _ in 0..10 {
                            if number % 2 == 0 {
                                let name = client.execute(&commands::QueryName).await.unwrap();
                                assert_eq!(name.name.as_deref(), Some("vm"));
                            } else {
                                let status = client.execute(&commands::QueryStatus).await.unwrap();
                                assert_eq!(status.status, RunState::Prelaunch);
                            }
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
        }
    });
}

#[test]
fn a_task_that_gives_up_harms_nobody() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    run(async {
        let client = connect(&mut machine, MONITOR, Options::default()).await;
        let mut events = client.subscribe::<Event>("*");
        machine.freeze();
        for _ in 0..20 {
            let call = client.execute(&commands::QueryStatus);
            assert!(
                tokio::time::timeout(Duration::from_millis(2), call)
                    .await
                    .is_err()
            );
        }
        machine.thaw();
        let name = client.execute(&commands::QueryName).await.unwrap();
        assert_eq!(name.name.as_deref(), Some("vm"));
        client.execute(&commands::Cont).await.unwrap();
        assert!(matches!(
            events.next().await.unwrap().event,
            Event::Resume(_)
        ));
    });
}

/// What the machine cannot read it answers without an id: in the middle of others' calls it is nevertheless known whose.
#[test]
fn a_request_that_cannot_be_read_is_refused_alone() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    run(async {
        for out_of_band in [false, true] {
            let options = Options {
                out_of_band,
                ..Options::default()
            };
            let client = connect(&mut machine, MONITOR, options).await;
            // That they are there together.
            machine.freeze();
            let tasks: Vec<_> = (0..7)
                .map(|number| {
                    let client = client.clone();
                    // No character, and one that ends strings elsewhere.
                    let path = ["/machine", "/\u{ffff}", "/\0"][number % 3];
                    let list = commands::QomList::new(path);
                    tokio::spawn(async move { (path, client.execute(&list).await) })
                })
                .collect();
            while client.metrics().calls < 7 {
                tokio::task::yield_now().await;
            }
            machine.thaw();
            for task in tasks {
                match task.await.unwrap() {
                    ("/machine", properties) => assert!(!properties.unwrap().is_empty()),
                    (_, Err(Error::Refused(_))) => {}
                    (path, other) => panic!("{path:?}: {other:?}"),
                }
            }
            assert_eq!(client.metrics().strays, 0);
        }
    });
}

#[test]
fn out_of_band_commands() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    run(async {
        let options = Options {
            out_of_band: true,
            ..Options::default()
        };
        let client = connect(&mut machine, MONITOR, options).await;
        let oob = CallOptions::new().out_of_band();
        // There is nothing to pause, and that is what the machine answers, out of band.
        match client.execute_with(&commands::MigratePause, oob).await {
            Err(Error::Refused(refusal)) => assert!(refusal.desc.contains("migrat"), "{refusal}"),
            other => panic!("{other:?}"),
        }
        let error = client
            .execute_with(&commands::QueryStatus, oob)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::OutOfBand(_)), "{error}");
        // What the client does not know the machine refuses.
        match client.execute_raw_with("query-status", None, oob).await {
            Err(Error::Refused(refusal)) => assert!(refusal.desc.contains("OOB"), "{refusal}"),
            other => panic!("{other:?}"),
        }
    });
}

#[test]
fn a_machine_that_is_killed_ends_every_call_at_once() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    run(async {
        let client = connect(&mut machine, MONITOR, Options::default()).await;
        let mut events = client.subscribe::<Event>("*");
        machine.freeze();
        let unbounded = CallOptions::new().unbounded();
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(
                    async move { client.execute_with(&commands::QueryStatus, unbounded).await },
                )
            })
            .collect();
        // All are under way when it dies.
        while client.metrics().calls < 20 {
            tokio::task::yield_now().await;
        }
        machine.killer()();
        for call in calls {
            let error = call.await.unwrap().unwrap_err();
            assert!(matches!(error, Error::Lost { .. }), "{error}");
        }
        assert!(matches!(events.next().await, Err(Error::Lost { .. })));
    });
}

#[test]
fn a_viewer_is_told() {
    let Some(mut machine) = machine(&["-vnc", "unix:vnc"]) else {
        return;
    };
    run(async {
        let client = connect(&mut machine, MONITOR, Options::default()).await;
        let mut viewers = client.subscribe::<Event>("VNC_*");
        let viewer = machine.connect("vnc");
        let event = viewers.next().await.unwrap().event;
        assert!(matches!(event, Event::VncConnected(_)), "{event:?}");
        drop(viewer);
        let event = viewers.next().await.unwrap().event;
        assert!(matches!(event, Event::VncDisconnected(_)), "{event:?}");
    });
}

#[test]
fn what_a_machine_can_do() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let schema = client.schema().unwrap();
    for (path, expected) in [
        ("blockdev-add/arg/driver/qcow2", true),
        ("blockdev-add/arg/qcow2/backing", true),
        ("blockdev-add/arg/qcow2/file/driver/nbd", true),
        ("blockdev-add/arg/*/backing/nbd/server/inet/host", true),
        ("blockdev-add/arg/driver/paper", false),
        (
            "query-block/ret/inserted/image/format-specific/qcow2/data/compat",
            true,
        ),
        ("migrate-pause/arg/anything", false),
        ("DEVICE_DELETED/arg/path", true),
        ("*_DELETED/arg/path", true),
        ("query-cpu*/ret/*", true),
    ] {
        assert_eq!(schema.has(path), expected, "{path}");
    }
    assert!(schema.supports::<commands::QueryStatus>());
}
