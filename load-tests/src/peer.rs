//! Looks next to the same work in Python (`load-tests/peer`), each in a process of its own.

mod process;

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use image::{ImageFormat, RgbImage};
use indicatif::ProgressIterator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use vitrine_tests::demo;

use crate::{
    looks::{Bound, median},
    measure::{Outcome, machine},
    paint::mark,
    progress::bar,
};
use process::Process;

/// The most of the peer's time that one look should take.
const TIME: f64 = 0.8;
/// How many times as many looks should be answered in the same time.
const THROUGHPUT: f64 = 2.0;
/// The most of the peer's memory.
const MEMORY: f64 = 0.5;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A Python that has what load-tests/peer/requirements.txt lists.
    #[arg(long, value_name = "FILE", env = "PEER_PYTHON")]
    python: PathBuf,
    /// Photos that each is sent one by one, and as many again by all clients.
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(8..=1_000))]
    photos: u32,
    /// Clients that ask at once.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    clients: u32,
    /// A file that the figures are written to as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

impl Args {
    /// As they are where nothing else is said.
    pub(crate) fn with(python: &Path) -> Self {
        Self { python: python.to_owned(), photos: 40, clients: 8, json: None }
    }
}

/// What was seen of one of the two.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Of one look, with nobody else there.
    one: Duration,
    /// Looks in a second, with all clients there.
    rate: f64,
    /// The most memory that was held, in bytes.
    memory: u64,
}

/// A figure of both, and the bound of its ratio.
pub(crate) struct Beside {
    pub(crate) what: &'static str,
    ours: f64,
    peer: f64,
    pub(crate) bound: Bound,
}

impl Beside {
    pub(crate) fn ratio(&self) -> f64 {
        self.ours / self.peer
    }

    fn print(&self) {
        let (Self { what, ours, peer, bound }, ratio) = (self, self.ratio());
        let (bound, is_kept) = match bound {
            Bound::AtMost(most) => (format!("at most {most}"), ratio <= *most),
            Bound::AtLeast(least) => (format!("at least {least}"), ratio >= *least),
            Bound::None => (String::new(), true),
        };
        let short = if is_kept { "" } else { "  missed" };
        println!("{what:<28} {ours:>10.2} {peer:>10.2} {ratio:>6.2}  {bound}{short}");
    }
}

pub(crate) async fn run(args: &Args) -> Outcome<()> {
    let lines = measure(args).await?;
    println!("{:<28} {:>10} {:>10} {:>6}", "", "Vitrine", "Python", "ratio");
    lines.iter().for_each(Beside::print);
    println!("{}", machine());
    if let Some(file) = &args.json {
        let told: Vec<Value> = lines
            .iter()
            .map(|line| json!({"what": line.what, "vitrine": line.ours, "python": line.peer, "ratio": line.ratio()}))
            .collect();
        let text = serde_json::to_string_pretty(&json!({"machine": machine(), "lines": told}))?;
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// Both in turns. The peer is asked with torch on one thread and on all cores; what it does best counts.
pub(crate) async fn measure(args: &Args) -> Outcome<Vec<Beside>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let vitrine = Process::vitrine()?;
    let mut asked = Asked { number: 0, client: reqwest::Client::builder().no_proxy().build()? };
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for threads in if cores > 1 { vec![1, cores] } else { vec![1] } {
        let peer = Process::peer(&args.python, threads)?;
        ours.push(asked.seen(&vitrine, "Vitrine", args).await?);
        peers.push(asked.seen(&peer, "the peer in Python", args).await?);
    }
    let best = |seen: &[Seen]| Seen {
        one: seen.iter().map(|seen| seen.one).min().unwrap_or_default(),
        rate: seen.iter().map(|seen| seen.rate).fold(0.0, f64::max),
        memory: seen.iter().map(|seen| seen.memory).min().unwrap_or_default(),
    };
    let (ours, peer) = (best(&ours), best(&peers));
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    Ok(vec![
        Beside {
            what: "one look, ms",
            ours: millis(ours.one),
            peer: millis(peer.one),
            bound: Bound::AtMost(TIME),
        },
        Beside {
            what: "looks a second, all clients",
            ours: ours.rate,
            peer: peer.rate,
            bound: Bound::AtLeast(THROUGHPUT),
        },
        Beside {
            what: "memory, MB",
            ours: megabytes(ours.memory),
            peer: megabytes(peer.memory),
            bound: Bound::AtMost(MEMORY),
        },
    ])
}

/// Sends photos of which none is sent twice.
struct Asked {
    number: u32,
    client: reqwest::Client,
}

impl Asked {
    async fn seen(&mut self, of: &Process, name: &'static str, args: &Args) -> Outcome<Seen> {
        // What is done for the first time is nobody's measure.
        for photo in self.photos(2)? {
            send(&self.client, of, photo).await?;
        }
        let mut took = Vec::new();
        let photos = self.photos(args.photos)?;
        for photo in photos.into_iter().progress_with(bar(name, args.photos.into())) {
            let started = Instant::now();
            send(&self.client, of, photo).await?;
            took.push(started.elapsed());
        }
        let photos = self.photos(args.photos)?;
        let started = Instant::now();
        let client = &self.client;
        let mut sent = stream::iter(photos)
            .map(|photo| send(client, of, photo))
            .buffer_unordered(args.clients as usize);
        while let Some(sent) = sent.next().await {
            sent?;
        }
        let rate = f64::from(args.photos) / started.elapsed().as_secs_f64();
        Ok(Seen { one: median(took), rate, memory: of.peak()? })
    }

    /// Outfits of the demonstration, each with a number painted into its corner.
    fn photos(&mut self, count: u32) -> Outcome<Vec<Vec<u8>>> {
        let mut photos = Vec::new();
        for _ in 0..count {
            self.number += 1;
            let outfit = demo().join(format!("outfits/{:03}.jpg", self.number % 50 + 1));
            let mut photo: RgbImage = image::open(outfit)?.into_rgb8();
            let [_, high, middle, low] = self.number.to_be_bytes();
            mark(&mut photo, 8, [high, middle, low].map(|byte| byte.wrapping_mul(37)));
            let mut bytes = Cursor::new(Vec::new());
            photo.write_to(&mut bytes, ImageFormat::Png)?;
            photos.push(bytes.into_inner());
        }
        Ok(photos)
    }
}

/// Anything but a look is an error.
async fn send(client: &reqwest::Client, to: &Process, photo: Vec<u8>) -> Outcome<()> {
    let form = Form::new().part("photo", Part::bytes(photo).file_name("photo.png"));
    let request = client.post(format!("{}/v1/looks", to.url)).bearer_auth(&to.token);
    let answer = request.multipart(form).send().await?.error_for_status()?;
    let look: Value = answer.json().await?;
    look["garments"].as_array().map(|_| ()).ok_or_else(|| format!("no look: {look}").into())
}
