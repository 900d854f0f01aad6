"""The closed vocabularies, and how attributes become words. The same as in services/core/src/vocabulary.rs and
garment.rs: what is embedded has to be the same text, or two services would search for different things."""
import json
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "demo"
KNOWN = json.loads((DEMO / "words.json").read_text())

CATEGORIES = {word["id"]: word["words"] for word in KNOWN["categories"]}
COLOURS = {word["id"]: word["words"] for word in KNOWN["colours"]}
PATTERNS = {word: word for word in KNOWN["patterns"]} | {"animal": "animal-print", "graphic": "graphic-print"}
SLEEVES = set(KNOWN["sleeves"])
LENGTHS = {word: word for word in KNOWN["lengths"]} | {"knee": "knee-length"}

# Kinds that a shopper looking for one would look at too, nearest first.
NEAR_CATEGORIES = {
    "blazer": ["jacket"],
    "blouse": ["shirt", "top"],
    "bodysuit": ["top", "tank-top"],
    "dress": ["skirt"],
    "hat": [],
    "hoodie": ["jacket", "long-sleeve-top"],
    "long-sleeve-top": ["t-shirt", "hoodie", "top"],
    "jacket": ["blazer", "hoodie"],
    "trousers": ["shorts"],
    "polo-shirt": ["t-shirt", "shirt"],
    "shirt": ["blouse", "polo-shirt"],
    "shoes": [],
    "shorts": ["skirt", "trousers"],
    "skirt": ["shorts", "dress"],
    "t-shirt": ["top", "tank-top", "polo-shirt"],
    "top": ["tank-top", "blouse", "t-shirt"],
    "tank-top": ["top", "t-shirt"],
}

# Colours that light and cameras easily turn into one another.
NEAR_COLOURS = {
    "black": ["navy", "grey"],
    "white": ["beige", "grey"],
    "grey": ["black", "white"],
    "beige": ["white", "brown"],
    "brown": ["beige", "olive", "burgundy"],
    "red": ["burgundy", "orange"],
    "burgundy": ["red", "brown", "purple"],
    "orange": ["red", "yellow"],
    "yellow": ["orange", "beige"],
    "green": ["olive", "turquoise"],
    "olive": ["green", "brown"],
    "turquoise": ["green", "light-blue"],
    "light-blue": ["blue", "turquoise"],
    "blue": ["navy", "light-blue"],
    "navy": ["blue", "black"],
    "purple": ["burgundy", "pink"],
    "pink": ["purple", "red"],
}


def attribute_words(category, colours, pattern, sleeve, length):
    """`navy and white striped midi dress, long sleeves`"""
    words = [" and ".join(COLOURS[colour] for colour in colours)]
    if pattern and pattern != "plain":
        words.append(pattern)
    if length:
        words.append(length)
    words.append(CATEGORIES[category])
    text = " ".join(filter(None, words))
    if sleeve == "sleeveless":
        return text + ", sleeveless"
    return f"{text}, {sleeve} sleeves" if sleeve else text


def sentence(category, colours, pattern, sleeve, length, text):
    """`A navy striped midi dress with long sleeves.`"""
    named = [COLOURS[colour] for colour in colours]
    words = [", ".join(named[:-1]) + " and " + named[-1] if len(named) > 1 else "".join(named)]
    if pattern != "plain":
        words.append(PATTERNS[pattern])
    if length:
        words.append(LENGTHS[length])
    if sleeve == "sleeveless":
        words.append("sleeveless")
    words.append(CATEGORIES[category])
    if sleeve and sleeve != "sleeveless":
        words.append(f"with {sleeve} sleeves")
    if text:
        words.append(f"saying {text}")
    told = " ".join(filter(None, words))
    if category in ("trousers", "shorts", "shoes"):
        article = "A pair of"
    else:
        article = "An" if told[0] in "aeiou" else "A"
    return f"{article} {told}."
