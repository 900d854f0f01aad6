"""Writes a folder to evaluate the service with: a feed of drawn products with their pictures, and photos to find them by.

    python demo/train/pictures_folder.py FOLDER [--products 2000] [--queries 300] [--seed 96000000]

`products.jsonl` is the feed, `image_link` relative to the folder; `queries.csv` names of each photo in queries/ the product in it
and its box, shares of the photo. The same seed draws the same exam as pictures_figures.py.
"""
import argparse
import csv
import json
from pathlib import Path

import cv2
import numpy as np

from drawing.words import one
from make_catalog import BRANDS, RANGE, WEAR, WEAR_BY_CATEGORY, describe, kind_words, sizes_for, variant
from pictures_exam import TEST, ask, shop


def save(path, picture):
    cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])


def told(rng, number, spec):
    """The product as a feed has it, always in stock, so that whatever is not found was not seen."""
    (low, high), materials, _, genders, _ = RANGE[spec.category]
    material, brand = one(rng, materials), one(rng, BRANDS)
    p = {"id": f"{spec.category}-{spec.colours[0]}-{number:04}", "title": f"{brand} {kind_words(spec.pattern, spec.length, spec.category)}", "brand": brand,
         "description": "", "category": spec.category, "gender": one(rng, genders), "age_group": "adult", "material": material, "pattern": spec.pattern,
         "sleeve": spec.sleeve, "length": spec.length,
         "tags": sorted({one(rng, WEAR.get(material, ["everyday", "basic"])), one(rng, WEAR_BY_CATEGORY[spec.category])})}
    colours, price = list(spec.colours), round(float(rng.uniform(low, high)) / 5) * 5 - 0.1
    p["description"] = describe(rng, p, [colours], spec.text)
    p["link"], p["image_link"] = f"https://shop.example/p/{p['id']}", f"products/{p['id']}.jpg"
    variants = [variant(rng, p["id"], colours, size, price, None) for size in sizes_for(rng, spec.category)]
    p["variants"] = [v | {"availability": "in_stock", "stock": max(v["stock"], 1)} for v in variants]
    return p


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("folder", type=Path)
    args.add_argument("--products", type=int, default=2000)
    args.add_argument("--queries", type=int, default=300)
    args.add_argument("--seed", type=int, default=TEST)
    args = args.parse_args()
    for name in ("products", "queries"):
        (args.folder / name).mkdir(parents=True, exist_ok=True)
    made, pictures = shop(args.seed, args.products)
    rng = np.random.default_rng([args.seed, 3])
    rows = [told(rng, number, spec) for number, spec in enumerate(made)]
    with open(args.folder / "products.jsonl", "w") as f:
        for row, picture in zip(rows, pictures):
            f.write(json.dumps(row) + "\n")
            save(args.folder / row["image_link"], picture)
    with open(args.folder / "queries.csv", "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["image", "product_id", "left", "top", "right", "bottom"])
        for number in range(args.queries):
            query = ask(args.seed, made, number)
            name = f"queries/{number + 1:04}.jpg"
            save(args.folder / name, query.picture)
            out.writerow([name, rows[query.product]["id"], *(round(v, 4) for v in query.box)])


if __name__ == "__main__":
    main()
