//! Points and filters in qdrant-edge's form.

use qdrant_edge::{
    AnyVariants, Condition as EdgeCondition, FieldCondition, Filter as EdgeFilter, Match,
    NamedVectors, PointId, PointStruct, PointStructPersisted, Range, ValueVariants,
    Vector as EdgeVector, external::ordered_float::OrderedFloat,
};
use serde_json::json;

use super::{
    super::{
        filter::{Condition, Filter},
        point::{KeptPoint, Value},
        schema,
    },
    shape::path,
};

pub(super) fn point(point: KeptPoint) -> PointStructPersisted {
    let mut vectors = NamedVectors::default().add_vector(schema::WORDS, point.words);
    if let Some(terms) = point.terms {
        vectors = vectors.add_vector(schema::TERMS, EdgeVector::from(terms));
    }
    if let Some(picture) = point.picture {
        vectors = vectors.add_vector(schema::PICTURE, picture);
    }
    let value = |value| match value {
        Value::Text(text) => json!(text),
        Value::Texts(texts) => json!(texts),
        Value::Numbers(numbers) => json!(numbers),
        Value::Flag(flag) => json!(flag),
    };
    let fields = point.payload.into_iter().map(|(field, kept)| (field.to_owned(), value(kept)));
    let payload = serde_json::Value::Object(fields.collect());
    PointStruct::new(PointId::Uuid(point.id), vectors, payload).into()
}

pub(super) fn filter(filter: &Filter) -> EdgeFilter {
    let must = filter.must.iter().map(|(field, condition)| one(field, condition)).collect();
    let but = filter.but.iter().copied().map(PointId::Uuid).collect();
    EdgeFilter {
        must: Some(must),
        must_not: (!filter.but.is_empty()).then(|| vec![EdgeCondition::HasId(but)]),
        ..EdgeFilter::new()
    }
}

fn one(field: &str, condition: &Condition) -> EdgeCondition {
    let key = path(field);
    let equal = |value| Match::new_value(value);
    EdgeCondition::Field(match condition {
        Condition::Is(text) => {
            FieldCondition::new_match(key, equal(ValueVariants::String(text.clone())))
        }
        Condition::IsTrue => FieldCondition::new_match(key, equal(ValueVariants::Bool(true))),
        Condition::AnyOf(texts) => {
            let texts = AnyVariants::Strings(texts.iter().cloned().collect());
            FieldCondition::new_match(key, Match::new_any(texts))
        }
        Condition::Between(low, high) => {
            let end = |number: &u32| Some(OrderedFloat(f64::from(*number)));
            let range = Range { gte: end(low), lte: end(high), gt: None, lt: None };
            FieldCondition::new_range(key, range)
        }
    })
}
