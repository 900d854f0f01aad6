//! Points and filters in the server's form.

use qdrant_client::{
    Payload,
    qdrant::{
        Condition as ServerCondition, FieldCondition, Filter as ServerFilter, Match, NamedVectors,
        PointId, PointStruct, Range, RepeatedStrings, Value as ServerValue, Vector,
        r#match::MatchValue, point_id::PointIdOptions, value::Kind,
    },
};
use uuid::Uuid;
use vitrine_core::ports::StoreError;

use super::{
    super::{
        filter::{Condition, Filter},
        point::{KeptPoint, Value},
        schema,
    },
    STORE,
};

pub(super) fn point(point: KeptPoint) -> PointStruct {
    let mut vectors =
        NamedVectors::default().add_vector(schema::WORDS, Vector::new_dense(point.words));
    if let Some(terms) = point.terms {
        let sparse = Vector::new_sparse(terms.indices, terms.values);
        vectors = vectors.add_vector(schema::TERMS, sparse);
    }
    if let Some(picture) = point.picture {
        vectors = vectors.add_vector(schema::PICTURE, Vector::new_dense(picture));
    }
    let mut payload = Payload::with_capacity(point.payload.len());
    for (field, kept) in point.payload {
        payload.insert(field, value(kept));
    }
    PointStruct::new(id(point.id), vectors, payload)
}

fn value(kept: Value) -> ServerValue {
    match kept {
        Value::Text(text) => text.into(),
        Value::Texts(texts) => list(texts),
        Value::Numbers(numbers) => list(numbers.into_iter().map(i64::from)),
        Value::Flag(flag) => flag.into(),
    }
}

fn list<T: Into<ServerValue>>(values: impl IntoIterator<Item = T>) -> ServerValue {
    let values: Vec<ServerValue> = values.into_iter().map(Into::into).collect();
    values.into()
}

pub(super) fn id(id: Uuid) -> PointId {
    PointId::from(id.to_string())
}

pub(super) fn uuid(id: Option<PointId>) -> Result<Uuid, StoreError> {
    match id.and_then(|id| id.point_id_options) {
        Some(PointIdOptions::Uuid(text)) => {
            Uuid::parse_str(&text).map_err(|error| STORE.corrupt(format!("a point's id: {error}")))
        }
        other => Err(STORE.corrupt(format!("a point has the id {other:?}"))),
    }
}

pub(super) fn filter(filter: &Filter) -> ServerFilter {
    let must = filter.must.iter().map(|(field, condition)| one(field, condition)).collect();
    let but = filter.but.iter().copied().map(id);
    let must_not = match filter.but.len() {
        0 => Vec::new(),
        _ => vec![ServerCondition::has_id(but)],
    };
    ServerFilter { must, must_not, ..ServerFilter::default() }
}

/// Matches are put together by hand: the client's own makes a full-text match of a text that has
/// a space in it, and would find the points of other merchants whose names share words.
fn one(field: &str, condition: &Condition) -> ServerCondition {
    let equal = |value| FieldCondition {
        r#match: Some(Match { match_value: Some(value) }),
        ..FieldCondition::default()
    };
    let condition = match condition {
        Condition::Is(text) => equal(MatchValue::Keyword(text.clone())),
        Condition::IsTrue => equal(MatchValue::Boolean(true)),
        Condition::AnyOf(texts) => {
            equal(MatchValue::Keywords(RepeatedStrings { strings: texts.clone() }))
        }
        Condition::Between(low, high) => {
            let end = |number: &u32| Some(f64::from(*number));
            let range = Range { gte: end(low), lte: end(high), gt: None, lt: None };
            FieldCondition { range: Some(range), ..FieldCondition::default() }
        }
    };
    FieldCondition { key: field.to_owned(), ..condition }.into()
}

/// A payload as the server gives it.
pub(super) struct Fields(pub(super) std::collections::HashMap<String, ServerValue>);

impl super::super::search::Payload for Fields {
    fn text(&self, field: &str) -> Option<&str> {
        match &self.0.get(field)?.kind {
            Some(Kind::StringValue(text)) => Some(text),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use qdrant_client::qdrant::condition::ConditionOneOf;
    use vitrine_core::{ids::MerchantId, ports::Prefilter};

    use super::*;

    #[test]
    fn names_with_spaces_are_matched_whole() {
        let merchant = MerchantId::new("a shop with spaces").unwrap();
        let sizes = Prefilter { sizes: vec!["one size".into()], ..Prefilter::default() };
        let filter = filter(&Filter::of_query(&merchant, &sizes));
        let matches: Vec<_> = filter
            .must
            .into_iter()
            .map(|condition| match condition.condition_one_of {
                Some(ConditionOneOf::Field(field)) => field.r#match.unwrap().match_value.unwrap(),
                other => panic!("{other:?}"),
            })
            .collect();
        let strings = vec!["one size".to_owned()];
        assert_eq!(
            matches,
            [
                MatchValue::Keyword("a shop with spaces".into()),
                MatchValue::Keywords(RepeatedStrings { strings })
            ]
        );
    }
}
