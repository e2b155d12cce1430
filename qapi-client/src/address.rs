//! Where servers are.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// The address of a server, as it is written on command lines.
///
/// | text | what it means |
/// |---|---|
/// | `unix:/run/vm/qmp.sock`, `/run/vm/qmp.sock` | a Unix socket, by its path, which may be longer than the system's own limit |
/// | `unix:@name` | a Unix socket in Linux' abstract namespace |
/// | `tcp:localhost:4444`, `tcp:[::1]:4444`, `localhost:4444` | a host and a port; a relative path that ends like one is `./vm:4444` |
/// | `vsock:3:4444` | a context and a port; with the feature `vsock` |
///
/// ```
/// use qapi_client::Address;
///
/// let address: Address = "tcp:localhost:4444".parse()?;
/// assert_eq!(address, Address::Tcp("localhost:4444".to_owned()));
/// assert_eq!("vm.sock".parse(), Ok(Address::Unix("vm.sock".into())));
/// assert_eq!(Address::Abstract(b"vm".to_vec()).to_string(), "unix:@vm");
/// assert!("tcp:localhost".parse::<Address>().is_err());
/// # Ok::<(), qapi_client::AddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Address {
    /// A Unix socket, by its path.
    Unix(PathBuf),
    /// A Unix socket in Linux' abstract namespace, by its name.
    Abstract(Vec<u8>),
    /// `HOST:PORT`. A host may stand for several addresses; they are tried one after the other.
    Tcp(String),
    /// A socket between host and guest.
    Vsock {
        /// The context: 2 is the host, those of guests begin with 3.
        cid: u32,
        /// The port.
        port: u32,
    },
}

/// A text that is no [`Address`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressError {
    text: String,
    expected: &'static str,
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let error = |expected| AddressError {
            text: text.to_owned(),
            expected,
        };
        if let Some(path) = text.strip_prefix("unix:") {
            return match path.strip_prefix('@') {
                _ if path.is_empty() => Err(error("`unix:PATH` or `unix:@NAME`")),
                Some(name) => Ok(Self::Abstract(name.into())),
                None => Ok(Self::Unix(path.into())),
            };
        }
        if let Some(address) = text.strip_prefix("tcp:") {
            return match address.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                    Ok(Self::Tcp(address.to_owned()))
                }
                _ => Err(error("`tcp:HOST:PORT`")),
            };
        }
        if let Some(address) = text.strip_prefix("vsock:") {
            let numbers = address
                .split_once(':')
                .map(|(cid, port)| (cid.parse(), port.parse()));
            return match numbers {
                Some((Ok(cid), Ok(port))) => Ok(Self::Vsock { cid, port }),
                _ => Err(error("`vsock:CID:PORT`")),
            };
        }
        match text.rsplit_once(':') {
            _ if text.is_empty() => Err(error("a path, `unix:`, `tcp:` or `vsock:`")),
            Some((host, port))
                if !host.is_empty() && !host.contains('/') && port.parse::<u16>().is_ok() =>
            {
                Ok(Self::Tcp(text.to_owned()))
            }
            _ => Ok(Self::Unix(text.into())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // As text it would be another's.
            Self::Unix(path) if path.to_string_lossy().starts_with('@') => {
                write!(f, "unix:./{}", path.display())
            }
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Abstract(name) => write!(f, "unix:@{}", String::from_utf8_lossy(name)),
            Self::Tcp(address) => write!(f, "tcp:{address}"),
            Self::Vsock { cid, port } => write!(f, "vsock:{cid}:{port}"),
        }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, expected } = self;
        write!(f, "`{text}` is no address: expected {expected}")
    }
}

impl std::error::Error for AddressError {}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Self {
        Self::Unix(path)
    }
}

impl From<&std::path::Path> for Address {
    fn from(path: &std::path::Path) -> Self {
        Self::Unix(path.to_owned())
    }
}

/// What is wrong with an address for which there is no code.
#[cfg(not(all(
    target_os = "linux",
    feature = "vsock",
    any(not(feature = "tokio"), feature = "tokio-vsock")
)))]
pub(crate) fn unknown_kind() -> std::io::Error {
    let why = "this program was built without addresses of this kind";
    std::io::Error::new(std::io::ErrorKind::Unsupported, why)
}

/// The name by which a server of TLS has to be known, of an address `HOST:PORT`.
#[cfg(feature = "tls")]
pub(crate) fn server_name(
    address: &str,
) -> std::io::Result<rustls::pki_types::ServerName<'static>> {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = rustls::pki_types::ServerName::try_from(host.to_owned());
    name.map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidInput, error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_addresses() {
        for (text, expected, again) in [
            ("unix:/a:b", Address::Unix("/a:b".into()), "unix:/a:b"),
            ("/a/b", Address::Unix("/a/b".into()), "unix:/a/b"),
            ("@a", Address::Unix("@a".into()), "unix:./@a"),
            ("unix:@a b", Address::Abstract(b"a b".to_vec()), "unix:@a b"),
            ("tcp:[::1]:1", Address::Tcp("[::1]:1".into()), "tcp:[::1]:1"),
            (
                "localhost:4444",
                Address::Tcp("localhost:4444".into()),
                "tcp:localhost:4444",
            ),
            ("./vm:1", Address::Unix("./vm:1".into()), "unix:./vm:1"),
            ("unix:vm:1", Address::Unix("vm:1".into()), "unix:vm:1"),
            (":1", Address::Unix(":1".into()), "unix::1"),
            ("vm:a", Address::Unix("vm:a".into()), "unix:vm:a"),
            (
                "vsock:2:70000",
                Address::Vsock {
                    cid: 2,
                    port: 70000,
                },
                "vsock:2:70000",
            ),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((&address, &*address.to_string()), (&expected, again));
        }
        for text in [
            "",
            "unix:",
            "tcp:",
            "tcp::1",
            "tcp:a:",
            "tcp:a:70000",
            "vsock:1",
            "vsock:a:1",
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("`{text}` is no address")),
                "{error}"
            );
        }
    }
}
