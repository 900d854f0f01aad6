//! The server's words to qdrant-edge's and back; what is not known here is refused.

use std::collections::HashMap;

use qdrant_client::qdrant::{
    self as server, condition::ConditionOneOf, r#match::MatchValue,
    payload_index_params::IndexParams, point_id::PointIdOptions, query::Variant, value::Kind,
    vector, vector_input, vector_output, vectors::VectorsOptions, vectors_config, vectors_output,
    with_payload_selector, with_vectors_selector,
};
use qdrant_edge::{
    AnyVariants, Condition, CreateIndex, Distance, EdgeConfig, EdgeSparseVectorParams,
    EdgeVectorParams, FieldCondition, FieldIndexOperations, Filter, JsonPath, KeywordIndexParams,
    Match, Modifier, NamedQuery, NamedVectors, Payload, PayloadFieldSchema, PayloadSchemaParams,
    PayloadSchemaType, PointId, PointStruct, PointStructPersisted, QueryEnum, QueryRequest, Range,
    ScoringQuery, SparseVector, UpdateOperation, ValueVariants, Vector, VectorInternal,
    VectorStructInternal, WithPayloadInterface, WithVector, external::ordered_float::OrderedFloat,
};
use serde_json::{Value, json};
use tonic::Status;

use super::not_here;

fn path(field: &str) -> JsonPath {
    JsonPath { first_key: field.to_owned(), rest: Vec::new() }
}

pub(super) fn config(request: &server::CreateCollection) -> Result<EdgeConfig, Status> {
    let mut config = EdgeConfig::builder();
    let vectors = request.vectors_config.as_ref().and_then(|vectors| vectors.config.as_ref());
    let Some(vectors_config::Config::ParamsMap(vectors)) = vectors else { return not_here() };
    for (name, params) in &vectors.map {
        if params.distance() != server::Distance::Cosine {
            return not_here();
        }
        let params = EdgeVectorParams::builder(params.size as usize, Distance::Cosine).build();
        config = config.vector(name, params);
    }
    for (name, params) in request.sparse_vectors_config.iter().flat_map(|config| &config.map) {
        let mut vector = EdgeSparseVectorParams::builder();
        if params.modifier() == server::Modifier::Idf {
            vector = vector.modifier(Modifier::Idf);
        }
        config = config.sparse_vector(name, vector.build());
    }
    Ok(config.build())
}

pub(super) fn field_index(
    request: &server::CreateFieldIndexCollection,
) -> Result<UpdateOperation, Status> {
    let params = request.field_index_params.as_ref().and_then(|all| all.index_params.as_ref());
    let schema = match (request.field_type(), params) {
        (server::FieldType::Keyword, Some(IndexParams::KeywordIndexParams(params))) => {
            PayloadFieldSchema::FieldParams(PayloadSchemaParams::Keyword(KeywordIndexParams {
                is_tenant: params.is_tenant,
                ..KeywordIndexParams::default()
            }))
        }
        (_, Some(_)) => return not_here(),
        (kind, None) => PayloadFieldSchema::FieldType(match kind {
            server::FieldType::Keyword => PayloadSchemaType::Keyword,
            server::FieldType::Integer => PayloadSchemaType::Integer,
            server::FieldType::Bool => PayloadSchemaType::Bool,
            _ => return not_here(),
        }),
    };
    Ok(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
        field_name: path(&request.field_name),
        field_schema: Some(schema),
    })))
}

pub(super) fn edge_id(id: server::PointId) -> Result<PointId, Status> {
    match id.point_id_options {
        Some(PointIdOptions::Uuid(text)) => text
            .parse()
            .map(PointId::Uuid)
            .map_err(|_| Status::invalid_argument(format!("`{text}` is no id"))),
        _ => not_here(),
    }
}

pub(super) fn id(id: PointId) -> server::PointId {
    match id {
        PointId::Uuid(id) => id.to_string().into(),
        PointId::NumId(number) => number.into(),
    }
}

pub(super) fn point(point: server::PointStruct) -> Result<PointStructPersisted, Status> {
    let id = edge_id(point.id.unwrap_or_default())?;
    let options = point.vectors.and_then(|vectors| vectors.vectors_options);
    let Some(VectorsOptions::Vectors(named)) = options else { return not_here() };
    let mut vectors = NamedVectors::default();
    for (name, given) in named.vectors {
        let given = match given.vector {
            Some(vector::Vector::Dense(dense)) => Vector::from(dense.data),
            Some(vector::Vector::Sparse(sparse)) => {
                Vector::from(SparseVector { indices: sparse.indices, values: sparse.values })
            }
            _ => return not_here(),
        };
        vectors = vectors.add_vector(name, given);
    }
    let fields = point.payload.into_iter().map(|(field, value)| Ok((field, to_json(value)?)));
    let payload = Value::Object(fields.collect::<Result<_, Status>>()?);
    Ok(PointStruct::new(id, vectors, payload).into())
}

/// The client writes vectors as servers before 1.16 read them.
#[allow(deprecated, reason = "those fields are the ones in use")]
fn edge_vector(given: server::Vector) -> Result<Vector, Status> {
    Ok(match (given.vector, given.indices) {
        (None, None) => Vector::from(given.data),
        (None, Some(indices)) => {
            Vector::from(SparseVector { indices: indices.data, values: given.data })
        }
        (Some(vector::Vector::Dense(dense)), _) => Vector::from(dense.data),
        (Some(vector::Vector::Sparse(sparse)), _) => {
            Vector::from(SparseVector { indices: sparse.indices, values: sparse.values })
        }
        _ => return not_here(),
    })
}

fn to_json(value: server::Value) -> Result<Value, Status> {
    Ok(match value.kind {
        Some(Kind::StringValue(text)) => json!(text),
        Some(Kind::IntegerValue(number)) => json!(number),
        Some(Kind::BoolValue(flag)) => json!(flag),
        Some(Kind::ListValue(list)) => {
            Value::Array(list.values.into_iter().map(to_json).collect::<Result<_, _>>()?)
        }
        _ => return not_here(),
    })
}

pub(super) fn payload(payload: Payload) -> Result<HashMap<String, server::Value>, Status> {
    payload.0.into_iter().map(|(field, value)| Ok((field, from_json(value)?))).collect()
}

fn from_json(value: Value) -> Result<server::Value, Status> {
    Ok(match value {
        Value::String(text) => text.into(),
        Value::Bool(flag) => flag.into(),
        Value::Array(values) => {
            values.into_iter().map(from_json).collect::<Result<Vec<_>, _>>()?.into()
        }
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => return not_here(),
        },
        _ => return not_here(),
    })
}

pub(super) fn vectors(given: VectorStructInternal) -> Result<server::VectorsOutput, Status> {
    let VectorStructInternal::Named(named) = given else { return not_here() };
    let one = |(name, vector)| {
        let VectorInternal::Dense(data) = vector else { return not_here() };
        let vector = vector_output::Vector::Dense(server::DenseVector { data });
        let output =
            server::VectorOutput { vector: Some(vector), ..server::VectorOutput::default() };
        Ok((name, output))
    };
    let vectors = named.into_iter().map(one).collect::<Result<_, Status>>()?;
    let named = server::NamedVectorsOutput { vectors };
    Ok(server::VectorsOutput {
        vectors_options: Some(vectors_output::VectorsOptions::Vectors(named)),
    })
}

pub(super) fn with_payload(
    selector: Option<server::WithPayloadSelector>,
) -> Result<WithPayloadInterface, Status> {
    match selector.and_then(|selector| selector.selector_options) {
        None => Ok(WithPayloadInterface::Bool(false)),
        Some(with_payload_selector::SelectorOptions::Enable(all)) => {
            Ok(WithPayloadInterface::Bool(all))
        }
        Some(with_payload_selector::SelectorOptions::Include(some)) => {
            Ok(WithPayloadInterface::Fields(some.fields.iter().map(|field| path(field)).collect()))
        }
        Some(_) => not_here(),
    }
}

pub(super) fn with_vectors(
    selector: Option<server::WithVectorsSelector>,
) -> Result<WithVector, Status> {
    Ok(match selector.and_then(|selector| selector.selector_options) {
        None => WithVector::Bool(false),
        Some(with_vectors_selector::SelectorOptions::Enable(all)) => WithVector::Bool(all),
        Some(with_vectors_selector::SelectorOptions::Include(some)) => {
            WithVector::Selector(some.names)
        }
    })
}

pub(super) fn query(asked: server::QueryPoints) -> Result<QueryRequest, Status> {
    let nearest = match asked.query.and_then(|query| query.variant) {
        Some(Variant::Nearest(nearest)) => nearest.variant,
        _ => return not_here(),
    };
    let vector = match nearest {
        Some(vector_input::Variant::Dense(dense)) => VectorInternal::Dense(dense.data),
        Some(vector_input::Variant::Sparse(sparse)) => {
            VectorInternal::Sparse(SparseVector { indices: sparse.indices, values: sparse.values })
        }
        _ => return not_here(),
    };
    if !asked.prefetch.is_empty() || asked.score_threshold.is_some() || asked.offset.is_some() {
        return not_here();
    }
    Ok(QueryRequest {
        prefetches: Vec::new(),
        query: Some(ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery {
            query: vector,
            using: asked.using,
        }))),
        filter: asked.filter.map(filter).transpose()?,
        score_threshold: None,
        limit: asked.limit.unwrap_or(10) as usize,
        offset: 0,
        params: None,
        with_vector: with_vectors(asked.with_vectors)?,
        with_payload: with_payload(asked.with_payload)?,
    })
}

pub(super) fn filter(given: server::Filter) -> Result<Filter, Status> {
    if !given.should.is_empty() || given.min_should.is_some() {
        return not_here();
    }
    let all = |conditions: Vec<server::Condition>| {
        conditions.into_iter().map(condition).collect::<Result<Vec<_>, _>>()
    };
    Ok(Filter {
        must: Some(all(given.must)?).filter(|all| !all.is_empty()),
        must_not: Some(all(given.must_not)?).filter(|all| !all.is_empty()),
        ..Filter::new()
    })
}

fn condition(given: server::Condition) -> Result<Condition, Status> {
    let field = match given.condition_one_of {
        Some(ConditionOneOf::HasId(ids)) => {
            let ids = ids.has_id.into_iter().map(edge_id).collect::<Result<_, _>>()?;
            return Ok(Condition::HasId(ids));
        }
        Some(ConditionOneOf::Field(field)) => field,
        _ => return not_here(),
    };
    let key = path(&field.key);
    let matched = field.r#match.and_then(|matched| matched.match_value);
    Ok(Condition::Field(match (matched, field.range) {
        (Some(MatchValue::Keyword(text)), None) => {
            FieldCondition::new_match(key, Match::new_value(ValueVariants::String(text)))
        }
        (Some(MatchValue::Boolean(flag)), None) => {
            FieldCondition::new_match(key, Match::new_value(ValueVariants::Bool(flag)))
        }
        (Some(MatchValue::Keywords(texts)), None) => {
            let any = AnyVariants::Strings(texts.strings.into_iter().collect());
            FieldCondition::new_match(key, Match::new_any(any))
        }
        (None, Some(range)) => {
            let end = |end: Option<f64>| end.map(OrderedFloat);
            let range = Range {
                lt: end(range.lt),
                gt: end(range.gt),
                gte: end(range.gte),
                lte: end(range.lte),
            };
            FieldCondition::new_range(key, range)
        }
        _ => return not_here(),
    }))
}
