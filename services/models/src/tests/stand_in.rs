//! A small server for tests.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// One request.
pub(crate) struct Asked {
    /// How many were before it.
    pub(crate) before: usize,
    pub(crate) path: String,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    /// By a name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            (known.to_lowercase() == name).then(|| value.trim())
        })
    }
}

/// What is answered; nothing ever where there is no status.
pub(crate) struct Reply {
    status: Option<u16>,
    headers: Vec<(String, String)>,
    body: Body,
}

enum Body {
    Whole(String),
    /// In pieces, as they come.
    Pieces(mpsc::UnboundedReceiver<Piece>),
}

/// A piece of an answer.
pub(crate) enum Piece {
    Text(String),
    /// The connection ends before the answer does.
    Cut,
}

impl Reply {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self { status: Some(status), headers: Vec::new(), body: Body::Whole(body.to_owned()) }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::new(200, &body.to_string())
    }

    pub(crate) fn never() -> Self {
        Self { status: None, ..Self::new(200, "") }
    }

    /// What is sent there is answered until the sender is gone.
    pub(crate) fn pieces() -> (mpsc::UnboundedSender<Piece>, Self) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (sender, Self { body: Body::Pieces(receiver), ..Self::new(200, "") })
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Answers as it is told to until its test ends.
pub(crate) struct StandIn {
    /// Without a slash at its end.
    pub(crate) url: String,
    asked: Arc<AtomicUsize>,
}

impl StandIn {
    pub(crate) async fn start(does: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (asked, does) = (Arc::new(AtomicUsize::new(0)), Arc::new(does));
        let counted = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (counted, does) = (Arc::clone(&counted), Arc::clone(&does));
                tokio::spawn(async move { answer(stream, &counted, &*does).await });
            }
        });
        Self { url, asked }
    }

    /// How many requests came.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn answer(
    mut stream: TcpStream,
    counted: &AtomicUsize,
    does: &(impl Fn(&Asked) -> Reply + Sync),
) {
    let mut read = Vec::new();
    let head = loop {
        if let Some(at) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return;
        }
    };
    let mut asked = Asked {
        before: counted.fetch_add(1, Ordering::SeqCst),
        path: String::new(),
        head: String::from_utf8_lossy(&read[..head]).into_owned(),
        body: read.split_off(head + 4),
    };
    asked.path = asked.head.split(' ').nth(1).unwrap_or_default().to_owned();
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    while asked.body.len() < length {
        if stream.read_buf(&mut asked.body).await.unwrap_or(0) == 0 {
            return;
        }
    }
    let Reply { status, mut headers, body } = does(&asked);
    let Some(status) = status else { return std::future::pending().await };
    let length = match &body {
        Body::Whole(text) => ("content-length", text.len().to_string()),
        Body::Pieces(_) => ("transfer-encoding", "chunked".to_owned()),
    };
    headers.push((length.0.to_owned(), length.1));
    headers.push(("connection".into(), "close".into()));
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {status} So\r\n{headers}\r\n");
    let _ = stream.write_all(head.as_bytes()).await;
    match body {
        Body::Whole(text) => {
            let _ = stream.write_all(text.as_bytes()).await;
        }
        Body::Pieces(mut pieces) => {
            while let Some(piece) = pieces.recv().await {
                let Piece::Text(text) = piece else { return };
                let chunk = format!("{:x}\r\n{text}\r\n", text.len());
                if stream.write_all(chunk.as_bytes()).await.is_err() {
                    return;
                }
            }
            let _ = stream.write_all(b"0\r\n\r\n").await;
        }
    }
}
