use std::collections::BTreeSet;

use super::*;
use crate::settings::reference;

fn plan(looks: f64, products: u64, card: Card) -> Plan {
    Plan::of(&Ask::of(looks, products, card)).unwrap()
}

/// `table.key` of each setting that a TOML text has; remarked ones too where that is asked for.
fn settings(text: &str, remarked: bool) -> BTreeSet<String> {
    let mut table = String::new();
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let line = if remarked { line.trim_start_matches("# ") } else { line };
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            table = name.to_owned();
        } else if let Some((key, _)) = line.split_once(" = ")
            && key.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')
        {
            found.insert(format!("{table}.{key}"));
        }
    }
    found
}

#[test]
fn more_looks_never_need_fewer_of_anything() {
    let rates = [0.01, 0.1, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 20.0, 50.0, 120.0, 900.0, 10_000.0];
    for card in Card::ALL.into_iter().chain([Card::Cpu]) {
        let plans: Vec<Answer> =
            rates.iter().map(|rate| plan(*rate, 100_000, card).answer).collect();
        for pair in plans.windows(2) {
            let [less, more] = pair else { continue };
            assert!(more.model_servers >= less.model_servers, "{card:?}: {less:?} {more:?}");
            assert!(more.model_servers_at_peak >= less.model_servers_at_peak, "{card:?}");
            assert!(more.processes >= less.processes && more.cores >= less.cores, "{card:?}");
            assert!(more.embedding_cards >= less.embedding_cards, "{card:?}");
            assert!(more.model_servers_at_peak >= more.model_servers, "{card:?}");
        }
    }
}

#[test]
fn more_products_never_need_less_memory_or_fewer_nodes() {
    let products = [1, 1_000, 6_900, 7_000, 100_000, 5_000_000, 100_000_000, 10_000_000_000];
    let plans: Vec<Answer> =
        products.iter().map(|many| plan(5.0, *many, Card::L4).answer).collect();
    for pair in plans.windows(2) {
        let [less, more] = pair else { continue };
        assert!(more.index_bytes >= less.index_bytes && more.index_nodes >= less.index_nodes);
        assert!(more.import_seconds >= less.import_seconds);
    }
}

#[test]
fn what_is_known_costs_no_card() {
    let asked = Ask::of(50.0, 100_000, Card::L4);
    let half = Plan::of(&Ask { cached: Some(0.5), ..asked.clone() }).unwrap().answer;
    let all = Plan::of(&asked).unwrap().answer;
    assert_eq!(half.model_servers_at_peak, all.model_servers_at_peak.div_ceil(2));
}

#[test]
fn a_measurement_is_all_that_counts() {
    // Two seconds a look on a server that does four at once: half a second each, at 20 looks/s
    // at the peak ten at work, and 10 / 0.7 = 14.3.
    let asked = Ask {
        measured_seconds_per_look: Some(2.0),
        at_once: Some(4),
        ..Ask::of(10.0, 100_000, Card::L4)
    };
    let told = Plan::of(&asked).unwrap();
    assert_eq!((told.answer.model_servers, told.answer.model_servers_at_peak), (8, 15));
    assert!(!told.warnings.iter().any(|warning| warning.contains("not measured")));
    assert!(!told.sections.iter().any(|section| section.title == "The same on other cards"));
}

#[test]
fn a_large_model_that_was_measured_on_a_cpu_has_servers_of_its_own() {
    let asked = Ask {
        model: Some(VisionModel::Qwen3Vl4b),
        measured_seconds_per_look: Some(60.0),
        at_once: Some(1),
        ..Ask::of(0.01, 1_000, Card::Cpu)
    };
    let told = Plan::of(&asked).unwrap();
    assert_eq!((told.answer.model_servers_at_peak, told.answer.embedding_cards), (2, 0));
    assert!(!told.answer.in_process && told.summary().starts_with("model servers  2;"));
}

#[test]
fn settings_are_those_that_there_are() {
    let known = settings(&reference::example(), true);
    for card in [Card::L4, Card::H100, Card::Cpu] {
        for isq in [Isq::None, Isq::Eight] {
            for looks in [0.1, 50.0] {
                let ask = Ask { isq, ..Ask::of(looks, 1_000_000, card) };
                let told = Plan::of(&ask).unwrap().settings;
                let suggested = settings(&told, false);
                let unknown: Vec<_> = suggested.difference(&known).collect();
                assert!(unknown.is_empty(), "{unknown:?} are no settings, in:\n{told}");
                assert!(suggested.contains("models.queue"), "{told}");
            }
        }
    }
}

#[test]
fn places_of_all_processes_are_those_of_the_servers() {
    for looks in [1.0, 10.0, 50.0] {
        let told = plan(looks, 100_000, Card::L4);
        let line = told.settings.lines().find_map(|line| line.strip_prefix("concurrency = "));
        let concurrency: u64 = line.unwrap().parse().unwrap();
        let row = |what| {
            let rows = told.sections.iter().flat_map(|section| &section.rows);
            rows.clone().find(|row| row.what == what).unwrap().amount.value as u64
        };
        let places = told.answer.model_servers_at_peak * row("photos at once");
        let all = concurrency * told.answer.processes;
        assert!(all <= places && all + told.answer.processes > places, "{all} for {places}");
    }
}

#[test]
fn what_is_out_of_range_is_said() {
    let said = |ask: &Ask, words: &str| {
        let warnings = Plan::of(ask).unwrap().warnings;
        assert!(warnings.iter().any(|warning| warning.contains(words)), "{words}: {warnings:?}");
    };
    let busy = Ask::of(50.0, 5_000_000, Card::L4);
    for words in ["too big for one Qdrant node", "Fetching all pictures", "of Redis", "400 days"] {
        said(&busy, words);
    }
    said(&Ask::of(0.1, 1_000, Card::L4), "Run two");
    said(&Ask::of(0.1, 1_000, Card::Cpu), "trying and testing");
    said(&Ask::of(1.0, 1_000, Card::A10g), "its sheet");
    said(&Ask::of(1.0, 1_000, Card::H100), "--at-once 32");
    said(&Ask { within: Some(1.0), ..busy.clone() }, "longer than");
    said(&Ask { quantization: Quantization::Binary, ..busy.clone() }, "1,000 values");
    said(&Ask { pictures_per_product: 3.0, ..busy }, "one picture");
    said(&Ask::of(2_000.0, 1_000, Card::H100), "max_connections");
}

#[test]
fn every_line_says_where_it_comes_from() {
    for card in [Card::L4, Card::Cpu] {
        for section in plan(5.0, 100_000, card).sections {
            for row in section.rows {
                assert!(row.amount.value.is_finite(), "{}: {row:?}", section.title);
                assert!(!row.working.is_empty() && !row.source.to_string().is_empty(), "{row:?}");
            }
        }
    }
}

#[test]
fn a_plan_as_json_has_numbers_and_words() {
    let told = serde_json::to_value(plan(50.0, 5_000_000, Card::L4)).unwrap();
    assert!(told["answer"]["model_servers_at_peak"].as_u64() > Some(1));
    let row = &told["sections"][0]["rows"][0];
    assert_eq!((row["what"].as_str(), row["value"].as_f64()), (Some("looks"), Some(50.0)));
    assert_eq!((row["unit"].as_str(), row["shown"].as_str()), (Some("per_second"), Some("50/s")));
    assert_eq!(row["from"], "asked for");
}

#[test]
fn options_that_can_not_be_say_what_can() {
    use clap::Parser;
    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        ask: Ask,
    }
    let line = |more: &[&str]| {
        let base = ["plan", "--looks-per-second", "50", "--products", "5000000", "--gpu", "l4"];
        Line::try_parse_from([&base[..], more].concat()).map(|line| line.ask)
    };
    assert_eq!(line(&[]).unwrap(), Ask::of(50.0, 5_000_000, Card::L4));
    assert_eq!(line(&["--advice", "off"]).unwrap().advice, Advice::Off);
    assert_eq!(line(&["--isq", "8", "--model", "qwen3-vl-8b"]).unwrap().isq, Isq::Eight);
    for (option, value, hint) in [
        ("--cached", "1", "below 1"),
        ("--headroom", "0.99", "0.95"),
        ("--peak", "0.5", "from 1"),
        ("--garments", "NaN", "above 0"),
        ("--gpu", "l5", "l40s"),
    ] {
        let error = line(&[option, value]).unwrap_err().to_string();
        assert!(error.contains(hint) || error.contains("cannot be used"), "{error}");
    }
}
