//! The one table of everything that can go wrong at the door. Answers, the page at `/problems`
//! and the reference in the documentation are all written from it.

use std::fmt::Write;

/// Declares [`Code`] and its table.
macro_rules! problems {
    ($($variant:ident = $id:literal, $status:literal, $title:literal, $remedy:literal;)+) => {
        /// What went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Code { $(#[doc = $title] $variant,)+ }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The identifier that programs compare; never changes.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)+ }
            }

            /// The HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// What went wrong, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$variant => $remedy,)+ }
            }
        }
    };
}

problems! {
    TokenMissing = "token_missing", 401, "A token is needed",
        "Send `Authorization: Bearer <token>` with a token or a key that is good here.";
    TokenInvalid = "token_invalid", 401, "The token is not valid",
        "Ask the shop for a new token or key; this one is not of this service, was changed, or was revoked.";
    TokenExpired = "token_expired", 401, "The token has expired",
        "Ask the shop for a new token or key.";
    RoleNotAllowed = "role_not_allowed", 403, "The token may not do this",
        "Use a token or a key with the scope that `/openapi.json` names for the operation.";
    SignInInvalid = "sign_in_invalid", 422, "It is not said as whom to sign in",
        "Send a JSON object with `role`, one that `/openapi.json` lists.";
    SignInClosed = "sign_in_closed", 403, "Nobody signs in here without a token",
        "Send a token or a key of the shop with each request; the operator can let guests in as shoppers (`pages.guests`).";
    KeyInvalid = "key_invalid", 422, "The key can not be made",
        "Send a JSON object with a `name`, `scopes` that `/openapi.json` lists, and `expires_at`, a time to come, if it shall end by itself.";
    KeyUnknown = "key_unknown", 404, "There is no such key",
        "Use an id that `GET /v1/keys` lists; one that was revoked is gone.";
    KeysTooMany = "keys_too_many", 409, "There are too many keys",
        "Revoke those that are not used; `GET /v1/keys` tells when each last was.";
    WebhookInvalid = "webhook_invalid", 422, "The webhook can not be kept",
        "Send a JSON object with `url`, an http or https address, and `events` that `/openapi.json` lists.";
    WebhookUnknown = "webhook_unknown", 404, "There is no such webhook",
        "Use an id that `GET /v1/webhooks` lists.";
    WebhooksTooMany = "webhooks_too_many", 409, "There are too many webhooks",
        "Delete one that is not used, or have one server told of more.";
    DeliveryUnknown = "delivery_unknown", 422, "There is no such delivery",
        "Use an id that `GET /v1/webhooks/{id}/deliveries` lists; what came to its end is kept for 30 days.";
    ConversationUnknown = "conversation_unknown", 404, "There is no such conversation",
        "Begin one with `POST /v1/conversations`; one that is old or was deleted is gone.";
    ConversationInvalid = "conversation_invalid", 422, "The conversation can not be kept so",
        "Send a JSON object with what `/openapi.json` lists.";
    ConversationAnswering = "conversation_answering", 409, "The message before this one is being answered",
        "Send the message again after the seconds that `Retry-After` names, once the one before it has its reply.";
    ConversationChanged = "conversation_changed", 409, "Somebody else answered meanwhile",
        "Read the conversation again with `GET /v1/conversations/{id}`.";
    MessageEmpty = "message_empty", 422, "The message is empty",
        "Send `text`, a photo, or both.";
    MessageInvalid = "message_invalid", 422, "The message can not be read",
        "Send `text` of at most 1,000 characters, 3 photos at most, and what `/openapi.json` lists besides.";
    MessageRepeated = "message_repeated", 409, "The message was answered before",
        "Do not send it again: its answer is kept for a day to be told again, and in the conversation as long as that is.";
    InboundUnknown = "inbound_unknown", 404, "Nothing is received here",
        "Check the merchant and the name in the address; the operator sets both up under `inbound`.";
    VerifyTokenWrong = "verify_token_wrong", 403, "The verify token is not the one set up here",
        "Write the same token in Meta's app dashboard and in `inbound.whatsapp`.";
    SignatureInvalid = "signature_invalid", 401, "The message is not signed as it must be",
        "Sign the bytes of the body with the secret that is set up here, as docs/inbound.md has it.";
    ChatInvalid = "chat_invalid", 400, "The chat can not be answered as it stands",
        "Send what docs/openai.md lists: messages that end with the customer's, of text and pictures.";
    ChatModelUnknown = "model_not_found", 404, "There is no such model",
        "Use the model `vitrine`.";
    UcpInvalid = "ucp_invalid", 400, "The request is not one that UCP's catalog takes",
        "Send a JSON object as https://ucp.dev/2026-04-08 and `/openapi.json` have it.";
    RequestTooLarge = "request_too_large", 400, "Too much is looked up at once",
        "Look up 100 ids at most in one request.";
    PhotoMissing = "photo_missing", 422, "There is no photo",
        "Send the picture as the part `photo` of a form, or in a JSON body as base64 in `photo.data`, by its address in `photo.url` or by its id in `photo.id`.";
    PhotoEmpty = "photo_empty", 422, "The photo is empty",
        "Send the picture's bytes.";
    PhotoTooLarge = "photo_too_large", 413, "The photo has too many bytes",
        "Send a picture of at most 20 MiB.";
    PhotoBase64Invalid = "photo_base64_invalid", 422, "The photo is not base64",
        "Encode the picture's bytes as standard base64 (RFC 4648, section 4), without a `data:` prefix or line breaks.";
    PhotoNotAPicture = "photo_not_a_picture", 415, "This is not a picture",
        "Send a JPEG, PNG, WebP, GIF, BMP or TIFF file.";
    PhotoFormatUnsupported = "photo_format_unsupported", 415, "This picture format is not read here",
        "Convert the picture, HEIC and AVIF too, to JPEG, PNG, WebP, GIF, BMP or TIFF.";
    PhotoDamaged = "photo_damaged", 422, "The photo is damaged or cut short",
        "Send the whole file again.";
    PhotoTooManyPixels = "photo_too_many_pixels", 422, "The photo has too many pixels",
        "Send a picture of at most 60 million pixels.";
    PhotoTooSmall = "photo_too_small", 422, "The photo is too small",
        "Send a picture with at least 64 pixels on each side.";
    PhotoTooNarrow = "photo_too_narrow", 422, "The photo is too narrow",
        "Send a picture whose longer side is at most 8 times its shorter one.";
    PhotoRefused = "photo_refused", 422, "The photo is none for a shop",
        "Send a photo of clothes, worn or by themselves.";
    PhotoUnknown = "photo_unknown", 404, "This photo is not kept any more",
        "Send the photo itself; it can be asked for by its id for as long as the shop keeps it, an hour at most where nothing else is set.";
    PhotoUnreachable = "photo_unreachable", 422, "The photo can not be had from its address",
        "Give an http or https address on the public internet that answers with the picture, or send the photo itself.";
    RegionInvalid = "region_invalid", 422, "The part of the photo can not be understood",
        "Send either `region` with left, top, right and bottom or `point` with x and y, as fractions from 0 to 1.";
    GarmentUnknown = "garment_unknown", 422, "The look has no such garment",
        "Send ids of garments as the look has them, for example `g1`.";
    CustomerInvalid = "customer_invalid", 422, "`customer` can not be read",
        "Send a JSON object with the fields that `/openapi.json` lists.";
    CompleteTheLookInvalid = "complete_the_look_invalid", 422, "`complete_the_look` is neither yes nor no",
        "Send true or false.";
    OccasionInvalid = "occasion_invalid", 422, "`occasion` is no short text",
        "Send at most 100 characters.";
    ToneInvalid = "tone_invalid", 422, "`tone` is not known",
        "Send one of the words that `/openapi.json` lists.";
    TextInvalid = "text_invalid", 422, "`text` is not text",
        "Send the customer's words as one UTF-8 string.";
    TextTooLong = "text_too_long", 422, "`text` is too long",
        "Send at most 500 characters.";
    FiltersInvalid = "filters_invalid", 422, "`filters` can not be read",
        "Send a JSON object with the fields and words that `/openapi.json` lists.";
    FilterInvalid = "filter_invalid", 422, "A filter of the list can not be understood",
        "Use the words that `/openapi.json` lists for the parameter.";
    SearchInvalid = "search_invalid", 422, "The search can not be understood",
        "Send `facets`, `sort` and `deduplicate` as `/openapi.json` lists them, with its words.";
    RuleInvalid = "rule_invalid", 422, "The rule can not be understood",
        "Send `when` and `then` as `/openapi.json` lists them; `errors` names what is wrong.";
    RuleUnknown = "rule_unknown", 404, "There is no such rule",
        "Use a name that `GET /v1/catalog/rules` lists.";
    SynonymsInvalid = "synonyms_invalid", 422, "The synonyms can not be understood",
        "Send a JSON object with `words`, a list of 2 to 50 words or phrases.";
    SynonymsUnknown = "synonyms_unknown", 404, "There are no such synonyms",
        "Use a name that `GET /v1/catalog/synonyms` lists.";
    LimitInvalid = "limit_invalid", 422, "`limit` is out of range",
        "Send a whole number of the range that `/openapi.json` names.";
    LocaleInvalid = "locale_invalid", 422, "`locale` is not a language tag",
        "Send a BCP 47 tag, for example `en` or `pt-BR`.";
    FieldUnknown = "field_unknown", 422, "A field is not known here",
        "Send only the fields that `/openapi.json` lists.";
    FieldRepeated = "field_repeated", 422, "A field comes twice",
        "Send each field once.";
    JsonInvalid = "json_invalid", 400, "The body is not a JSON object",
        "Send one JSON object in UTF-8.";
    MultipartInvalid = "multipart_invalid", 400, "The form can not be read",
        "Send multipart/form-data with a boundary, and a name for each part (RFC 7578).";
    BodyIncomplete = "body_incomplete", 400, "The body ended early",
        "Send the whole body again, a form up to its last boundary.";
    BodySlow = "body_slow", 408, "The body took too long to arrive",
        "Send the whole body at once, and less of it on a slow line.";
    BodyUnsupported = "body_unsupported", 415, "This kind of body is not read here",
        "Send multipart/form-data or application/json, without a Content-Encoding.";
    IdInvalid = "id_invalid", 400, "This is not an id",
        "Use the id as the service gave it, a UUID.";
    LookUnknown = "look_unknown", 404, "There is no such look",
        "Looks are kept for an hour, and only the shop they were answered for sees them. Send the photo again.";
    VisitorInvalid = "visitor_invalid", 422, "`visitor_id` is not an id",
        "Send 1 to 100 characters without control characters, the same for the same device or session.";
    EventsInvalid = "events_invalid", 422, "The events can not be read",
        "Send `events`, a list of 1 to 1,000 objects with what `/openapi.json` lists.";
    CustomerUnknown = "customer_unknown", 404, "There is no such customer",
        "Use an id that was kept with `PUT /v1/customers/{id}`, percent-encoded.";
    ProfileInvalid = "profile_invalid", 422, "The customer can not be kept",
        "Send `consent` and what `/openapi.json` lists besides, under an id of 1 to 100 characters.";
    ExperimentUnknown = "experiment_unknown", 404, "There is no such experiment",
        "Use a name that `GET /v1/experiments` lists, percent-encoded.";
    ExperimentInvalid = "experiment_invalid", 422, "The experiment can not be understood",
        "Send 2 to 10 `variants`, the control first, each with a `name`, and what `/openapi.json` lists besides.";
    ExperimentConflict = "experiment_conflict", 409, "The experiment does not fit with what is kept",
        "Stop or remove what stands in its way, or use another name.";
    DaysInvalid = "days_invalid", 422, "These are no days",
        "Send `from` and `to` as dates, `2026-11-01`, at most 1,100 days apart.";
    ProductUnknown = "product_unknown", 404, "There is no such product",
        "Use a product's id as the feed has it; in a path, percent-encoded.";
    ProductInvalid = "product_invalid", 422, "The product can not be taken",
        "Mend the fields that `errors` names; the words that are known are in `/openapi.json`.";
    PatchInvalid = "patch_invalid", 422, "The change can not be understood",
        "Send a JSON merge patch (RFC 7396): an object with the fields that change, and null for those that go.";
    ExportInvalid = "export_invalid", 422, "The export can not be understood",
        "Use `dialect` with vitrine, google or shopify, and `currency` with an ISO 4217 code.";
    OffersInvalid = "offers_invalid", 422, "The offers can not be read",
        "Send `offers`, a list of 1 to 10,000 objects with a `variant_id` and what changes.";
    ImportInvalid = "import_invalid", 422, "The import can not be understood",
        "Send the feed itself, or a JSON object with its `url`; `mode`, `dry_run`, `force`, `enrich`, `dialect` and `currency` take the words that `/openapi.json` lists.";
    ImportUnknown = "import_unknown", 404, "There is no such import",
        "Imports are kept for 30 days after their end, and only their own merchant sees them.";
    FeedEmpty = "feed_empty", 422, "The feed is empty",
        "Send the feed as the body, or its address as `url` in a JSON body.";
    FeedTooLarge = "feed_too_large", 413, "The feed has too many bytes",
        "Send it packed with gzip, or in several; the operator may raise `imports.max_mib`.";
    FeedInvalid = "feed_invalid", 422, "The kept feed can not be understood",
        "Send a JSON object with `url` and what `/openapi.json` lists besides.";
    FeedUnknown = "feed_unknown", 404, "There is no such kept feed",
        "Use a name that `GET /v1/catalog/feeds` lists.";
    CursorInvalid = "cursor_invalid", 400, "The cursor is not one of ours",
        "Use `next` of the page before as it came, or none for the first page.";
    BodyTooLarge = "body_too_large", 413, "The body has too many bytes",
        "Send less at once: products of at most 4 MiB, offers of at most 8 MiB, events of at most 2 MiB.";
    DuplicatesInvalid = "duplicates_invalid", 422, "It is not known what the duplicates share",
        "Use `by` with a word that `/openapi.json` lists for it.";
    RouteUnknown = "route_unknown", 404, "There is nothing here",
        "Check the path against `/openapi.json`.";
    MethodNotAllowed = "method_not_allowed", 405, "This method is not allowed here",
        "Use a method that the `Allow` header names.";
    Busy = "busy", 429, "Too many photos at once",
        "Send the request again after the seconds that `Retry-After` names.";
    RateLimited = "rate_limited", 429, "Too many requests",
        "Send the request again after the seconds that `Retry-After` names; `RateLimit-Policy` says how many may come, `RateLimit` how many are left.";
    IdempotencyKeyInvalid = "idempotency_key_invalid", 400, "The idempotency key can not be read",
        "Send one `Idempotency-Key` of 1 to 255 visible ASCII characters without quotes and backslashes inside, best a UUID.";
    IdempotencyConflict = "idempotency_conflict", 422, "The idempotency key was used for something else",
        "Send the same request with a key again, or another request with another key.";
    IdempotencyInFlight = "idempotency_in_flight", 409, "A request with this idempotency key is being answered",
        "Send the request again after the seconds that `Retry-After` names; it is then answered as the first one was.";
    Internal = "internal", 500, "Something broke on our side",
        "Send the request again; if it fails again, tell the operator the `Request-Id`.";
    ModelAnswerInvalid = "model_answer_invalid", 502, "The model's answer was cut short",
        "Send the request again.";
    ModelUnavailable = "model_unavailable", 503, "The model is not running",
        "Send the request again after the seconds that `Retry-After` names.";
    StoreUnavailable = "store_unavailable", 503, "A store can not be reached",
        "Send the request again after the seconds that `Retry-After` names.";
    IssuerUnavailable = "issuer_unavailable", 503, "Who issued the token can not be asked",
        "Send the request again after the seconds that `Retry-After` names; the operator may look at `tokens.jwks`.";
    NotReady = "not_ready", 503, "The service is not ready",
        "Wait until `/readyz` answers 200; `vitrine doctor` says more.";
    Stopping = "stopping", 503, "The service is being stopped",
        "Send the request again after the seconds that `Retry-After` names.";
    ModelTimeout = "model_timeout", 504, "The answer took too long",
        "Send the request again; the operator may raise `models.timeout_seconds`.";
}

impl Code {
    /// The URI reference that names this kind of problem, and where it is explained.
    pub fn uri(self) -> String {
        format!("/problems#{}", self.id())
    }
}

/// The table as the page `docs/problems.md`.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Problems\n\n\
         Every error is answered as `application/problem+json` (RFC 9457). Programs compare its \
         `code`, which never changes its meaning ([versioning](versioning.md)); `detail` says what \
         went wrong this time and what to do, `errors` names the fields to blame, and `instance` \
         names the request, as the header `Request-Id` does.\n\n\
         | Code | Status | What went wrong | What to do |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let (id, status, title, remedy) = (code.id(), code.status(), code.title(), code.remedy());
        // Writing to a String can not fail.
        let _ = writeln!(page, "| `{id}` | {status} | {title} | {remedy} |");
    }
    page
}

/// The table as the page at `/problems`.
pub(crate) fn html() -> String {
    let rows: String = Code::ALL
        .iter()
        .map(|code| {
            let (id, status) = (code.id(), code.status());
            let [title, remedy] = [code.title(), code.remedy()].map(escaped);
            format!("<tr id=\"{id}\"><td><code>{id}</code></td><td>{status}</td><td>{title}</td><td>{remedy}</td></tr>\n")
        })
        .collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Vitrine: problems</title>\n\
         <style>body{{font:1rem/1.5 system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}}\
         td,th{{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0}}\
         :target{{background:#fe9}}</style>\n\
         <h1>Problems</h1>\n\
         <p>Every error is <code>application/problem+json</code> (RFC 9457); compare its \
         <code>code</code>.</p>\n\
         <table>\n<tr><th>Code<th>Status<th>What went wrong<th>What to do</tr>\n{rows}</table>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_its_own_and_says_what_to_do() {
        for (at, code) in Code::ALL.iter().enumerate() {
            assert!(Code::ALL[..at].iter().all(|other| other.id() != code.id()), "{}", code.id());
            assert!((400..600).contains(&code.status()), "{}", code.id());
            assert!(code.remedy().ends_with('.') && !code.title().ends_with('.'), "{}", code.id());
            assert!(markdown().contains(&format!("`{}`", code.id())));
            assert!(html().contains(&format!("id=\"{}\"", code.id())));
        }
        assert!(html().contains("Bearer &lt;token&gt;"));
    }
}
