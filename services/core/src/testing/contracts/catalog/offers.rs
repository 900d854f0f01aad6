use super::*;

pub(super) async fn tells_the_index_of_offers_only_where_it_matters(catalog: &dyn IndexingStore) {
    let shop = merchant("offers");
    let mut product = sample::product("a");
    product.variants.push(sample::variant("a-navy-l", "navy", "L"));
    product.variants.push(sample::variant("a-red-l", "red", "L"));
    catalog.upsert(&shop, vec![product.clone(), sample::product("b")]).await.unwrap();
    settle(catalog).await;

    let offer = Offer {
        price: "51.20 EUR".parse().unwrap(),
        sale_price: None,
        availability: Availability::LimitedStock,
        stock: Some(1),
    };
    let unknown = change_to(&VariantId::new("nobody's").unwrap(), offer.clone());
    let first = product.variants[0].id.clone();
    let changes = vec![unknown, change_to(&first, offer.clone())];
    let done = catalog.set_offers(&shop, changes).await.unwrap();
    assert_eq!((done.set, done.unknown), (1, vec![0]), "what is not there is told by its place");
    product.variants[0].offer = offer;
    assert_eq!(
        one(catalog, &shop, "a").await,
        product,
        "an offer holds at once, and only where set"
    );
    assert_eq!(waiting(catalog).await.len(), 0, "a change within the price band is not indexed");

    let patch = |variant: usize, patch: OfferPatch| OfferChange {
        variant: product.variants[variant].id.clone(),
        patch,
    };
    let none_left = OfferPatch { stock: Some(Some(0)), ..OfferPatch::default() };
    catalog.set_offers(&shop, vec![patch(0, none_left)]).await.unwrap();
    let waits = waiting(catalog).await;
    assert_eq!(waits.len(), 0, "while another size of the colour can be bought nothing is indexed");
    let sold_out =
        OfferPatch { availability: Some(Availability::OutOfStock), ..OfferPatch::default() };
    catalog.set_offers(&shop, vec![patch(1, sold_out)]).await.unwrap();
    assert_eq!(waiting(catalog).await, ["a"], "a colour that sold out is indexed");
    let known = one(catalog, &shop, "a").await;
    assert_eq!(known.variants[0].offer.price, product.variants[0].offer.price, "the rest stays");
    settle(catalog).await;

    let sale = |text: &str| OfferPatch {
        sale_price: Some(Some(text.parse().unwrap())),
        ..OfferPatch::default()
    };
    let dear = OfferPatch { price: Some("500 EUR".parse().unwrap()), ..OfferPatch::default() };
    let other = OfferChange { variant: sample::product("b").variants[0].id.clone(), patch: dear };
    let changes = vec![patch(2, sale("9.90 EUR")), other, patch(2, sale("5000 EUR"))];
    let done = catalog.set_offers(&shop, changes).await.unwrap();
    assert_eq!(done.set, 2);
    assert_eq!(done.refused.len(), 1, "a sale above its price is refused");
    assert_eq!(done.refused[0].0, 2, "and told by its place");
    let known = one(catalog, &shop, "a").await;
    assert_eq!(known.variants[2].offer.current_price(), "9.90 EUR".parse().unwrap());
    let mut told = waiting(catalog).await;
    told.sort_unstable();
    assert_eq!(told, ["a", "b"], "what moves to another price band is indexed");
    assert_eq!(catalog.set_offers(&shop, Vec::new()).await.unwrap(), OffersSet::default());
    settle(catalog).await;
}
