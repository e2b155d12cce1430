//! Open files: properties that are read and written.

use std::hash::BuildHasher;
use std::sync::Arc;

use fuser::Errno;
use qapi_client::Error;
use qapi_types::Any;
use tokio::sync::Mutex;

use super::super::value::Reading;
use super::content::{content, word};
use super::machine::errno;
use super::node::{Node, Shown};
use super::objects::Objects;

/// How long what is written to a file may be, in bytes.
const LARGEST: usize = 1 << 20;

/// What is written in pieces comes in pieces of so many bytes, or a multiple, but for the last.
const PIECE: usize = 4096;

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    pub(super) read: bool,
    pub(super) write: bool,
    /// What stands there is gone.
    pub(super) empties: bool,
    /// What is written stands behind what is there.
    pub(super) appends: bool,
}

/// A file that somebody has open.
#[derive(Debug)]
pub(super) struct File {
    node: Arc<Node>,
    opening: Opening,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The value as it was when it was read, and what has been written since.
    content: Vec<u8>,
    /// It has been read.
    read: bool,
    /// It is not what the machine has said.
    written: bool,
    /// What stands here has begun with nothing: then each write is a value.
    emptied: bool,
    /// The machine does not know of it yet.
    pending: bool,
}

impl Objects {
    /// Opens the file of a property: what is read from then on is the value that it has now.
    pub(super) async fn open(&self, number: u64, opening: Opening) -> Result<u64, Errno> {
        let node = self.node(number)?;
        match node.shown {
            Shown::File => {}
            Shown::Directory => return Err(Errno::EISDIR),
            Shown::Link => return Err(Errno::ELOOP),
        }
        if opening.write && !node.status().writable {
            return Err(Errno::EACCES);
        }
        let content = match opening.empties {
            true => Vec::new(),
            false => match self.value(&node).await {
                Ok(content) => content,
                Err((_, Error::Refused(_))) if !opening.read => Vec::new(),
                Err(why) => return Err(self.unread(&node, why).await),
            },
        };
        if opening.read {
            let mut status = node.status();
            status.readers += 1;
            status.size = content.len() as u64;
        }
        let state = State {
            content,
            read: false,
            written: false,
            emptied: opening.empties,
            pending: false,
        };
        Ok(self.files.open(File {
            node,
            opening,
            state: Mutex::new(state),
        }))
    }

    /// What stands in an open file from `offset` on. Whoever reads it again from the start gets the value that it has then.
    pub(super) async fn read(
        &self,
        handle: u64,
        offset: u64,
        size: usize,
    ) -> Result<Vec<u8>, Errno> {
        let file = self.file(handle)?;
        let mut state = file.state.lock().await;
        if offset == 0 && state.read && !state.written {
            match self.value(&file.node).await {
                Ok(content) => state.content = content,
                Err(why) => return Err(self.unread(&file.node, why).await),
            }
        }
        state.read = true;
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let from = from.min(state.content.len());
        let to = from.saturating_add(size).min(state.content.len());
        Ok(state.content[from..to].to_vec())
    }

    /// Writes to an open file. If the file was emptied before, what stands there then is the property's new value; so it is
    /// told at once when the machine refuses it. Of a file that was not, one would know only half; it is set when the file is
    /// closed.
    pub(super) async fn write(&self, handle: u64, offset: u64, data: &[u8]) -> Result<(), Errno> {
        let file = self.file(handle)?;
        let mut state = file.state.lock().await;
        let length = state.content.len();
        let from = match file.opening.appends {
            true => length,
            false => usize::try_from(offset).unwrap_or(usize::MAX),
        };
        let to = from.saturating_add(data.len());
        if to > LARGEST {
            return Err(Errno::EFBIG);
        }
        if from > length {
            // There would be a hole.
            return Err(Errno::EINVAL);
        }
        let before = state.content.clone();
        state
            .content
            .splice(from..to.min(length), data.iter().copied());
        state.written = true;
        state.pending = true;
        let whole = state.emptied || file.opening.appends;
        if !whole || data.len().is_multiple_of(PIECE) {
            return Ok(());
        }
        let set = self.set(&file.node, &mut state).await;
        if set.is_err() {
            state.content = before;
        }
        set
    }

    /// Shortens an open file. That alone does not set a property: what is to stand there comes next.
    pub(super) async fn truncate(&self, handle: u64, size: u64) -> Result<(), Errno> {
        let file = self.file(handle)?;
        let mut state = file.state.lock().await;
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if size > state.content.len() {
            return Err(Errno::EINVAL);
        }
        state.content.truncate(size);
        state.written = true;
        state.emptied |= size == 0;
        state.pending = size > 0;
        Ok(())
    }

    /// Sets the property to what was written, if that has not been done.
    pub(super) async fn flush(&self, handle: u64) -> Result<(), Errno> {
        let file = self.file(handle)?;
        let mut state = file.state.lock().await;
        match state.pending {
            true => self.set(&file.node, &mut state).await,
            false => Ok(()),
        }
    }

    pub(super) fn close(&self, handle: u64) {
        if let Some(file) = self.files.close(handle)
            && file.opening.read
        {
            file.node.status().readers -= 1;
        }
    }

    /// What stands in a file now.
    pub(super) async fn value(&self, node: &Node) -> Result<Vec<u8>, (Errno, Error)> {
        match self.machine.get(&node.object().path(), &node.name).await {
            Ok(value) => {
                let content = content(&value, &node.ty);
                let mut status = node.status();
                status.readable = true;
                status.saw(content.len() as u64, self.keys.hash_one(&content));
                Ok(content)
            }
            Err(error) => {
                let errno = errno(&error, Errno::ENODATA);
                node.status().readable &= errno != Errno::EACCES;
                Err((errno, error))
            }
        }
    }

    /// Sets the property to what stands in its file.
    async fn set(&self, node: &Node, state: &mut State) -> Result<(), Errno> {
        // Once is enough, however it ends.
        state.pending = false;
        let value = self.read_word(node, &state.content).await?;
        let path = node.object().path();
        match self.machine.set(&path, &node.name, value).await {
            Ok(()) => {
                node.status().made_another();
                node.object().listing.forget();
                Ok(())
            }
            Err(error) => {
                let errno = errno(&error, Errno::EINVAL);
                node.status().writable &= errno != Errno::EACCES;
                Err(self.failed(node, &error, errno).await)
            }
        }
    }

    /// The value that was written, as the property's type wants it.
    async fn read_word(&self, node: &Node, content: &[u8]) -> Result<Any, Errno> {
        let reading = match Reading::of_type(&node.ty) {
            Some(reading) => reading,
            None => match self.machine.get(&node.object().path(), &node.name).await {
                Ok(value) => Reading::of_value(value.kind()),
                Err(error) => {
                    let errno = errno(&error, Errno::EINVAL);
                    return Err(self.failed(node, &error, errno).await);
                }
            },
        };
        let read = word(content).and_then(|word| reading.read(word));
        match read {
            Ok(value) => Ok(value),
            Err(expected) => {
                let (place, ty) = (node.place(), &node.ty);
                let message =
                    format!("{place} is of the type {ty}: what was written is not {expected}");
                self.report(message).await;
                Err(Errno::EINVAL)
            }
        }
    }

    /// Tells people why the machine has not done it, and answers what programs are told.
    async fn failed(&self, node: &Node, error: &Error, errno: Errno) -> Errno {
        // The end of the machine is told once, by whoever waits for it.
        if errno != Errno::ENOTCONN {
            self.report(format!("{}: {error}", node.place())).await;
        }
        errno
    }

    /// The same of what cannot be read; that nobody can needs no more words.
    async fn unread(&self, node: &Node, (errno, error): (Errno, Error)) -> Errno {
        match errno {
            Errno::EACCES => errno,
            errno => self.failed(node, &error, errno).await,
        }
    }

    fn file(&self, handle: u64) -> Result<Arc<File>, Errno> {
        self.files.get(handle).ok_or(Errno::EBADF)
    }
}
