//! Everything that can be asked without arguments is: no answer may fail to be read, and each is written as it was said.

use std::fs;

use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_tests::live::queries::{self, Visit};
use qapi_tests::live::{Image, MONITOR, Process, Program, machine, machine_in};
use qapi_types::qmp::{Event, commands, types::MigrationStatus};
use qapi_types::{Any, Command, Decode, Encode, Version, from_str, to_string};

use crate::block::images;
use crate::events::wait_for;
use crate::guest_agent::agent;
use crate::introspection::differences;

/// Something of everything that a query tells of. Sizes are small: the guest never runs.
const DEVICES: &str = "
    -name queries -uuid 00000000-0000-4000-8000-000000000001
    -smp 2,sockets=2,maxcpus=4 -m 64,slots=4,maxmem=1G
    -object memory-backend-ram,id=near,size=32M -object memory-backend-ram,id=far,size=32M
    -numa node,nodeid=0,cpus=0-1,memdev=near -numa node,nodeid=1,cpus=2-3,memdev=far
    -numa dist,src=0,dst=1,val=20
    -object memory-backend-ram,id=module,size=64M -device pc-dimm,id=dimm,memdev=module
    -object memory-backend-ram,id=pool,size=64M
    -device virtio-mem-pci,id=mem,memdev=pool,requested-size=0
    -object cryptodev-backend-builtin,id=crypto -device virtio-crypto-pci,cryptodev=crypto
    -object iothread,id=thread,poll-max-ns=1000
    -object throttle-group,id=group,x-iops-total=1000
    -blockdev driver=qcow2,node-name=overlay,file.driver=file,file.filename=overlay.qcow2
    -blockdev driver=raw,node-name=raw,file.driver=file,file.filename=disk.raw
    -blockdev driver=null-co,node-name=null,size=1048576,read-zeroes=on
    -blockdev driver=throttle,node-name=throttle,throttle-group=group,file=null
    -device virtio-blk-pci,id=first,drive=overlay,iothread=thread
    -device virtio-scsi-pci,id=scsi
    -device scsi-hd,id=second,drive=raw,bus=scsi.0 -device scsi-cd,id=cd,bus=scsi.0
    -device ide-hd,id=third,drive=throttle
    -netdev user,id=user -device virtio-net-pci,id=nic,netdev=user
    -device pcie-root-port,id=root,chassis=1
    -netdev hubport,id=hub,hubid=0 -device e1000e,netdev=hub,bus=root
    -chardev socket,id=socket,path=socket,server=on,wait=off -device isa-serial,chardev=socket
    -chardev null,id=null -device isa-serial,chardev=null
    -chardev ringbuf,id=ring,size=4096
    -device virtio-serial-pci -device virtserialport,chardev=ring
    -device qemu-xhci,id=usb -device usb-tablet,bus=usb.0 -device usb-kbd,bus=usb.0
    -device virtio-balloon-pci -device virtio-rng-pci -device vmgenid,guid=auto
    -audiodev none,id=audio -device VGA
";

/// What begins when the machine is there, and lasts: a job that waits for its end, a bitmap, histograms, an export.
const BEGUN: &[(&str, &str)] = &[
    (
        "block-commit",
        r#"{"device": "overlay", "job-id": "commit"}"#,
    ),
    (
        "block-dirty-bitmap-add",
        r#"{"node": "raw", "name": "bitmap"}"#,
    ),
    (
        "block-latency-histogram-set",
        r#"{"id": "second", "boundaries": [10, 50, 100]}"#,
    ),
    (
        "nbd-server-start",
        r#"{"addr": {"type": "unix", "data": {"path": "nbd"}}}"#,
    ),
    (
        "block-export-add",
        r#"{"type": "nbd", "id": "export", "node-name": "raw"}"#,
    ),
];

/// The same for the storage daemon.
const DAEMON: &str = "
    --chardev socket,id=monitor,path=qmp,server=on,wait=off --monitor chardev=monitor
    --object iothread,id=thread
    --blockdev driver=qcow2,node-name=overlay,file.driver=file,file.filename=overlay.qcow2
    --blockdev driver=raw,node-name=raw,file.driver=file,file.filename=disk.raw
    --nbd-server addr.type=unix,addr.path=nbd
    --export nbd,id=export,node-name=raw,writable=on
";

/// Asks, and keeps count.
struct Asking<'a> {
    client: &'a mut Client,
    server: Version,
    answered: usize,
    refused: Vec<String>,
    failures: Vec<String>,
}

impl<'a> Asking<'a> {
    fn new(client: &'a mut Client, server: Version) -> Self {
        Self {
            client,
            server,
            answered: 0,
            refused: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// So many were answered, and all answers were read.
    #[track_caller]
    fn check(self, least: usize) {
        let Self {
            server,
            answered,
            refused,
            failures,
            ..
        } = self;
        println!("QEMU {server}: {answered} answers; refused: {refused:#?}");
        assert!(
            failures.is_empty(),
            "QEMU {server}:\n{}",
            failures.join("\n")
        );
        assert!(
            answered >= least,
            "QEMU {server}: {answered} answers; refused: {refused:#?}"
        );
    }
}

impl Visit for Asking<'_> {
    fn visit<C, Shipped>(&mut self)
    where
        C: Command<Return: Encode> + Decode,
        Shipped: Command,
    {
        let command: C = from_str("{}").expect("it needs no argument");
        let arguments: Any = to_string(&command).parse().expect("what we write is JSON");
        let said = match self.client.execute_raw(C::NAME, Some(&arguments)) {
            Ok(said) => said,
            // What this build or this machine does not have.
            Err(Error::Refused(refusal)) => {
                self.refused.push(format!("{}: {refusal}", C::NAME));
                return;
            }
            Err(error) => panic!("{}: {error}", C::NAME),
        };
        self.answered += 1;
        let mut failure = |what: String| {
            let name = C::NAME;
            self.failures.push(format!("{name}: {what} in {said}"));
        };
        if let Err(error) = said.to::<Shipped::Return>() {
            failure(error.to_string());
        }
        match said.to::<C::Return>() {
            Ok(read) => {
                let written = to_string(&read).parse().expect("what we write is JSON");
                let found = differences(&self.server, &said, &written);
                if !found.is_empty() {
                    failure(format!("{found:?}"));
                }
            }
            Err(error) => failure(error.to_string()),
        }
    }
}

/// Whether a machine can show its screen over VNC.
fn has_vnc() -> bool {
    machine(&[]).is_some_and(|mut machine| {
        let mut client = machine.client(MONITOR);
        let commands = client.execute(&commands::QueryCommands).unwrap();
        commands
            .iter()
            .any(|command| command.name == commands::QueryVnc::NAME)
    })
}

#[test]
fn a_machine_is_asked_everything() {
    let Some(tool) = Image::tool() else {
        return;
    };
    let folder = images(&tool);
    fs::write(folder.path().join("disk.raw"), vec![0; 1 << 20]).unwrap();
    let mut arguments: Vec<&str> = DEVICES.split_whitespace().collect();
    if has_vnc() {
        arguments.extend(["-vnc", "unix:vnc"]);
    }
    let Some(mut machine) = machine_in(folder, &arguments) else {
        return;
    };
    let client = &mut machine.client(MONITOR);
    for (command, arguments) in BEGUN {
        let arguments: Any = arguments.parse().unwrap();
        client
            .execute_raw(command, Some(&arguments))
            .unwrap_or_else(|error| panic!("{command}: {error}"));
    }
    let server = client.greeting().version.clone();
    let mut asking = Asking::new(client, server);
    queries::qmp(&mut asking);
    asking.check(55);
}

#[test]
fn a_machine_that_has_migrated_is_asked_everything() {
    let Some(mut machine) = machine(&[]) else {
        return;
    };
    let client = &mut machine.client(MONITOR);
    for (command, arguments) in [
        (
            "migrate-set-capabilities",
            r#"{"capabilities": [{"capability": "events", "state": true}]}"#,
        ),
        ("migrate", r#"{"uri": "exec:cat >/dev/null"}"#),
    ] {
        let arguments: Any = arguments.parse().unwrap();
        client
            .execute_raw(command, Some(&arguments))
            .unwrap_or_else(|error| panic!("{command}: {error}"));
    }
    wait_for(client, |_, event| match event {
        Event::Migration(migration) => match migration.status {
            MigrationStatus::Completed => Some(()),
            MigrationStatus::Failed => panic!("{migration:?}"),
            _ => None,
        },
        _ => None,
    });
    let server = client.greeting().version.clone();
    let mut asking = Asking::new(client, server);
    queries::qmp(&mut asking);
    asking.check(50);
}

#[test]
fn a_storage_daemon_is_asked_everything() {
    let Some(tool) = Image::tool() else {
        return;
    };
    let folder = images(&tool);
    fs::write(folder.path().join("disk.raw"), vec![0; 1 << 20]).unwrap();
    let arguments: Vec<&str> = DAEMON.split_whitespace().collect();
    let Some(mut daemon) = Process::start(Program::StorageDaemon, folder, &arguments) else {
        return;
    };
    let client = &mut daemon.client("qmp");
    let server = client.greeting().version.clone();
    let mut asking = Asking::new(client, server);
    queries::qsd(&mut asking);
    asking.check(10);
}

#[test]
fn an_agent_is_asked_everything() {
    let Some((_agent, mut client)) = agent() else {
        return;
    };
    let info = client
        .execute(&qapi_types::qga::commands::GuestInfo)
        .unwrap();
    let mut numbers = info
        .version
        .split(|c: char| !c.is_ascii_digit())
        .map(|number| number.parse().unwrap());
    let mut number = || numbers.next().expect("a version has three numbers");
    let server = Version {
        major: number(),
        minor: number(),
        micro: number(),
        package: String::new(),
    };
    let mut asking = Asking::new(&mut client, server);
    queries::qga(&mut asking);
    asking.check(12);
}
