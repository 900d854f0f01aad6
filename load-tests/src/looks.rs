//! Looks through the whole service, next to what they can not be quicker than.

mod bare;
mod client;
mod crowd;

use std::{path::PathBuf, time::Duration};

use indicatif::ProgressIterator;
use serde_json::{Value, json};
use vitrine_tests::{Service, demo};

use crate::{
    measure::{Outcome, machine},
    paint::mark,
    progress::bar,
};
use client::Client;
pub(crate) use crowd::{Crowd, MOST as CROWD};

/// Requests of one kind before it is the turn of another: so many that none pays for what the one
/// before it left in the processor's caches.
const ROUND: u32 = 25;
/// Requests are counted as ever, and none is too many.
const BUSY: [&str; 2] = ["limits.caller_per_minute=1000000", "limits.merchant_per_minute=1000000"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Requests of each kind that costs no model time.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    requests: u32,
    /// Clients at once before a full queue.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    clients: u32,
    /// A Redis, as redis://127.0.0.1:6379: finished looks are fetched from it too.
    #[arg(long)]
    redis: Option<String>,
    /// A file that the figures are written to as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

impl Default for Args {
    fn default() -> Self {
        Self { requests: 500, clients: 100, redis: None, json: None }
    }
}

/// A ratio, and the bound that it should keep.
pub(crate) struct Ratio {
    pub(crate) what: &'static str,
    pub(crate) ours: Duration,
    pub(crate) next_to: Duration,
    pub(crate) ratio: f64,
    pub(crate) bound: Bound,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    AtLeast(f64),
    AtMost(f64),
    None,
}

impl Ratio {
    /// How many times as quick it is as what it is next to.
    fn speed(what: &'static str, ours: Duration, bare: Duration, least: Option<f64>) -> Self {
        let ratio = bare.as_secs_f64() / ours.as_secs_f64();
        Self { what, ours, next_to: bare, ratio, bound: least.map_or(Bound::None, Bound::AtLeast) }
    }

    /// How much of what it is next to it takes.
    fn share(what: &'static str, ours: Duration, of: Duration, most: f64) -> Self {
        let ratio = ours.as_secs_f64() / of.as_secs_f64();
        Self { what, ours, next_to: of, ratio, bound: Bound::AtMost(most) }
    }

    fn print(&self) {
        let (bound, kept) = match self.bound {
            Bound::AtLeast(least) => (format!("at least {least}"), self.ratio >= least),
            Bound::AtMost(most) => (format!("at most {most}"), self.ratio <= most),
            Bound::None => (String::new(), true),
        };
        let short = if kept { "" } else { "  missed" };
        println!(
            "{:<44} {:>10.2} {:>10.2} {:>6.2}  {bound}{short}",
            self.what,
            self.ours.as_secs_f64() * 1e3,
            self.next_to.as_secs_f64() * 1e3,
            self.ratio,
        );
    }
}

pub(crate) async fn run(args: &Args) -> Outcome<()> {
    let (ratios, crowd) = measure(args).await?;
    println!("{:<44} {:>10} {:>10} {:>6}", "median", "ms", "next to", "ratio");
    ratios.iter().for_each(Ratio::print);
    crowd.print();
    println!("{}", machine());
    if let Some(file) = &args.json {
        let lines: Vec<Value> = ratios
            .iter()
            .map(|line| json!({"what": line.what, "seconds": line.ours.as_secs_f64(), "next_to_seconds": line.next_to.as_secs_f64(), "ratio": line.ratio}))
            .collect();
        let text = json!({"machine": machine(), "ratios": lines, "crowd": crowd.to_json()});
        let text = serde_json::to_string_pretty(&text)?;
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

/// All ratios, and what a crowd sees.
pub(crate) async fn measure(args: &Args) -> Outcome<(Vec<Ratio>, Crowd)> {
    let service = Service::working(&BUSY);
    let client = Client::new(&service)?;
    let mut ratios = known(&client, args.requests, Kept::Here).await?;
    ratios.extend(unknown(&service, &client).await?);
    let crowd = crowd::run(&service, args.clients).await?;
    // Last: its models share the processor with those of the other service.
    let sharing = args.redis.as_ref().map(|redis| {
        let redis = format!("data.redis={redis}");
        Service::working(&[&BUSY[..], &[&redis]].concat())
    });
    if let Some(sharing) = &sharing {
        ratios.extend(known(&Client::new(sharing)?, args.requests, Kept::Redis).await?);
    }
    Ok((ratios, crowd))
}

/// Where what was answered is kept.
#[derive(Clone, Copy)]
enum Kept {
    Here,
    Redis,
}

/// What costs no model time, in turns with a bare route that answers the same bytes.
async fn known(client: &Client, requests: u32, kept: Kept) -> Outcome<Vec<Ratio>> {
    let (finished, packed_name, least, anew) = match kept {
        Kept::Here => (
            "a finished look, to a bare route",
            "the same packed by gzip, to unpacked",
            0.5,
            "a known photo answered anew",
        ),
        Kept::Redis => (
            "a finished look from Redis, to a bare route",
            "the same from Redis packed, to unpacked",
            0.3,
            "a known photo answered anew, from Redis",
        ),
    };
    let photo = std::fs::read(demo().join("photos/outfit.jpg"))?;
    let look = client.send(&photo).await?;
    let bare = bare::start(serde_json::to_vec(&look)?)?;
    let path = format!("/v1/looks/{}", text(&look, "id")?);
    let by_id = json!({"photo": {"id": text(&look, "photo_id")?}});
    let mut took: [Vec<Duration>; 5] = Default::default();
    for _ in (0..requests.div_ceil(ROUND))
        .progress_with(bar("known looks", requests.div_ceil(ROUND).into()))
    {
        for _ in 0..ROUND {
            took[0].push(client.get(&path).await?);
        }
        for _ in 0..ROUND {
            took[1].push(client.bare_get(bare).await?);
        }
        for _ in 0..ROUND {
            took[2].push(client.post(&by_id).await?);
        }
        for _ in 0..ROUND {
            took[3].push(client.bare_post(bare, &by_id).await?);
        }
        for _ in 0..ROUND {
            took[4].push(client.get_packed(&path).await?);
        }
    }
    let [get, bare_get, post, bare_post, packed] = took.map(median);
    Ok(vec![
        Ratio::speed(finished, get, bare_get, Some(least)),
        Ratio::speed(packed_name, packed, get, None),
        Ratio::speed(anew, post, bare_post, None),
    ])
}

/// What the model sees for the first time: the outfits of the demonstration.
async fn unknown(service: &Service, client: &Client) -> Outcome<Vec<Ratio>> {
    let outfits: Vec<PathBuf> =
        (1..=50).map(|number| demo().join(format!("outfits/{number:03}.jpg"))).collect();
    let mut whole = Vec::new();
    let mut alone = Vec::new();
    let mut first = Vec::new();
    let mut all = Vec::new();
    let progress = bar("unknown photos", outfits.len() as u64);
    for outfit in outfits.iter().progress_with(progress) {
        let photo = std::fs::read(outfit)?;
        let streamed = client.stream(&photo).await?;
        whole.push(streamed.completed);
        alone.push(client::models_alone(service, &photo, &streamed.look).await?);
        if streamed.garments >= 3 {
            first.extend(streamed.first_match);
            all.push(streamed.completed);
        }
    }
    let mut ratios = vec![Ratio::share(
        "a whole look, of its model time alone",
        median(whole),
        median(alone),
        1.05,
    )];
    if !first.is_empty() {
        let what = "the first match, of the whole (3 garments)";
        ratios.push(Ratio::share(what, median(first), median(all), 0.5));
    }
    Ok(ratios)
}

fn text<'a>(value: &'a Value, field: &str) -> Outcome<&'a str> {
    Ok(value[field].as_str().ok_or_else(|| format!("no `{field}` in {value}"))?)
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
