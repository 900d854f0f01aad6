use serde_json::{Map, Value};

use super::columns::plain_name;

/// A way in which feeds are written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// JSON lines, one product a line, in this service's own words.
    Vitrine,
    /// Google Merchant Center: tab-separated, CSV, RSS 2.0 or Atom. Meta's catalogs too.
    Google,
    /// Shopify's product CSV.
    Shopify,
    /// OpenAI's product feed: tab-separated, CSV or JSON lines.
    OpenAi,
    /// The Agentic Commerce Protocol's `products.jsonl`.
    Acp,
    /// schema.org's `Product` and `ProductGroup` as JSON-LD.
    SchemaOrg,
}

impl Dialect {
    pub const ALL: [Self; 6] =
        [Self::Vitrine, Self::Google, Self::Shopify, Self::OpenAi, Self::Acp, Self::SchemaOrg];

    /// The name that it is chosen by.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Vitrine => "vitrine",
            Self::Google => "google",
            Self::Shopify => "shopify",
            Self::OpenAi => "open-ai",
            Self::Acp => "acp",
            Self::SchemaOrg => "schema-org",
        }
    }
}

impl std::str::FromStr for Dialect {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|dialect| dialect.id() == text.trim());
        known.ok_or_else(|| format!("use one of: {}", Self::ALL.map(Self::id).join(", ")))
    }
}

impl std::fmt::Display for Dialect {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.id())
    }
}

/// The dialect that a row in JSON is in.
pub(super) fn of_object(row: &Map<String, Value>) -> Option<Dialect> {
    if row.keys().any(|key| key.starts_with('@')) {
        return Some(Dialect::SchemaOrg);
    }
    let Some(variants) = row.get("variants").and_then(Value::as_array) else {
        return row.contains_key("title").then_some(Dialect::OpenAi);
    };
    let structured = variants.iter().any(|variant| {
        variant.get("price").is_some_and(Value::is_object) || variant.get("title").is_some()
    });
    Some(if structured { Dialect::Acp } else { Dialect::Vitrine })
}

/// The dialect whose columns a header names.
pub(super) fn of_header(header: &str) -> Option<Dialect> {
    let names: Vec<String> = header
        .split(delimiter_of(header) as char)
        .map(|name| plain_name(name.trim_matches('"')))
        .collect();
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has("handle") || has("url_handle") {
        Some(Dialect::Shopify)
    } else if has("item_id")
        || has("image_url")
        || has("is_eligible_search")
        || has("enable_search")
    {
        Some(Dialect::OpenAi)
    } else if has("id") && (has("title") || has("price") || has("availability")) {
        Some(Dialect::Google)
    } else {
        None
    }
}

/// What separates the columns: the most frequent of tab, comma, semicolon and bar.
pub(super) fn delimiter_of(header: &str) -> u8 {
    let count = |delimiter: &u8| header.bytes().filter(|byte| byte == delimiter).count();
    *[b'|', b';', b',', b'\t'].iter().max_by_key(|delimiter| count(delimiter)).unwrap_or(&b',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_reads_back_from_its_name() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        assert!("excel".parse::<Dialect>().unwrap_err().contains("google"));
    }
}
