"""Candidates offered and the advice that the model should give on them: a small grammar, the same words for the same offer."""
import json

from vlm_words import CATEGORIES, CATEGORY_WORDS, COLOUR_WORDS, COLOURS, PLURAL, article

ROLES = {
    "hat": "head", "jacket": "layer", "blazer": "layer", "hoodie": "layer", "dress": "one", "skirt": "bottom",
    "trousers": "bottom", "shorts": "bottom", "shoes": "feet",
}
PARTNERS = {
    "one": ["feet", "layer", "head"], "top": ["bottom", "layer", "feet", "head"], "bottom": ["top", "feet", "layer", "head"],
    "layer": ["top", "one", "bottom", "feet", "head"], "feet": ["one", "bottom", "top", "layer", "head"],
    "head": ["one", "top", "layer", "bottom", "feet"],
}
OPENINGS = {
    "one": "The {h} {is} the heart of this look, and {p} {tone}.", "top": "Start with the {h}, and {p} {tone}.",
    "bottom": "Build on the {h}, and {p} {tone}.", "layer": "The {h} {gives} the look its shape, and {p} {tone}.",
    "feet": "The {h} {sets} the pace, and {p} {tone}.", "head": "The {h} {frames} the face, and {p} {tone}.",
}
FIRST = {
    "feet": "Pair the {h} with the {p}.", "bottom": "Wear the {h} with the {p}.", "top": "Combine the {h} with the {p}.",
    "layer": "Layer the {p} over the {h}.", "one": "Wear the {p} with the {h}.", "head": "Top the {h} off with the {p}.",
}
SECOND = {
    "layer": "Add the {q} for cooler evenings.", "feet": "Finish with the {q}.", "head": "Add the {q} for sunny days.",
    "bottom": "Change to the {q} another day.", "top": "Try the {q} another day.", "one": "Keep the {q} for an evening out.",
}
TONES = {
    "light": "keep{s} it light", "deep": "ground{s} it", "warm": "warm{s} it up", "bright": "lift{s} it", None: "complete{s} it",
}
TONE = {
    "white": "light", "beige": "light", "light-blue": "light", "pink": "light", "yellow": "bright", "red": "bright",
    "turquoise": "bright", "green": "bright", "blue": "bright", "purple": "bright", "orange": "warm", "brown": "warm",
    "burgundy": "warm", "olive": "warm", "black": "deep", "navy": "deep", "grey": "deep",
}
WISHES = [
    "something for a wedding", "I want to look smart at work", "casual for the weekend", "a warm look for winter", "summer in the city",
    "not too formal", "for a party tonight", "cheap and comfortable", "something elegant", "for the beach", "I like it simple",
    "clothes for school", "it should be easy to wash", "dinner with friends", "for a job interview", "going to the office",
    "holiday by the sea", "a gift for my sister", "to go with what I have", "please make it modern", "sporty and light",
]
ASKING = ["something {c}", "I want {c}", "do you have {c}", "with {c} please", "I like {c}", "show me {c} things", "{c}"]


def role(category):
    return ROLES.get(category, "top")


def named(item):
    """The words by which the advice speaks of a candidate (category, colours)."""
    category, colours = item
    return " ".join(([COLOUR_WORDS[colours[0]]] if colours else []) + [CATEGORY_WORDS[category]])


def line(item):
    category, colours = item
    return " ".join(([" and ".join(COLOUR_WORDS[c] for c in colours)] if colours else []) + [CATEGORY_WORDS[category]])


def draw_offer(rng):
    """Candidates, a free wish or None, and which candidate the wish names (else 0)."""
    count = int(rng.integers(1, 9))
    pool = list(rng.choice(CATEGORIES, size=int(rng.integers(1, 6)))) if rng.random() < 0.5 else CATEGORIES
    items = []
    for _ in range(count):
        colours = list(rng.choice(COLOURS, size=[1, 2, 0][rng.choice(3, p=[0.84, 0.12, 0.04])], replace=False))
        items.append((str(rng.choice(pool)), [str(c) for c in colours]))
    if rng.random() < 0.6:
        return items, None, 0
    chance = rng.random()
    if chance < 0.45:
        return items, str(rng.choice(WISHES)), 0
    if chance < 0.55:
        return items, "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz   ,.!?0123456789"), size=int(rng.integers(2, 24)))).strip() or "a", 0
    asked = CATEGORY_WORDS[items[int(rng.integers(count))][0]] if rng.random() < 0.8 else CATEGORY_WORDS[str(rng.choice(CATEGORIES))]
    first = next((i for i, item in enumerate(items) if CATEGORY_WORDS[item[0]] == asked), 0)
    return items, str(rng.choice(ASKING)).format(c=asked), first


def prompt(items, wish, wish_first=True):
    head = "Advice:\n"
    if wish is not None:
        head = f"Wish: {wish}\n{head}" if wish_first else f"{head}Wish: {wish}\n"
    return head + "".join(f"p{i + 1} {line(item)}\n" for i, item in enumerate(items))


def with_article(item):
    words = named(item)
    return words if item[0] in PLURAL else f"{article(words)} {words}"


def advice(items, hero):
    h, role_h = items[hero], role(items[hero][0])
    order = [i for wanted in PARTNERS[role_h] for i, item in enumerate(items) if role(item[0]) == wanted]
    others = [i for i in range(len(items)) if i != hero and items[i] != h]
    many = h[0] in PLURAL
    forms = {
        "h": named(h), "is": "are" if many else "is", "gives": "give" if many else "gives", "sets": "set" if many else "sets",
        "frames": "frame" if many else "frames",
    }
    if order:
        p = items[order[0]]
        tone = TONES[TONE[p[1][0]] if p[1] else None].format(s="" if p[0] in PLURAL else "s")
        text = OPENINGS[role_h].format(p=with_article(p), tone=tone, **forms)
        rows = [(FIRST[role(p[0])].format(h=named(h), p=named(p)), [hero, order[0]])]
        rest = [i for i in order if role(items[i][0]) != role(p[0])]
        if rest:
            rows.append((SECOND[role(items[rest[0]][0])].format(q=named(items[rest[0]])), [rest[0]]))
    elif others:
        p = items[others[0]]
        text = f"The {named(h)} and the {named(p)} both suit this look."
        rows = [(f"Choose the {named(h)} or the {named(p)}.", [hero, others[0]])]
    else:
        text = "The {h} can carry this look alone.".format(**forms)
        rows = [(f"Keep the rest simple around the {named(h)}.", [hero])]
    return json.dumps({"text": text, "suggestions": [
        {"text": words, "product_ids": [f"p{i + 1}" for i in ids]} for words, ids in rows]}, separators=(",", ":"))
