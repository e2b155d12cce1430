//! Sets of file descriptors that a machine opens by name.

use std::os::fd::OwnedFd;

use qapi_types::Command;
use qapi_types::qmp::commands::{AddFd, RemoveFd};

use super::Client;
use crate::core::Call;
use crate::error::Error;

/// A set of descriptors that the machine has, and opens as `/dev/fdset/N`. Unless it is [kept](Self::keep) the machine is
/// told to remove it when this is dropped; nobody waits until it has.
///
/// Made by [`Client::add_fdset`].
#[derive(Debug)]
pub struct FdSet {
    client: Client,
    id: i64,
    kept: bool,
}

impl Client {
    /// Passes descriptors to the machine as a set. However it ends, on this side they are closed; if one of them is
    /// refused, or the future is dropped, the set is removed. Only if the machine does not answer in time it may have a set
    /// of which nobody knows.
    ///
    /// # Errors
    /// As [`execute_with_fds`](Self::execute_with_fds).
    pub async fn add_fdset(&self, descriptors: Vec<OwnedFd>) -> Result<FdSet, Error> {
        let mut descriptors = descriptors.into_iter();
        let first = descriptors.next().into_iter().collect();
        let client = self.clone();
        // A task of its own waits for the number, without which nobody could remove the set.
        let adding = ::tokio::spawn(async move {
            let added = client.execute_with_fds(&AddFd::new(), first).await?;
            Ok(FdSet {
                client,
                id: added.fdset_id,
                kept: false,
            })
        });
        // Should the runtime end, so does the session.
        let source = None;
        let gone = |_| Err(Error::Lost { source, sent: true });
        let set = adding.await.unwrap_or_else(gone)?;
        for descriptor in descriptors {
            let add = AddFd::new().fdset_id(set.id);
            self.execute_with_fds(&add, vec![descriptor]).await?;
        }
        Ok(set)
    }
}

impl FdSet {
    /// The set's number.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The name by which the machine opens it.
    pub fn path(&self) -> String {
        format!("/dev/fdset/{}", self.id)
    }

    /// The client, for what is to be done with the set.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The machine keeps the set.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for FdSet {
    fn drop(&mut self) {
        if !self.kept {
            let remove = RemoveFd::new(self.id);
            self.client.post(Call::new(RemoveFd::NAME, Some(&remove)));
        }
    }
}
