use reqwest::{Response, Url};
use vitrine_core::ports::ModelError;

use super::caller::{Failure, Next, unreachable};

/// Bytes of one line at most.
const LONGEST: usize = 1024 * 1024;

/// The lines of an answer as they come.
pub(super) struct Lines {
    address: Url,
    response: Response,
    /// What came after the last whole line.
    rest: Vec<u8>,
    /// From where on there may be an end of a line in it.
    from: usize,
}

impl Lines {
    pub(super) fn of(address: &Url, response: Response) -> Self {
        Self { address: address.clone(), response, rest: Vec::new(), from: 0 }
    }

    pub(super) fn address(&self) -> &Url {
        &self.address
    }

    /// The next line without its end; `None` where the answer is over.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Failure> {
        loop {
            if let Some(at) = self.rest[self.from..].iter().position(|byte| *byte == b'\n') {
                let after = self.rest.split_off(self.from + at + 1);
                let line = std::mem::replace(&mut self.rest, after);
                self.from = 0;
                return Ok(Some(text(&line)));
            }
            self.from = self.rest.len();
            if self.from > LONGEST {
                let error = format!("{} writes lines without an end", self.address);
                return Err(Failure { error: ModelError::Answer(error), next: Next::Elsewhere });
            }
            let piece = self.response.chunk().await;
            match piece.map_err(|error| unreachable(&self.address, &error))? {
                Some(piece) => self.rest.extend_from_slice(&piece),
                None if self.rest.is_empty() => return Ok(None),
                None => {
                    self.from = 0;
                    return Ok(Some(text(&std::mem::take(&mut self.rest))));
                }
            }
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end().to_owned()
}
