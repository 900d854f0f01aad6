//! Products to rows and back.

use std::{borrow::Cow, collections::HashMap, fmt::Display, str::FromStr};

use serde::{Deserialize, Serialize};

use vitrine_core::{
    ids::{BadId, MerchantId, ProductId, VariantId},
    money::Money,
    product::{Offer, Product, Variant},
    product_filter::folded_brand,
    vocabulary::{AgeGroup, Colour, Gender, Pattern},
};

use super::{Connection, StoreError, corrupt, failed, json, parsed, sql};

/// A row of `products`.
#[derive(Serialize)]
pub(super) struct ProductRow<'a> {
    id: &'a ProductId,
    document: String,
    image_link: Option<String>,
    category: &'static str,
    brand: Option<String>,
    gender: Option<&'static str>,
    age_group: Option<&'static str>,
    pattern: Option<&'static str>,
    #[serde(flatten)]
    sums: Sums,
}

/// The columns of `products` that its variants and their offers decide too.
#[derive(Serialize, PartialEq, Eq)]
pub(super) struct Sums {
    colours: i64,
    available: i64,
    lacks: i64,
}

/// The sums alone of a row of `products`.
#[derive(Serialize)]
pub(super) struct SumsRow<'a> {
    id: &'a ProductId,
    #[serde(flatten)]
    sums: Sums,
}

/// A row of `variants`.
#[derive(Serialize)]
pub(super) struct VariantRow<'a> {
    id: &'a VariantId,
    product: &'a ProductId,
    position: usize,
    attributes: String,
    gtin: Option<String>,
}

/// A row of `offers`.
#[derive(Serialize)]
pub(super) struct OfferRow<'a> {
    variant: &'a VariantId,
    price: i64,
    currency: &'static str,
    sale_price: Option<i64>,
    sale_currency: Option<&'static str>,
    availability: &'static str,
    stock: Option<u32>,
}

/// What `variants.attributes` holds.
#[derive(Serialize, Deserialize)]
struct Attributes<'a> {
    colours: Cow<'a, [Colour]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    colour_name: Option<Cow<'a, str>>,
    size: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gtin: Option<Cow<'a, str>>,
}

/// Columns of a variant and its offer: product, id, attributes, price, currency, sale price, sale
/// currency, availability, stock.
type VariantColumns =
    (String, String, String, i64, String, Option<i64>, Option<String>, String, Option<i64>);

impl<'a> ProductRow<'a> {
    /// Of a product whose variants were taken out: their rows hold them.
    pub(super) fn of(bare: &'a Product, sums: Sums) -> Result<Self, StoreError> {
        Ok(Self {
            id: &bare.id,
            document: json(bare)?,
            // PostgreSQL's texts hold no U+0000; no address that could be fetched does.
            image_link: bare.image_link.as_deref().map(|link| link.replace('\0', "")),
            category: bare.category.id(),
            brand: bare.brand.as_deref().and_then(folded_brand),
            gender: bare.gender.map(Gender::id),
            age_group: bare.age_group.map(AgeGroup::id),
            pattern: bare.pattern.map(Pattern::id),
            sums,
        })
    }
}

impl Sums {
    pub(super) fn of(product: &Product) -> Self {
        let colours = product.variants.iter().flat_map(|variant| &variant.colours);
        Self {
            colours: colours.fold(0, |set, colour| set | colour.bit()),
            available: product.can_be_bought_now().into(),
            lacks: product.lacks().bits(),
        }
    }
}

impl<'a> SumsRow<'a> {
    pub(super) fn of(product: &'a Product) -> Self {
        Self { id: &product.id, sums: Sums::of(product) }
    }
}

impl<'a> VariantRow<'a> {
    pub(super) fn of(
        product: &'a ProductId,
        position: usize,
        variant: &'a Variant,
    ) -> Result<Self, StoreError> {
        let own = |text: &'a Option<String>| text.as_deref().map(Cow::Borrowed);
        let attributes = Attributes {
            colours: Cow::Borrowed(&variant.colours),
            colour_name: own(&variant.colour_name),
            size: own(&variant.size),
            gtin: own(&variant.gtin),
        };
        Ok(Self {
            id: &variant.id,
            product,
            position,
            attributes: json(&attributes)?,
            gtin: variant.read_gtin().map(|gtin| gtin.as_str().to_owned()),
        })
    }
}

impl<'a> OfferRow<'a> {
    pub(super) fn of(variant: &'a VariantId, offer: &Offer) -> Self {
        Self {
            variant,
            price: offer.price.amount,
            currency: offer.price.currency.code(),
            sale_price: offer.sale_price.map(|sale| sale.amount),
            sale_currency: offer.sale_price.map(|sale| sale.currency.code()),
            availability: offer.availability.id(),
            stock: offer.stock,
        }
    }
}

/// These products in the order asked for. Call it within a transaction: it reads twice.
pub(super) async fn products(
    connection: &mut Connection,
    merchant: &MerchantId,
    ids: &[ProductId],
) -> Result<Vec<Product>, StoreError> {
    let asked = json(ids)?;
    let documents: Vec<(String, String)> = sqlx::query_as(sql::DOCUMENTS)
        .bind(merchant.as_str())
        .bind(&asked)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<VariantColumns> = sqlx::query_as(sql::VARIANTS)
        .bind(merchant.as_str())
        .bind(&asked)
        .fetch_all(&mut *connection)
        .await
        .map_err(failed)?;
    let mut variants: HashMap<String, Vec<Variant>> = HashMap::new();
    for row in rows {
        let (product, variant) = to_variant(row)?;
        variants.entry(product).or_default().push(variant);
    }
    let mut by_id = HashMap::with_capacity(documents.len());
    for (id, document) in documents {
        let mut product: Product = parsed(&document)?;
        product.variants = variants.remove(&id).unwrap_or_default();
        by_id.insert(id, product);
    }
    Ok(ids.iter().filter_map(|id| by_id.get(id.as_str()).cloned()).collect())
}

/// A word or code as it was stored.
fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error: T::Err| corrupt(error.to_string()))
}

/// An id as it was stored.
pub(in crate::sql) fn id<T: TryFrom<String, Error = BadId>>(text: String) -> Result<T, StoreError> {
    T::try_from(text).map_err(|error| corrupt(error.to_string()))
}

fn to_variant(row: VariantColumns) -> Result<(String, Variant), StoreError> {
    let (product, variant, attributes, price, currency, sale, sale_currency, availability, stock) =
        row;
    let attributes: Attributes<'_> = parsed(&attributes)?;
    let sale_price =
        sale.zip(sale_currency).map(|(amount, code)| money(amount, &code)).transpose()?;
    let offer = Offer {
        price: money(price, &currency)?,
        sale_price,
        availability: parse(&availability)?,
        stock: stock
            .map(u32::try_from)
            .transpose()
            .map_err(|error| corrupt(format!("the stock of {variant}: {error}")))?,
    };
    let own = |text: Option<Cow<'_, str>>| text.map(Cow::into_owned);
    let variant = Variant {
        id: id(variant)?,
        colours: attributes.colours.into_owned(),
        colour_name: own(attributes.colour_name),
        size: own(attributes.size),
        gtin: own(attributes.gtin),
        offer,
    };
    Ok((product, variant))
}

fn money(amount: i64, currency: &str) -> Result<Money, StoreError> {
    Ok(Money { amount, currency: parse(currency)? })
}
