"""The words of words.json as the drawing needs them: what can be asked of a garment, and what is likely."""
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

WORDS = json.loads((Path(__file__).resolve().parents[2] / "words.json").read_text())
CATEGORIES = [c["id"] for c in WORDS["categories"]]
CATEGORY_WORDS = {c["id"]: c["words"] for c in WORDS["categories"]}
COLOURS = [c["id"] for c in WORDS["colours"]]
COLOUR_WORDS = {c["id"]: c["words"] for c in WORDS["colours"]}
PATTERNS = WORDS["patterns"]
SLEEVES = WORDS["sleeves"]
LENGTHS = WORDS["lengths"]
RGB = {c["id"]: np.array([int(c["srgb"][i:i + 2], 16) for i in (0, 2, 4)], float) for c in WORDS["colours"]}


@dataclass(frozen=True)
class Spec:
    """A garment in words. `colours`: 1 to 3 colour ids, the main one first; `text`: printed letters, upper case; `piece`: a
    number for one very product, whose cut, dye, cloth and print are then the same wherever it is drawn."""
    category: str
    colours: tuple
    pattern: str = "plain"
    sleeve: str | None = None
    length: str | None = None
    text: str = ""
    piece: int | None = None


SLEEVE_ODDS = {
    "blazer": {"long": .9, "three-quarter": .1},
    "blouse": {"long": .45, "three-quarter": .2, "short": .3, "sleeveless": .05},
    "bodysuit": {"sleeveless": .35, "short": .35, "long": .3},
    "dress": {"sleeveless": .4, "short": .3, "three-quarter": .1, "long": .2},
    "hoodie": {"long": .97, "short": .03},
    "jacket": {"long": .93, "sleeveless": .07},
    "long-sleeve-top": {"long": .92, "three-quarter": .08},
    "polo-shirt": {"short": .85, "long": .15},
    "shirt": {"long": .65, "short": .35},
    "t-shirt": {"short": 1.0},
    "top": {"sleeveless": .8, "short": .12, "long": .08},
    "tank-top": {"sleeveless": 1.0},
}
LENGTH_ODDS = {
    "dress": {"short": .25, "knee": .35, "midi": .2, "long": .2},
    "skirt": {"short": .4, "knee": .25, "midi": .2, "long": .15},
    "trousers": {"long": .88, "cropped": .12},
    "shorts": {"short": .55, "knee": .45},
    "jacket": {"short": .7, "knee": .22, "long": .08},
    "top": {None: .65, "cropped": .35},
    "blouse": {None: .95, "cropped": .05},
    "long-sleeve-top": {None: .95, "cropped": .05},
    "t-shirt": {None: .93, "cropped": .07},
    "hoodie": {None: .95, "cropped": .05},
}
# How often each pattern is drawn, where it differs from ALL_PATTERNS.
ALL_PATTERNS = {"plain": .45, "striped": .13, "checked": .09, "dotted": .09, "floral": .1, "animal": .06, "graphic": .08}
PATTERN_ODDS = {
    "t-shirt": {"plain": .36, "striped": .13, "checked": .02, "dotted": .07, "floral": .07, "animal": .05, "graphic": .3},
    "hoodie": {"plain": .45, "striped": .1, "checked": .05, "dotted": .05, "floral": .05, "animal": .05, "graphic": .25},
    "tank-top": {"plain": .42, "striped": .14, "checked": .04, "dotted": .07, "floral": .09, "animal": .04, "graphic": .2},
    "shirt": {"plain": .35, "striped": .2, "checked": .25, "dotted": .07, "floral": .08, "animal": .04, "graphic": .01},
    "blazer": {"plain": .65, "striped": .1, "checked": .15, "dotted": .03, "floral": .04, "animal": .03},
    "jacket": {"plain": .66, "striped": .05, "checked": .09, "dotted": .04, "floral": .05, "animal": .06, "graphic": .05},
    "trousers": {"plain": .68, "striped": .08, "checked": .09, "dotted": .03, "floral": .04, "animal": .04, "graphic": .04},
    "shoes": {"plain": .74, "striped": .05, "checked": .05, "dotted": .03, "floral": .05, "animal": .06, "graphic": .02},
    "hat": {"plain": .52, "striped": .12, "checked": .07, "dotted": .05, "floral": .05, "animal": .04, "graphic": .15},
    "blouse": {"plain": .4, "striped": .12, "checked": .05, "dotted": .14, "floral": .22, "animal": .07},
    "dress": {"plain": .4, "striped": .11, "checked": .08, "dotted": .13, "floral": .2, "animal": .06, "graphic": .02},
}


def pick(rng, odds):
    """One key of `odds` (key to weight), drawn by weight."""
    keys = list(odds)
    return keys[int(np.searchsorted(np.cumsum(list(odds.values())), rng.random() * sum(odds.values())))]


def one(rng, options):
    return options[int(rng.random() * len(options))]


def apart(a, b):
    """Distance of two colours in RGB, the green weighing most; about 0 to 765."""
    d = RGB[a] - RGB[b]
    return float(np.sqrt(2 * d[0] ** 2 + 4 * d[1] ** 2 + 3 * d[2] ** 2))


PARTNERS = {a: [b for b in COLOURS if apart(a, b) > 210] for a in COLOURS}
LETTERS = "ABCDEFGHIJKLMNOPRSTUVWXYZ"
PRINTS = ["LINDEN", "NOVA", "SUN", "WILD", "HELLO", "OCEAN", "LOVE", "COOL", "STAR", "PARIS", "RUN", "YES", "SURF", "BOOM",
          "CITY", "MOON", "PEACE", "SMILE", "TEAM", "FREE", "DREAM", "ROCK", "CAMP", "ROMA", "OSLO", "LISBON", "GO", "UP", "HAPPY", "CIAO"]


def draw_spec(rng, category=None):
    """A likely garment in words; `category` None takes any, all as often."""
    category = category or one(rng, CATEGORIES)
    pattern = pick(rng, PATTERN_ODDS.get(category, ALL_PATTERNS))
    if category == "shoes" and pattern == "graphic":
        pattern = "plain"
    main = one(rng, COLOURS)
    if category in ("trousers", "shorts") and rng.random() < .3:
        main = one(rng, ["blue", "navy", "light-blue", "black", "grey"])
    colours = [main]
    if pattern != "plain" or rng.random() < .06:
        colours.append(second(rng, main))
        if pattern in ("floral", "checked", "striped") and rng.random() < .25:
            rest = [c for c in COLOURS if c not in colours and apart(c, main) > 150 and apart(c, colours[1]) > 120]
            colours.append(one(rng, rest))
    sleeve = pick(rng, SLEEVE_ODDS[category]) if category in SLEEVE_ODDS else None
    length = pick(rng, LENGTH_ODDS[category]) if category in LENGTH_ODDS else None
    text = draw_text(rng) if pattern == "graphic" and rng.random() < .6 else ""
    return Spec(category, tuple(colours), pattern, sleeve, length, text)


def second(rng, main):
    """A colour that shows on `main`, white and black more often than others."""
    fitting = PARTNERS[main]
    easy = [c for c in ("white", "black", "navy", "beige") if c in fitting]
    return one(rng, easy) if easy and rng.random() < .45 else one(rng, fitting)


def draw_text(rng):
    if rng.random() < .5:
        return one(rng, PRINTS)
    return "".join(one(rng, LETTERS) for _ in range(1 + int(rng.random() ** 1.6 * 8)))
