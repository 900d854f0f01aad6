use std::process::ExitCode;

use serde_json::Value;

use super::out;
use crate::{
    cli::Common,
    error::Error,
    settings::{Settings, reference, source},
};

/// Prints what holds and where it was set, as TOML; secrets are not shown.
pub(super) fn run(settings: &Settings, common: &Common) -> Result<ExitCode, Error> {
    let unwritable = |error: serde_json::Error| Error::Settings(error.to_string());
    let all = serde_json::to_value(settings).map_err(unwritable)?;
    let (mut text, mut table) = (String::new(), "");
    let names = reference::names();
    for name in &names {
        let (inside, key) = name.rsplit_once('.').unwrap_or(("", name));
        if inside != table {
            let gap = if table.is_empty() { "" } else { "\n" };
            text += &format!("{gap}[{inside}]\n");
            table = inside;
        }
        let value = all.pointer(&format!("/{}", name.replace('.', "/"))).unwrap_or(&Value::Null);
        let source = source(common, None, name)?;
        let set = source.map_or_else(String::new, |source| format!("  # {source}"));
        text += &match value {
            Value::Null => format!("# {key} is not set\n"),
            _ if reference::is_secret(name) => format!("# {key} is set, and not shown{set}\n"),
            value => format!("{key} = {}{set}\n", reference::toml(value)),
        };
    }
    out::write(&text)
}

/// Prints the schema of a settings file.
pub(super) fn schema() -> Result<ExitCode, Error> {
    out::write(&format!("{:#}\n", reference::schema()))
}
