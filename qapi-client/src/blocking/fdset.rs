//! Sets of file descriptors that a machine opens by name.

use std::os::fd::OwnedFd;

use qapi_types::qmp::commands::{AddFd, RemoveFd};

use super::Client;
use crate::error::Error;

/// A set of descriptors that the machine has, and opens as `/dev/fdset/N`. Unless it is [kept](Self::keep) it is removed when
/// this is dropped, as far as the machine can still be told.
///
/// Made by [`Client::add_fdset`].
#[derive(Debug)]
pub struct FdSet<'a> {
    client: &'a mut Client,
    id: i64,
    kept: bool,
}

impl Client {
    /// Passes descriptors to the machine as a set. However it ends, on this side they are closed; if one of them is
    /// refused the set is removed. Only if the machine does not answer in time it may have a set of which nobody knows.
    ///
    /// ```no_run
    /// # use std::fs::File;
    /// # use qapi_types::Any;
    /// # let mut client = qapi_client::blocking::Client::connect_unix("/run/vm/qmp.sock")?;
    /// let mut disk = client.add_fdset(vec![File::open("disk.img")?.into()])?;
    /// let node = format!(r#"{{"driver": "file", "node-name": "disk", "filename": "{}"}}"#, disk.path());
    /// disk.client().execute_raw("blockdev-add", Some(&node.parse::<Any>()?))?;
    /// disk.keep();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`execute_with_fds`](Self::execute_with_fds).
    pub fn add_fdset(&mut self, descriptors: Vec<OwnedFd>) -> Result<FdSet<'_>, Error> {
        let mut descriptors = descriptors.into_iter();
        let first = descriptors.next().into_iter().collect();
        let id = self.execute_with_fds(&AddFd::new(), first)?.fdset_id;
        let set = FdSet {
            client: self,
            id,
            kept: false,
        };
        for descriptor in descriptors {
            let add = AddFd::new().fdset_id(id);
            set.client.execute_with_fds(&add, vec![descriptor])?;
        }
        Ok(set)
    }
}

impl FdSet<'_> {
    /// The set's number.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The name by which the machine opens it.
    pub fn path(&self) -> String {
        format!("/dev/fdset/{}", self.id)
    }

    /// The client, while the set is there.
    pub fn client(&mut self) -> &mut Client {
        self.client
    }

    /// The machine keeps the set.
    pub fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for FdSet<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // One whose machine has gone is gone with it.
            let _ = self.client.execute(&RemoveFd::new(self.id));
        }
    }
}
