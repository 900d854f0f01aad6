"""What the model should answer to "Garments:" for a drawn picture."""
import json
from dataclasses import dataclass

from vlm_words import CATEGORY_WORDS, COLOUR_WORDS, HEAD_TO_FOOT, PLURAL, article

PROMPT = "Garments:"
STEP = 10  # boxes are told in multiples of this, out of 1000


@dataclass
class Seen:
    """A garment as the model should tell it."""
    category: str
    colours: list
    pattern: str
    sleeve: str | None
    length: str | None
    text: str
    box: tuple


def in_order(garments):
    return sorted(garments, key=lambda g: (HEAD_TO_FOOT.index(g.category), g.box[0], g.box[1]))


def box_numbers(box):
    return [min(max(round(v * 1000 / STEP), 0), 1000 // STEP) * STEP for v in box]


def listed(words):
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def description(g):
    words = [listed([COLOUR_WORDS[c] for c in g.colours])]
    if g.pattern != "plain":
        words.append("animal-print" if g.pattern == "animal" else g.pattern)
    if g.length and g.category not in ("trousers", "shorts") or g.length in ("cropped", "knee"):
        words.append("knee-length" if g.length == "knee" else g.length)
    if g.sleeve == "sleeveless" and g.category != "tank-top":
        words.append("sleeveless")
    words.append(CATEGORY_WORDS[g.category])
    if g.sleeve not in (None, "sleeveless") and g.category != "long-sleeve-top":
        words.append(f"with {g.sleeve} sleeves")
    if g.text:
        words.append(f"saying {g.text}")
    phrase = " ".join(words)
    return ("A pair of " if g.category in PLURAL else article(phrase).capitalize() + " ") + phrase + "."


def answer(garments):
    rows = [{
        "category": g.category, "bbox_2d": box_numbers(g.box), "colours": list(g.colours), "pattern": g.pattern,
        "sleeve": g.sleeve, "length": g.length, "text": g.text, "description": description(g),
    } for g in in_order(garments)]
    return json.dumps(rows, separators=(",", ":"))
