//! The file system: objects as directories, properties as files, links as symbolic links. Open files are in `file`.

use std::collections::hash_map::RandomState;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use fuser::Errno;
use futures_util::future::try_join_all;
use qapi_client::Error;
use tokio::sync::mpsc;

use super::super::property::Kind;
use super::super::tree::DEPTH;
use super::file::File;
use super::handles::Handles;
use super::link::lead;
use super::listing::{ENTRIES, Entry, Listing};
use super::machine::{Machine, errno};
use super::node::{Node, Nodes, Shown};
use super::recent::Recent;

/// How long a listing is used for finding what is in it: names in paths, and where links lead. What is not in it is looked for
/// again, and whoever lists a directory gets a new one.
pub(super) const KEPT: Duration = Duration::from_secs(1);

/// How long the sizes that have come with a listing are used.
const SIZES_KEPT: Duration = Duration::from_millis(100);

/// How many links are asked at once where they lead: more than can be on their way.
const AT_ONCE: usize = 64;

/// The objects of a machine as files.
#[derive(Debug)]
pub(super) struct Objects {
    pub(super) machine: Machine,
    /// The path of the object that is mounted.
    root: String,
    nodes: Mutex<Nodes>,
    recent: Mutex<Recent>,
    pub(super) keys: RandomState,
    pub(super) files: Handles<File>,
    directories: Handles<Vec<Listed>>,
    /// For people: what has gone wrong, in the machine's words.
    reports: mpsc::Sender<String>,
}

/// What a program can know of a node without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) number: u64,
    pub(super) shown: Shown,
    pub(super) size: u64,
    pub(super) permissions: u16,
    pub(super) changed: SystemTime,
}

/// An entry of a directory that is being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) number: u64,
    pub(super) shown: Shown,
}

impl Objects {
    /// The objects from the one at the path `root` on, `room` of them and their properties at once. What goes wrong is told by
    /// `reports`.
    pub(super) fn new(
        machine: Machine,
        root: String,
        room: usize,
        reports: mpsc::Sender<String>,
    ) -> Self {
        let keys = RandomState::new();
        Self {
            machine,
            nodes: Mutex::new(Nodes::new(root.clone(), room, keys.clone())),
            recent: Mutex::default(),
            root,
            keys,
            files: Handles::default(),
            directories: Handles::default(),
            reports,
        }
    }

    /// Looks a name up in a directory; the system knows the node from then on, until it forgets it. A file's size is not
    /// known from that.
    pub(super) async fn look_up(&self, number: u64, name: &str) -> Result<Attributes, Errno> {
        let parent = self.node(number)?;
        let mut listing = self.list(&parent, KEPT).await?;
        if listing.find(name).is_none() {
            // It may have come just now.
            listing = self.list(&parent, Duration::ZERO).await?;
        }
        let entry = listing.find(name).ok_or(Errno::ENOENT)?;
        let lead = self.lead(&parent, entry).await?;
        let node = self.nodes().look_up(&parent, entry, shown(entry, &lead));
        let Some(node) = node else {
            let room = self.room().0;
            self.report(format!("more than {room} files are in use"))
                .await;
            return Err(Errno::ENOSPC);
        };
        Ok(attributes(&node, lead.map_or(0, |lead| lead.len() as u64)))
    }

    /// What is known of a node, a file's size included.
    pub(super) async fn attributes(&self, number: u64) -> Result<Attributes, Errno> {
        let node = self.node(number)?;
        let size = match node.shown {
            Shown::Directory => 0,
            Shown::Link => self.read_link(number).await?.len() as u64,
            Shown::File => self.size(&node).await?,
        };
        Ok(attributes(&node, size))
    }

    /// Where a symbolic link leads.
    pub(super) async fn read_link(&self, number: u64) -> Result<String, Errno> {
        let node = self.node(number)?;
        let parent = self.node(node.object().number)?;
        let listing = self.list(&parent, KEPT).await?;
        let entry = listing.of(&node.name).ok_or(Errno::ENOENT)?;
        // Should it lead nowhere any more it is a file now.
        self.lead(&parent, entry).await?.ok_or(Errno::ENOENT)
    }

    /// Lists a directory as it is now.
    pub(super) async fn open_directory(&self, number: u64) -> Result<u64, Errno> {
        let node = self.node(number)?;
        let listing = self.list(&node, Duration::ZERO).await?;
        let itself = |name: &str, node: &Node| Listed {
            name: name.to_owned(),
            number: node.number,
            shown: Shown::Directory,
        };
        let mut listed = vec![itself(".", &node), itself("..", node.object())];
        for entries in listing.entries.chunks(AT_ONCE) {
            let leads = try_join_all(entries.iter().map(|entry| self.lead(&node, entry)));
            for (entry, lead) in entries.iter().zip(leads.await?) {
                let shown = shown(entry, &lead);
                listed.push(Listed {
                    name: entry.file_name.clone(),
                    number: self.nodes().number(&node, entry, shown),
                    shown,
                });
            }
        }
        Ok(self.directories.open(listed))
    }

    /// The entries of a directory that is open.
    pub(super) fn directory(&self, handle: u64) -> Result<Arc<Vec<Listed>>, Errno> {
        self.directories.get(handle).ok_or(Errno::EBADF)
    }

    pub(super) fn close_directory(&self, handle: u64) {
        self.directories.close(handle);
    }

    /// The permissions of a node.
    pub(super) fn permissions(&self, number: u64) -> Result<u16, Errno> {
        Ok(permissions(&*self.node(number)?))
    }

    pub(super) fn forget(&self, number: u64, times: u64) {
        self.nodes().forget(number, times);
    }

    /// How many nodes the system may know at once, and how many more.
    pub(super) fn room(&self) -> (usize, usize) {
        let nodes = self.nodes();
        (nodes.room(), nodes.room().saturating_sub(nodes.count()))
    }

    pub(super) fn node(&self, number: u64) -> Result<Arc<Node>, Errno> {
        self.nodes().get(number).ok_or(Errno::ESTALE)
    }

    /// The properties of an object, as they were less than `age` ago.
    async fn list(&self, node: &Arc<Node>, age: Duration) -> Result<Arc<Listing>, Errno> {
        let ask = async {
            let path = node.path();
            let listed = self.machine.list(&path).await;
            let mut listed = listed.map_err(|error| errno(&error, Errno::ENOENT))?;
            if listed.len() > ENTRIES {
                self.report(format!("{path} has more than {ENTRIES} properties"))
                    .await;
                return Err(Errno::EOVERFLOW);
            }
            if node.depth >= usize::from(DEPTH) {
                listed.retain(|listed| listed.property.child().is_none());
            }
            let listing = Listing::new(listed);
            let unnamed = listing.unnamed;
            if unnamed > 0 {
                self.report(format!(
                    "of {path} {unnamed} properties are left out: their names are too long for files"
                ))
                .await;
            }
            node.status().saw(0, listing.fingerprint(&self.keys));
            // Nothing that holds it can panic half way.
            let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
            recent.listed(node, listing.entries.len(), KEPT, ENTRIES);
            Ok(listing)
        };
        node.listing.get(age, ask).await
    }

    /// Where an entry of the directory `parent` leads in the mount; nowhere, if it is no link, or a link to nothing that is in
    /// the mount.
    async fn lead(&self, parent: &Node, entry: &Entry) -> Result<Option<String>, Errno> {
        if entry.kind != Kind::Link {
            return Ok(None);
        }
        let path = parent.path();
        let ask = || async {
            match self.machine.get(&path, &entry.name).await {
                Ok(target) => Ok(target.to().unwrap_or_default()),
                Err(Error::Refused(_)) => Ok(String::new()),
                Err(error) => Err(errno(&error, Errno::EIO)),
            }
        };
        let target = entry.target.get_or_try_init(ask).await?;
        Ok(lead(&self.root, &path, target))
    }

    /// The size of a file: to those who have it open, that of what they read; or else that of the value as it is now.
    async fn size(&self, node: &Node) -> Result<u64, Errno> {
        let (readers, size) = {
            let status = node.status();
            (status.readers, status.size)
        };
        if readers > 0 {
            return Ok(size);
        }
        let listing = node.object().listing.peek(SIZES_KEPT);
        if let Some(size) = listing.and_then(|listing| listing.of(&node.name)?.size) {
            return Ok(size);
        }
        match self.value(node).await {
            Ok(content) => Ok(content.len() as u64),
            // There is something, even though nobody can read it.
            Err((_, Error::Refused(_))) => Ok(0),
            Err((errno, _)) => Err(errno),
        }
    }

    /// Tells people of it. Whoever has caused it waits until it is told.
    pub(super) async fn report(&self, message: String) {
        // If nobody listens any more the mount is ending.
        let _ = self.reports.send(message).await;
    }

    fn nodes(&self) -> MutexGuard<'_, Nodes> {
        // Nothing that holds it can panic half way.
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How an entry is shown that leads there.
fn shown(entry: &Entry, lead: &Option<String>) -> Shown {
    match (entry.kind, lead) {
        (Kind::Object, _) => Shown::Directory,
        (Kind::Link, Some(_)) => Shown::Link,
        _ => Shown::File,
    }
}

fn attributes(node: &Node, size: u64) -> Attributes {
    Attributes {
        number: node.number,
        shown: node.shown,
        size,
        permissions: permissions(node),
        changed: node.status().changed,
    }
}

/// What may be done with a node, as far as it has shown.
fn permissions(node: &Node) -> u16 {
    let status = node.status();
    match node.shown {
        Shown::Directory => 0o555,
        Shown::Link => 0o777,
        Shown::File => {
            let read = if status.readable { 0o444 } else { 0 };
            let write = if status.writable { 0o200 } else { 0 };
            read | write
        }
    }
}
