use super::*;

pub(super) async fn keeps_products_whole(catalog: &dyn IndexingStore) {
    let shop = merchant("whole 'shop\" $1 👗");
    let odd = "o'dd \"id\" \\ ; -- é %_ $1";
    let products = vec![awkward(odd), sample::product("b"), sample::product("a")];
    let upserted = catalog.upsert(&shop, products.clone()).await.unwrap();
    assert_eq!(upserted, Upserted { created: 3, ..Upserted::default() }, "all three are new");
    assert_eq!(one(catalog, &shop, odd).await, products[0], "a product comes back as it went in");

    let found = catalog.products(&shop, &ids(&["a", "missing", odd, "b"])).await.unwrap();
    let order: Vec<&str> = found.iter().map(|product| product.id.as_str()).collect();
    assert_eq!(
        order,
        ["a", odd, "b"],
        "products come in the order asked for, unknown ones left out"
    );
    assert_eq!(catalog.products(&shop, &[]).await.unwrap(), [], "nothing asked for, nothing found");

    let again = catalog.upsert(&shop, vec![awkward(odd)]).await.unwrap();
    assert_eq!(again.unchanged, 1, "the most awkward product is known again");
    settle(catalog).await;
}

pub(super) async fn keeps_merchants_apart(catalog: &dyn IndexingStore) {
    let (one_shop, other) = (merchant("apart-1"), merchant("apart-2"));
    let mut theirs = sample::product("same");
    theirs.title = "Another shop's".into();
    catalog.upsert(&one_shop, vec![sample::product("same"), sample::product("own")]).await.unwrap();
    catalog.upsert(&other, vec![theirs.clone()]).await.unwrap();

    assert_eq!(
        one(catalog, &one_shop, "same").await,
        sample::product("same"),
        "ids are a merchant's own"
    );
    assert_eq!(one(catalog, &other, "same").await, theirs, "ids are a merchant's own");
    assert_eq!(
        catalog.products(&other, &ids(&["own"])).await.unwrap(),
        [],
        "products are not lent"
    );
    assert_eq!(catalog.count(&one_shop).await.unwrap(), 2, "each merchant's products are counted");
    assert_eq!(
        catalog.count(&merchant("nobody")).await.unwrap(),
        0,
        "an unknown merchant has none"
    );
    assert_eq!(catalog.pending(&one_shop).await.unwrap(), 2, "the outbox is counted by merchant");
    assert_eq!(catalog.pending(&other).await.unwrap(), 1, "the outbox is counted by merchant");

    let mut change = offer_of(&theirs, 0);
    change.patch.stock = Some(Some(77));
    assert_eq!(catalog.set_offers(&other, vec![change]).await.unwrap().set, 1);
    let kept = one(catalog, &one_shop, "same").await;
    assert_eq!(kept, sample::product("same"), "an offer is set for its merchant alone");
    assert_eq!(
        catalog.remove(&other, &ids(&["same", "own"])).await.unwrap(),
        1,
        "only one's own go"
    );
    assert_eq!(
        catalog.count(&one_shop).await.unwrap(),
        2,
        "another's removal removes nothing here"
    );
    settle(catalog).await;
}

pub(super) async fn tells_new_from_changed_from_unchanged(catalog: &dyn IndexingStore) {
    let shop = merchant("changes");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    settle(catalog).await;

    let mut changed = sample::product("b");
    changed.variants[0].offer.stock = Some(2);
    let batch = vec![sample::product("a"), changed.clone(), sample::product("c")];
    let upserted = catalog.upsert(&shop, batch).await.unwrap();
    assert_eq!(upserted, Upserted { created: 1, changed: 1, unchanged: 1 });
    assert_eq!(waiting(catalog).await, ["b", "c"], "an unchanged product is not indexed again");
    assert_eq!(one(catalog, &shop, "b").await, changed, "the last one written holds");

    let mut fewer = awkward("d");
    catalog.upsert(&shop, vec![fewer.clone()]).await.unwrap();
    fewer.variants.truncate(1);
    fewer.variants.push(sample::variant("d-new", "navy", "L"));
    catalog.upsert(&shop, vec![fewer.clone()]).await.unwrap();
    assert_eq!(one(catalog, &shop, "d").await, fewer, "variants left out are gone");
    fewer.variants.reverse();
    let turned = catalog.upsert(&shop, vec![fewer.clone()]).await.unwrap();
    assert_eq!(turned.changed, 1, "the order of variants is part of a product");
    assert_eq!(one(catalog, &shop, "d").await, fewer, "the order of variants is kept");

    let (first, mut second) = (sample::product("e"), sample::product("e"));
    second.title = "Later".into();
    catalog.upsert(&shop, vec![first, second.clone()]).await.unwrap();
    assert_eq!(
        one(catalog, &shop, "e").await,
        second,
        "of one product twice in a batch the last holds"
    );
    assert_eq!(catalog.upsert(&shop, Vec::new()).await.unwrap(), Upserted::default());
    settle(catalog).await;
}

pub(super) async fn lets_variants_move(catalog: &dyn IndexingStore) {
    let shop = merchant("moves");
    let mut from = sample::product("from");
    from.variants =
        vec![sample::variant("stays", "navy", "S"), sample::variant("moves", "navy", "M")];
    catalog.upsert(&shop, vec![from.clone()]).await.unwrap();
    settle(catalog).await;

    let mut to = sample::product("to");
    to.variants = vec![sample::variant("moves", "navy", "M")];
    catalog.upsert(&shop, vec![to.clone()]).await.unwrap();
    from.variants.truncate(1);
    assert_eq!(
        one(catalog, &shop, "from").await,
        from,
        "a variant that moved is gone from where it was"
    );
    assert_eq!(one(catalog, &shop, "to").await, to, "a variant that moved is where it moved to");
    let mut told = waiting(catalog).await;
    told.sort_unstable();
    assert_eq!(told, ["from", "to"], "the index is told of both products");
    settle(catalog).await;

    let mut heir = sample::product("heir");
    heir.variants =
        vec![sample::variant("stays", "navy", "S"), sample::variant("more", "red", "S")];
    catalog.upsert(&shop, vec![heir]).await.unwrap();
    let left = catalog.products(&shop, &ids(&["from"])).await.unwrap();
    assert_eq!(left, [], "a product whose last variant moved away is removed");
    assert!(waiting(catalog).await.contains(&"from".to_owned()), "and the index is told so");
    settle(catalog).await;

    let mut swapped = [sample::product("to"), sample::product("heir")];
    swapped[0].variants = vec![sample::variant("more", "red", "S")];
    swapped[1].variants = vec![sample::variant("moves", "navy", "M")];
    catalog.upsert(&shop, swapped.to_vec()).await.unwrap();
    assert_eq!(one(catalog, &shop, "to").await, swapped[0], "two products can swap variants");
    assert_eq!(one(catalog, &shop, "heir").await, swapped[1], "two products can swap variants");
    settle(catalog).await;
}

pub(super) async fn edits(catalog: &dyn IndexingStore) {
    let shop = merchant("edits");
    catalog.upsert(&shop, vec![sample::product("a"), sample::product("b")]).await.unwrap();
    settle(catalog).await;
    let id = &ids(&["a"])[0];
    let rename = |product: &Product| Some(Product { title: "New".into(), ..product.clone() });
    let Edited::Done(edited) = catalog.edit(&shop, id, Box::new(rename)).await.unwrap() else {
        panic!("a product that is there is edited");
    };
    assert_eq!((edited.title.as_str(), &one(catalog, &shop, "a").await), ("New", &edited));
    assert_eq!(waiting(catalog).await, ["a"], "the index is told");
    settle(catalog).await;
    let refuse = catalog.edit(&shop, id, Box::new(|_| None)).await.unwrap();
    assert_eq!(refuse, Edited::Refused);
    assert_eq!(one(catalog, &shop, "a").await, edited, "what is refused changes nothing");
    let other = catalog.edit(&merchant("edits-2"), id, Box::new(rename)).await.unwrap();
    assert_eq!(other, Edited::Unknown, "another merchant's product is not there to edit");
    assert_eq!(waiting(catalog).await.len(), 0);
}

pub(super) async fn removes(catalog: &dyn IndexingStore) {
    let shop = merchant("removal");
    let products = vec![awkward("a"), sample::product("b"), sample::product("c")];
    catalog.upsert(&shop, products.clone()).await.unwrap();
    settle(catalog).await;
    let removed = catalog.remove(&shop, &ids(&["a", "missing", "c"])).await.unwrap();
    assert_eq!(removed, 2, "only what was there is counted");
    let mut told = waiting(catalog).await;
    told.sort_unstable();
    assert_eq!(told, ["a", "c"], "the index is told of what was removed, and of nothing else");
    assert_eq!(catalog.products(&shop, &ids(&["a", "b", "c"])).await.unwrap(), products[1..2]);
    assert_eq!(catalog.count(&shop).await.unwrap(), 1);
    let set = catalog.set_offers(&shop, vec![offer_of(&products[0], 0)]).await.unwrap().set;
    assert_eq!(set, 0, "the variants of a removed product are gone");
    settle(catalog).await;
    assert_eq!(catalog.remove(&shop, &ids(&["a"])).await.unwrap(), 0);
    assert_eq!(waiting(catalog).await.len(), 0, "what is not there is not removed again");
    assert_eq!(catalog.remove(&shop, &[]).await.unwrap(), 0);

    let upserted = catalog.upsert(&shop, vec![products[0].clone()]).await.unwrap();
    assert_eq!(upserted.created, 1, "a removed product can come back");
    assert_eq!(one(catalog, &shop, "a").await, products[0]);
    settle(catalog).await;
}

pub(super) async fn takes_large_batches(catalog: &dyn IndexingStore) {
    let shop = merchant("large");
    let products: Vec<Product> = (0..500).map(|n| sample::product(&format!("p{n}"))).collect();
    let upserted = catalog.upsert(&shop, products.clone()).await.unwrap();
    assert_eq!(upserted.created, 500);
    let mut asked: Vec<ProductId> = products.iter().map(|product| product.id.clone()).collect();
    asked.reverse();
    let found = catalog.products(&shop, &asked).await.unwrap();
    assert!(found.iter().map(|product| &product.id).eq(&asked), "many come in order too");
    let order = waiting(catalog).await;
    assert!(order.iter().eq(asked.iter().rev().map(|id| id.as_str())), "entered as they came");
    let changes: Vec<OfferChange> = products
        .iter()
        .map(|product| {
            let mut change = offer_of(product, 0);
            change.patch.stock = Some(Some(0));
            change
        })
        .collect();
    assert_eq!(catalog.set_offers(&shop, changes).await.unwrap().set, 500);
    assert_eq!(catalog.pending(&shop).await.unwrap(), 500);
    assert_eq!(catalog.remove(&shop, &asked).await.unwrap(), 500);
    settle(catalog).await;
}

pub(super) async fn tells_which_products_variants_are_of(catalog: &dyn IndexingStore) {
    let (mine, theirs) = (MerchantId::new("owners").unwrap(), MerchantId::new("others").unwrap());
    let product = sample::product("whole");
    let variant = product.variants[0].id.clone();
    let unknown = VariantId::new("nobody's").unwrap();
    catalog.upsert(&mine, vec![product.clone()]).await.unwrap();
    let asked = [variant.clone(), unknown];
    assert_eq!(catalog.owners(&mine, &asked).await.unwrap(), [(variant, product.id)]);
    assert_eq!(catalog.owners(&theirs, &asked).await.unwrap(), []);
    assert_eq!(catalog.owners(&mine, &[]).await.unwrap(), []);
}
