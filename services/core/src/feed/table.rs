//! Delimited text, row by row.

use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord};

use super::{
    FeedError,
    columns::field,
    dialect::{Dialect, delimiter_of},
    fuse::{Allowance, Fuse},
    problem::{Place, Problem},
    record::{Field, Record},
};

/// The rows of a table with a header.
pub(super) struct Table<R> {
    reader: Reader<Fuse<R>>,
    allowance: Allowance,
    columns: Vec<Option<(Field, String)>>,
    record: StringRecord,
    row: u64,
}

impl<R: Read> Table<R> {
    /// `head` is how the text begins.
    pub(super) fn new(text: R, head: &str, dialect: Dialect) -> Result<Self, FeedError> {
        let (text, allowance) = Fuse::new(text);
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter_of(head.lines().next().unwrap_or_default()))
            .flexible(true)
            .from_reader(text);
        let header = reader.headers().map_err(unreadable)?;
        let columns: Vec<_> = header
            .iter()
            .map(|name| {
                let shown = name.trim().trim_start_matches('\u{feff}').to_owned();
                field(dialect, name).map(|field| (field, shown))
            })
            .collect();
        Ok(Self { reader, allowance, columns, record: StringRecord::new(), row: 0 })
    }

    /// Whether there is such a column.
    pub(super) fn has(&self, field: Field) -> bool {
        self.columns.iter().flatten().any(|(known, _)| *known == field)
    }
}

impl<R: Read> Iterator for Table<R> {
    type Item = Result<super::Read, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.allowance.from(self.reader.position().byte());
            match self.reader.read_record(&mut self.record) {
                Ok(false) => return None,
                Err(error) => return Some(Err(unreadable(error))),
                Ok(true) if self.record.iter().all(|text| text.trim().is_empty()) => {}
                Ok(true) => break,
            }
        }
        self.row += 1;
        let line = self.record.position().map_or(0, csv::Position::line);
        let place = Place { row: self.row, line };
        if self.record.len() > self.columns.len() {
            let (values, columns) = (self.record.len(), self.columns.len());
            let message = format!(
                "it has {values} values for {columns} columns; put quotes around values that hold \
                 the delimiter"
            );
            return Some(Ok(Err(Problem::of_row(place, "row_too_wide", message))));
        }
        let mut record = Record::at(place);
        for (column, text) in self.columns.iter().zip(&self.record) {
            if let Some((field, name)) = column {
                record.add(*field, name, text);
            }
        }
        Some(Ok(Ok(record)))
    }
}

fn unreadable(error: csv::Error) -> FeedError {
    FeedError::Unreadable(error.to_string())
}
