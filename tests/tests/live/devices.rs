//! The tree of objects, and devices that come and go.

use qapi_tests::live::{MONITOR, machine};
use qapi_types::qmp::{Event, commands};
use qapi_types::{AnyMembers, Kind};

use crate::events::wait_for;

#[test]
fn objects_are_listed_and_asked() {
    let Some(mut machine) = machine(&["-name", "vm"]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let list = client.execute(&commands::QomList::new("/machine")).unwrap();
    let types = |name: &str| {
        let property = list.iter().find(|property| property.name == name);
        property.map(|property| property.r#type.as_str())
    };
    assert_eq!(types("type"), Some("string"));
    assert!(
        types("peripheral").is_some_and(|ty| ty.starts_with("child<")),
        "{list:?}"
    );
    let get = |property| commands::QomGet::new("/machine", property);
    let kind = client.execute(&get("type")).unwrap();
    assert!(kind.to::<String>().unwrap().ends_with("-machine"), "{kind}");
    assert_eq!(
        client.execute(&get("suppress-vmdesc")).unwrap().kind(),
        Kind::Bool
    );
}

#[test]
fn devices_come_and_go() {
    // A machine that stands still cannot let go of what sits on PCI; of what sits on USB it can.
    let Some(mut machine) = machine(&["-device", "qemu-xhci,id=usb"]) else {
        return;
    };
    let mut client = machine.client(MONITOR);
    let mut add = commands::DeviceAdd::new("usb-tablet")
        .bus("usb.0")
        .id("tablet");
    add.others = AnyMembers::from_iter([("port", "2")]);
    client.execute(&add).unwrap();
    let path = "/machine/peripheral/tablet";
    let port = client
        .execute(&commands::QomGet::new(path, "port"))
        .unwrap();
    assert_eq!(port.to::<String>().unwrap(), "2");

    client.execute(&commands::DeviceDel::new("tablet")).unwrap();
    let deleted = wait_for(&mut client, |_, event| match event {
        Event::DeviceDeleted(deleted) if deleted.device.is_some() => Some(deleted),
        _ => None,
    });
    assert_eq!(
        (deleted.device.as_deref(), &*deleted.path),
        (Some("tablet"), path)
    );
    let gone = client.execute(&commands::QomList::new(path));
    assert!(gone.is_err(), "{gone:?}");
}
