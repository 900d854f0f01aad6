//! Points and filters in the server's form.

use qdrant_client::{
    Payload,
    qdrant::{
        Condition as ServerCondition, Filter as ServerFilter, NamedVectors, PointId, PointStruct,
        Range, Value as ServerValue, Vector, point_id::PointIdOptions, value::Kind,
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

fn one(field: &str, condition: &Condition) -> ServerCondition {
    match condition {
        Condition::Is(text) => ServerCondition::matches(field, text.clone()),
        Condition::IsTrue => ServerCondition::matches(field, true),
        Condition::AnyOf(texts) => ServerCondition::matches(field, texts.clone()),
        Condition::Between(low, high) => {
            let end = |number: &u32| Some(f64::from(*number));
            let range = Range { gte: end(low), lte: end(high), gt: None, lt: None };
            ServerCondition::range(field, range)
        }
    }
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
