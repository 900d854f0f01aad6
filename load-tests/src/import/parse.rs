//! Reading a feed to checked products, next to reading its table.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use csv::{ReaderBuilder, StringRecord};
use vitrine_core::{
    feed::{Feed, FeedOptions, Taken},
    product::Product,
};

use super::drawn::COLUMNS;
use crate::measure::Outcome;

/// The products of the feed, each whole.
pub(super) fn products(feed: &[u8]) -> impl Iterator<Item = Outcome<(Product, u64)>> + '_ {
    let opened = Feed::open(feed, FeedOptions::default());
    let (feed, unopened) = match opened {
        Ok(feed) => (Some(feed), None),
        Err(error) => (None, Some(Err(error.into()))),
    };
    let taken = feed.into_iter().flatten().map(|taken| match taken? {
        Taken::Product(found) => Ok((found.product, found.rows)),
        other => Err(format!("a row of the drawn feed was not taken: {other:?}").into()),
    });
    unopened.into_iter().chain(taken)
}

pub(super) fn ours(feed: &[u8], rows: u64) -> Outcome<Duration> {
    let started = Instant::now();
    let mut read = 0;
    for product in products(feed) {
        let (product, rows) = product?;
        black_box(product);
        read += rows;
    }
    let took = started.elapsed();
    all(read, rows)?;
    Ok(took)
}

pub(super) fn bare(feed: &[u8], rows: u64) -> Outcome<Duration> {
    let started = Instant::now();
    let mut reader = ReaderBuilder::new().delimiter(b'\t').flexible(true).from_reader(feed);
    let mut record = StringRecord::new();
    let (mut read, mut fields) = (0, 0);
    while reader.read_record(&mut record)? {
        read += 1;
        fields += record.iter().map(black_box).count();
    }
    let took = started.elapsed();
    all(read, rows)?;
    all(fields as u64, rows * COLUMNS as u64)?;
    Ok(took)
}

/// A step that leaves something out measures nothing.
pub(super) fn all(done: u64, asked: u64) -> Outcome<()> {
    if done == asked { Ok(()) } else { Err(format!("{done} of {asked} were done").into()) }
}
