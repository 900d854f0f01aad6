use futures::TryStreamExt;
use image::{Rgb, RgbImage};

use crate::{
    admission::Admission,
    garment::Garment,
    photo::Photo,
    ports::{ModelError, Vision},
};

/// A photo of a red block on white, of the model's own side.
fn photo(vision: &dyn Vision) -> Photo {
    let mut picture = RgbImage::from_pixel(200, 200, Rgb([240, 240, 240]));
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        if (60..140).contains(&x) && (40..160).contains(&y) {
            *pixel = Rgb([200, 30, 40]);
        }
    }
    Photo::from_picture(&picture, vision.photo_side())
}

async fn describe(vision: &dyn Vision, photo: &Photo) -> Result<Vec<Garment>, ModelError> {
    let permit = Admission::new(1, 0).enter_unnamed().await.expect("an empty queue");
    vision.describe(photo, &permit).await?.try_collect().await
}

/// The contract of [`Vision`].
pub async fn vision(vision: &dyn Vision) {
    assert!(!vision.model().is_empty(), "a model has a name");
    assert!(vision.photo_side() >= 32, "a model sees at least 32 pixels a side");

    let photo = photo(vision);
    let garments = describe(vision, &photo).await.expect("a good photo is described");
    for garment in &garments {
        assert!((1..=3).contains(&garment.colours.len()), "a garment has one to three colours");
        let region = garment.region;
        for edge in [region.left, region.top, region.right, region.bottom] {
            assert!((0.0..=1.0).contains(&edge), "a region lies in the photo");
        }
        assert!(region.area() > 0.0, "a region is never empty");
    }
    let again = describe(vision, &photo).await.expect("a good photo is described again");
    assert_eq!(garments, again, "the same photo gets the same answer");

    let permit = Admission::new(1, 0).enter_unnamed().await.expect("an empty queue");
    drop(vision.describe(&photo, &permit).await.expect("a stream"));
    let after = describe(vision, &photo).await.expect("a dropped stream hurts nobody");
    assert_eq!(garments, after, "a dropped stream leaves nothing behind");

    let other_side = Photo::from_picture(&RgbImage::new(90, 90), vision.photo_side() + 32);
    assert!(
        describe(vision, &other_side).await.is_err(),
        "a photo of another side is refused before it reaches a batch"
    );
    assert!(describe(vision, &photo).await.is_ok(), "a refused photo hurts nobody");
}
