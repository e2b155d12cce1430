//! The mount itself: there as long as it is had.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use fuser::{Config, MountOption, Session, SessionUnmounter};
use rustix::mount::{UnmountFlags, unmount};
use tokio::sync::oneshot;

use super::face::Face;

/// A file system that is mounted. When it is dropped it is not any more, whoever still uses it.
#[derive(Debug)]
pub(super) struct Mounted {
    directory: PathBuf,
    unmounter: SessionUnmounter,
    end: Arc<AtomicBool>,
    ended: oneshot::Receiver<io::Result<()>>,
}

impl Mounted {
    /// Mounts it, and has a thread for what the system asks of it. Should the system not let us, `fusermount3` may.
    pub(super) fn new(face: Face, directory: &Path) -> io::Result<Self> {
        let end = face.end();
        let mut config = Config::default();
        config.mount_options = vec![
            MountOption::FSName("qom".to_owned()),
            MountOption::NoExec,
            MountOption::NoAtime,
        ];
        let mut session = Session::new(face, directory, &config)?;
        let unmounter = session.unmount_callable();
        let (sender, ended) = oneshot::channel();
        // If nobody listens it was we who have ended it.
        thread::spawn(move || drop(sender.send(session.run())));
        Ok(Self {
            directory: directory.to_owned(),
            unmounter,
            end,
            ended,
        })
    }

    /// Waits until somebody else unmounts it.
    pub(super) async fn ended(&mut self) -> io::Result<()> {
        let ended = (&mut self.ended).await;
        ended.unwrap_or_else(|_| Err(io::Error::other("its thread has ended")))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.end.store(true, Ordering::Relaxed);
        if self.unmounter.unmount().is_err() {
            // Somebody has a file open, or stands in a directory: they keep what they have, which is of no use any more. That
            // this fails as well means that there is nothing mounted there.
            let _ = unmount(&self.directory, UnmountFlags::DETACH);
        }
    }
}
