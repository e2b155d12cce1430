use qapi_types::{Command, Event as _, from_str};

use crate::several_files::{Event, commands, events, types};

#[test]
fn what_is_in_several_files_is_found_by_its_kind() {
    let machine: <commands::QueryMachine as Command>::Return =
        from_str(r#"{"disks": [{"file": "a"}]}"#).unwrap();
    let disk: &types::Disk = &machine.disks[0];
    assert_eq!(disk.file, "a");
    let lost: events::DiskLost = from_str(r#"{"disk": {"file": "b"}}"#).unwrap();
    assert!(matches!(Event::DiskLost(lost), Event::DiskLost(lost) if lost.disk.file == "b"));
    assert_eq!(
        (commands::QueryRt::NAME, commands::Halt::NAME),
        ("query-rt", "halt")
    );
    assert_eq!(events::Rust::NAME, "RUST");
    let time: types::Time = from_str(r#"{"seconds": 1}"#).unwrap();
    assert_eq!(time.seconds, 1);
}
