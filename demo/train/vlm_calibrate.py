"""What the vision-language model's own probability of a garment's kind is worth, measured on real photos and written into its card.

    vitrine eval photos PHOTOS.csv --seen SEEN.csv
    python demo/train/vlm_calibrate.py SEEN.csv [FOLDER]

A card without `confidence` tells none: it is given one that changes nothing, the photos are looked at, and then it is fitted. SEEN.csv
must be of the card as it stands. Every
second photo is fitted on: scale and shift by logistic regression on the logit of the probability, and for each kind which other one it
is most often where it is told wrongly, those below the floor counting twice. The others say how good that is. Below FLOOR a kind is more likely wrong
than right.
"""
import csv
import json
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[1] / "model/vlm"
FLOOR = 0.5
PLAIN = {"scale": 1.0, "shift": 0.0, "floor": 0.0, "perhaps": {}}


def logit(p):
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def fitted(x, right, steps=200):
    """Scale and shift of the logistic regression of `right` (n, 0 or 1) on x (n), by Newton's method."""
    w, both = np.array([1.0, 0.0]), np.stack((x, np.ones_like(x)), 1)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-both @ w))
        slope = both.T @ (right - p) - 1e-3 * w
        bend = (both * (p * (1 - p))[:, None]).T @ both + 1e-3 * np.eye(2)
        w = w + np.linalg.solve(bend, slope)
    return w


def error(confidence, right):
    """Mean distance of what is said from what comes true, over ten bands, and Brier's score."""
    band = np.minimum((confidence * 10).astype(int), 9)
    ece = sum(abs(confidence[band == b].sum() - right[band == b].sum()) for b in range(10)) / len(right)
    return {"ece": round(float(ece), 4), "brier": round(float(((confidence - right) ** 2).mean()), 4)}


def main():
    seen, folder = Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else FOLDER
    path = folder / "vitrine.json"
    card = json.loads(path.read_text())
    rows = [r for r in csv.DictReader(open(seen)) if r["main"] == "true" and r["label"]]
    if any(not r["confidence"] for r in rows):
        path.write_text(json.dumps(card | {"confidence": PLAIN}, indent=2) + "\n")
        sys.exit(f"{path} told no confidence; it does now, so look at the photos once more")
    old = card["confidence"]
    x = (logit(np.array([float(r["confidence"]) for r in rows])) - old["shift"]) / old["scale"]
    right = np.array([r["category"] == r["label"] for r in rows], float)
    learn = np.arange(len(rows)) % 2 == 0
    scale, shift = fitted(x[learn], right[learn])
    sure = 1 / (1 + np.exp(-scale * x - shift))
    others = defaultdict(Counter)
    for r, is_learnt, s in zip(rows, learn, sure):
        if is_learnt and r["category"] != r["label"]:
            others[r["category"]][r["label"]] += 2 if s < FLOOR else 1
    perhaps = {kind: count.most_common(1)[0][0] for kind, count in sorted(others.items())}
    card["confidence"] = {"scale": round(float(scale), 4), "shift": round(float(shift), 4), "floor": FLOOR, "perhaps": perhaps}
    path.write_text(json.dumps(card, indent=2) + "\n")
    held = ~learn
    below = held & (sure < FLOOR)
    two = [r["label"] in (r["category"], perhaps.get(r["category"])) for r, b in zip(rows, below) if b]
    print(json.dumps({
        "fitted_on": int(learn.sum()), "measured_on": int(held.sum()), "as_it_is": error(1 / (1 + np.exp(-x[held])), right[held]),
        "fitted": error(sure[held], right[held]), "confidence": card["confidence"],
        "below_floor": {"photos": int(below.sum()), "right": round(float(right[below].mean()), 3) if below.any() else None,
                        "one_of_two_right": round(float(np.mean(two)), 3) if two else None},
        "above_floor": {"photos": int((held & ~below).sum()), "right": round(float(right[held & ~below].mean()), 3)}}))


if __name__ == "__main__":
    main()
