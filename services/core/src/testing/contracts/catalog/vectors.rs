use super::*;

pub(super) async fn keeps_vectors(catalog: &dyn IndexingStore) {
    let texts: Vec<String> =
        ["navy dress", "", "l'été \u{0} 👗", "unknown"].map(str::to_owned).to_vec();
    let values = [vec![0.25, -1.0, f32::MIN_POSITIVE], vec![0.0], vec![1.0 / 3.0; 1024]];
    let vectors: HashMap<_, _> = texts.iter().cloned().zip(values).collect();
    catalog.keep_vectors("model", &vectors).await.unwrap();
    let found = catalog.vectors("model", &texts).await.unwrap();
    assert_eq!(found, vectors, "vectors come back bit for bit, unknown texts are left out");
    assert_eq!(
        catalog.vectors("other", &texts).await.unwrap(),
        HashMap::new(),
        "models are kept apart"
    );
    assert_eq!(catalog.vectors("model", &[]).await.unwrap(), HashMap::new());

    let newer = HashMap::from([(texts[0].clone(), vec![0.5; 3])]);
    catalog.keep_vectors("model", &newer).await.unwrap();
    catalog.keep_vectors("model", &HashMap::new()).await.unwrap();
    let found = catalog.vectors("model", &texts[..1]).await.unwrap();
    assert_eq!(found, newer, "a vector kept again replaces the one before");
}
