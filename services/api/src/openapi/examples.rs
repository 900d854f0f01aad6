//! A whole body for each request and each good answer. The tests send the former and check the
//! latter.

use serde_json::Value;
use utoipa::{
    Modify,
    openapi::{
        Content, OpenApi, RefOr, Schema,
        path::{Parameter, ParameterBuilder},
    },
};

use super::{here, operations};

/// Examples of bodies, by the schema that they are of.
const BODIES: &[(&str, &str)] = &[
    ("AgentMessageBody", include_str!("examples/agent_message_body.json")),
    ("AgentQueue", include_str!("examples/agent_queue.json")),
    ("AgentView", include_str!("examples/agent_view.json")),
    ("CatalogHealth", include_str!("examples/catalog_health.json")),
    ("ChatMessage", include_str!("examples/chat_message.json")),
    ("CompletedLook", include_str!("examples/completed_look.json")),
    ("Conversation", include_str!("examples/conversation.json")),
    ("ConversationBody", include_str!("examples/conversation_body.json")),
    ("ConversationChange", include_str!("examples/conversation_change.json")),
    ("ConversationPage", include_str!("examples/conversation_page.json")),
    ("ConversionReport", include_str!("examples/conversion_report.json")),
    ("CustomerBody", include_str!("examples/customer_body.json")),
    ("CustomerData", include_str!("examples/customer_data.json")),
    ("CustomerProfile", include_str!("examples/customer_profile.json")),
    ("DeliveryPage", include_str!("examples/delivery_page.json")),
    ("DuplicatesPage", include_str!("examples/duplicates_page.json")),
    ("EventsAnswer", include_str!("examples/events_answer.json")),
    ("EventsBody", include_str!("examples/events_body.json")),
    ("ExperimentBody", include_str!("examples/experiment_body.json")),
    ("ExperimentList", include_str!("examples/experiment_list.json")),
    ("ExperimentState", include_str!("examples/experiment_state.json")),
    ("ExperimentsReport", include_str!("examples/experiments_report.json")),
    ("Feed", include_str!("examples/feed.json")),
    ("FeedBody", include_str!("examples/feed_body.json")),
    ("FeedList", include_str!("examples/feed_list.json")),
    ("Import", include_str!("examples/import.json")),
    ("ImportAddress", include_str!("examples/import_address.json")),
    ("ImportPage", include_str!("examples/import_page.json")),
    ("KeyBody", include_str!("examples/key_body.json")),
    ("KeyList", include_str!("examples/key_list.json")),
    ("LatencyReport", include_str!("examples/latency_report.json")),
    ("Look", include_str!("examples/look.json")),
    ("LookBody", include_str!("examples/look_body.json")),
    ("LookForm", include_str!("examples/look_form.json")),
    ("MessageBody", include_str!("examples/message_body.json")),
    ("MessageForm", include_str!("examples/message_form.json")),
    ("NamedRule", include_str!("examples/named_rule.json")),
    ("NamedSynonyms", include_str!("examples/named_synonyms.json")),
    ("NewKey", include_str!("examples/new_key.json")),
    ("NewWebhook", include_str!("examples/new_webhook.json")),
    ("Offers", include_str!("examples/offers.json")),
    ("OffersAnswer", include_str!("examples/offers_answer.json")),
    ("OverviewReport", include_str!("examples/overview_report.json")),
    ("PicturePage", include_str!("examples/picture_page.json")),
    ("PreviewBody", include_str!("examples/preview_body.json")),
    ("ProblemPage", include_str!("examples/problem_page.json")),
    ("Product", include_str!("examples/product.json")),
    ("ProductPage", include_str!("examples/product_page.json")),
    ("QueriesReport", include_str!("examples/queries_report.json")),
    ("Ready", include_str!("examples/ready.json")),
    ("RefinementBody", include_str!("examples/refinement_body.json")),
    ("Reindex", include_str!("examples/reindex.json")),
    ("ReplayAnswer", include_str!("examples/replay_answer.json")),
    ("ReplayBody", include_str!("examples/replay_body.json")),
    ("Reply", include_str!("examples/reply.json")),
    ("Rule", include_str!("examples/rule.json")),
    ("RuleList", include_str!("examples/rule_list.json")),
    ("SearchBody", include_str!("examples/search_body.json")),
    ("SearchForm", include_str!("examples/search_form.json")),
    ("SearchPage", include_str!("examples/search_page.json")),
    ("ShownProduct", include_str!("examples/shown_product.json")),
    ("SignInBody", include_str!("examples/sign_in_body.json")),
    ("SignedIn", include_str!("examples/signed_in.json")),
    ("SimilarProducts", include_str!("examples/similar_products.json")),
    ("SynonymList", include_str!("examples/synonym_list.json")),
    ("Synonyms", include_str!("examples/synonyms.json")),
    ("UcpGetProduct", include_str!("examples/ucp_get_product.json")),
    ("UcpLookup", include_str!("examples/ucp_lookup.json")),
    ("UcpProductAnswer", include_str!("examples/ucp_product_answer.json")),
    ("UcpSearch", include_str!("examples/ucp_search.json")),
    ("UcpSearchAnswer", include_str!("examples/ucp_search_answer.json")),
    ("Webhook", include_str!("examples/webhook.json")),
    ("WebhookBody", include_str!("examples/webhook_body.json")),
    ("WebhookChange", include_str!("examples/webhook_change.json")),
    ("WebhookList", include_str!("examples/webhook_list.json")),
];

/// Examples of bodies that are no JSON, by operation and content type.
const TEXTS: &[(&str, &str, &str)] = &[
    ("createImport", "application/jsonl", include_str!("examples/feed.jsonl")),
    ("createImport", "application/octet-stream", include_str!("examples/feed.jsonl")),
    ("createImport", "application/xml", include_str!("examples/feed.xml")),
    ("createImport", "text/csv", include_str!("examples/feed.csv")),
    ("createImport", "text/tab-separated-values", include_str!("examples/feed.tsv")),
    ("createLook", "text/event-stream", include_str!("examples/look_events.txt")),
    ("refineLook", "text/event-stream", include_str!("examples/look_events.txt")),
    ("sendMessage", "text/event-stream", include_str!("examples/message_events.txt")),
    ("exportCatalog", "application/jsonl", include_str!("examples/feed.jsonl")),
    ("exportCatalog", "text/csv", include_str!("examples/feed.csv")),
    ("exportCatalog", "text/tab-separated-values", include_str!("examples/feed.tsv")),
    ("listImportProblems", "text/csv", include_str!("examples/problems.csv")),
    ("getOverviewReport", "image/svg+xml", include_str!("examples/chart.svg")),
    ("getOverviewReport", "text/csv", include_str!("examples/overview_report.csv")),
    ("getConversionReport", "image/svg+xml", include_str!("examples/chart.svg")),
    ("getConversionReport", "text/csv", include_str!("examples/conversion_report.csv")),
    ("getQueriesReport", "image/svg+xml", include_str!("examples/chart.svg")),
    ("getQueriesReport", "text/csv", include_str!("examples/queries_report.csv")),
    ("getLatencyReport", "image/svg+xml", include_str!("examples/chart.svg")),
    ("getLatencyReport", "text/csv", include_str!("examples/latency_report.csv")),
    ("getExperimentsReport", "image/svg+xml", include_str!("examples/chart.svg")),
    ("getExperimentsReport", "text/csv", include_str!("examples/experiments_report.csv")),
    ("getConversationPhoto", "image/jpeg", "(the bytes of a JPEG file)"),
];

/// Examples of what has to stand in an address, by its schema or, where that is plain text, its
/// name.
const NAMES: &[(&str, &str)] = &[
    ("ConversationId", "01a20bf0-f8ca-7444-8c11-4ea8a190ebbc"),
    ("CustomerId", "customer-4711"),
    ("DuplicatesBy", "gtin"),
    ("ExperimentName", "fewer-matches"),
    ("ImportId", "01a20bf0-f8ca-7222-8a34-4ea8a190ebbc"),
    ("KeyId", "01a20bf0-f8ca-7333-9c12-4ea8a190ebbc"),
    ("WebhookId", "01a20bf0-f8ca-7333-9c12-4ea8a190ebbc"),
    ("LookId", "01a20bf0-f8ca-7111-b209-4ea8a190ebbc"),
    ("ProductId", "linden-midi"),
    ("name", "nightly"),
    ("photo_id", "3f2a9c0d5b7e41688d9f0a1b2c3d4e5f"),
];

pub(super) struct Examples;

impl Modify for Examples {
    fn modify(&self, document: &mut OpenApi) {
        for (_, _, operation) in operations(document) {
            let id = operation.operation_id.clone().unwrap_or_default();
            for parameter in operation.parameters.iter_mut().flatten().filter_map(here) {
                name(parameter);
            }
            if let Some(request) = operation.request_body.as_mut().and_then(here) {
                for (kind, content) in &mut request.content {
                    body(&id, kind, content);
                }
            }
            for (status, answer) in &mut operation.responses.responses {
                if let Some(answer) = here(answer).filter(|_| status.starts_with('2')) {
                    for (kind, content) in &mut answer.content {
                        body(&id, kind, content);
                    }
                }
            }
        }
    }
}

fn name(parameter: &mut Parameter) {
    let schema = parameter.schema.as_ref().and_then(name_of);
    let named = |(name, _): &&(&str, &str)| schema == Some(*name) || parameter.name == *name;
    if let Some((_, example)) = NAMES.iter().find(named) {
        let rebuilt = ParameterBuilder::from(std::mem::take(parameter));
        *parameter = rebuilt.example(Some(Value::from(*example))).build();
    }
}

fn body(operation: &str, kind: &str, content: &mut RefOr<Content>) {
    let Some(content) = here(content).filter(|content| content.example.is_none()) else { return };
    let schema = content.schema.as_ref().and_then(name_of);
    let of_schema = BODIES.iter().find(|(name, _)| schema == Some(name));
    let of_kind = TEXTS.iter().find(|(id, of, _)| (*id, *of) == (operation, kind));
    content.example = match (of_schema, of_kind) {
        (Some((_, json)), _) => serde_json::from_str(json).ok(),
        (None, Some((_, _, text))) => Some(Value::from(*text)),
        (None, None) => None,
    };
}

/// The name of a schema that has one.
fn name_of(schema: &RefOr<Schema>) -> Option<&str> {
    match schema {
        RefOr::Ref(named) => named.ref_location.rsplit('/').next(),
        RefOr::T(_) => None,
    }
}
