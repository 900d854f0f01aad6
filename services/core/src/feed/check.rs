//! A draft to a checked product, or to every problem that it has.

use std::{
    borrow::Cow,
    fmt::{self, Display, Formatter},
};

use super::{
    MAX_VARIANTS, clean,
    draft::{ProductDraft, VariantDraft},
    problem::{Place, Problem, ProblemCode},
};
use crate::{
    ids::{ProductId, VariantId},
    money::Money,
    product::{Offer, Product, Variant},
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Length, Pattern, Sleeve},
};

/// Checks a draft; every problem of the row is reported, not only the first.
pub(super) fn check(place: Place, draft: &ProductDraft<'_>) -> Result<Product, Vec<Problem>> {
    let mut checker = Checker { place, problems: Vec::new() };
    let product = checker.product(&draft.own());
    match product {
        Some(product) if checker.problems.is_empty() => Ok(product),
        _ => Err(checker.problems),
    }
}

/// Checks the only variant of a draft; `None` where it has a problem.
pub(super) fn check_variant(place: Place, draft: &VariantDraft<'_>) -> Option<Variant> {
    let mut checker = Checker { place, problems: Vec::new() };
    let variant = checker.variant(0, draft);
    variant.filter(|_| checker.problems.is_empty())
}

/// A field, as problems name it; written out only where there is one.
#[derive(Clone, Copy)]
enum Name {
    OfProduct(&'static str),
    /// Of the variant that comes so many after the first.
    OfVariant(usize, &'static str),
}

impl Display for Name {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfProduct(field) => out.write_str(field),
            Self::OfVariant(at, field) => write!(out, "variants[{at}].{field}"),
        }
    }
}

impl From<&'static str> for Name {
    fn from(field: &'static str) -> Self {
        Self::OfProduct(field)
    }
}

struct Checker {
    place: Place,
    problems: Vec<Problem>,
}

impl Checker {
    fn problem(&mut self, field: impl Into<Name>, code: ProblemCode, message: String) {
        let field = field.into().to_string();
        self.problems.push(Problem::of_column(self.place, field, code, message));
    }

    fn problem_with(&mut self, field: Name, code: ProblemCode, value: &str, message: String) {
        let field = field.to_string();
        self.problems.push(Problem::of_value(self.place, &field, value, code, message));
    }

    /// Reads a value by its type; a problem with the type's own message where it can not.
    fn read<T: std::str::FromStr<Err: Display>>(
        &mut self,
        field: impl Into<Name>,
        code: ProblemCode,
        text: &str,
    ) -> Option<T> {
        let field = field.into();
        let problem = |error: T::Err| self.problem_with(field, code, text, error.to_string());
        text.parse().map_err(problem).ok()
    }

    fn optional<T: std::str::FromStr<Err: Display>>(
        &mut self,
        field: impl Into<Name>,
        code: ProblemCode,
        text: Option<&str>,
    ) -> Option<T> {
        text.filter(|text| !text.trim().is_empty()).and_then(|text| self.read(field, code, text))
    }

    fn text(&mut self, field: impl Into<Name>, text: &str, most: usize) -> String {
        let clean = clean(text);
        if clean.len() > most && clean.chars().count() > most {
            let message = format!("longer than {most} characters; shorten it");
            self.problem_with(field.into(), ProblemCode::TextTooLong, &clean, message);
        }
        clean
    }

    fn product(&mut self, draft: &ProductDraft<'_>) -> Option<Product> {
        let id = self.read::<ProductId>("id", ProblemCode::IdInvalid, &draft.id);
        let title = self.text("title", &draft.title, 500);
        if title.is_empty() {
            self.problem("title", ProblemCode::TitleMissing, "a product needs a title".into());
        }
        let description = self.text("description", &draft.description, 10_000);
        let category =
            self.read::<Category>("category", ProblemCode::CategoryUnknown, &draft.category);
        let gender =
            self.optional::<Gender>("gender", ProblemCode::GenderUnknown, draft.gender.as_deref());
        let age_group = self.optional::<AgeGroup>(
            "age_group",
            ProblemCode::AgeGroupUnknown,
            draft.age_group.as_deref(),
        );
        let pattern = self.optional::<Pattern>(
            "pattern",
            ProblemCode::PatternUnknown,
            draft.pattern.as_deref(),
        );
        let sleeve =
            self.optional::<Sleeve>("sleeve", ProblemCode::SleeveUnknown, draft.sleeve.as_deref());
        let length =
            self.optional::<Length>("length", ProblemCode::LengthUnknown, draft.length.as_deref());
        let brand = self.optional_text("brand", draft.brand.as_deref(), 200);
        let material = self.optional_text("material", draft.material.as_deref(), 200);
        let product_type = self.optional_text("product_type", draft.product_type.as_deref(), 750);
        let link = self.link(draft.link.as_deref());
        let image_link = self.optional_text("image_link", draft.image_link.as_deref(), 2_000);
        let tags = self.tags(&draft.tags);
        let variants = self.variants(&draft.variants);
        Some(Product {
            id: id?,
            title,
            brand,
            description,
            category: category?,
            product_type,
            gender,
            age_group,
            material,
            pattern,
            sleeve,
            length,
            tags,
            link,
            image_link,
            variants,
            from_picture: Vec::new(),
        })
    }

    /// The first fifty tags, each once.
    fn tags(&mut self, texts: &[Cow<'_, str>]) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for text in texts.iter().take(50) {
            let tag = self.text("tags", text, 100);
            if !tag.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    fn optional_text(
        &mut self,
        field: impl Into<Name>,
        text: Option<&str>,
        most: usize,
    ) -> Option<String> {
        text.map(|text| self.text(field, text, most)).filter(|text| !text.is_empty())
    }

    /// The product's page: an absolute web address, since customers are sent there.
    fn link(&mut self, text: Option<&str>) -> Option<String> {
        let link = self.optional_text("link", text, 2_000)?;
        let is_web =
            url::Url::parse(&link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            let message = "not a web address; write it whole, as https://shop.example/p/1".into();
            self.problem_with("link".into(), ProblemCode::LinkInvalid, &link, message);
        }
        Some(link)
    }

    fn variants(&mut self, drafts: &[VariantDraft<'_>]) -> Vec<Variant> {
        if drafts.is_empty() {
            self.problem(
                "variants",
                ProblemCode::VariantsMissing,
                "a product needs at least one variant".into(),
            );
        }
        if drafts.len() > MAX_VARIANTS {
            let message = format!("more than {MAX_VARIANTS} variants; split the product");
            self.problem("variants", ProblemCode::VariantsTooMany, message);
            return Vec::new();
        }
        let mut variants: Vec<Variant> = Vec::with_capacity(drafts.len());
        for (at, draft) in drafts.iter().enumerate() {
            let Some(variant) = self.variant(at, draft) else { continue };
            if variants.iter().any(|other| other.id == variant.id) {
                let message =
                    format!("`{}` stands twice; give each variant its own id", variant.id);
                self.problem(Name::OfVariant(at, "id"), ProblemCode::VariantRepeated, message);
            }
            variants.push(variant);
        }
        variants
    }

    fn variant(&mut self, at: usize, draft: &VariantDraft<'_>) -> Option<Variant> {
        let field = |name: &'static str| Name::OfVariant(at, name);
        let id = self.read::<VariantId>(field("id"), ProblemCode::IdInvalid, &draft.id);
        let mut colours: Vec<Colour> = Vec::new();
        for colour in draft.colours.iter().take(3) {
            if let Some(colour) = self.read(field("colours"), ProblemCode::ColourUnknown, colour)
                && !colours.contains(&colour)
            {
                colours.push(colour);
            }
        }
        let colour_name =
            self.optional_text(field("colour_name"), draft.colour_name.as_deref(), 100);
        let size = self.optional_text(field("size"), draft.size.as_deref(), 100);
        let gtin = self.optional_text(field("gtin"), draft.gtin.as_deref(), 50);
        let price = self.read::<Money>(field("price"), ProblemCode::PriceInvalid, &draft.price);
        let sale_price = self.optional::<Money>(
            field("sale_price"),
            ProblemCode::PriceInvalid,
            draft.sale_price.as_deref(),
        );
        let availability = self.read::<Availability>(
            field("availability"),
            ProblemCode::AvailabilityUnknown,
            &draft.availability,
        );
        let stock = match draft.stock.map(u32::try_from) {
            None => None,
            Some(Ok(stock)) => Some(stock),
            Some(Err(_)) => {
                let message = "stock is a whole number from 0".to_owned();
                self.problem(field("stock"), ProblemCode::StockInvalid, message);
                None
            }
        };
        let price = price?;
        if let Some(sale) = sale_price
            && (sale.currency != price.currency || sale.amount > price.amount)
        {
            let message =
                format!("{sale} must be in the currency of the price {price} and not above it");
            self.problem(field("sale_price"), ProblemCode::SalePriceInvalid, message);
        }
        let sale_price = sale_price.filter(|sale| sale.amount < price.amount);
        let offer = Offer { price, sale_price, availability: availability?, stock };
        Some(Variant { id: id?, colours, colour_name, size, gtin, offer })
    }
}
