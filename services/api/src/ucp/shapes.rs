//! Bodies as UCP has them. What is not read of a request is passed over, as it asks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use vitrine_core::{
    address::WebAddress,
    ids::{ProductId, VariantId},
    look::MatchVariant,
    money::Money,
    product::{Product, Variant},
    vocabulary::Availability,
};

use super::VERSION;

/// What every answer bears: the version, and which capability answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UcpEnvelope)]
pub(crate) struct Envelope {
    #[schema(example = "2026-04-08")]
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    status: Option<&'static str>,
    #[schema(value_type = Object)]
    capabilities: BTreeMap<&'static str, Vec<Value>>,
}

impl Envelope {
    pub(crate) fn of(capability: &'static str) -> Self {
        let version = vec![json!({"version": VERSION})];
        let capabilities = BTreeMap::from([(capability, version)]);
        Self { version: VERSION, status: None, capabilities }
    }

    pub(crate) fn failed(capability: &'static str) -> Self {
        Self { status: Some("error"), ..Self::of(capability) }
    }
}

/// Something to know about an answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpMessage)]
pub(crate) struct Message {
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: &'static str,
    #[schema(value_type = String)]
    code: &'static str,
    pub(crate) content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    severity: Option<&'static str>,
}

impl Message {
    pub(crate) fn info(code: &'static str, content: impl Into<String>) -> Self {
        Self { kind: "info", code, content: content.into(), severity: None }
    }

    pub(crate) fn error(code: &'static str, content: impl Into<String>) -> Self {
        let severity = Some("unrecoverable");
        Self { kind: "error", code, content: content.into(), severity }
    }
}

/// What is known of the buyer; nothing of it is relied on.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = UcpContext)]
pub(crate) struct Context {
    /// BCP 47.
    #[schema(example = "en-GB")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// ISO 4217; the one that filters on prices are in.
    #[schema(example = "EUR")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = UcpFilters)]
pub(crate) struct SearchFilters {
    /// Any of these, as `categories` of a product has them.
    pub(crate) categories: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price: Option<PriceFilter>,
}

/// In minor units of `context.currency`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[schema(as = UcpPriceFilter)]
pub(crate) struct PriceFilter {
    #[schema(minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<u64>,
    #[schema(minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<u64>,
}

/// Which page.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = UcpPage)]
pub(crate) struct Page {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    /// 10 where not given; 100 at most.
    #[schema(minimum = 1, default = 10)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
}

/// What is searched for: words, filters, or both.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct UcpSearch {
    #[schema(max_length = 500)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) query: Option<String>,
    pub(crate) context: Context,
    pub(crate) filters: SearchFilters,
    pub(crate) pagination: Page,
}

/// What is looked up.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct UcpLookup {
    /// Ids of products or variants, 100 at most.
    #[schema(min_items = 1)]
    pub(crate) ids: Vec<String>,
    #[serde(default)]
    pub(crate) context: Context,
    #[serde(default)]
    pub(crate) filters: SearchFilters,
}

/// Which product is wanted, and what is chosen of it so far.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct UcpGetProduct {
    /// Of a product or a variant.
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) selected: Vec<Selected>,
    /// Names of options; those at the end are given up first where no variant has all that is
    /// chosen.
    #[serde(default)]
    pub(crate) preferences: Vec<String>,
    #[serde(default)]
    pub(crate) context: Context,
    #[serde(default)]
    pub(crate) filters: SearchFilters,
}

/// A value of an option that is chosen, or that a variant has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = UcpSelectedOption)]
pub(crate) struct Selected {
    #[schema(example = "Size")]
    pub(crate) name: String,
    #[schema(example = "M")]
    pub(crate) label: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpPriceRange)]
pub(crate) struct PriceRange {
    min: Money,
    max: Money,
}

/// The lowest and the highest, in the currency of the first.
fn range_of(mut prices: impl Iterator<Item = Money>) -> Option<PriceRange> {
    let first = prices.next()?;
    let mut range = PriceRange { min: first, max: first };
    for price in prices.filter(|price| price.currency == first.currency) {
        if price.amount < range.min.amount {
            range.min = price;
        }
        if price.amount > range.max.amount {
            range.max = price;
        }
    }
    Some(range)
}

/// A text in plain words.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpDescription)]
pub(crate) struct Description {
    plain: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpCategory)]
pub(crate) struct CategoryOf {
    value: String,
    #[schema(value_type = String)]
    taxonomy: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpMedia)]
pub(crate) struct Media {
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: &'static str,
    url: String,
    alt_text: String,
}

/// What can be chosen of a product, and its values.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpOption)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) values: Vec<ChoiceValue>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpOptionValue)]
pub(crate) struct ChoiceValue {
    pub(crate) label: String,
    /// Whether it can be bought with what else is chosen; told of one product alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) available: Option<bool>,
    /// Whether there is one with what else is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exists: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpAvailability)]
pub(crate) struct AvailabilityOf {
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    status: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpBarcode)]
pub(crate) struct Barcode {
    #[serde(rename = "type")]
    #[schema(value_type = String)]
    kind: &'static str,
    value: String,
}

/// Which id of a lookup led to a variant.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = UcpInput)]
pub(crate) struct Input {
    pub(crate) id: String,
    /// `exact`: it is the variant's own; `featured`: the product's, of which this one stands first.
    #[serde(rename = "match")]
    #[schema(value_type = String)]
    pub(crate) how: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct UcpVariant {
    id: VariantId,
    title: String,
    description: Description,
    /// What is paid now, in minor units.
    price: Money,
    /// The regular price, where the price now is lower.
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price: Option<Money>,
    availability: AvailabilityOf,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    barcodes: Vec<Barcode>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Selected>,
    /// In lookups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<Input>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct UcpProduct {
    id: ProductId,
    title: String,
    description: Description,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    categories: Vec<CategoryOf>,
    price_range: PriceRange,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_price_range: Option<PriceRange>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    media: Vec<Media>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<Choice>,
    /// What is chosen; told of one product alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    selected: Option<Vec<Selected>>,
    /// The one that stands for the product first.
    #[schema(min_items = 1)]
    variants: Vec<UcpVariant>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    /// What UCP has no words for: brand, material, pattern and such.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
}

/// Products that were searched for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UcpSearchAnswer)]
pub(crate) struct Found {
    pub(crate) ucp: Envelope,
    pub(crate) products: Vec<UcpProduct>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pagination: Option<Pagination>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UcpPagination)]
pub(crate) struct Pagination {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
    pub(crate) has_next_page: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total_count: Option<u64>,
}

/// One product, or that there is none of this id.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UcpProductAnswer)]
pub(crate) struct Detail {
    pub(crate) ucp: Envelope,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product: Option<UcpProduct>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
}

/// What is shown of a product: which variants, and what of it is chosen.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Chosen {
    /// Places in the product's own list, the one that stands for it first.
    pub(crate) variants: Vec<usize>,
    pub(crate) selected: Option<Vec<Selected>>,
    pub(crate) options: Vec<Choice>,
    /// By which ids each of the variants was asked for.
    pub(crate) inputs: Vec<Vec<Input>>,
}

impl UcpProduct {
    /// Its picture's address and its title, where it has a picture.
    pub(crate) fn picture(&self) -> Option<(&str, &str)> {
        self.media.first().map(|media| (media.url.as_str(), self.title.as_str()))
    }

    /// None where nothing of it is shown.
    pub(crate) fn of(product: Product, chosen: Chosen) -> Option<Self> {
        let shown: Vec<&Variant> =
            chosen.variants.iter().filter_map(|at| product.variants.get(*at)).collect();
        let price_range = range_of(shown.iter().map(|one| one.offer.current_price()))?;
        let on_sale = shown.iter().any(|one| one.offer.sale_price.is_some());
        let list_price_range = range_of(shown.iter().map(|one| one.offer.price));
        let mut inputs = chosen.inputs.into_iter();
        let variants = shown
            .iter()
            .map(|variant| {
                UcpVariant::of(variant, &product.title, inputs.next().unwrap_or_default())
            })
            .collect();
        let own = |value: String| CategoryOf { value, taxonomy: "merchant" };
        let mut categories =
            vec![CategoryOf { value: product.category.id().to_owned(), taxonomy: "vitrine" }];
        categories.extend(product.product_type.clone().map(own));
        let media = address(product.image_link.as_deref()).map(|url| Media {
            kind: "image",
            url,
            alt_text: product.title.clone(),
        });
        let plain = Some(product.description.trim()).filter(|text| !text.is_empty());
        Some(Self {
            description: Description { plain: plain.unwrap_or(&product.title).to_owned() },
            url: address(product.link.as_deref()),
            categories,
            price_range,
            list_price_range: list_price_range.filter(|_| on_sale),
            media: media.into_iter().collect(),
            options: chosen.options,
            selected: chosen.selected,
            variants,
            metadata: metadata(&product),
            id: product.id,
            title: product.title,
            tags: product.tags,
        })
    }
}

impl UcpVariant {
    fn of(variant: &Variant, title: &str, inputs: Vec<Input>) -> Self {
        let options = options_of(variant);
        let labels: Vec<&str> = options.iter().map(|option| option.label.as_str()).collect();
        let named = if labels.is_empty() { title.to_owned() } else { labels.join(" / ") };
        let gtin = variant.gtin.clone().map(|value| Barcode { kind: "GTIN", value });
        let offer = &variant.offer;
        Self {
            id: variant.id.clone(),
            description: Description { plain: named.clone() },
            title: named,
            price: offer.current_price(),
            list_price: offer.sale_price.map(|_| offer.price),
            availability: AvailabilityOf {
                available: offer.can_be_bought_now(),
                status: status(offer.current_availability()),
            },
            barcodes: gtin.into_iter().collect(),
            options,
            inputs,
        }
    }
}

/// The values of options that a variant has.
pub(super) fn options_of(variant: &Variant) -> Vec<Selected> {
    let colours: Vec<&str> = variant.colours.iter().map(|colour| colour.words()).collect();
    let colours = Some(colours.join(" and ")).filter(|colours| !colours.is_empty());
    let colour = variant.colour_name.clone().or(colours);
    let option = |name: &str, label: String| Selected { name: name.to_owned(), label };
    let colour = colour.map(|label| option("Color", label));
    colour.into_iter().chain(variant.size.clone().map(|label| option("Size", label))).collect()
}

/// As UCP calls it; what it has no word for is said by `available` alone.
const fn status(availability: Availability) -> Option<&'static str> {
    match availability {
        Availability::InStock | Availability::LimitedStock => Some("in_stock"),
        Availability::Preorder => Some("preorder"),
        Availability::Backorder => Some("backorder"),
        Availability::OutOfStock => Some("out_of_stock"),
        Availability::Discontinued => Some("discontinued"),
        Availability::Unknown => None,
    }
}

/// An address on the web, where it is one.
fn address(text: Option<&str>) -> Option<String> {
    WebAddress::parse(text?).ok().map(String::from)
}

fn metadata(product: &Product) -> Map<String, Value> {
    let told = [
        ("brand", product.brand.clone()),
        ("material", product.material.clone()),
        ("gender", product.gender.map(|word| word.id().to_owned())),
        ("age_group", product.age_group.map(|word| word.id().to_owned())),
        ("pattern", product.pattern.map(|word| word.id().to_owned())),
        ("sleeve", product.sleeve.map(|word| word.id().to_owned())),
        ("length", product.length.map(|word| word.id().to_owned())),
    ];
    told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

/// The places of a product's variants, those that a search offers first.
pub(super) fn in_order_of(product: &Product, offered: &[MatchVariant]) -> Vec<usize> {
    let place = |at: &usize| {
        let id = &product.variants[*at].id;
        offered.iter().position(|one| one.id == *id).unwrap_or(usize::MAX)
    };
    let mut order: Vec<usize> = (0..product.variants.len()).collect();
    order.sort_by_key(place);
    order
}
