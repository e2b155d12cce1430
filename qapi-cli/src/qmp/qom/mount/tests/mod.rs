//! The file system without a system: against a machine that answers as it is told.

mod directories;
mod files;
mod limits;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::thread;

use fuser::Errno;
use futures_util::future::try_join_all;
use qapi_client::server::Request;
use qapi_client::server::fake::{Act, FakeMachine};
use qapi_client::tokio::Client;
use qapi_client::{Error, Options};
use qapi_types::{Any, Refusal};
use tokio::net::UnixStream;
use tokio::runtime::Builder;
use tokio::sync::mpsc;

use super::super::super::Failure;
use super::NODES;
use super::file::Opening;
use super::machine::{Machine, errno};
use super::node::{ROOT, Shown};
use super::objects::{Attributes, Listed, Objects};

/// A machine's objects and properties, which a test can change while it is asked.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<Words>>);

#[derive(Debug, Default)]
struct Words {
    /// What `qom-list` and `qom-list-get` answer about a path.
    objects: HashMap<String, String>,
    /// What `qom-get` answers about a path and a property, with a space between them; JSON, or a refusal behind `!`.
    values: HashMap<String, String>,
    /// Why it refuses to set anything.
    obstacle: Option<String>,
    /// What it was asked, in short.
    asked: Vec<String>,
    lists_values: bool,
}

impl Told {
    fn object(&self, path: &str, properties: &[(&str, &str)]) {
        let property = |(name, ty): &(&str, &str)| {
            let (name, ty) = (Any::from(*name), Any::from(*ty));
            format!(r#"{{"name": {name}, "type": {ty}}}"#)
        };
        let properties: Vec<String> = properties.iter().map(property).collect();
        self.listing(path, format!("[{}]", properties.join(",")));
    }

    fn listing(&self, path: &str, json: String) {
        self.0.lock().unwrap().objects.insert(path.to_owned(), json);
    }

    fn value(&self, place: &str, value: &str) {
        let mut words = self.0.lock().unwrap();
        words.values.insert(place.to_owned(), value.to_owned());
    }

    /// What it was asked since this was last asked.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().asked)
    }

    /// What it does about a request; nothing, about values that it has not been told of.
    fn act(&self, request: &Request) -> Option<Act> {
        let words = &mut *self.0.lock().unwrap();
        let argument = |name: &str| request.arguments().and_then(|all| all.get(name));
        let text = |name: &str| argument(name).map(|text| text.to::<String>().unwrap());
        let path = text("path").unwrap_or_default();
        let place = format!("{path} {}", text("property").unwrap_or_default());
        match request.name().unwrap() {
            "qom-list" => {
                words.asked.push(format!("list {path}"));
                Some(listed(words.objects.get(&path)))
            }
            "qom-list-get" if words.lists_values => {
                let path = argument("paths")
                    .unwrap()
                    .to::<Vec<String>>()
                    .unwrap()
                    .remove(0);
                words.asked.push(format!("list-get {path}"));
                let objects = words.objects.get(&path);
                let objects = objects.map(|json| format!(r#"[{{"properties": {json}}}]"#));
                Some(listed(objects.as_ref()))
            }
            "qom-get" => {
                words.asked.push(format!("get {place}"));
                let value = words.values.get(&place)?;
                Some(match value.strip_prefix('!') {
                    Some(desc) => Act::Refuse(Refusal::generic(desc)),
                    None => Act::returns(value),
                })
            }
            "qom-set" => {
                words
                    .asked
                    .push(format!("set {place} {}", argument("value").unwrap()));
                Some(match &words.obstacle {
                    Some(desc) => Act::Refuse(Refusal::generic(desc)),
                    None => Act::returns("{}"),
                })
            }
            name => Some(Act::Refuse(Refusal::command_not_found(name))),
        }
    }
}

fn listed(json: Option<&String>) -> Act {
    match json {
        Some(json) => Act::returns(json),
        None => Act::Refuse(Refusal::generic("gone")),
    }
}

/// The file system of a machine, as far as a test wants it.
struct Rig {
    told: Told,
    objects: Objects,
    reports: mpsc::Receiver<String>,
}

/// Has `test` work with the objects from `root` on of a machine that knows what `told` has been told. Its clock stands still.
fn with<T>(told: &Told, root: &str, test: impl AsyncFnOnce(&mut Rig) -> T) -> T {
    with_room(NODES, told, root, test)
}

/// The same with room for so many nodes.
fn with_room<T>(room: usize, told: &Told, root: &str, test: impl AsyncFnOnce(&mut Rig) -> T) -> T {
    let (stream, fake) = FakeMachine::new().start().unwrap();
    thread::scope(|scope| {
        let acting = scope.spawn(move || {
            while let Some(request) = fake.asked() {
                if let Some(act) = told.act(&request) {
                    fake.act(&request, act);
                }
            }
        });
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        let outcome = runtime.unwrap().block_on(async {
            stream.set_nonblocking(true).unwrap();
            let stream = UnixStream::from_std(stream).unwrap();
            // A clock that stands still goes on to the next deadline when there is nothing else to do.
            let options = Options {
                timeout: None,
                ..Options::default()
            };
            let client = Client::over(stream, options).await.unwrap();
            let (sender, reports) = mpsc::channel(100);
            let objects = Objects::new(Machine::new(client), root.to_owned(), room, sender);
            let told = told.clone();
            test(&mut Rig {
                told,
                objects,
                reports,
            })
            .await
        });
        acting.join().unwrap();
        outcome
    })
}

impl Rig {
    /// Looks up a path in the mount.
    async fn find(&self, path: &str) -> Result<Attributes, Errno> {
        let mut found = self.objects.attributes(ROOT).await?;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            found = self.objects.look_up(found.number, name).await?;
        }
        Ok(found)
    }

    /// What is known of it, its size included.
    async fn stat(&self, path: &str) -> Result<Attributes, Errno> {
        let found = self.find(path).await?;
        self.objects.attributes(found.number).await
    }

    async fn list(&self, path: &str) -> Result<Vec<(String, Shown)>, Errno> {
        let found = self.find(path).await?;
        let handle = self.objects.open_directory(found.number).await?;
        let entries = self.objects.directory(handle)?;
        self.objects.close_directory(handle);
        let named = |entry: &Listed| (entry.name.clone(), entry.shown);
        Ok(entries.iter().map(named).collect())
    }

    async fn open(&self, path: &str, opening: Opening) -> Result<u64, Errno> {
        let found = self.find(path).await?;
        self.objects.open(found.number, opening).await
    }

    async fn read(&self, handle: u64) -> Result<String, Errno> {
        let content = self.objects.read(handle, 0, 4096).await?;
        Ok(String::from_utf8(content).unwrap())
    }

    /// What people have been told since this was last asked.
    fn reported(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.reports.try_recv().ok()).collect()
    }
}

const READ: Opening = Opening {
    read: true,
    write: false,
    empties: false,
    appends: false,
};

const WRITE: Opening = Opening {
    read: false,
    write: true,
    empties: true,
    appends: false,
};

/// A machine with two objects, which lead to each other, and properties of several kinds.
fn machine() -> Told {
    let told = Told::default();
    told.object("/", &[("type", "string"), ("machine", "child<pc>")]);
    told.object(
        "/machine",
        &[
            ("type", "string"),
            ("smm", "OnOffAuto"),
            ("bus[0]", "child<bus>"),
            ("up", "link<root>"),
            ("none", "link<bus>"),
            ("n", "int"),
        ],
    );
    told.object(
        "/machine/bus[0]",
        &[("name", "str"), ("parent", "link<pc>")],
    );
    for (place, value) in [
        ("/ type", r#""root""#),
        ("/machine type", r#""pc""#),
        ("/machine smm", r#""auto""#),
        ("/machine n", "12"),
        ("/machine up", r#""/""#),
        ("/machine none", r#""""#),
        ("/machine/bus[0] name", r#""pci""#),
        ("/machine/bus[0] parent", r#""/machine""#),
    ] {
        told.value(place, value);
    }
    told
}
