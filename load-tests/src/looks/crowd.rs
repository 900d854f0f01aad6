use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use image::{ImageReader, codecs::jpeg::JpegEncoder};
use serde_json::{Value, json};
use vitrine_tests::{Service, demo};

use super::{bar, client::Client, mark, median};
use crate::measure::Outcome;

/// What more than the unloaded time an accepted answer may take, the waiting in the queue aside.
pub(crate) const MOST: f64 = 1.2;
/// Photos that are sent one by one before the crowd, and as many after it.
const ALONE: u32 = 20;

/// Many clients at once before a queue that is too short for them.
pub(crate) struct Crowd {
    clients: u32,
    accepted: usize,
    told_to_come_back: usize,
    failed: usize,
    unloaded: Duration,
    median: Duration,
    slowest: Duration,
    /// What the service says of itself: alone, and with the others.
    own: [Duration; 2],
}

impl Crowd {
    /// The median with others there, of that alone.
    pub(crate) fn ratio(&self) -> f64 {
        self.median.as_secs_f64() / self.unloaded.as_secs_f64()
    }

    pub(super) fn print(&self) {
        let ratio = |time: Duration| time.as_secs_f64() / self.unloaded.as_secs_f64();
        println!(
            "{} clients at once: {} accepted, {} told to come back, {} failed",
            self.clients, self.accepted, self.told_to_come_back, self.failed
        );
        let missed = if ratio(self.median) > MOST { "  missed" } else { "" };
        println!(
            "  of the unloaded {:.0} ms, waiting in the queue aside: median {:.2}, slowest {:.2}  at most {MOST}{missed}",
            self.unloaded.as_secs_f64() * 1e3,
            ratio(self.median),
            ratio(self.slowest),
        );
        let [alone, with_others] = self.own.map(|time| time.as_secs_f64() * 1e3);
        println!(
            "  in the service, from the model's first step: {alone:.0} ms alone, {with_others:.0} ms then"
        );
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "clients": self.clients,
            "accepted": self.accepted,
            "told_to_come_back": self.told_to_come_back,
            "failed": self.failed,
            "unloaded_seconds": self.unloaded.as_secs_f64(),
            "median_seconds": self.median.as_secs_f64(),
            "slowest_seconds": self.slowest.as_secs_f64(),
            "own_seconds": self.own.map(|time| time.as_secs_f64()),
        })
    }
}

/// Photos that were never sent, all of the same outfit, so that each costs the model the same.
fn photos(count: u32) -> Outcome<Vec<Vec<u8>>> {
    let file = demo().join("photos/outfit.jpg");
    let outfit = ImageReader::open(&file)?.decode()?.into_rgb8();
    let mut photos = Vec::new();
    for number in 0..count {
        let mut picture = outfit.clone();
        // Shades that are close: what the model says of one, it says of all.
        let [red, green] = [number % 40, number / 40].map(|part| 150 + 2 * part as u8);
        mark(&mut picture, 16, [red, green, 200]);
        let mut bytes = Vec::new();
        JpegEncoder::new_with_quality(&mut bytes, 95).encode_image(&picture)?;
        photos.push(bytes);
    }
    Ok(photos)
}

/// How long an answer took besides its waiting in the queue: as its client saw it, and from when it
/// had its turn.
struct Took {
    seen: Duration,
    own: Duration,
}

impl Took {
    fn of(seen: Duration, look: &Value) -> Self {
        let timed =
            |step: &str| Duration::from_millis(look["timings"][step].as_u64().unwrap_or_default());
        Self { seen: seen.saturating_sub(timed("queue")), own: timed("total") }
    }
}

fn medians(took: &[Took]) -> (Duration, Duration) {
    let of = |which: fn(&Took) -> Duration| median(took.iter().map(which).collect());
    (of(|took| took.seen), of(|took| took.own))
}

async fn one_by_one(client: &Client, photos: &[Vec<u8>]) -> Outcome<Vec<Took>> {
    let mut took = Vec::new();
    for photo in photos {
        let started = Instant::now();
        let look = client.send(photo).await?;
        took.push(Took::of(started.elapsed(), &look));
    }
    Ok(took)
}

pub(super) async fn run(service: &Service, clients: u32) -> Outcome<Crowd> {
    let client = Arc::new(Client::new(service)?);
    let mut photos = photos(clients + 2 * ALONE)?;
    let mut after = photos.split_off(clients as usize);
    let before = after.split_off(ALONE as usize);
    let mut unloaded = one_by_one(&client, &before).await?;
    let progress = bar("a crowd", clients.into());
    let asked = photos.into_iter().map(|photo| {
        let (client, progress) = (Arc::clone(&client), progress.clone());
        tokio::spawn(async move {
            let started = Instant::now();
            let response = client.try_send(&photo).await?;
            let status = response.status().as_u16();
            let body: Value = response.json().await?;
            progress.inc(1);
            Outcome::Ok((status, started.elapsed(), body))
        })
    });
    let asked: Vec<_> = asked.collect();
    let mut accepted = Vec::new();
    let (mut told_to_come_back, mut failed) = (0, 0);
    for answer in asked {
        match answer.await? {
            Ok((200, took, look)) => accepted.push(Took::of(took, &look)),
            Ok((429, ..)) => told_to_come_back += 1,
            Ok(_) | Err(_) => failed += 1,
        }
    }
    progress.finish_and_clear();
    unloaded.extend(one_by_one(&client, &after).await?);
    let (alone, with_others) = (medians(&unloaded), medians(&accepted));
    Ok(Crowd {
        clients,
        accepted: accepted.len(),
        told_to_come_back,
        failed,
        unloaded: alone.0,
        median: with_others.0,
        slowest: accepted.iter().map(|took| took.seen).max().unwrap_or_default(),
        own: [alone.1, with_others.1],
    })
}
