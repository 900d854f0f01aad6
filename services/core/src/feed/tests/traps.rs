//! What merchants' files hold that their formats do not tell of.

use super::*;

/// The only product of a feed, taken without a warning.
fn only(text: &str, currency: Option<&str>) -> Product {
    let (_, taken) = read(text.as_bytes(), currency);
    match <[Taken; 1]>::try_from(taken) {
        Ok([Taken::Product(found)]) => {
            assert_eq!(found.warnings, []);
            found.product
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn remarks_and_a_named_delimiter_above_the_header_are_passed_over_and_counted_as_lines() {
    for remarks in ["# Winter, 2026\n\n# by the shop\n", "\u{feff}sep=;\r\n\r\n \r\n"] {
        let text = format!(
            "{remarks}id;title;price;availability\r\n#1;Dress;1 EUR;in_stock\r\n2;Dress;much;in_stock\r\n"
        );
        let (dialect, taken) = read(text.as_bytes(), None);
        assert_eq!(dialect, Dialect::Google);
        let [Taken::Refused { problems, .. }, Taken::Product(found)] = &taken[..] else {
            panic!("{taken:?}")
        };
        assert_eq!(found.product.id.as_str(), "#1", "an id may begin as a remark does");
        assert_eq!(found.place, Place { row: 1, line: 5 });
        assert_eq!(problems[0].place, Place { row: 2, line: 6 });
    }
}

#[test]
fn a_structured_title_is_read_without_its_source() {
    let text = "id,structured_title(digital_source_type:content),\
                structured_description(content:digital_source_type),price,availability\n\
                1,\"trained_algorithmic_media:\"\"Nova: a dress\"\"\",Soft: linen.:default,1 EUR,in_stock\n";
    let product = only(text, None);
    assert_eq!(product.title, "Nova: a dress");
    assert_eq!(product.description, "Soft: linen.");
}

#[test]
fn a_description_is_read_as_html_only_where_it_is_some() {
    for (written, read) in [
        ("<p>Soft &amp; light</p><br>Piqu&eacute;", "Soft & light Piqué"),
        ("Sizes < 38, R&D", "Sizes < 38, R&D"),
    ] {
        let text = format!(
            "id\ttitle\tdescription\tprice\tavailability\n1\tDress\t{written}\t1 EUR\tin_stock\n"
        );
        assert_eq!(only(&text, None).description, read);
    }
}

#[test]
fn a_sale_holds_between_its_dates_alone() {
    let offer = |dates: &str| {
        let text = format!(
            "id,title,price,sale_price,sale_price_effective_date,availability\n1,Dress,10 EUR,8 EUR,{dates},in_stock\n"
        );
        let (_, taken) = read(text.as_bytes(), None);
        let Taken::Product(found) = &taken[0] else { panic!("{taken:?}") };
        let codes: Vec<_> = found.warnings.iter().map(|one| one.code).collect();
        (found.product.variants[0].offer.current_price().to_string(), codes)
    };
    let (sale, regular) = ("8.00 EUR".to_owned(), "10.00 EUR".to_owned());
    assert_eq!(offer(""), (sale.clone(), vec![]));
    assert_eq!(offer("2020-01-01T00:00+0100/2999-01-01T00:00+0100"), (sale, vec![]));
    let over = "2020-01-01T00:00+0100/2020-02-01T00:00+0100";
    assert_eq!(offer(over), (regular.clone(), vec![ProblemCode::SaleNotNow]));
    assert_eq!(offer("until May"), (regular, vec![ProblemCode::SaleDatesInvalid]));
}

#[test]
fn options_of_open_ai_fill_in_what_no_column_says() {
    let text = "item_id,title,price,availability,size,variant_dict\n\
                1,Dress,1 EUR,in_stock,M,\"{\"\"Color\"\":\"\"Navy\"\",\"\"Size\"\":\"\"L\"\"}\"\n";
    let product = only(text, None);
    assert_eq!(product.variants[0].colours, [crate::vocabulary::Colour::Navy]);
    assert_eq!(product.variants[0].size.as_deref(), Some("M"));
}

#[test]
fn what_shopify_does_not_count_is_sold_and_metafields_hold_for_all_variants() {
    let text = "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,\
                Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
                Farbe (product.metafields.shopify.color-pattern),\
                Status (product.metafields.custom.status),\
                Ärmel (product.metafields.shopify.sleeve-length-type),\
                Zielgruppe (product.metafields.shopify.target-gender)\n\
                d,Linden dress,Size,S,d-s,,0,deny,10.00,navy-blue; white,draft,Short,female; male\n\
                d,,,M,d-m,shopify,0,deny,10.00,,,,\n";
    let product = only(text, Some("EUR"));
    let shown: Vec<String> = product.variants.iter().map(shown).collect();
    assert_eq!(
        shown,
        ["d-s: navy+white S, 10.00 EUR, in_stock", "d-m: navy+white M, 10.00 EUR, out_of_stock x0"]
    );
    assert_eq!(product.sleeve, Some(crate::vocabulary::Sleeve::Short));
    assert_eq!(product.gender, Some(crate::vocabulary::Gender::Unisex));
}

#[test]
fn a_regular_price_of_schema_org_stands_beside_what_is_paid() {
    let text = r#"{"@type":"Product","sku":"1","name":"Dress","offers":{"@type":"Offer","price":8,"priceCurrency":"EUR","availability":"InStock","inventoryLevel":{"@type":"QuantitativeValue","value":4},"priceSpecification":{"@type":"UnitPriceSpecification","priceType":"https://schema.org/StrikethroughPrice","price":10,"priceCurrency":"EUR"}}}"#;
    let product = only(text, None);
    assert_eq!(shown(&product.variants[0]), "1:  -, 10.00 EUR now 8.00 EUR, in_stock x4");
}

#[test]
fn what_is_told_of_a_row_has_an_end_however_long_the_row_is() {
    let long = "x".repeat(500_000);
    let column = format!(r#"{{"id":"p","title":"a","{long}":1,"variants":[]}}"#);
    for line in [format!("{{}}\n\"{long}\""), format!(r#"{{"id":["{long}"]}}"#), column] {
        let options = FeedOptions { dialect: Some(Dialect::Vitrine), currency: None };
        for taken in Feed::open(line.as_bytes(), options).unwrap() {
            let Ok(Taken::Refused { problems, .. }) = taken else { panic!("{taken:?}") };
            assert!(problems.iter().all(|problem| problem.to_string().len() < 1_000));
        }
    }
    let xml = format!("<rss><item></{long}></rss>");
    let mut feed = Feed::open(xml.as_bytes(), FeedOptions::default()).unwrap();
    let error = feed.find_map(Result::err).unwrap();
    assert!(error.to_string().len() < 1_000);
}

#[test]
fn a_row_with_a_thousand_fields_that_are_not_known_is_told_of_a_few() {
    let fields: String = (0..1_000).map(|at| format!(r#","field{at}":1"#)).collect();
    let line = format!(
        r#"{{"id":"p","title":"Dress","category":"dress"{fields},"variants":[{{"id":"v","colours":[],"price":"1 EUR","availability":"in_stock"}}]}}"#
    );
    let (_, taken) = read(line.as_bytes(), None);
    let Taken::Product(found) = &taken[0] else { panic!("{taken:?}") };
    assert_eq!(found.warnings.len(), 20);
}
