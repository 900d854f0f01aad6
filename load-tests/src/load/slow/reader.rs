use std::io;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream, lookup_host},
    time::interval,
};

use super::{BEAT, How, PIECE};
use crate::load::world::World;

/// Bytes that the system takes in before they are read; few, so that the service has to wait.
const WINDOW: u32 = 4 * 1024;
/// Answers that are asked for at once (RFC 9112, section 9.3.2): more than the systems of both ends
/// hold for the two programs.
const ANSWERS: usize = 16;
/// A long answer.
const PATH: &str = "/v1/catalog/export";

/// Asks for long answers and reads them piece by piece, until the connection is closed.
pub(super) async fn read(world: &World) -> io::Result<How> {
    let mut stream = connect(&world.target.authority()).await?;
    let ask = format!(
        "GET {PATH} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
        world.target.authority(),
        world.target.tokens.merchant,
    );
    stream.write_all(ask.repeat(ANSWERS).as_bytes()).await?;
    let mut piece = [0; PIECE];
    let mut beats = interval(BEAT);
    loop {
        beats.tick().await;
        if stream.read(&mut piece).await? == 0 {
            return Ok(How::Closed);
        }
    }
}

async fn connect(authority: &str) -> io::Result<TcpStream> {
    let none = || io::Error::other("the host has no address");
    let address = lookup_host(authority).await?.next().ok_or_else(none)?;
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_recv_buffer_size(WINDOW)?;
    socket.connect(address).await
}
