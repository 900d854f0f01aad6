//! How large the models are, and what a token costs them: worked out of their published
//! `config.json`, for the architectures Qwen3, Qwen3-VL and SigLIP.

use clap::ValueEnum;

/// Bytes of a weight or of a cached key or value in BF16.
pub(super) const BF16: f64 = 2.0;

/// The vision-language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VisionModel {
    /// Qwen3-VL-4B-Instruct.
    #[value(name = "qwen3-vl-4b")]
    Qwen3Vl4b,
    /// Qwen3-VL-8B-Instruct.
    #[value(name = "qwen3-vl-8b")]
    Qwen3Vl8b,
    /// The small model that comes with Vitrine, for trying and testing.
    Small,
}

/// How weights of the text layers are kept (`models.isq`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Isq {
    /// As they are, in BF16.
    #[default]
    None,
    /// Q8_0: blocks of 32 weights in 34 bytes.
    #[value(name = "8")]
    Eight,
    /// Q4_K: blocks of 256 weights in 144 bytes.
    #[value(name = "4")]
    Four,
}

impl Isq {
    /// Bytes of a weight, the scales of its block counted in (the formats of llama.cpp's GGUF).
    pub(super) const fn bytes(self) -> f64 {
        match self {
            Self::None => BF16,
            Self::Eight => 34.0 / 32.0,
            Self::Four => 144.0 / 256.0,
        }
    }

    /// As `models.isq` has it.
    pub(super) const fn setting(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Eight => Some("8"),
            Self::Four => Some("4"),
        }
    }
}

/// A decoder of the architecture Qwen3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Text {
    pub(super) layers: u64,
    pub(super) hidden: u64,
    pub(super) inner: u64,
    pub(super) heads: u64,
    pub(super) kv_heads: u64,
    pub(super) head: u64,
    pub(super) words: u64,
    /// Whether the table of words serves input and output.
    pub(super) tied: bool,
}

/// A vision tower, with what merges 2 x 2 patches into a token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tower {
    pub(super) layers: u64,
    pub(super) hidden: u64,
    pub(super) inner: u64,
    /// Pixels a side of a patch, and patches a side of a token.
    pub(super) patch: u64,
    pub(super) merge: u64,
    /// What merges: one at the end, and one for each deep stack.
    pub(super) mergers: u64,
    /// The decoder's hidden size; 0 where nothing is merged.
    pub(super) out: u64,
}

/// A vision-language model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sized {
    /// As the hub has it.
    pub(super) name: &'static str,
    pub(super) text: Text,
    pub(super) tower: Tower,
}

impl Text {
    /// Weights that every token passes: all layers, neither table of words.
    pub(super) const fn layer_weights(&self) -> u64 {
        let (wide, narrow) = (self.heads * self.head, self.kv_heads * self.head);
        let attention = 2 * self.hidden * wide + 2 * self.hidden * narrow + 2 * self.head;
        let feed_forward = 3 * self.hidden * self.inner;
        self.layers * (attention + feed_forward + 2 * self.hidden)
    }

    /// One table of words.
    pub(super) const fn table(&self) -> u64 {
        self.words * self.hidden
    }

    /// All weights.
    pub(super) const fn weights(&self) -> u64 {
        let tables = if self.tied { 1 } else { 2 };
        self.layer_weights() + tables * self.table() + self.hidden
    }

    /// Bytes of keys and values that a token leaves in the cache.
    pub(super) const fn kv_bytes(&self) -> f64 {
        (2 * self.layers * self.kv_heads * self.head) as f64 * BF16
    }

    /// Operations of reading `tokens` at once: two a weight and token, and the products of each
    /// token with those before it.
    pub(super) fn operations(&self, tokens: f64) -> f64 {
        let attention = 2.0 * tokens * tokens * (self.layers * self.heads * self.head) as f64;
        2.0 * self.layer_weights() as f64 * tokens + attention
    }
}

impl Tower {
    const fn layer_weights(&self) -> u64 {
        let products = 4 * self.hidden * self.hidden + 2 * self.hidden * self.inner;
        let sums = 9 * self.hidden + self.inner;
        self.layers * (products + sums)
    }

    const fn merger_weights(&self) -> u64 {
        let wide = self.hidden * self.merge * self.merge;
        self.mergers * (wide * wide + wide * self.out)
    }

    /// All weights but the table of places and the first layer, which are under 1 %.
    pub(super) const fn weights(&self) -> u64 {
        self.layer_weights() + self.merger_weights()
    }

    /// Patches of a square with so many pixels a side.
    pub(super) const fn patches(&self, side: u64) -> u64 {
        (side / self.patch) * (side / self.patch)
    }

    /// Tokens that the decoder reads of it.
    pub(super) const fn tokens(&self, side: u64) -> u64 {
        self.patches(side) / (self.merge * self.merge)
    }

    /// Operations of looking at a square once.
    pub(super) fn operations(&self, side: u64) -> f64 {
        let (patches, tokens) = (self.patches(side) as f64, self.tokens(side) as f64);
        let attention = 4.0 * patches * patches * (self.layers * self.hidden) as f64;
        let layers = 2.0 * self.layer_weights() as f64 * patches;
        layers + attention + 2.0 * self.merger_weights() as f64 * tokens
    }
}

impl Sized {
    /// Bytes of all weights. What `models.isq` makes small are the layers of the text and the table
    /// for the output, no more.
    pub(super) fn bytes(&self, isq: Isq) -> f64 {
        let text = &self.text;
        let kept = self.tower.weights() + text.weights() - text.layer_weights();
        let again =
            if text.tied && isq != Isq::None { text.table() as f64 * isq.bytes() } else { 0.0 };
        let output = if text.tied { 0.0 } else { text.table() as f64 * (BF16 - isq.bytes()) };
        kept as f64 * BF16 + text.layer_weights() as f64 * isq.bytes() + again - output
    }

    /// Bytes that writing one token reads: the layers and the table for the output.
    pub(super) fn read_bytes(&self, isq: Isq) -> f64 {
        (self.text.layer_weights() + self.text.table()) as f64 * isq.bytes()
    }

    /// Operations of writing one token.
    pub(super) const fn written_operations(&self) -> f64 {
        2.0 * (self.text.layer_weights() + self.text.table()) as f64
    }

    /// As people count, in billions.
    pub(super) fn billions(&self) -> f64 {
        (self.text.weights() + self.tower.weights()) as f64 / 1e9
    }
}

const WORDS: u64 = 151_936;

pub(super) const QWEN3_VL_4B: Sized = Sized {
    name: "Qwen/Qwen3-VL-4B-Instruct",
    text: Text {
        layers: 36,
        hidden: 2_560,
        inner: 9_728,
        heads: 32,
        kv_heads: 8,
        head: 128,
        words: WORDS,
        tied: true,
    },
    tower: Tower {
        layers: 24,
        hidden: 1_024,
        inner: 4_096,
        patch: 16,
        merge: 2,
        mergers: 4,
        out: 2_560,
    },
};

pub(super) const QWEN3_VL_8B: Sized = Sized {
    name: "Qwen/Qwen3-VL-8B-Instruct",
    text: Text {
        layers: 36,
        hidden: 4_096,
        inner: 12_288,
        heads: 32,
        kv_heads: 8,
        head: 128,
        words: WORDS,
        tied: false,
    },
    tower: Tower {
        layers: 27,
        hidden: 1_152,
        inner: 4_304,
        patch: 16,
        merge: 2,
        mergers: 4,
        out: 4_096,
    },
};

/// Qwen3-Embedding-0.6B.
pub(super) const EMBEDDER: Text = Text {
    layers: 28,
    hidden: 1_024,
    inner: 3_072,
    heads: 16,
    kv_heads: 8,
    head: 128,
    words: 151_669,
    tied: true,
};

/// SigLIP and SigLIP 2, base, 224 pixels a side in patches of 16; its last pooling not counted.
pub(super) const ENCODER: Tower =
    Tower { layers: 12, hidden: 768, inner: 3_072, patch: 16, merge: 1, mergers: 0, out: 0 };
/// Pixels a side of what it looks at.
pub(super) const ENCODER_SIDE: u64 = 224;

impl VisionModel {
    /// Its size; the small one is not sized but measured.
    pub(super) const fn sized(self) -> Option<Sized> {
        match self {
            Self::Qwen3Vl4b => Some(QWEN3_VL_4B),
            Self::Qwen3Vl8b => Some(QWEN3_VL_8B),
            Self::Small => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_embedder_has_as_many_weights_as_its_files() {
        // The sum over the published tensors of Qwen3-Embedding-0.6B.
        assert_eq!(EMBEDDER.weights(), 595_776_512);
    }

    #[test]
    fn a_layer_is_what_it_is_by_hand() {
        // 2 x 2560 x 4096 + 2 x 2560 x 1024 + 2 x 128 + 3 x 2560 x 9728 + 2 x 2560 = 100,930,816.
        assert_eq!(QWEN3_VL_4B.text.layer_weights(), 36 * 100_930_816);
        // Keys and values of 8 heads of 128 in 36 layers, two bytes each.
        assert_eq!(QWEN3_VL_4B.text.kv_bytes(), 147_456.0);
    }

    #[test]
    fn models_are_as_large_as_people_say() {
        assert!((QWEN3_VL_4B.billions() - 4.44).abs() < 0.02, "{}", QWEN3_VL_4B.billions());
        assert!((QWEN3_VL_8B.billions() - 8.77).abs() < 0.02, "{}", QWEN3_VL_8B.billions());
    }

    #[test]
    fn a_photo_is_as_many_tokens_as_it_has_squares_of_32_pixels() {
        assert_eq!(QWEN3_VL_4B.tower.tokens(768), 576);
        assert_eq!(QWEN3_VL_4B.tower.patches(768), 2_304);
        assert_eq!(ENCODER.tokens(ENCODER_SIDE), 196);
    }

    #[test]
    fn fewer_bits_are_fewer_bytes_but_of_the_text_alone() {
        for model in [QWEN3_VL_4B, QWEN3_VL_8B] {
            let whole = model.bytes(Isq::None);
            let all = (model.text.weights() + model.tower.weights()) as f64 * BF16;
            assert!((whole - all).abs() < 1.0, "{} bytes are not {all}", whole);
            let (eight, four) = (model.bytes(Isq::Eight), model.bytes(Isq::Four));
            assert!(whole > eight && eight > four && four > model.tower.weights() as f64 * BF16);
        }
        assert_eq!(Isq::Eight.bytes(), 1.0625);
        assert_eq!(Isq::Four.bytes(), 0.5625);
    }
}
