//! Feeds that differ a little from round to round: some rows change, some go, some are bad.

/// Rows of a feed.
pub(crate) const ROWS: u64 = 5_000;
/// Each row changes once in so many rounds.
const CHANGES: u64 = 8;

/// How a feed is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// A product on one line.
    Lines,
    /// Google's words in a table, the three variants of a product on rows of their own.
    Table,
}

/// The feed as it is in this round.
pub(crate) fn feed(written: Written, round: u64) -> String {
    let rows = match written {
        Written::Lines => lines(round),
        Written::Table => table(round),
    };
    rows.join("\n")
}

/// Prices and stock of the same products, as of this round.
pub(crate) fn offers(written: Written, round: u64) -> String {
    let offer = |id: String, n: u64| (id, price(n, round), 2 + as_of(n, round) % 3);
    let rows: Vec<String> = match written {
        Written::Lines => (0..ROWS)
            .map(|n| offer(format!("p{n}-v"), n))
            .map(|(id, price, stock)| {
                format!(r#"{{"id":"{id}","price":"{price}","quantity":{stock}}}"#)
            })
            .collect(),
        Written::Table => std::iter::once("id,price,quantity".to_owned())
            .chain((0..ROWS).map(|n| {
                let size = ["S", "M", "L"][(n % 3) as usize];
                let (id, price, stock) = offer(format!("g{}-{size}", n / 3), n);
                format!("{id},{price},{stock}")
            }))
            .collect(),
    };
    rows.join("\n")
}

/// The same feed, longer by so many spaces a row, which mean nothing.
pub(crate) fn spaced(feed: &str, spaces: usize) -> String {
    let space = " ".repeat(spaces);
    feed.lines().map(|line| format!("{line}{space}\n")).collect()
}

/// The round that row `n` is still as of.
fn as_of(n: u64, round: u64) -> u64 {
    round.saturating_sub((n + round) % CHANGES)
}

fn is_absent(n: u64, round: u64) -> bool {
    (n + round) % 40 == 7
}

/// Never the first one, by which a feed is known.
fn is_bad(n: u64, round: u64) -> bool {
    n > 1 && (n + 3 * round) % 500 == 9
}

fn title(n: u64, round: u64) -> String {
    // Of every second row, the price alone changes.
    format!("Dress {n} as of {}", if n.is_multiple_of(2) { as_of(n, round) } else { 0 })
}

fn price(n: u64, round: u64) -> String {
    if is_bad(n, round) { "much".into() } else { format!("{}.90 EUR", 20 + as_of(n, round)) }
}

fn lines(round: u64) -> Vec<String> {
    let line = |n: u64| {
        let (title, price) = (title(n, round), price(n, round));
        // Half of the bad rows can not even be read.
        let open = if is_bad(n, round) && n.is_multiple_of(2) { "{oops" } else { "{" };
        format!(
            r#"{open}"id":"p{n}","title":"{title}","category":"dress","variants":[{{"id":"p{n}-v","colours":["navy"],"size":"M","price":"{price}","availability":"in_stock","stock":3}}]}}"#
        )
    };
    (0..ROWS).filter(|n| !is_absent(*n, round)).map(line).collect()
}

/// Of some products the last variant stands at the end of the table, far from the others.
fn table(round: u64) -> Vec<String> {
    let head = "id,item_group_id,title,product_type,color,size,price,availability";
    let (mut rows, mut apart) = (vec![head.to_owned()], Vec::new());
    for n in (0..ROWS / 3).filter(|n| !is_absent(*n, round)) {
        let title = title(n, round);
        let row = |size: &str, price: &str| {
            format!("g{n}-{size},g{n},{title},dress,navy,{size},{price},in_stock")
        };
        let good = format!("{}.50 EUR", 30 + as_of(n, round));
        rows.extend([row("S", &good), row("M", &price(n, round))]);
        if n.is_multiple_of(50) { &mut apart } else { &mut rows }.push(row("L", &good));
    }
    rows.append(&mut apart);
    rows
}
