use std::process::ExitCode;

use serde_json::Value;

use crate::{
    cli::Common,
    error::Error,
    settings::{Settings, reference, source},
};

/// Prints what holds and where it was set, as TOML; secrets are not shown.
pub(super) fn run(settings: &Settings, common: &Common) -> Result<ExitCode, Error> {
    let unwritable = |error: serde_json::Error| Error::Settings(error.to_string());
    let all = serde_json::to_value(settings).map_err(unwritable)?;
    let mut table = "";
    let names = reference::names();
    for name in &names {
        let (inside, key) = name.rsplit_once('.').unwrap_or(("", name));
        if inside != table {
            let gap = if table.is_empty() { "" } else { "\n" };
            println!("{gap}[{inside}]");
            table = inside;
        }
        let value = all.pointer(&format!("/{}", name.replace('.', "/"))).unwrap_or(&Value::Null);
        let source = source(common, None, name)?;
        let set = source.map_or_else(String::new, |source| format!("  # {source}"));
        match value {
            Value::Null => println!("# {key} is not set"),
            _ if reference::is_secret(name) => println!("# {key} is set, and not shown{set}"),
            value => println!("{key} = {}{set}", reference::toml(value)),
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the schema of a settings file.
pub(super) fn schema() -> ExitCode {
    println!("{:#}", reference::schema());
    ExitCode::SUCCESS
}
