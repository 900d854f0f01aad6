use crate::{
    filter::Filters,
    ids::{MerchantId, ProductId},
    ports::Rules,
    rules::{Effect, Occasion, Rule, Strength, Synonyms, Which},
    vocabulary::{Category, Colour},
};

/// The contract of [`Rules`].
pub async fn rules(rules: &dyn Rules) {
    keeps_rules_by_their_names(rules).await;
    keeps_synonyms_by_their_names(rules).await;
}

fn shops(name: &str) -> [MerchantId; 2] {
    ["one", "other"].map(|shop| MerchantId::new(format!("rules-{name}-{shop}")).unwrap())
}

fn pin(product: &str) -> Rule {
    Rule {
        when: Occasion::default(),
        then: Effect::Pin { products: vec![ProductId::new(product).unwrap()] },
        starts_at: None,
        ends_at: None,
        enabled: true,
    }
}

async fn keeps_rules_by_their_names(rules: &dyn Rules) {
    let [shop, other] = shops("kept");
    let red = Filters { colours: vec![Colour::Red], ..Filters::default() };
    let whole = Rule {
        when: Occasion { texts: vec!["été \"%'".into()], categories: vec![Category::Dress] },
        then: Effect::Bury {
            which: Which { products: Vec::new(), filters: red },
            strength: Strength(0.5),
        },
        starts_at: "2026-01-01T00:00:00Z".parse().ok(),
        ends_at: "2026-02-01T00:00:00.5Z".parse().ok(),
        enabled: false,
    };
    assert!(rules.put_rule(&shop, "b", &whole).await.unwrap());
    assert!(rules.put_rule(&shop, "Z", &pin("z")).await.unwrap());
    assert!(rules.put_rule(&shop, "é", &pin("e")).await.unwrap());
    assert!(rules.put_rule(&other, "b", &pin("other")).await.unwrap());
    let named = |name: &str, rule| (name.to_owned(), rule);
    let all = [named("Z", pin("z")), named("b", whole), named("é", pin("e"))];
    assert_eq!(rules.rules(&shop).await.unwrap(), all, "in the order of their bytes");
    assert!(!rules.put_rule(&shop, "b", &pin("b")).await.unwrap(), "it was there before");
    assert_eq!(rules.rules(&shop).await.unwrap()[1], named("b", pin("b")));
    assert!(rules.remove_rule(&shop, "b").await.unwrap());
    assert!(!rules.remove_rule(&shop, "b").await.unwrap());
    assert_eq!(rules.rules(&shop).await.unwrap().len(), 2);
    assert_eq!(rules.rules(&other).await.unwrap(), [named("b", pin("other"))], "another's stays");
}

async fn keeps_synonyms_by_their_names(rules: &dyn Rules) {
    let [shop, other] = shops("synonyms");
    let of = |words: &[&str]| Synonyms { words: words.iter().map(|&w| w.to_owned()).collect() };
    assert!(rules.put_synonyms(&shop, "shoes", &of(&["trainers", "sneakers"])).await.unwrap());
    assert!(rules.put_synonyms(&shop, "Tops", &of(&["tee", "t-shirt"])).await.unwrap());
    assert!(!rules.put_synonyms(&shop, "shoes", &of(&["trainers", "shoes"])).await.unwrap());
    let all = rules.synonyms(&shop).await.unwrap();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Tops", "shoes"]);
    assert_eq!(all[1].1, of(&["trainers", "shoes"]));
    assert!(rules.synonyms(&other).await.unwrap().is_empty());
    assert!(!rules.remove_synonyms(&other, "shoes").await.unwrap());
    assert!(rules.remove_synonyms(&shop, "shoes").await.unwrap());
    assert_eq!(rules.synonyms(&shop).await.unwrap().len(), 1);
}
