use qapi_types::{Command, Encode, from_str, to_string};

use crate::bindings::unions::types::{
    Bare, BareBranch, Device, DeviceBranch, File, Net, NetBranch, Tcp,
};
use crate::bindings::unions_received::{commands, types as received};
use crate::bindings::unions_strict::types as strict;
use crate::{refused, round_trip, same};

#[test]
fn members_of_base_and_branch_lie_side_by_side() {
    same::<Device>(&[
        r#"{"id":"a","driver":"file","path":"/a"}"#,
        r#"{"id":"a","driver":"null"}"#,
        r#"{"id":"a","driver":"net","timeout":3,"transport":"tcp","host":"h","port":1}"#,
        // Newer than the schema: a branch within a branch, and a branch.
        r#"{"id":"a","driver":"net","transport":"rdma","lanes":4}"#,
        r#"{"id":"a","driver":"tape","length":[90]}"#,
    ]);
}

#[test]
fn members_come_in_any_order() {
    let text = r#"{"host":"h","transport":"tcp","id":"a","later":{},"driver":"net"}"#;
    let expected = r#"{"id":"a","driver":"net","transport":"tcp","host":"h"}"#;
    assert_eq!(round_trip::<Device>(text), expected);
}

#[test]
fn a_union_is_made_and_read_without_a_match_for_what_is_common() {
    let net = Net::new(NetBranch::Tcp(Tcp::new("h").port(5))).timeout(9);
    let device = Device::new("n0", DeviceBranch::Net(net));
    assert_eq!((device.id.as_str(), device.driver.name()), ("n0", "net"));
    assert_eq!(
        to_string(&device),
        r#"{"id":"n0","driver":"net","timeout":9,"transport":"tcp","host":"h","port":5}"#
    );
    let bare = Bare::new(BareBranch::File(File::new("/f")));
    assert_eq!(to_string(&bare), r#"{"driver":"file","path":"/f"}"#);
}

#[test]
fn a_union_shows_what_it_is_encoded_to() {
    let net = Net::new(NetBranch::Tcp(Tcp::new("h").port(5)));
    let device = Device::new("n0", DeviceBranch::Net(net));
    assert_eq!(
        format!("{device:?}"),
        r#"Device { id: "n0", driver: "net", transport: "tcp", host: "h", port: 5 }"#
    );
    assert_eq!(
        format!("{:?}", device.driver),
        r#"net { transport: "tcp", host: "h", port: 5 }"#
    );
    assert_eq!(format!("{:?}", DeviceBranch::Null), "null");
}

#[test]
fn a_strict_union_knows_its_members_only() {
    same::<strict::Device>(&[r#"{"id":"a","driver":"net","transport":"tcp","host":"h"}"#]);
    let refused = refused::<strict::Device>;
    assert_eq!(
        refused(r#"{"id":"a","driver":"tape"}"#),
        "driver: `tape` is not a value of Device"
    );
    assert_eq!(
        refused(r#"{"id":"a","driver":"null","path":"/a"}"#),
        "path: the type has no such member"
    );
    assert_eq!(
        refused(r#"{"id":"a","driver":"net","transport":"tcp","host":"h","x":1}"#),
        "x: the type has no such member"
    );
    assert_eq!(
        refused(r#"{"id":"a","driver":"file"}"#),
        "member `path` is missing"
    );
    assert_eq!(refused(r#"{"id":"a"}"#), "member `driver` is missing");
}

#[test]
fn what_is_only_received_is_decoded() {
    let device: <commands::QueryDevice as Command>::Return =
        from_str(r#"{"driver": "file", "path": "/p", "id": "d"}"#).unwrap();
    assert!(matches!(device.driver, received::DeviceBranch::File(file) if file.path == "/p"));
    let sent: &dyn Encode = &commands::QueryDevice::new(received::Request::new("d"));
    assert_eq!(to_string(sent), r#"{"which":{"id":"d"}}"#);
}
