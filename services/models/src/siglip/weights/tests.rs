use candle_nn::VarBuilder;

use super::*;
use crate::siglip::{config::Config, encoder::Encoder};

/// The same tensors as transformers names them and as timm does.
pub(in crate::siglip) struct Twice {
    pub(in crate::siglip) transformers: HashMap<String, Tensor>,
    pub(in crate::siglip) timm: HashMap<String, Tensor>,
}

impl Twice {
    /// Of an encoder of this shape; `make` makes a tensor of a shape.
    pub(in crate::siglip) fn new(config: &Config, make: impl FnMut(&[usize]) -> Tensor) -> Self {
        let Config { side, patch, width, inner, layers, .. } = *config;
        let mut writer =
            Writer { twice: Self { transformers: HashMap::new(), timm: HashMap::new() }, make };
        writer.pair("embeddings.patch_embedding", "patch_embed.proj", &[width, 3, patch, patch]);
        let places = writer.made(&[1, (side / patch).pow(2), width]);
        writer.put("embeddings.position_embedding.weight", places.squeeze(0).unwrap());
        writer.put_timm("pos_embed", places);
        for at in 0..layers {
            let (ours, timms) = (format!("encoder.layers.{at}"), format!("blocks.{at}"));
            writer.norm(&format!("{ours}.layer_norm1"), &format!("{timms}.norm1"), width);
            writer.norm(&format!("{ours}.layer_norm2"), &format!("{timms}.norm2"), width);
            let names = ["q_proj", "k_proj", "v_proj"];
            writer.joined(
                &names.map(|name| format!("{ours}.self_attn.{name}")),
                &format!("{timms}.attn.qkv"),
                width,
            );
            let (out, proj) = (format!("{ours}.self_attn.out_proj"), format!("{timms}.attn.proj"));
            writer.pair(&out, &proj, &[width, width]);
            for (layer, shape) in [("fc1", [inner, width]), ("fc2", [width, inner])] {
                writer.pair(
                    &format!("{ours}.mlp.{layer}"),
                    &format!("{timms}.mlp.{layer}"),
                    &shape,
                );
            }
        }
        writer.norm("post_layernorm", "norm", width);
        let probe = writer.made(&[1, 1, width]);
        writer.put("head.probe", probe.clone());
        writer.put_timm("attn_pool.latent", probe);
        writer.pool(width);
        writer.pair("head.attention.out_proj", "attn_pool.proj", &[width, width]);
        writer.norm("head.layernorm", "attn_pool.norm", width);
        writer.pair("head.mlp.fc1", "attn_pool.mlp.fc1", &[inner, width]);
        writer.pair("head.mlp.fc2", "attn_pool.mlp.fc2", &[width, inner]);
        writer.twice
    }
}

struct Writer<M> {
    twice: Twice,
    make: M,
}

impl<M: FnMut(&[usize]) -> Tensor> Writer<M> {
    fn made(&mut self, shape: &[usize]) -> Tensor {
        (self.make)(shape)
    }

    fn put(&mut self, name: &str, tensor: Tensor) {
        self.twice.transformers.insert(format!("vision_model.{name}"), tensor);
    }

    fn put_timm(&mut self, name: &str, tensor: Tensor) {
        self.twice.timm.insert(format!("visual.trunk.{name}"), tensor);
    }

    fn pair(&mut self, ours: &str, timms: &str, shape: &[usize]) {
        for (kind, shape) in [("weight", shape), ("bias", &shape[..1])] {
            let tensor = self.made(shape);
            self.put(&format!("{ours}.{kind}"), tensor.clone());
            self.put_timm(&format!("{timms}.{kind}"), tensor);
        }
    }

    fn norm(&mut self, ours: &str, timms: &str, width: usize) {
        self.pair(ours, timms, &[width]);
    }

    /// What transformers has apart and timm has below one another.
    fn joined(&mut self, ours: &[String; 3], timms: &str, width: usize) {
        for (kind, shape) in [("weight", &[width, width][..]), ("bias", &[width])] {
            let parts = [(); 3].map(|()| self.made(shape));
            for (name, part) in ours.iter().zip(&parts) {
                self.put(&format!("{name}.{kind}"), part.clone());
            }
            self.put_timm(&format!("{timms}.{kind}"), Tensor::cat(&parts, 0).unwrap());
        }
    }

    /// The other way round: the pool's are in one in transformers and in two in timm.
    fn pool(&mut self, width: usize) {
        for (kind, shape) in [("weight", &[3 * width, width][..]), ("bias", &[3 * width])] {
            let all = self.made(shape);
            self.put(&format!("head.attention.in_proj_{kind}"), all.clone());
            let query = all.narrow(0, 0, width).unwrap().contiguous().unwrap();
            let rest = all.narrow(0, width, 2 * width).unwrap().contiguous().unwrap();
            self.put_timm(&format!("attn_pool.q.{kind}"), query);
            self.put_timm(&format!("attn_pool.kv.{kind}"), rest);
        }
    }
}

fn values(tensors: &HashMap<String, Tensor>) -> Vec<(&str, Vec<usize>, Vec<f32>)> {
    let mut all: Vec<_> = tensors
        .iter()
        .map(|(name, tensor)| {
            let values = tensor.flatten_all().unwrap().to_vec1().unwrap();
            (name.as_str(), tensor.dims().to_vec(), values)
        })
        .collect();
    all.sort_by_key(|(name, _, _)| *name);
    all
}

fn small() -> Config {
    let base = crate::siglip::config::tests::base();
    Config { side: 8, patch: 4, width: 8, inner: 12, layers: 2, heads: 2, ..base }
}

#[test]
fn timms_names_become_those_of_transformers() {
    let mut counted = 0_f32;
    let twice = Twice::new(&small(), |shape| {
        let count: usize = shape.iter().product();
        let first = counted;
        counted += count as f32;
        Tensor::arange(first, counted, &Device::Cpu).unwrap().reshape(shape).unwrap()
    });
    let ours = named(twice.transformers).unwrap();
    assert_eq!(values(&named(twice.timm.clone()).unwrap()), values(&ours));
    let wrapped = twice.timm.into_iter().map(|(name, tensor)| (format!("model.{name}"), tensor));
    assert_eq!(values(&named(wrapped.collect()).unwrap()), values(&ours));
}

#[test]
fn every_name_and_shape_of_the_whole_depth_is_found() {
    let config = crate::siglip::config::tests::base();
    let one = Tensor::zeros(1, DType::F32, &Device::Cpu).unwrap();
    let twice = Twice::new(&config, |shape| one.broadcast_as(shape).unwrap());
    assert_eq!((twice.transformers.len(), twice.timm.len()), (12 * 16 + 16, 12 * 12 + 18));
    for names in [twice.transformers, twice.timm] {
        let weights = VarBuilder::from_tensors(named(names).unwrap(), DType::F32, &Device::Cpu);
        Encoder::new(&config, weights).unwrap();
    }
}

#[test]
fn a_layer_that_siglip_has_not_is_refused_not_left_out() {
    let one = Tensor::zeros(1, DType::F32, &Device::Cpu).unwrap();
    let names = HashMap::from([("visual.trunk.blocks.0.ls1.gamma".to_owned(), one)]);
    assert!(named(names).unwrap_err().to_string().contains("ls1.gamma"));
    assert!(named(HashMap::new()).unwrap_err().to_string().contains("vision_model."));
}
