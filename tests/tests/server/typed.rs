use qapi_client::Error;
use qapi_client::blocking::Client;
use qapi_types::qmp::types::{
    BlockdevOptions, BlockdevOptionsBranch, BlockdevOptionsNull, RunState,
};
use qapi_types::qmp::{Event, commands};

use crate::vm::Vm;

#[test]
fn our_client_and_our_server() {
    let vm = Vm::start();
    let mut client = Client::connect_unix(vm.socket()).unwrap();
    let version = &client.greeting().version;
    assert_eq!(
        (version.to_string().as_str(), &*version.package),
        ("10.2.1", "of the tests")
    );

    let status = client.execute(&commands::QueryStatus).unwrap();
    assert_eq!(
        (status.running, status.status),
        (false, RunState::Prelaunch)
    );
    client.execute(&commands::Cont).unwrap();
    assert!(client.execute(&commands::QueryStatus).unwrap().running);
    let event = client.next_event::<Event>(None).unwrap().unwrap();
    assert!(matches!(event.event, Event::Resume(_)), "{event:?}");
    assert!(event.timestamp.to_system_time().is_some());
    let name = client.execute(&commands::QueryName).unwrap().name;
    assert_eq!(name.as_deref(), Some("w\u{e4}chter"));

    // A union with all it has arrives where it is refused.
    let options = BlockdevOptionsBranch::NullCo(BlockdevOptionsNull::new().size(5));
    let options = BlockdevOptions::new(options).node_name("n0");
    let refused = client.execute(&commands::BlockdevAdd(options));
    let refused = refused.map_err(|error| error.to_string());
    assert_eq!(
        refused,
        Err("GenericError: this machine has no devices".to_owned())
    );

    // Not in the part that is served, and in it without being done.
    let no_events = r#"{"events": []}"#.parse().unwrap();
    for answer in [
        client.execute_raw("query-kvm", None),
        client.execute_raw("input-send-event", Some(&no_events)),
    ] {
        let refused = answer.unwrap_err().to_string();
        assert!(refused.starts_with("CommandNotFound: "), "{refused}");
    }

    client.execute(&commands::Quit).unwrap();
    vm.wait();
    let gone = client.execute(&commands::QueryStatus);
    assert!(matches!(gone, Err(Error::Lost { .. })), "{gone:?}");
}

/// What the server tells of its commands is those it has, and nothing else.
#[test]
fn the_schema_is_that_of_the_part() {
    let vm = Vm::start();
    let mut client = Client::connect_unix(vm.socket()).unwrap();
    let schema = client.execute(&commands::QueryQmpSchema).unwrap();
    let commands = schema
        .iter()
        .filter(|info| info.meta_type.name() == "command");
    let names: Vec<&str> = commands.map(|info| &*info.name).collect();
    assert!(names.contains(&"query-status") && names.contains(&"qmp_capabilities"));
    assert_eq!(names.len(), 19);
}
