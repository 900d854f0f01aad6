//! A small web of our own: servers on this machine, and names that lead to them.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use vitrine_core::{
    address::WebAddress,
    ports::{Fetch, FetchError, FetchRequest, FetchResponse, Fetched, Patience},
    testing::Page,
};
use vitrine_outbound::{Lookup, Outbound, OutboundSettings, Times};

/// The host that the servers of these tests are known by; the only one that may lead here.
pub(crate) const SHOP: &str = "shop.test";

/// What a server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// As in the request's first line.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What a server does next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Send(Vec<u8>),
    Wait(Duration),
    /// Never does anything more.
    Hang,
    /// Sends this again and again, with a pause after each.
    Drip(Vec<u8>, Duration),
}

/// A whole answer.
pub(crate) fn answer(page: &Page) -> Step {
    let mut bytes = format!("HTTP/1.1 {} It\r\nconnection: close\r\n", page.status).into_bytes();
    for (name, value) in &page.headers {
        bytes.extend(format!("{name}: {value}\r\n").into_bytes());
    }
    if page.sized {
        bytes.extend(format!("content-length: {}\r\n\r\n", page.body.len()).into_bytes());
        bytes.extend(&page.body);
    } else {
        bytes.extend(b"transfer-encoding: chunked\r\n\r\n");
        for piece in page.body.chunks(300) {
            bytes.extend(format!("{:x}\r\n", piece.len()).into_bytes());
            bytes.extend(piece);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"0\r\n\r\n");
    }
    Step::Send(bytes)
}

/// Answers this, whatever is asked.
pub(crate) fn always(steps: Vec<Step>) -> impl Fn(&Asked) -> Vec<Step> + Send + Sync + 'static {
    move |_| steps.clone()
}

/// A server that counts.
pub(crate) struct Server {
    pub(crate) port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    connections: AtomicUsize,
    running: AtomicUsize,
    most: AtomicUsize,
    asked: Mutex<Vec<Asked>>,
}

impl Server {
    pub(crate) async fn start(does: impl Fn(&Asked) -> Vec<Step> + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0", does).await.unwrap()
    }

    pub(crate) async fn start_at(
        at: &str,
        does: impl Fn(&Asked) -> Vec<Step> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind(at).await?;
        let port = listener.local_addr()?.port();
        let (state, does) = (Arc::new(State::default()), Arc::new(does));
        let served = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                served.connections.fetch_add(1, Ordering::SeqCst);
                let (state, does) = (Arc::clone(&served), Arc::clone(&does));
                tokio::spawn(async move { serve(stream, &state, &*does).await });
            }
        });
        Ok(Self { port, state })
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// The most requests that were under way at once.
    pub(crate) fn most_at_once(&self) -> usize {
        self.state.most.load(Ordering::SeqCst)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.asked.lock().unwrap().clone()
    }

    /// An address of this server by the name that may lead to it.
    pub(crate) fn address(&self, path: &str) -> String {
        format!("http://{SHOP}:{}{path}", self.port)
    }
}

/// One request a connection. Ends with the steps, or as soon as the client is gone.
async fn serve(
    mut stream: TcpStream,
    state: &State,
    does: &(dyn Fn(&Asked) -> Vec<Step> + Send + Sync),
) -> Option<()> {
    let asked = read(&mut stream).await?;
    state.asked.lock().unwrap().push(asked.clone());
    let running = state.running.fetch_add(1, Ordering::SeqCst) + 1;
    state.most.fetch_max(running, Ordering::SeqCst);
    for step in does(&asked) {
        let done = match step {
            Step::Send(bytes) => stream.write_all(&bytes).await,
            Step::Wait(time) => {
                tokio::time::sleep(time).await;
                Ok(())
            }
            Step::Hang => stream.read_u8().await.map(|_| ()),
            Step::Drip(bytes, pause) => loop {
                if let Err(error) = stream.write_all(&bytes).await {
                    break Err(error);
                }
                tokio::time::sleep(pause).await;
            },
        };
        if done.is_err() {
            break;
        }
    }
    state.running.fetch_sub(1, Ordering::SeqCst);
    stream.shutdown().await.ok()
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.trim_end().lines();
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_lowercase(), value.trim().to_owned()))
    });
    Some(Asked { target, headers: headers.collect() })
}

/// Names and what they lead to, answer after answer; the last one stays.
#[derive(Default)]
pub(crate) struct Names {
    known: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    pub(crate) fn put(&self, name: &str, ips: &[&str]) {
        let ips = ips.iter().map(|ip| ip.parse().unwrap()).collect();
        self.known.lock().unwrap().entry(name.to_owned()).or_default().push(ips);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Lookup for Names {
    async fn lookup(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let mut known = self.known.lock().unwrap();
        let answers = known.get_mut(host).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// Where only [`SHOP`] leads to this machine.
pub(crate) fn names() -> Arc<Names> {
    let names = Names::default();
    names.put(SHOP, &["127.0.0.1"]);
    Arc::new(names)
}

/// The defaults, where [`SHOP`] may be spoken to.
pub(crate) fn settings() -> OutboundSettings {
    OutboundSettings { allow_hosts: vec![SHOP.into()], ..OutboundSettings::default() }
}

/// Settings with other times for feeds, and one try.
pub(crate) fn hasty(change: impl FnOnce(&mut Times)) -> OutboundSettings {
    let mut settings = settings();
    settings.feed.tries = 1;
    change(&mut settings.feed);
    settings
}

pub(crate) fn outbound(settings: &OutboundSettings) -> Outbound {
    Outbound::with_lookup(settings, names()).unwrap()
}

pub(crate) fn request(address: &str) -> FetchRequest {
    FetchRequest::new(WebAddress::parse(address).unwrap(), 1_000, Patience::Feed)
}

pub(crate) async fn response(fetch: &dyn Fetch, address: &str) -> FetchResponse {
    match fetch.fetch(&request(address)).await.unwrap() {
        Fetched::Response(response) => response,
        Fetched::NotModified => panic!("{address} is not modified"),
    }
}

/// What hinders this address, the text or its host or the answer or the body.
pub(crate) async fn error(fetch: &dyn Fetch, address: &str) -> FetchError {
    let address = match WebAddress::parse(address) {
        Ok(_) => address,
        Err(error) => return error.into(),
    };
    match fetch.fetch(&request(address)).await {
        Err(error) => error,
        Ok(Fetched::NotModified) => panic!("{address} is not modified"),
        Ok(Fetched::Response(response)) => match response.bytes().await {
            Err(error) => error,
            Ok(bytes) => panic!("{address} answered {} bytes", bytes.len()),
        },
    }
}
