//! Every problem that a feed can have, in files with one each.

use super::*;

/// Told by the catalog or of a picture, not by the readers.
const OF_THE_CATALOG: [ProblemCode; 2] =
    [ProblemCode::PictureUnavailable, ProblemCode::VariantUnknown];

fn written(problem: &Problem) -> String {
    let Problem { place, column, code, severity, .. } = problem;
    let column = if column.is_empty() { "the row" } else { column };
    format!("row {}, line {}, {column}: {code} {severity:?}", place.row, place.line)
}

fn of_products(name: &str) -> Vec<Problem> {
    let (_, taken) = read(&golden(name), Some("EUR"));
    let told = taken.into_iter().flat_map(|taken| match taken {
        Taken::Product(found) => found.warnings,
        Taken::LeftOut(problem) => vec![problem],
        Taken::Refused { problems, .. } => problems,
    });
    told.collect()
}

fn of_offers(name: &str) -> Vec<Problem> {
    let bytes = golden(name);
    let told = OfferFeed::open(&bytes[..], None).unwrap().flat_map(|taken| match taken.unwrap() {
        OfferTaken::Change { .. } => vec![],
        OfferTaken::Refused(problems) => problems,
    });
    told.collect()
}

/// The problems of each file, by row.
fn files() -> [(&'static str, Vec<Problem>); 5] {
    let mut files = [
        ("google-problems.tsv", of_products("google-problems.tsv")),
        ("shopify-problems.csv", of_products("shopify-problems.csv")),
        ("vitrine-problems.jsonl", of_products("vitrine-problems.jsonl")),
        ("vitrine-long.jsonl.gz", of_products("vitrine-long.jsonl.gz")),
        ("offers-problems.csv", of_offers("offers-problems.csv")),
    ];
    for (_, problems) in &mut files {
        problems.sort_by_key(|problem| problem.place.row);
    }
    files
}

const EXPECTED: [&[&str]; 5] = [
    // google-problems.tsv
    &[
        "row 2, line 4, age_group: age_group_unknown Warning",
        "row 3, line 5, availability: availability_missing Warning",
        "row 4, line 6, availability: availability_unknown Warning",
        "row 5, line 7, product_type: category_not_matched Warning",
        "row 6, line 8, title: category_unknown Error",
        "row 7, line 9, color: colour_unknown Warning",
        "row 8, line 10, description: description_long Warning",
        "row 9, line 11, gender: gender_unknown Warning",
        "row 10, line 12, gtin: gtin_invalid Warning",
        "row 11, line 13, id: id_invalid Error",
        "row 12, line 14, length: length_unknown Warning",
        "row 13, line 15, link: link_invalid Error",
        "row 14, line 16, pattern: pattern_unknown Warning",
        "row 15, line 17, price: price_invalid Error",
        "row 16, line 18, sale_price: sale_price_invalid Error",
        "row 17, line 19, sale_price_effective_date: sale_not_now Warning",
        "row 18, line 20, sale_price_effective_date: sale_dates_invalid Warning",
        "row 19, line 21, sleeve: sleeve_unknown Warning",
        "row 20, line 22, quantity: stock_invalid Warning",
        "row 21, line 23, title: text_too_long Error",
        "row 22, line 24, title: title_long Warning",
        "row 23, line 25, the row: row_too_wide Error",
    ],
    // shopify-problems.csv
    &[
        "row 1, line 2, Status: not_published Warning",
        "row 2, line 3, Published on online store: not_published Warning",
        "row 3, line 4, Published on online store: not_published Warning",
        "row 4, line 5, availability: availability_missing Warning",
        "row 5, line 6, Price: price_invalid Error",
    ],
    // vitrine-problems.jsonl
    &[
        "row 1, line 1, titel: field_unknown Warning",
        "row 2, line 2, title: title_missing Error",
        "row 3, line 3, variants: variants_missing Error",
        "row 4, line 4, variants[1].id: variant_repeated Error",
        "row 5, line 5, the row: row_unreadable Error",
        "row 6, line 7, category: category_unknown Error",
        "row 6, line 7, gender: gender_unknown Error",
        "row 6, line 7, age_group: age_group_unknown Error",
        "row 6, line 7, pattern: pattern_unknown Error",
        "row 6, line 7, sleeve: sleeve_unknown Error",
        "row 6, line 7, length: length_unknown Error",
        "row 7, line 8, variants[0].id: id_invalid Error",
        "row 7, line 8, variants[0].colours: colour_unknown Error",
        "row 7, line 8, variants[0].price: price_invalid Error",
        "row 7, line 8, variants[0].availability: availability_unknown Error",
        "row 7, line 8, variants[0].stock: stock_invalid Error",
        "row 8, line 9, material: text_too_long Error",
    ],
    // vitrine-long.jsonl.gz
    &[
        "row 1, line 1, variants: variants_too_many Error",
        "row 2, line 2, the row: row_too_long Error",
    ],
    // offers-problems.csv
    &[
        "row 1, line 2, id: id_invalid Error",
        "row 2, line 3, price: price_invalid Error",
        "row 3, line 4, availability: availability_unknown Error",
        "row 4, line 5, quantity: stock_invalid Error",
        "row 5, line 6, the row: offer_empty Error",
        "row 6, line 7, sale_price: price_invalid Error",
    ],
];

#[test]
fn every_problem_is_told_with_its_row_line_column_and_code() {
    for ((name, told), expected) in files().into_iter().zip(EXPECTED) {
        assert_eq!(told.iter().map(written).collect::<Vec<_>>(), expected, "{name}");
    }
}

#[test]
fn every_code_of_the_readers_has_an_example() {
    let told: Vec<ProblemCode> =
        files().iter().flat_map(|(_, told)| told).map(|problem| problem.code).collect();
    for code in ProblemCode::all() {
        assert_eq!(told.contains(code), !OF_THE_CATALOG.contains(code), "{code}");
    }
}
