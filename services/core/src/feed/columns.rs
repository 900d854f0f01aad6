//! What each dialect calls its columns. Sources: Google Merchant Center's product data
//! specification, Shopify's product CSV (the header of old exports and that of the new template),
//! OpenAI's product feed specification.

use super::{dialect::Dialect, record::Field};

/// The field of a column; `None` for one that is not used here.
pub(super) fn field(dialect: Dialect, name: &str) -> Option<Field> {
    if let Some((namespace, key)) = metafield(name) {
        return match dialect {
            Dialect::Shopify => of_metafield(namespace, key),
            _ => None,
        };
    }
    let table = match dialect {
        Dialect::Shopify => SHOPIFY,
        Dialect::OpenAi => OPEN_AI,
        _ => GOOGLE,
    };
    let name = plain_name(name);
    table.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// Namespace and key of a column as `Farbe (product.metafields.shopify.color-pattern)`: shops name
/// it as they like in front of the brackets.
fn metafield(name: &str) -> Option<(&str, &str)> {
    let (_, rest) = name.split_once("(product.metafields.")?;
    rest.trim_end().strip_suffix(')')?.split_once('.')
}

/// Shopify's own metafields, those that the export here writes, and names that shops give theirs.
fn of_metafield(namespace: &str, key: &str) -> Option<Field> {
    let table = match namespace {
        "vitrine" => VITRINE_METAFIELDS,
        _ => METAFIELDS,
    };
    let key = key.to_lowercase().replace('_', "-");
    table.iter().find(|(known, _)| *known == key).map(|(_, field)| *field)
}

/// Where the content stands among the parts of a structured text, and how many parts there are: the
/// header is `structured_title(digital_source_type:content)`.
pub(super) fn content_part(name: &str) -> Option<(usize, usize)> {
    let (name, parts) = name.trim().strip_suffix(')')?.split_once('(')?;
    let parts: Vec<&str> = parts.split(':').map(str::trim).collect();
    let at = parts.iter().position(|part| *part == "content")?;
    plain_name(name).starts_with("structured_").then_some((at, parts.len()))
}

/// A column's name in lower case, spaces and hyphens as underscores, without the prefix `g:` and
/// without what stands in brackets: `Image Link` and `image_link` are one.
pub(super) fn plain_name(name: &str) -> String {
    let name = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    let name = name.strip_prefix("g:").unwrap_or(&name);
    let name = name.split('(').next().unwrap_or_default().trim();
    name.replace([' ', '-'], "_")
}

const GOOGLE: &[(&str, Field)] = &[
    ("id", Field::Id),
    ("item_group_id", Field::Group),
    ("title", Field::Title),
    ("structured_title", Field::Title),
    ("item_group_title", Field::GroupTitle),
    ("description", Field::Description),
    ("structured_description", Field::Description),
    ("brand", Field::Brand),
    ("link", Field::Link),
    ("image_link", Field::Image),
    ("google_product_category", Field::Taxonomy),
    ("product_type", Field::ProductType),
    ("gender", Field::Gender),
    ("age_group", Field::AgeGroup),
    ("color", Field::Colour),
    ("colour", Field::Colour),
    ("size", Field::Size),
    ("material", Field::Material),
    ("pattern", Field::Pattern),
    ("price", Field::Price),
    ("sale_price", Field::SalePrice),
    ("sale_price_effective_date", Field::SaleDates),
    ("availability", Field::Availability),
    ("quantity", Field::Stock),
    ("inventory", Field::Stock),
    ("gtin", Field::Gtin),
    ("vitrine_availability", Field::Availability),
    ("vitrine_colours", Field::Palette),
    ("category", Field::Category),
    ("sleeve", Field::Sleeve),
    ("length", Field::Length),
    ("tags", Field::Tags),
    ("custom_label_0", Field::Tags),
    ("custom_label_1", Field::Tags),
    ("custom_label_2", Field::Tags),
    ("custom_label_3", Field::Tags),
    ("custom_label_4", Field::Tags),
];

const OPEN_AI: &[(&str, Field)] = &[
    ("item_id", Field::Id),
    ("id", Field::Id),
    ("sku", Field::Id),
    ("group_id", Field::Group),
    ("item_group_id", Field::Group),
    ("item_group_title", Field::GroupTitle),
    ("title", Field::Title),
    ("description", Field::Description),
    ("brand", Field::Brand),
    ("url", Field::Link),
    ("link", Field::Link),
    ("image_url", Field::Image),
    ("image_link", Field::Image),
    ("product_category", Field::ProductType),
    ("google_product_category", Field::Taxonomy),
    ("gender", Field::Gender),
    ("age_group", Field::AgeGroup),
    ("color", Field::Colour),
    ("size", Field::Size),
    ("variant_dict", Field::Options),
    ("material", Field::Material),
    ("pattern", Field::Pattern),
    ("price", Field::Price),
    ("sale_price", Field::SalePrice),
    ("sale_price_effective_date", Field::SaleDates),
    ("availability", Field::Availability),
    ("inventory_quantity", Field::Stock),
    ("gtin", Field::Gtin),
];

const SHOPIFY: &[(&str, Field)] = &[
    ("handle", Field::Group),
    ("url_handle", Field::Group),
    ("title", Field::Title),
    ("body", Field::Html),
    ("description", Field::Html),
    ("vendor", Field::Brand),
    ("product_category", Field::Taxonomy),
    ("type", Field::ProductType),
    ("tags", Field::Tags),
    ("published", Field::Status),
    ("published_on_online_store", Field::Status),
    ("status", Field::Status),
    ("option1_name", Field::Option1Name),
    ("option1_value", Field::Option1Value),
    ("option2_name", Field::Option2Name),
    ("option2_value", Field::Option2Value),
    ("option3_name", Field::Option3Name),
    ("option3_value", Field::Option3Value),
    ("variant_sku", Field::Id),
    ("sku", Field::Id),
    ("variant_inventory_qty", Field::Stock),
    ("inventory_quantity", Field::Stock),
    ("variant_inventory_policy", Field::StockPolicy),
    ("continue_selling_when_out_of_stock", Field::StockPolicy),
    ("variant_price", Field::PriceNow),
    ("price", Field::PriceNow),
    ("variant_compare_at_price", Field::ComparePrice),
    ("compare_at_price", Field::ComparePrice),
    ("variant_barcode", Field::Gtin),
    ("barcode", Field::Gtin),
    ("image_src", Field::Image),
    ("product_image_url", Field::Image),
    ("google_shopping_/_google_product_category", Field::Taxonomy),
    ("google_shopping_/_gender", Field::Gender),
    ("google_shopping_/_age_group", Field::AgeGroup),
    ("variant_inventory_tracker", Field::StockTracker),
    ("inventory_tracker", Field::StockTracker),
    ("vitrine_availability", Field::Availability),
    ("vitrine_stock", Field::OwnStock),
    ("vitrine_colours", Field::Palette),
];

const METAFIELDS: &[(&str, Field)] = &[
    ("color-pattern", Field::Colour),
    ("color", Field::Colour),
    ("colour", Field::Colour),
    ("target-gender", Field::Gender),
    ("gender", Field::Gender),
    ("age-group", Field::AgeGroup),
    ("fabric", Field::Material),
    ("material", Field::Material),
    ("pattern", Field::Pattern),
    ("sleeve-length-type", Field::Sleeve),
    ("skirt-dress-length-type", Field::Length),
];

const VITRINE_METAFIELDS: &[(&str, Field)] = &[
    ("id", Field::ProductId),
    ("category", Field::Category),
    ("material", Field::Material),
    ("pattern", Field::Pattern),
    ("sleeve", Field::Sleeve),
    ("length", Field::Length),
    ("tags", Field::TagList),
    ("link", Field::Link),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_known_however_its_name_is_written() {
        for name in ["image_link", "image link", "g:image_link", "Image Link", "\u{feff}image-link"]
        {
            assert_eq!(field(Dialect::Google, name), Some(Field::Image), "{name}");
        }
        for (name, known) in [
            ("Body (HTML)", Field::Html),
            ("Color (product.metafields.shopify.color-pattern)", Field::Colour),
            ("Farbe (product.metafields.shopify.color-pattern)", Field::Colour),
            ("Stoff (product.metafields.custom.fabric)", Field::Material),
            ("Google Shopping / Age Group", Field::AgeGroup),
            ("Compare-at price", Field::ComparePrice),
        ] {
            assert_eq!(field(Dialect::Shopify, name), Some(known), "{name}");
        }
        assert_eq!(field(Dialect::Google, "shipping(country:price)"), None);
        for name in ["Status (product.metafields.custom.state)", "Title (product.metafields.x.y)"] {
            assert_eq!(field(Dialect::Shopify, name), None, "{name}");
        }
    }
}
