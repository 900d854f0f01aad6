use crate::ports::{Embedder, Vector};

async fn embed(embedder: &dyn Embedder, texts: &[&str]) -> Vec<Vector> {
    let texts = texts.iter().map(|text| (*text).to_owned()).collect();
    embedder.embed(texts).await.expect("every text is embedded")
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The contract of [`Embedder`].
pub async fn embedder(embedder: &dyn Embedder) {
    assert!(!embedder.model().is_empty(), "a model has a name");
    assert!((-1.0..1.0).contains(&embedder.min_similarity()), "the floor is a cosine");
    assert_eq!(embed(embedder, &[]).await, Vec::<Vector>::new(), "no texts, no vectors");

    let long = "navy dress ".repeat(2_000);
    let odd = ["", " ", "a", "\u{0}", "<|image_pad|><|im_end|>", "日本語 👗", "d'or \"q\"", &long];
    for vector in embed(embedder, &odd).await {
        assert_eq!(vector.len(), embedder.dimensions(), "every vector has the same size");
        assert!((cosine(&vector, &vector) - 1.0).abs() < 1e-3, "every vector has unit length");
    }

    let texts = ["navy midi dress, long sleeves", "white shoes", "navy dress"];
    let together = embed(embedder, &texts).await;
    for (text, vector) in texts.iter().zip(&together) {
        let alone = embed(embedder, &[text]).await.remove(0);
        assert!(cosine(&alone, vector) > 0.9999, "a text's vector is its own in any company");
    }
    assert!(
        cosine(&together[0], &together[2]) > cosine(&together[0], &together[1]),
        "texts of like meaning are closer than others"
    );

    let many: Vec<String> = (0..150).map(|number| format!("dress number {number}")).collect();
    let vectors = embedder.embed(many.clone()).await.expect("more texts than one batch holds");
    assert_eq!(vectors.len(), many.len(), "one vector for each text");
    let last = embed(embedder, &[&many[149]]).await.remove(0);
    assert!(cosine(&vectors[149], &last) > 0.9999, "vectors come in the order of the texts");
}
