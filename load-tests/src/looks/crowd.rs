use std::{
    io::Cursor,
    sync::Arc,
    time::{Duration, Instant},
};

use image::{ImageFormat, ImageReader};
use serde_json::{Value, json};
use vitrine_tests::{Service, demo};

use super::{bar, client::Client, median};
use crate::measure::Outcome;

/// What more than the unloaded time an accepted answer may take, the waiting in the queue aside.
const MOST: f64 = 1.2;

/// Many clients at once before a queue that is too short for them.
pub(super) struct Crowd {
    clients: u32,
    accepted: usize,
    told_to_come_back: usize,
    failed: usize,
    unloaded: Duration,
    median: Duration,
    slowest: Duration,
}

impl Crowd {
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
        let [red, green, _] = [number % 256, number / 256, 0].map(|part| part as u8);
        for x in 0..picture.width().min(16) {
            for y in 0..picture.height().min(16) {
                picture.put_pixel(x, y, image::Rgb([red, green, 0]));
            }
        }
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png)?;
        photos.push(bytes.into_inner());
    }
    Ok(photos)
}

/// How long an answer took besides its waiting in the queue.
fn beside_waiting(took: Duration, look: &Value) -> Duration {
    let queued = look["timings"]["queue"].as_u64().unwrap_or_default();
    took.saturating_sub(Duration::from_millis(queued))
}

pub(super) async fn run(service: &Service, clients: u32) -> Outcome<Crowd> {
    let client = Arc::new(Client::new(service)?);
    let mut photos = photos(clients + 10)?;
    let mut unloaded = Vec::new();
    for photo in photos.split_off(clients as usize) {
        let started = Instant::now();
        let look = client.send(&photo).await?;
        unloaded.push(beside_waiting(started.elapsed(), &look));
    }
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
            Ok((200, took, look)) => accepted.push(beside_waiting(took, &look)),
            Ok((429, ..)) => told_to_come_back += 1,
            Ok(_) | Err(_) => failed += 1,
        }
    }
    progress.finish_and_clear();
    Ok(Crowd {
        clients,
        accepted: accepted.len(),
        told_to_come_back,
        failed,
        unloaded: median(unloaded),
        slowest: accepted.iter().max().copied().unwrap_or_default(),
        median: median(accepted),
    })
}
