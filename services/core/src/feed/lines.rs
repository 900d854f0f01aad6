//! Text line by line, each of bounded length.

use std::io::{self, BufRead, Read};

use super::{
    FeedError, MAX_LINE,
    problem::{Place, Problem, ProblemCode},
};

/// Lines that are not empty, with their places.
pub(super) struct Lines<R> {
    text: R,
    place: Place,
}

/// A line, or why it can not be read.
pub(super) type Line = Result<(Place, String), Problem>;

impl<R: BufRead> Lines<R> {
    pub(super) fn new(text: R) -> Self {
        Self { text, place: Place::default() }
    }

    fn read(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut line = Vec::new();
            let read = self.text.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(None);
            }
            self.place.line += 1;
            if line.len() > MAX_LINE && line.last() != Some(&b'\n') {
                self.skip_line()?;
                self.place.row += 1;
                let message = format!("longer than {MAX_LINE} bytes; split the product");
                return Ok(Some(Err(Problem::of_row(
                    self.place,
                    ProblemCode::RowTooLong,
                    message,
                ))));
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim_start_matches('\u{feff}').trim();
            if !line.is_empty() {
                self.place.row += 1;
                return Ok(Some(Ok((self.place, line.to_owned()))));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let piece = self.text.fill_buf()?;
            let end = piece.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(piece.len(), |end| end + 1);
            let ended = end.is_some() || piece.is_empty();
            self.text.consume(length);
            if ended {
                return Ok(());
            }
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Line, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().map_err(FeedError::from).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_lines_are_counted_as_lines_and_not_as_rows() {
        let text = "\u{feff}a\n\n  \nb".as_bytes();
        let read: Vec<_> = Lines::new(text).map(|line| line.unwrap().unwrap()).collect();
        let at = |row, line| Place { row, line };
        assert_eq!(read, [(at(1, 1), "a".to_owned()), (at(2, 4), "b".to_owned())]);
    }

    #[test]
    fn a_line_that_is_too_long_is_left_out_and_the_next_one_read() {
        let text = [&b"x".repeat(MAX_LINE * 2)[..], b"\nb\n"].concat();
        let read: Vec<_> = Lines::new(&text[..]).map(|line| line.unwrap()).collect();
        assert_eq!(read[0].as_ref().unwrap_err().code.as_str(), "row_too_long");
        assert_eq!(read[1].as_ref().unwrap().1, "b");
    }
}
