use serde_json::{Map, Value};
use utoipa::ToSchema;
use vitrine_core::{
    customer::{Customer, MAX_SIZE, MAX_VALUES},
    experiments::{Trial, Trials},
    filter::Filters,
    ids::{CustomerId, MerchantId, VisitorId},
    money::Money,
    profile::Person,
    scope::Scope,
    shopping::LookRequest,
    vocabulary::{Colour, Tone},
};

use crate::{caller::Caller, problem::Problem, problems::Code, state::State};

/// The fields that every question has.
pub(super) const FIELDS: &str = "`text`, `filters`, `customer`, `complete_the_look`, `occasion`, `tone`, `limit`, `locale` and `visitor_id`";
/// The most characters that the customer's own words may have.
const MAX_TEXT: usize = 500;
const MAX_OCCASION: usize = 100;
/// Matches for each garment when none are asked for, and at most.
const LIMIT: u64 = 5;
const MAX_LIMIT: u64 = 20;
/// The most characters that a language tag may have (RFC 5646, section 4.4.1).
const MAX_LOCALE: usize = 35;

/// What is wanted, whatever is looked at.
pub(crate) struct Ask {
    text: Option<String>,
    filters: Filters,
    customer: Customer,
    customer_id: Option<CustomerId>,
    complete_the_look: bool,
    occasion: Option<String>,
    tone: Option<Tone>,
    limit: usize,
    locale: Option<String>,
    visitor: Option<VisitorId>,
}

/// Whom an answer is for.
#[derive(ToSchema)]
#[schema(as = LookCustomer)]
#[expect(dead_code, reason = "describes the body to the contract")]
pub(crate) struct CustomerAsk {
    /// A customer whom the merchant told of (`putCustomer`): what is kept of them holds where
    /// nothing else is said here, and what they bought counts. Needs the scope `customers`. Of one
    /// who is not known nothing is kept.
    id: Option<CustomerId>,
    /// Sizes that fit. What comes in sizes is offered in these alone.
    #[schema(max_items = 20, example = json!(["M", "39"]))]
    sizes: Option<Vec<String>>,
    /// The most that is paid for one piece.
    budget: Option<Money>,
    /// Come first among what is otherwise alike.
    #[schema(max_items = 20)]
    liked_colours: Option<Vec<Colour>>,
    /// Come last among what is otherwise alike.
    #[schema(max_items = 20)]
    avoided_colours: Option<Vec<Colour>>,
}

impl Ask {
    /// Takes its fields out of a body's.
    pub(crate) fn take(fields: &mut Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |name| fields.shift_remove(name).filter(|value| !value.is_null());
        let (customer_id, customer) =
            take("customer").map(customer).transpose()?.unwrap_or_default();
        Ok(Self {
            text: take("text").map(text).transpose()?.flatten(),
            filters: take("filters").map(filters).transpose()?.unwrap_or_default(),
            customer,
            customer_id,
            complete_the_look: take("complete_the_look").map(truth).transpose()?.unwrap_or(false),
            occasion: take("occasion").map(occasion).transpose()?.flatten(),
            tone: take("tone").map(tone).transpose()?,
            limit: take("limit").map(limit).transpose()?.unwrap_or(LIMIT as usize),
            locale: take("locale").map(locale).transpose()?,
            visitor: take("visitor_id").map(visitor).transpose()?,
        })
    }

    /// Who asks, and the experiments that they are in.
    async fn trial(&self, merchant: &MerchantId, trials: &Trials) -> Trial {
        match &self.visitor {
            Some(visitor) => trials.of(merchant, visitor).await,
            None => Trial::default(),
        }
    }

    /// Puts what is wanted into a request, with what is known of the customer and the experiments
    /// that the visitor is in.
    pub(crate) async fn put_into(
        self,
        request: LookRequest,
        caller: &Caller,
        state: &State,
    ) -> Result<LookRequest, Problem> {
        let trial = self.trial(&caller.merchant, &state.shop.measuring.trials).await;
        let Self { text, filters, customer, customer_id, complete_the_look, occasion, .. } = self;
        let Self { tone, limit, locale, .. } = self;
        let known = match customer_id {
            Some(id) => known(id, caller, state).await?,
            None => None,
        };
        let (person, customer) = match known {
            Some((person, kept)) => (Some(person), customer.or(kept)),
            None => (None, customer),
        };
        Ok(LookRequest {
            wish: text,
            filters,
            customer,
            person,
            complete_the_look,
            occasion,
            tone,
            limit,
            locale,
            trial,
            ..request
        })
    }
}

pub(crate) fn text(value: Value) -> Result<Option<String>, Problem> {
    let Value::String(text) = value else {
        return Err(Problem::of_field(Code::TextInvalid, "text", "This is not a string"));
    };
    let length = text.chars().count();
    if length > MAX_TEXT {
        let detail = format!("The text has {length} characters");
        return Err(Problem::of_field(Code::TextTooLong, "text", detail));
    }
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

pub(crate) fn filters(value: Value) -> Result<Filters, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::of_field(Code::FiltersInvalid, "filters", error.to_string()))
}

/// Who may see what is kept of a customer may have it used; a shopper's token names none.
async fn known(
    id: CustomerId,
    caller: &Caller,
    state: &State,
) -> Result<Option<(Person, Customer)>, Problem> {
    if !caller.scopes.has(Scope::Customers) {
        return Err(Problem::scope_missing(&[Scope::Customers]));
    }
    let (shop, merchant) = (&state.shop, &caller.merchant);
    Ok(Person::recall(&*shop.measuring.customers, &*shop.catalog, merchant, id).await?)
}

fn customer(mut value: Value) -> Result<(Option<CustomerId>, Customer), Problem> {
    let invalid =
        |detail: String| Err(Problem::of_field(Code::CustomerInvalid, "customer", detail));
    let id = value.as_object_mut().and_then(|fields| fields.shift_remove("id"));
    let id = match id.filter(|id| !id.is_null()).map(serde_json::from_value).transpose() {
        Ok(id) => id,
        Err(error) => return invalid(error.to_string()),
    };
    let customer: Customer = match serde_json::from_value(value) {
        Ok(customer) => customer,
        Err(error) => return invalid(error.to_string()),
    };
    let Customer { sizes, budget: _, liked_colours, avoided_colours } = &customer;
    let longest = sizes.len().max(liked_colours.len()).max(avoided_colours.len());
    if longest > MAX_VALUES {
        return invalid(format!("A list has {longest} values; send {MAX_VALUES} at most"));
    }
    if sizes.iter().any(|size| size.chars().count() > MAX_SIZE) {
        return invalid(format!("A size has more than {MAX_SIZE} characters"));
    }
    Ok((id, customer))
}

fn truth(value: Value) -> Result<bool, Problem> {
    value.as_bool().ok_or_else(|| {
        let detail = "This is neither true nor false";
        Problem::of_field(Code::CompleteTheLookInvalid, "complete_the_look", detail)
    })
}

fn occasion(value: Value) -> Result<Option<String>, Problem> {
    let invalid = || {
        let detail = format!("This is not a text of at most {MAX_OCCASION} characters");
        Problem::of_field(Code::OccasionInvalid, "occasion", detail)
    };
    let text = value.as_str().ok_or_else(invalid)?.trim();
    if text.chars().count() > MAX_OCCASION {
        return Err(invalid());
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn tone(value: Value) -> Result<Tone, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::of_field(Code::ToneInvalid, "tone", error.to_string()))
}

fn limit(value: Value) -> Result<usize, Problem> {
    let limit = value.as_u64().filter(|limit| (1..=MAX_LIMIT).contains(limit));
    limit.and_then(|limit| usize::try_from(limit).ok()).ok_or_else(|| {
        Problem::of_field(Code::LimitInvalid, "limit", "This is not a number from 1 to 20")
    })
}

pub(crate) fn locale(value: Value) -> Result<String, Problem> {
    let tag = value.as_str().filter(|tag| tag.len() <= MAX_LOCALE).unwrap_or_default();
    match language_tags::LanguageTag::parse(tag) {
        Ok(tag) if tag.is_valid() => Ok(tag.into_string()),
        _ => Err(Problem::of_field(Code::LocaleInvalid, "locale", "This is not a BCP 47 tag")),
    }
}

fn visitor(value: Value) -> Result<VisitorId, Problem> {
    serde_json::from_value(value)
        .map_err(|error| Problem::of_field(Code::VisitorInvalid, "visitor_id", error.to_string()))
}
