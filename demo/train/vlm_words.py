"""The service's vocabulary (demo/words.json) as the training scripts use it."""
import json
from pathlib import Path

WORDS = json.loads((Path(__file__).resolve().parents[1] / "words.json").read_text())
CATEGORIES = [c["id"] for c in WORDS["categories"]]
CATEGORY_WORDS = {c["id"]: c["words"] for c in WORDS["categories"]}
LABELS = {c["label"]: c["id"] for c in WORDS["categories"]}
COLOURS = [c["id"] for c in WORDS["colours"]]
COLOUR_WORDS = {c["id"]: c["words"] for c in WORDS["colours"]}
PATTERNS, SLEEVES, LENGTHS = WORDS["patterns"], WORDS["sleeves"], WORDS["lengths"]
PLURAL = {"trousers", "shorts", "shoes"}

# Answers name garments from head to foot, the outer one first; equal kinds from left to right.
HEAD_TO_FOOT = [
    "hat", "jacket", "blazer", "hoodie", "shirt", "blouse", "polo-shirt", "t-shirt", "long-sleeve-top", "top", "tank-top",
    "bodysuit", "dress", "skirt", "trousers", "shorts", "shoes",
]


def article(words):
    return "an" if words[0] in "aeiou" else "a"
