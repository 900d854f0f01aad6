//! Shopify's product CSV with the new header: the rows of one product follow one another, the
//! first says what holds for all, each says a variant. Sources: Shopify's help on CSV files for
//! products and its sample file, Shopify's product taxonomy (2025-06).

use std::{
    collections::HashSet,
    io::{self, Write},
};

use super::{NotWritten, colours, gender, google::google_category, id, list, text};
use crate::{
    feed::{
        assemble::tags_of,
        html,
        shopify::{ONLY_VARIANT, variant_name},
    },
    money::Currency,
    product::{Offer, Product, Variant},
    vocabulary::{Availability, Category},
};

/// What the first row of a product says for all.
const SHARED: [&str; 24] = [
    "Title",
    "Description",
    "Vendor",
    "Product category",
    "Type",
    "Tags",
    "Published on online store",
    "Status",
    "Option1 name",
    "Option2 name",
    "Option3 name",
    "Product image URL",
    "Image position",
    "Google Shopping / Google product category",
    "Google Shopping / Gender",
    "Google Shopping / Age group",
    "Vitrine id (product.metafields.vitrine.id)",
    "Vitrine category (product.metafields.vitrine.category)",
    "Vitrine material (product.metafields.vitrine.material)",
    "Vitrine pattern (product.metafields.vitrine.pattern)",
    "Vitrine sleeve (product.metafields.vitrine.sleeve)",
    "Vitrine length (product.metafields.vitrine.length)",
    "Vitrine tags (product.metafields.vitrine.tags)",
    "Vitrine link (product.metafields.vitrine.link)",
];
/// What each row says of its variant.
const OWN: [&str; 15] = [
    "URL handle",
    "SKU",
    "Barcode",
    "Option1 value",
    "Option2 value",
    "Option3 value",
    "Price",
    "Compare-at price",
    "Inventory tracker",
    "Inventory quantity",
    "Continue selling when out of stock",
    "Fulfillment service",
    "Vitrine availability",
    "Vitrine stock",
    "Vitrine colours",
];

/// An option of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Colour,
    Size,
    /// Tells variants apart that nothing else does.
    Variant,
}

/// The table, in one currency.
pub(super) struct Sheet<W: Write> {
    table: csv::Writer<W>,
    pub(super) currency: Option<Currency>,
}

impl<W: Write> Sheet<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(SHARED.iter().chain(&OWN))?;
        Ok(Self { table, currency: None })
    }

    pub(super) fn write(&mut self, product: &Product) -> io::Result<Vec<NotWritten>> {
        let Some(first) = product.variants.first() else { return Ok(Vec::new()) };
        let currency = *self.currency.get_or_insert(first.offer.price.currency);
        let (written, others): (Vec<&Variant>, Vec<&Variant>) =
            product.variants.iter().partition(|variant| variant.offer.price.currency == currency);
        let handle = handle(product.id.as_str());
        let choices = choices(&handle, &written);
        for (at, variant) in written.into_iter().enumerate() {
            let shared = match at {
                0 => shared(product, &handle, &choices)?,
                _ => std::array::from_fn(|_| String::new()),
            };
            self.table.write_record(shared.iter().chain(&own(variant, &handle, &choices)))?;
        }
        let told = others.into_iter().map(|variant| NotWritten {
            product: product.id.clone(),
            variant: variant.id.clone(),
            price: variant.offer.price,
            currency,
        });
        Ok(told.collect())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        self.table.flush()
    }
}

/// The product's id as a handle: letters, digits and dashes. One that is none keeps what it can,
/// and ends in a hash, so that two do not become one.
fn handle(id: &str) -> String {
    let fits = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    if id.chars().all(fits) {
        return id.to_owned();
    }
    let words: Vec<&str> = id.split(|letter| !fits(letter)).filter(|w| !w.is_empty()).collect();
    let hash = blake3::hash(id.as_bytes()).to_hex();
    words.into_iter().chain([&hash[..12]]).collect::<Vec<_>>().join("-").to_lowercase()
}

fn value(variant: &Variant, choice: Choice) -> String {
    let value = match choice {
        Choice::Colour => colours(variant).0,
        Choice::Size => text(&variant.size),
        Choice::Variant => variant.id.to_string(),
    };
    // Shopify wants a value for each option that a product has.
    if value.is_empty() { ONLY_VARIANT.to_owned() } else { value }
}

fn values(variant: &Variant, choices: &[Choice]) -> Vec<String> {
    choices.iter().map(|choice| value(variant, *choice)).collect()
}

/// The variant's id, if it had no SKU in a file with these options.
fn name(variant: &Variant, handle: &str, choices: &[Choice]) -> String {
    variant_name(handle, values(variant, choices).iter().map(String::as_str))
}

/// The options of a product: in the order in which more of its variants are named by them, and
/// enough of them that no two variants are the same.
fn choices(handle: &str, variants: &[&Variant]) -> Vec<Choice> {
    let used = |choice: &Choice| variants.iter().any(|v| value(v, *choice) != ONLY_VARIANT);
    let mut choices: Vec<Choice> =
        [Choice::Colour, Choice::Size].into_iter().filter(used).collect();
    let turned: Vec<Choice> = choices.iter().rev().copied().collect();
    let named = |choices: &[Choice]| {
        variants.iter().filter(|v| name(v, handle, choices) == v.id.as_str()).count()
    };
    if named(&turned) > named(&choices) {
        choices = turned;
    }
    let mut seen = HashSet::new();
    let distinct = variants.iter().all(|variant| {
        let values = values(variant, &choices);
        seen.insert(values.iter().map(|value| value.to_lowercase()).collect::<Vec<_>>())
    });
    if !distinct {
        choices.push(Choice::Variant);
    }
    choices
}

fn shared(
    product: &Product,
    handle: &str,
    choices: &[Choice],
) -> io::Result<[String; SHARED.len()]> {
    let option = |at: usize| match choices.get(at) {
        Some(Choice::Colour) => "Color",
        Some(Choice::Size) => "Size",
        Some(Choice::Variant) => "Variant",
        None if at == 0 => "Title",
        None => "",
    };
    let joined = product.tags.join(", ");
    let (tags, tag_list) = if tags_of(&joined) == product.tags {
        (joined, String::new())
    } else {
        let plain: Vec<String> = product.tags.iter().map(|tag| tag.replace(',', " ")).collect();
        (plain.join(", "), list(&product.tags)?)
    };
    let picture = text(&product.image_link);
    let position = if picture.is_empty() { "" } else { "1" };
    let own_id = if handle == product.id.as_str() { "" } else { product.id.as_str() };
    Ok([
        product.title.clone(),
        html::escaped(&product.description),
        text(&product.brand),
        shopify_category(product.category).to_owned(),
        text(&product.product_type),
        tags,
        "TRUE".to_owned(),
        "Active".to_owned(),
        option(0).to_owned(),
        option(1).to_owned(),
        option(2).to_owned(),
        picture,
        position.to_owned(),
        google_category(product.category).to_string(),
        gender(product.gender),
        id(product.age_group.map(|word| word.id())),
        own_id.to_owned(),
        product.category.id().to_owned(),
        text(&product.material),
        id(product.pattern.map(|word| word.id())),
        id(product.sleeve.map(|word| word.id())),
        id(product.length.map(|word| word.id())),
        tag_list,
        text(&product.link),
    ])
}

fn own(variant: &Variant, handle: &str, choices: &[Choice]) -> [String; OWN.len()] {
    let mut options = values(variant, choices).into_iter();
    let first = options.next().unwrap_or_else(|| ONLY_VARIANT.to_owned());
    let mut option = || options.next().unwrap_or_default();
    let (second, third) = (option(), option());
    let named = name(variant, handle, choices) == variant.id.as_str();
    let Offer { price, sale_price, availability, stock } = variant.offer;
    let inventory = Inventory::of(availability, stock);
    let pieces = if inventory.told { None } else { stock };
    [
        handle.to_owned(),
        if named { String::new() } else { variant.id.to_string() },
        text(&variant.gtin),
        first,
        second,
        third,
        sale_price.unwrap_or(price).number(),
        sale_price.map(|_| price.number()).unwrap_or_default(),
        inventory.tracker.to_owned(),
        inventory.quantity.map(|quantity| quantity.to_string()).unwrap_or_default(),
        inventory.policy.to_owned(),
        "manual".to_owned(),
        if inventory.told { String::new() } else { availability.id().to_owned() },
        pieces.map(|pieces| pieces.to_string()).unwrap_or_default(),
        colours(variant).1,
    ]
}

/// What Shopify's columns say of a stock.
struct Inventory {
    tracker: &'static str,
    quantity: Option<u32>,
    policy: &'static str,
    /// They say all of it; else columns of our own do.
    told: bool,
}

impl Inventory {
    fn of(availability: Availability, stock: Option<u32>) -> Self {
        let counted = |quantity, policy, told| Self {
            tracker: "shopify",
            quantity: Some(quantity),
            policy,
            told,
        };
        match (availability, stock) {
            (Availability::InStock | Availability::LimitedStock, None) => Self {
                tracker: "",
                quantity: None,
                policy: "CONTINUE",
                told: availability == Availability::InStock,
            },
            (Availability::InStock | Availability::LimitedStock, Some(left)) => {
                counted(left, "DENY", availability == Availability::InStock && left > 0)
            }
            (Availability::Preorder | Availability::Backorder, _) => {
                counted(stock.unwrap_or(0), "CONTINUE", false)
            }
            (Availability::OutOfStock | Availability::Discontinued | Availability::Unknown, _) => {
                counted(0, "DENY", availability == Availability::OutOfStock && stock == Some(0))
            }
        }
    }
}

/// Shopify's product taxonomy.
const fn shopify_category(category: Category) -> &'static str {
    match category {
        Category::Dress => "Apparel & Accessories > Clothing > Dresses",
        Category::Blazer | Category::Jacket => {
            "Apparel & Accessories > Clothing > Outerwear > Coats & Jackets"
        }
        Category::Trousers => "Apparel & Accessories > Clothing > Pants",
        Category::Shorts => "Apparel & Accessories > Clothing > Shorts",
        Category::Skirt => "Apparel & Accessories > Clothing > Skirts",
        Category::Shoes => "Apparel & Accessories > Shoes",
        Category::Hat => "Apparel & Accessories > Clothing Accessories > Hats",
        Category::Blouse => "Apparel & Accessories > Clothing > Clothing Tops > Blouses",
        Category::Bodysuit => "Apparel & Accessories > Clothing > Clothing Tops > Bodysuits",
        Category::Hoodie => "Apparel & Accessories > Clothing > Clothing Tops > Hoodies",
        Category::PoloShirt => "Apparel & Accessories > Clothing > Clothing Tops > Polos",
        Category::Shirt => "Apparel & Accessories > Clothing > Clothing Tops > Shirts",
        Category::TShirt => "Apparel & Accessories > Clothing > Clothing Tops > T-Shirts",
        Category::TankTop => "Apparel & Accessories > Clothing > Clothing Tops > Tank Tops",
        Category::LongSleeveTop | Category::Top => {
            "Apparel & Accessories > Clothing > Clothing Tops"
        }
    }
}
