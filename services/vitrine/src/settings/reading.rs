//! Where settings come from: defaults, then a TOML file, then environment variables, then flags.

use figment::{
    Figment, Metadata, Profile, Provider,
    providers::{Env, Format, Serialized, Toml},
    value::{Dict, Map},
};
use serde_json::Value;

use super::Settings;
use crate::{cli::Common, error::Error};

/// A source under a name of its own.
struct Named<P>(String, P);

impl<P: Provider> Provider for Named<P> {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.0.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        self.1.data()
    }
}

impl Settings {
    /// Reads all sources; an unknown key is an error that names the nearest known one.
    pub fn read(common: &Common, listen: Option<&str>) -> Result<Self, Error> {
        let given = given(common, listen)?;
        refuse_unknown(&given)?;
        Figment::from(Serialized::defaults(Self::default()))
            .merge(given)
            .extract()
            .map_err(|error| Error::Settings(format!("the settings can not be used: {error}")))
    }
}

/// What the source of a setting is called, where it is not its default.
pub fn source(common: &Common, listen: Option<&str>, name: &str) -> Result<Option<String>, Error> {
    let given = given(common, listen)?;
    Ok(given.find_metadata(name).map(|metadata| metadata.name.to_string()))
}

/// What was set, the defaults aside.
pub(super) fn given(common: &Common, listen: Option<&str>) -> Result<Figment, Error> {
    let mut given = Figment::new();
    if let Some(file) = &common.config {
        if !file.is_file() {
            let message = format!("there is no settings file {}", file.display());
            return Err(Error::Settings(message));
        }
        let name = file.display().to_string();
        given = given.merge(Named(name, Toml::file_exact(file)));
    }
    let variables = Env::prefixed("VITRINE_").split("__");
    for (key, path) in variables.iter() {
        if let Some(name) = kept_in_file(key.as_str()) {
            let text = std::fs::read_to_string(path.trim()).map_err(|error| {
                Error::Settings(format!("`{name}` is to be read from {path}: {error}"))
            })?;
            let source = format!("the file {}", path.trim());
            given = given.merge(Named(source, Serialized::global(&name, text.trim_end())));
        }
    }
    let variables = variables.filter(|key| kept_in_file(key.as_str()).is_none());
    given = given.merge(Named("the environment".into(), variables));
    for pair in &common.set {
        let (key, value) = pair.split_once('=').ok_or_else(|| {
            Error::Settings(format!("`--set {pair}` has no `=`; write it as models.isq=4"))
        })?;
        let value = Serialized::global(key.trim(), plain_value(value.trim()));
        given = given.merge(Named("--set".into(), value));
    }
    if let Some(folder) = &common.data {
        given = given.merge(Named("--data".into(), Serialized::global("data.folder", folder)));
    }
    if let Some(listen) = listen {
        let listen = Serialized::global("server.listen", listen);
        given = given.merge(Named("--listen".into(), listen));
    }
    Ok(given)
}

/// The setting whose value is in the file that a variable names: `data.database` of
/// `data.database_file`. None where that is a setting itself.
fn kept_in_file(key: &str) -> Option<String> {
    let key = key.to_ascii_lowercase();
    let name = key.strip_suffix("_file")?;
    let known = known();
    let is = |name: &str| known.iter().any(|leaf| leaf == name);
    (is(name) && !is(&key)).then(|| name.to_owned())
}

/// The dotted names of all settings.
fn known() -> Vec<String> {
    leaves("", &serde_json::to_value(Settings::default()).unwrap_or_default())
}

fn plain_value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::Array(_))) => value,
        _ => Value::from(text),
    }
}

fn refuse_unknown(given: &Figment) -> Result<(), Error> {
    let unreadable = |error| Error::Settings(format!("the settings can not be read: {error}"));
    let given: Value = given.extract().map_err(unreadable)?;
    let known = known();
    for key in leaves("", &given) {
        // A table with nothing in it, as in a file of which all else is commented out.
        let empty = key.strip_suffix('*');
        let inside_known = known.iter().any(|leaf| match leaf.strip_suffix('*') {
            Some(table) => key.starts_with(table),
            None => key == *leaf || empty.is_some_and(|table| leaf.starts_with(table)),
        });
        if !inside_known {
            let nearest = known.iter().max_by(|one, other| {
                strsim::jaro_winkler(one, &key).total_cmp(&strsim::jaro_winkler(other, &key))
            });
            let nearest = nearest.map(String::as_str).unwrap_or_default();
            let message = format!("`{key}` is not a setting; did you mean `{nearest}`?");
            return Err(Error::Settings(message));
        }
    }
    Ok(())
}

/// The dotted names of all values that are not tables; `name.*` for a table that is empty, whose
/// names are the operator's own.
fn leaves(prefix: &str, value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) if members.is_empty() && !prefix.is_empty() => {
            vec![format!("{prefix}.*")]
        }
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, value)| {
                let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                leaves(&name, value)
            })
            .collect(),
        _ => vec![prefix.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::{common, with_file};

    #[test]
    fn a_flag_is_stronger_than_the_file() {
        let text = "[models]\nqueue = 7\nisq = 4\n[server]\nlisten = \"0.0.0.0:1\"";
        let settings = with_file(text, &["models.queue=9"]).unwrap();
        assert_eq!(settings.models.queue, 9);
        assert_eq!(settings.models.isq.as_deref(), Some("4"));
        assert_eq!(settings.server.listen, "0.0.0.0:1");
    }

    #[test]
    fn a_list_is_set_by_a_flag_as_json() {
        let set = common(&[r#"outbound.allow_hosts=["feeds.internal", "10.0.0.7"]"#]);
        let settings = Settings::read(&set, None).unwrap();
        assert_eq!(settings.outbound().allow_hosts, ["feeds.internal", "10.0.0.7"]);
    }

    #[test]
    fn an_unknown_key_names_the_nearest_known_one() {
        let error = with_file("[models]\nvisoin = \"x\"", &[]).unwrap_err().to_string();
        assert_eq!(error, "`models.visoin` is not a setting; did you mean `models.vision`?");
        let error = Settings::read(&common(&["server.listn=x"]), None).unwrap_err().to_string();
        assert!(error.ends_with("did you mean `server.listen`?"), "{error}");
    }

    #[test]
    fn a_variable_may_name_the_file_that_has_a_setting() {
        assert_eq!(kept_in_file("data.database_file").as_deref(), Some("data.database"));
        assert_eq!(kept_in_file("MODELS.API_KEY_FILE").as_deref(), Some("models.api_key"));
        for setting in ["data.secret_file", "data.database", "data.nothing_file"] {
            assert_eq!(kept_in_file(setting), None);
        }
    }

    #[test]
    fn a_value_of_the_wrong_kind_says_which() {
        let error = with_file("[models]\nqueue = \"many\"", &[]).unwrap_err().to_string();
        assert!(error.contains("models.queue") || error.contains("queue"), "{error}");
    }

    #[test]
    fn a_file_that_is_missing_is_an_error() {
        let missing = Common { config: Some("no-such.toml".into()), ..common(&[]) };
        let error = Settings::read(&missing, None).unwrap_err().to_string();
        assert!(error.contains("no-such.toml"), "{error}");
    }
}
