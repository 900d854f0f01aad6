//! The index on Qdrant: memory, disk, nodes and parts.

use clap::ValueEnum;

use super::{
    Ask, figures,
    servers::{Rates, whole},
    working::{Figure, Section, Source, Unit, bytes, number, time},
};

/// How vectors are kept in memory (`index.quantization`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Quantization {
    /// 32 bits a value.
    #[default]
    None,
    /// 8 bits a value.
    Scalar,
    /// 1 bit a value.
    Binary,
}

impl Quantization {
    /// Bytes of a value.
    const fn bytes(self) -> f64 {
        match self {
            Self::None => 4.0,
            Self::Scalar => 1.0,
            Self::Binary => 0.125,
        }
    }

    pub(super) const fn setting(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Scalar => "scalar",
            Self::Binary => "binary",
        }
    }
}

/// How the index is laid out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Index {
    /// Bytes of memory that one copy needs.
    pub(super) memory: f64,
    /// Bytes of memory that a node gives it.
    pub(super) node: f64,
    pub(super) nodes: u64,
    pub(super) shards: u64,
    pub(super) replicas: u64,
    /// Vectors, of words and of pictures.
    pub(super) vectors: Vectors,
}

/// Vectors that are searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Vectors {
    /// Versions of products, each a point.
    pub(super) points: f64,
    pub(super) pictures: f64,
    /// Floats of one.
    pub(super) words_floats: f64,
    pub(super) picture_floats: f64,
}

impl Vectors {
    pub(super) fn of(ask: &Ask, section: &mut Section) -> Self {
        let asked = |value| Figure { value, source: Source::Asked };
        let products = ask.products as f64;
        section.figure("products", asked(products), Unit::Count, "--products, of all merchants");
        let versions = ask.versions_per_product;
        let pictures = ask.pictures_per_product;
        let points = products * versions;
        section.worked(
            "points",
            points,
            Unit::Count,
            format!("{} × {} colours (--versions-per-product)", number(products), number(versions)),
        );
        section.worked(
            "pictures that are compared",
            points * pictures,
            Unit::Count,
            format!("{} × {} (--pictures-per-product)", number(points), number(pictures)),
        );
        let (words, picture) = if ask.is_small() {
            (figures::SMALL_WORDS_FLOATS, figures::SMALL_PICTURE_FLOATS)
        } else {
            (figures::WORDS_FLOATS, figures::PICTURE_FLOATS)
        };
        section.figure("values of words", words, Unit::Count, "the vector `words`");
        section.figure("values of a picture", picture, Unit::Count, "the vector `picture`");
        let (words_floats, picture_floats) = (words.value, picture.value);
        Self { points, pictures: points * pictures, words_floats, picture_floats }
    }

    /// Bytes of all values, at so many bytes each.
    fn bytes(&self, of_value: f64) -> f64 {
        (self.points * self.words_floats + self.pictures * self.picture_floats) * of_value
    }

    /// Bytes of the graphs: `m` links in each layer above the lowest, where one of `m` points is, and
    /// `2 m` in the lowest (Malkov and Yashunin, 2018). None where all is compared.
    fn links(&self) -> f64 {
        if self.bytes(4.0) < figures::GRAPH_FROM.value {
            return 0.0;
        }
        let m = figures::LINKS.value;
        let of_vector = (2.0 * m + m / (m - 1.0)) * 4.0;
        (self.points + self.pictures) * of_vector * figures::FILTER_LINKS.value
    }

    /// Bytes in memory beside the vectors.
    fn beside(&self) -> f64 {
        let point = figures::TERMS.value + figures::IDS.value + figures::FIELDS.value;
        self.links() + self.points * point
    }

    /// Bytes of memory of one copy.
    pub(super) fn memory(&self, kept: Quantization) -> f64 {
        (self.bytes(kept.bytes()) + self.beside()) * figures::INDEX_SLACK.value
    }

    /// Bytes on the disk of one copy: the whole vectors always, and small ones beside them.
    fn disk(&self, kept: Quantization) -> f64 {
        let small = if kept == Quantization::None { 0.0 } else { self.bytes(kept.bytes()) };
        let payload = self.points * figures::PAYLOAD.value;
        (self.bytes(4.0) + small + self.beside() + payload) * figures::INDEX_SLACK.value
    }

    fn told(&self, section: &mut Section) {
        section.worked(
            "vectors",
            self.bytes(4.0),
            Unit::Bytes,
            format!(
                "({} × {} + {} × {}) × 4 B",
                number(self.points),
                number(self.words_floats),
                number(self.pictures),
                number(self.picture_floats)
            ),
        );
        section.figure("links of a point (m)", figures::LINKS, Unit::Count, "Qdrant's default");
        let filters = "the graph, and as much again for filters";
        section.figure("links for filters", figures::FILTER_LINKS, Unit::Count, filters);
        let m = number(figures::LINKS.value);
        let threshold = bytes(figures::GRAPH_FROM.value);
        section.worked(
            "graphs",
            self.links(),
            Unit::Bytes,
            format!(
                "{} vectors × (2 × {m} + {m} / ({m} - 1)) × 4 B × {}; none below {threshold}",
                number(self.points + self.pictures),
                number(figures::FILTER_LINKS.value)
            ),
        );
        section.figure("words of a point", figures::TERMS, Unit::Bytes, "BM25, and where they are");
        section.figure("fields of a point, indexed", figures::FIELDS, Unit::Bytes, "13 fields");
        section.figure("ids of a point", figures::IDS, Unit::Bytes, "and versions");
        section.figure("fields of a point, whole", figures::PAYLOAD, Unit::Bytes, "on the disk");
        let slack = "versions, and segments that are rebuilt";
        section.figure("room to work", figures::INDEX_SLACK, Unit::Count, slack);
    }
}

impl Index {
    /// On a Qdrant cluster.
    pub(super) fn of(ask: &Ask, rates: &Rates, vectors: Vectors, section: &mut Section) -> Self {
        vectors.told(section);
        for (what, kept) in [
            ("memory of a copy, none", Quantization::None),
            ("memory of a copy, scalar", Quantization::Scalar),
            ("memory of a copy, binary", Quantization::Binary),
        ] {
            let slack = number(figures::INDEX_SLACK.value);
            section.worked(
                what,
                vectors.memory(kept),
                Unit::Bytes,
                format!(
                    "({} + {}) × {slack}",
                    bytes(vectors.bytes(kept.bytes())),
                    bytes(vectors.beside())
                ),
            );
        }
        let memory = vectors.memory(ask.quantization);
        let replicas = figures::REPLICAS;
        section.figure("copies", replicas, Unit::Count, "index.replicas");
        let size = Figure::given(ask.node_gigabytes.map(|size| size * 1e9), figures::NODE_MEMORY);
        section.figure("memory of a node", size, Unit::Bytes, "--node-gigabytes");
        section.figure("taken of it", figures::NODE_SHARE, Unit::Share, "the rest is the system's");
        let node = size.value * figures::NODE_SHARE.value;
        let least = figures::NODES;
        section.figure("nodes at least", least, Unit::Count, "one may be away");
        let nodes = whole(memory * replicas.value / node).max(least.value as u64);
        section.worked(
            "nodes",
            nodes as f64,
            Unit::Count,
            format!("{} × {} / {}", bytes(memory), number(replicas.value), bytes(node)),
        );
        section.worked("parts", nodes as f64, Unit::Count, "index.shards: one for each node");
        let disk = vectors.disk(ask.quantization) * replicas.value * figures::ANEW.value;
        section.figure("indexes at once", figures::ANEW, Unit::Count, "while it is built anew");
        let of_node = disk / nodes as f64;
        section.worked(
            "disk of a node",
            of_node,
            Unit::Bytes,
            format!(
                "{} × {} copies × {} / {nodes}",
                bytes(vectors.disk(ask.quantization)),
                number(replicas.value),
                number(figures::ANEW.value)
            ),
        );
        let garments = ask.garments().value;
        section.figure("searches of a garment", figures::SEARCHES, Unit::Count, "by three legs");
        let search = figures::SEARCH;
        section.figure("a search", search, Unit::Seconds, "of one core");
        let searches = rates.peak * garments * figures::SEARCHES.value;
        let headroom = ask.headroom().value;
        section.worked(
            "cores of all nodes",
            whole(searches * search.value / headroom) as f64,
            Unit::Count,
            format!(
                "{} searches/s × {} / {}",
                number(searches),
                time(search.value),
                number(headroom)
            ),
        );
        let replicas = replicas.value as u64;
        Self { memory, node, nodes, shards: nodes, replicas, vectors }
    }

    /// In the data folder of the only process.
    pub(super) fn embedded(vectors: Vectors, section: &mut Section) -> Self {
        vectors.told(section);
        let memory = vectors.memory(Quantization::None);
        section.worked(
            "memory",
            memory,
            Unit::Bytes,
            format!(
                "({} + {}) × {}",
                bytes(vectors.bytes(4.0)),
                bytes(vectors.beside()),
                number(figures::INDEX_SLACK.value)
            ),
        );
        let disk = vectors.disk(Quantization::None) * figures::ANEW.value;
        section.worked("disk", disk, Unit::Bytes, "twice, while it is built anew");
        let node = figures::NODE_MEMORY.value * figures::NODE_SHARE.value;
        Self { memory, node, nodes: 0, shards: 1, replicas: 1, vectors }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLION: Vectors =
        Vectors { points: 1e6, pictures: 1e6, words_floats: 1_024.0, picture_floats: 768.0 };

    #[test]
    fn a_million_products_take_what_they_take_by_hand() {
        assert_eq!(MILLION.bytes(4.0), 7.168e9);
        // 2 x 16 + 16 / 15 links of 4 bytes, for two million vectors, twice.
        assert!((MILLION.links() - 2e6 * (32.0 + 16.0 / 15.0) * 4.0 * 2.0).abs() < 1.0);
        let expected = (7.168e9 + MILLION.links() + 1e6 * 1_088.0) * 1.5;
        assert!((MILLION.memory(Quantization::None) - expected).abs() < 1.0);
        let rule = 7.168e9 * 1.5;
        assert!(expected >= rule, "less than Qdrant's own rule: {expected} for {rule}");
    }

    #[test]
    fn small_vectors_take_less_memory_and_more_disk() {
        let memory = |kept| MILLION.memory(kept);
        assert!(memory(Quantization::Scalar) < memory(Quantization::None));
        assert!(memory(Quantization::Binary) < memory(Quantization::Scalar));
        assert!(MILLION.disk(Quantization::Scalar) > MILLION.disk(Quantization::None));
    }

    #[test]
    fn small_shops_need_no_graph() {
        let small = Vectors { points: 5_000.0, pictures: 5_000.0, ..MILLION };
        assert_eq!(small.links(), 0.0);
    }
}
