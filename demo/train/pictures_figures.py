"""Measures the exported encoder and writes what it found, and the grades that follow, into its vitrine.json.

    python demo/train/pictures_figures.py [FOLDER] [--photos FOLDER]
"""
import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from transformers import SiglipVisionModel

import vlm_photos
from pictures_batches import floats
from pictures_crop import crop, letterbox
from pictures_exam import TEST, VALIDATION, exam, off_by_some
from pictures_model import SIDE, encode

PRODUCTS, QUERIES = 2000, 300
# How often a grade must be right, on validation. `same`, where half of the photos show what the shop does not sell: that the nearest
# product is the one in the photo, told by its cosine + LEAD x its lead over the next one. The others: that one of the NEAREST is of
# the same kind, main colour and pattern; of the same kind; told by the cosine. A grade that fewer than LEAST would get is not given.
PRECISION = {"same": 0.9, "very_similar": 0.8, "similar": 0.8}
LEAD, NEAREST, LEAST = 2.0, 10, 20


def vectors(model, pictures):
    """uint8 (n, SIDE, SIDE, 3) to unit vectors (n, width)."""
    with torch.no_grad():
        return torch.cat([encode(model, floats(pictures[at:at + 64]) * 2 - 1) for at in range(0, len(pictures), 64)])


def ranks(cosines, right):
    """For each row of (n, m) how many columns are closer than the right one."""
    return (cosines > cosines.gather(1, right[:, None])).sum(1)


def figures(places):
    return {"recall_at_1": share(places < 1), "recall_at_5": share(places < 5), "recall_at_10": share(places < 10), "mrr": round((1 / (places + 1.0)).mean().item(), 4)}


def share(yes):
    """None where nothing was asked."""
    return round(yes.float().mean().item(), 4) if yes.numel() else None


def find(model, made, pictures, queries, offered=None):
    """The figures, and cosines (queries, products) with the right columns; `offered`: the products' vectors, where they are known."""
    offered = embed(model, pictures) if offered is None else offered
    cosines = vectors(model, np.stack([crop(q.picture, q.box, SIDE) for q in queries])) @ offered.T
    right = torch.tensor([q.product for q in queries])
    return figures(ranks(cosines, right)), cosines, right


def embed(model, pictures):
    """Pictures of any size to unit vectors (n, width)."""
    return vectors(model, np.stack([letterbox(p, SIDE) for p in pictures]))


def photos(model, folder):
    """One changed crop of each validation photo is to find the whole photo among all."""
    pictures, _ = vlm_photos.load(folder, "validation", 144)
    offered = embed(model, pictures)
    rng, whole = np.random.default_rng(VALIDATION), floats(pictures)
    changed = torch.cat([vlm_photos.augment(whole[at:at + 49], SIDE, rng) for at in range(0, len(whole), 49)])
    with torch.no_grad():
        asked = torch.cat([encode(model, part * 2 - 1) for part in changed.split(64)])
    return {"photos": len(pictures), **figures(ranks(asked @ offered.T, torch.arange(len(pictures))))}


def looks(spec):
    return spec.category, spec.colours[0], spec.pattern


def words(spec):
    """All that is said of a garment: products that share it no search by words can tell apart, however well they are known."""
    return spec.category, spec.colours, spec.pattern, spec.sleeve, spec.length, spec.text


def alike(made, queries, by):
    """For each query (n) and product (m), whether `by` says the same of both: bool (n, m)."""
    told = [by(spec) for spec in made]
    return torch.tensor([[told[q.product] == other for other in told] for q in queries])


def likeness(made, queries):
    """For each query (n) and product (m), whether it is the same product, looks alike in words, is of the same kind: bool (n, m) each."""
    return {"same": torch.tensor([[n == q.product for n in range(len(made))] for q in queries]),
            "very_similar": alike(made, queries, looks), "similar": alike(made, queries, lambda spec: spec.category)}


def standing_out(cosines, right):
    """How far the nearest product of each query stands out, and whether it is the right one: among all products, and once more as if
    the shop did not sell the right one; (2n), bool (2n)."""
    without = cosines.scatter(1, right[:, None], -1.0)
    told = []
    for among in (cosines, without):
        first, second = among.topk(2, 1).values.T
        told.append(first + LEAD * (first - second))
    yes = torch.cat((cosines.argmax(1) == right, torch.zeros(len(right), dtype=torch.bool)))
    return torch.cat(told), yes


def told(name, cosines, right, alike):
    """What a grade is told by, of all that may be given it, and whether they are what it says."""
    if name == "same":
        return standing_out(cosines, right)
    near = cosines.topk(NEAREST, 1)
    return near.values.flatten(), alike[name].gather(1, near.indices).flatten()


def threshold(values, yes, precision):
    """The lowest value at or above which at least `precision` are a yes; None where those are fewer than LEAST."""
    order = values.sort(descending=True)
    right = yes[order.indices].float().cumsum(0) / torch.arange(1, len(yes) + 1)
    last = (right >= precision).nonzero()
    return round(order.values[last[-1, 0]].item(), 3) if len(last) and last[-1, 0] >= LEAST - 1 else None


def grades(cosines, right, alike):
    found = {name: threshold(*told(name, cosines, right, alike), PRECISION[name]) for name in PRECISION}
    if None not in (found["similar"], found["very_similar"]):
        found["similar"] = min(found["similar"], found["very_similar"])
    return found


def at_grades(found, cosines, right, alike):
    """How right each grade is: `precision` of those that get it, and how many they are."""
    rows = {}
    for name, least in found.items():
        values, yes = told(name, cosines, right, alike)
        given = values >= (float("inf") if least is None else least)
        rows[name] = {"precision": share(yes[given]), "given": int(given.sum()), "of": len(yes)}
    return rows


def spread(values):
    """Percentiles 5, 50, 95."""
    return [round(torch.quantile(values[:5_000_000], q).item(), 3) for q in (0.05, 0.5, 0.95)]


def measure(model, folder):
    made, pictures, queries = exam(TEST, PRODUCTS, QUERIES)
    offered = embed(model, pictures)
    drawn, cosines, right = find(model, made, pictures, queries, offered)
    print("drawn", json.dumps(drawn), flush=True)
    grounds = exam(VALIDATION, PRODUCTS, QUERIES)
    found = grades(*find(model, *grounds)[1:], likeness(grounds[0], grounds[2]))
    print("grades", json.dumps(found), flush=True)
    rng = np.random.default_rng(TEST)
    off = find(model, made, pictures, [replace(q, box=off_by_some(rng, q.box)) for q in queries], offered)[0]
    graded, plain = likeness(made, queries), torch.tensor([made[q.product].pattern == "plain" for q in queries])
    places, other = ranks(cosines, right), graded["very_similar"] & ~graded["same"]
    measured = {
        "drawn": {"products": PRODUCTS, "queries": QUERIES, **drawn}, "drawn_boxes_off": off,
        "drawn_plain": {"queries": int(plain.sum()), **figures(places[plain])}, "drawn_patterned": {"queries": int((~plain).sum()), **figures(places[~plain])},
        "drawn_words_known": figures(ranks(cosines.masked_fill(~alike(made, queries, words), -1.0), right)),
        "wrong_first": wrong(made, queries, cosines, places),
        "cosines": {"same": spread(cosines[graded["same"]]), "kind_colour_and_pattern": spread(cosines[other]), "other": spread(cosines[~graded["similar"]][::7])},
        "grades": at_grades(found, cosines, right, graded)}
    if folder and folder.exists():
        measured["photos"] = photos(model, folder)
    return found, measured


def wrong(made, queries, cosines, places):
    """Of queries whose product is not first, the share whose first has the product's kind, and kind, main colour and pattern."""
    missed = (places > 0).nonzero()[:, 0].tolist()
    firsts = [(made[queries[n].product], made[cosines[n].argmax()]) for n in missed]
    return {"queries": len(missed), "kind": share(torch.tensor([a.category == b.category for a, b in firsts])),
            "kind_colour_and_pattern": share(torch.tensor([looks(a) == looks(b) for a, b in firsts]))}


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("folder", type=Path, nargs="?", default=Path(__file__).resolve().parents[1] / "model/pictures")
    args.add_argument("--photos", type=Path)
    args = args.parse_args()
    model = SiglipVisionModel.from_pretrained(args.folder, dtype=torch.float32).eval()
    found, measured = measure(model, args.photos)
    path = args.folder / "vitrine.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "grades": found, "measured": measured}, indent=2) + "\n")
    print(json.dumps({"grades": found, **measured}, indent=1))


if __name__ == "__main__":
    main()
