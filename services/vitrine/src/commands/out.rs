use std::{
    io::{ErrorKind, Write, stdout},
    path::Path,
    process::ExitCode,
};

use serde::Serialize;

use crate::error::Error;

/// Writes a value as JSON that a person can read.
pub(super) fn json(value: &impl Serialize) -> Result<ExitCode, Error> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Error::Settings(error.to_string()))?;
    write(&(text + "\n"))
}

/// Writes a long text to standard output. Whoever reads may have enough of it, as `head` has.
pub(super) fn write(text: &str) -> Result<ExitCode, Error> {
    let mut out = stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::file(Path::new("standard output"))(error))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}
