//! What can be set, told from the code: a page, a file to start from, and a schema for editors.

use std::fmt::Write;

use schemars::{Schema, schema_for};
use serde_json::{Map, Value};

use super::Settings;
use crate::demo;

/// The longest line of the file, but for what can not be broken.
const WIDTH: usize = 100;
/// Marks what is shown nowhere.
const SECRET: &str = "x-secret";

/// One setting.
struct Setting {
    /// As `server.listen`.
    name: String,
    meaning: String,
    kind: String,
    /// None where it is not set.
    default: Option<Value>,
    example: Option<Value>,
    is_secret: bool,
    /// The settings of each entry, where it is a list of tables.
    entries: Vec<Setting>,
}

/// Settings that stand in one table of the file.
struct Section {
    name: String,
    meaning: String,
    settings: Vec<Setting>,
}

/// The schema of a settings file (JSON Schema 2020-12): everything may be left out, and nothing else
/// may be there.
pub fn schema() -> Value {
    let mut schema = schema_for!(Settings).to_value();
    partial(&mut schema);
    schema
}

fn partial(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let is_entry = members.get("additionalProperties") == Some(&Value::Bool(false));
            if members.contains_key("properties") && !is_entry {
                members.remove("required");
                members.insert("additionalProperties".into(), false.into());
            }
            members.values_mut().for_each(partial);
        }
        Value::Array(values) => values.iter_mut().for_each(partial),
        _ => {}
    }
}

/// Whether a setting is one that is shown nowhere.
pub fn is_secret(name: &str) -> bool {
    let all = sections();
    let mut settings = all.iter().flat_map(|section| &section.settings);
    settings.any(|setting| setting.is_secret && setting.name == name)
}

/// The names of all settings, table by table.
pub fn names() -> Vec<String> {
    let all = sections().into_iter().flat_map(|section| section.settings);
    all.map(|setting| setting.name).collect()
}

fn sections() -> Vec<Section> {
    let schema = schema_for!(Settings);
    let defaults = defaults();
    let mut sections = Vec::new();
    gather(&schema, schema.as_value(), "", &defaults, &mut sections);
    sections
}

/// The defaults; models are where the demonstration has them.
fn defaults() -> Value {
    let folder = demo::folder().display().to_string();
    let mut defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    relative(&mut defaults, &folder);
    defaults
}

fn relative(value: &mut Value, folder: &str) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|value| relative(value, folder)),
        Value::String(text) => {
            if let Some(rest) = text.strip_prefix(folder) {
                *text = format!("demo{rest}");
            }
        }
        _ => {}
    }
}

/// A table's own settings, then the tables in it.
fn gather(root: &Schema, table: &Value, name: &str, defaults: &Value, into: &mut Vec<Section>) {
    let none = Map::new();
    let properties = resolved(root, table)["properties"].as_object().unwrap_or(&none);
    let (mut settings, mut tables) = (Vec::new(), Vec::new());
    for (key, property) in properties {
        let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
        let default = &defaults[key];
        if resolved(root, property)["properties"].is_object() {
            tables.push((name, property, default));
        } else {
            settings.push(setting(root, name, property, Some(default)));
        }
    }
    if !settings.is_empty() {
        let meaning = meaning(root, table);
        into.push(Section { name: name.to_owned(), meaning, settings });
    }
    for (name, table, default) in tables {
        gather(root, table, &name, default, into);
    }
}

fn setting(root: &Schema, name: String, property: &Value, default: Option<&Value>) -> Setting {
    let entry = resolved(root, &property["items"]);
    let entries = entry["properties"].as_object().map(|properties| {
        let entries = properties
            .iter()
            .map(|(key, property)| setting(root, key.clone(), property, property.get("default")));
        entries.collect()
    });
    let is_set = |value: &&Value| !value.is_null();
    Setting {
        name,
        meaning: meaning(root, property),
        kind: kind(root, property),
        default: default.filter(is_set).cloned(),
        example: property["examples"].get(0).cloned(),
        is_secret: property[SECRET] == true,
        entries: entries.unwrap_or_default(),
    }
}

/// What a reference points to; else the schema itself.
fn resolved<'a>(root: &'a Schema, schema: &'a Value) -> &'a Value {
    let target = schema["$ref"].as_str().and_then(|path| path.strip_prefix('#'));
    target.and_then(|path| root.as_value().pointer(path)).unwrap_or(schema)
}

fn meaning(root: &Schema, schema: &Value) -> String {
    let told = schema["description"].as_str();
    told.or(resolved(root, schema)["description"].as_str()).unwrap_or_default().replace('\n', " ")
}

fn kind(root: &Schema, schema: &Value) -> String {
    let schema = resolved(root, schema);
    let choices = schema["enum"].as_array().cloned().unwrap_or_default();
    let named = schema["oneOf"].as_array().into_iter().flatten();
    let named = named.flat_map(|choice| match (&choice["const"], &choice["enum"]) {
        (Value::Null, Value::Array(several)) => several.clone(),
        (one, _) => vec![one.clone()],
    });
    let choices: Vec<String> =
        choices.into_iter().chain(named).map(|choice| format!("`{choice}`")).collect();
    if !choices.is_empty() {
        return choices.join(", ");
    }
    let plain = match &schema["type"] {
        Value::Array(types) => types.iter().find(|kind| **kind != "null").unwrap_or(&Value::Null),
        plain => plain,
    };
    match plain.as_str() {
        Some("array") if resolved(root, &schema["items"])["properties"].is_object() => {
            "tables".into()
        }
        Some("array") => "list of texts".into(),
        Some("object") => "table".into(),
        Some("integer") => "whole number".into(),
        Some("boolean") => "`true`, `false`".into(),
        Some("number") => "number".into(),
        _ => "text".into(),
    }
}

/// `docs/settings.md`.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Settings\n\n\
         Written from the code by `UPDATE_DOCS=1 cargo test --workspace --test settings`; \
         [vitrine.example.toml](../vitrine.example.toml) is the same as a file to start from, and \
         `vitrine settings` prints what holds and where it was set.\n\n\
         Defaults, then `--config FILE` (TOML), then the environment, then flags; each is stronger \
         than the one before. A flag is `--set models.queue=64`; a list is \
         `--set 'outbound.allow_hosts=[\"feeds.internal\"]'`. `--data` and `--listen` are short for \
         their settings. A variable whose name ends in `_FILE` names the file that has the value, as \
         `VITRINE_DATA__DATABASE_FILE=/run/secrets/database`: for secrets. An unknown key is an error \
         that names the nearest known one. `vitrine settings --schema` prints a JSON Schema, by which \
         editors complete and check the file.\n",
    );
    for Section { name, meaning, settings } in sections() {
        let _ = write!(
            page,
            "\n## {name}\n\n{meaning}\n\n| Setting | Default | Meaning |\n|---|---|---|\n"
        );
        for setting in settings {
            let _ = writeln!(page, "{}", row(&setting));
            for entry in &setting.entries {
                let entry =
                    Setting { name: format!("{}[].{}", setting.name, entry.name), ..copied(entry) };
                let _ = writeln!(page, "{}", row(&entry));
            }
        }
    }
    page
}

fn copied(setting: &Setting) -> Setting {
    Setting {
        name: setting.name.clone(),
        meaning: setting.meaning.clone(),
        kind: setting.kind.clone(),
        default: setting.default.clone(),
        example: setting.example.clone(),
        is_secret: setting.is_secret,
        entries: Vec::new(),
    }
}

fn row(setting: &Setting) -> String {
    let Setting { name, meaning, kind, default, example, .. } = setting;
    let variable = match name.contains("[]") || kind == "tables" || kind == "table" {
        true => String::new(),
        false => format!("<br>`VITRINE_{}`", name.replace('.', "__").to_uppercase()),
    };
    let default = match default {
        Some(value) if !is_empty(value) => format!("`{}`", toml(value)),
        _ => "none".into(),
    };
    let example = match example {
        Some(example) => format!(" As `{}`.", toml(example)),
        None => String::new(),
    };
    format!("| `{name}`{variable} | {default} | {meaning}{example} ({kind}) |")
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

/// `vitrine.example.toml`.
pub fn example() -> String {
    let mut file = String::from(
        "# Every setting of Vitrine with its default. Use it with `vitrine serve --config vitrine.toml`.\n\
         #\n\
         # A variable in the environment is stronger than this file: VITRINE_MODELS__QUEUE=64.\n\
         # A flag is stronger than both: --set models.queue=64.\n\
         # An unknown key is an error that names the nearest known one.\n\
         # Written from the code, as docs/settings.md is.\n",
    );
    for Section { name, meaning, settings } in sections() {
        let is_list = settings.iter().all(|setting| setting.kind == "tables");
        let (lists, plain): (Vec<_>, Vec<_>) =
            settings.iter().partition(|setting| !setting.entries.is_empty());
        file.push('\n');
        comment(&mut file, &meaning);
        if !is_list {
            let _ = writeln!(file, "[{name}]");
        }
        let (tables, plain): (Vec<_>, Vec<_>) =
            plain.into_iter().partition(|setting| setting.kind == "table");
        for setting in plain {
            comment(&mut file, &setting.meaning);
            let _ = writeln!(file, "{}", line(setting));
        }
        for table in tables {
            comment(&mut file, &table.meaning);
            let _ = writeln!(file, "[{}]", table.name);
            for (key, value) in table.example.iter().filter_map(Value::as_object).flatten() {
                let _ = writeln!(file, "# {} = {}", quoted(key), toml(value));
            }
        }
        for list in lists {
            comment(&mut file, &list.meaning);
            let _ = writeln!(file, "# [[{}]]", list.name);
            for entry in &list.entries {
                let line = line(entry);
                let _ = writeln!(file, "# {}", line.trim_start_matches("# "));
            }
        }
    }
    file.push_str(PRODUCTION);
    file
}

const PRODUCTION: &str = r#"
# Production, on one machine with an NVIDIA GPU and a build with `--features cuda` or `flash-attn`:
# put these in place of the values above.
#
# [server]
# listen = "0.0.0.0:8080"
#
# [data]
# folder = "/var/lib/vitrine"
# secret_file = "/run/secrets/vitrine"
# cache_mib = 512
#
# [models]
# vision = "hub:Qwen/Qwen3-VL-4B-Instruct"
# isq = "4"
# photo_side = 768
#
# [embedder]
# model = "hub:Qwen/Qwen3-Embedding-0.6B"
#
# [log]
# format = "json"
"#;

fn line(setting: &Setting) -> String {
    let key = setting.name.rsplit('.').next().unwrap_or_default();
    match (&setting.default, &setting.example) {
        (Some(default), Some(example)) if is_empty(default) => {
            format!("# {key} = {}", toml(example))
        }
        (Some(default), _) => format!("{key} = {}", toml(default)),
        (None, Some(example)) => format!("# {key} = {}", toml(example)),
        (None, None) => format!("# {key} ="),
    }
}

/// Words as lines of a comment.
fn comment(file: &mut String, words: &str) {
    let mut line = String::from("#");
    for word in words.split_whitespace() {
        if line.len() + 1 + word.len() > WIDTH && line.len() > 1 {
            let _ = writeln!(file, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    if line.len() > 1 {
        let _ = writeln!(file, "{line}");
    }
}

fn quoted(key: &str) -> String {
    let is_bare = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if is_bare { key.to_owned() } else { Value::from(key).to_string() }
}

/// A value as TOML writes it.
pub fn toml(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            format!("[{}]", values.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".into(),
        Value::Object(members) => {
            let members = members.iter();
            let members = members.map(|(key, value)| format!("{} = {}", quoted(key), toml(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        // Kept in 32 bits, it is to be written as it was set.
        Value::Number(number) if number.is_f64() => {
            let wide = number.as_f64().unwrap_or_default();
            let narrow = wide as f32;
            if f64::from(narrow) == wide { format!("{narrow:?}") } else { format!("{wide:?}") }
        }
        other => other.to_string(),
    }
}
