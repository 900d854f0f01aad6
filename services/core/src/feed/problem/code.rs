//! Every kind of problem that a feed can have, once.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Type, schema::Schema},
};

/// Declares the codes: a name, what is written, and what a merchant does about it.
macro_rules! codes {
    ($($name:ident = $id:literal, $remedy:literal;)+) => {
        /// Which problem it is. The words stay the same from version to version.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        pub enum ProblemCode { $(#[serde(rename = $id)] $name,)+ }

        impl ProblemCode {
            /// All of them, by the alphabet.
            pub const fn all() -> &'static [Self] {
                &[$(Self::$name,)+]
            }

            /// As it is written in summaries and answers.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// What to do about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

codes! {
    AgeGroupUnknown = "age_group_unknown",
        "Write newborn, infant, toddler, kids or adult.";
    AvailabilityMissing = "availability_missing",
        "Say in a column `availability` whether it is in stock; what says nothing is not offered as in stock.";
    AvailabilityUnknown = "availability_unknown",
        "Write in_stock, out_of_stock, preorder or backorder.";
    CategoryNotMatched = "category_not_matched",
        "Nothing: no photo of an outfit is matched with it. If it is a garment, name its kind in the category.";
    CategoryUnknown = "category_unknown",
        "Name the kind of garment in the category or the title, as dress or t-shirt.";
    ColourUnknown = "colour_unknown",
        "Name plain colours, the main one first, as Navy/White.";
    DescriptionLong = "description_long",
        "Shorten the description to 5,000 characters.";
    FieldUnknown = "field_unknown",
        "Write the field's name as it is documented; what is not known is passed over.";
    GenderUnknown = "gender_unknown",
        "Write female, male or unisex.";
    GtinInvalid = "gtin_invalid",
        "Write the 8, 12, 13 or 14 digits below the bar code; a spreadsheet may have cut them.";
    IdInvalid = "id_invalid",
        "Give it an id of 1 to 100 characters, without control characters.";
    LengthUnknown = "length_unknown",
        "Write cropped, short, knee, midi or long.";
    LinkInvalid = "link_invalid",
        "Write the whole address of the product's page, with https.";
    NotPublished = "not_published",
        "Nothing, or publish the product in the shop.";
    OfferEmpty = "offer_empty",
        "Write price, sale_price, availability or quantity.";
    PatternUnknown = "pattern_unknown",
        "Write plain, striped, checked, dotted, floral, animal or graphic.";
    PictureUnavailable = "picture_unavailable",
        "Give the address of the picture file itself, and let it be fetched; the message says what came instead.";
    PriceInvalid = "price_invalid",
        "Write the amount with a decimal point and the currency, as 49.90 EUR, or name the feed's currency.";
    RowTooLong = "row_too_long",
        "Split the product, or shorten its texts: a line has 1 MiB at most.";
    RowTooWide = "row_too_wide",
        "Put quotes around values that hold the delimiter.";
    RowUnreadable = "row_unreadable",
        "Write one product a line as its dialect says.";
    SaleDatesInvalid = "sale_dates_invalid",
        "Write begin and end with their offsets, as 2026-09-30T14:00+0200/2026-10-07T23:59+0200.";
    SaleNotNow = "sale_not_now",
        "Nothing: the sale price is taken by a feed that is read while the sale is on.";
    SalePriceInvalid = "sale_price_invalid",
        "Write a sale price in the currency of the price and not above it.";
    SleeveUnknown = "sleeve_unknown",
        "Write sleeveless, short, three-quarter or long.";
    StockInvalid = "stock_invalid",
        "Write a whole number from 0.";
    TextTooLong = "text_too_long",
        "Shorten the text to the length that the message names.";
    TitleLong = "title_long",
        "Shorten the title to 150 characters.";
    TitleMissing = "title_missing",
        "Give the product a title.";
    VariantRepeated = "variant_repeated",
        "Give each variant its own id.";
    VariantUnknown = "variant_unknown",
        "Import the product of this variant first, or correct the id.";
    VariantsMissing = "variants_missing",
        "Give the product at least one variant.";
    VariantsTooMany = "variants_too_many",
        "Split the product: it has 2,000 variants at most.";
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.as_str())
    }
}

impl PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Which problem it is"))
            .enum_values(Some(Self::all().iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for ProblemCode {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::MAX_VARIANTS;

    #[test]
    fn codes_stand_by_the_alphabet_once_each_and_say_what_to_do() {
        assert!(ProblemCode::all().is_sorted_by(|one, other| one.as_str() < other.as_str()));
        for code in ProblemCode::all() {
            let written = serde_json::to_value(code).unwrap();
            assert_eq!(written, code.to_string());
            assert!(code.remedy().ends_with('.'), "{code}");
        }
        let most = ProblemCode::VariantsTooMany.remedy().replace(',', "");
        assert!(most.contains(&MAX_VARIANTS.to_string()));
    }
}
