//! The storage daemon: the same protocol without a machine.

use qapi_tests::live::{Process, Program, folder};
use qapi_types::qsd::{Event, commands, types};

use crate::events::wait_for;

const MONITOR: &[&str] = &[
    "--chardev",
    "socket,id=monitor,path=qmp,server=on,wait=off",
    "--monitor",
    "chardev=monitor",
];

/// A node without content, of a mebibyte.
fn null(name: &str) -> commands::BlockdevAdd {
    let mut null = types::BlockdevOptionsNull::new();
    null.size = Some(1 << 20);
    null.read_zeroes = Some(true);
    let branch = types::BlockdevOptionsBranch::NullCo(null);
    types::BlockdevOptions::new(branch).node_name(name).into()
}

#[test]
fn nodes_and_jobs() {
    let Some(mut daemon) = Process::start(Program::StorageDaemon, folder(), MONITOR) else {
        return;
    };
    let mut client = daemon.client("qmp");
    for name in ["source", "target"] {
        client.execute(&null(name)).unwrap();
    }
    let nodes = client
        .execute(&commands::QueryNamedBlockNodes::new())
        .unwrap();
    let mut names: Vec<_> = nodes
        .iter()
        .map(|node| (&*node.node_name, &*node.drv))
        .collect();
    names.sort_unstable();
    assert_eq!(names, [("source", "null-co"), ("target", "null-co")]);

    let mirror = commands::BlockdevMirror::new("source", "target", types::MirrorSyncMode::Full)
        .job_id("mirror");
    client.execute(&mirror).unwrap();
    let completed = wait_for(&mut client, |client, event| match event {
        Event::BlockJobReady(job) => {
            let jobs = client.execute(&commands::QueryBlockJobs).unwrap();
            assert_eq!(
                jobs.iter().map(|job| &*job.device).collect::<Vec<_>>(),
                [&*job.device]
            );
            client
                .execute(&commands::JobComplete::new(job.device))
                .unwrap();
            None
        }
        Event::BlockJobCompleted(job) => Some(job),
        _ => None,
    });
    assert_eq!((&*completed.device, completed.error), ("mirror", None));
    assert_eq!(client.execute(&commands::QueryJobs).unwrap().len(), 0);

    client
        .execute(&commands::BlockdevDel::new("source"))
        .unwrap();
    client.execute(&commands::Quit).unwrap();
    assert!(daemon.wait().success());
}
