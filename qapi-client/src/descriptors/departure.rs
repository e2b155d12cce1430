//! Descriptors that are sent.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

/// Sends the beginning of `bytes`, and `descriptors` with its first byte, in one `sendmsg`: a server keeps only those that
/// arrive with the bytes of their command.
///
/// # Errors
/// The system's own.
pub(crate) fn send(socket: impl AsFd, bytes: &[u8], descriptors: &[OwnedFd]) -> io::Result<usize> {
    let descriptors: Vec<BorrowedFd<'_>> = descriptors.iter().map(AsFd::as_fd).collect();
    let room = rustix::cmsg_space!(ScmRights(descriptors.len()));
    let mut room = vec![MaybeUninit::uninit(); room];
    let mut ancillary = SendAncillaryBuffer::new(&mut room);
    if !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let bytes = [IoSlice::new(bytes)];
    Ok(sendmsg(socket, &bytes, &mut ancillary, QUIET)?)
}

/// A server that has gone is an error, and no signal.
#[cfg(not(target_vendor = "apple"))]
pub(crate) const QUIET: SendFlags = SendFlags::NOSIGNAL;
/// Sockets of std's are told so when they are made.
#[cfg(target_vendor = "apple")]
pub(crate) const QUIET: SendFlags = SendFlags::empty();
