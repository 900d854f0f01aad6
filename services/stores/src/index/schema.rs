//! What a point consists of, in Qdrant's terms.

use qdrant_edge::{
    CreateIndex, Distance, EdgeConfig, EdgeOptimizersConfig, EdgeSparseVectorParams,
    EdgeVectorParams, FieldIndexOperations, HnswIndexConfig, JsonPath, KeywordIndexParams,
    Modifier, PayloadFieldSchema, PayloadSchemaParams, PayloadSchemaType, UpdateOperation,
};

/// The dense vector.
pub(super) const WORDS: &str = "words";
/// The sparse vector.
pub(super) const TERMS: &str = "terms";

pub(super) const MERCHANT: &str = "merchant";
pub(super) const PRODUCT: &str = "product";
/// Not indexed: only read back with a hit.
pub(super) const VERSION: &str = "version";
pub(super) const CATEGORY: &str = "category";
pub(super) const COLOURS: &str = "colours";
pub(super) const GENDER: &str = "gender";
pub(super) const SIZES: &str = "sizes";
pub(super) const PRICE_BANDS: &str = "price_bands";
pub(super) const AVAILABLE: &str = "available";

/// From this size of vectors on a graph is built; below it, every vector is compared, which for
/// 50 MB takes milliseconds, is exact, and keeps the long building away from small shops.
const GRAPH_FROM_KB: usize = 50_000;

/// Building a graph takes one core, so that the others stay free for answering.
const BUILDING_THREADS: usize = 1;

/// A payload field at the top level.
pub(super) fn path(field: &str) -> JsonPath {
    JsonPath { first_key: field.to_owned(), rest: Vec::new() }
}

pub(super) fn config(dimensions: usize) -> EdgeConfig {
    EdgeConfig::builder()
        .vector(WORDS, EdgeVectorParams::builder(dimensions, Distance::Cosine).build())
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
    let tenant =
        PayloadFieldSchema::FieldParams(PayloadSchemaParams::Keyword(KeywordIndexParams {
            is_tenant: Some(true),
            ..KeywordIndexParams::default()
        }));
    let plain = |field, kind| (field, PayloadFieldSchema::FieldType(kind));
    let fields = [
        (MERCHANT, tenant),
        plain(PRODUCT, PayloadSchemaType::Keyword),
        plain(CATEGORY, PayloadSchemaType::Keyword),
        plain(COLOURS, PayloadSchemaType::Keyword),
        plain(GENDER, PayloadSchemaType::Keyword),
        plain(SIZES, PayloadSchemaType::Keyword),
        plain(PRICE_BANDS, PayloadSchemaType::Integer),
        plain(AVAILABLE, PayloadSchemaType::Bool),
    ];
    fields.into_iter().map(|(field, schema)| {
        UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(CreateIndex {
            field_name: path(field),
            field_schema: Some(schema),
        }))
    })
}
