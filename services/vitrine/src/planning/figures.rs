//! What the plan stands on and no option says: what was measured, what the code says, what is
//! assumed. Times in seconds, sizes in bytes.

use super::working::{Figure, Source};

const LOADED: Source = Source::Measured("load-tests/README.md");
const TOLD: Source = Source::Measured("ARCHITECTURE.md");

const fn figure(value: f64, source: Source) -> Figure {
    Figure { value, source }
}

const fn assumed(value: f64) -> Figure {
    figure(value, Source::Assumed)
}

// What comes in.
/// The busiest minutes of a day to its average.
pub(super) const PEAK: Figure = assumed(2.0);
/// Looks that cost no model time. None, until `vitrine_cache_requests_total` tells how many.
pub(super) const CACHED: Figure = assumed(0.0);
pub(super) const GARMENTS: Figure = assumed(3.0);
pub(super) const HEADROOM: Figure = assumed(0.7);
/// Seconds in which 95 of 100 looks are to be whole.
pub(super) const WITHIN: Figure = figure(30.0, Source::Code("monitoring/README.md, the aims"));
/// What the slowest of 20 looks takes of one on average: six garments write 1.6 times the tokens of
/// three.
pub(super) const SLOW: Figure = assumed(1.6);
/// Squared coefficient of variation of the time at the model: garments and words differ.
pub(super) const VARIATION: Figure = assumed(0.2);

// The vision-language model.
pub(super) const PHOTO_SIDE: Figure =
    figure(768.0, Source::Code("services/models/src/card.rs, ModelCard"));
pub(super) const SMALL_PHOTO_SIDE: Figure =
    figure(192.0, Source::Code("demo/model/vlm/vitrine.json, photo_side"));
/// Tokens beside the photo: some 1,300 characters at four a token, and the chat's own.
pub(super) const DESCRIBE_PROMPT: Figure =
    figure(340.0, Source::Code("services/models/src/describe/style.rs, four characters a token"));
/// Some 500 characters; garments and candidates come to it.
pub(super) const ADVISE_PROMPT: Figure =
    figure(140.0, Source::Code("services/models/src/advise.rs, four characters a token"));
pub(super) const ADVISE_GARMENT: Figure = assumed(25.0);
pub(super) const ADVISE_CANDIDATE: Figure = assumed(22.0);
/// Candidates that are told to the stylist.
pub(super) const CANDIDATES: Figure =
    figure(8.0, Source::Code("services/core/src/shopping/brief.rs"));
/// Tokens written for a garment in the style `full`: eight properties and a sentence.
pub(super) const GARMENT_TOKENS: Figure = assumed(90.0);
/// Tokens written as advice: two sentences and up to three suggestions.
pub(super) const ADVICE_TOKENS: Figure = assumed(150.0);
/// Photos that a model server describes at once (`--max-num-seqs`).
pub(super) const AT_ONCE: Figure = figure(16.0, Source::Code("docker/compose.scale.yaml"));
/// The share of a card's memory that a model server takes (`--gpu-memory-utilization`).
pub(super) const MEMORY_SHARE: Figure = figure(0.9, Source::Code("docker/compose.scale.yaml"));
/// What a server needs beside weights and cache: activations, graphs, the driver.
pub(super) const MEMORY_BESIDE: Figure = assumed(1.5e9);
/// The share of the card's rate of operations that reading reaches.
pub(super) const PREFILL_EFFICIENCY: Figure = assumed(0.4);
/// The share of the card's memory bandwidth that writing reaches.
pub(super) const DECODE_EFFICIENCY: Figure = assumed(0.6);

/// A look by the small model, on two cores, one at a time.
pub(super) const SMALL_LOOK: Figure = figure(0.329, LOADED);
pub(super) const SMALL_CORES: Figure = figure(2.0, LOADED);

// The embedders.
/// Tokens of a garment as it is searched.
pub(super) const GARMENT_TEXT: Figure = assumed(40.0);
/// Tokens of a product: title, attributes, 300 characters of its description.
pub(super) const PRODUCT_TEXT: Figure = assumed(120.0);
/// The share of a card's rate that small batches of texts and pictures reach.
pub(super) const EMBEDDING_EFFICIENCY: Figure = assumed(0.2);
/// Operations a second of one core of a processor, in 32 bits.
pub(super) const CORE_OPERATIONS: Figure = assumed(50e9);

// The service.
/// Processor time of a look beside its models: 19 of 929 ms, on two cores.
pub(super) const OWN_LOOK: Figure = figure(0.019, TOLD);
/// A photo that is known, answered anew from the catalog, with Redis.
pub(super) const OWN_CACHED: Figure = figure(0.007_53, LOADED);
/// Reading a phone's photo of 12 million pixels and making it small.
pub(super) const OWN_PHOTO: Figure = assumed(0.06);
pub(super) const WORKERS: Figure = figure(4.0, Source::Code("docker/compose.scale.yaml"));
pub(super) const PROCESSES: Figure = figure(2.0, Source::Code("kubernetes/base/autoscaler.yaml"));

// The index.
pub(super) const WORDS_FLOATS: Figure =
    figure(1_024.0, Source::Config("Qwen/Qwen3-Embedding-0.6B"));
pub(super) const PICTURE_FLOATS: Figure =
    figure(768.0, Source::Config("google/siglip2-base-patch16-224"));
pub(super) const SMALL_WORDS_FLOATS: Figure = figure(128.0, Source::Code("demo/model/embedder"));
pub(super) const SMALL_PICTURE_FLOATS: Figure = figure(192.0, Source::Code("demo/model/pictures"));
/// Links a point and layer (`m`); twice as many in the lowest layer.
pub(super) const LINKS: Figure = figure(16.0, Source::Code("qdrant-edge 0.7.2, HnswConfig"));
/// What the links that filters need come to, beside those of all points.
pub(super) const FILTER_LINKS: Figure = assumed(2.0);
/// From this size of vectors on a graph is built.
pub(super) const GRAPH_FROM: Figure =
    figure(50e6, Source::Code("services/stores/src/index/schema.rs"));
/// Bytes of a point's words and their places: 40 words, 8 bytes each, twice.
pub(super) const TERMS: Figure = assumed(640.0);
/// Bytes of what a point's id and version take.
pub(super) const IDS: Figure = assumed(48.0);
/// Bytes of a point in the indexes of 13 fields.
pub(super) const FIELDS: Figure = assumed(400.0);
/// Bytes of a point's fields themselves, on the disk.
pub(super) const PAYLOAD: Figure = assumed(600.0);
/// What versions, and segments that are rebuilt, take besides.
pub(super) const INDEX_SLACK: Figure = figure(1.5, Source::Documented("Qdrant, Capacity Planning"));
/// While it is built anew a second index stands beside the first.
pub(super) const ANEW: Figure = figure(2.0, Source::Code("ARCHITECTURE.md, Building anew"));
pub(super) const NODE_MEMORY: Figure = assumed(64e9);
/// The share of a node's memory that the index may take.
pub(super) const NODE_SHARE: Figure = assumed(0.8);
pub(super) const REPLICAS: Figure =
    figure(2.0, Source::Documented("Qdrant, Distributed Deployment: two replicas or more"));
pub(super) const NODES: Figure =
    figure(3.0, Source::Documented("Qdrant, Distributed Deployment: three nodes or more"));
/// Searches that a garment costs: its kind, a neighbour, among all.
pub(super) const SEARCHES: Figure = figure(3.0, Source::Code("services/core/src/matching.rs"));
/// Processor time of one search on a graph. 1.7 ms were measured of 50,000 points of 256 floats.
pub(super) const SEARCH: Figure = assumed(0.005);

// PostgreSQL and Redis.
/// Bytes of a product with its variants, offers, facts and their indexes.
pub(super) const PRODUCT_ROW: Figure = assumed(4_000.0);
/// Bytes beside a vector that is kept in SQL: its key, twice, and the row.
pub(super) const VECTOR_ROW: Figure = assumed(250.0);
/// Bytes of a look, and of an event, with their indexes.
pub(super) const ANSWER_ROW: Figure = assumed(300.0);
pub(super) const EVENT_ROW: Figure = assumed(400.0);
/// Events that a look has: shown, clicked, bought.
pub(super) const EVENTS: Figure = assumed(3.0);
pub(super) const EVENT_DAYS: Figure = figure(400.0, Source::Code("events.keep_days, its default"));
pub(super) const CONNECTIONS: Figure = figure(16.0, Source::Code("data.connections, its default"));
/// Connections that PostgreSQL takes, where it is set up as it comes.
pub(super) const MAX_CONNECTIONS: Figure =
    figure(100.0, Source::Documented("PostgreSQL, max_connections"));
/// Bytes of an answered look and of what its refinements need.
pub(super) const LOOK_KEPT: Figure = assumed(30_000.0);
/// Bytes of what is known of a photo, and of its advice.
pub(super) const KNOWN: Figure = assumed(3_000.0);
pub(super) const LOOK_SECONDS: Figure =
    figure(3_600.0, Source::Code("services/core/src/shopping.rs, LOOKS_KEPT"));
pub(super) const KNOWN_SECONDS: Figure =
    figure(86_400.0, Source::Code("services/core/src/shopping/memory.rs, ANSWERS_KEPT"));
pub(super) const PHOTO_MINUTES: Figure =
    figure(60.0, Source::Code("photos.keep_minutes, its default"));
/// Bytes of a pixel of a kept photo, which is kept as it is.
pub(super) const PIXEL: Figure = figure(3.0, Source::Code("services/core/src/photo.rs, to_bytes"));
/// The share of the square that is no margin: photos of 3 to 4.
pub(super) const FILLED: Figure = assumed(0.75);
/// What Redis takes beside what it is given.
pub(super) const REDIS_SLACK: Figure = assumed(1.3);

// The first import.
/// Seconds of a picture and of a text with its point, by the small models: 3.98 s and 0.94 s for the
/// 166 products of the demo.
pub(super) const SMALL_PICTURE: Figure = figure(3.98 / 166.0, Source::Measured("README.md"));
pub(super) const SMALL_TEXT: Figure = figure(0.94 / 166.0, Source::Measured("README.md"));
/// Rows a second into SQL.
pub(super) const ROWS: Figure = figure(76_722.0, LOADED);
/// Variants, and so rows, of a product.
pub(super) const VARIANTS: Figure = assumed(4.0);
/// Points a second that one process writes to the index. 9,543 were measured of an embedded index of
/// 100,000 and 256 floats.
pub(super) const POINTS: Figure = assumed(2_000.0);
/// Seconds of fetching one picture.
pub(super) const FETCH: Figure = assumed(0.3);
pub(super) const FETCHED_AT_ONCE: Figure =
    figure(4.0, Source::Code("pictures.at_once and outbound.per_host, their defaults"));
/// Vectors a second that one core links into a graph.
pub(super) const LINKED: Figure = assumed(400.0);
pub(super) const NODE_CORES: Figure = assumed(8.0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_models_photo_is_as_large_as_its_card_says() {
        let card = crate::demo::folder().join("model/vlm/vitrine.json");
        let card = std::fs::read_to_string(card).unwrap();
        let card: serde_json::Value = serde_json::from_str(&card).unwrap();
        assert_eq!(card["photo_side"].as_f64(), Some(SMALL_PHOTO_SIDE.value));
    }
}
