//! A machine of another architecture: what it tells of its CPUs is another branch, its devices sit on channels instead of
//! PCI, and let go without the help of a guest.

use std::ops::ControlFlow;
use std::time::Duration;

use qapi_client::{Error, OperationError};
use qapi_tests::live::{MONITOR, mainframe};
use qapi_types::AnyMembers;
use qapi_types::qmp::{commands, types};

use crate::operations::null;

/// Longer than anything takes on a machine that is well.
const PATIENCE: Option<Duration> = Some(Duration::from_secs(60));

#[test]
fn cpus_disks_jobs_and_the_end() {
    let Some(mut machine) = mainframe(&["-smp", "2"]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let status = client.execute(&commands::QueryStatus).unwrap();
    assert_eq!(status.status, types::RunState::Prelaunch);
    let target = client.execute(&commands::QueryTarget).unwrap();
    assert_eq!(target.arch, types::SysEmuTarget::S390x);

    let cpus = client.execute(&commands::QueryCpusFast).unwrap();
    let states = cpus.iter().map(|cpu| match &cpu.target {
        types::CpuInfoFastBranch::S390x(more) => &more.cpu_state,
        other => panic!("{other:?}"),
    });
    // The second waits until the first starts it.
    let expected = [types::S390CpuState::Operating, types::S390CpuState::Stopped];
    assert_eq!(
        states.collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );

    for name in ["source", "target"] {
        client.execute(&null(name)).unwrap();
    }
    let mut add = commands::DeviceAdd::new("virtio-blk-ccw").id("disk");
    add.others = AnyMembers::from_iter([("drive", "source")]);
    client.execute(&add).unwrap();
    let disks = client.execute(&commands::QueryBlock).unwrap();
    let [disk] = &disks[..] else {
        panic!("{disks:?}");
    };
    let node = disk.inserted.as_ref().map(|node| &*node.node_name);
    assert_eq!(node, Some("source"));

    let full = types::MirrorSyncMode::Full;
    let mirror = commands::BlockdevMirror::new("source", "target", full).job_id("mirror");
    let go_on = |_: &_| ControlFlow::Continue(());
    client.run_job(&mirror, "mirror", PATIENCE, go_on).unwrap();

    client.unplug("disk", PATIENCE).unwrap();
    assert!(client.execute(&commands::QueryBlock).unwrap().is_empty());
    let gone = client.unplug("disk", PATIENCE);
    assert!(
        matches!(gone, Err(OperationError::Session(Error::Refused(_)))),
        "{gone:?}"
    );

    let shutdown = client.quit(PATIENCE).unwrap();
    assert_eq!(shutdown.reason, types::ShutdownCause::HostQmpQuit);
    assert!(machine.wait().success());
}
