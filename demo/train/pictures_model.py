"""The encoder: SigLIP's vision model, its start, and a forward pass that leaves patches out."""
import torch
import torch.nn.functional as F
from transformers import SiglipVisionConfig, SiglipVisionModel

SIDE, PATCH, WIDTH, LAYERS, HEADS, INNER = 96, 12, 192, 6, 6, 768
PLACES = 32  # of WIDTH, those that say at first where a patch is; as many as a head has
NEIGHBOURS = [  # (across, down) of what the heads of the first layers look at to begin with
    [(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, -1)],
    [(1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1)],
    [(2, 0), (-2, 0), (0, 2), (0, -2), (0, 0), (0, 3)]]


def build(pictures=None):
    """The model; with `pictures` (n, 3, SIDE, SIDE) in -1..1 its patches start fitted to them."""
    config = SiglipVisionConfig(
        hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_channels=3,
        image_size=SIDE, patch_size=PATCH, hidden_act="gelu_pytorch_tanh", layer_norm_eps=1e-6, attention_dropout=0.0)
    model = SiglipVisionModel(config)
    model.set_attn_implementation("eager")  # in bfloat16 several times faster on CPU than the fused kernel
    if pictures is not None:
        with torch.no_grad():
            start(model, pictures)
    return model


def start(vision, pictures):
    """Patches begin as their lowest frequencies in brightness and two colour differences, each about as strong as the next on
    `pictures`, so that no one of them drowns the rest; the last PLACES numbers say where a patch is, and the first layers' heads
    begin by looking at one neighbour each, as a convolution does."""
    waves = cosines(PATCH, 10)
    order = sorted(((i, j) for i in range(10) for j in range(10)), key=lambda ij: (ij[0] ** 2 + ij[1] ** 2, ij))
    mixes = torch.tensor([(1, 1, 1), (1, 0, -1), (-0.5, 1, -0.5)], dtype=torch.float)
    mixes = mixes / mixes.norm(dim=1, keepdim=True)
    filters = [mix[:, None, None] * torch.outer(waves[i], waves[j]) for mix, many in zip(mixes, (80, 40, 40)) for i, j in order[:many]]
    patch, content = vision.embeddings.patch_embedding, WIDTH - PLACES
    patch.weight.zero_()
    patch.bias.zero_()
    patch.weight[:content] = torch.stack(filters)
    seen = patch(pictures)[:, :content]
    mean, spread = seen.mean((0, 2, 3)), seen.std((0, 2, 3))
    gain = 0.5 / (spread + 0.05 * spread.max())
    patch.weight[:content] *= gain[:, None, None, None]
    patch.bias[:content] = -mean * gain
    grid = SIDE // PATCH
    line = waves_at(torch.arange(grid, dtype=torch.float))
    places = torch.cat((line[None].expand(grid, -1, -1), line[:, None].expand(-1, grid, -1)), -1)
    vision.embeddings.position_embedding.weight.zero_()
    vision.embeddings.position_embedding.weight[:, content:] = places.reshape(grid * grid, PLACES) * 0.7
    for layer, neighbours in zip(vision.encoder.layers, NEIGHBOURS):
        for head, away in enumerate(neighbours):
            rows = slice(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
            for projection, steps in ((layer.self_attn.q_proj, away), (layer.self_attn.k_proj, (0, 0))):
                projection.weight[rows] = 0
                projection.weight[rows, content:] = turned(steps)


def waves_at(x):
    """Sines and cosines of 8 frequencies at places (n), (n, PLACES / 2): how alike two are falls off at once with their distance."""
    angles = x[:, None] * torch.arange(1, 9) * (torch.pi / 8)
    return torch.cat((angles.sin(), angles.cos()), 1)


def turned(steps):
    """The matrix (PLACES, PLACES) that takes a place's waves to those `steps` (across, down) further."""
    parts = []
    for away in steps:
        angle = away * torch.arange(1, 9) * (torch.pi / 8)
        c, s = angle.cos().diag(), angle.sin().diag()
        parts.append(torch.cat((torch.cat((c, s), 1), torch.cat((-s, c), 1))))
    return torch.block_diag(*parts)


def cosines(size, count):
    """The first `count` rows of the orthonormal discrete cosine transform, (count, size)."""
    rows = torch.cos(torch.pi / size * torch.outer(torch.arange(count), torch.arange(size) + 0.5))
    return rows / rows.norm(dim=1, keepdim=True)


def encode(vision, pictures, keep=None):
    """Pictures (B, 3, SIDE, SIDE) in -1..1 to unit vectors (B, WIDTH); with `keep` only so many patches of each are looked at."""
    hidden = vision.embeddings(pictures)
    if keep is not None and keep < hidden.shape[1]:
        chosen = torch.rand(hidden.shape[:2]).topk(keep, 1).indices
        hidden = hidden.gather(1, chosen[..., None].expand(-1, -1, hidden.shape[2]))
    hidden = vision.encoder(inputs_embeds=hidden).last_hidden_state
    return F.normalize(vision.head(vision.post_layernorm(hidden)).float(), dim=-1)
