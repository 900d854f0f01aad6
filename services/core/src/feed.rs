//! A merchant's feed, from bytes to checked products: unpacked, decoded, its dialect told from how
//! it begins, read row by row, brought to this service's words, checked, and put together where a
//! dialect writes one variant a row. Whatever its length, a few rows are in memory at once.

mod assemble;
mod beginning;
mod check;
mod columns;
mod dialect;
mod draft;
mod encoding;
mod export;
mod fuse;
mod html;
mod json;
mod lines;
mod offers;
mod own;
mod problem;
mod record;
mod sale;
mod schema_org;
mod shopify;
mod table;
mod unpack;
mod words;
mod xml;

use std::io::{self, BufReader, Cursor, Read as _};

use jiff::Timestamp;

use crate::{ids::ProductId, money::Currency, product::Product};

use assemble::{Assembled, Assembler, Draft};
use beginning::{Above, Beginning, Written};
use check::{check, check_variant};
use encoding::Utf8;
use problem::shortened;
use record::{Field, Record};
use shopify::{Shopify, read_options};
use table::Table;
use xml::Items;

pub use dialect::Dialect;
pub use draft::{ProductDraft, VariantDraft};
pub use export::{ExportDialect, Exporter, NotWritten};
pub use offers::{OfferFeed, OfferTaken};
pub use own::{UnknownField, unknown_fields};
pub(crate) use words::colour_named;

pub use problem::{Place, Problem, ProblemCode, Severity};
pub(crate) use words::{Said, said};

/// The longest line of JSON that is read, in bytes.
pub const MAX_LINE: usize = 1024 * 1024;
/// The most variants of one product.
pub const MAX_VARIANTS: usize = 2_000;
/// Rows of one product that are put together before they are given on.
const PART: u64 = 500;
/// How much of a feed is looked at to tell its dialect, in bytes; more where its first lines are
/// longer.
const HEAD: usize = 64 * 1024;
const LONG_HEAD: usize = 2 * MAX_LINE;

/// Why a feed can not be read on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    #[error("the feed can not be read: {0}")]
    Unreadable(String),
    #[error(
        "it does not begin like any feed that is known; name its dialect: {}",
        Dialect::ALL.map(Dialect::id).join(", ")
    )]
    Unknown,
}

impl FeedError {
    /// The identifier that programs compare.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "feed_unreadable",
            Self::Unknown => "feed_unknown",
        }
    }
}

impl FeedError {
    /// What a reader says, which may hold what the feed says, however long that is.
    fn unreadable(why: impl Into<String>) -> Self {
        Self::Unreadable(shortened(why, 300))
    }
}

impl From<io::Error> for FeedError {
    fn from(error: io::Error) -> Self {
        Self::unreadable(error.to_string())
    }
}

/// How a feed is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FeedOptions {
    /// Told from how the feed begins, where not set.
    pub dialect: Option<Dialect>,
    /// The currency of prices that name none, as Shopify's.
    pub currency: Option<Currency>,
}

/// One step through a feed.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    Product(Box<FeedProduct>),
    /// A row that is left out on purpose.
    LeftOut(Problem),
    /// A row that can not be taken; which product it was to be, where that can be read.
    Refused {
        product: Option<ProductId>,
        problems: Vec<Problem>,
    },
}

/// A product with the variants of rows that follow one another, 500 rows at most.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedProduct {
    pub product: Product,
    /// Where the first of these rows stands.
    pub place: Place,
    pub rows: u64,
    pub warnings: Vec<Problem>,
    /// Further on, rows may come that hold more variants of it.
    pub partial: bool,
}

/// A row in a merchant's words, or why it can not be read.
type Read = Result<Record, Problem>;

/// The rows of a feed in a merchant's words.
type Records<'a> = Box<dyn Iterator<Item = Result<Read, FeedError>> + Send + 'a>;

/// A row as far as its dialect's reader understands it.
enum Row {
    /// In this service's own words, and what was passed over.
    Draft(Place, Box<ProductDraft<'static>>, Vec<Problem>),
    /// In a merchant's.
    Record(Record),
    LeftOut(Problem),
    Unreadable(Problem),
}

impl From<Read> for Row {
    fn from(read: Read) -> Self {
        match read {
            Ok(record) => Self::Record(record),
            Err(problem) => Self::Unreadable(problem),
        }
    }
}

type Rows<'a> = Box<dyn Iterator<Item = Result<Row, FeedError>> + Send + 'a>;

/// The products of a feed.
pub struct Feed<'a> {
    rows: Rows<'a>,
    dialect: Dialect,
    assembler: Assembler,
    open: Option<FeedProduct>,
    /// A row that told of the open product, if nothing that it said of that was wrong.
    row: Option<Record>,
}

impl<'a> Feed<'a> {
    /// Begins to read: packed or not, in whatever encoding.
    pub fn open(bytes: impl io::Read + Send + 'a, options: FeedOptions) -> Result<Self, FeedError> {
        let (head, text) = begin(bytes)?;
        let begins = Beginning::of(&head, options.dialect).ok_or(FeedError::Unknown)?;
        let dialect = begins.dialect;
        let rows = rows(begins, text, &head)?;
        let (currency, now) = (options.currency, Timestamp::now());
        let assembler = Assembler { currency, now, ..Assembler::default() };
        Ok(Self { rows, dialect, assembler, open: None, row: None })
    }

    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Takes a checked product in: what was open before is done, if it is another one or has as
    /// many rows as are held.
    fn put(&mut self, found: FeedProduct) -> Option<Taken> {
        let goes_on = |open: &FeedProduct| {
            found.partial && open.rows < PART && open.product.id == found.product.id
        };
        match &mut self.open {
            Some(open) if goes_on(open) => {
                open.rows += found.rows;
                open.warnings.extend(found.warnings);
                open.product.add_variants(found.product.variants);
                None
            }
            open => open.replace(found).map(Box::new).map(Taken::Product),
        }
    }

    fn take(&mut self, row: Row) -> Option<Taken> {
        match row {
            Row::LeftOut(problem) => Some(Taken::LeftOut(problem)),
            Row::Unreadable(problem) => {
                Some(Taken::Refused { product: None, problems: vec![problem] })
            }
            Row::Draft(place, draft, mut warnings) => {
                let id = ProductId::new(&draft.id).ok();
                match check(place, &draft) {
                    Ok(product) => {
                        self.put(FeedProduct { product, place, rows: 1, warnings, partial: false })
                    }
                    Err(problems) => {
                        warnings.extend(problems);
                        Some(Taken::Refused { product: id, problems: warnings })
                    }
                }
            }
            Row::Record(record) => self.take_record(record),
        }
    }

    fn take_record(&mut self, mut record: Record) -> Option<Taken> {
        read_options(&mut record);
        if self.add_variant(&record) {
            return None;
        }
        let place = record.place;
        let draft = match self.assembler.assemble(&record) {
            Assembled::Draft(draft) => draft,
            Assembled::LeftOut(problem) => return Some(Taken::LeftOut(problem)),
            Assembled::Refused(product, problem) => {
                return Some(Taken::Refused { product, problems: vec![problem] });
            }
        };
        match check(place, &draft.product) {
            Ok(product) => {
                let Draft { warnings, product_is_sound: is_sound, .. } = *draft;
                self.row = is_sound.then_some(record);
                self.put(FeedProduct { product, place, rows: 1, warnings, partial: true })
            }
            Err(problems) => {
                let product = ProductId::new(&draft.product.id).ok();
                let told = problems.into_iter().map(|problem| draft.in_its_words(problem));
                let mut problems: Vec<Problem> = told.collect();
                // Where one column names product and variant, it is told once.
                problems
                    .dedup_by(|one, other| (one.code, &one.column) == (other.code, &other.column));
                Some(Taken::Refused { product, problems })
            }
        }
    }

    /// Adds the variant of a row that says of the open product what a row before it said, without
    /// reading that again. Where it is another product or anything is wrong, nothing is done.
    fn add_variant(&mut self, record: &Record) -> bool {
        let (Some(open), Some(row)) = (&mut self.open, &self.row) else { return false };
        if open.rows >= PART || !says_the_same_product(row, record) {
            return false;
        }
        let (draft, warnings) = self.assembler.variant(record);
        let Some(variant) = check_variant(record.place, &draft) else { return false };
        open.rows += 1;
        open.warnings.extend(warnings);
        open.product.add_variants(vec![variant]);
        true
    }
}

/// Whether two rows name one product and say the same of it, whatever they say of its variants.
fn says_the_same_product(one: &Record, other: &Record) -> bool {
    one.value(Field::Group).is_some() && one.of_product().eq(other.of_product())
}

impl Iterator for Feed<'_> {
    type Item = Result<Taken, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.rows.next() {
                None => return self.open.take().map(Box::new).map(Taken::Product).map(Ok),
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok(row)) => {
                    if let Some(taken) = self.take(row) {
                        return Some(Ok(taken));
                    }
                }
            }
        }
    }
}

/// How a feed begins, and the whole of it as UTF-8.
fn begin<'a>(
    bytes: impl io::Read + Send + 'a,
) -> Result<(String, Box<dyn io::Read + Send + 'a>), FeedError> {
    let mut text = Utf8::new(unpack::unpack(BufReader::new(bytes))?);
    let (mut begun, mut lines) = (Vec::new(), 0);
    while begun.len() < LONG_HEAD && (begun.is_empty() || lines < 2) {
        let from = begun.len();
        if text.by_ref().take(HEAD as u64).read_to_end(&mut begun)? == 0 {
            break;
        }
        lines += begun[from..].iter().filter(|byte| **byte == b'\n').count();
    }
    let head = String::from_utf8_lossy(&begun).into_owned();
    Ok((head, Box::new(Cursor::new(begun).chain(text))))
}

/// The text without what stands above its beginning.
fn below<R: io::Read>(mut text: R, above: &Above) -> io::Result<R> {
    io::copy(&mut text.by_ref().take(above.bytes as u64), &mut io::sink())?;
    Ok(text)
}

/// The rows of a feed; `head` is how its text begins.
fn rows<'a>(
    begins: Beginning,
    text: impl io::Read + Send + 'a,
    head: &str,
) -> Result<Rows<'a>, FeedError> {
    let Beginning { dialect, written, above } = begins;
    let text = below(text, &above)?;
    let head = &head[above.bytes..];
    let records: Records<'a> = match (written, dialect) {
        (Written::Lines, Dialect::Vitrine) => {
            return Ok(Box::new(json::rows(BufReader::new(text), own::line)));
        }
        (Written::Lines, dialect) => Box::new(json::rows(
            BufReader::new(text),
            match dialect {
                Dialect::Acp => json::acp,
                Dialect::SchemaOrg => schema_org::line,
                _ => json::open_ai,
            },
        )),
        (Written::Document, _) => schema_org::document(BufReader::new(text))?,
        (Written::Xml, _) => Box::new(Items::new(text, &above)),
        (Written::Table, Dialect::Shopify) => {
            let rows = Shopify::new(Table::new(text, head, &above, dialect)?);
            return Ok(Box::new(strays(above).chain(rows)));
        }
        (Written::Table, _) => Box::new(Table::new(text, head, &above, dialect)?),
    };
    Ok(Box::new(strays(above).chain(records.map(|read| read.map(Row::from)))))
}

fn strays(above: Above) -> impl Iterator<Item = Result<Row, FeedError>> {
    above.strays.into_iter().map(|stray| Ok(Row::Unreadable(stray)))
}

/// A product that comes whole, checked as a row of a feed is.
pub fn check_product(product: &Product) -> Result<Product, Vec<Problem>> {
    check(Place { row: 1, line: 1 }, &ProductDraft::from(&*product.own()))
}

/// One line of clean text: no control characters, no runs of white space.
pub fn clean(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether single spaces between words are all the white space of a text.
fn is_clean(text: &str) -> bool {
    let mut after_space = true;
    for letter in text.chars() {
        after_space = match letter {
            '!'..='~' => false,
            ' ' if !after_space => true,
            _ if letter.is_whitespace() || letter.is_control() => return false,
            _ => false,
        };
    }
    !after_space || text.is_empty()
}

#[cfg(test)]
mod tests;
