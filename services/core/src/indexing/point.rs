use crate::{
    filter::{counted_age_group, folded_tags, material_words},
    matching::version_key,
    money::price_band,
    ports::{Point, PointPicture, Vector},
    product::{ColourVersion, Variant},
    product_filter::folded_brand,
};

/// What the index is told of a colour version.
pub(super) fn point(
    version: &ColourVersion<'_>,
    text: &str,
    words: Vector,
    picture: Option<PointPicture>,
) -> Point {
    let product = version.product;
    let variants: Vec<&Variant> = version.variants().collect();
    let mut sizes: Vec<String> =
        variants.iter().filter_map(|variant| variant.size.clone()).collect();
    let mut price_bands: Vec<u32> =
        variants.iter().map(|variant| price_band(variant.offer.current_price())).collect();
    price_bands.sort_unstable();
    price_bands.dedup();
    sizes.sort_unstable();
    sizes.dedup();
    Point {
        product: product.id.clone(),
        version: version_key(version),
        words,
        terms: text.to_owned(),
        picture,
        category: product.category,
        colours: version.colours.to_vec(),
        gender: product.gender,
        age_group: counted_age_group(product),
        pattern: product.pattern,
        brand: product.brand.as_deref().and_then(folded_brand),
        tags: folded_tags(product),
        material: product.material.as_deref().map(material_words).unwrap_or_default(),
        sizes,
        available: variants.iter().any(|variant| variant.offer.can_be_bought_now()),
        price_bands,
    }
}
