use std::{io, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf},
    time::{interval, timeout},
};

use super::{BEAT, BODY_TIME, BYTES_A_SECOND, How, PIECE};
use crate::load::world::World;

const BOUNDARY: &str = "a-slow-photo";
/// Until a connection counts as left open after its answer.
const CLOSING: Duration = Duration::from_secs(2);
/// An answer has no more bytes than this.
const MOST: u64 = 64 * 1024;

/// Sends a photo piece by piece, until it is answered or sent away.
pub(super) async fn send(world: &World) -> io::Result<How> {
    let stream = TcpStream::connect(world.target.authority()).await?;
    stream.set_nodelay(true)?;
    let (mut read, mut write) = stream.into_split();
    let photo = long(world.photos.a_known_one());
    let before = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"
    );
    let body = [before.as_bytes(), &photo, format!("\r\n--{BOUNDARY}--\r\n").as_bytes()].concat();
    let head = format!(
        "POST /v1/looks HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {}\r\n\r\n",
        world.target.authority(),
        world.target.tokens.shopper,
        body.len(),
    );
    write.write_all(head.as_bytes()).await?;
    let sending = async {
        let mut beats = interval(BEAT);
        for piece in body.chunks(PIECE) {
            beats.tick().await;
            // Who is sent away finds out why by reading.
            if write.write_all(piece).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = answer(&mut read) => answer,
        () = sending => Ok(How::Closed),
    }
}

/// As many bytes as take twice the time there is; what follows a JPEG's end is no part of it.
fn long(mut photo: Vec<u8>) -> Vec<u8> {
    let least = 2 * BODY_TIME.as_secs() as usize * BYTES_A_SECOND;
    photo.resize(photo.len().max(least), 0);
    photo
}

async fn answer(read: &mut OwnedReadHalf) -> io::Result<How> {
    let mut bytes = vec![0; 4 * 1024];
    let first = read.read(&mut bytes).await?;
    bytes.truncate(first);
    let rest = timeout(CLOSING, read.take(MOST).read_to_end(&mut bytes)).await;
    Ok(told(&bytes, rest.is_ok()))
}

fn told(answer: &[u8], closed: bool) -> How {
    let answer = String::from_utf8_lossy(answer);
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let code = body["code"].as_str().unwrap_or("without a code").to_owned();
    status.map_or(How::Closed, |status| How::Answered { status, code, closed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_status_and_a_code() {
        let answer =
            b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n{\"code\": \"body_slow\"}";
        let (status, code) = (408, "body_slow".to_owned());
        assert_eq!(told(answer, true), How::Answered { status, code, closed: true });
        assert_eq!(told(b"", true), How::Closed);
    }

    #[test]
    fn a_photo_takes_longer_than_there_is_time() {
        let least = BODY_TIME.as_secs() as usize * BYTES_A_SECOND;
        assert!(long(vec![1]).len() > least);
        assert_eq!(long(vec![1; 1_000_000]).len(), 1_000_000);
    }
}
