use super::*;
use crate::{
    claims::Claim,
    filter::Filters,
    money::Money,
    testing::sample,
    vocabulary::{Category, Colour},
};

fn said(from: Speaker, text: &str) -> ChatMessage {
    ChatMessage::new(from, text)
}

#[test]
fn a_conversation_stays_small_however_long_it_goes_on() {
    let mut conversation = Conversation::new("api");
    for number in 0..1_000 {
        let text = format!("{number} {}", "and more ".repeat(100));
        let mut message = said(Speaker::Customer, &text);
        conversation.memory.wish(&text, Intent::Find);
        conversation.take(&mut message);
        assert_eq!(message.number, number + 1);
    }
    let kept = serde_json::to_string(&conversation).unwrap();
    assert!(kept.len() < 8_000, "{} bytes", kept.len());
    let summary = conversation.summary();
    assert!(
        summary.contains("Said last: «999 and more") && !summary.contains("«9 and"),
        "{summary}"
    );
}

#[test]
fn the_time_to_a_first_answer_counts_from_what_asked_for_it() {
    let mut conversation = Conversation::new("api");
    let at = |seconds: i64| conversation_start() + jiff::SignedDuration::from_secs(seconds);
    let mut take = |from, seconds| {
        let mut message = ChatMessage { at: at(seconds), ..said(from, "x") };
        conversation.take(&mut message);
    };
    take(Speaker::Customer, 10);
    take(Speaker::Assistant, 12);
    take(Speaker::Assistant, 30);
    assert_eq!(conversation.first_answer_ms, Some(2_000));
    conversation.hand_over(HandoverReason::Asked);
    if let Some(handover) = &mut conversation.handover {
        handover.at = at(40);
    }
    let mut agent = ChatMessage { at: at(45), ..said(Speaker::Agent, "hello") };
    conversation.take(&mut agent);
    assert_eq!(conversation.first_agent_answer_ms, Some(5_000));
    assert_eq!(conversation.first_answer_ms, Some(2_000));
}

fn conversation_start() -> Timestamp {
    "2026-11-26T12:00:00Z".parse().unwrap()
}

#[test]
fn a_summary_tells_what_was_seen_wanted_and_shown() {
    let mut conversation = Conversation::new("api");
    conversation.memory.garments = vec![sample::garment(Category::Dress, &[Colour::Navy])];
    conversation.memory.wish("in green, size 40", Intent::Refine);
    conversation.memory.wish("thanks", Intent::SmallTalk);
    let mut message = ChatMessage {
        photo_ids: vec!["a".into()],
        ..said(Speaker::Customer, "do you\nhave this?")
    };
    conversation.take(&mut message);
    let summary = conversation.summary();
    for part in ["sent 1 photo", "dress", "«in green, size 40»", "«do you have this?»"] {
        assert!(summary.contains(part), "{part} is not in {summary}");
    }
    assert!(!summary.contains("thanks"));
    assert_eq!(Conversation::new("api").summary(), "Nothing was said yet.");
}

#[test]
fn words_call_for_a_person_in_four_languages_and_ordinary_wishes_do_not() {
    use HandoverReason::{Asked, Complaint, Order};
    for (text, reason) in [
        ("Can I speak to someone?", Asked),
        ("Ich möchte mit einem Menschen sprechen", Asked),
        ("je veux parler à un conseiller", Asked),
        ("quiero hablar con una persona", Asked),
        ("This is unacceptable!", Complaint),
        ("Das ist eine Beschwerde", Complaint),
        ("I want to complain to your manager", Complaint),
        ("Where is MY ORDER?!", Order),
        ("wo bleibt meine Bestellung", Order),
        ("je veux un remboursement", Order),
        ("¿dónde está mi pedido?", Order),
    ] {
        assert_eq!(called_for(text, None), Some(reason), "{text}");
    }
    for text in [
        "a red dress for a party",
        "in order of price please",
        "something a person of my age wears",
        "un vestido para una persona alta",
        "I would exchange the navy one for green",
        "agenda",
        "the green one in M",
        "",
    ] {
        assert_eq!(called_for(text, None), None, "{text}");
    }
    assert_eq!(called_for("hm", Some(Intent::HandOver)), Some(Asked));
    assert_eq!(called_for("hm", Some(Intent::AskOrder)), Some(Order));
    assert_eq!(called_for("hm", Some(Intent::Find)), None);
}

#[test]
fn conditions_are_read_where_they_are_said_and_not_where_they_are_ruled_out() {
    let of = |text: &str| conditions(text, Some("EUR".parse().unwrap()));
    let (filters, asked) = of("the second one in green, size 40");
    assert_eq!(filters.colours, [Colour::Green, Colour::Olive]);
    assert_eq!((filters.sizes, asked), (vec!["40".to_owned()], Vec::new()));
    assert_eq!(of("I would prefer light blue").0.colours, [Colour::LightBlue]);
    assert_eq!(of("no red please").0.colours, []);
    assert_eq!(of("something cheaper").1, [Condition::Cheaper]);
    assert_eq!(of("was passt dazu?").1, [Condition::GoesWith]);
    assert_eq!(of("hello"), (Filters::default(), Vec::new()));
}

fn live() -> Live {
    Live {
        title: "Linden\u{7} midi\ndress {p9.price}".into(),
        price: Some(Money { amount: 4_990, currency: "EUR".parse().unwrap() }),
        available: true,
        sizes: vec!["38".into(), "40".into()],
        colours: vec![Colour::Navy],
        brand: None,
        material: Some("cotton".into()),
        description: "word ".repeat(100),
    }
}

fn draft() -> Draft {
    let mut draft = Draft::new("The navy dress {p1.title} costs {p1.price}.");
    draft.offer(0, &live());
    draft
}

#[test]
fn a_draft_is_filled_in_with_what_is_known_and_nothing_else() {
    let draft = draft();
    let filled = draft.fill(&draft.text).unwrap();
    assert_eq!(filled, "The navy dress Linden midi dress {p9.price} costs 49.90 EUR.");
    assert!(draft.fill("{p1.description}").unwrap().chars().count() < 170);
    for text in ["{p2.price}", "{p1.brand}", "{p1.stock}", "{", "{}"] {
        assert_eq!(draft.fill(text), Err(Unfounded::Placeholder), "{text}");
    }
}

#[test]
fn a_models_words_may_say_what_the_draft_says() {
    for text in [
        "Gern! Das Kleid {p1.title} kostet {p1.price}.",
        "Sure, the navy dress {p1.title} is {p1.price}, and a dress for every day.",
        "{p1.price} for {p1.title}, in {p1.sizes}.",
    ] {
        assert_eq!(check(text, &draft(), &[]), Ok(()), "{text}");
    }
}

#[test]
fn a_models_words_may_hold_no_number_promise_address_or_garment_of_their_own() {
    for (text, why) in [
        ("{p1.title} costs {p1.price}, only 3 left!", Unfounded::Claim(Claim::Number)),
        ("{p1.title} for {p1.price} — half price: €", Unfounded::Claim(Claim::Number)),
        ("{p1.title}, {p1.price}, ٣ left", Unfounded::Claim(Claim::Number)),
        ("{p1.title} for {p1.price} with a discount", Unfounded::Claim(Claim::Promise)),
        ("{p1.title} für {p1.price}, Versand inklusive", Unfounded::Claim(Claim::Promise)),
        ("{p1.title} pour {p1.price}, livraison rapide", Unfounded::Claim(Claim::Promise)),
        ("{p1.title} por {p1.price}, envío gratis", Unfounded::Claim(Claim::Promise)),
        ("{p1.title} for {p1.price}, see www.shop.example", Unfounded::Claim(Claim::Address)),
        ("{p1.title} for {p1.price}, and a red hat", Unfounded::Garment),
        ("{p1.title} for {p1.price}, in a pink dress", Unfounded::Garment),
        ("It costs {p1.price}.", Unfounded::Placeholder),
        ("{p1.title} costs {p1.price} {p2.price}", Unfounded::Placeholder),
        ("{p1.title} costs {p1.price} }", Unfounded::Placeholder),
        ("  ", Unfounded::Length),
    ] {
        assert_eq!(check(text, &draft(), &[]), Err(why), "{text}");
    }
    let long = format!("{{p1.title}} {{p1.price}} {}", "so ".repeat(400));
    assert_eq!(check(&long, &draft(), &[]), Err(Unfounded::Length));
}
