"""Makes the demo's catalog: the invented shop "Atelier Demo", its products in words and in drawn pictures.

    python demo/train/make_catalog.py        writes demo/catalog/products.jsonl and demo/catalog/pictures/*.webp

Each pair of category and main colour is sold by one product at most, so a garment that is seen can be told from words
alone. The seed is fixed; the same code writes the same files.
"""
import json
import re
import zlib
from pathlib import Path

import cv2
import numpy as np

from draw import Spec, draw_product
from drawing.words import (CATEGORIES, CATEGORY_WORDS, COLOUR_WORDS, COLOURS, LENGTH_ODDS, PATTERN_ODDS, ALL_PATTERNS, PRINTS,
                           SLEEVE_ODDS, one, pick, second)

CATALOG = Path(__file__).resolve().parents[1] / "catalog"
SEED, PAIRS, SIDE = 94_000_000, 240, 160
PIECES = 95_000_000  # of the products, from here on

BRANDS = ["Linden", "Oakwren", "Calverrie", "Brindlemoor", "Pellarin", "Sorrelby", "Veskarra", "Maravelle", "Tindrow", "Halvenne",
          "Quillmoss", "Ostrellin", "Fennowick", "Larkhollow", "Dovanelle", "Juniperre"]
# Category: price range in euros, materials, sizes, the genders it is made for, other names it goes by.
LETTERS = ["XS", "S", "M", "L", "XL"]
RANGE = {
    "blazer": ((69, 179), ["wool blend", "linen", "cotton twill", "viscose blend", "tweed"], LETTERS, ["women", "men"], ["suit jacket", "tailored jacket", "sports jacket"]),
    "blouse": ((29, 79), ["silk", "viscose", "cotton voile", "crepe", "linen"], LETTERS, ["women"], ["women's shirt", "tunic"]),
    "bodysuit": ((19, 45), ["cotton jersey", "stretch viscose", "ribbed cotton"], LETTERS, ["women"], ["body", "leotard"]),
    "dress": ((39, 139), ["viscose", "cotton", "linen", "satin", "crepe", "jersey"], LETTERS, ["women"], ["gown", "frock"]),
    "hat": ((15, 49), ["cotton canvas", "wool", "straw", "felt", "acrylic knit"], ["one size"], ["unisex"], ["cap", "headwear"]),
    "hoodie": ((35, 79), ["cotton fleece", "organic cotton", "cotton blend"], LETTERS, ["unisex", "women", "men"], ["hooded sweatshirt", "hoody", "sweater with a hood"]),
    "long-sleeve-top": ((25, 89), ["merino wool", "cotton jersey", "ribbed cotton", "cotton knit", "cashmere blend"], LETTERS, ["unisex", "women", "men"], ["sweater", "jumper", "pullover", "longsleeve"]),
    "jacket": ((59, 249), ["nylon", "wool blend", "leather", "denim", "recycled polyester", "waxed cotton"], LETTERS, ["unisex", "women", "men"], ["coat", "outerwear", "parka"]),
    "trousers": ((35, 109), ["denim", "cotton twill", "linen", "wool blend", "stretch cotton"], LETTERS, ["women", "men", "unisex"], ["pants", "slacks"]),
    "polo-shirt": ((29, 69), ["cotton pique", "organic cotton", "cotton jersey"], LETTERS, ["men", "women", "unisex"], ["polo", "golf shirt"]),
    "shirt": ((35, 89), ["cotton poplin", "oxford cotton", "linen", "flannel", "denim"], LETTERS, ["men", "women", "unisex"], ["button-down", "button-up"]),
    "shoes": ((49, 169), ["leather", "suede", "canvas", "vegan leather"], ["36", "37", "38", "39", "40", "41", "42", "43"], ["women", "men", "unisex"], ["footwear", "sneakers", "pair of shoes"]),
    "shorts": ((25, 59), ["cotton twill", "denim", "linen", "cotton jersey"], LETTERS, ["men", "women", "unisex"], ["short trousers", "bermudas"]),
    "skirt": ((29, 89), ["viscose", "denim", "wool blend", "satin", "cotton"], LETTERS, ["women"], ["women's skirt"]),
    "t-shirt": ((12, 39), ["cotton jersey", "organic cotton", "slub cotton"], LETTERS, ["unisex", "women", "men"], ["tee", "tshirt"]),
    "top": ((15, 45), ["viscose", "satin", "ribbed cotton", "cotton"], LETTERS, ["women"], ["camisole", "cami", "strappy top"]),
    "tank-top": ((12, 35), ["cotton jersey", "ribbed cotton", "organic cotton"], LETTERS, ["unisex", "women", "men"], ["singlet", "vest", "undershirt"]),
}
WEAR = {
    "wool blend": ["winter", "office"], "wool": ["winter"], "tweed": ["winter", "office"], "flannel": ["winter", "casual"], "merino wool": ["winter", "casual"],
    "cashmere blend": ["winter", "gift"], "felt": ["winter", "city"], "acrylic knit": ["winter"], "cotton fleece": ["casual", "sport"], "linen": ["summer", "holiday"],
    "straw": ["summer", "beach"], "silk": ["evening", "office"], "satin": ["evening", "party"], "crepe": ["evening", "wedding"], "cotton voile": ["summer"],
    "leather": ["city", "autumn"], "denim": ["casual", "everyday"], "nylon": ["outdoor", "rain"], "waxed cotton": ["outdoor", "rain"], "recycled polyester": ["outdoor", "winter"],
    "cotton pique": ["sport", "casual"], "oxford cotton": ["office"], "cotton poplin": ["office"], "canvas": ["casual", "everyday"], "suede": ["autumn"],
}
WEAR_BY_CATEGORY = {
    "dress": ["summer", "evening", "wedding", "party"], "blazer": ["office", "evening"], "shirt": ["office"], "shorts": ["summer", "beach"], "top": ["summer", "party"], "tank-top": ["sport", "summer"],
    "hoodie": ["casual"], "t-shirt": ["casual", "everyday"], "trousers": ["everyday"], "skirt": ["party", "everyday"], "jacket": ["outdoor"], "blouse": ["office"], "hat": ["everyday"],
    "shoes": ["everyday", "city"], "polo-shirt": ["sport"], "bodysuit": ["basic"], "long-sleeve-top": ["everyday"],
}
PATTERN_PHRASE = {"striped": ["with stripes", "in stripes"], "checked": ["in checks", "with a check"], "dotted": ["with dots", "in polka dots"],
                  "floral": ["with a flower print", "with blossoms all over"], "animal": ["with an animal print", "in a wild print"], "graphic": ["with a print on the front"]}
OCCASION = {"everyday": "every day", "casual": "free days", "basic": "any wardrobe", "city": "the city", "sport": "sport", "office": "the office", "winter": "the winter",
            "autumn": "the autumn", "summer": "the summer", "holiday": "holidays", "beach": "the beach", "evening": "the evening", "party": "parties", "wedding": "weddings",
            "gift": "a present", "outdoor": "the outdoors", "rain": "rainy days"}
CARE = ["Machine wash at 30 degrees.", "Wash with like colours.", "Easy to care for.", "Made in small runs.", "Cut true to size.", "The model in our shop wears size M.", "Soft on the skin.", ""]
CUT = {
    "blazer": ["notched lapels and flap pockets", "a tailored waist", "two buttons and a back vent"], "blouse": ["gathered shoulders", "a soft drape", "a small ruffle"],
    "bodysuit": ["snap fastening", "a smooth close fit", "high-cut legs"], "dress": ["a seam at the waist", "an easy fit", "a swinging hem"], "hat": ["a soft lining", "a neat shape", "a light band inside"],
    "hoodie": ["a kangaroo pocket and drawstrings", "a lined hood", "ribbed cuffs"], "long-sleeve-top": ["a crew neck", "ribbed cuffs", "a regular fit"], "jacket": ["two deep pockets", "a warm lining", "a front zip"],
    "trousers": ["a straight leg", "five pockets", "a comfortable waistband"], "polo-shirt": ["a ribbed collar and a short placket", "three buttons at the neck"], "shirt": ["a classic collar and full button front", "one chest pocket", "buttoned cuffs"],
    "shoes": ["a cushioned insole", "a sturdy sole", "a rounded toe"], "shorts": ["side pockets", "a relaxed leg", "a drawstring waist"], "skirt": ["a hidden zip", "a high waist", "a gentle flare"],
    "t-shirt": ["a round neck", "a relaxed fit", "a clean hem"], "top": ["thin adjustable straps", "a light, airy cut", "a straight neckline"], "tank-top": ["wide armholes", "a deep round neck", "a long cut"],
}


def colour_words(colours):
    return " and ".join(COLOUR_WORDS[c] for c in colours)


def sleeve_words(sleeve):
    return "" if sleeve is None else (", sleeveless" if sleeve == "sleeveless" else f", {sleeve} sleeves")


def kind_words(pattern, length, category):
    """As in "striped midi dress"."""
    return " ".join(filter(None, [None if pattern == "plain" else pattern, length, CATEGORY_WORDS[category]]))


def garment_text(colours, pattern, sleeve, length, category, description):
    """What is asked of the index for a garment that was seen."""
    return f"{colour_words(colours)} {kind_words(pattern, length, category)}{sleeve_words(sleeve)}. {description}"


def product_text(product, colours):
    """What stands in the index for one colour version of a product."""
    p = product
    return (f"{p['title']}. {colour_words(colours)} {kind_words(p['pattern'], p['length'], p['category'])}{sleeve_words(p['sleeve'])}. "
            f"{p['brand']}. {p['material']}. {p['gender']}. {', '.join(p['tags'])}. {p['description'][:300]}")


def describe(rng, p, versions, text):
    """A merchant's two or three sentences on a product."""
    c, other = p["category"], RANGE[p["category"]][4]
    plural = c in ("trousers", "shoes", "shorts")
    noun = one(rng, other) if rng.random() < .35 else CATEGORY_WORDS[c]
    if c == "trousers" and p["material"] == "denim":
        noun = one(rng, ["jeans", "denim jeans"])
    elif c == "trousers" and p["material"] == "cotton twill":
        noun = one(rng, ["chinos", "trousers"])
    sleeve = {None: "", "sleeveless": "sleeveless ", "short": "short-sleeved ", "three-quarter": "", "long": "long-sleeved "}[p["sleeve"]]
    length = f"{p['length']} " if p["length"] in ("midi", "cropped", "long") and rng.random() < .7 else ("knee-length " if p["length"] == "knee" else "")
    phrase = f" {one(rng, PATTERN_PHRASE[p['pattern']])}" if p["pattern"] != "plain" else ""
    who = {"women": " for women", "men": " for men", "unisex": " for everyone"}[p["gender"]] if rng.random() < .4 else ""
    subject = f"{length}{'' if noun.startswith('long') else sleeve}{noun}"
    article = "" if plural else ("An " if subject[0] in "aeiou" else "A ")
    first = one(rng, [f"{article}{subject} of {p['material']}{phrase}{who}.", f"{p['material'].capitalize()} {subject}{phrase}{who}.",
                      f"{'These' if plural else 'This'} {subject} {'are' if plural else 'is'} made of {p['material']}{phrase}."])
    detail = one(rng, CUT[c])
    occasion = OCCASION[one(rng, p["tags"])]
    second_line = one(rng, [f"{'They have' if plural else 'It has'} {detail}.", f"Comes with {detail}, good for {occasion}.", f"With {detail}.", f"Made for {occasion}, with {detail}."])
    printed = f" The word {text} is printed on {'them' if plural else 'it'}." if text else ""
    names = [COLOUR_WORDS[v[0]] for v in versions]
    colours = f" In {', '.join(names[:-1])}{' or ' if len(names) > 1 else ''}{names[-1]}." if rng.random() < .3 else ""
    return re.sub(r"\s+", " ", " ".join([first[0].upper() + first[1:], second_line]) + printed + colours + " " + one(rng, CARE)).strip()


def invent(rng, category, mains):
    """A product of `category` in one version for each main colour in `mains`: the product and its colour lists."""
    (low, high), materials, sizes, genders, _ = RANGE[category]
    pattern = pick(rng, PATTERN_ODDS.get(category, ALL_PATTERNS))
    pattern = "plain" if category == "shoes" and pattern == "graphic" else pattern
    versions = [[m] if pattern == "plain" else [m, second(rng, m)] for m in mains]
    material = one(rng, materials)
    tags = sorted({one(rng, WEAR.get(material, ["everyday", "basic"])), one(rng, WEAR_BY_CATEGORY[category])})
    brand = one(rng, BRANDS)
    p = {"id": "", "title": "", "brand": brand, "description": "", "category": category, "gender": one(rng, genders), "age_group": "adult",
         "material": material, "pattern": pattern, "sleeve": pick(rng, SLEEVE_ODDS[category]) if category in SLEEVE_ODDS else None,
         "length": pick(rng, LENGTH_ODDS[category]) if category in LENGTH_ODDS else None, "tags": tags}
    text = one(rng, PRINTS) if pattern == "graphic" and rng.random() < .6 else ""
    p["title"] = f"{brand} {kind_words(pattern, p['length'], category)}"
    p["description"] = describe(rng, p, versions, text)
    p["price"] = round(float(rng.uniform(low, high)) / 5) * 5 - .1
    return p, versions


def spec_of(product, colours):
    """What to draw for one colour version: always the same piece, in the shop's picture and wherever it is worn."""
    printed = re.search(r"The word ([A-Z]+) is printed", product["description"])
    piece = PIECES + zlib.crc32(product["id"].encode()) % 1_000_000
    return Spec(product["category"], tuple(colours), product["pattern"], product["sleeve"], product["length"], printed[1] if printed else "", piece)


def versions_of(product):
    """The colour lists that a product of the feed is sold in, in the feed's order."""
    return list(dict.fromkeys(tuple(v["colours"]) for v in product["variants"]))


def catalog():
    """The products as the feed has them."""
    rng = np.random.default_rng(SEED)
    pairs = [(c, m) for c in CATEGORIES for m in COLOURS]
    left_out = set(rng.permutation(len(pairs))[:len(pairs) - PAIRS].tolist())
    products, names = [], set()
    for category in CATEGORIES:
        mains = [m for i, (c, m) in enumerate(pairs) if c == category and i not in left_out]
        mains = [mains[i] for i in rng.permutation(len(mains))]
        while mains:
            n = int(pick(rng, {1: .68, 2: .22, 3: .1}))
            mine, mains = mains[:n], mains[n:]
            p, versions = invent(rng, category, mine)
            while p["title"] in names:
                p, versions = invent(rng, category, mine)
            names.add(p["title"])
            price = p.pop("price")
            p["id"] = f"{category}-{mine[0]}-01"
            p["link"], p["image_link"] = f"https://shop.example/p/{p['id']}", f"pictures/{p['id']}.webp"
            sale = round(price * rng.uniform(.6, .85)) - .1 if rng.random() < .18 else None
            p["variants"] = [variant(rng, p["id"], colours, size, price, sale) for colours in versions for size in sizes_for(rng, category)]
            products.append(p)
    return products


def sizes_for(rng, category):
    sizes = RANGE[category][2]
    n = min(len(sizes), int(rng.integers(1, 6)))
    start = int(rng.integers(0, len(sizes) - n + 1))
    return sizes[start:start + n]


def variant(rng, product_id, colours, size, price, sale):
    stock = 0 if rng.random() < .06 else int(rng.integers(1, 30))
    return {"id": f"{product_id}-{colours[0]}-{size.lower().replace(' ', '-')}", "colours": colours, "size": size, "price": f"{price:.2f} EUR",
            "sale_price": None if sale is None else f"{sale:.2f} EUR", "availability": "in_stock" if stock else "out_of_stock", "stock": stock}


def main():
    pictures = CATALOG / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.webp"):
        old.unlink()
    products = catalog()
    with open(CATALOG / "products.jsonl", "w") as f:
        for p in products:
            f.write(json.dumps(p) + "\n")
            picture = draw_product(spec_of(p, p["variants"][0]["colours"]), SIDE)
            cv2.imwrite(str(pictures / f"{p['id']}.webp"), picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 82])
    size = sum(f.stat().st_size for f in pictures.glob("*.webp"))
    variants = [v for p in products for v in p["variants"]]
    print(len(products), "products,", sum(len(versions_of(p)) for p in products), "colour versions,", len(variants), "variants,",
          sum(v["stock"] == 0 for v in variants), "out of stock,", size // 1024, "KiB of pictures")


if __name__ == "__main__":
    main()
