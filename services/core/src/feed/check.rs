//! A draft to a checked product, or to every problem that it has.

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
pub(super) fn check(place: Place, draft: ProductDraft) -> Result<Product, Vec<Problem>> {
    let mut checker = Checker { place, problems: Vec::new() };
    let product = checker.product(draft.own());
    match product {
        Some(product) if checker.problems.is_empty() => Ok(product),
        _ => Err(checker.problems),
    }
}

struct Checker {
    place: Place,
    problems: Vec<Problem>,
}

impl Checker {
    fn problem(&mut self, field: &str, code: ProblemCode, message: String) {
        self.problems.push(Problem::of_column(self.place, field, code, message));
    }

    fn problem_with(&mut self, field: &str, code: ProblemCode, value: &str, message: String) {
        self.problems.push(Problem::of_value(self.place, field, value, code, message));
    }

    /// Reads a value by its type; a problem with the type's own message where it can not.
    fn read<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        field: &str,
        code: ProblemCode,
        text: &str,
    ) -> Option<T> {
        let problem = |error: T::Err| self.problem_with(field, code, text, error.to_string());
        text.parse().map_err(problem).ok()
    }

    fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        field: &str,
        code: ProblemCode,
        text: Option<&str>,
    ) -> Option<T> {
        text.filter(|text| !text.trim().is_empty()).and_then(|text| self.read(field, code, text))
    }

    fn text(&mut self, field: &str, text: &str, most: usize) -> String {
        let clean = clean(text);
        if clean.chars().count() > most {
            let message = format!("longer than {most} characters; shorten it");
            self.problem_with(field, ProblemCode::TextTooLong, &clean, message);
        }
        clean
    }

    fn product(&mut self, draft: ProductDraft) -> Option<Product> {
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
        let variants = self.variants(draft.variants);
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
    fn tags(&mut self, texts: &[String]) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for text in texts.iter().take(50) {
            let tag = self.text("tags", text, 100);
            if !tag.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    }

    fn optional_text(&mut self, field: &str, text: Option<&str>, most: usize) -> Option<String> {
        text.map(|text| self.text(field, text, most)).filter(|text| !text.is_empty())
    }

    /// The product's page: an absolute web address, since customers are sent there.
    fn link(&mut self, text: Option<&str>) -> Option<String> {
        let link = self.optional_text("link", text, 2_000)?;
        let is_web =
            url::Url::parse(&link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_web {
            let message = "not a web address; write it whole, as https://shop.example/p/1".into();
            self.problem_with("link", ProblemCode::LinkInvalid, &link, message);
        }
        Some(link)
    }

    fn variants(&mut self, drafts: Vec<VariantDraft>) -> Vec<Variant> {
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
        for (at, draft) in drafts.into_iter().enumerate() {
            let Some(variant) = self.variant(at, draft) else { continue };
            if variants.iter().any(|other| other.id == variant.id) {
                let message =
                    format!("`{}` stands twice; give each variant its own id", variant.id);
                self.problem(&format!("variants[{at}].id"), ProblemCode::VariantRepeated, message);
            }
            variants.push(variant);
        }
        variants
    }

    fn variant(&mut self, at: usize, draft: VariantDraft) -> Option<Variant> {
        let field = |name: &str| format!("variants[{at}].{name}");
        let id = self.read::<VariantId>(&field("id"), ProblemCode::IdInvalid, &draft.id);
        let mut colours: Vec<Colour> = Vec::new();
        for colour in draft.colours.iter().take(3) {
            if let Some(colour) = self.read(&field("colours"), ProblemCode::ColourUnknown, colour)
                && !colours.contains(&colour)
            {
                colours.push(colour);
            }
        }
        let colour_name =
            self.optional_text(&field("colour_name"), draft.colour_name.as_deref(), 100);
        let size = self.optional_text(&field("size"), draft.size.as_deref(), 100);
        let gtin = self.optional_text(&field("gtin"), draft.gtin.as_deref(), 50);
        let price = self.read::<Money>(&field("price"), ProblemCode::PriceInvalid, &draft.price);
        let sale_price = self.optional::<Money>(
            &field("sale_price"),
            ProblemCode::PriceInvalid,
            draft.sale_price.as_deref(),
        );
        let availability = self.read::<Availability>(
            &field("availability"),
            ProblemCode::AvailabilityUnknown,
            &draft.availability,
        );
        let stock = match draft.stock.map(u32::try_from) {
            None => None,
            Some(Ok(stock)) => Some(stock),
            Some(Err(_)) => {
                let message = "stock is a whole number from 0".to_owned();
                self.problem(&field("stock"), ProblemCode::StockInvalid, message);
                None
            }
        };
        let price = price?;
        if let Some(sale) = sale_price
            && (sale.currency != price.currency || sale.amount > price.amount)
        {
            let message =
                format!("{sale} must be in the currency of the price {price} and not above it");
            self.problem(&field("sale_price"), ProblemCode::SalePriceInvalid, message);
        }
        let sale_price = sale_price.filter(|sale| sale.amount < price.amount);
        let offer = Offer { price, sale_price, availability: availability?, stock };
        Some(Variant { id: id?, colours, colour_name, size, gtin, offer })
    }
}
