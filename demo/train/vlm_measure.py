"""How right the model is: on drawn pictures it has never seen, on other people's photos, and in its advice."""
import json
import re
from collections import Counter

import numpy as np
import torch

import vlm_advice as adv
import vlm_chat as chat
from vlm_answers import read
from vlm_batches import normal
from vlm_model import cut_patches
from vlm_optim import inside
from vlm_photos import GREY
from vlm_losses import ids_of
from vlm_tokenizer import OPENS, encode_question
from vlm_words import CATEGORIES, COLOUR_WORDS

COMMON = ["T-Shirt", "Longsleeve", "Pants", "Shoes", "Shirt", "Dress", "Outwear", "Shorts", "Skirt", "Hat"]


def floats(pictures):
    return normal(torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float() / 255)


@torch.no_grad()
def look(model, pictures):
    with inside():
        tokens, deep, _ = model.model.visual(cut_patches(floats(pictures), model.shape))
    return tokens.float(), [d.float() for d in deep]


def overlap(a, b):
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def matched(told, truth):
    """Pairs of the same category, the best overlapping first."""
    pairs = sorted(((overlap([v / 1000 for v in t["bbox_2d"]], g.box), i, j) for i, t in enumerate(told) for j, g in enumerate(truth)
                    if t["category"] == g.category), reverse=True)
    seen, used = set(), set()
    for iou, i, j in pairs:
        if i not in seen and j not in used:
            seen.add(i)
            used.add(j)
            yield told[i], truth[j], iou


def read_answer(text):
    try:
        rows = read(text)
        return rows if all(len(r["bbox_2d"]) == 4 and r["colours"] and "text" in r for r in rows) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def drawn(model, tokenizer, pictures, truths, question, batch=64):
    """Figures over drawn pictures, and the confusion of wrongly told sets of categories."""
    end = tokenizer.token_to_id("<|im_end|>")
    count, wrong, lengths = Counter(), Counter(), []
    for start in range(0, len(pictures), batch):
        part = pictures[start:start + batch]
        tokens, deep = look(model, part)
        answers = model.answer(tokens, deep, torch.tensor([question] * len(part)), end)
        for ids, truth in zip(answers, truths[start:start + batch]):
            rows = read_answer(tokenizer.decode(ids))
            count["parsed"] += rows is not None
            rows = rows or []
            lengths.append(len(ids))
            said, real = Counter(r["category"] for r in rows), Counter(g.category for g in truth)
            count["whole"] += said == real
            count["bare"] += not truth
            count["bare right"] += not truth and not rows
            if said != real:
                for extra in (said - real) or ["-"]:
                    for missing in (real - said) or ["-"]:
                        wrong[f"{missing}>{extra}"] += 1
            count["garments"] += len(truth)
            for row, g, iou in matched(rows, truth):
                count["matched"] += 1
                count["iou"] += iou
                count["colour"] += row["colours"][0] == g.colours[0]
                count["colours"] += set(row["colours"]) == set(g.colours)
                for name in ("pattern", "sleeve", "length"):
                    count[name] += row[name] == getattr(g, name)
                count["text"] += row["text"] == g.text
                count["texts"] += bool(g.text)
                count["texts right"] += bool(g.text) and row["text"] == g.text
    n, m = len(pictures), max(count["matched"], 1)
    figures = {"pictures": n, "parsed": count["parsed"] / n, "whole_picture": count["whole"] / n, "found": m / max(count["garments"], 1)}
    figures |= {"bare_right": count["bare right"] / max(count["bare"], 1), "box_iou": count["iou"] / m, "main_colour": count["colour"] / m}
    figures |= {"all_colours": count["colours"] / m, **{k: count[k] / m for k in ("pattern", "sleeve", "length")}}
    figures |= {"printed_text": count["texts right"] / max(count["texts"], 1), "tokens": float(np.mean(lengths))}
    return {k: round(v, 4) for k, v in figures.items()}, wrong


@torch.no_grad()
def photos(model, tokenizer, pictures, labels, question, names, batch=64):
    """Top-1 of the first garment's category over all classes, and over the photos of the ten commonest among those ten."""
    ids = torch.tensor(ids_of(tokenizer, [OPENS[c] for c in CATEGORIES]))
    scores = []
    for at in range(0, len(pictures), batch):
        part = pictures[at:at + batch]
        tokens, deep = look(model, part)
        scores.append(model.words(model.read(torch.tensor([question] * len(part)), tokens, deep)[:, -1])[:, ids])
    scores = torch.cat(scores)
    labels = torch.from_numpy(labels)
    ten = torch.tensor([names.index(n) for n in COMMON])
    inside = torch.isin(labels, ten)
    best_of_ten = ten[scores[inside][:, ten].argmax(1)]
    return {"photos": len(labels), "top1_17": round((scores.argmax(1) == labels).float().mean().item(), 4),
            "top1_10": round((best_of_ten == labels[inside]).float().mean().item(), 4)}


def grey(side):
    """The picture that goes with a question about words alone, (1, side, side, 3)."""
    return np.full((1, side, side, 3), GREY, np.uint8)


def chats(model, tokenizer, seed, count):
    """Shares of messages that are understood: by sentences as in training, and by others."""
    end, figures = tokenizer.token_to_id("<|im_end|>"), {"messages": count}
    tokens, deep = look(model, grey(model.shape.side))
    for name, held_out in (("understood", False), ("understood_of_other_sentences", True)):
        rng, right, intents = np.random.default_rng([seed, held_out]), 0, 0
        for _ in range(count):
            items, text, intent, meant = chat.draw(rng, held_out)
            ids = encode_question(tokenizer, chat.prompt(items, text), model.shape.picture_tokens)
            [out] = model.answer(tokens, deep, torch.tensor([ids]), end, 16)
            told = tokenizer.decode(out)
            right += told == chat.answer(intent, meant)
            intents += told.startswith(f'{{"intent":"{intent}"')
        figures |= {name: round(right / count, 4), f"intent_{name}": round(intents / count, 4)}
    return figures


def advice(model, tokenizer, pictures, seed, count):
    """Shares of advice that parses, offers only given handles, names only offered things, and equals the grammar's words."""
    rng = np.random.default_rng(seed)
    end = tokenizer.token_to_id("<|im_end|>")
    tally, lengths = Counter(), []
    for n in range(count):
        items, wish, hero = adv.draw_offer(rng)
        tokens, deep = look(model, pictures[n % len(pictures)][None])
        ids = encode_question(tokenizer, adv.prompt(items, wish), model.shape.picture_tokens)
        [out] = model.answer(tokens, deep, torch.tensor([ids]), end, 90)
        lengths.append(len(out))
        try:
            told = json.loads(tokenizer.decode(out))
            handles = [h for s in told["suggestions"] for h in s["product_ids"]]
            words = [told["text"], *(s["text"] for s in told["suggestions"])]
        except (ValueError, KeyError, TypeError):
            continue
        tally["parsed"] += 1
        tally["handles"] += bool(handles) and all(re.fullmatch(r"p[1-8]", h) and int(h[1:]) <= len(items) for h in handles)
        tally["things"] += all(offered(w, items) for w in words)
        tally["same"] += told == json.loads(adv.advice(items, hero))
    return {"offers": count, **{k: round(tally[k] / count, 4) for k in ("parsed", "handles", "things", "same")}, "tokens": round(float(np.mean(lengths)), 1)}


NAMES = sorted({adv.named((c, [])) for c in CATEGORIES}, key=len, reverse=True)
THING = re.compile("(?:(" + "|".join(sorted(COLOUR_WORDS.values(), key=len, reverse=True)) + ") )?(" + "|".join(map(re.escape, NAMES)) + r")\b(?! off\b)")


def offered(words, items):
    """Whether each thing that the words name (colour and kind) is one of the candidates."""
    things = {adv.named(i) for i in items}
    return all(" ".join(filter(None, found)) in things for found in THING.findall(words))
