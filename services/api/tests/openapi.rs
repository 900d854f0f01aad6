//! The checked-in contract is the code's.

use std::{collections::BTreeSet, fs};

use serde_json::json;
use vitrine_api::{contract, problems::Code};
use vitrine_core::vocabulary::{Availability, Category, Colour, Gender, Length, Pattern, Sleeve};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/vitrine.json");

#[test]
fn the_checked_in_contract_is_what_the_code_says() {
    let contract = contract();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        fs::write(PATH, &contract).unwrap();
    }
    assert!(
        fs::read_to_string(PATH).unwrap_or_default() == contract,
        "openapi/vitrine.json is behind the code; write it anew with \
         `UPDATE_OPENAPI=1 cargo test --workspace --test openapi` and look at the difference"
    );
}

#[test]
fn the_contract_is_openapi_3_1_with_a_bearer_token() {
    let contract: serde_json::Value = serde_json::from_str(&contract()).unwrap();
    assert!(contract["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(contract["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    assert!(contract["paths"]["/v1/looks"]["post"]["security"][0]["token"].is_array());
    let body = &contract["paths"]["/v1/looks"]["post"]["requestBody"]["content"];
    assert!(body["multipart/form-data"].is_object() && body["application/json"].is_object());
}

#[test]
fn every_problem_of_the_table_stands_in_the_contract_under_its_status() {
    let contract: serde_json::Value = serde_json::from_str(&contract()).unwrap();
    let mut told = BTreeSet::new();
    for operations in contract["paths"].as_object().unwrap().values() {
        for operation in operations.as_object().unwrap().values() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                for code in response["description"].as_str().unwrap().split('`').skip(1).step_by(2)
                {
                    told.insert((code.to_owned(), status.parse::<u16>().unwrap()));
                }
            }
        }
    }
    let everywhere = [
        Code::RouteUnknown,
        Code::MethodNotAllowed,
        Code::Stopping,
        // Of the doors whose contracts are Meta's and Standard Webhooks'.
        Code::InboundUnknown,
        Code::VerifyTokenWrong,
        Code::SignatureInvalid,
        Code::MessageRepeated,
        // Of a door whose contract is OpenAI's.
        Code::ChatInvalid,
        Code::ChatModelUnknown,
    ];
    for code in Code::ALL.iter().filter(|code| !everywhere.contains(code)) {
        assert!(told.contains(&(code.id().to_owned(), code.status())), "{}", code.id());
    }
}

#[test]
fn the_words_of_the_contract_are_those_that_answers_bear() {
    let contract: serde_json::Value = serde_json::from_str(&contract()).unwrap();
    let schemas = &contract["components"]["schemas"];
    for (name, words) in [
        ("Availability", json!(Availability::ALL)),
        ("Category", json!(Category::ALL)),
        ("Colour", json!(Colour::ALL)),
        ("Gender", json!(Gender::ALL)),
        ("Length", json!(Length::ALL)),
        ("Pattern", json!(Pattern::ALL)),
        ("Sleeve", json!(Sleeve::ALL)),
    ] {
        assert_eq!(schemas[name]["enum"], words, "{name}");
        assert!(!schemas[name]["description"].as_str().unwrap().is_empty(), "{name}");
    }
}
