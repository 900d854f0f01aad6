//! Hours' worth of looks as fast as they go, with an eye on what the service holds.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use reqwest::{Client, multipart::Form};
use serde_json::{Value, json};
use tokio::time::interval;

use super::{
    flat,
    own::Own,
    photos::Photos,
    target::Target,
    verdict::Verdict,
    watch::{Held, of_process},
    world::{client, part},
};
use crate::{
    measure::{Outcome, machine},
    progress::bar,
    service::demo,
};

/// How often memory and descriptors are looked at.
const SAMPLE: Duration = Duration::from_secs(1);
/// Clients at once for photos that are known.
const CLIENTS: usize = 4;
/// The service's tokens are good for an hour.
const LENGTH: Duration = Duration::from_secs(50 * 60);
/// Caches that are full long before the run is half over: what grows on then is none of them.
const SMALL: [&str; 2] = ["data.cache_mib=8", "photos.cache_mib=8"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Looks at photos that are known, answered without the model.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    known: u32,
    /// Looks at photos that were never seen, in between.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(40..=1_000_000))]
    new: u32,
    /// A file that the figures are written to as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// An error where a look fails, or what the service holds grows on.
pub(crate) async fn run(args: &Args) -> Outcome<()> {
    let own = Own::start(LENGTH, &SMALL).await?;
    let target = &own.target;
    let process = target.process.ok_or("the service has no process")?;
    let held = Arc::new(Mutex::new(Vec::new()));
    let over = Arc::new(AtomicBool::new(false));
    let started = Instant::now();
    let watching = tokio::spawn(watch(process, started, Arc::clone(&held), Arc::clone(&over)));
    let asked = ask(args, target).await;
    over.store(true, Ordering::Relaxed);
    watching.await?;
    asked?;
    let took = started.elapsed();
    let held = held.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let verdicts = flat::verdicts(&held);
    let peak = held.iter().map(|held| held.memory).max().unwrap_or_default();
    println!(
        "{} looks at known photos and {} at new ones in {:.0} s, none failed; at most {:.0} MB",
        args.known,
        args.new,
        took.as_secs_f64(),
        peak as f64 / 1e6
    );
    verdicts.iter().for_each(Verdict::print);
    println!("{}", machine());
    if let Some(file) = &args.json {
        let text = serde_json::to_string_pretty(&told(args, took, &held, &verdicts))?;
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    match verdicts.iter().find(|verdict| verdict.kept == Some(false)) {
        Some(missed) => Err(format!("missed: {}: {}", missed.what, missed.said).into()),
        None => Ok(()),
    }
}

fn told(args: &Args, took: Duration, held: &[Held], verdicts: &[Verdict]) -> Value {
    let held = held.iter().map(|held| {
        json!({"seconds": held.at.as_secs(), "bytes": held.memory, "descriptors": held.descriptors})
    });
    json!({
        "machine": machine(),
        "known": args.known,
        "new": args.new,
        "seconds": took.as_secs_f64(),
        "verdicts": verdicts.iter().map(Verdict::to_json).collect::<Vec<_>>(),
        "held": held.collect::<Vec<_>>(),
    })
}

async fn watch(process: u32, started: Instant, held: Arc<Mutex<Vec<Held>>>, over: Arc<AtomicBool>) {
    let mut seconds = interval(SAMPLE);
    while !over.load(Ordering::Relaxed) {
        seconds.tick().await;
        if let Some((memory, descriptors)) = of_process(process) {
            let at = started.elapsed();
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            held.push(Held { at, memory, descriptors });
        }
    }
}

/// After each new photo so many of the known ones that both end together.
async fn ask(args: &Args, target: &Target) -> Outcome<()> {
    let http = client(target).build()?;
    let photos = Photos::read(&demo())?;
    let mut ids = Vec::new();
    for photo in photos.known() {
        let look = send(&http, target, photo.clone()).await?;
        ids.push(look["photo_id"].as_str().ok_or("a look without its photo")?.to_owned());
    }
    let progress = bar("looks", u64::from(args.known) + u64::from(args.new));
    let mut known = 0;
    for new in 1..=args.new {
        send(&http, target, photos.a_new_one()?).await?;
        let until = u64::from(args.known) * u64::from(new) / u64::from(args.new);
        let asked = stream::iter(known..until)
            .map(|number| again(&http, target, &ids[number as usize % ids.len()]))
            .buffer_unordered(CLIENTS);
        asked.collect::<Vec<_>>().await.into_iter().collect::<Outcome<()>>()?;
        progress.inc(1 + until - known);
        known = until;
    }
    progress.finish_and_clear();
    Ok(())
}

/// Anything but a look is an error.
async fn send(http: &Client, target: &Target, photo: Vec<u8>) -> Outcome<Value> {
    let request = http.post(target.url.join("/v1/looks")?).bearer_auth(&target.tokens.shopper);
    let request = request.multipart(Form::new().part("photo", part(photo)));
    Ok(request.send().await?.error_for_status()?.json().await?)
}

async fn again(http: &Client, target: &Target, photo: &str) -> Outcome<()> {
    let request = http.post(target.url.join("/v1/looks")?).bearer_auth(&target.tokens.shopper);
    let request = request.json(&json!({"photo": {"id": photo}}));
    let look: Value = request.send().await?.error_for_status()?.json().await?;
    match look["cached"] == true {
        true => Ok(()),
        false => Err(format!("the photo {photo} is no longer known").into()),
    }
}
