//! RSS 2.0 and Atom with Google's namespace, item by item.

use std::{
    borrow::Cow,
    io::{BufRead, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use quick_xml::{
    Reader,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::{
    FeedError,
    beginning::Above,
    columns::field,
    dialect::Dialect,
    fuse::{Allowance, Fuse},
    problem::Place,
    record::Record,
};

/// The items of a feed.
pub(super) struct Items<R: Read> {
    reader: Reader<Counted<BufReader<Fuse<R>>>>,
    allowance: Allowance,
    lines: Arc<AtomicU64>,
    buffer: Vec<u8>,
    row: u64,
}

impl<R: Read> Items<R> {
    /// What stands `above` is no part of the text.
    pub(super) fn new(text: R, above: &Above) -> Self {
        let (text, allowance) = Fuse::new(text);
        let lines = Arc::new(AtomicU64::new(above.lines + 1));
        let text = Counted { inner: BufReader::new(text), lines: Arc::clone(&lines) };
        Self {
            reader: Reader::from_reader(text),
            allowance,
            lines,
            buffer: Vec::new(),
            row: above.rows(),
        }
    }

    fn read(&mut self) -> Result<Option<Record>, quick_xml::Error> {
        loop {
            self.allowance.from(self.reader.buffer_position());
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer)? {
                Event::Eof => return Ok(None),
                Event::Start(tag) if matches!(tag.local_name().as_ref(), "item" | "entry") => {
                    self.row += 1;
                    let line = self.lines.load(Ordering::Relaxed);
                    return self.item(Place { row: self.row, line }).map(Some);
                }
                _ => {}
            }
        }
    }

    /// Reads up to the item's end: its children's texts, and what `content` of a structured text
    /// says. Deeper elements, as those of `shipping`, are left out.
    fn item(&mut self, place: Place) -> Result<Record, quick_xml::Error> {
        let mut record = Record::at(place);
        let mut path: Vec<String> = Vec::new();
        let mut text = String::new();
        loop {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer)? {
                Event::Eof => break,
                Event::Start(tag) => {
                    path.push(name_of(&tag));
                    text.clear();
                }
                Event::Empty(tag) => {
                    if let (true, Some(href)) = (path.is_empty(), href_of(&tag)) {
                        put(&mut record, &name_of(&tag), &href);
                    }
                }
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::CData(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(entity) => text.push_str(&resolved(&entity)?),
                Event::End(_) => match path.pop() {
                    None => break,
                    Some(name) => {
                        match path.as_slice() {
                            [] => put(&mut record, &name, &text),
                            [outer]
                                if name.ends_with("content") && outer.contains("structured_") =>
                            {
                                put(&mut record, outer, &text);
                            }
                            _ => {}
                        }
                        text.clear();
                    }
                },
                _ => {}
            }
        }
        Ok(record)
    }
}

impl<R: Read> Iterator for Items<R> {
    type Item = Result<super::Read, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        let read = self.read().map_err(|error| {
            let line = self.lines.load(Ordering::Relaxed);
            FeedError::unreadable(format!("line {line}: {error}"))
        });
        read.map(|record| record.map(Ok)).transpose()
    }
}

fn put(record: &mut Record, name: &str, text: &str) {
    if let Some(field) = field(Dialect::Google, name) {
        record.add(field, name, text);
    }
}

fn name_of(tag: &BytesStart<'_>) -> String {
    tag.name().as_ref().to_owned()
}

/// The address of Atom's `link`.
fn href_of(tag: &BytesStart<'_>) -> Option<String> {
    let href = tag.try_get_attribute("href").ok()??;
    quick_xml::escape::unescape(&href.value).ok().map(Cow::into_owned)
}

/// What an entity stands for; one that is not known stays as it was written.
fn resolved(entity: &BytesRef<'_>) -> Result<String, quick_xml::Error> {
    if let Some(letter) = entity.resolve_char_ref()? {
        return Ok(letter.to_string());
    }
    let name = entity.xml10_content();
    Ok(resolve_predefined_entity(&name).map_or_else(|| format!("&{name};"), str::to_owned))
}

/// Counts the lines that were read.
struct Counted<R> {
    inner: R,
    lines: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.inner.read(buffer)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        let passed =
            self.inner.fill_buf().map_or(&[][..], |piece| &piece[..amount.min(piece.len())]);
        let lines = passed.iter().filter(|byte| **byte == b'\n').count();
        self.lines.fetch_add(lines as u64, Ordering::Relaxed);
        self.inner.consume(amount);
    }
}
