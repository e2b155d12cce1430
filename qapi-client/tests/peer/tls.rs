//! Servers that speak TLS.

use std::net::TcpStream;
use std::sync::Arc;

use qapi_client::rustls::pki_types::PrivateKeyDer;
use qapi_client::rustls::{
    ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
};

/// A server that is known as `localhost`, and a client that trusts it.
pub(crate) fn both_ends() -> (Arc<ServerConfig>, Arc<ClientConfig>) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::Pkcs8(own.signing_key.serialize_der().into());
    let certificate = own.cert.der().clone();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let server = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    (Arc::new(server), trusting(roots))
}

/// A client that trusts who is known to one of these.
pub(crate) fn trusting(roots: RootCertStore) -> Arc<ClientConfig> {
    let builder = ClientConfig::builder().with_root_certificates(roots);
    Arc::new(builder.with_no_client_auth())
}

/// The server's end of a connection.
pub(crate) fn accept(
    server: &Arc<ServerConfig>,
    stream: TcpStream,
) -> StreamOwned<ServerConnection, TcpStream> {
    let connection = ServerConnection::new(Arc::clone(server)).unwrap();
    StreamOwned::new(connection, stream)
}
