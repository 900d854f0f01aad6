//! Delimited text, row by row.

use std::{
    io::{self, Read},
    sync::Arc,
};

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{
    FeedError,
    beginning::Above,
    columns::{content_part, field},
    dialect::{Dialect, delimiter_of},
    fuse::{Allowance, Fuse},
    problem::{Place, Problem, ProblemCode},
    record::{Field, Record},
};

/// The rows of a table with a header.
pub(super) struct Table<R> {
    reader: Reader<Fuse<io::Chain<R, &'static [u8]>>>,
    allowance: Allowance,
    columns: Vec<Option<Column>>,
    record: StringRecord,
    row: u64,
    /// Lines above the header.
    above: u64,
    /// Lines end as on Windows.
    crlf: bool,
}

/// A column that is used, with its name in the feed.
struct Column {
    field: Field,
    name: Arc<str>,
    /// Of a structured text: where its content stands, and how many parts there are.
    content: Option<(usize, usize)>,
}

impl<R: Read> Table<R> {
    /// `head` is how the text begins, which what stands `above` is no part of.
    pub(super) fn new(
        text: R,
        head: &str,
        above: &Above,
        dialect: Dialect,
    ) -> Result<Self, FeedError> {
        let header = head.split_once('\n').map_or(head, |(header, _)| header);
        let crlf = header.ends_with('\r');
        // Every row ends in a line's end, so that lines can be counted by them.
        let end: &[u8] = if crlf { b"\r\n" } else { b"\n" };
        let (text, allowance) = Fuse::new(text.chain(end));
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter_of(header)).flexible(true).from_reader(text);
        let header = reader.headers().map_err(unreadable)?;
        let columns: Vec<_> = header
            .iter()
            .map(|name| {
                let shown = name.trim().trim_start_matches('\u{feff}').into();
                let content = content_part(name);
                field(dialect, name).map(|field| Column { field, name: shown, content })
            })
            .collect();
        let (record, row, above) = (StringRecord::new(), above.rows(), above.lines);
        Ok(Self { reader, allowance, columns, record, row, above, crlf })
    }

    /// The line that the record begins on. The reader says where it ends, and counts the line as
    /// ended once it has read `\n`, of which it leaves the one behind `\r` for later.
    /// `before` is the line that it was at; where it went on by one line, none ends in the record.
    fn line(&self, before: u64) -> u64 {
        let counted = u64::from(!self.crlf);
        let after = self.reader.position().line();
        let inside = match after.saturating_sub(before) {
            0 | 1 => 0,
            _ => self.record.iter().map(newlines).sum(),
        };
        (self.above + after).saturating_sub(counted + inside)
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, field: Field) -> bool {
        self.columns.iter().flatten().any(|column| column.field == field)
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = Result<super::Read, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut before;
        loop {
            before = self.reader.position().line();
            self.allowance.from(self.reader.position().byte());
            match self.reader.read_record(&mut self.record) {
                Ok(false) => return None,
                Err(error) => return Some(Err(unreadable(error))),
                Ok(true) if self.record.iter().all(|text| text.trim().is_empty()) => {}
                Ok(true) => break,
            }
        }
        self.row += 1;
        let line = self.line(before);
        let place = Place { row: self.row, line };
        if self.record.len() > self.columns.len() {
            let (values, columns) = (self.record.len(), self.columns.len());
            let message = format!(
                "it has {values} values for {columns} columns; put quotes around values that hold \
                 the delimiter"
            );
            return Some(Ok(Err(Problem::of_row(place, ProblemCode::RowTooWide, message))));
        }
        let (values, bytes) = (self.record.len(), self.record.as_slice().len());
        let mut record = Record::with_room(place, values, bytes);
        for (column, text) in self.columns.iter().zip(&self.record) {
            if let Some(Column { field, name, content }) = column {
                let text = content.map_or(text, |(at, parts)| content_of(text, at, parts));
                record.add(*field, Arc::clone(name), text);
            }
        }
        Some(Ok(Ok(record)))
    }
}

fn newlines(text: &str) -> u64 {
    text.bytes().filter(|byte| *byte == b'\n').count() as u64
}

/// The content of `trained_algorithmic_media:"Stride: a dress"`; it alone may hold colons.
fn content_of(text: &str, at: usize, parts: usize) -> &str {
    let mut content = text;
    for _ in 0..at {
        content = content.split_once(':').map_or(content, |(_, rest)| rest);
    }
    for _ in at + 1..parts {
        content = content.rsplit_once(':').map_or(content, |(rest, _)| rest);
    }
    let content = content.trim();
    content.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(content)
}

fn unreadable(error: csv::Error) -> FeedError {
    FeedError::unreadable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stands_on_the_line_that_it_begins_on_however_lines_end() {
        let text = "id,title\n1,a\n\n\n2,\"b\nc\"\n3,d\n4,e";
        let above = Above { lines: 2, ..Above::default() };
        for text in [text.to_owned(), format!("{text}\n"), text.replace('\n', "\r\n")] {
            let table = Table::new(text.as_bytes(), &text, &above, Dialect::Google).unwrap();
            let lines: Vec<_> = table
                .map(|row| row.unwrap().unwrap())
                .map(|record| (record.place.row, record.place.line))
                .collect();
            assert_eq!(lines, [(1, 4), (2, 7), (3, 9), (4, 10)], "{text:?}");
        }
    }
}
