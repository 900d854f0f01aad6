//! Small made-up things.

use crate::{
    admission::{Admission, Permit},
    garment::{Garment, Region},
    ids::{MerchantId, ProductId, VariantId},
    photo::Photo,
    pictures::{DifferenceHash, Picture, PictureFormat},
    product::{Offer, Product, Variant},
    vocabulary::{Availability, Category, Colour, Gender, Length, Pattern, Sleeve},
};

pub fn merchant() -> MerchantId {
    MerchantId::new("demo").expect("a good id")
}

/// A navy plain midi dress with long sleeves, one variant in size M.
pub fn product(id: &str) -> Product {
    Product {
        id: ProductId::new(id).expect("a good id"),
        title: "Linden midi dress".into(),
        brand: Some("Linden".into()),
        description: "A dress for every day.".into(),
        category: Category::Dress,
        product_type: Some("Dresses".into()),
        gender: Some(Gender::Women),
        age_group: None,
        material: Some("cotton".into()),
        pattern: Some(Pattern::Plain),
        sleeve: Some(Sleeve::Long),
        length: Some(Length::Midi),
        tags: vec!["everyday".into()],
        link: None,
        image_link: None,
        variants: vec![variant(&format!("{id}-navy-m"), "navy", "M")],
        from_picture: Vec::new(),
    }
}

/// In stock, three pieces, 49.90 EUR.
pub fn variant(id: &str, colour: &str, size: &str) -> Variant {
    Variant {
        id: VariantId::new(id).expect("a good id"),
        colours: vec![colour.parse().expect("a colour of the palette")],
        colour_name: Some(format!("Deep {colour}")),
        size: Some(size.into()),
        gtin: None,
        offer: Offer {
            price: "49.90 EUR".parse().expect("a price"),
            sale_price: None,
            availability: Availability::InStock,
            stock: Some(3),
        },
    }
}

/// The feed line of a navy dress.
pub fn feed_line(id: &str) -> String {
    format!(
        r#"{{"id":"{id}","title":"Linden midi dress","category":"dress","variants":[{{"id":"{id}-navy-m","colours":["navy"],"size":"M","price":"49.90 EUR","availability":"in_stock","stock":3}}]}}"#
    )
}

/// Plain, midi, with long sleeves, in the middle of the photo.
pub fn garment(category: Category, colours: &[Colour]) -> Garment {
    Garment {
        category,
        colours: colours.to_vec(),
        pattern: Pattern::Plain,
        sleeve: Some(Sleeve::Long),
        length: Some(Length::Midi),
        description: format!("A {category}."),
        text: String::new(),
        region: Region { left: 0.2, top: 0.1, right: 0.8, bottom: 0.9 },
        confidence: None,
        perhaps: None,
    }
}

/// What is known of a picture.
pub fn picture(seed: u8) -> Picture {
    Picture {
        hash: format!("{seed:064x}"),
        look: DifferenceHash(u64::MAX - u64::from(seed)),
        width: 640,
        height: 480,
        bytes: 12_345,
        format: PictureFormat::WebP,
        embedded_by: None,
    }
}

/// A square of one colour, 64 pixels a side.
pub fn photo(shade: u8) -> Photo {
    Photo::from_picture(&image::RgbImage::from_pixel(96, 96, image::Rgb([shade, 90, 160])), 64)
}

pub async fn permit() -> Permit {
    Admission::new(1, 0).enter_unnamed().await.expect("an empty queue")
}
