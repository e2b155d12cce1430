//! The ways to a session.

#[cfg(unix)]
use std::path::Path;
#[cfg(unix)]
use std::process::Command;

use super::Client;
use super::dial::{self, Dialer};
use crate::address::Address;
use crate::error::Error;
use crate::options::Options;

impl Client {
    /// Connects to an address, with the default options.
    ///
    /// ```no_run
    /// use qapi_client::tokio::Client;
    ///
    /// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::connect(&"unix:@vm".parse()?).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`over`](Self::over).
    pub async fn connect(address: &Address) -> Result<Self, Error> {
        Self::connect_with(address, Options::default()).await
    }

    /// Connects to an address.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_with(address: &Address, options: Options) -> Result<Self, Error> {
        Self::by(dial::to(address), options).await
    }

    /// Connects to the channel of a guest agent; see [`agent`](Self::agent). [`Options::guest_agent`] suits most.
    ///
    /// # Errors
    /// [`Error::Connect`]; and as [`agent`](Self::agent).
    pub async fn connect_agent(address: &Address, options: Options) -> Result<Self, Error> {
        let mut dialer = dial::to(address);
        let connection = dialer(options.timeout).await?;
        Self::start_agent(connection, options, Some(dialer)).await
    }

    /// Connects to the Unix socket `path`, with the default options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(unix)]
    pub async fn connect_unix(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::connect_unix_with(path, Options::default()).await
    }

    /// Connects to the Unix socket `path`, which may be longer than the system allows for one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    #[cfg(unix)]
    pub async fn connect_unix_with(
        path: impl AsRef<Path>,
        options: Options,
    ) -> Result<Self, Error> {
        Self::by(dial::unix(path.as_ref().to_owned()), options).await
    }

    /// Connects to a TCP address such as `localhost:4444`, with the default options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_tcp(address: &str) -> Result<Self, Error> {
        Self::connect_tcp_with(address, Options::default()).await
    }

    /// Connects to a TCP address. A name may stand for several; they are tried one after the other.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    pub async fn connect_tcp_with(address: &str, options: Options) -> Result<Self, Error> {
        Self::by(dial::tcp(address.to_owned()), options).await
    }

    /// Connects to a TCP address and speaks TLS there. The server has to prove that it is the host that the address names,
    /// to the satisfaction of `config`, which also has the client's own certificate, if the server wants one.
    ///
    /// # Errors
    /// As [`connect`](Self::connect). What the two do not agree about is [`Error::Connect`].
    #[cfg(feature = "tokio-tls")]
    pub async fn connect_tls(
        address: &str,
        config: std::sync::Arc<rustls::ClientConfig>,
        options: Options,
    ) -> Result<Self, Error> {
        Self::by(dial::tls(address.to_owned(), config), options).await
    }

    /// Starts a program and speaks QMP with it over its standard input and output: `ssh host socat - UNIX:qmp.sock`, say.
    /// When the session ends, or cannot be had, the program is killed and waited for.
    ///
    /// What it writes to its standard error goes where `command` says. With a [pipe](std::process::Stdio::piped), the end of
    /// it is told when the program has ended.
    ///
    /// ```no_run
    /// use std::process::{Command, Stdio};
    /// use qapi_client::{Options, tokio::Client};
    ///
    /// # async fn example() -> Result<(), qapi_client::Error> {
    /// let mut command = Command::new("qemu-system-x86_64");
    /// command.args(["-S", "-display", "none", "-qmp", "stdio"]);
    /// command.stderr(Stdio::piped());
    /// let client = Client::spawn(&mut command, Options::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Connect`] if it cannot be started; and as [`over`](Self::over). A program that has ended tells its status.
    #[cfg(unix)]
    pub async fn spawn(command: &mut Command, options: Options) -> Result<Self, Error> {
        Self::start(dial::start(command)?, options, None).await
    }

    /// As [`spawn`](Self::spawn), with a program that is started again as [`Options::reconnect`] says when it has ended, by
    /// the command that `make` makes. It should be one that leads to a server, as `ssh` does: a machine that is started
    /// again is another machine.
    ///
    /// ```no_run
    /// use std::process::Command;
    /// use qapi_client::{Options, Reconnect, tokio::Client};
    ///
    /// # async fn example() -> Result<(), qapi_client::Error> {
    /// let tunnel = || {
    ///     let mut command = Command::new("ssh");
    ///     command.args(["host", "socat", "-", "UNIX:/run/vm/qmp.sock"]);
    ///     command
    /// };
    /// let options = Options {
    ///     reconnect: Some(Reconnect::default()),
    ///     ..Options::default()
    /// };
    /// let client = Client::respawn(tunnel, options).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`spawn`](Self::spawn).
    #[cfg(unix)]
    pub async fn respawn(
        make: impl FnMut() -> Command + Send + 'static,
        options: Options,
    ) -> Result<Self, Error> {
        Self::by(dial::program(make), options).await
    }

    /// Connects in a way that can be taken again.
    async fn by(mut dialer: Dialer, options: Options) -> Result<Self, Error> {
        let connection = dialer(options.timeout).await?;
        Self::start(connection, options, Some(dialer)).await
    }
}
