//! A network that is well, slow, stuck or cut, between the service and one of its servers.

use std::{io, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
    time::sleep,
};

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Network {
    Well,
    /// What is sent arrives this much later.
    Slow(Duration),
    /// Connections stay, and nothing arrives.
    Stuck,
    /// Connections end at once.
    Cut,
}

/// Passes connections on; ends with the runtime.
pub(crate) struct Proxy {
    network: watch::Sender<Network>,
}

impl Proxy {
    /// Listens on a port of its own, for what listens at the path that `to` makes of it.
    pub(crate) async fn start(to: impl FnOnce(u16) -> PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (network, watched) = watch::channel(Network::Well);
        tokio::spawn(accept(listener, to(port), watched));
        Self { network }
    }

    pub(crate) fn set(&self, network: Network) {
        self.network.send_replace(network);
    }
}

async fn accept(listener: TcpListener, to: PathBuf, network: watch::Receiver<Network>) {
    while let Ok((client, _)) = listener.accept().await {
        let (to, mut network) = (to.clone(), network.clone());
        tokio::spawn(async move {
            let passing = pass(client, to, network.clone());
            tokio::select! {
                _ = passing => {}
                _ = network.wait_for(|now| *now == Network::Cut) => {}
            }
        });
    }
}

async fn pass(client: TcpStream, to: PathBuf, network: watch::Receiver<Network>) -> io::Result<()> {
    let server = UnixStream::connect(to).await?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    // The end of one way is the end of the other.
    tokio::select! {
        ended = carry(from_client, to_server, network.clone()) => ended,
        ended = carry(from_server, to_client, network) => ended,
    }
}

async fn carry(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut network: watch::Receiver<Network>,
) -> io::Result<()> {
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        let now =
            *network.wait_for(|now| *now != Network::Stuck).await.map_err(io::Error::other)?;
        if let Network::Slow(late) = now {
            sleep(late).await;
        }
        to.write_all(&bytes[..read]).await?;
    }
}
