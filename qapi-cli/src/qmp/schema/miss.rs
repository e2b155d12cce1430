//! A path that leads nowhere: how far it goes, and what there is instead.

use qapi_client::Schema;
use qapi_codegen::diagnostic::{closest, quoted};

/// So many names are listed.
const LISTED: usize = 12;

/// What to say of `path`, which leads nowhere.
pub(super) fn tell(schema: &Schema, path: &str) -> String {
    let mut ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    ends.reverse();
    let good = ends.into_iter().find(|end| schema.has(&path[..*end]));
    let Some(end) = good else {
        return tell_first(schema, path);
    };
    let (before, rest) = (&path[..end], &path[end + 1..]);
    let step = rest.split('/').next().unwrap_or_default();
    let there = |pattern: &str| {
        let places = schema.find(&format!("{before}/{pattern}")).into_iter();
        let names = places.filter_map(|place| Some(place.path.rsplit_once('/')?.1.to_owned()));
        names.collect::<Vec<_>>()
    };
    let mut names = match step.starts_with("feature:") {
        true => there("feature:*"),
        false => there("*"),
    };
    names.sort_unstable();
    names.dedup();
    let near = closest(step, names.iter().map(String::as_str));
    let near = near.map(|near| format!("{before}/{near}"));
    let begin = format!("{} has no {}", quoted(before), quoted(step));
    // A member of a command's arguments is easily taken for the command's.
    let through = ["arg", "ret"].map(|half| format!("{before}/{half}/{rest}"));
    match through.into_iter().find(|path| schema.has(path)).or(near) {
        Some(near) => format!("{begin}: did you mean {}?", quoted(&near)),
        None if names.is_empty() => format!("{begin}: there is nothing below"),
        None => {
            let listed: Vec<_> = names.iter().take(LISTED).map(|name| quoted(name)).collect();
            let listed = listed.join(", ");
            match names.len().saturating_sub(LISTED) {
                0 => format!("{begin}: there are {listed}"),
                others => format!("{begin}: there are {listed} and {others} others"),
            }
        }
    }
}

fn tell_first(schema: &Schema, path: &str) -> String {
    let (first, rest) = match path.split_once('/') {
        Some((first, rest)) => (first, format!("/{rest}")),
        None => (path, String::new()),
    };
    let commands = schema.commands().map(|command| command.name());
    let names = commands.chain(schema.events().map(|event| event.name()));
    let begin = format!("there is no command or event {}", quoted(first));
    match closest(first, names) {
        Some(near) => format!(
            "{begin}: did you mean {}?",
            quoted(&format!("{near}{rest}"))
        ),
        None => begin,
    }
}
