use serde_json::Value;

use super::{columns::plain_name, table::below_remarks};

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

    /// The dialect that a feed begins like.
    pub(super) fn of(head: &str) -> Option<Self> {
        match head.trim_start().chars().next()? {
            '<' => head
                .contains("<rss")
                .then_some(Self::Google)
                .or_else(|| head.contains("<feed").then_some(Self::Google)),
            '{' | '[' => of_json(head),
            _ => of_header(below_remarks(head).lines().next()?),
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

fn of_json(head: &str) -> Option<Dialect> {
    let first = head.lines().find(|line| !line.trim().is_empty())?;
    let Ok(Value::Object(row)) = serde_json::from_str(first) else {
        return (head.contains("\"@type\"") || head.contains("schema.org"))
            .then_some(Dialect::SchemaOrg);
    };
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

fn of_header(header: &str) -> Option<Dialect> {
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
    fn a_feed_is_known_by_how_it_begins() {
        for (head, dialect) in [
            ("id\ttitle\tprice\n", Some(Dialect::Google)),
            ("\"id\",\"title\",\"image link\"\n", Some(Dialect::Google)),
            ("<?xml version=\"1.0\"?>\n<rss version=\"2.0\">", Some(Dialect::Google)),
            ("<feed xmlns=\"http://www.w3.org/2005/Atom\">", Some(Dialect::Google)),
            ("Handle,Title,Body (HTML)\n", Some(Dialect::Shopify)),
            ("Title,URL handle,Description\n", Some(Dialect::Shopify)),
            ("item_id,title,url\n", Some(Dialect::OpenAi)),
            ("\n# Winter\nid\ttitle\tprice\n", Some(Dialect::Google)),
            ("sep=;\r\nid;title;price\r\n", Some(Dialect::Google)),
            ("{\"item_id\":\"1\",\"title\":\"a\"}\n", Some(Dialect::OpenAi)),
            (
                "{\"id\":\"1\",\"title\":\"a\",\"variants\":[{\"id\":\"2\",\"price\":\"1 EUR\"}]}",
                Some(Dialect::Vitrine),
            ),
            (
                "{\"id\":\"1\",\"variants\":[{\"id\":\"2\",\"title\":\"a\",\"price\":{\"amount\":1}}]}",
                Some(Dialect::Acp),
            ),
            (
                "{\"@context\":\"https://schema.org\",\"@type\":\"Product\"}",
                Some(Dialect::SchemaOrg),
            ),
            ("[\n  {\n    \"@type\": \"Product\"", Some(Dialect::SchemaOrg)),
            ("<html><body>", None),
            ("hello\n", None),
            ("", None),
        ] {
            assert_eq!(Dialect::of(head), dialect, "{head}");
        }
    }

    #[test]
    fn every_dialect_reads_back_from_its_name() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
        }
        assert!("excel".parse::<Dialect>().unwrap_err().contains("google"));
    }
}
