//! What real requests say in JSON can be said in words.

use qapi_client::Schema;
use qapi_client::schema::Command;
use qapi_codegen::emit::introspect::introspect;
use qapi_codegen::markup::{Block, Document, Sender};
use qapi_codegen::schema::Filter;
use qapi_types::{Any, AnyMembers, Kind};

use crate::embedded;
use crate::qmp::arguments::Form;
use crate::qmp::words::{Interface, Words};

/// Every request in the documentation of QEMU's commands: its arguments as words, read by the schema, are its arguments.
#[test]
fn every_example_can_be_said_in_words() {
    let analysis = qapi_codegen::analyze(embedded::ROOT.as_ref(), &embedded::loader(), None);
    let compiled = analysis.unwrap().schema.unwrap();
    let told = introspect(&compiled, &Filter::default()).to_string();
    let schema: Schema = qapi_types::from_str(&told).unwrap();
    let words = Words::of(Interface::Machine).unwrap();
    let names = schema.commands().map(|command| command.name());
    let names = names.chain(schema.events().map(|event| event.name()));
    let examples = names.filter_map(|name| Some(words.find(name)?.examples()));
    let mut said = 0;
    for request in examples.flat_map(requests) {
        let name = request.get("execute").or_else(|| request.get("exec-oob"));
        let name = name.and_then(|name| name.to::<String>().ok());
        let command = name.and_then(|name| schema.command(&name));
        let (Some(command), Some(arguments)) = (command, request.get("arguments")) else {
            continue;
        };
        say_again(command, &arguments);
        said += 1;
    }
    assert!(said > 150, "{said}");
}

/// Says `arguments` in words, strings as they are and in quotes: read by the schema they are the same again.
pub(super) fn say_again(command: Command<'_>, arguments: &Any) {
    for quoted in [false, true] {
        let mut form = Form::new(command);
        let mut words = Vec::new();
        say(arguments, "", quoted, &mut words);
        for word in &words {
            form.fill(word).unwrap();
        }
        let read = form.arguments().map(Option::unwrap);
        let read = read.map_err(|mistakes| mistakes.to_string());
        assert_eq!(read.as_ref(), Ok(arguments), "{} {words:?}", command.name());
    }
}

/// The messages of clients in an example.
fn requests(example: Document) -> Vec<Any> {
    let mut requests: Vec<String> = Vec::new();
    let mut open = example.blocks;
    open.reverse();
    while let Some(block) = open.pop() {
        match block {
            Block::Example { blocks, .. } => open.extend(blocks.into_iter().rev()),
            Block::Exchange(lines) => {
                let mut sender = None;
                for line in lines {
                    sender = line.sender.or(sender);
                    match (line.sender, sender) {
                        (Some(Sender::Client), _) => requests.push(line.text),
                        (None, Some(Sender::Client)) => {
                            let request = requests.last_mut().unwrap();
                            request.push_str(&line.text);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    // Some leave out what is not of interest.
    requests
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect()
}

/// The words that say `value`.
fn say(value: &Any, path: &str, quoted: bool, words: &mut Vec<String>) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match value.kind() {
        Kind::Object => {
            let members: AnyMembers = value.to().unwrap();
            if members.is_empty() {
                words.push(format!("{path}={{}}"));
            }
            // The other way round: the discriminator comes last.
            let mut members: Vec<_> = members.into_iter().collect();
            members.reverse();
            for (name, value) in members {
                say(&value, &below(&name), quoted, words);
            }
        }
        Kind::Array => {
            let elements: Vec<Any> = value.to().unwrap();
            if elements.is_empty() {
                words.push(format!("{path}=[]"));
            }
            for (at, value) in elements.iter().enumerate().rev() {
                say(value, &below(&at.to_string()), quoted, words);
            }
        }
        Kind::String if !quoted => words.push(format!("{path}={}", value.to::<String>().unwrap())),
        _ => words.push(format!("{path}={value}")),
    }
}
