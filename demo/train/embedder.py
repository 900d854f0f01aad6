"""Trains the demo's text embedder: a Qwen3-Embedding architecture of 0.65 million parameters, from generated texts alone.

    python demo/train/embedder.py [--steps 2800]      trains, then measures and writes demo/model/embedder
    python demo/train/embedder.py --measure           measures the model in demo/model/embedder again

A training pair is what is asked for (a garment that was seen, or a shopper's words) and a product's text, both made from
the same attributes. How alike any question and product of a batch are follows from their attributes (`alike`), and the
model learns that number as the cosine and as an order (cross-entropy over the batch). Every product comes with a twin
that differs in one attribute.
"""
import argparse
import json
import math
import time
from dataclasses import replace

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import Qwen3Config, Qwen3Model

from drawing.words import CATEGORIES
from embedder_texts import CATEGORY_LIKE, KINDS, Item, batch, shopper_question, some_product, twin, written
from make_catalog import CATALOG, garment_text, product_text, versions_of
from vlm_answers import description

FOLDER = CATALOG.parent / "model" / "embedder"
SEED, HELD_OUT = 5_000_000, 95_000_000
END = "<|endoftext|>"
VOCABULARY, WIDTH, LAYERS, LONGEST = 2000, 128, 2, 120
HEAT = .05  # of the softmax over the batch


def new_tokenizer(rng):
    texts = [t for _ in range(40) for part in batch(rng, 64)[:2] for t in part]
    tok = Tokenizer(models.BPE())
    tok.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tok.decoder = decoders.ByteLevel()
    tok.train_from_iterator(texts, trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=[END], initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    # The end token on both sides: even an empty text has two tokens, and the last one is what is read.
    tok.post_processor = processors.TemplateProcessing(single=f"{END} $A {END}", special_tokens=[(END, tok.token_to_id(END))])
    return tok


def settings():
    return {"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "vocab_size": VOCABULARY, "hidden_size": WIDTH, "intermediate_size": 3 * WIDTH, "num_hidden_layers": LAYERS,
            "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32, "hidden_act": "silu", "max_position_embeddings": 512, "rms_norm_eps": 1e-6, "rope_theta": 10000.0,
            "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0}, "sliding_window": None, "use_sliding_window": False, "max_window_layers": LAYERS, "attention_bias": False,
            "attention_dropout": 0.0, "tie_word_embeddings": True, "bos_token_id": 0, "eos_token_id": 0, "pad_token_id": 0, "torch_dtype": "float32"}


def new_model():
    return Qwen3Model(Qwen3Config(**{k: v for k, v in settings().items() if k not in ("architectures", "rope_theta", "torch_dtype")}))


def embed(model, tok, texts, longest=None):
    """Texts to unit vectors (n, WIDTH), read from each text's last token."""
    ids = [e.ids if longest is None or len(e.ids) <= longest else e.ids[:longest - 1] + e.ids[-1:] for e in tok.encode_batch(texts)]
    ends = torch.tensor([len(i) - 1 for i in ids])
    padded = torch.zeros(len(ids), int(ends.max()) + 1, dtype=torch.long)
    for row, i in zip(padded, ids):
        row[:len(i)] = torch.tensor(i)
    # What is behind a text's end can't be seen from it: attention is causal, so no mask is needed.
    hidden = model(input_ids=padded, use_cache=False).last_hidden_state
    return torch.nn.functional.normalize(hidden[torch.arange(len(ids)), ends], dim=-1)


def train(steps, size=48, peak=3e-3):
    rng = np.random.default_rng(SEED)
    torch.manual_seed(SEED)
    tok, model = new_tokenizer(rng), new_model()
    print(sum(p.numel() for p in model.parameters()), "parameters", flush=True)
    optimiser = torch.optim.AdamW(model.parameters(), lr=peak, weight_decay=.01, betas=(.9, .98))
    began, running = time.monotonic(), None
    for step in range(1, steps + 1):
        for g in optimiser.param_groups:
            g["lr"] = peak * min(1, step / 100) * (.02 + .98 * .5 * (1 + math.cos(math.pi * step / steps)))
        asked, offered, goal = batch(rng, size)
        goal = torch.tensor(goal, dtype=torch.float32)
        cosine = embed(model, tok, asked, LONGEST) @ embed(model, tok, offered, LONGEST).T
        order = -(torch.softmax(goal / .04, 1) * torch.log_softmax(cosine / HEAT, 1)).sum(1).mean()
        number = ((cosine - goal) ** 2).mean()
        loss = order + 10 * number
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        first = (cosine.argmax(1) == torch.arange(size)).float().mean().item()
        now = np.array([order.item(), math.sqrt(number.item()), first])
        running = now if running is None else .98 * running + .02 * now
        if step % 50 == 0:
            print(f"{step} steps, {(time.monotonic() - began) / 60:.1f} min, order {running[0]:.3f}, cosine off by {running[1]:.3f}, own product first {running[2]:.3f}", flush=True)
    return tok, model.eval()


def save(tok, model):
    for sub in ("1_Pooling", "2_Normalize"):
        (FOLDER / sub).mkdir(parents=True, exist_ok=True)
    def put(name, value):
        (FOLDER / name).write_text(json.dumps(value, indent=1) + "\n")
    tok.save(str(FOLDER / "tokenizer.json"))
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, str(FOLDER / "model.safetensors"), metadata={"format": "pt"})
    (FOLDER / "model.safetensors").chmod(0o644)
    put("config.json", settings())
    put("tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": END, "pad_token": END, "model_max_length": 512})
    put("modules.json", [{"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
                         for i, (path, kind) in enumerate((("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")))])
    modes = {f"pooling_mode_{m}": m == "lasttoken" for m in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")}
    put("1_Pooling/config.json", {"word_embedding_dimension": WIDTH, **modes, "include_prompt": True})
    put("2_Normalize/config.json", {})


def load():
    model = new_model()
    model.load_state_dict(load_file(str(FOLDER / "model.safetensors")))
    return Tokenizer.from_file(str(FOLDER / "tokenizer.json")), model.eval()


def quantiles(values):
    return {f"p{q:02}": round(float(np.percentile(values, q)), 3) for q in (1, 5, 25, 50, 75, 95, 99)} | {"pairs": len(values)}


@torch.no_grad()
def measure(tok, model):
    """Asks the demo's catalog for each of its own colour versions, and writes what came of it."""
    rng = np.random.default_rng(HELD_OUT)
    products = [json.loads(line) for line in open(CATALOG / "products.jsonl")]
    rows = [(p, colours) for p in products for colours in versions_of(p)]
    stock = [Item(p["category"], c, p["pattern"], p["sleeve"], p["length"], p["material"], p["gender"], tuple(p["tags"]), p["brand"], KINDS[p["category"]][0]) for p, c in rows]
    offered = embed(model, tok, [product_text(p, c) for p, c in rows])
    plain = embed(model, tok, [garment_text(s.colours, s.pattern, s.sleeve, s.length, s.category, description(s)) for s in stock]) @ offered.T
    main = embed(model, tok, [garment_text(s.colours[:1], s.pattern, s.sleeve, s.length, s.category, description(replace(s, colours=s.colours[:1]))) for s in stock]) @ offered.T
    blurred = [twin_detail(rng, s) for s in stock]
    wrong = embed(model, tok, [garment_text(s.colours, s.pattern, s.sleeve, s.length, s.category, description(s)) for s in blurred]) @ offered.T
    n, cosine = len(rows), plain.numpy()
    own = np.eye(n, dtype=bool)
    category = np.array([CATEGORIES.index(s.category) for s in stock])
    colour = np.array([s.colours[0] for s in stock])
    like = CATEGORY_LIKE[category][:, category]
    same = (like == 1) & (colour[:, None] != colour)
    far = like == 0
    first = lambda m: round(float((m.argmax(1) == torch.arange(n)).float().mean()), 4)
    free = free_questions(rng, 600)
    free_cosine = (embed(model, tok, [t for t, _ in free]) @ embed(model, tok, [written(rng, p) for _, p in free]).T).numpy()
    figures = {"catalog_texts": n, "recall_at_1": {"garment": first(plain), "garment, main colour only": first(main), "garment, one detail seen wrongly": first(wrong)},
               "cosine": {"right product": quantiles(np.concatenate([cosine[own], np.diag(main.numpy()), np.diag(wrong.numpy())])), "same category, other colour": quantiles(cosine[same]),
                          "neighbouring category": quantiles(cosine[(like > 0) & (like < 1)]), "unrelated category": quantiles(cosine[far]),
                          "shopper's words, right product": quantiles(np.diag(free_cosine)), "shopper's words, any product": quantiles(free_cosine[~np.eye(len(free), dtype=bool)])}}
    # A garment seen in another colour still has near matches; what a chance pair reaches one time in a hundred is none.
    floor = math.ceil(100 * figures["cosine"]["unrelated category"]["p99"]) / 100
    (FOLDER / "vitrine.json").write_text(json.dumps({"name": "vitrine-words", "min_similarity": floor, "measured": figures}, indent=1) + "\n")
    print(json.dumps(figures, indent=1))
    for text in ("something red for a wedding", "blue jeans", "warm winter coat", "summer dress under 50 euro", "white sneakers", "gray jumper", "wine colored gown", "polka dot blouse", "black tee", "Straßenschuhe 日本"):
        found = (embed(model, tok, [text]) @ offered.T)[0]
        print(text, "->", "; ".join(f"{rows[i][0]['title']} in {rows[i][1][0]} {found[i]:.2f}" for i in found.argsort(descending=True)[:3]))
    parity = [garment_text(s.colours, s.pattern, s.sleeve, s.length, s.category, description(s)) for s in stock[::30]] + [product_text(*rows[i]) for i in range(5, n, 60)] + [t for t, _ in free[:5]] + ["hat", "", "Straßenschuhe 日本"]
    parity = parity[:17] + parity[-3:]
    (FOLDER / "parity.json").write_text(json.dumps([{"text": t, "vector": [round(float(x), 5) for x in embed(model, tok, [t])[0]]} for t in parity]) + "\n")


def twin_detail(rng, s):
    """The garment with a second colour, pattern, sleeve or length that was seen wrongly; its category and main colour right."""
    while True:
        t = twin(rng, s)
        if t.category == s.category and t.colours[0] == s.colours[0]:
            return t


def free_questions(rng, n):
    out = []
    for _ in range(n):
        p = some_product(rng)
        out.append((shopper_question(rng, p)[0], p))
    return out


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("--steps", type=int, default=2800)
    args.add_argument("--measure", action="store_true")
    args = args.parse_args()
    torch.set_num_threads(1)
    if args.measure:
        tok, model = load()
    else:
        tok, model = train(args.steps)
        save(tok, model)
    measure(tok, model)


if __name__ == "__main__":
    main()
