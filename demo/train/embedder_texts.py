"""What the text embedder learns from: questions and products' texts made from the same attributes, and how alike they are."""
from dataclasses import dataclass, field, replace

import numpy as np

from drawing.words import ALL_PATTERNS, CATEGORIES, COLOUR_WORDS, COLOURS, LENGTH_ODDS, PATTERN_ODDS, SLEEVE_ODDS, draw_spec, one, pick, second
from make_catalog import BRANDS, OCCASION, RANGE, describe, garment_text, kind_words, product_text
from vlm_answers import description

# Other names of a category: merchants' and shoppers'.
KINDS = {
    "blazer": ["blazer", "suit jacket", "tailored jacket", "sports jacket", "dinner jacket", "suit coat"],
    "blouse": ["blouse", "tunic", "women's shirt", "ruffled blouse", "bow blouse"],
    "bodysuit": ["bodysuit", "body", "leotard", "onesie", "romper"],
    "dress": ["dress", "gown", "frock", "sundress", "maxi dress", "cocktail dress", "wrap dress", "evening gown"],
    "hat": ["hat", "cap", "beanie", "baseball cap", "bucket hat", "sun hat", "fedora", "bobble hat"],
    "hoodie": ["hoodie", "hoody", "hooded sweatshirt", "zip hoodie", "hooded sweater"],
    "long-sleeve-top": ["long-sleeve top", "sweater", "jumper", "pullover", "longsleeve", "long sleeve tee", "cardigan", "knitwear", "sweatshirt", "turtleneck"],
    "jacket": ["jacket", "coat", "parka", "puffer", "anorak", "raincoat", "trench coat", "bomber jacket", "denim jacket", "windbreaker", "overcoat", "winter coat"],
    "trousers": ["trousers", "pants", "jeans", "chinos", "slacks", "joggers", "leggings", "cargo pants", "sweatpants"],
    "polo-shirt": ["polo shirt", "polo", "golf shirt", "polo tee"],
    "shirt": ["shirt", "button-down", "button-up shirt", "dress shirt", "oxford shirt", "flannel shirt"],
    "shoes": ["shoes", "sneakers", "trainers", "boots", "heels", "sandals", "loafers", "ankle boots", "flats", "footwear", "pumps"],
    "shorts": ["shorts", "bermudas", "short pants", "denim shorts", "running shorts"],
    "skirt": ["skirt", "mini skirt", "pleated skirt", "pencil skirt", "maxi skirt"],
    "t-shirt": ["t-shirt", "tee", "tshirt", "tee shirt", "t shirt"],
    "top": ["top", "camisole", "cami", "crop top", "strappy top", "spaghetti top", "off-shoulder top", "halter top"],
    "tank-top": ["tank top", "singlet", "undershirt", "tank", "sleeveless tee", "muscle shirt"],
}
SHADES = {
    "black": ["jet black", "ink"], "white": ["off-white", "ivory", "snow white"], "grey": ["gray", "charcoal", "silver", "slate"], "beige": ["cream", "sand", "tan", "camel", "nude"],
    "brown": ["chocolate", "coffee", "chestnut", "cognac"], "red": ["scarlet", "crimson", "cherry"], "burgundy": ["maroon", "wine", "bordeaux", "dark red"], "orange": ["rust", "tangerine", "coral"],
    "yellow": ["mustard", "gold", "lemon"], "green": ["emerald", "forest green", "bottle green", "mint"], "olive": ["khaki", "army green", "olive green"], "turquoise": ["teal", "aqua", "petrol"],
    "light-blue": ["sky blue", "baby blue", "pale blue", "powder blue"], "blue": ["royal blue", "cobalt", "denim blue"], "navy": ["dark blue", "navy blue", "midnight blue"],
    "purple": ["violet", "lilac", "lavender", "plum"], "pink": ["rose", "fuchsia", "blush"],
}
PATTERN_NAMES = {"striped": ["striped", "stripy", "with stripes", "pinstriped"], "checked": ["checked", "plaid", "tartan", "gingham", "checkered"], "dotted": ["dotted", "polka dot", "spotted", "with dots"],
                 "floral": ["floral", "flowery", "with flowers", "flower print"], "animal": ["animal print", "leopard", "zebra", "animal"], "graphic": ["graphic", "printed", "logo", "with a print"]}
NEAR = {("shirt", "blouse"): .5, ("shirt", "polo-shirt"): .45, ("polo-shirt", "t-shirt"): .5, ("t-shirt", "top"): .45, ("t-shirt", "tank-top"): .4, ("top", "tank-top"): .6, ("top", "blouse"): .45,
        ("t-shirt", "long-sleeve-top"): .5, ("long-sleeve-top", "hoodie"): .5, ("hoodie", "jacket"): .4, ("jacket", "blazer"): .55, ("trousers", "shorts"): .4, ("shorts", "skirt"): .3,
        ("skirt", "dress"): .35, ("bodysuit", "top"): .4, ("bodysuit", "tank-top"): .35, ("trousers", "skirt"): .2, ("blouse", "dress"): .2}
UPPER = {"blouse", "bodysuit", "hoodie", "long-sleeve-top", "polo-shirt", "shirt", "t-shirt", "top", "tank-top", "blazer", "jacket"}
NEAR_COLOURS = {("navy", "blue"): .55, ("blue", "light-blue"): .5, ("navy", "black"): .3, ("red", "burgundy"): .5, ("beige", "white"): .35, ("beige", "brown"): .4, ("grey", "black"): .3, ("grey", "white"): .25,
                ("olive", "green"): .5, ("turquoise", "green"): .3, ("turquoise", "light-blue"): .35, ("pink", "red"): .25, ("pink", "purple"): .3, ("purple", "burgundy"): .2, ("orange", "red"): .25,
                ("orange", "yellow"): .3, ("brown", "burgundy"): .2, ("yellow", "beige"): .2, ("navy", "purple"): .2}
TAGS = list(OCCASION)


def table(names, near, base=None):
    """Symmetric likeness of `names`, (n, n), 1 on the diagonal."""
    n = len(names)
    out = np.array([[base(a, b) if base else 0. for b in names] for a in names])
    for (a, b), v in near.items():
        out[names.index(a), names.index(b)] = out[names.index(b), names.index(a)] = v
    out[np.arange(n), np.arange(n)] = 1
    return out


CATEGORY_LIKE = table(CATEGORIES, NEAR, lambda a, b: .2 if a in UPPER and b in UPPER else 0.)
COLOUR_LIKE = table(COLOURS, NEAR_COLOURS)


@dataclass(frozen=True)
class Item:
    """A product's attributes, or what a question says of them (None: says nothing)."""
    category: str | None
    colours: tuple = ()
    pattern: str | None = None
    sleeve: str | None = None
    length: str | None = None
    material: str | None = None
    gender: str | None = None
    tags: tuple = ()
    brand: str | None = None
    kind: str | None = None
    text: str = ""
    said: frozenset = field(default=frozenset())


def some_brand(rng):
    if rng.random() < .4:
        return one(rng, BRANDS)
    parts = ["mar", "lo", "ven", "tor", "el", "na", "bri", "sol", "ka", "den", "fi", "rou", "west", "oak", "lin", "hal", "sa", "mor", "quin", "ta"]
    return "".join(one(rng, parts) for _ in range(int(rng.integers(2, 4)))).capitalize()


def some_product(rng):
    spec = draw_spec(rng)
    c = spec.category
    _, materials, _, genders, _ = RANGE[c]
    return Item(c, spec.colours, spec.pattern, spec.sleeve, spec.length, one(rng, materials), one(rng, genders), tuple(sorted({one(rng, TAGS), one(rng, TAGS)})),
                some_brand(rng), one(rng, KINDS[c]) if rng.random() < .5 else KINDS[c][0], spec.text)


def twin(rng, p):
    """The same product but for one attribute."""
    what = pick(rng, {"colour": .4, "category": .15, "pattern": .2, "sleeve": .1, "length": .1, "second": .05})
    if what == "category":
        near = [c for c in CATEGORIES if .2 <= CATEGORY_LIKE[CATEGORIES.index(c), CATEGORIES.index(p.category)] < 1]
        if near:
            c = one(rng, near)
            return replace(p, category=c, kind=KINDS[c][0], sleeve=pick(rng, SLEEVE_ODDS[c]) if c in SLEEVE_ODDS else None, length=pick(rng, LENGTH_ODDS[c]) if c in LENGTH_ODDS else None,
                           material=one(rng, RANGE[c][1]))
    if what == "pattern":
        pattern = pick(rng, PATTERN_ODDS.get(p.category, ALL_PATTERNS))
        if pattern != p.pattern:
            return replace(p, pattern=pattern, colours=p.colours[:1] if pattern == "plain" else (p.colours[0], second(rng, p.colours[0])), text="")
    if what == "sleeve" and p.category in SLEEVE_ODDS:
        return replace(p, sleeve=one(rng, [s for s in ("sleeveless", "short", "three-quarter", "long") if s != p.sleeve]))
    if what == "length" and p.length:
        return replace(p, length=one(rng, [x for x in ("cropped", "short", "knee", "midi", "long") if x != p.length]))
    if what == "second" and len(p.colours) > 1:
        return replace(p, colours=(p.colours[0], second(rng, p.colours[0])))
    main = one(rng, [c for c in COLOURS if c not in p.colours])
    return replace(p, colours=(main, *p.colours[1:]))


def shade(rng, colour, chance):
    return one(rng, SHADES[colour]) if rng.random() < chance else COLOUR_WORDS[colour]


def written(rng, p):
    """A product's text as the index has it; now and then with a merchant's own names."""
    fields = {"category": p.category, "material": p.material, "pattern": p.pattern, "sleeve": p.sleeve, "length": p.length, "gender": p.gender, "tags": list(p.tags), "brand": p.brand}
    fields["description"] = describe(rng, fields, [list(p.colours)], p.text)
    fields["title"] = f"{p.brand} {kind_words(p.pattern, p.length, p.category)}"
    if rng.random() < .45:
        fields["title"] = one(rng, [f"{p.brand} {shade(rng, p.colours[0], .5)} {p.kind}", f"{p.kind.capitalize()} {one(rng, PATTERN_NAMES[p.pattern]) if p.pattern != 'plain' else ''} {p.brand}",
                                    f"{p.brand} {p.material} {p.kind}"]).replace("  ", " ")
    return product_text(fields, p.colours)


def an(words):
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def seen(rng, p):
    """The description of a garment as the demo's vision model gives it, or as a larger one may."""
    if rng.random() < .5:
        return description(p)
    noun = kind_words(p.pattern, p.length, p.category) if rng.random() < .7 else p.kind
    words = f"{' and '.join(COLOUR_WORDS[c] for c in p.colours)} {noun}"
    plural = p.category in ("trousers", "shorts", "shoes")
    sleeve = {None: "", "sleeveless": " without sleeves"}.get(p.sleeve, f" with {p.sleeve} sleeves")
    start = words if plural else an(words)
    printed = f" and the word {p.text}" if p.text and rng.random() < .5 else ""
    return one(rng, [f"{start[0].upper()}{start[1:]}{sleeve}{printed}.", f"{words[0].upper()}{words[1:]}{printed}.", f"{start[0].upper()}{start[1:]} of {p.material}{sleeve}.",
                     f"{start[0].upper()}{start[1:]}{sleeve}, {one(rng, ['worn with other pieces', 'lying flat', 'on a hanger', 'with a relaxed fit', 'in a soft cloth', 'for everyday wear'])}."])


def garment_question(rng, p):
    """Text and attributes of a garment that was seen. Sometimes only its main colour, or without a description."""
    colours = p.colours[:1] if len(p.colours) > 1 and rng.random() < .2 else p.colours
    q = replace(p, colours=colours, said=frozenset({"category", "colours", "pattern", "sleeve", "length"}))
    text = garment_text(colours, p.pattern, p.sleeve, p.length, p.category, seen(rng, q) if rng.random() < .93 else "")
    return text.strip(), q


def shopper_question(rng, p):
    """Text and attributes of a shopper's own words: a few of a product's attributes, loosely put."""
    said = {k for k, odds in (("category", .88), ("colours", .6), ("pattern", .3), ("sleeve", .12), ("length", .2), ("material", .2), ("gender", .15), ("tags", .35), ("brand", .05)) if rng.random() < odds}
    if p.pattern == "plain" and rng.random() < .8:
        said.discard("pattern")
    said = {k for k in said if getattr(p, k)}
    if not said & {"category", "colours", "tags", "material", "brand"}:
        said.add("category")
    colour = shade(rng, p.colours[0], .35) if "colours" in said else ""
    if colour and len(p.colours) > 1 and rng.random() < .3:
        colour += f" and {COLOUR_WORDS[p.colours[1]]}"
        colours = p.colours[:2]
    else:
        colours = p.colours[:1] if colour else ()
    pattern = (one(rng, PATTERN_NAMES[p.pattern]) if p.pattern != "plain" else one(rng, ["plain", "simple", "solid"])) if "pattern" in said else ""
    noun = p.kind if "category" in said else one(rng, ["something", "clothes", "anything", "an outfit", "a piece"])
    words = [p.length if "length" in said else "", {"sleeveless": "sleeveless"}.get(p.sleeve, f"{p.sleeve} sleeve") if "sleeve" in said else "", p.material if "material" in said else ""]
    if "category" in said:
        phrase = " ".join(filter(None, [pattern if not pattern.startswith("with") else "", *[words[i] for i in rng.permutation(3)]]))
        phrase = f"{colour} {phrase} {noun}" if rng.random() < .75 else f"{phrase} {noun} in {colour}" if colour else f"{phrase} {noun}"
        phrase += f" {pattern}" if pattern.startswith("with") else ""
    else:
        phrase = " ".join(filter(None, [noun, colour, pattern, *words]))
    if "gender" in said and p.gender != "unisex":
        phrase = one(rng, [f"{p.gender}'s {phrase}", f"{phrase} for {p.gender}", f"{phrase} for a {'woman' if p.gender == 'women' else 'man'}"])
    if "brand" in said:
        phrase = one(rng, [f"{p.brand} {phrase}", f"{phrase} by {p.brand}"])
    if "tags" in said:
        tag = one(rng, p.tags)
        warm = {"winter": "warm", "summer": "light", "evening": "elegant", "office": "smart", "casual": "comfy", "sport": "sporty"}
        phrase = one(rng, [f"{tag} {phrase}", f"{phrase} for {OCCASION[tag]}", f"{phrase} for {tag}", f"{warm[tag]} {tag} {phrase}" if tag in warm else f"{phrase} for a {tag}"])
        tags = (tag,)
    else:
        tags = ()
    r = rng.random()
    if r < .1:
        phrase += one(rng, [f" under {int(rng.integers(2, 20)) * 10} euro", f" below {int(rng.integers(20, 150))} EUR", " on sale", f" size {one(rng, ['s', 'm', 'l', 'xl', '38', '40'])}", " not too expensive"])
    elif r < .25:
        phrase = one(rng, ["I am looking for ", "do you have ", "show me ", "I need ", "find me ", "looking for ", "similar to this: ", "where can I get "]) + phrase
    return typo(rng, " ".join(phrase.split())), replace(p, colours=colours, tags=tags, said=frozenset(said))


def typo(rng, text):
    """Now and then a letter lost, doubled or swapped."""
    if rng.random() > .12 or len(text) < 6:
        return text
    i = int(rng.integers(1, len(text) - 2))
    return one(rng, [text[:i] + text[i + 1:], text[:i] + text[i] + text[i:], text[:i] + text[i + 1] + text[i] + text[i + 2:]])


WEIGHTS = {"colours": .7, "pattern": .2, "sleeve": .14, "length": .14, "material": .1, "gender": .1, "tags": .15, "brand": .3}


def alike(questions, products):
    """The cosine that each question and product should have, (questions, products)."""
    out = np.zeros((len(questions), len(products)))
    index = {c: i for i, c in enumerate(COLOURS)}
    for i, q in enumerate(questions):
        for j, p in enumerate(products):
            like = CATEGORY_LIKE[CATEGORIES.index(q.category), CATEGORIES.index(p.category)] if "category" in q.said else 1.
            got = total = 0.
            for name in q.said - {"category"}:
                w, a, b = WEIGHTS[name], getattr(q, name), getattr(p, name)
                if name == "colours":
                    same = COLOUR_LIKE[index[a[0]], index[b[0]]]
                    if len(a) > 1:
                        same = .86 * same + .14 * (a[1] in b)
                elif name == "tags":
                    same = float(any(t in b for t in a))
                elif name == "gender":
                    same = 1. if a == b or "unisex" in (a, b) else 0.
                elif a is None and b is None:
                    continue
                else:
                    same = float(a == b)
                got, total = got + w * same, total + w
            rest = got / total if total else 1.
            kind = 1. if q.kind == p.kind or q.kind == KINDS[q.category][0] or p.kind == KINDS[p.category][0] else .92
            out[i, j] = like * (.3 + .65 * rest) * kind if "category" in q.said else .05 + .6 * rest
    return out


def batch(rng, n):
    """`n` questions, 2n products (each question's own, then its twin), and how alike they are, (n, 2n)."""
    own = [some_product(rng) for _ in range(n)]
    products = own + [twin(rng, p) for p in own]
    asked = [garment_question(rng, p) if rng.random() < .5 else shopper_question(rng, p) for p in own]
    return [t for t, _ in asked], [written(rng, p) for p in products], alike([q for _, q in asked], products)
