"""Weights of an exported folder for a tokenizer that has other words: a word that stays keeps what was learnt of it, and one that says
several old ones at once starts as their mean."""
import re

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer

TABLE = "model.language_model.embed_tokens.weight"


def weights(folder, tokenizer):
    state, old = load_file(folder / "model.safetensors"), Tokenizer.from_file(str(folder / "tokenizer.json"))
    table, known = state[TABLE], old.get_vocab()
    rows = []
    for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda one: one[1]):
        values = re.findall(r'"([a-z-]{3,})"', token)
        ids = [known[token]] if token in known else [known[v] for v in values if v in known] or [known[t] for t in token if t in known]
        rows.append(table[ids].mean(0))
    return state | {TABLE: torch.stack(rows)}
