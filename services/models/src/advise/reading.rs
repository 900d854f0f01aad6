//! Advice, each piece as soon as a model has written it down.

use serde::Deserialize;
use vitrine_core::{
    ids::ProductId,
    look::Suggestion,
    ports::{AdvicePiece, Candidate, ModelError},
};

use crate::{
    json_stream::{Mark, Nesting},
    text::harmless,
};

/// The short names, `p1` and on, under which candidates are told: the schema admits only these.
pub(crate) struct Handles(Vec<ProductId>);

impl Handles {
    pub(crate) fn of(candidates: &[Candidate]) -> Self {
        Self(candidates.iter().map(|candidate| candidate.product.clone()).collect())
    }

    pub(crate) fn names(&self) -> Vec<String> {
        (1..=self.0.len()).map(|number| format!("p{number}")).collect()
    }

    fn product(&self, handle: &str) -> Option<ProductId> {
        let number: usize = handle.strip_prefix('p')?.parse().ok()?;
        self.0.get(number.checked_sub(1)?).cloned()
    }
}

/// Cuts the object that is being written into its text and its suggestions.
#[derive(Default)]
pub(crate) struct AdviceReader {
    nesting: Nesting,
    written: Vec<u8>,
    suggestion_at: usize,
    text_told: bool,
}

#[derive(Deserialize)]
struct RawText {
    text: String,
}

#[derive(Deserialize)]
struct RawSuggestion {
    text: String,
    product_ids: Vec<String>,
}

impl AdviceReader {
    pub(crate) fn read(
        &mut self,
        text: &str,
        handles: &Handles,
    ) -> Result<Vec<AdvicePiece>, ModelError> {
        let refuse = |error: serde_json::Error| ModelError::Answer(error.to_string());
        let mut pieces = Vec::new();
        for byte in text.bytes() {
            let mark = self.nesting.push(byte);
            match mark {
                Some(Mark::Comma(1)) if !self.text_told => {
                    self.text_told = true;
                    let mut object = self.written.clone();
                    object.push(b'}');
                    let raw: RawText = serde_json::from_slice(&object).map_err(refuse)?;
                    pieces.push(AdvicePiece::Text(harmless(&raw.text, 400)));
                }
                Some(Mark::Open(3)) => self.suggestion_at = self.written.len(),
                _ => {}
            }
            self.written.push(byte);
            if mark == Some(Mark::Close(3)) {
                let object = self.written.get(self.suggestion_at..).unwrap_or_default();
                let raw: RawSuggestion = serde_json::from_slice(object).map_err(refuse)?;
                let mut product_ids: Vec<ProductId> = Vec::new();
                for id in raw.product_ids.iter().filter_map(|handle| handles.product(handle)) {
                    if !product_ids.contains(&id) {
                        product_ids.push(id);
                    }
                }
                let text = harmless(&raw.text, 300);
                pieces.push(AdvicePiece::Suggestion(Suggestion { text, product_ids }));
            }
        }
        Ok(pieces)
    }
}

#[cfg(test)]
mod tests {
    use vitrine_core::vocabulary::Category;

    use super::*;

    fn candidates() -> Vec<Candidate> {
        let candidate = |id: &str, category| Candidate {
            product: ProductId::new(id).unwrap(),
            title: "Linden".into(),
            category,
            colour: None,
        };
        vec![candidate("d1", Category::Dress), candidate("s1", Category::Shoes)]
    }

    #[test]
    fn text_comes_first_then_each_suggestion_with_the_products_behind_its_handles() {
        let json = r#"{"text":"Fine, {really}.","suggestions":[{"text":"Wear both.","product_ids":["p2","p1","p2"]}]}"#;
        let handles = Handles::of(&candidates());
        let mut reader = AdviceReader::default();
        let mut pieces = Vec::new();
        for letter in json.chars() {
            pieces.extend(reader.read(&letter.to_string(), &handles).unwrap());
        }
        let ids = ["s1", "d1"].map(|id| ProductId::new(id).unwrap()).to_vec();
        assert_eq!(
            pieces,
            [
                AdvicePiece::Text("Fine, {really}.".into()),
                AdvicePiece::Suggestion(Suggestion { text: "Wear both.".into(), product_ids: ids })
            ]
        );
    }
}
