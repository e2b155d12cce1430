//! Sessions with guest agents.

use super::deadline::Deadline;
use super::stream::Stream;
use super::{Client, Transport};
use crate::agent;
use crate::error::Error;
use crate::options::Options;

impl Client {
    /// A session with a guest agent, over a connection to its channel that is there already: brings both sides into step,
    /// whatever an earlier client has left in the channel, and tries again for as long as [`Options::timeout`] says.
    ///
    /// ```no_run
    /// use std::os::unix::net::UnixStream;
    /// use qapi_client::{Options, blocking::Client};
    ///
    /// let channel = UnixStream::connect("/run/vm/qga.sock")?;
    /// let mut agent = Client::agent(channel, Options::guest_agent())?;
    /// agent.execute_raw("guest-ping", None)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::TimedOut`] if nobody answers: there may be no agent in the guest, or none that runs. [`Error::Lost`].
    pub fn agent(transport: impl Transport + 'static, options: Options) -> Result<Self, Error> {
        Self::agent_boxed(Box::new(transport), options)
    }

    pub(super) fn agent_boxed(transport: Box<dyn Stream>, options: Options) -> Result<Self, Error> {
        let greeting = false;
        let mut client = Self::unready(
            transport,
            Options {
                greeting,
                ..options
            },
        );
        let (attempts, patience) = agent::attempts(options.timeout);
        for _ in 0..attempts {
            if client.session.outgoing().is_empty() {
                client.session.synchronize(agent::number());
            }
            let mut deadline = Deadline::after(Some(patience));
            match client.next_step(&mut deadline) {
                Some(_) => return Ok(client),
                None => match client.session.ended() {
                    Some(end) => return Err(Error::ended(end, false)),
                    None => continue,
                },
            }
        }
        Err(Error::TimedOut {
            waiting_for: agent::WAITING_FOR.to_owned(),
            sent: false,
        })
    }
}
