//! Those that have come from a client.

use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};

/// How many are taken in one go, about: as many as QEMU takes. The system closes the others.
const MOST: usize = 16;

/// Receives into `buffer` what is there, and adds the descriptors that have come along to `descriptors`. No byte behind the
/// message that they were sent with is received before they are.
///
/// # Errors
/// The system's own.
pub(crate) fn receive(
    socket: impl AsFd,
    buffer: &mut [u8],
    descriptors: &mut Vec<OwnedFd>,
) -> io::Result<usize> {
    let mut room = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut room);
    let mut buffer = [IoSliceMut::new(buffer)];
    let received = recvmsg(socket, &mut buffer, &mut ancillary, KEPT)?;
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(come) = message {
            descriptors.extend(come);
        }
    }
    #[cfg(not(target_os = "linux"))]
    for descriptor in descriptors {
        rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::CLOEXEC)?;
    }
    Ok(received.bytes)
}

/// They are for no program that is started meanwhile.
#[cfg(target_os = "linux")]
const KEPT: RecvFlags = RecvFlags::CMSG_CLOEXEC;
/// Other systems are told afterwards.
#[cfg(not(target_os = "linux"))]
const KEPT: RecvFlags = RecvFlags::empty();

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::super::send;
    use super::*;

    #[test]
    fn they_come_with_their_bytes() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let null = || OwnedFd::from(File::open("/dev/null").unwrap());
        theirs.write_all(b"before").unwrap();
        assert_eq!(send(&theirs, b"with", &[null(), null()]).unwrap(), 4);
        theirs.write_all(b"after").unwrap();
        let (mut heard, mut chunks, mut descriptors) = (Vec::new(), Vec::new(), Vec::new());
        while heard.len() < 15 {
            let mut buffer = [0; 100];
            let mut come = Vec::new();
            let count = receive(&ours, &mut buffer, &mut come).unwrap();
            heard.extend_from_slice(&buffer[..count]);
            chunks.push((heard.len(), come.len()));
            descriptors.extend(come);
        }
        assert_eq!(heard, b"beforewithafter");
        assert!(chunks.contains(&(10, 2)), "{chunks:?}");
        let mut nothing = Vec::new();
        File::from(descriptors.remove(1))
            .read_to_end(&mut nothing)
            .unwrap();
        // Those that are too many are nobody's.
        let many: Vec<OwnedFd> = (0..20).map(|_| null()).collect();
        send(&theirs, b"many", &many).unwrap();
        let mut come = Vec::new();
        assert_eq!(receive(&ours, &mut [0; 100], &mut come).unwrap(), 4);
        assert!((MOST..20).contains(&come.len()), "{}", come.len());
        drop(theirs);
        assert_eq!(receive(&ours, &mut [0; 100], &mut come).unwrap(), 0);
    }
}
