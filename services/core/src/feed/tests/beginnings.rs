//! Feeds whose first lines are broken or no part of them.

use super::*;

/// Ids of the products that are taken, and where what was not stands.
fn told(bytes: &[u8], options: FeedOptions) -> (Dialect, Vec<String>, Vec<String>) {
    let feed = Feed::open(bytes, options).unwrap();
    let dialect = feed.dialect();
    let (mut products, mut refused) = (Vec::new(), Vec::new());
    for taken in feed {
        match taken.unwrap() {
            Taken::Product(found) => products.push(found.product.id.to_string()),
            Taken::LeftOut(problem) => panic!("{problem}"),
            Taken::Refused { problems, .. } => {
                refused.extend(problems.iter().map(|problem| {
                    let Place { row, line } = problem.place;
                    format!("row {row}, line {line}: {}", problem.code)
                }));
            }
        }
    }
    (dialect, products, refused)
}

fn unnamed(text: impl AsRef<[u8]>) -> (Dialect, Vec<String>, Vec<String>) {
    told(text.as_ref(), FeedOptions::default())
}

fn own_line(id: &str) -> String {
    GOOD.replace("d1", id)
}

fn open_ai_line(id: &str) -> String {
    format!(
        r#"{{"item_id":"{id}","title":"Linen dress","price":"10 EUR","availability":"in_stock"}}"#
    )
}

fn linked_line(id: &str) -> String {
    format!(
        r#"{{"@type":"Product","sku":"{id}","name":"Linen dress","offers":{{"price":"10","priceCurrency":"EUR","availability":"InStock"}}}}"#
    )
}

#[test]
fn lines_whose_first_one_is_cut_are_known_by_the_others() {
    for (line, dialect) in [
        (own_line as fn(&str) -> String, Dialect::Vitrine),
        (open_ai_line, Dialect::OpenAi),
        (linked_line, Dialect::SchemaOrg),
    ] {
        let (first, others) = (line("a"), format!("{}\n{}\n", line("b"), line("c")));
        // Its end or its beginning is missing, or something else stands there.
        for broken in [&first[..40], &first[20..], "oops", "{}", "[1, 2]"] {
            let (found, products, refused) = unnamed(format!("{broken}\n{others}"));
            assert_eq!(found, dialect, "{broken}");
            assert_eq!(products, ["b", "c"], "{broken}");
            assert!(refused[0].starts_with("row 1, line 1: "), "{broken}: {refused:?}");
        }
    }
}

#[test]
fn a_first_line_that_is_longer_than_others_are_is_read_all_the_same() {
    let long = |bytes| own_line("a").replacen('{', &format!("{{{}", " ".repeat(bytes)), 1);
    let (dialect, products, refused) = unnamed(format!("{}\n{}\n", long(200_000), own_line("b")));
    assert_eq!((dialect, refused.len()), (Dialect::Vitrine, 0));
    assert_eq!(products, ["a", "b"]);
    let (_, products, refused) = unnamed(format!("{}\n{}\n", long(MAX_LINE), own_line("b")));
    assert_eq!(
        (&*products, &*refused),
        (&["b".into()][..], &["row 1, line 1: row_too_long".into()][..])
    );
}

#[test]
fn what_stands_above_the_header_of_a_table_is_told_and_passed_over() {
    let table = "id,title,price,availability\na,Dress,1 EUR,in_stock\nb,Dress,much,in_stock\n";
    let stray = "Products of the shop, winter\n";
    for (above, strays, line) in [
        ("\n\n", vec![], 5),
        ("# of the shop\n", vec![], 4),
        ("\u{feff}\n", vec![], 4),
        ("\u{feff}\u{feff}\n\u{feff}", vec![], 4),
        (stray, vec!["row 1, line 1: row_unreadable"], 4),
        (
            ";;;\n\n# of the shop\n\"Winter\"\n",
            vec!["row 1, line 1: row_unreadable", "row 2, line 4: row_unreadable"],
            7,
        ),
    ] {
        for end in ["\n", "\r\n"] {
            let text = format!("{above}{table}").replace('\n', end);
            let (dialect, products, refused) = unnamed(&text);
            let (row, mut expected) = (strays.len() + 2, strays.clone());
            let bad = format!("row {row}, line {line}: price_invalid");
            expected.push(&bad);
            assert_eq!((dialect, products), (Dialect::Google, vec!["a".to_owned()]), "{text:?}");
            assert_eq!(refused, expected, "{text:?}");
            let named = FeedOptions { dialect: Some(Dialect::Google), currency: None };
            assert_eq!(told(text.as_bytes(), named).2, expected, "{text:?}");
        }
    }
    let shopify =
        format!("{stray}Handle,Title,Type,Variant SKU,Variant Price\nd,Dress,Dress,d-1,10\n");
    let euro = FeedOptions { dialect: None, currency: Some("EUR".parse().unwrap()) };
    let (dialect, products, refused) = told(shopify.as_bytes(), euro);
    assert_eq!((dialect, products), (Dialect::Shopify, vec!["d".to_owned()]));
    assert_eq!(refused, ["row 1, line 1: row_unreadable"]);
}

#[test]
fn whatever_stands_above_the_root_of_xml_it_is_read() {
    let plain = String::from_utf8(golden("google.xml")).unwrap();
    let (declaration, root) = plain.split_once("?>").unwrap();
    let (_, expected, _) = unnamed(&plain);
    assert_eq!(expected, ["b1", "j1"]);
    for above in [
        format!("{declaration}?>\n<!DOCTYPE rss [<!ENTITY shop \"Linden\">]>"),
        format!("{declaration}?>\n<!-- not a <feed>,\n but of the shop -->\n"),
        format!("\n\n{declaration}?>"),
        format!("\u{feff}\n{declaration}?>"),
        String::new(),
    ] {
        let (dialect, products, refused) = unnamed(format!("{above}{root}"));
        assert_eq!((dialect, &products, refused.len()), (Dialect::Google, &expected, 0), "{above}");
    }
    let warned = format!("<br />\n<b>Warning</b>: no such file<br />\n{plain}");
    let (dialect, products, refused) = unnamed(&warned);
    assert_eq!((dialect, products), (Dialect::Google, expected));
    assert_eq!(refused, ["row 1, line 1: row_unreadable", "row 2, line 2: row_unreadable"]);
    let spoilt = warned.replacen("49.90", "much", 1).replacen("59.00", "much", 1);
    let line = 1 + spoilt.lines().position(|line| line.contains("<item>")).unwrap();
    let bad = unnamed(&spoilt).2.pop().unwrap();
    assert!(bad.starts_with(&format!("row 3, line {line}: ")), "{bad}");
}

#[test]
fn offers_whose_first_line_is_broken_are_taken_from_the_others() {
    for text in [
        "d\":\"a\",\"price\":\"1 EUR\"}\n{\"id\":\"b\",\"price\":\"1 EUR\"}\n",
        "Stock of the shop\nid,price,availability\nb,1 EUR,in_stock\n",
    ] {
        let taken: Vec<_> =
            OfferFeed::open(text.as_bytes(), None).unwrap().map(|taken| taken.unwrap()).collect();
        let [OfferTaken::Refused(problems), OfferTaken::Change { change, .. }] = &taken[..] else {
            panic!("{taken:?}")
        };
        assert_eq!(problems[0].place, Place { row: 1, line: 1 });
        assert_eq!(problems[0].code.as_str(), "row_unreadable");
        assert_eq!(change.variant.as_str(), "b");
    }
}
