use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vitrine_models::ServedSettings;

use super::{Settings, models::one_or_more};
use crate::error::Error;

/// Whether photos are judged before the model looks at them, and refused where they are none for a
/// shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Moderation {
    /// Whether photos are judged before the model looks at them: those without clothes, of a
    /// person's nakedness or of documents are refused with a fixed sentence, and nothing of them is
    /// kept. "off", "model" (the one of [models]; the small one was not trained to) or "server".
    /// Where a photo can not be judged it is not answered.
    pub by: By,
    /// Servers that judge photos by `/v1/moderations`, as OpenAI's API has it. Photos are sent to
    /// them.
    #[serde(deserialize_with = "one_or_more")]
    #[schemars(example = ["https://api.openai.com"])]
    pub servers: Vec<String>,
    /// What they call their model.
    pub model: String,
    /// The servers' key. Better given by the environment or a file.
    #[schemars(example = &"secret", extend("x-secret" = true))]
    pub api_key: Option<String>,
    /// The longest that one verdict of a server may take.
    pub timeout_seconds: u64,
}

/// Who judges photos.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// Nobody.
    Off,
    /// The vision-language model.
    Model,
    Server,
}

/// Who judges photos, and how they are asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Judge {
    /// The vision-language model.
    Model,
    Served(ServedSettings),
}

impl Default for Moderation {
    fn default() -> Self {
        Self {
            by: By::Off,
            servers: Vec::new(),
            model: "omni-moderation-latest".into(),
            api_key: None,
            timeout_seconds: 20,
        }
    }
}

impl Settings {
    /// Who judges photos, if anybody does. Servers that are named and would not be asked are an
    /// error: whoever names some means photos to be judged.
    pub fn judge(&self) -> Result<Option<Judge>, Error> {
        let Moderation { by, servers: urls, model, api_key, timeout_seconds } =
            self.moderation.clone();
        let refuse = |what: &str| Err(Error::Settings(what.into()));
        match (by, urls.is_empty()) {
            (By::Off, true) => Ok(None),
            (By::Model, true) => Ok(Some(Judge::Model)),
            (By::Server, false) => {
                Ok(Some(Judge::Served(ServedSettings { urls, model, api_key, timeout_seconds })))
            }
            (By::Server, true) => refuse(
                "`moderation.by` is `server`, and `moderation.servers` names none; name one, as \
                 https://api.openai.com",
            ),
            (By::Off | By::Model, false) => refuse(
                "`moderation.servers` are named, and `moderation.by` has nobody ask them; set it to \
                 `server`, or name no servers",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Common;

    fn judge(set: &[&str]) -> Result<Option<Judge>, Error> {
        let set = set.iter().map(|set| (*set).to_owned()).collect();
        Settings::read(&Common { config: None, set, data: None }, None)?.judge()
    }

    #[test]
    fn nobody_judges_photos_where_nothing_is_set() {
        assert_eq!(judge(&[]).unwrap(), None);
        assert_eq!(judge(&["moderation.by=off"]).unwrap(), None);
    }

    #[test]
    fn photos_are_judged_by_the_model_or_by_servers() {
        assert_eq!(judge(&["moderation.by=model"]).unwrap(), Some(Judge::Model));
        let served = judge(&[
            "moderation.by=server",
            "moderation.servers=http://a:1, http://b:1",
            "moderation.api_key=secret",
        ]);
        let Some(Judge::Served(served)) = served.unwrap() else { panic!("not served") };
        assert_eq!(served.urls, ["http://a:1", "http://b:1"]);
        assert_eq!((served.model.as_str(), served.timeout_seconds), ("omni-moderation-latest", 20));
        assert_eq!(served.api_key.as_deref(), Some("secret"));
    }

    #[test]
    fn servers_that_are_missing_or_would_not_be_asked_are_an_error_that_says_what_to_set() {
        for (set, told) in [
            (&["moderation.by=server"][..], "`moderation.servers` names none; name one"),
            (&["moderation.servers=http://a:1"], "set it to `server`"),
            (&["moderation.by=model", "moderation.servers=http://a:1"], "set it to `server`"),
            (&["moderation.by=nobody"], "moderation.by"),
        ] {
            let error = judge(set).unwrap_err().to_string();
            assert!(error.contains(told), "{set:?}: {error}");
        }
    }
}
