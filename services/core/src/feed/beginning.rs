//! How a feed begins: in which dialect, how that is written, and what stands above it. The first
//! lines tell together, so that one broken line among them does not make a feed unknown.

use quick_xml::{Reader, events::Event};
use serde_json::{Map, Value};

use super::{
    columns::field,
    dialect::{Dialect, delimiter_of, of_header, of_object},
    problem::{Place, Problem, ProblemCode},
};

/// Lines that are looked at, besides empty ones.
const LINES: usize = 20;
/// Columns that must be known in a header with other lines above it: a row may look like one.
const COLUMNS: usize = 3;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// One JSON object a line.
    Lines,
    /// One JSON document.
    Document,
    Xml,
    Table,
}

/// Where a feed begins, and as what.
#[derive(Debug, PartialEq)]
pub(super) struct Beginning {
    pub(super) dialect: Dialect,
    pub(super) written: Written,
    pub(super) above: Above,
}

/// What stands above a header or above XML's first tag.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Above {
    pub(super) bytes: usize,
    pub(super) lines: u64,
    /// What is neither empty nor a remark; each counts as a row.
    pub(super) strays: Vec<Problem>,
}

/// A line that is not empty.
struct Line<'a> {
    /// Bytes in front of it.
    at: usize,
    text: &'a str,
    object: Option<Map<String, Value>>,
}

impl Beginning {
    /// Told from `head`, the first part of a text; `None` where it is like no dialect. One that is
    /// named is taken at its word.
    pub(super) fn of(head: &str, named: Option<Dialect>) -> Option<Self> {
        let lines = lines(head);
        let found = match named {
            None => told(head, &lines)?,
            Some(dialect) => as_named(head, &lines, dialect),
        };
        let (dialect, written, at) = found;
        Some(Self { dialect, written, above: Above::of(&head[..at]) })
    }

    /// The same of a feed of offers, which has Google's columns in a table or in JSON lines.
    pub(super) fn of_offers(head: &str) -> Self {
        let lines = lines(head);
        let dialect = Dialect::Google;
        let begins = lines.first().is_some_and(|line| line.text.starts_with('{'));
        let (written, at) = if begins || are_objects(&lines) {
            (Written::Lines, 0)
        } else {
            (Written::Table, header(&lines, dialect))
        };
        Self { dialect, written, above: Above::of(&head[..at]) }
    }
}

type Found = (Dialect, Written, usize);

fn told(head: &str, lines: &[Line<'_>]) -> Option<Found> {
    if let Some(at) = root(head, lines) {
        return Some((Dialect::Google, Written::Xml, at));
    }
    let mut objects = lines.iter().filter_map(|line| line.object.as_ref());
    if are_objects(lines)
        && let Some(dialect) = objects.find_map(of_object)
    {
        return Some((dialect, Written::Lines, 0));
    }
    if lines.first()?.text.starts_with(['{', '[']) {
        let is_linked = head.contains("\"@type\"") || head.contains("schema.org");
        return is_linked.then_some((Dialect::SchemaOrg, Written::Document, 0));
    }
    let (line, dialect) = headers(lines).next()?;
    Some((dialect, Written::Table, line.at))
}

fn as_named(head: &str, lines: &[Line<'_>], dialect: Dialect) -> Found {
    let first = |mark| lines.first().filter(|line| line.text.starts_with(mark));
    let table = || (Written::Table, header(lines, dialect));
    let (written, at) = match dialect {
        Dialect::Vitrine | Dialect::Acp => (Written::Lines, 0),
        Dialect::SchemaOrg if are_objects(lines) => (Written::Lines, 0),
        Dialect::SchemaOrg => (Written::Document, 0),
        Dialect::OpenAi if are_objects(lines) || first('{').is_some() => (Written::Lines, 0),
        Dialect::Google => match root(head, lines).or(first('<').map(|line| line.at)) {
            Some(at) => (Written::Xml, at),
            None => table(),
        },
        Dialect::OpenAi | Dialect::Shopify => table(),
    };
    (dialect, written, at)
}

/// The first lines, without byte order marks and spaces around them.
fn lines(head: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let all = head.split_inclusive('\n').map(move |line| {
        let begins = at;
        at += line.len();
        let text = line.trim_start_matches('\u{feff}').trim();
        let object = text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten();
        Line { at: begins, text, object }
    });
    all.filter(|line| !line.text.is_empty()).take(LINES).collect()
}

impl Line<'_> {
    /// `# …`, or the `sep=;` of spreadsheets.
    fn is_remark(&self) -> bool {
        self.text.starts_with('#') || self.text.starts_with("sep=")
    }
}

/// Whether it is JSON lines: the first one is an object, or half of them are. A document over many
/// lines may have one that is an object too.
fn are_objects(lines: &[Line<'_>]) -> bool {
    let objects = lines.iter().filter(|line| line.object.is_some()).count();
    let first = lines.first().is_some_and(|line| line.object.is_some());
    first || objects > 0 && 2 * objects >= lines.len()
}

/// Where an RSS or Atom feed begins, whatever stands in front of its root.
fn root(head: &str, lines: &[Line<'_>]) -> Option<usize> {
    let tags = lines.iter().filter(|line| line.text.starts_with('<'));
    tags.map(|line| line.at).find(|at| is_feed(&head[*at..]))
}

fn is_feed(text: &str) -> bool {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) => return matches!(tag.local_name().as_ref(), "rss" | "feed"),
            Ok(Event::Empty(_) | Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

/// Lines that are the header of a table, the likeliest first.
fn headers<'a>(lines: &'a [Line<'a>]) -> impl Iterator<Item = (&'a Line<'a>, Dialect)> {
    let mut lines = lines.iter().skip_while(|line| line.is_remark());
    let first = lines.next().and_then(|line| Some((line, of_header(line.text)?)));
    let below = lines.filter_map(|line| {
        let dialect = of_header(line.text)?;
        let names = line.text.split(delimiter_of(line.text) as char);
        let known = names.filter(|name| field(dialect, name.trim_matches('"')).is_some()).count();
        (known >= COLUMNS).then_some((line, dialect))
    });
    first.into_iter().chain(below)
}

/// Where the header of a table in this dialect stands: the first line, unless one below it is more
/// like one.
fn header(lines: &[Line<'_>], dialect: Dialect) -> usize {
    let like_one = headers(lines).find(|(_, found)| *found == dialect).map(|(line, _)| line);
    let first = lines.iter().find(|line| !line.is_remark());
    like_one.or(first).map_or(0, |line| line.at)
}

impl Above {
    fn of(text: &str) -> Self {
        let mut strays = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            for stray in lines(line).iter().filter(|line| !line.is_remark()) {
                let place = Place { row: strays.len() as u64 + 1, line: number };
                let message = "it stands above the feed's header and was passed over; take it out";
                let problem = Problem::of_row(place, ProblemCode::RowUnreadable, message);
                strays.push(problem.with_value(stray.text));
            }
        }
        Self { bytes: text.len(), lines: text.lines().count() as u64, strays }
    }

    /// Rows among it.
    pub(super) fn rows(&self) -> u64 {
        self.strays.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(head: &str) -> Option<(Dialect, Written)> {
        Beginning::of(head, None).map(|found| (found.dialect, found.written))
    }

    #[test]
    fn a_feed_is_known_by_how_it_begins() {
        use Written::{Document, Lines, Table, Xml};
        for (head, dialect) in [
            ("id\ttitle\tprice\n", Some((Dialect::Google, Table))),
            ("\"id\",\"title\",\"image link\"\n", Some((Dialect::Google, Table))),
            ("<?xml version=\"1.0\"?>\n<rss version=\"2.0\">", Some((Dialect::Google, Xml))),
            ("<feed xmlns=\"http://www.w3.org/2005/Atom\">", Some((Dialect::Google, Xml))),
            ("Handle,Title,Body (HTML)\n", Some((Dialect::Shopify, Table))),
            ("Title,URL handle,Description\n", Some((Dialect::Shopify, Table))),
            ("item_id,title,url\n", Some((Dialect::OpenAi, Table))),
            ("\n# Winter\nid\ttitle\tprice\n", Some((Dialect::Google, Table))),
            ("sep=;\r\nid;title;price\r\n", Some((Dialect::Google, Table))),
            ("{\"item_id\":\"1\",\"title\":\"a\"}\n", Some((Dialect::OpenAi, Lines))),
            (
                "{\"id\":\"1\",\"title\":\"a\",\"variants\":[{\"id\":\"2\",\"price\":\"1 EUR\"}]}",
                Some((Dialect::Vitrine, Lines)),
            ),
            (
                "{\"id\":\"1\",\"variants\":[{\"id\":\"2\",\"title\":\"a\",\"price\":{\"amount\":1}}]}",
                Some((Dialect::Acp, Lines)),
            ),
            (
                "{\"@context\":\"https://schema.org\",\"@type\":\"Product\"}",
                Some((Dialect::SchemaOrg, Lines)),
            ),
            ("[\n  {\n    \"@type\": \"Product\"", Some((Dialect::SchemaOrg, Document))),
            ("<html><body>", None),
            ("hello\n", None),
            ("", None),
        ] {
            assert_eq!(begins(head), dialect, "{head}");
        }
    }

    #[test]
    fn a_line_that_only_looks_like_a_beginning_is_none() {
        for head in [
            // A document, though its last product stands on a line of its own.
            "{\"products\":[\n{\"id\":\"1\",\"title\":\"a\"},\n{\"id\":\"2\",\"title\":\"b\"}\n]}",
            "[\n{\"id\":\"1\",\"title\":\"a\"},\n{\"id\":\"2\",\"title\":\"b\"}\n]",
            "name,part\nbag,handle\n",
            "<!-- <rss> --><html><rss></rss></html>",
            "{\"id\":\"1\",\"title\":\"a\n",
        ] {
            assert_eq!(begins(head), None, "{head}");
        }
    }
}
