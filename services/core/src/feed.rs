//! Vitrine's own feed: JSON lines, one product a line. A line becomes a [`ProductDraft`], and that
//! a checked [`Product`] or problems that say what to do.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ProductId, VariantId},
    money::Money,
    product::{Offer, Product, Variant},
    vocabulary::{AgeGroup, Availability, Category, Colour, Gender, Length, Pattern, Sleeve},
};

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 1024 * 1024;
/// The most variants of one product.
pub const MAX_VARIANTS: usize = 2_000;

/// A product as a feed says it, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProductDraft {
    pub id: String,
    pub title: String,
    pub brand: Option<String>,
    pub description: String,
    pub category: String,
    pub gender: Option<String>,
    pub age_group: Option<String>,
    pub material: Option<String>,
    pub pattern: Option<String>,
    pub sleeve: Option<String>,
    pub length: Option<String>,
    pub tags: Vec<String>,
    pub link: Option<String>,
    pub image_link: Option<String>,
    pub variants: Vec<VariantDraft>,
}

/// A variant as a feed says it, not yet checked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VariantDraft {
    pub id: String,
    pub colours: Vec<String>,
    pub size: Option<String>,
    pub price: String,
    pub sale_price: Option<String>,
    pub availability: String,
    pub stock: Option<i64>,
}

/// One thing wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Of the row, from 1.
    pub line: u64,
    /// The field, as `variants[2].price`; empty for the row as a whole.
    pub field: String,
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, field, code, message } = self;
        if field.is_empty() {
            write!(out, "line {line}: {message} [{code}]")
        } else {
            write!(out, "line {line}, {field}: {message} [{code}]")
        }
    }
}

/// Reads one line; `Ok(None)` for an empty one.
pub fn read_line(line: u64, text: &str) -> Result<Option<Product>, Vec<Problem>> {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Ok(None);
    }
    let draft: ProductDraft = serde_json::from_str(text).map_err(|error| {
        vec![Problem {
            line,
            field: String::new(),
            code: "row_unreadable",
            message: format!("not a product in JSON: {error}; write one JSON object a line"),
        }]
    })?;
    check(line, draft).map(Some)
}

/// Checks a draft; every problem of the row is reported, not only the first.
pub fn check(line: u64, draft: ProductDraft) -> Result<Product, Vec<Problem>> {
    let mut checker = Checker { line, problems: Vec::new() };
    let product = checker.product(draft);
    match product {
        Some(product) if checker.problems.is_empty() => Ok(product),
        _ => Err(checker.problems),
    }
}

struct Checker {
    line: u64,
    problems: Vec<Problem>,
}

impl Checker {
    fn problem(&mut self, field: &str, code: &'static str, message: String) {
        self.problems.push(Problem { line: self.line, field: field.to_owned(), code, message });
    }

    /// Reads a value by its type; a problem with the type's own message where it can not.
    fn read<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        field: &str,
        code: &'static str,
        text: &str,
    ) -> Option<T> {
        text.parse().map_err(|error: T::Err| self.problem(field, code, error.to_string())).ok()
    }

    fn optional<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        field: &str,
        code: &'static str,
        text: Option<&str>,
    ) -> Option<T> {
        text.filter(|text| !text.trim().is_empty()).and_then(|text| self.read(field, code, text))
    }

    fn text(&mut self, field: &str, text: &str, most: usize) -> String {
        let clean = clean(text);
        if clean.chars().count() > most {
            let message = format!("longer than {most} characters; shorten it");
            self.problem(field, "text_too_long", message);
        }
        clean
    }

    fn product(&mut self, draft: ProductDraft) -> Option<Product> {
        let id = self.read::<ProductId>("id", "id_invalid", &draft.id);
        let title = self.text("title", &draft.title, 500);
        if title.is_empty() {
            self.problem("title", "title_missing", "a product needs a title".into());
        }
        let description = self.text("description", &draft.description, 10_000);
        let category = self.read::<Category>("category", "category_unknown", &draft.category);
        let gender = self.optional::<Gender>("gender", "gender_unknown", draft.gender.as_deref());
        let age_group =
            self.optional::<AgeGroup>("age_group", "age_group_unknown", draft.age_group.as_deref());
        let pattern =
            self.optional::<Pattern>("pattern", "pattern_unknown", draft.pattern.as_deref());
        let sleeve = self.optional::<Sleeve>("sleeve", "sleeve_unknown", draft.sleeve.as_deref());
        let length = self.optional::<Length>("length", "length_unknown", draft.length.as_deref());
        let brand = self.optional_text("brand", draft.brand.as_deref(), 200);
        let material = self.optional_text("material", draft.material.as_deref(), 200);
        let link = self.link(draft.link.as_deref());
        let image_link = self.optional_text("image_link", draft.image_link.as_deref(), 2_000);
        let tags = draft.tags.iter().take(50).map(|tag| self.text("tags", tag, 100)).collect();
        let variants = self.variants(draft.variants);
        Some(Product {
            id: id?,
            title,
            brand,
            description,
            category: category?,
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
        })
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
            self.problem("link", "link_invalid", message);
        }
        Some(link)
    }

    fn variants(&mut self, drafts: Vec<VariantDraft>) -> Vec<Variant> {
        if drafts.is_empty() {
            self.problem(
                "variants",
                "variants_missing",
                "a product needs at least one variant".into(),
            );
        }
        if drafts.len() > MAX_VARIANTS {
            let message = format!("more than {MAX_VARIANTS} variants; split the product");
            self.problem("variants", "variants_too_many", message);
            return Vec::new();
        }
        let mut variants: Vec<Variant> = Vec::with_capacity(drafts.len());
        for (at, draft) in drafts.into_iter().enumerate() {
            let Some(variant) = self.variant(at, draft) else { continue };
            if variants.iter().any(|other| other.id == variant.id) {
                let message =
                    format!("`{}` stands twice; give each variant its own id", variant.id);
                self.problem(&format!("variants[{at}].id"), "variant_repeated", message);
            }
            variants.push(variant);
        }
        variants
    }

    fn variant(&mut self, at: usize, draft: VariantDraft) -> Option<Variant> {
        let field = |name: &str| format!("variants[{at}].{name}");
        let id = self.read::<VariantId>(&field("id"), "id_invalid", &draft.id);
        let mut colours: Vec<Colour> = Vec::new();
        for colour in draft.colours.iter().take(3) {
            if let Some(colour) = self.read(&field("colours"), "colour_unknown", colour)
                && !colours.contains(&colour)
            {
                colours.push(colour);
            }
        }
        let size = self.optional_text(&field("size"), draft.size.as_deref(), 100);
        let price = self.read::<Money>(&field("price"), "price_invalid", &draft.price);
        let sale_price = self.optional::<Money>(
            &field("sale_price"),
            "price_invalid",
            draft.sale_price.as_deref(),
        );
        let availability = self.read::<Availability>(
            &field("availability"),
            "availability_unknown",
            &draft.availability,
        );
        let stock = match draft.stock.map(u32::try_from) {
            None => None,
            Some(Ok(stock)) => Some(stock),
            Some(Err(_)) => {
                let message = "stock is a whole number from 0".to_owned();
                self.problem(&field("stock"), "stock_invalid", message);
                None
            }
        };
        let price = price?;
        if let Some(sale) = sale_price
            && (sale.currency != price.currency || sale.amount > price.amount)
        {
            let message =
                format!("{sale} must be in the currency of the price {price} and not above it");
            self.problem(&field("sale_price"), "sale_price_invalid", message);
        }
        let sale_price = sale_price.filter(|sale| sale.amount < price.amount);
        let offer = Offer { price, sale_price, availability: availability?, stock };
        Some(Variant { id: id?, colours, size, offer })
    }
}

/// One line of clean text: no control characters, no runs of white space.
pub fn clean(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"id":"d1","title":"Linden midi dress","category":"dress","variants":[
        {"id":"d1-navy-s","colours":["navy"],"size":"S","price":"49.90 EUR","availability":"in_stock","stock":3}]}"#;

    fn problems(text: &str) -> Vec<Problem> {
        read_line(7, text).unwrap_err()
    }

    #[test]
    fn a_good_line_becomes_a_product() {
        let product = read_line(1, &GOOD.replace('\n', " ")).unwrap().unwrap();
        assert_eq!(product.variants[0].offer.price.amount, 4990);
        assert_eq!(product.category, Category::Dress);
    }

    #[test]
    fn an_empty_line_is_no_product_and_no_problem() {
        assert_eq!(read_line(1, "  ").unwrap(), None);
    }

    #[test]
    fn every_problem_of_a_row_is_told_with_its_line_and_field() {
        let bad = GOOD
            .replace("\"dress\"", "\"toga\"")
            .replace("49.90 EUR", "49,90")
            .replace("\"navy\"", "\"mauve-ish\"");
        let found = problems(&bad);
        let codes: Vec<_> = found.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, ["category_unknown", "colour_unknown", "price_invalid"]);
        assert!(found.iter().all(|problem| problem.line == 7));
        assert_eq!(found[2].field, "variants[0].price");
        assert!(found[0].message.contains("use one of"), "{}", found[0].message);
    }

    #[test]
    fn a_row_that_is_not_json_or_has_an_unknown_field_says_so() {
        assert_eq!(problems("{oops")[0].code, "row_unreadable");
        let unknown = problems(&GOOD.replace("\"title\"", "\"titel\""));
        assert!(unknown[0].message.contains("titel"), "{}", unknown[0].message);
    }

    #[test]
    fn a_sale_price_above_the_price_is_a_problem() {
        let bad = GOOD.replace("\"availability\"", "\"sale_price\":\"60 EUR\",\"availability\"");
        assert_eq!(problems(&bad)[0].code, "sale_price_invalid");
    }

    #[test]
    fn a_link_that_is_no_web_address_is_a_problem() {
        for link in ["javascript:alert(1)", "/p/1", "not a link"] {
            let bad = GOOD.replace("\"category\"", &format!("\"link\":\"{link}\",\"category\""));
            assert_eq!(problems(&bad)[0].code, "link_invalid", "{link}");
        }
    }

    #[test]
    fn text_is_brought_to_one_clean_line() {
        assert_eq!(clean("  a\n\tb \u{0} c  "), "a b c");
    }
}
