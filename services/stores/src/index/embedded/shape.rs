//! The schema in qdrant-edge's form.

use qdrant_edge::{
    CreateIndex, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeSparseVectorParams,
    EdgeVectorParams, FieldIndexOperations, HnswIndexConfig, JsonPath, KeywordIndexParams,
    Modifier, PayloadFieldSchema, PayloadSchemaParams, PayloadSchemaType, UpdateOperation,
};

use super::super::{
    Dimensions,
    schema::{GRAPH_FROM_KB, INDEXED, Kind, PICTURE, TERMS, WORDS},
};

/// Building a graph takes one core, so that the others stay free for answering.
const BUILDING_THREADS: usize = 1;

/// A payload field at the top level.
pub(super) fn path(field: &str) -> JsonPath {
    JsonPath { first_key: field.to_owned(), rest: Vec::new() }
}

pub(super) fn config(dimensions: Dimensions) -> EdgeConfig {
    let dense = |floats| EdgeVectorParams::builder(floats, Distance::Cosine).build();
    let config = EdgeConfig::builder().vector(WORDS, dense(dimensions.words));
    let config = match dimensions.picture {
        Some(floats) => config.vector(PICTURE, dense(floats)),
        None => config,
    };
    config
        .sparse_vector(TERMS, EdgeSparseVectorParams::builder().modifier(Modifier::Idf).build())
        .hnsw_config(HnswIndexConfig {
            max_indexing_threads: BUILDING_THREADS,
            ..HnswIndexConfig::default()
        })
        .optimizers(EdgeOptimizersConfig {
            default_segment_number: Some(2),
            indexing_threshold: Some(GRAPH_FROM_KB),
            ..EdgeOptimizersConfig::default()
        })
        .build()
}

/// One index for each payload field that a query filters by.
pub(super) fn field_indexes() -> impl Iterator<Item = UpdateOperation> {
    INDEXED.into_iter().map(|(field, kind)| {
        let plain = PayloadFieldSchema::FieldType;
        let schema =
            match kind {
                Kind::Tenant => PayloadFieldSchema::FieldParams(PayloadSchemaParams::Keyword(
                    KeywordIndexParams { is_tenant: Some(true), ..KeywordIndexParams::default() },
                )),
                Kind::Keyword => plain(PayloadSchemaType::Keyword),
                Kind::Integer => plain(PayloadSchemaType::Integer),
                Kind::Flag => plain(PayloadSchemaType::Bool),
            };
        UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
            field_name: path(field),
            field_schema: Some(schema),
        }))
    })
}
