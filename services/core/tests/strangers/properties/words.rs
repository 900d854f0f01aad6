use vitrine_core::{
    conversation::{Draft, Live, called_for, check, conditions},
    feed::clean,
    grounding::grounded,
    ids::ProductId,
    look::Suggestion,
    ports::{AdvicePiece, Brief, Candidate},
    search::Asked,
    vocabulary::{Category, Colour},
    wish,
};

/// The instructions of a model that nobody is told.
const INSTRUCTIONS: &str = "Name no other product, brand, shop or price. Answer in JSON.";

/// What a customer writes is understood or not, and nothing is made of it that was not written.
pub fn words(text: &str) {
    let euro = "EUR".parse().ok();
    wish::understood(text, euro);
    conditions(text, euro);
    called_for(text, None);
    Asked::of_text(text);
    let (filters, rest) = wish::conditions(text);
    if filters.is_empty() {
        assert_eq!(rest, text);
    }
    assert!(rest.split_whitespace().all(|word| text.contains(word)), "{rest}");
    let line = clean(text);
    assert!(!line.chars().any(char::is_control), "{line:?}");
    assert_eq!(clean(&line), line);
}

/// What a model writes is told only as it may be: what passed once passes again, and a reply that
/// passed can be filled in. `title` is what a merchant calls a product.
pub fn advice(text: &str, title: &str) {
    let product = ProductId::new("d1").expect("a good id");
    let candidate = Candidate {
        product: product.clone(),
        title: title.into(),
        category: Category::Dress,
        colour: Some(Colour::Navy),
    };
    let brief = Brief { candidates: vec![candidate], ..Brief::default() };
    let suggestion = Suggestion { text: text.into(), product_ids: vec![product] };
    for piece in [AdvicePiece::Text(text.into()), AdvicePiece::Suggestion(suggestion)] {
        let told = grounded(piece, &brief, &[INSTRUCTIONS]);
        let again = told.clone().and_then(|told| grounded(told, &brief, &[INSTRUCTIONS]));
        assert_eq!(again, told);
    }
    let mut draft = Draft::new("Here is {p1.title}.");
    draft.offer(0, &called(title));
    if check(text, &draft, &[INSTRUCTIONS]).is_ok() {
        assert!(draft.fill(text).is_ok(), "{text}");
    }
    if let Ok(line) = draft.fill("{p1.title}") {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

/// A product of which nothing is known but what its merchant calls it.
fn called(title: &str) -> Live {
    Live {
        title: title.into(),
        price: None,
        available: true,
        sizes: Vec::new(),
        colours: Vec::new(),
        brand: None,
        material: None,
        description: title.into(),
    }
}
