//! A row in a merchant's own words to a draft in ours.

use super::{
    draft::{ProductDraft, VariantDraft},
    problem::{Place, Problem},
    record::{Field, Record, Value},
    shopify::read_options,
    words::{self, Kind},
};
use crate::{
    ids::ProductId,
    money::{Currency, Money},
    vocabulary::{Availability, Colour},
};

/// Google's bounds: longer texts are shown cut short.
const LONG_TITLE: usize = 150;
const LONG_DESCRIPTION: usize = 5_000;

/// What became of a row.
pub(super) enum Assembled {
    Draft(Box<Draft>),
    /// Nothing that a photo of an outfit could be matched with.
    LeftOut(Problem),
    Refused(Option<ProductId>, Problem),
}

/// One variant with its product, and where each of its fields comes from.
pub(super) struct Draft {
    pub(super) product: ProductDraft,
    pub(super) warnings: Vec<Problem>,
    record: Record,
}

/// `currency` is that of prices which name none.
pub(super) fn assemble(mut record: Record, currency: Option<Currency>) -> Assembled {
    read_options(&mut record);
    let texts = |field: Field| record.all(field).map(|value| value.text.as_str());
    let title = record.text(Field::GroupTitle).or(record.text(Field::Title)).unwrap_or_default();
    let own_words = texts(Field::ProductType).chain(texts(Field::Category));
    let named = record.text(Field::Category).and_then(|text| text.parse().ok()).map(Kind::Garment);
    let kind = named.or_else(|| words::kind(texts(Field::Taxonomy), own_words, title));
    let category = match kind {
        Some(Kind::Garment(category)) => category,
        Some(Kind::Other) => return Assembled::LeftOut(not_a_garment(&record)),
        None => {
            let id = record.text(Field::Group).or(record.text(Field::Id));
            let product = id.and_then(|id| ProductId::new(id).ok());
            return Assembled::Refused(product, no_category(&record));
        }
    };
    let mut warnings = Vec::new();
    let mut known = Known { record: &record, warnings: &mut warnings };
    let gender = known.word(Field::Gender, "gender_unknown", words::gender).map(|g| g.id());
    let age_group = known.word(Field::AgeGroup, "age_group_unknown", words::age_group);
    let pattern = known.word(Field::Pattern, "pattern_unknown", words::pattern);
    let sleeve = known.word(Field::Sleeve, "sleeve_unknown", words::sleeve);
    let length = known.word(Field::Length, "length_unknown", words::length);
    let colours = known.colours();
    let colour_name = record.text(Field::Colour).map(str::to_owned);
    let colour_name = colour_name.filter(|name| *name != words::palette(&colours));
    let colours: Vec<String> = colours.iter().map(|colour| colour.id().to_owned()).collect();
    let availability = known.availability();
    let stock = known.word(Field::Stock, "stock_invalid", |text| text.parse::<u32>().ok());
    let stock = stock.map(i64::from);
    known.long(Field::Title, LONG_TITLE, "title_long");
    known.long(Field::Description, LONG_DESCRIPTION, "description_long");
    known.gtin();
    let own = |field: Field| record.text(field).map(str::to_owned);
    let (price, sale_price) = prices(&record, currency);
    let description = own(Field::Description)
        .or_else(|| own(Field::Html).map(|html| without_tags(&html)))
        .unwrap_or_default();
    let variant = VariantDraft {
        id: own(Field::Id).unwrap_or_default(),
        colours,
        colour_name,
        size: own(Field::Size),
        gtin: own(Field::Gtin),
        price,
        sale_price,
        availability,
        stock,
    };
    let product = ProductDraft {
        id: own(Field::Group).or(own(Field::Id)).unwrap_or_default(),
        title: title.to_owned(),
        brand: own(Field::Brand),
        description,
        category: category.id().to_owned(),
        product_type: own(Field::ProductType),
        gender: gender.map(str::to_owned),
        age_group: age_group.map(|age| age.id().to_owned()),
        material: own(Field::Material),
        pattern: pattern.map(|pattern| pattern.id().to_owned()),
        sleeve: sleeve.map(|sleeve| sleeve.id().to_owned()),
        length: length.map(|length| length.id().to_owned()),
        tags: tags(&record),
        link: own(Field::Link),
        image_link: own(Field::Image),
        variants: vec![variant],
    };
    Assembled::Draft(Box::new(Draft { product, warnings, record }))
}

impl Draft {
    /// A problem of the checked draft, told in the feed's own terms.
    pub(super) fn in_its_words(&self, problem: Problem) -> Problem {
        let fields: &[Field] = match problem.column.as_str() {
            "id" => &[Field::Group, Field::Id],
            "title" => &[Field::GroupTitle, Field::Title],
            "brand" => &[Field::Brand],
            "description" => &[Field::Description, Field::Html],
            "material" => &[Field::Material],
            "link" => &[Field::Link],
            "image_link" => &[Field::Image],
            "tags" => &[Field::Tags],
            "product_type" => &[Field::ProductType, Field::Taxonomy],
            "variants[0].id" => &[Field::Id],
            "variants[0].size" => &[Field::Size],
            "variants[0].price" => &[Field::Price, Field::PriceNow],
            "variants[0].sale_price" => &[Field::SalePrice, Field::PriceNow],
            "variants[0].stock" => &[Field::Stock],
            _ => &[],
        };
        match fields.iter().find_map(|field| self.record.value(*field)) {
            Some(Value { column, text, .. }) => {
                Problem { column: column.clone(), ..problem }.with_value(text)
            }
            None => {
                let column = problem.column.trim_start_matches("variants[0].").to_owned();
                Problem { column, ..problem }
            }
        }
    }

    pub(super) fn place(&self) -> Place {
        self.record.place
    }
}

fn not_a_garment(record: &Record) -> Problem {
    let message = "not a kind of garment that photos are matched with; it is left out";
    of_category(record, "category_not_matched", message).warning()
}

fn no_category(record: &Record) -> Problem {
    let message = "neither a category nor the title tells what kind of garment it is; name it in \
                   the category, as dress or t-shirt";
    of_category(record, "category_unknown", message)
}

fn of_category(record: &Record, code: &'static str, message: &str) -> Problem {
    let fields = [Field::ProductType, Field::Taxonomy, Field::Title];
    match fields.iter().find_map(|field| record.value(*field)) {
        Some(value) => value.problem(record.place, code, message),
        None => Problem::of_row(record.place, code, message),
    }
}

/// Reads words that may be unknown: they are warned of, and left out.
struct Known<'a> {
    record: &'a Record,
    warnings: &'a mut Vec<Problem>,
}

impl Known<'_> {
    fn warn(&mut self, value: &Value, code: &'static str, message: String) {
        self.warnings.push(value.problem(self.record.place, code, message).warning());
    }

    fn word<T>(
        &mut self,
        field: Field,
        code: &'static str,
        read: fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.record.value(field)?;
        let known = read(&value.text);
        if known.is_none() {
            self.warn(value, code, "not understood; the product is taken without it".into());
        }
        known
    }

    fn colours(&mut self) -> Vec<Colour> {
        if let Some(palette) = self.record.text(Field::Palette) {
            return words::colours(palette).0;
        }
        let Some(value) = self.record.value(Field::Colour) else { return Vec::new() };
        let (colours, understood) = words::colours(&value.text);
        if !understood {
            let message = "not all of it names a colour of the palette; it is kept as words, and \
                           found by them alone";
            self.warn(value, "colour_unknown", message.into());
        }
        colours
    }

    fn availability(&mut self) -> String {
        let said = self.record.value(Field::Availability);
        let known = said.and_then(|value| words::availability(&value.text));
        if let (Some(value), None) = (said, known) {
            let message = "not understood, so it is not taken to be in stock; write in_stock or \
                           out_of_stock";
            self.warn(value, "availability_unknown", message.into());
        }
        if said.is_none() {
            let message = "nothing says whether it is in stock, so it is not taken to be";
            let place = self.record.place;
            let problem =
                Problem::of_column(place, "availability", "availability_missing", message);
            self.warnings.push(problem.warning());
        }
        known.unwrap_or(Availability::Unknown).id().to_owned()
    }

    fn long(&mut self, field: Field, most: usize, code: &'static str) {
        if let Some(value) = self.record.value(field)
            && value.text.chars().count() > most
        {
            self.warn(value, code, format!("longer than {most} characters; shops cut it short"));
        }
    }

    fn gtin(&mut self) {
        if let Some(value) = self.record.value(Field::Gtin)
            && !is_gtin(&value.text)
        {
            let message = "not a GTIN: 8, 12, 13 or 14 digits, the last of which checks the others";
            self.warn(value, "gtin_invalid", message.into());
        }
    }
}

/// Whether the check digit is right (GS1 General Specifications, section 7.9).
fn is_gtin(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|letter| letter.to_digit(10)).collect();
    if digits.len() != text.chars().count() || !matches!(digits.len(), 8 | 12 | 13 | 14) {
        return false;
    }
    let sum: u32 =
        digits.iter().rev().zip([1, 3].iter().cycle()).map(|(d, weight)| d * weight).sum();
    sum.is_multiple_of(10)
}

/// The regular price, and the lower one that holds now.
pub(super) fn prices(record: &Record, currency: Option<Currency>) -> (String, Option<String>) {
    let price = |field: Field| record.text(field).map(|text| price(text, currency));
    match (price(Field::PriceNow), price(Field::ComparePrice)) {
        (Some(now), Some(regular)) if is_higher(&regular, &now) => (regular, Some(now)),
        (Some(now), _) => (now, None),
        (None, _) => (price(Field::Price).unwrap_or_default(), price(Field::SalePrice)),
    }
}

fn is_higher(one: &str, other: &str) -> bool {
    match (one.parse::<Money>(), other.parse::<Money>()) {
        (Ok(one), Ok(other)) => one.currency == other.currency && one.amount > other.amount,
        _ => false,
    }
}

/// A price as [`Money`] reads it, from `1,299.00 USD`, `EUR 49,90` or a bare number; what is
/// neither stays as it is, for the check to tell.
fn price(text: &str, currency: Option<Currency>) -> String {
    let mut code = currency.map(|currency| currency.to_string());
    let mut number = None;
    for word in text.split_whitespace() {
        if word.starts_with(|letter: char| letter.is_ascii_digit()) && number.is_none() {
            number = Some(word);
        } else if word.parse::<Currency>().is_ok() {
            code = Some(word.to_owned());
        } else {
            return text.to_owned();
        }
    }
    match (number, code) {
        (Some(number), Some(code)) => format!("{} {code}", with_point(number)),
        _ => text.to_owned(),
    }
}

/// The separator that comes last, with one or two digits behind it, is the decimal point.
fn with_point(number: &str) -> String {
    let last = number.rfind(['.', ',']);
    match last {
        Some(at) if (1..=2).contains(&(number.len() - at - 1)) => {
            let whole: String = number[..at].chars().filter(char::is_ascii_digit).collect();
            format!("{whole}.{}", &number[at + 1..])
        }
        Some(at) if number.matches([',']).count() > 0 && number.as_bytes()[at] == b',' => {
            number.replace(',', "")
        }
        _ => number.to_owned(),
    }
}

fn tags(record: &Record) -> Vec<String> {
    let listed = record.text(Field::TagList).and_then(|text| serde_json::from_str(text).ok());
    listed.unwrap_or_else(|| {
        let mut tags: Vec<String> = Vec::new();
        for tag in record.all(Field::Tags).flat_map(|value| tags_of(&value.text)) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        tags
    })
}

/// The tags of a column: a list in JSON, or with commas between them.
pub(super) fn tags_of(text: &str) -> Vec<String> {
    let listed = serde_json::from_str::<Vec<String>>(text);
    let listed = listed.unwrap_or_else(|_| text.split(',').map(str::to_owned).collect());
    let tags = listed.iter().map(|tag| tag.trim().to_owned());
    tags.filter(|tag| !tag.is_empty()).collect()
}

/// The text of HTML.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => {
                inside = true;
                text.push(' ');
            }
            '>' if inside => inside = false,
            _ if inside => {}
            other => text.push(other),
        }
    }
    let text = text.replace("&nbsp;", " ");
    quick_xml::escape::unescape(&text).map_or(text.clone(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_however_they_are_written() {
        let euro = "EUR".parse().ok();
        for (text, currency, read) in [
            ("15.00 USD", None, "15.00 USD"),
            ("USD 1,299.00", None, "1299.00 USD"),
            ("49,90 EUR", None, "49.90 EUR"),
            ("1.299,50 EUR", None, "1299.50 EUR"),
            ("1,299 USD", None, "1299 USD"),
            ("49.9", euro, "49.9 EUR"),
            ("1200 JPY", euro, "1200 JPY"),
            ("49.90", None, "49.90"),
            ("about 5 EUR", None, "about 5 EUR"),
        ] {
            assert_eq!(price(text, currency), read, "{text}");
        }
    }

    #[test]
    fn a_gtin_is_known_by_its_check_digit() {
        for (text, right) in [
            ("4006381333931", true),
            ("4006381333932", false),
            ("96385074", true),
            ("036000291452", true),
            ("12345", false),
            ("40063813339x1", false),
        ] {
            assert_eq!(is_gtin(text), right, "{text}");
        }
    }

    #[test]
    fn html_becomes_text() {
        let html = "<p>Linen &amp; cotton,<br/>with&nbsp;<b>pockets</b>.</p>";
        let text = super::super::clean(&without_tags(html));
        assert_eq!(text, "Linen & cotton, with pockets .");
    }
}
