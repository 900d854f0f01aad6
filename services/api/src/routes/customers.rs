use std::collections::BTreeSet;

use actix_web::{HttpResponse, http::header, web};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use vitrine_core::{
    answers::AnswerId,
    customer::Customer,
    ids::{ConversationId, CustomerId, LookId, SearchId},
    money::Money,
    profile::Profile,
    vocabulary::Colour,
};

use crate::{
    body,
    caller::Keeper,
    event_line::EventLine,
    problem::{Problem, ProblemBody},
    problems::Code,
    state::State,
};

/// The most bytes of a customer.
const MAX_BODY: usize = 64 * 1024;

/// What the shop lets us know of a customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomerBody {
    /// Whether the customer agrees that what they do is kept with their id.
    consent: bool,
    /// What they wear, as the feeds write it.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["M", "39"]))]
    sizes: Vec<String>,
    #[serde(default)]
    #[schema(max_items = 20)]
    liked_colours: Vec<Colour>,
    #[serde(default)]
    #[schema(max_items = 20)]
    avoided_colours: Vec<Colour>,
    /// The most that one piece may cost.
    budget: Option<Money>,
}

/// A customer, as kept.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerProfile {
    id: CustomerId,
    consent: bool,
    /// Events from then on are kept with the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    consent_since: Option<Timestamp>,
    sizes: Vec<String>,
    liked_colours: Vec<Colour>,
    avoided_colours: Vec<Colour>,
    #[serde(skip_serializing_if = "Option::is_none")]
    budget: Option<Money>,
    #[schema(value_type = String, format = DateTime)]
    updated: Timestamp,
}

/// Everything about a customer.
#[derive(Serialize, ToSchema)]
pub(crate) struct CustomerData {
    profile: CustomerProfile,
    /// In the order that they happened in.
    events: Vec<EventLine>,
    /// The looks that the events came of.
    look_ids: Vec<LookId>,
    /// The searches that the events came of.
    search_ids: Vec<SearchId>,
    /// The conversations that name the customer; `GET /v1/conversations/{id}` tells each.
    conversation_ids: Vec<ConversationId>,
}

impl From<Profile> for CustomerProfile {
    fn from(profile: Profile) -> Self {
        let Profile { id, agreed, customer, updated } = profile;
        let Customer { sizes, budget, liked_colours, avoided_colours } = customer;
        let (consent, consent_since) = (agreed.is_some(), agreed);
        Self { id, consent, consent_since, sizes, liked_colours, avoided_colours, budget, updated }
    }
}

/// Tell everything about a customer
///
/// What the shop let us know, and every event that is kept with the customer's id.
#[utoipa::path(
    get,
    path = "/v1/customers/{id}",
    operation_id = "getCustomer",
    tag = "customers",
    security(("token" = [])),
    params(("id" = CustomerId, Path, description = "As the shop names the customer, percent-encoded")),
    responses(
        (status = 200, description = "Everything", body = CustomerData),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "`customer_unknown`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`profile_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn get_customer(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id(&path)?;
    let customers = &state.shop.measuring.customers;
    let customer = customers.customer(&keeper.merchant, &id).await?;
    let customer = customer.ok_or_else(|| Problem::of(Code::CustomerUnknown))?;
    let events = customers.customer_events(&keeper.merchant, &id).await?;
    let answers: BTreeSet<AnswerId> = events.iter().filter_map(|event| event.answer).collect();
    let (mut look_ids, mut search_ids) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            AnswerId::Look(look) => look_ids.push(look),
            AnswerId::Search(search) => search_ids.push(search),
        }
    }
    let events = events.into_iter().map(EventLine::from).collect();
    let conversations = &state.chatting.conversations;
    let conversation_ids = conversations.conversations_of(&keeper.merchant, &id).await?;
    let profile = customer.into();
    let data = CustomerData { profile, events, look_ids, search_ids, conversation_ids };
    Ok(HttpResponse::Ok().json(data))
}

/// Keep a customer
///
/// Replaces what was known. Events are kept with the customer's id only while the customer agrees;
/// with `consent` taken back, all that were are parted from it.
#[utoipa::path(
    put,
    path = "/v1/customers/{id}",
    operation_id = "putCustomer",
    tag = "customers",
    security(("token" = [])),
    params(("id" = CustomerId, Path, description = "As the shop names the customer, percent-encoded")),
    request_body = CustomerBody,
    responses(
        (status = 200, description = "The customer as kept now; it was known before", body = CustomerProfile),
        (status = 201, description = "The customer as kept now; it is new", body = CustomerProfile),
        (status = 400, description = "`json_invalid`, `body_incomplete`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`profile_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn put_customer(
    keeper: Keeper,
    path: web::Path<String>,
    payload: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id(&path)?;
    let CustomerBody { consent, sizes, liked_colours, avoided_colours, budget } =
        body::described(payload, MAX_BODY, Code::ProfileInvalid).await?;
    let now = Timestamp::now();
    let customer = Profile {
        id,
        agreed: consent.then_some(now),
        customer: Customer { sizes, budget, liked_colours, avoided_colours },
        updated: now,
    };
    customer.check().map_err(|error| {
        Problem::of_field(Code::ProfileInvalid, error.field(), error.to_string())
    })?;
    let customers = &state.shop.measuring.customers;
    let new = customers.put_customer(&keeper.merchant, &customer).await?;
    let kept = customers.customer(&keeper.merchant, &customer.id).await?.unwrap_or(customer);
    let mut answer = if new { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(CustomerProfile::from(kept)))
}

/// Forget a customer
///
/// Nothing about the customer is kept after the answer, whether there was anything or not: neither
/// what the shop let us know, nor events with the id, nor the looks that those came of and their
/// photos. What was counted stays counted, without telling of whom. Events that come later are
/// taken without the id.
#[utoipa::path(
    delete,
    path = "/v1/customers/{id}",
    operation_id = "deleteCustomer",
    tag = "customers",
    security(("token" = [])),
    params(("id" = CustomerId, Path, description = "As the shop names the customer, percent-encoded")),
    responses(
        (status = 204, description = "Nothing about the customer is kept"),
        (status = 401, description = "`token_missing`, `token_invalid`, `token_expired`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`role_not_allowed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`profile_invalid`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "`internal`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`store_unavailable`", body = ProblemBody, content_type = "application/problem+json", headers(
            ("Retry-After" = u64, description = "Seconds to wait")
        )),
    )
)]
pub(crate) async fn delete_customer(
    keeper: Keeper,
    path: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = id(&path)?;
    let customers = &state.shop.measuring.customers;
    // The looks first: which they are is known by the events alone, should this fail in between.
    let events = customers.customer_events(&keeper.merchant, &id).await?;
    let answers: BTreeSet<AnswerId> = events.iter().filter_map(|event| event.answer).collect();
    for answer in answers {
        if let AnswerId::Look(look) = answer {
            state.shop.forget_look(&keeper.merchant, look).await?;
        }
    }
    customers.forget_customer(&keeper.merchant, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn id(path: &str) -> Result<CustomerId, Problem> {
    CustomerId::new(path)
        .map_err(|error| Problem::of_field(Code::ProfileInvalid, "id", error.to_string()))
}
