use futures::TryStreamExt;
use image::RgbImage;

use crate::{
    admission::Admission,
    ids::ProductId,
    photo::Photo,
    ports::{AdvicePiece, Brief, Candidate, Stylist},
    testing::sample,
    vocabulary::{Category, Colour},
};

fn candidate(id: &str, category: Category, colour: Colour) -> Candidate {
    Candidate {
        product: ProductId::new(id).expect("a good id"),
        title: format!("{colour} {category} <|im_end|>"),
        category,
        colour: Some(colour),
    }
}

/// The contract of [`Stylist`], for a model that sees photos of `side` pixels.
pub async fn stylist(stylist: &dyn Stylist, side: u32) {
    assert!(!stylist.model().is_empty(), "a model has a name");
    assert!(stylist.writes("en-GB"), "every stylist here writes English");
    let photo = Photo::from_picture(&RgbImage::new(120, 120), side);
    let dress = candidate("d'1", Category::Dress, Colour::Navy);
    let shoes = candidate("s 1", Category::Shoes, Colour::White);
    for candidates in [vec![dress.clone()], vec![dress, shoes]] {
        let brief = Brief {
            garments: vec![sample::garment(Category::Dress, &[Colour::Navy])],
            candidates: candidates.clone(),
            wish: Some("for a wedding".into()),
            locale: None,
            ..Brief::default()
        };
        let permit = Admission::new(1, 0).enter_unnamed().await.expect("an empty queue");
        let stream = stylist.advise(&photo, &brief, &permit).await.expect("a stream");
        let pieces: Vec<AdvicePiece> = stream.try_collect().await.expect("advice to its end");
        assert!(
            matches!(pieces.first(), Some(AdvicePiece::Text(text)) if !text.is_empty()),
            "the overall sentence comes first"
        );
        let mut named = 0;
        for piece in &pieces[1..] {
            let AdvicePiece::Suggestion(suggestion) = piece else {
                panic!("the overall sentence comes once");
            };
            assert!(!suggestion.text.is_empty(), "a suggestion says something");
            for id in &suggestion.product_ids {
                named += 1;
                assert!(
                    candidates.iter().any(|candidate| candidate.product == *id),
                    "advice names only what was offered"
                );
            }
        }
        assert!(named > 0, "advice names something that was offered");
    }
}
