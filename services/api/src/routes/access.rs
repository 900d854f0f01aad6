//! The one table of who may call what. A path that is registered is closed to all until it stands
//! here; `docs/routes.md` is written from it.

use std::fmt::Write;

use vitrine_core::scope::Scope::{
    self, Agent, CatalogRead, CatalogWrite, Chat, Customers, Events, Keys, Looks, Reports, Search,
    Service, Webhooks,
};

use crate::tokens::Role;

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Without a token too.
    Everybody,
    /// Who has any of these scopes.
    Any(&'static [Scope]),
}

use Access::{Any, Everybody};

/// Method, path and who may call it.
type Row = (&'static str, &'static str, Access);

/// Products as customers see them are for who searches and for who keeps the catalog.
const PRODUCTS: Access = Any(&[Search, CatalogRead]);

const TABLE: &[Row] = &[
    ("POST", "/v1/looks", Any(&[Looks])),
    ("GET", "/v1/looks/{id}", Any(&[Looks])),
    ("POST", "/v1/looks/{id}/refinements", Any(&[Looks])),
    ("POST", "/v1/search", Any(&[Search])),
    ("GET", "/v1/products/{id}", Any(&[Search])),
    ("GET", "/v1/products/{id}/similar", Any(&[Search])),
    ("GET", "/v1/products/{id}/complete-the-look", Any(&[Search])),
    ("POST", "/v1/events", Any(&[Events])),
    ("GET", "/v1/customers/{id}", Any(&[Customers])),
    ("PUT", "/v1/customers/{id}", Any(&[Customers])),
    ("DELETE", "/v1/customers/{id}", Any(&[Customers])),
    ("GET", "/v1/experiments", Any(&[Reports])),
    ("GET", "/v1/experiments/{name}", Any(&[Reports])),
    ("PUT", "/v1/experiments/{name}", Any(&[CatalogWrite])),
    ("DELETE", "/v1/experiments/{name}", Any(&[CatalogWrite])),
    ("GET", "/v1/reports/overview", Any(&[Reports])),
    ("GET", "/v1/reports/conversion", Any(&[Reports])),
    ("GET", "/v1/reports/queries", Any(&[Reports])),
    ("GET", "/v1/reports/latency", Any(&[Reports])),
    ("GET", "/v1/reports/experiments", Any(&[Reports])),
    ("GET", "/v1/catalog/products", PRODUCTS),
    ("GET", "/v1/catalog/products/{id}", PRODUCTS),
    ("PUT", "/v1/catalog/products/{id}", Any(&[CatalogWrite])),
    ("PATCH", "/v1/catalog/products/{id}", Any(&[CatalogWrite])),
    ("DELETE", "/v1/catalog/products/{id}", Any(&[CatalogWrite])),
    ("GET", "/v1/catalog/health", Any(&[CatalogRead])),
    ("GET", "/v1/catalog/pictures", Any(&[CatalogRead])),
    ("GET", "/v1/catalog/duplicates", Any(&[CatalogRead])),
    ("GET", "/v1/catalog/export", Any(&[CatalogRead])),
    ("GET", "/v1/catalog/reindex", Any(&[Service])),
    ("POST", "/v1/catalog/reindex", Any(&[Service])),
    ("POST", "/v1/catalog/offers", Any(&[CatalogWrite])),
    ("GET", "/v1/catalog/rules", Any(&[CatalogRead])),
    ("POST", "/v1/catalog/rules/preview", Any(&[CatalogRead])),
    ("PUT", "/v1/catalog/rules/{name}", Any(&[CatalogWrite])),
    ("DELETE", "/v1/catalog/rules/{name}", Any(&[CatalogWrite])),
    ("GET", "/v1/catalog/synonyms", Any(&[CatalogRead])),
    ("PUT", "/v1/catalog/synonyms/{name}", Any(&[CatalogWrite])),
    ("DELETE", "/v1/catalog/synonyms/{name}", Any(&[CatalogWrite])),
    ("GET", "/v1/catalog/imports", Any(&[CatalogRead])),
    ("POST", "/v1/catalog/imports", Any(&[CatalogWrite])),
    ("GET", "/v1/catalog/imports/{id}", Any(&[CatalogRead])),
    ("DELETE", "/v1/catalog/imports/{id}", Any(&[CatalogWrite])),
    ("GET", "/v1/catalog/imports/{id}/problems", Any(&[CatalogRead])),
    ("GET", "/v1/catalog/feeds", Any(&[CatalogRead])),
    ("GET", "/v1/catalog/feeds/{name}", Any(&[CatalogRead])),
    ("PUT", "/v1/catalog/feeds/{name}", Any(&[CatalogWrite])),
    ("DELETE", "/v1/catalog/feeds/{name}", Any(&[CatalogWrite])),
    ("POST", "/v1/catalog/feeds/{name}/imports", Any(&[CatalogWrite])),
    ("GET", "/v1/keys", Any(&[Keys])),
    ("POST", "/v1/keys", Any(&[Keys])),
    ("DELETE", "/v1/keys/{id}", Any(&[Keys])),
    ("GET", "/v1/webhooks", Any(&[Webhooks])),
    ("POST", "/v1/webhooks", Any(&[Webhooks])),
    ("GET", "/v1/webhooks/{id}", Any(&[Webhooks])),
    ("PATCH", "/v1/webhooks/{id}", Any(&[Webhooks])),
    ("DELETE", "/v1/webhooks/{id}", Any(&[Webhooks])),
    ("POST", "/v1/webhooks/{id}/secret", Any(&[Webhooks])),
    ("GET", "/v1/webhooks/{id}/deliveries", Any(&[Webhooks])),
    ("POST", "/v1/webhooks/{id}/replays", Any(&[Webhooks])),
    ("POST", "/v1/conversations", Any(&[Chat])),
    ("GET", "/v1/conversations/{id}", Any(&[Chat])),
    ("DELETE", "/v1/conversations/{id}", Any(&[Chat])),
    ("POST", "/v1/conversations/{id}/messages", Any(&[Chat])),
    ("GET", "/v1/agent/conversations", Any(&[Agent])),
    ("GET", "/v1/agent/conversations/{id}", Any(&[Agent])),
    ("PATCH", "/v1/agent/conversations/{id}", Any(&[Agent])),
    ("GET", "/v1/agent/conversations/{id}/photos/{photo_id}", Any(&[Agent])),
    ("POST", "/v1/agent/conversations/{id}/messages", Any(&[Agent])),
    ("POST", "/v1/chat/completions", Any(&[Chat])),
    ("GET", "/v1/models", Any(&[Chat])),
    ("GET", "/v1/models/{id}", Any(&[Chat])),
    ("GET", "/inbound/whatsapp/{merchant}", Everybody),
    ("POST", "/inbound/whatsapp/{merchant}", Everybody),
    ("POST", "/inbound/webhooks/{merchant}/{name}", Everybody),
    ("GET", "/.well-known/ucp", Everybody),
    ("POST", "/ucp/catalog/search", Any(&[Search])),
    ("POST", "/ucp/catalog/lookup", Any(&[Search])),
    ("POST", "/ucp/catalog/product", Any(&[Search])),
    // Each tool needs a scope of its own besides.
    ("POST", "/mcp", Any(&[Looks, Search])),
    ("POST", "/v1/sign-in", Everybody),
    ("GET", "/", Everybody),
    ("GET", "/merchant", Everybody),
    ("GET", "/agent", Everybody),
    ("GET", "/pages/settings.json", Everybody),
    ("GET", "/pages/pictures/{file:.*}", Everybody),
    ("GET", "/pages/{file:.*}", Everybody),
    ("GET", "/healthz", Everybody),
    ("GET", "/readyz", Everybody),
    ("GET", "/metrics", Everybody),
    ("GET", "/openapi.json", Everybody),
    ("GET", "/problems", Everybody),
    ("GET", "/docs", Everybody),
    ("GET", "/docs/{file:.*}", Everybody),
];

/// Who may call a route; none where the table lacks it.
pub(crate) fn of(method: &str, path: &str) -> Option<Access> {
    let mut rows = TABLE.iter();
    rows.find(|row| row.0 == method && row.1 == path).map(|(.., access)| *access)
}

/// Scopes as a reader reads them: any of them does.
pub(crate) fn named(scopes: &[Scope]) -> String {
    let words: Vec<String> = scopes.iter().map(|scope| format!("`{}`", scope.id())).collect();
    words.join(" or ")
}

/// The table in Markdown, with what scopes and roles are, for the documentation.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Who may call what\n\n\
         Written from the code by `UPDATE_DOCS=1 cargo test --workspace --test routes`.\n\n\
         | Method | Path | Scope | Roles |\n|---|---|---|---|\n",
    );
    // Writing to a String can not fail.
    for (method, path, access) in TABLE {
        let (scopes, roles) = match access {
            Everybody => ("none".to_owned(), "everybody".to_owned()),
            Any(scopes) => {
                let may = |role: &&Role| role.scopes().has_any_of(scopes);
                let roles: Vec<&str> = Role::ALL.iter().filter(may).map(|role| role.id()).collect();
                (named(scopes), roles.join(", "))
            }
        };
        let _ = writeln!(page, "| {method} | `{path}` | {scopes} | {roles} |");
    }
    page.push_str("\n| Scope | Lets its holder |\n|---|---|\n");
    for scope in Scope::ALL {
        let _ = writeln!(page, "| `{}` | {} |", scope.id(), scope.words());
    }
    page.push_str("\n| Role | Scopes |\n|---|---|\n");
    for role in Role::ALL {
        let _ = writeln!(page, "| `{}` | `{}` |", role.id(), role.scopes());
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_stands_in_the_table_once_and_is_for_somebody() {
        for (at, (method, path, access)) in TABLE.iter().enumerate() {
            assert!(TABLE[..at].iter().all(|row| (row.0, row.1) != (*method, *path)), "{path}");
            assert_ne!(*access, Any(&[]), "{path}");
        }
        assert_eq!(of("GET", "/v1/looks"), None);
        assert_eq!(of("POST", "/v1/looks"), Some(Any(&[Looks])));
    }
}
