use std::io::{self, Read};

use super::is_told;
use vitrine_core::{
    feed::{
        Dialect, ExportDialect, Exporter, Feed, FeedError, FeedOptions, FeedProduct, MAX_VARIANTS,
        OfferFeed, OfferTaken, Place, Problem, Taken, clean,
    },
    money::Currency,
    product::Product,
};

/// Bytes are a feed of products that can be taken as they are and problems that say where they are,
/// and the same ones however the bytes come in.
pub fn feed(bytes: &[u8], options: FeedOptions) {
    let taken = all(Feed::open(bytes, options), bytes.len());
    let mut way = Way::through(bytes);
    let mut products = Place::default();
    for taken in &taken {
        match taken {
            Ok(Taken::Product(found)) => {
                way.place(&mut products, found.place);
                is_good(found, &way);
            }
            Ok(Taken::LeftOut(problem)) => way.problems(std::slice::from_ref(problem)),
            Ok(Taken::Refused { problems, .. }) => {
                assert!(!problems.is_empty(), "what is refused says why");
                way.problems(problems);
            }
            Err(error) => is_told(error),
        }
    }
    is_the_same(&taken, &all(Feed::open(Drip::of(bytes), options), bytes.len()));
}

/// The same of a feed of offers.
pub fn offers(bytes: &[u8], currency: Option<Currency>) {
    let taken = all(OfferFeed::open(bytes, currency), bytes.len());
    let mut way = Way::through(bytes);
    let mut changes = Place::default();
    for taken in &taken {
        match taken {
            Ok(OfferTaken::Change { place, change }) => {
                way.place(&mut changes, *place);
                assert_ne!(change.patch, Default::default(), "an offer says something");
            }
            Ok(OfferTaken::Refused(problems)) => {
                assert!(!problems.is_empty(), "what is refused says why");
                way.problems(problems);
            }
            Err(error) => is_told(error),
        }
    }
    is_the_same(&taken, &all(OfferFeed::open(Drip::of(bytes), currency), bytes.len()));
}

/// Every step up to the first error.
fn all<T>(
    feed: Result<impl Iterator<Item = Result<T, FeedError>>, FeedError>,
    bytes: usize,
) -> Vec<Result<T, FeedError>> {
    let feed = match feed {
        Ok(feed) => feed,
        Err(error) => return vec![Err(error)],
    };
    // A byte that is packed is a thousand, and makes no more rows than that.
    let most = bytes * 1_100 + 1;
    let mut taken = Vec::new();
    for step in feed {
        let is_last = step.is_err();
        taken.push(step);
        if is_last {
            break;
        }
        assert!(taken.len() <= most, "a feed comes to its end");
    }
    taken
}

/// The same steps; up to an error there may be more or fewer, since what is packed is unpacked in pieces.
fn is_the_same<T: PartialEq + std::fmt::Debug>(
    one: &[Result<T, FeedError>],
    other: &[Result<T, FeedError>],
) {
    match (one.split_last(), other.split_last()) {
        (Some((Err(error), one)), Some((Err(same), other))) => {
            assert_eq!(error, same);
            let length = one.len().min(other.len());
            assert_eq!(one[..length], other[..length]);
        }
        _ => assert_eq!(one, other),
    }
}

/// How far a feed was read, by the places that it told.
struct Way {
    /// Lines of the feed, where that can be told without reading it.
    lines: Option<u64>,
    problem: Place,
}

impl Way {
    fn through(bytes: &[u8]) -> Self {
        let is_plain = !bytes.starts_with(&[0x1f, 0x8b])
            && !bytes.starts_with(b"PK\x03\x04")
            && !bytes.contains(&0)
            && std::str::from_utf8(bytes).is_ok();
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        Self { lines: is_plain.then_some(lines), problem: Place::default() }
    }

    /// A place comes after the one before it, or is that one, and is in the feed.
    fn place(&self, before: &mut Place, place: Place) {
        assert!(place.row >= 1 && place.line >= 1, "{place:?}");
        assert!(place.row >= before.row && place.line >= before.line, "{before:?} {place:?}");
        assert!(self.lines.is_none_or(|lines| place.line <= lines), "{place:?} {:?}", self.lines);
        *before = place;
    }

    fn problems(&mut self, problems: &[Problem]) {
        for problem in problems {
            let mut before = self.problem;
            self.place(&mut before, problem.place);
            self.problem = before;
            is_told(problem);
            assert!(problem.to_string().starts_with(&format!("line {}", problem.place.line)));
        }
    }
}

/// A product is within its bounds, and the same once it was written out and read again.
fn is_good(found: &FeedProduct, way: &Way) {
    let FeedProduct { product, place, rows, warnings, .. } = found;
    assert!(*rows >= 1);
    assert!((1..=MAX_VARIANTS).contains(&product.variants.len()));
    assert!(!product.title.is_empty());
    for text in [&product.title, &product.description] {
        assert_eq!(*text, clean(text));
    }
    for warning in warnings {
        way.place(&mut place.clone(), warning.place);
        is_told(warning);
    }
    for variant in &product.variants {
        let offer = &variant.offer;
        assert!(offer.price.amount >= 0);
        assert!(offer.sale_price.is_none_or(|sale| (0..offer.price.amount).contains(&sale.amount)));
    }
    let dialect = (ExportDialect::Vitrine, Dialect::Vitrine);
    assert_eq!(written_and_read(product, dialect), *product);
}

fn written_and_read(product: &Product, (out, back): (ExportDialect, Dialect)) -> Product {
    let mut written = Vec::new();
    let mut exporter = Exporter::new(out, &mut written).expect("memory can be written to");
    exporter.write(product).expect("memory can be written to");
    exporter.finish().expect("memory can be written to");
    let options = FeedOptions { dialect: Some(back), currency: None };
    let mut taken = all(Feed::open(written.as_slice(), options), written.len());
    match (taken.pop(), taken.is_empty()) {
        (Some(Ok(Taken::Product(found))), true) => found.product,
        (last, _) => panic!("{taken:?} {last:?} of {}", String::from_utf8_lossy(&written)),
    }
}

/// Gives a byte, then two, then four, and so on.
struct Drip<'a> {
    left: &'a [u8],
    piece: usize,
}

impl<'a> Drip<'a> {
    fn of(left: &'a [u8]) -> Self {
        Self { left, piece: 1 }
    }
}

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.piece.min(self.left.len()).min(buffer.len());
        self.piece *= 2;
        let (now, later) = self.left.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.left = later;
        Ok(length)
    }
}
