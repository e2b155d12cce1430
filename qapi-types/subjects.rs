//! The subjects of the machine protocol that can be asked for by themselves: a feature of the crate each, and the files of
//! `schema/qmp` that it takes commands and events from. What these reach comes with them.

/// What every client needs who talks to a machine at all; all other subjects have it in them.
pub(crate) const CORE: (&str, &[&str]) = (
    "qmp-core",
    &[
        "action.json",
        "command-line.json",
        "control.json",
        "descriptor.json",
        "guest-panic.json",
        "human-monitor.json",
        "identity.json",
        "introspect.json",
        "power.json",
        "run-state.json",
        "stats.json",
        "trace.json",
        "yank.json",
    ],
);

/// The subjects besides [`CORE`].
pub(crate) const SUBJECTS: [(&str, &[&str]); 7] = [
    (
        "qmp-block",
        &[
            "block-*.json",
            "job.json",
            "nbd-server.json",
            "persistent-reservation.json",
            "transaction.json",
        ],
    ),
    ("qmp-character", &["character-device.json"]),
    (
        "qmp-device",
        &[
            "acpi.json",
            "crypto-device.json",
            "cxl-*.json",
            "device.json",
            "iothread.json",
            "memory-device.json",
            "object.json",
            "pci.json",
            "qom.json",
            "tpm.json",
            "usb.json",
            "vfio*.json",
            "virtio*.json",
            "watchdog.json",
        ],
    ),
    (
        "qmp-display",
        &[
            "audio.json",
            "display*.json",
            "input.json",
            "key.json",
            "spice.json",
            "vnc.json",
        ],
    ),
    (
        "qmp-machine",
        &[
            "accelerator.json",
            "balloon.json",
            "boot.json",
            "clock.json",
            "cpu*.json",
            "gic.json",
            "interrupt.json",
            "lost-tick.json",
            "machine.json",
            "memory.json",
            "memory-dump.json",
            "memory-failure.json",
            "numa.json",
            "s390x.json",
            "sev.json",
            "sgx.json",
            "xen*.json",
        ],
    ),
    (
        "qmp-migration",
        &[
            "colo.json",
            "dirty-rate.json",
            "machine-snapshot.json",
            "migration*.json",
            "replay.json",
        ],
    ),
    ("qmp-net", &["ebpf.json", "net-*.json", "rocker.json"]),
];
