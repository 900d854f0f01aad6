use std::{io::Write, path::Path};

use super::*;
use crate::product::Variant;

mod beginnings;
mod export;
mod golden;
mod repeated;
mod traps;

/// A feed of the folder `tests/feeds`.
fn golden(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds");
    std::fs::read(folder.join(name)).unwrap()
}

fn read(bytes: &[u8], currency: Option<&str>) -> (Dialect, Vec<Taken>) {
    let currency = currency.map(|code| code.parse().unwrap());
    let feed = Feed::open(bytes, FeedOptions { dialect: None, currency }).unwrap();
    (feed.dialect(), feed.map(|taken| taken.unwrap()).collect())
}

/// A variant in one line: its id, colours, size, prices and availability.
fn shown(variant: &Variant) -> String {
    let Variant { id, colours, size, offer, .. } = variant;
    let colours = colours.iter().map(|colour| colour.id()).collect::<Vec<_>>().join("+");
    let size = size.as_deref().unwrap_or("-");
    let sale = offer.sale_price.map_or(String::new(), |sale| format!(" now {sale}"));
    let stock = offer.stock.map_or(String::new(), |stock| format!(" x{stock}"));
    format!("{id}: {colours} {size}, {}{sale}, {}{stock}", offer.price, offer.availability.id())
}

/// What a feed gives, a line for each product, variant and problem.
fn told(name: &str, currency: Option<&str>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut problem = |problem: &Problem| {
        let Place { row, line } = problem.place;
        lines.push(format!("! row {row}, line {line}: {} {}", problem.code, problem.column));
    };
    let (dialect, taken) = read(&golden(name), currency);
    let mut products = Vec::new();
    for taken in taken {
        match taken {
            Taken::LeftOut(one) => problem(&one),
            Taken::Refused { problems, .. } => problems.iter().for_each(&mut problem),
            Taken::Product(found) => {
                found.warnings.iter().for_each(&mut problem);
                let FeedProduct { product, rows, .. } = *found;
                let title = &product.title;
                products
                    .push(format!("{} = {title}, {}, {rows} rows", product.id, product.category));
                products
                    .extend(product.variants.iter().map(|variant| format!("  {}", shown(variant))));
            }
        }
    }
    lines.extend(products);
    lines.insert(0, dialect.to_string());
    lines
}

#[test]
fn google_tab_separated() {
    assert_eq!(
        told("google.tsv", None),
        [
            "google",
            "! row 5, line 6: category_not_matched google_product_category",
            "d1 = Linden midi dress, dress, 3 rows",
            "  d1-navy-s: navy+white S, 49.90 EUR now 39.90 EUR, in_stock",
            "  d1-navy-m: navy+white M, 49.90 EUR, out_of_stock",
            "  d1-red-s: red S, 49.90 EUR, preorder",
            "t1 = Nova tee, t-shirt, 1 rows",
            "  t1: grey M, 19.00 EUR, in_stock",
        ]
    );
}

#[test]
fn google_rss_and_atom() {
    assert_eq!(
        told("google.xml", None),
        [
            "google",
            "b1 = Nova blouse & bow, blouse, 1 rows",
            "  b1: beige 38, 59.00 USD, in_stock",
            "j1 = Wool coat, jacket, 1 rows",
            "  j1: brown -, 1299.00 USD, backorder",
        ]
    );
    assert_eq!(
        told("google-atom.xml", None),
        ["google", "h1 = Straw hat, hat, 1 rows", "  h1: beige -, 25.00 EUR, in_stock"]
    );
    let (_, taken) = read(&golden("google.xml"), None);
    let Taken::Product(found) = &taken[0] else { panic!("{taken:?}") };
    assert_eq!(found.product.link.as_deref(), Some("https://shop.example/b1?a=1&b=2"));
    assert_eq!(found.product.description, "Soft & light.");
}

#[test]
fn shopify_old_and_new() {
    assert_eq!(
        told("shopify-old.csv", Some("EUR")),
        [
            "shopify",
            "! row 5, line 6: not_published Status",
            "linden-polo = Linden polo, polo shirt, 3 rows",
            "  LP-N-S: navy S, 39.90 EUR now 29.90 EUR, in_stock x4",
            "  LP-N-M: navy M, 39.90 EUR now 29.90 EUR, out_of_stock x0",
            "  linden-polo/White/S: white S, 29.90 EUR, in_stock",
            "sun-hat = Sun hat, hat, 1 rows",
            "  SH:  -, 15.00 EUR, in_stock x3",
        ]
    );
    assert_eq!(
        told("shopify-new.csv", Some("EUR")),
        [
            "shopify",
            "nova-jeans = Nova jeans, trousers, 2 rows",
            "  NJ-30: navy 30, 79.95 EUR, in_stock x7",
            "  NJ-32: navy 32, 79.95 EUR, out_of_stock x0",
        ]
    );
}

#[test]
fn open_ai_table_and_lines() {
    assert_eq!(
        told("open-ai.csv", None),
        [
            "open-ai",
            "r = Nova pleated skirt, skirt, 2 rows",
            "  r-olive-38: olive 38, 69.00 GBP now 49.00 GBP, in_stock",
            "  r-olive-40: olive 40, 69.00 GBP, preorder",
        ]
    );
    assert_eq!(
        told("open-ai.jsonl", None),
        ["open-ai", "k1 = Nova hoodie, hoodie, 1 rows", "  k1: green L, 45.00 USD, in_stock"]
    );
}

#[test]
fn agentic_commerce_protocol() {
    assert_eq!(
        told("acp.jsonl", None),
        [
            "acp",
            "z1 = Linden shirt, shirt, 2 rows",
            "  z1-s: white S, 49.90 EUR now 34.90 EUR, limited_stock",
            "  z1-m: white M, 49.90 EUR, out_of_stock",
        ]
    );
}

#[test]
fn schema_org_groups() {
    assert_eq!(
        told("schema-org.json", None),
        [
            "schema-org",
            "w1 = Wool trousers, trousers, 2 rows",
            "  w1-48: grey 48, 129.00 EUR, in_stock",
            "  w1-50: grey 50, 129.00 EUR, out_of_stock",
        ]
    );
}

#[test]
fn its_own_lines() {
    assert_eq!(
        told("vitrine.jsonl", None),
        [
            "vitrine",
            "d1 = Linden midi dress, dress, 1 rows",
            "  d1-navy-s: navy S, 49.90 EUR now 39.90 EUR, in_stock x3",
        ]
    );
}

#[test]
fn a_feed_is_read_the_same_in_whatever_encoding_and_packing() {
    let plain = golden("google.tsv");
    let text = String::from_utf8(plain.clone()).unwrap();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&plain).unwrap();
    let expected = read(&plain, None);
    assert_eq!(read(&wide, None), expected);
    assert_eq!(read(&packed.finish().unwrap(), None), expected);
    assert_eq!(read(&[b"\xef\xbb\xbf", &plain[..]].concat(), None), expected);
}

/// The problems of a table with one row, whose other columns are good.
fn problems_of(column: &str, value: &str) -> Vec<(String, &'static str, Severity)> {
    let mut good = vec![
        ("id", "a"),
        ("title", "Linden dress"),
        ("price", "10.00 EUR"),
        ("availability", "in_stock"),
    ];
    match good.iter_mut().find(|(name, _)| *name == column) {
        Some(known) => known.1 = value,
        None => good.push((column, value)),
    }
    let (names, values): (Vec<_>, Vec<_>) = good.into_iter().unzip();
    let (_, taken) =
        read(format!("{}\n{}\n", names.join("\t"), values.join("\t")).as_bytes(), None);
    let problems = taken.into_iter().flat_map(|taken| match taken {
        Taken::Product(found) => found.warnings,
        Taken::LeftOut(problem) => vec![problem],
        Taken::Refused { problems, .. } => problems,
    });
    let told = problems.map(|problem| {
        assert_eq!(problem.place, Place { row: 1, line: 2 });
        assert!(!problem.message.is_empty() && problem.to_string().starts_with("line 2, "));
        (problem.column, problem.code.as_str(), problem.severity)
    });
    told.collect()
}

#[test]
fn every_problem_names_the_merchants_own_column() {
    use Severity::{Error, Warning};
    let long = "Linden dress ".repeat(13);
    let far_too_long = "Linden dress ".repeat(100);
    for (column, value, code, severity) in [
        ("id", "", "id_invalid", Error),
        ("title", "Gift card", "category_unknown", Error),
        ("title", far_too_long.trim(), "text_too_long", Error),
        ("title", long.trim(), "title_long", Warning),
        ("price", "10.00", "price_invalid", Error),
        ("price", "ten EUR", "price_invalid", Error),
        ("sale_price", "12.00 EUR", "sale_price_invalid", Error),
        ("link", "/p/1", "link_invalid", Error),
        ("product_type", "Belts", "category_not_matched", Warning),
        ("color", "Unicorn", "colour_unknown", Warning),
        ("pattern", "Wavy", "pattern_unknown", Warning),
        ("gender", "robots", "gender_unknown", Warning),
        ("age_group", "ancient", "age_group_unknown", Warning),
        ("availability", "maybe", "availability_unknown", Warning),
        ("availability", "", "availability_missing", Warning),
        ("gtin", "4006381333932", "gtin_invalid", Warning),
        ("quantity", "lots", "stock_invalid", Warning),
        ("quantity", "2.5", "stock_invalid", Warning),
    ] {
        let told = problems_of(column, value);
        assert!(
            told.contains(&(column.to_owned(), code, severity)),
            "{column} = {value}: {told:?}"
        );
    }
    assert_eq!(problems_of("color", "Navy"), []);
    assert_eq!(problems_of("quantity", "3.0"), []);
}

#[test]
fn a_value_is_shown_cut_short() {
    let value = "x".repeat(500);
    let text = format!("id\ttitle\tprice\tavailability\na\tDress\t{value}\tin_stock\n");
    let (_, taken) = read(text.as_bytes(), None);
    let Taken::Refused { product, problems } = &taken[0] else { panic!("{taken:?}") };
    assert_eq!(product.as_ref().map(ProductId::as_str), Some("a"));
    assert_eq!(problems[0].value.as_ref().unwrap().chars().count(), 61);
}

#[test]
fn a_bad_row_never_fails_the_others() {
    let text = "id,title,price,availability\na,Dress,1 EUR,in_stock,too,wide\n\
                b,Dress,much,in_stock\nc,Dress,1 EUR,in_stock\n";
    let (_, taken) = read(text.as_bytes(), None);
    let codes: Vec<_> = taken
        .iter()
        .map(|taken| match taken {
            Taken::Refused { problems, .. } => problems[0].code.as_str(),
            Taken::Product(_) => "taken",
            Taken::LeftOut(_) => "left out",
        })
        .collect();
    assert_eq!(codes, ["row_too_wide", "price_invalid", "taken"]);
}

#[test]
fn a_feed_that_can_not_be_read_says_what_to_do() {
    let opened =
        |bytes: &[u8]| Feed::open(bytes, FeedOptions::default()).map(|feed| feed.dialect());
    assert_eq!(opened(b"hello\nworld\n"), Err(FeedError::Unknown));
    assert_eq!(opened(b""), Err(FeedError::Unknown));
    assert!(FeedError::Unknown.to_string().contains("google, shopify"));

    let endless = [&b"id,title\n\""[..], &b"x".repeat(3 * 1024 * 1024)].concat();
    let read: Result<Vec<_>, _> =
        Feed::open(&endless[..], FeedOptions::default()).unwrap().collect();
    assert!(read.unwrap_err().to_string().contains("a quote"), "a quote that is never closed");

    let broken = String::from_utf8(golden("google.xml")).unwrap().replace("</g:id>", "</g:ID>");
    let read: Result<Vec<_>, _> =
        Feed::open(broken.as_bytes(), FeedOptions::default()).unwrap().collect();
    assert!(read.unwrap_err().to_string().contains("line 7"), "XML that does not close");
}

#[test]
fn a_dialect_can_be_named() {
    let text = "id,title,price,availability\na,Dress,1 EUR,in_stock\n";
    let options = FeedOptions { dialect: Some(Dialect::OpenAi), currency: None };
    let taken: Vec<_> = Feed::open(text.as_bytes(), options).unwrap().collect();
    assert!(matches!(&taken[..], [Ok(Taken::Product(_))]), "{taken:?}");
}

const GOOD: &str = r#"{"id":"d1","title":"Linden midi dress","category":"dress","variants":[{"id":"d1-navy-s","colours":["navy"],"size":"S","price":"49.90 EUR","availability":"in_stock","stock":3}]}"#;

/// The problems of a line in this service's own words.
fn problems(line: &str) -> Vec<Problem> {
    let options = FeedOptions { dialect: Some(Dialect::Vitrine), currency: None };
    let taken: Vec<_> = Feed::open(line.as_bytes(), options).unwrap().collect();
    match taken.into_iter().next() {
        Some(Ok(Taken::Refused { problems, .. })) => problems,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_problem_of_a_line_is_told_with_its_field() {
    let bad = GOOD
        .replace("\"dress\"", "\"toga\"")
        .replace("49.90 EUR", "49,90")
        .replace("\"navy\"", "\"mauve-ish\"");
    let found = problems(&bad);
    let told: Vec<_> =
        found.iter().map(|problem| (problem.code.as_str(), problem.column.as_str())).collect();
    assert_eq!(
        told,
        [
            ("category_unknown", "category"),
            ("colour_unknown", "variants[0].colours"),
            ("price_invalid", "variants[0].price"),
        ]
    );
    assert!(found[0].message.contains("use one of"), "{}", found[0].message);
}

#[test]
fn a_line_that_is_not_json_says_so() {
    assert_eq!(problems("{oops")[0].code.as_str(), "row_unreadable");
    assert_eq!(problems(&GOOD.replace("\"d1\"", "1"))[0].code.as_str(), "row_unreadable");
}

#[test]
fn a_field_that_is_not_known_is_passed_over_and_the_nearest_one_named() {
    let missing = problems(&GOOD.replace("\"title\"", "\"Titel\""));
    let told: Vec<_> = missing.iter().map(|one| (one.code.as_str(), one.column.as_str())).collect();
    assert_eq!(told, [("field_unknown", "Titel"), ("title_missing", "title")]);
    assert_eq!(missing[0].severity, Severity::Warning);
    assert!(missing[0].message.contains("`title`"), "{}", missing[0].message);

    let second = r#"{"id":"d1-navy-m","price":"49.90 EUR","availability":"in_stock","prize":1}]}"#;
    let line = GOOD
        .replace("\"stock\":3", "\"stock\":3,\"prize\":[1]")
        .replace("\"category\"", "\"gewebe\":\"linen\",\"category\"")
        .replace("}]}", &format!("}},{second}"));
    let (_, taken) = read(line.as_bytes(), None);
    let [Taken::Product(found)] = &taken[..] else { panic!("{taken:?}") };
    let (_, plain) = read(GOOD.as_bytes(), None);
    let [Taken::Product(plain)] = &plain[..] else { panic!("{plain:?}") };
    assert_eq!(found.product.variants.len(), 2);
    assert_eq!(found.product.variants[0], plain.product.variants[0]);
    let told: Vec<_> = found.warnings.iter().map(Problem::to_string).collect();
    assert_eq!(told.len(), 2, "each name is told once: {told:?}");
    assert!(told[0].starts_with("line 1, gewebe = `linen`: ") && told[0].contains("known are: id"));
    assert!(told[1].starts_with("line 1, variants[0].prize = `[1]`: "), "{}", told[1]);
    assert!(told[1].contains("is `price` meant?"), "{}", told[1]);
}

#[test]
fn a_sale_price_above_the_price_is_a_problem() {
    let bad = GOOD.replace("\"availability\"", "\"sale_price\":\"60 EUR\",\"availability\"");
    assert_eq!(problems(&bad)[0].code.as_str(), "sale_price_invalid");
}

#[test]
fn a_link_that_is_no_web_address_is_a_problem() {
    for link in ["javascript:alert(1)", "/p/1", "not a link"] {
        let bad = GOOD.replace("\"category\"", &format!("\"link\":\"{link}\",\"category\""));
        assert_eq!(problems(&bad)[0].code.as_str(), "link_invalid", "{link}");
    }
}

#[test]
fn many_rows_of_one_product_come_in_parts_of_bounded_size_with_their_places() {
    let rows: String =
        (0..5_000).map(|at| format!("v{at},g,Linden dress,10 EUR,in_stock,{at}\n")).collect();
    let text = format!(
        "id,item_group_id,title,price,availability,size\n{rows}t,,Nova tee,5 EUR,in_stock,M\n"
    );
    let (_, taken) = read(text.as_bytes(), None);
    let parts: Vec<&FeedProduct> = taken
        .iter()
        .map(|taken| match taken {
            Taken::Product(found) => &**found,
            other => panic!("{other:?}"),
        })
        .collect();
    let (tee, parts) = parts.split_last().unwrap();
    assert_eq!((tee.product.id.as_str(), tee.place.row, tee.rows), ("t", 5_001, 1));
    assert_eq!(parts.len(), 10);
    for (at, part) in (0..).zip(parts) {
        assert!(part.partial);
        assert_eq!((part.product.id.as_str(), part.rows), ("g", 500));
        assert_eq!(part.place, Place { row: at * 500 + 1, line: at * 500 + 2 });
        let ids = part.product.variants.iter().map(|variant| variant.id.to_string());
        let expected = (at * 500..at * 500 + 500).map(|at| format!("v{at}"));
        assert!(ids.eq(expected), "part {at}");
    }
}

#[test]
fn text_is_brought_to_one_clean_line() {
    assert_eq!(clean("  a\n\tb \u{0} c  "), "a b c");
}
