use vitrine_core::{money::price_band, product::Product};

/// What of a product's offers the index knows: for each colour version, whether any variant can be
/// bought and the price bands of all.
pub(super) fn told(product: &Product) -> Vec<(bool, Vec<u32>)> {
    let versions = product.colour_versions();
    let told = versions.iter().map(|version| {
        let available = version.variants().any(|variant| variant.offer.can_be_bought_now());
        let mut bands: Vec<u32> =
            version.variants().map(|variant| price_band(variant.offer.current_price())).collect();
        bands.sort_unstable();
        bands.dedup();
        (available, bands)
    });
    told.collect()
}
