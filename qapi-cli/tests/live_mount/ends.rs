//! How mounts end.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::process::Signal;

use crate::{Mount, vm};

/// However it ends, nothing stays mounted, whoever is still in there.
#[test]
fn ends() {
    let Some((machine, _other)) = vm() else {
        return;
    };
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mount = Mount::new(&machine, &[], &["--json"]);
        mount.signal(signal);
        assert_eq!(mount.end().0.code(), Some(0));
    }
    let mount = Mount::new(&machine, &[], &["/machine"]);
    let mut open = File::open(mount.path("type")).unwrap();
    mount.signal(Signal::TERM);
    let (status, said) = mount.end();
    assert_eq!((status.code(), &*said), (Some(0), ""));
    let error = open.read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotConnected);

    let mount = Mount::new(&machine, &[], &[]);
    let mut unmount = Command::new("fusermount3");
    let unmounted = unmount.arg("-u").arg(&mount.directory).status().unwrap();
    assert!(unmounted.success());
    assert_eq!(mount.end().0.code(), Some(0));

    // There is but one who may have the directory.
    let mount = Mount::new(&machine, &[], &[]);
    for (directory, message) in [
        ("mount", "directory not empty"),
        (".", "directory not empty"),
        ("qmp", "Not a directory"),
        ("nowhere", "No such file or directory"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_qmp"))
            .current_dir(machine.folder())
            .args(["--socket", "other", "qom", "mount", directory])
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = format!("qmp: cannot mount on {directory}: {message}");
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with(&expected), "{said}");
    }
    drop(mount);
}

/// A machine that dies in the middle of it takes the mount with it, and nobody waits for it.
#[test]
fn machines_that_die() {
    let Some((mut machine, _other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &[], &[]);
    let (directory, started) = (mount.directory.clone(), AtomicBool::new(false));
    let kill = machine.killer();
    let code = thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // As long as there is anything to be found.
                let mut find = Command::new("find");
                let find = find.arg(&directory).args(["-type", "f", "-size", "+1000"]);
                find.stdout(Stdio::null()).stderr(Stdio::null());
                while find.status().unwrap().success() && is_mount(&directory) {
                    started.store(true, Ordering::Relaxed);
                }
            });
        }
        while !started.load(Ordering::Relaxed) {
            thread::yield_now();
        }
        kill();
        let (status, said) = mount.end();
        // It depends on who has the word just then.
        let last = said.lines().last().unwrap_or_default();
        let told = ["qmp: the server has closed", "qmp: the connection is lost"];
        assert!(told.iter().any(|told| last.starts_with(told)), "{said}");
        status.code()
    });
    assert_eq!(code, Some(2));
    machine.wait();
}

fn is_mount(directory: &Path) -> bool {
    fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some())
}

/// A machine that hangs keeps nobody longer than was said.
#[test]
fn machines_that_hang() {
    let Some((machine, _other)) = vm() else {
        return;
    };
    let mount = Mount::new(&machine, &["--timeout", "0.2"], &[]);
    machine.freeze();
    for path in ["machine/type", "machine/smm"] {
        let error = fs::read(mount.path(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "{path}");
    }
    mount.signal(Signal::TERM);
    assert_eq!(mount.end().0.code(), Some(0));
    machine.thaw();
    let mount = Mount::new(&machine, &["--timeout", "0.2"], &[]);
    assert_eq!(mount.read("machine/peripheral/type"), "container\n");
}
