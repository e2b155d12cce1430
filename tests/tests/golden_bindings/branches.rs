use qapi_types::{Command, from_str, to_string};

use crate::bindings::branches::commands::{AddDevice, QueryDevices};
use crate::bindings::branches::types::*;

type Devices = <QueryDevices as Command>::Return;

#[test]
fn what_is_chosen_is_sent_as_ever() {
    let left = Options::new("l", OptionsBranch::Fifo(File::new("/f")));
    let pair = OptionsBranch::Pair(Box::new(Pair::new(left, "r")));
    let add = AddDevice::from(Options::new("p", pair));
    assert_eq!(
        to_string(&add),
        r#"{"id":"p","driver":"pair","left":{"id":"l","driver":"fifo","path":"/f"},"right":"r"}"#
    );
}

#[test]
fn the_other_branches_are_not_there() {
    // Should there be another, this is an error of the compiler.
    let name = |branch: OptionsBranch| match branch {
        OptionsBranch::File(_) => "file",
        OptionsBranch::Fifo(_) => "fifo",
        OptionsBranch::Pair(_) => "pair",
    };
    assert_eq!(name(OptionsBranch::File(File::new("/f"))), "file");
    // Nobody has chosen among these.
    assert_eq!(OtherBranch::Remote.name(), "remote");
    let text = include_str!("../../golden/branches.rs");
    for left_out in ["struct Remote", "struct PairInfo"] {
        assert!(!text.contains(left_out), "{left_out}");
    }
}

#[test]
fn a_server_may_send_them_all_the_same() {
    let devices: Devices = from_str(
        r#"[{"id": "a", "driver": "file", "size": 7}, {"id": "b", "driver": "pair", "same": true}]"#,
    )
    .unwrap();
    assert!(matches!(&devices[0].driver, DeviceBranch::File(info) if info.size == 7));
    let DeviceBranch::Unrecognized(branch) = &devices[1].driver else {
        panic!("{devices:?}")
    };
    assert_eq!(branch.name, "pair");
    assert_eq!(branch.members.get("same").unwrap().as_json(), "true");
}
