//! SigLIP's picture encoder (<https://arxiv.org/abs/2303.15343>): a vision transformer whose last
//! step is attention pooling. SigLIP 2 of a fixed size has the same shape. Names and arithmetic are
//! those of transformers (`models/siglip/modeling_siglip.py`).

use candle_core::{Result, Tensor};
use candle_nn::{
    Activation, Conv2d, Conv2dConfig, LayerNorm, Linear, Module, VarBuilder, conv2d, layer_norm,
    linear, ops::softmax_last_dim,
};

use super::config::Config;

/// The encoder. Pictures are tensors of (batch, 3, side, side), normalised; what comes out is one
/// vector each, (batch, width), of any length.
pub(super) struct Encoder {
    patches: Conv2d,
    /// (1, patches, width)
    places: Tensor,
    blocks: Vec<Block>,
    last_norm: LayerNorm,
    pool: Pool,
}

impl Encoder {
    /// `weights` are named as transformers names them, below `vision_model`.
    pub(super) fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let Config { width, patch, layers, eps, .. } = *config;
        let embeddings = weights.pp("embeddings");
        let stride = Conv2dConfig { stride: patch, ..Conv2dConfig::default() };
        let patches = conv2d(3, width, patch, stride, embeddings.pp("patch_embedding"))?;
        let count = (config.side / patch).pow(2);
        let places = embeddings.pp("position_embedding").get((count, width), "weight")?;
        let layer = |at: usize| Block::new(config, weights.pp("encoder.layers").pp(at));
        Ok(Self {
            patches,
            places: places.unsqueeze(0)?,
            blocks: (0..layers).map(layer).collect::<Result<_>>()?,
            last_norm: layer_norm(width, eps, weights.pp("post_layernorm"))?,
            pool: Pool::new(config, weights.pp("head"))?,
        })
    }

    /// (batch, 3, side, side) to (batch, width).
    pub(super) fn forward(&self, pictures: &Tensor) -> Result<Tensor> {
        let seen = self.patches.forward(pictures)?.flatten_from(2)?.transpose(1, 2)?;
        let mut hidden = seen.broadcast_add(&self.places)?;
        for block in &self.blocks {
            hidden = block.forward(&hidden)?;
        }
        self.pool.forward(&self.last_norm.forward(&hidden)?)
    }
}

/// One layer: attention and a perceptron, each on what is normalised and added to what was there.
struct Block {
    norms: [LayerNorm; 2],
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    mlp: Mlp,
    heads: usize,
}

impl Block {
    fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let Config { width, heads, eps, .. } = *config;
        let attention = weights.pp("self_attn");
        let square = |name: &str| linear(width, width, attention.pp(name));
        let norm = |name: &str| layer_norm(width, eps, weights.pp(name));
        Ok(Self {
            norms: [norm("layer_norm1")?, norm("layer_norm2")?],
            query: square("q_proj")?,
            key: square("k_proj")?,
            value: square("v_proj")?,
            out: square("out_proj")?,
            mlp: Mlp::new(config, weights.pp("mlp"))?,
            heads,
        })
    }

    fn forward(&self, hidden: &Tensor) -> Result<Tensor> {
        let [first, second] = &self.norms;
        let normed = first.forward(hidden)?;
        let (query, key, value) = (
            self.query.forward(&normed)?,
            self.key.forward(&normed)?,
            self.value.forward(&normed)?,
        );
        let attended = attention(&query, &key, &value, self.heads)?;
        let hidden = (hidden + self.out.forward(&attended)?)?;
        let more = self.mlp.forward(&second.forward(&hidden)?)?;
        hidden + more
    }
}

struct Mlp {
    inner: Linear,
    outer: Linear,
    activation: Activation,
}

impl Mlp {
    fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let Config { width, inner, activation, .. } = *config;
        Ok(Self {
            inner: linear(width, inner, weights.pp("fc1"))?,
            outer: linear(inner, width, weights.pp("fc2"))?,
            activation,
        })
    }

    fn forward(&self, hidden: &Tensor) -> Result<Tensor> {
        self.outer.forward(&self.activation.forward(&self.inner.forward(hidden)?)?)
    }
}

/// One learned question that looks at all patches.
struct Pool {
    /// (1, 1, width)
    probe: Tensor,
    query: Linear,
    key: Linear,
    value: Linear,
    out: Linear,
    norm: LayerNorm,
    mlp: Mlp,
    heads: usize,
}

impl Pool {
    fn new(config: &Config, weights: VarBuilder<'_>) -> Result<Self> {
        let Config { width, heads, eps, .. } = *config;
        let attention = weights.pp("attention");
        let weight = attention.get((3 * width, width), "in_proj_weight")?;
        let bias = attention.get(3 * width, "in_proj_bias")?;
        let part = |at: usize| {
            let weight = weight.narrow(0, at * width, width)?.contiguous()?;
            let bias = bias.narrow(0, at * width, width)?.contiguous()?;
            Ok::<_, candle_core::Error>(Linear::new(weight, Some(bias)))
        };
        Ok(Self {
            probe: weights.get((1, 1, width), "probe")?,
            query: part(0)?,
            key: part(1)?,
            value: part(2)?,
            out: linear(width, width, attention.pp("out_proj"))?,
            norm: layer_norm(width, eps, weights.pp("layernorm"))?,
            mlp: Mlp::new(config, weights.pp("mlp"))?,
            heads,
        })
    }

    fn forward(&self, hidden: &Tensor) -> Result<Tensor> {
        let (batch, _, width) = hidden.dims3()?;
        let query = self.query.forward(&self.probe)?.broadcast_as((batch, 1, width))?;
        let (key, value) = (self.key.forward(hidden)?, self.value.forward(hidden)?);
        let attended = attention(&query.contiguous()?, &key, &value, self.heads)?;
        let hidden = self.out.forward(&attended)?;
        let more = self.mlp.forward(&self.norm.forward(&hidden)?)?;
        (hidden + more)?.squeeze(1)
    }
}

/// Softmax attention over heads: (batch, asking, width), (batch, asked, width) twice, to (batch,
/// asking, width).
fn attention(query: &Tensor, key: &Tensor, value: &Tensor, heads: usize) -> Result<Tensor> {
    let (batch, asking, width) = query.dims3()?;
    let depth = width / heads;
    let split = |tensor: &Tensor| {
        let (batch, count, _) = tensor.dims3()?;
        tensor.reshape((batch, count, heads, depth))?.transpose(1, 2)?.contiguous()
    };
    let (query, key, value) = (split(query)?, split(key)?, split(value)?);
    let scale = 1.0 / (depth as f64).sqrt();
    let weights = softmax_last_dim(&(query.matmul(&key.t()?)? * scale)?)?;
    weights.matmul(&value)?.transpose(1, 2)?.reshape((batch, asking, width))
}
