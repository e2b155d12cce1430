//! What the system asks of the file system, and what it is told.

use std::ffi::OsStr;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime};

use fuser::{
    AccessFlags, BsdFileFlags, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags,
    Generation, INodeNo, InitFlags, KernelConfig, LockOwner, OpenAccMode, OpenFlags, RenameFlags,
    ReplyAttr, ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen,
    ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use rustix::fs::OFlags;
use rustix::process::{getgid, getuid};
use tokio::runtime::Handle;
use tokio::time;

use super::file::Opening;
use super::name::LONGEST;
use super::node::Shown;
use super::objects::{Attributes, KEPT, Objects};

/// How long the system may think that what it knows of a file is so: not at all, for its size comes with its value, which may
/// be another each time.
const NOT_KEPT: Duration = Duration::ZERO;

/// What the system gets for an object or a property that there is one of by this number. Numbers are not used for others.
const GENERATION: Generation = Generation(0);

/// The file system's face to the system.
#[derive(Debug)]
pub(super) struct Face {
    objects: Arc<Objects>,
    /// What works at the answers that take a while.
    runtime: Handle,
    /// How long an answer may take.
    timeout: Option<Duration>,
    ended: Arc<AtomicBool>,
    owner: (u32, u32),
}

impl Face {
    /// A face of `objects`, whose every answer takes no longer than `timeout`.
    pub(super) fn new(objects: Objects, runtime: Handle, timeout: Option<Duration>) -> Self {
        Self {
            objects: Arc::new(objects),
            runtime,
            timeout,
            ended: Arc::default(),
            owner: (getuid().as_raw(), getgid().as_raw()),
        }
    }

    /// Once this is set it has the same answer to everything, and asks the runtime for nothing, which may be gone then.
    pub(super) fn end(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ended)
    }

    /// Does `work` and has its outcome told. What needs no answer of the machine's is done at once; else the next request does
    /// not wait for it.
    fn answer<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Errno>> + Send + 'static,
        tell: impl FnOnce(Result<T, Errno>) + Send + 'static,
    ) {
        if self.ended.load(Ordering::Relaxed) {
            return tell(Err(Errno::ENOTCONN));
        }
        let _entered = self.runtime.enter();
        let timeout = self.timeout;
        let mut work = Box::pin(async move {
            match timeout {
                Some(timeout) => time::timeout(timeout, work)
                    .await
                    .unwrap_or(Err(Errno::ETIMEDOUT)),
                None => work.await,
            }
        });
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => tell(outcome),
            Poll::Pending => drop(self.runtime.spawn(async move { tell(work.await) })),
        }
    }

    fn attributes(owner: (u32, u32), attributes: &Attributes) -> FileAttr {
        FileAttr {
            ino: INodeNo(attributes.number),
            size: attributes.size,
            blocks: attributes.size.div_ceil(512),
            atime: attributes.changed,
            mtime: attributes.changed,
            ctime: attributes.changed,
            crtime: attributes.changed,
            kind: kind(attributes.shown),
            perm: attributes.permissions,
            // Of a directory this says that nobody has counted those in it.
            nlink: 1,
            uid: owner.0,
            gid: owner.1,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        }
    }

    /// Answers with what is known of a node.
    fn tell_attributes(&self, number: u64, reply: ReplyAttr) {
        let (objects, owner) = (Arc::clone(&self.objects), self.owner);
        let work = async move { objects.attributes(number).await };
        self.answer(work, move |outcome| match outcome {
            Ok(attributes) => {
                let kept = kept(attributes.shown);
                reply.attr(&kept, &Self::attributes(owner, &attributes));
            }
            Err(error) => reply.error(error),
        });
    }
}

fn kind(shown: Shown) -> FileType {
    match shown {
        Shown::Directory => FileType::Directory,
        Shown::File => FileType::RegularFile,
        Shown::Link => FileType::Symlink,
    }
}

/// How long the system may think that what it knows of a node is so.
fn kept(shown: Shown) -> Duration {
    match shown {
        Shown::File => NOT_KEPT,
        Shown::Directory | Shown::Link => KEPT,
    }
}

fn tell_done(reply: ReplyEmpty) -> impl FnOnce(Result<(), Errno>) {
    move |outcome| match outcome {
        Ok(()) => reply.ok(),
        Err(error) => reply.error(error),
    }
}

fn tell_opened(reply: ReplyOpen, flags: FopenFlags) -> impl FnOnce(Result<u64, Errno>) {
    move |outcome| match outcome {
        Ok(handle) => reply.opened(FileHandle(handle), flags),
        Err(error) => reply.error(error),
    }
}

fn tell_data<T: AsRef<[u8]>>(reply: ReplyData) -> impl FnOnce(Result<T, Errno>) {
    move |outcome| match outcome {
        Ok(data) => reply.data(data.as_ref()),
        Err(error) => reply.error(error),
    }
}

impl Filesystem for Face {
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        // With the one, a file is known to be emptied when it is opened; with the other, nobody waits for others in the same
        // directory. A system that lacks them is asked for nothing else.
        for capability in [
            InitFlags::FUSE_ATOMIC_O_TRUNC,
            InitFlags::FUSE_PARALLEL_DIROPS,
        ] {
            let _ = config.add_capabilities(capability);
        }
        Ok(())
    }

    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        // No file is called otherwise.
        let Some(name) = name.to_str().map(str::to_owned) else {
            return reply.error(Errno::ENOENT);
        };
        let (objects, owner) = (Arc::clone(&self.objects), self.owner);
        let work = async move { objects.look_up(parent.0, &name).await };
        self.answer(work, move |outcome| match outcome {
            Ok(attributes) => {
                let kept = kept(attributes.shown);
                let attributes = Self::attributes(owner, &attributes);
                reply.entry_with_ttls(&kept, &KEPT, &attributes, GENERATION);
            }
            Err(error) => reply.error(error),
        });
    }

    fn forget(&self, _: &Request, number: INodeNo, times: u64) {
        self.objects.forget(number.0, times);
    }

    fn getattr(&self, _: &Request, number: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        self.tell_attributes(number.0, reply);
    }

    fn setattr(
        &self,
        _: &Request,
        number: INodeNo,
        mode: Option<u32>,
        user: Option<u32>,
        group: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        handle: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let permissions = self.objects.permissions(number.0);
        let same_mode = mode.is_none_or(|mode| {
            permissions.is_ok_and(|permissions| mode & 0o7777 == u32::from(permissions))
        });
        let same_owner = user.is_none_or(|user| user == self.owner.0)
            && group.is_none_or(|group| group == self.owner.1);
        // Times are nobody's to set; that somebody tries is no reason to fail, for `touch` and `cp -p` do.
        if !same_mode || !same_owner {
            return reply.error(Errno::EPERM);
        }
        let (Some(size), Some(handle)) = (size, handle) else {
            return match size {
                // A file that nobody writes to keeps its value.
                Some(1..) => reply.error(Errno::EINVAL),
                _ => self.tell_attributes(number.0, reply),
            };
        };
        let (objects, owner) = (Arc::clone(&self.objects), self.owner);
        let work = async move {
            objects.truncate(handle.0, size).await?;
            objects.attributes(number.0).await
        };
        self.answer(work, move |outcome| match outcome {
            Ok(attributes) => reply.attr(&NOT_KEPT, &Self::attributes(owner, &attributes)),
            Err(error) => reply.error(error),
        });
    }

    fn readlink(&self, _: &Request, number: INodeNo, reply: ReplyData) {
        let objects = Arc::clone(&self.objects);
        let work = async move { objects.read_link(number.0).await };
        self.answer(work, tell_data(reply));
    }

    fn open(&self, _: &Request, number: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        let words = OFlags::from_bits_retain(flags.0.cast_unsigned());
        let mode = flags.acc_mode();
        let opening = Opening {
            read: mode != OpenAccMode::O_WRONLY,
            write: mode != OpenAccMode::O_RDONLY,
            empties: words.contains(OFlags::TRUNC),
            appends: words.contains(OFlags::APPEND),
        };
        let objects = Arc::clone(&self.objects);
        let work = async move { objects.open(number.0, opening).await };
        // What is read is what the machine says, whatever the size was a while ago.
        let mut flags = FopenFlags::FOPEN_DIRECT_IO;
        if !opening.write {
            flags |= FopenFlags::FOPEN_NOFLUSH;
        }
        self.answer(work, tell_opened(reply, flags));
    }

    fn read(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let objects = Arc::clone(&self.objects);
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let work = async move { objects.read(handle.0, offset, size).await };
        self.answer(work, tell_data(reply));
    }

    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let (objects, data) = (Arc::clone(&self.objects), data.to_vec());
        let work = async move {
            objects.write(handle.0, offset, &data).await?;
            // As many as have come in a number of this size.
            Ok(u32::try_from(data.len()).unwrap_or(u32::MAX))
        };
        self.answer(work, move |outcome| match outcome {
            Ok(count) => reply.written(count),
            Err(error) => reply.error(error),
        });
    }

    fn flush(&self, _: &Request, _: INodeNo, handle: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        let objects = Arc::clone(&self.objects);
        let work = async move { objects.flush(handle.0).await };
        self.answer(work, tell_done(reply));
    }

    fn fsync(&self, _: &Request, _: INodeNo, handle: FileHandle, _: bool, reply: ReplyEmpty) {
        let objects = Arc::clone(&self.objects);
        let work = async move { objects.flush(handle.0).await };
        self.answer(work, tell_done(reply));
    }

    fn release(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        _: OpenFlags,
        _: Option<LockOwner>,
        _: bool,
        reply: ReplyEmpty,
    ) {
        self.objects.close(handle.0);
        reply.ok();
    }

    fn opendir(&self, _: &Request, number: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        let objects = Arc::clone(&self.objects);
        let work = async move { objects.open_directory(number.0).await };
        self.answer(work, tell_opened(reply, FopenFlags::empty()));
    }

    fn readdir(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let entries = match self.objects.directory(handle.0) {
            Ok(entries) => entries,
            Err(error) => return reply.error(error),
        };
        let done = usize::try_from(offset).unwrap_or(usize::MAX);
        // Where to go on is behind the entry.
        for (next, entry) in (1..).zip(entries.iter()).skip(done) {
            if reply.add(INodeNo(entry.number), next, kind(entry.shown), &entry.name) {
                break;
            }
        }
        reply.ok();
    }

    fn releasedir(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        _: OpenFlags,
        reply: ReplyEmpty,
    ) {
        self.objects.close_directory(handle.0);
        reply.ok();
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let (all, free) = self.objects.room();
        reply.statfs(0, 0, 0, all as u64, free as u64, 4096, LONGEST as u32, 4096);
    }

    fn access(&self, _: &Request, number: INodeNo, mask: AccessFlags, reply: ReplyEmpty) {
        let wanted = u16::try_from(mask.bits()).unwrap_or(u16::MAX) & 0o7;
        match self.objects.permissions(number.0) {
            Ok(permissions) if (permissions >> 6) & wanted == wanted => reply.ok(),
            Ok(_) => reply.error(Errno::EACCES),
            Err(error) => reply.error(error),
        }
    }

    // Objects come and go by other means than files do.

    fn create(
        &self,
        _: &Request,
        _: INodeNo,
        _: &OsStr,
        _: u32,
        _: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        reply.error(Errno::EPERM);
    }

    fn mknod(&self, _: &Request, _: INodeNo, _: &OsStr, _: u32, _: u32, _: u32, reply: ReplyEntry) {
        reply.error(Errno::EPERM);
    }

    fn mkdir(&self, _: &Request, _: INodeNo, _: &OsStr, _: u32, _: u32, reply: ReplyEntry) {
        reply.error(Errno::EPERM);
    }

    fn unlink(&self, _: &Request, _: INodeNo, _: &OsStr, reply: ReplyEmpty) {
        reply.error(Errno::EPERM);
    }

    fn rmdir(&self, _: &Request, _: INodeNo, _: &OsStr, reply: ReplyEmpty) {
        reply.error(Errno::EPERM);
    }

    fn rename(
        &self,
        _: &Request,
        _: INodeNo,
        _: &OsStr,
        _: INodeNo,
        _: &OsStr,
        _: RenameFlags,
        reply: ReplyEmpty,
    ) {
        reply.error(Errno::EPERM);
    }
}
