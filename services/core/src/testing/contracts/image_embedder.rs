use image::{Rgb, RgbImage};

use crate::ports::{ImageEmbedder, Vector};

async fn embed(embedder: &dyn ImageEmbedder, pictures: &[RgbImage]) -> Vec<Vector> {
    embedder.embed(pictures.to_vec()).await.expect("every picture is embedded")
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// A square of one colour on another, from `low` to `high` of each side's tenths.
fn square(side: u32, ground: [u8; 3], colour: [u8; 3], (low, high): (u32, u32)) -> RgbImage {
    let inside = |at: u32| (low * side / 10..high * side / 10).contains(&at);
    RgbImage::from_fn(side, side, |x, y| Rgb(if inside(x) && inside(y) { colour } else { ground }))
}

/// The contract of [`ImageEmbedder`].
pub async fn image_embedder(embedder: &dyn ImageEmbedder) {
    assert!(!embedder.model().is_empty(), "a model has a name");
    if let Some(grades) = embedder.grades() {
        let cosines: Vec<f32> =
            [grades.similar, grades.very_similar].into_iter().flatten().collect();
        assert!(cosines.is_sorted(), "what looks very similar looks similar too: {grades:?}");
        assert!(cosines.iter().all(|cosine| (-1.0..=1.0).contains(cosine)), "they are cosines");
    }
    assert_eq!(embed(embedder, &[]).await, Vec::<Vector>::new(), "no pictures, no vectors");

    let (red, white) = ([200, 30, 40], [240, 240, 240]);
    let large = square(640, white, red, (2, 8));
    let odd = [
        RgbImage::new(1, 1),
        RgbImage::new(700, 3),
        RgbImage::from_pixel(3, 500, Rgb([255; 3])),
        large.clone(),
    ];
    for vector in embed(embedder, &odd).await {
        assert_eq!(vector.len(), embedder.dimensions(), "every vector has the same size");
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-3, "every vector has unit length");
    }

    let together = embed(embedder, &odd).await;
    for (picture, vector) in odd.iter().zip(&together) {
        let alone = embed(embedder, std::slice::from_ref(picture)).await.remove(0);
        assert!(cosine(&alone, vector) > 0.9999, "a picture's vector is its own in any company");
    }

    let small = square(160, white, red, (2, 8));
    let other = square(640, [20, 60, 20], [40, 60, 220], (5, 9));
    let vectors = embed(embedder, &[large, small, other]).await;
    assert!(
        cosine(&vectors[0], &vectors[1]) > cosine(&vectors[0], &vectors[2]),
        "one picture in two sizes is closer than another picture"
    );

    let many: Vec<RgbImage> =
        (0..70_u8).map(|n| RgbImage::from_pixel(40, 40, Rgb([n * 3, 90, 255 - n]))).collect();
    let vectors = embed(embedder, &many).await;
    assert_eq!(vectors.len(), many.len(), "one vector for each picture");
    let last = embed(embedder, &many[69..]).await.remove(0);
    assert!(cosine(&vectors[69], &last) > 0.9999, "vectors come in the order of the pictures");
}
