"""Weights of an exported folder for a tokenizer that has other words and for patches of other sizes: a word that stays keeps what was
learnt of it, and one that says several old ones at once starts as their mean; patches are looked at as if they were scaled by area."""
import re

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

TABLE = "model.language_model.embed_tokens.weight"
PATCHES = "model.visual.patch_embed.proj.weight"


def weights(folder, tokenizer, shape):
    state, old = load_file(folder / "model.safetensors"), Tokenizer.from_file(str(folder / "tokenizer.json"))
    return state | {TABLE: words(state[TABLE], old.get_vocab(), tokenizer), PATCHES: patches(state[PATCHES].float(), shape.patch)}


def words(table, known, tokenizer):
    rows = []
    for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda one: one[1]):
        values = re.findall(r'"([a-z-]{3,})"', token)
        ids = [known[token]] if token in known else [known[v] for v in values if v in known] or [known[t] for t in token if t in known]
        rows.append(table[ids].mean(0))
    return torch.stack(rows)


def patches(kernel, size):
    """The kernel (..., old, old) for patches of `size` pixels that answers as the old one does to the patch scaled to `old` by area."""
    old = kernel.shape[-1]
    edges = torch.arange(old + 1) * size / old
    pixels = torch.arange(size)
    shared = (torch.minimum(edges[1:, None], pixels + 1) - torch.maximum(edges[:-1, None], pixels)).clamp(min=0) * old / size
    return torch.einsum("...yx,yj,xi->...ji", kernel, shared, shared)
