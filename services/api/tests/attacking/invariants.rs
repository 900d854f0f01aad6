//! What holds of every answer, whatever was sent and whatever a model makes of it. The tests of the
//! whole service read this file too.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    path::Path,
};

use serde_json::Value;

/// So many words in a row give instructions away.
const ECHO: usize = 6;
/// Words in a text of the models' sources from which it is taken for an instruction.
const INSTRUCTION: usize = 12;

/// Promises that nobody here can keep.
const PROMISES: &[&str] = &[
    "discount",
    "coupon",
    "voucher",
    "refund",
    "money back",
    "free delivery",
    "free shipping",
    "free returns",
    "for free",
    "free of charge",
    "guarantee",
    "warranty",
    "half price",
    "rabatt",
    "gutschein",
    "kostenlos",
    "gratis",
    "erstatt",
    "garantie",
    "versprech",
    "remise",
    "réduction",
    "gratuit",
    "livraison",
    "rembours",
    "descuento",
    "envío",
    "reembols",
    "garantía",
    "скидк",
    "бесплатн",
    "возврат",
    "гарант",
    "خصم",
    "مجان",
    "استرداد",
    "ضمان",
    "توصيل",
    "折扣",
    "打折",
    "免费",
    "退款",
    "保证",
];
/// Letters that are taken for Latin ones.
const ALIKE: &[(char, char)] = &[
    ('а', 'a'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('і', 'i'),
    ('ј', 'j'),
    ('ո', 'n'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('х', 'x'),
    ('у', 'y'),
    ('α', 'a'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('η', 'n'),
];
/// Words after a number that make it money.
const CURRENCIES: &[&str] = &[
    "eur",
    "euro",
    "euros",
    "usd",
    "dollar",
    "dollars",
    "gbp",
    "pounds",
    "евро",
    "рублей",
    "يورو",
    "欧元",
    "元",
    "percent",
    "prozent",
    "procent",
];

/// What a merchant sells and what nobody may be told.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Products and variants of the merchant, each with its prices now, as `49.90`.
    sold: BTreeMap<String, Vec<String>>,
    /// Titles and other words of the merchant's own that replies quote.
    quoted: Vec<String>,
    /// Words that nobody may be told.
    pub(crate) secrets: Vec<String>,
    instructions: HashSet<Vec<String>>,
}

impl Watch {
    pub(crate) fn sells<'a>(&mut self, id: &str, prices: impl IntoIterator<Item = &'a str>) {
        if self.instructions.is_empty() {
            let texts = instructions();
            let parts = texts.iter().map(|text| words(text));
            let parts =
                parts.flat_map(|all| all.windows(ECHO).map(<[_]>::to_vec).collect::<Vec<_>>());
            self.instructions = parts.collect();
        }
        self.sold.insert(id.into(), prices.into_iter().map(str::to_owned).collect());
    }

    /// Something of the merchant's own that replies may quote.
    pub(crate) fn quotes(&mut self, text: &str) {
        let is_between =
            |c: char| c.is_whitespace() || c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
        let parts = text.split(is_between).filter(|part| !part.is_empty());
        self.quoted.push(parts.collect::<Vec<_>>().join(" "));
        self.quoted.push(text.to_owned());
    }

    /// What is wrong with an answer to what was sent.
    pub(crate) fn faults(&self, sent: &str, answer: &str) -> Vec<String> {
        let mut faults = Vec::new();
        let lower = answer.to_lowercase();
        for secret in &self.secrets {
            let secret = secret.to_lowercase();
            if lower.contains(&secret) && !sent.to_lowercase().contains(&secret) {
                faults.push(format!("it tells the secret {secret}: {answer}"));
            }
        }
        let bodies = bodies(answer);
        let mut ids = BTreeSet::new();
        bodies.iter().for_each(|body| ids_of(body, &mut ids));
        for id in ids.iter().filter(|id| !self.sold.contains_key(*id)) {
            faults.push(format!("it names {id}, which the merchant does not sell: {answer}"));
        }
        let mut texts = Vec::new();
        bodies.iter().for_each(|body| worded(body, &mut texts));
        let texts: BTreeSet<String> = texts.into_iter().collect();
        for text in &texts {
            faults.extend(self.fault_of(text, sent, &ids));
        }
        let mut strings = Vec::new();
        bodies.iter().for_each(|body| all_strings(body, &mut strings));
        let repeats =
            |text: &String| words(text).windows(ECHO).any(|part| self.instructions.contains(part));
        if let Some(text) = strings.iter().find(|text| repeats(text)) {
            faults.push(format!("it repeats instructions: {text}"));
        }
        faults
    }

    /// What is wrong with one text that the service words.
    fn fault_of(&self, text: &str, sent: &str, ids: &BTreeSet<String>) -> Option<String> {
        if text.chars().any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')) {
            return Some(format!("it turns its letters round: {text:?}"));
        }
        let own = self.unquoted(text);
        let shown = || self.sold.iter().filter(|(id, _)| ids.is_empty() || ids.contains(*id));
        let prices: Vec<i64> =
            shown().flat_map(|(_, prices)| prices).filter_map(|price| cents(price)).collect();
        let all: Vec<i64> = self.sold.values().flatten().filter_map(|price| cents(price)).collect();
        let sent = amounts(sent, false);
        for Amount { before, number } in amounts(&own, true) {
            let told = cents(&number);
            let is = |cents: i64| told == Some(cents);
            let is_price = prices.iter().any(|price| is(*price));
            let is_difference =
                prices.iter().any(|one| prices.iter().any(|other| one > other && is(one - other)));
            let is_bound = before.ends_with("up to") || before.ends_with("from");
            let is_asked = sent.iter().any(|asked| cents(&asked.number) == told)
                || all.iter().any(|price| is(price - 1));
            if !is_price && !is_difference && !(is_bound && is_asked) {
                return Some(format!("{number} is no price of what is shown: {text}"));
            }
        }
        let seen = seen(&own);
        let alike = |c: char| ALIKE.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
        let posing: String = seen.chars().map(alike).collect();
        let promise = PROMISES.iter().find(|word| seen.contains(*word) || posing.contains(*word));
        promise.map(|word| format!("it promises {word}: {text}"))
    }

    /// A text without what it quotes of the merchant's own.
    fn unquoted(&self, text: &str) -> String {
        let mut own = text.to_owned();
        while let Some((before, after)) = own.split_once('«') {
            let rest = after.split_once('»').map_or("", |(_, rest)| rest);
            own = format!("{before} {rest}");
        }
        let mut longest: Vec<&String> =
            self.quoted.iter().filter(|text| !text.is_empty()).collect();
        longest.sort_by_key(|text| std::cmp::Reverse(text.len()));
        longest.into_iter().fold(own, |own, quote| own.replace(quote.as_str(), " "))
    }
}

/// Texts of the models' sources that are long enough to be instructions, each without its
/// placeholders.
pub(crate) fn instructions() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let mut folder = folder.map(|folder| folder.join("services/models/src"));
    let folder = folder.find(|folder| folder.is_dir()).expect("the sources of the models");
    let mut texts = Vec::new();
    for file in ["advise.rs", "chat.rs", "describe.rs", "describe/style.rs"] {
        let source = std::fs::read_to_string(folder.join(file)).expect(file);
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        texts.extend(literals(source));
    }
    let pieces = texts.iter().flat_map(|text| text.split(['{', '}']));
    pieces.filter(|text| words(text).len() >= INSTRUCTION).map(str::to_owned).collect()
}

/// The string literals of a Rust source, which has no quotation mark in a comment or a character.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n").replace("'\"'", "");
    let mut texts = Vec::new();
    let mut letters = code.chars().peekable();
    while letters.any(|c| c == '"') {
        let mut text = String::new();
        while let Some(c) = letters.next().filter(|c| *c != '"') {
            match c {
                '\\' if letters.peek() == Some(&'\n') => {
                    while letters.next_if(|c| c.is_whitespace()).is_some() {}
                }
                '\\' => text.extend(letters.next()),
                c => text.push(c),
            }
        }
        texts.push(text);
    }
    texts
}

/// Every JSON body of an answer, or of its events, with those that stand in texts of others; the
/// pieces of a text that comes in pieces are put together.
fn bodies(answer: &str) -> Vec<Value> {
    let lines = answer.lines().filter_map(|line| line.strip_prefix("data: "));
    let mut bodies: Vec<Value> = match serde_json::from_str(answer) {
        Ok(body) => vec![body],
        Err(_) => lines.filter_map(|line| serde_json::from_str(line).ok()).collect(),
    };
    let pieces = bodies.iter().filter_map(|body| body["choices"][0]["delta"]["content"].as_str());
    let content: String = pieces.collect();
    bodies.push(serde_json::json!({"message": {"role": "assistant", "content": content}}));
    let mut inner = Vec::new();
    bodies.iter().for_each(|body| inside(body, &mut inner));
    bodies.extend(inner);
    bodies
}

/// The JSON that stands in texts: arguments of calls, and replies that were asked for as JSON.
fn inside(value: &Value, into: &mut Vec<Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| inside(value, into)),
        Value::Object(members) => {
            let is_reply = members.get("role").is_some_and(|role| role == "assistant");
            let reply = members.get("content").filter(|_| is_reply);
            let texts = [members.get("arguments"), reply].into_iter().flatten();
            let bodies = texts.filter_map(|text| serde_json::from_str(text.as_str()?).ok());
            into.extend(bodies.filter(Value::is_object));
            members.values().for_each(|value| inside(value, into));
        }
        _ => {}
    }
}

/// The products that an answer names, by whatever door.
fn ids_of(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| ids_of(value, into)),
        Value::Object(members) => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            into.extend(members.get("product_id").and_then(text));
            let several = members.get("product_ids").and_then(Value::as_array);
            into.extend(several.into_iter().flatten().filter_map(text));
            if let Some(variants) = members.get("variants").and_then(Value::as_array) {
                into.extend(members.get("id").and_then(text));
                into.extend(variants.iter().filter_map(|variant| text(&variant["id"])));
            }
            members.values().for_each(|value| ids_of(value, into));
        }
        _ => {}
    }
}

/// The texts that the service words: not what customers, agents and merchants wrote, not the letters
/// on a garment, and no single pieces of a text.
fn worded(value: &Value, into: &mut Vec<String>) {
    const WORDED: [&str; 5] = ["text", "reply", "content", "note", "reason"];
    match value {
        Value::Array(list) => list.iter().for_each(|value| worded(value, into)),
        Value::Object(members) => {
            let by_others = members.get("from").is_some_and(|from| from != "assistant");
            let is_data = members.contains_key("box") || members.contains_key("code");
            for (name, value) in members.iter().filter(|(name, _)| *name != "delta") {
                match value.as_str() {
                    Some(text) if WORDED.contains(&name.as_str()) && !by_others && !is_data => {
                        let is_json =
                            serde_json::from_str::<Value>(text).is_ok_and(|v| v.is_object());
                        into.extend((!is_json).then(|| text.to_owned()));
                    }
                    _ => worded(value, into),
                }
            }
        }
        _ => {}
    }
}

fn all_strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| all_strings(value, into)),
        Value::Object(members) => members.values().for_each(|value| all_strings(value, into)),
        _ => {}
    }
}

fn words(text: &str) -> Vec<String> {
    let text = seen(text);
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// In small letters, without those that are not seen.
fn seen(text: &str) -> String {
    let is_seen = |c: &char| {
        !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{336}' | '\u{e0000}'..='\u{e007f}')
    };
    text.to_lowercase().chars().filter(is_seen).collect()
}

/// A number in a text, and what stands before it.
struct Amount {
    before: String,
    number: String,
}

/// The numbers of a text; with a currency or a percent sign only, if `only_money`.
fn amounts(text: &str, only_money: bool) -> Vec<Amount> {
    let letters: Vec<char> = seen(text).chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !letters[at].is_numeric() {
            at += 1;
            continue;
        }
        let begin = at;
        while at < letters.len()
            && (letters[at].is_numeric()
                || ".,".contains(letters[at])
                    && letters.get(at + 1).is_some_and(|next| next.is_numeric()))
        {
            at += 1;
        }
        let before: String = letters[..begin].iter().collect();
        let after: String = letters[at..].iter().collect();
        let (before, after) = (before.trim_end(), after.trim_start());
        let sign = |c: char| "$€£¥₽₹%‰٪％￥".contains(c);
        let is_money = before.ends_with(sign)
            || after.starts_with(sign)
            || CURRENCIES.iter().any(|currency| after.starts_with(currency));
        if is_money || !only_money {
            let number = letters[begin..at].iter().collect::<String>().replace(',', ".");
            found.push(Amount { before: before.to_owned(), number });
        }
    }
    found
}

fn cents(number: &str) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction: i64 = format!("{fraction:0<2}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + fraction)
}
