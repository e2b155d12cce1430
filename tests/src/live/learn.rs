//! A session that has a bit of everything.

use qapi_client::blocking::Client;
use qapi_types::qmp::{Event, commands};

/// What a typed client learns of a machine that stands still, which it lets go on and stand still again.
///
/// # Panics
/// The machine does not do so.
pub fn learn(mut client: Client) -> Vec<String> {
    let mut learned = vec![format!("{:?}", client.greeting())];
    learned.push(format!("{:?}", client.execute(&commands::QueryStatus)));
    client.execute(&commands::Cont).expect("it goes on");
    client.execute(&commands::Stop).expect("it stops");
    let refused = client.execute(&commands::BlockResize::new(1).device("none"));
    learned.push(format!("{refused:?}"));
    // Large, and of many kinds.
    let schema = client.execute(&commands::QueryQmpSchema);
    learned.push(format!("{schema:?}"));
    while learned.last().is_none_or(|last| !last.contains("Stop")) {
        let event = client.next_event::<Event>(None);
        learned.push(format!(
            "{:?}",
            event.expect("it tells that it has stopped")
        ));
    }
    learned
}
