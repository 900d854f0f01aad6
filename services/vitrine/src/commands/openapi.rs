use std::{path::Path, process::ExitCode};

use super::out;
use crate::error::Error;

pub(super) fn run(check: Option<&Path>) -> Result<ExitCode, Error> {
    let contract = vitrine_api::contract();
    let Some(file) = check else { return out::write(&contract) };
    let kept = std::fs::read_to_string(file).map_err(Error::file(file))?;
    let Some(line) = first_difference(&kept, &contract) else { return Ok(ExitCode::SUCCESS) };
    eprintln!(
        "{} is not the contract: they differ from line {line} on; write it anew with \
         `vitrine openapi > {}`",
        file.display(),
        file.display()
    );
    Ok(ExitCode::FAILURE)
}

/// The first line, from 1, on which two texts differ.
fn first_difference(one: &str, other: &str) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    Some(same + 1)
}
