//! A row in a merchant's own words to a draft in ours.

use std::borrow::Cow;

use jiff::Timestamp;

use super::{
    draft::{ProductDraft, VariantDraft},
    html,
    problem::{Problem, ProblemCode},
    record::{Field, Record, Value},
    sale::Sale,
    words::{self, Kind, KnownWords},
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
pub(super) enum Assembled<'a> {
    Draft(Box<Draft<'a>>),
    /// Nothing that a photo of an outfit could be matched with.
    LeftOut(Problem),
    Refused(Option<ProductId>, Problem),
}

/// One variant with its product, and where each of its fields comes from.
pub(super) struct Draft<'a> {
    pub(super) product: ProductDraft<'a>,
    pub(super) warnings: Vec<Problem>,
    /// Nothing that the row says of the product had to be warned of.
    pub(super) product_is_sound: bool,
    record: &'a Record,
}

/// How the rows of a feed are understood.
#[derive(Default)]
pub(super) struct Assembler {
    /// The currency of prices that name none.
    pub(super) currency: Option<Currency>,
    /// A sale that is not on then is left out.
    pub(super) now: Timestamp,
    pub(super) words: KnownWords,
}

impl Assembler {
    pub(super) fn assemble<'a>(&mut self, record: &'a Record) -> Assembled<'a> {
        let texts = |field: Field| record.all(field).map(|value| value.text);
        let title =
            record.text(Field::GroupTitle).or(record.text(Field::Title)).unwrap_or_default();
        let own_words = texts(Field::ProductType).chain(texts(Field::Category));
        let named =
            record.text(Field::Category).and_then(|text| text.parse().ok()).map(Kind::Garment);
        let kind = named.or_else(|| self.words.kind(texts(Field::Taxonomy), own_words, title));
        let category = match kind {
            Some(Kind::Garment(category)) => category,
            Some(Kind::Other) => return Assembled::LeftOut(not_a_garment(record)),
            None => {
                let id = record.text(Field::Group).or(record.text(Field::Id));
                let product = id.and_then(|id| ProductId::new(id).ok());
                return Assembled::Refused(product, no_category(record));
            }
        };
        let mut known = self.known(record);
        let gender = known.word(Field::Gender, ProblemCode::GenderUnknown, KnownWords::gender);
        let age_group =
            known.word(Field::AgeGroup, ProblemCode::AgeGroupUnknown, KnownWords::age_group);
        let pattern = known.word(Field::Pattern, ProblemCode::PatternUnknown, KnownWords::pattern);
        let sleeve = known.word(Field::Sleeve, ProblemCode::SleeveUnknown, KnownWords::sleeve);
        let length = known.word(Field::Length, ProblemCode::LengthUnknown, KnownWords::length);
        known.long(Field::Title, LONG_TITLE, ProblemCode::TitleLong);
        known.long(Field::Description, LONG_DESCRIPTION, ProblemCode::DescriptionLong);
        let product_is_sound = known.warnings.is_empty();
        let mut warnings = known.warnings;
        let (variant, of_variant) = self.variant(record);
        warnings.extend(of_variant);
        let own = |field: Field| record.text(field).map(Cow::Borrowed);
        let description = record
            .text(Field::Description)
            .map(html::text_of_either)
            .or_else(|| record.text(Field::Html).map(|text| html::text_of(text).into()))
            .unwrap_or_default();
        let product = ProductDraft {
            id: own(Field::Group).or(own(Field::Id)).unwrap_or_default(),
            title: title.into(),
            brand: own(Field::Brand),
            description,
            category: category.id().into(),
            product_type: own(Field::ProductType),
            gender: gender.map(|gender| gender.id().into()),
            age_group: age_group.map(|age| age.id().into()),
            material: own(Field::Material),
            pattern: pattern.map(|pattern| pattern.id().into()),
            sleeve: sleeve.map(|sleeve| sleeve.id().into()),
            length: length.map(|length| length.id().into()),
            tags: tags(record),
            link: own(Field::Link),
            image_link: own(Field::Image),
            variants: vec![variant],
            from_picture: Vec::new(),
        };
        Assembled::Draft(Box::new(Draft { product, warnings, product_is_sound, record }))
    }

    /// The variant of a row, and what of it was not understood.
    pub(super) fn variant<'a>(&mut self, record: &'a Record) -> (VariantDraft<'a>, Vec<Problem>) {
        let (currency, now) = (self.currency, self.now);
        let mut known = self.known(record);
        let colours = known.colours();
        let colour_name = record.text(Field::Colour);
        let colour_name = colour_name.filter(|name| !words::is_palette(name, &colours));
        let availability = known.availability();
        let stock = known.word(Field::Stock, ProblemCode::StockInvalid, |_, text| pieces(text));
        known.gtin();
        known.sale(now);
        let warnings = known.warnings;
        let (price, sale_price) = prices(record, currency, now);
        let own = |field: Field| record.text(field).map(Cow::Borrowed);
        let variant = VariantDraft {
            id: own(Field::Id).unwrap_or_default(),
            colours: colours.into_iter().map(|colour| colour.id().into()).collect(),
            colour_name: colour_name.map(Cow::Borrowed),
            size: own(Field::Size),
            gtin: own(Field::Gtin),
            price,
            sale_price,
            availability: availability.id().into(),
            stock: stock.map(i64::from),
        };
        (variant, warnings)
    }

    fn known<'a>(&'a mut self, record: &'a Record) -> Known<'a> {
        Known { record, words: &mut self.words, warnings: Vec::new() }
    }
}

impl Draft<'_> {
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
                Problem { column: column.to_owned(), ..problem }.with_value(text)
            }
            None => {
                let column = problem.column.trim_start_matches("variants[0].").to_owned();
                Problem { column, ..problem }
            }
        }
    }
}

fn not_a_garment(record: &Record) -> Problem {
    let message = "not a kind of garment that photos are matched with; it is left out";
    of_category(record, ProblemCode::CategoryNotMatched, message).warning()
}

fn no_category(record: &Record) -> Problem {
    let message = "neither a category nor the title tells what kind of garment it is; name it in \
                   the category, as dress or t-shirt";
    of_category(record, ProblemCode::CategoryUnknown, message)
}

fn of_category(record: &Record, code: ProblemCode, message: &str) -> Problem {
    let fields = [Field::ProductType, Field::Taxonomy, Field::Title];
    match fields.iter().find_map(|field| record.value(*field)) {
        Some(value) => value.problem(record.place, code, message),
        None => Problem::of_row(record.place, code, message),
    }
}

/// Reads words that may be unknown: they are warned of, and left out.
struct Known<'a> {
    record: &'a Record,
    words: &'a mut KnownWords,
    warnings: Vec<Problem>,
}

impl Known<'_> {
    fn warn(&mut self, value: Value<'_>, code: ProblemCode, message: String) {
        self.warnings.push(value.problem(self.record.place, code, message).warning());
    }

    fn word<T>(
        &mut self,
        field: Field,
        code: ProblemCode,
        read: fn(&mut KnownWords, &str) -> Option<T>,
    ) -> Option<T> {
        let value = self.record.value(field)?;
        let known = read(self.words, value.text);
        if known.is_none() {
            self.warn(value, code, "not understood; the product is taken without it".into());
        }
        known
    }

    fn colours(&mut self) -> Vec<Colour> {
        if let Some(palette) = self.record.text(Field::Palette) {
            return self.words.colours(palette).0;
        }
        let Some(value) = self.record.value(Field::Colour) else { return Vec::new() };
        let (colours, understood) = self.words.colours(value.text);
        if !understood {
            let message = "not all of it names a colour of the palette; it is kept as words, and \
                           found by them alone";
            self.warn(value, ProblemCode::ColourUnknown, message.into());
        }
        colours
    }

    fn availability(&mut self) -> Availability {
        let said = self.record.value(Field::Availability);
        let known = said.and_then(|value| self.words.availability(value.text));
        if let (Some(value), None) = (said, known) {
            let message = "not understood, so it is not taken to be in stock; write in_stock or \
                           out_of_stock";
            self.warn(value, ProblemCode::AvailabilityUnknown, message.into());
        }
        if said.is_none() {
            let message = "nothing says whether it is in stock, so it is not taken to be";
            let place = self.record.place;
            let problem = Problem::of_column(
                place,
                "availability",
                ProblemCode::AvailabilityMissing,
                message,
            );
            self.warnings.push(problem.warning());
        }
        known.unwrap_or(Availability::Unknown)
    }

    fn long(&mut self, field: Field, most: usize, code: ProblemCode) {
        if let Some(value) = self.record.value(field)
            && value.text.len() > most
            && value.text.chars().count() > most
        {
            self.warn(value, code, format!("longer than {most} characters; shops cut it short"));
        }
    }

    fn sale(&mut self, now: Timestamp) {
        let Some(value) = self.record.value(Field::SaleDates) else { return };
        if self.record.value(Field::SalePrice).is_none() {
            return;
        }
        match Sale::of(Some(value.text), now) {
            Sale::On => {}
            Sale::NotNow => {
                let message = "the sale is not on now, so the regular price holds; read the feed \
                               again when it begins";
                self.warn(value, ProblemCode::SaleNotNow, message.into());
            }
            Sale::Unclear => {
                let message = "not understood, so the regular price holds; write begin and end \
                               as 2026-09-30T14:00+0200/2026-10-07T23:59+0200";
                self.warn(value, ProblemCode::SaleDatesInvalid, message.into());
            }
        }
    }

    fn gtin(&mut self) {
        if let Some(value) = self.record.value(Field::Gtin)
            && !is_gtin(value.text)
        {
            let message = "not a GTIN: 8, 12, 13 or 14 digits, the last of which checks the others";
            self.warn(value, ProblemCode::GtinInvalid, message.into());
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

/// A number of pieces: `3`, or `3.0` as some programs write whole numbers.
pub(super) fn pieces(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    fraction.bytes().all(|digit| digit == b'0').then(|| whole.parse().ok())?
}

/// The regular price, and the lower one that holds now.
pub(super) fn prices(
    record: &Record,
    currency: Option<Currency>,
    now: Timestamp,
) -> (Cow<'_, str>, Option<Cow<'_, str>>) {
    let price = |field: Field| record.text(field).map(|text| price(text, currency));
    match (price(Field::PriceNow), price(Field::ComparePrice)) {
        (Some(now), Some(regular)) if is_higher(&regular, &now) => (regular, Some(now)),
        (Some(now), _) => (now, None),
        (None, _) => {
            let is_on = Sale::of(record.text(Field::SaleDates), now) == Sale::On;
            let sale = price(Field::SalePrice).filter(|_| is_on);
            (price(Field::Price).unwrap_or_default(), sale)
        }
    }
}

fn is_higher(one: &str, other: &str) -> bool {
    match (one.parse::<Money>(), other.parse::<Money>()) {
        (Ok(one), Ok(other)) => one.currency == other.currency && one.amount > other.amount,
        _ => false,
    }
}

/// A price as [`Money`] reads it, from `1,299.00 USD`, `EUR 49,90`, `1 299,00€` or a bare number;
/// what is neither stays as it is, for the check to tell.
fn price(text: &str, currency: Option<Currency>) -> Cow<'_, str> {
    if is_as_money_reads(text) {
        return Cow::Borrowed(text);
    }
    let mut code = currency.map(|currency| currency.to_string());
    let mut number = String::new();
    for word in spaced(text).split_whitespace() {
        if word.starts_with(|letter: char| letter.is_ascii_digit())
            && (number.is_empty() || goes_on(&number, word))
        {
            number.push_str(word);
        } else if word.parse::<Currency>().is_ok() {
            code = Some(word.to_owned());
        } else {
            return Cow::Borrowed(text);
        }
    }
    match code {
        Some(code) if !number.is_empty() => format!("{} {code}", with_point(&number)).into(),
        _ => Cow::Borrowed(text),
    }
}

/// Whether it is digits, maybe a point and more of them, a space and letters, as most are.
fn is_as_money_reads(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(' ').is_some_and(|(number, code)| {
        let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
        digits(whole) && digits(fraction) && code.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// Signs of one currency alone become its code, and a code stands apart from its number.
fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut last = ' ';
    for letter in text.chars() {
        let apart = last.is_alphabetic() && letter.is_ascii_digit()
            || (last.is_ascii_digit() || last == '-') && letter.is_alphabetic();
        match letter {
            '€' => spaced.push_str(" EUR "),
            '£' => spaced.push_str(" GBP "),
            _ if apart => spaced.extend([' ', letter]),
            _ => spaced.push(letter),
        }
        last = letter;
    }
    spaced
}

/// Whether the next word holds the thousands' three digits: `1 299,00`.
fn goes_on(number: &str, word: &str) -> bool {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    digits == 3 && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// The separator that comes last, with one or two digits behind it, is the decimal point.
fn with_point(number: &str) -> String {
    let number: String = number.chars().filter(|letter| !matches!(letter, '\'' | '’')).collect();
    let number = number.trim_end_matches(['-', '–']).trim_end_matches(['.', ',']);
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

fn tags(record: &Record) -> Vec<Cow<'_, str>> {
    let listed = record.text(Field::TagList).and_then(|text| serde_json::from_str(text).ok());
    listed.unwrap_or_else(|| {
        let mut tags = Vec::new();
        for tag in record.all(Field::Tags).flat_map(|value| tags_of(value.text)) {
            let tag = Cow::Owned(tag);
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
            ("49,90€", None, "49.90 EUR"),
            ("£15", None, "15 GBP"),
            ("EUR49.90", None, "49.90 EUR"),
            ("49.90EUR", euro, "49.90 EUR"),
            ("1 299,00 EUR", None, "1299.00 EUR"),
            ("1\u{a0}299 PLN", None, "1299 PLN"),
            ("1'299.00 CHF", None, "1299.00 CHF"),
            ("49,- EUR", None, "49 EUR"),
            ("CHF 49.–", None, "49 CHF"),
            ("about 5 EUR", None, "about 5 EUR"),
            ("5 10 EUR", None, "5 10 EUR"),
            ("-5 EUR", None, "-5 EUR"),
            ("$5", euro, "$5"),
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
}
