//! What the catalog says of products that a customer asks about, and small talk.

use super::{ChatError, act::Act};
use crate::{
    money::Money,
    product::Product,
    search::{ShownProduct, itself},
};

/// What can be asked of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Price,
    Stock,
    Sizes,
    Material,
    Colours,
    Brand,
}

const TOPICS: [(Topic, &[&str]); 6] = [
    (
        Topic::Price,
        &[
            "price",
            "cost",
            "how much",
            "expensive",
            "on sale",
            "preis",
            "kostet",
            "teuer",
            "prix",
            "coûte",
            "precio",
            "cuesta",
        ],
    ),
    (
        Topic::Stock,
        &["in stock", "available", "left", "verfügbar", "vorrätig", "lieferbar", "disponible"],
    ),
    (
        Topic::Sizes,
        &["size", "fit", "small", "large", "größe", "grösse", "passt", "taille", "talla"],
    ),
    (
        Topic::Material,
        &[
            "made of", "material", "fabric", "cotton", "wool", "leather", "warm", "wash", "stoff",
            "matière", "tissu", "tela",
        ],
    ),
    (Topic::Colours, &["colour", "color", "farbe", "couleur"]),
    (Topic::Brand, &["brand", "who makes", "maker", "marke", "marque", "marca"]),
];

const HELLO: &[&str] =
    &["hello", "hi", "hey", "good morning", "good evening", "hallo", "bonjour", "hola"];
const THANKS: &[&str] = &["thank", "great help", "perfect", "danke", "merci", "gracias"];
const BYE: &[&str] = &["bye", "see you", "nice day", "tschüss", "au revoir", "adiós"];

impl Act<'_> {
    /// Says what the catalog says of the products that are meant; of the only one shown where none
    /// is named.
    pub(super) async fn tell_of(&mut self, about: &[usize]) -> Result<(), ChatError> {
        let about = match (about, self.memory.shown.len()) {
            ([], 1) => &[0][..],
            (about, _) => about,
        };
        let products = self.meant(about).await?;
        if products.is_empty() {
            self.ask_which();
            return Ok(());
        }
        self.offer(&products);
        let topics = topics_of(&self.said.text);
        for (place, product) in products.iter().enumerate() {
            let name = format!("p{}", place + 1);
            if !product.can_be_bought_now() {
                self.draft.line(&format!("{{{name}.title}} can not be bought now."));
                continue;
            }
            let told: Vec<String> =
                topics.iter().filter_map(|topic| self.told(*topic, &name)).collect();
            if told.is_empty() {
                self.draft.line(&self.all_of(&name));
            } else {
                self.draft.line(&told.join(" "));
            }
        }
        self.keep_in_view(&products);
        Ok(())
    }

    /// Puts two products, or those that are meant, side by side.
    pub(super) async fn compare(&mut self, about: &[usize]) -> Result<(), ChatError> {
        let both: Vec<usize> = match about {
            [_, _, ..] => about.to_vec(),
            [one] => (0..self.memory.shown.len())
                .filter(|at| at != one)
                .take(1)
                .fold(vec![*one], |all, at| [all, vec![at]].concat()),
            [] => (0..self.memory.shown.len().min(2)).collect(),
        };
        let products = self.meant(&both).await?;
        if products.len() < 2 {
            self.ask_which();
            return Ok(());
        }
        self.offer(&products);
        for place in 0..products.len() {
            self.draft.line(&self.all_of(&format!("p{}", place + 1)));
        }
        if let Some((cheaper, less)) = cheapest(&products) {
            self.draft.put("less", less.to_string());
            self.draft.line(&format!("{{p{}.title}} costs {{less}} less.", cheaper + 1));
        }
        self.keep_in_view(&products);
        Ok(())
    }

    /// What there is to say of a product on one topic.
    fn told(&self, topic: Topic, name: &str) -> Option<String> {
        let has = |field: &str| self.draft.has(&format!("{name}.{field}"));
        let sentence = match topic {
            Topic::Price if has("price") => "{N.title} costs {N.price}.",
            Topic::Stock if has("sizes") => "{N.title} is in stock, in {N.sizes}.",
            Topic::Stock => "{N.title} is in stock.",
            Topic::Sizes if has("sizes") => "{N.title} is there in {N.sizes}.",
            Topic::Sizes => "{N.title} comes in one size.",
            Topic::Material if has("material") => "{N.title} is made of {N.material}.",
            Topic::Colours if has("colours") => "{N.title} is there in {N.colours}.",
            Topic::Brand if has("brand") => "{N.title} is by {N.brand}.",
            _ => return None,
        };
        Some(sentence.replace("{N.", &format!("{{{name}.")))
    }

    /// All that there is to say of a product, in short.
    fn all_of(&self, name: &str) -> String {
        let has = |field: &str| self.draft.has(&format!("{name}.{field}"));
        let mut sentence = String::from("{N.title}");
        if has("brand") {
            sentence += " by {N.brand}";
        }
        if has("price") {
            sentence += " costs {N.price}";
        }
        for (field, words) in [
            ("material", "made of {N.material}"),
            ("colours", "in {N.colours}"),
            ("sizes", "sizes {N.sizes}"),
        ] {
            if has(field) {
                sentence += ", ";
                sentence += words;
            }
        }
        sentence += ".";
        if has("description") {
            sentence += " The shop says: «{N.description}»";
        }
        sentence.replace("{N.", &format!("{{{name}."))
    }

    fn ask_which(&mut self) {
        self.draft.say(if self.memory.shown.is_empty() {
            "I have shown you nothing yet. Send a photo, or tell me what you look for."
        } else {
            "Which one do you mean? Call it by its place, as the first one, or by its colour."
        });
    }

    /// The reply has the products, while those shown before keep their places.
    fn keep_in_view(&mut self, products: &[Product]) {
        self.told_of = products.iter().filter_map(itself).collect();
    }

    /// Answers what wants nothing.
    pub(super) fn be_polite(&mut self) {
        let lower = self.said.text.to_lowercase();
        let says = |words: &[&str]| {
            let mut all = words.iter();
            all.any(|word| lower.split(|c: char| !c.is_alphanumeric()).any(|own| own == *word))
                || words.iter().any(|phrase| phrase.contains(' ') && lower.contains(phrase))
        };
        let thanks = THANKS.iter().any(|word| lower.contains(word));
        self.draft.say(if thanks {
            "You are welcome."
        } else if says(BYE) {
            "Good bye, and come again."
        } else if says(HELLO) {
            "Hello. Send me a photo of clothes that you like, or tell me what you look for."
        } else {
            "I am the shop's assistant, a program. Send me a photo of clothes that you like, or tell \
             me what you look for."
        });
    }
}

fn topics_of(text: &str) -> Vec<Topic> {
    let lower = text.to_lowercase();
    let asked = |(_, words): &&(Topic, &[&str])| words.iter().any(|word| lower.contains(word));
    TOPICS.iter().filter(asked).map(|(topic, _)| *topic).collect()
}

/// Of the first two, the place of the cheaper one and how much less it costs.
fn cheapest(products: &[Product]) -> Option<(usize, Money)> {
    let [first, second, ..] = products else { return None };
    let price = |product: &Product| ShownProduct::from(product.clone()).price;
    let (first, second) = (price(first)?, price(second)?);
    let less = first.amount.abs_diff(second.amount);
    let comparable = first.currency == second.currency && less > 0;
    let amount = i64::try_from(less).ok()?;
    let cheaper = usize::from(second.amount < first.amount);
    comparable.then_some((cheaper, Money { amount, currency: first.currency }))
}
