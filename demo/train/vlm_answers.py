"""What the model should answer to "Garments:" for a drawn picture."""
import json
from dataclasses import dataclass

from vlm_words import HEAD_TO_FOOT

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


def answer(garments):
    """The compact style of services/models/src/describe: one letter a key, which the service reads out again."""
    rows = [{"c": g.category, "b": box_numbers(g.box), "k": list(g.colours), "p": g.pattern, "s": g.sleeve, "l": g.length, "t": g.text} for g in in_order(garments)]
    return json.dumps(rows, separators=(",", ":"))


def read(text):
    """Rows of an answer under whole names; an error where it is none."""
    names = {"c": "category", "b": "bbox_2d", "k": "colours", "p": "pattern", "s": "sleeve", "l": "length", "t": "text"}
    return [{names[key]: value for key, value in row.items()} for row in json.loads(text)]
