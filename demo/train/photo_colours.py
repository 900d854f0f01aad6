"""The main colour of real photos' garments, by a rule that looks at the picture alone, and how far the model agrees.

    vitrine eval photos FOLDER/validation.csv --seen SEEN.csv      what the model sees, with its boxes
    python demo/train/photo_colours.py SEEN.csv --photos FOLDER [--sheet OUT.png]

The rule: the photo is lit so that BRIGHT of its pixels are below white, and its pixels are put into GROUPS groups by k-means in CIE
Lab. Of each group it is counted how many pixels lie in an ellipse that fills the model's own box, and how many outside of the box. A
group that is commoner outside than inside is taken for the background. What is left inside is added up by the nearest of our
colours' names (distance in Lab, lightness counting LIGHTNESS, the photo's colourfulness CHROMA), and the commonest name is the label. Labels are kept in photo_colours.csv; where its column `by` says `eye`, a person looked at
the photo and the label is theirs, and the rule never writes over it.
"""
import argparse
import csv
import json
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from drawing.words import COLOURS, RGB

KEPT = Path(__file__).resolve().parent / "photo_colours.csv"
COUNT, GROUPS, SIDE, SEED = 300, 6, 96, 11
BRIGHT, LIGHTNESS, CHROMA = 0.97, 0.6, 1.6  # the best of 64 on the 60 that a person labelled: 42 of them are right
CELL, ACROSS = 128, 10  # of the sheet: pixels a photo, photos a row


def lab(rgb):
    """(n, 3) 0..1 to CIE Lab, (n, 3)."""
    return cv2.cvtColor(np.float32(rgb)[None], cv2.COLOR_RGB2Lab)[0]


NAMED = lab([RGB[c] / 255 for c in COLOURS]) * (LIGHTNESS, 1, 1)


def named(centre):
    """The name that is nearest to a photo's CIE Lab."""
    return COLOURS[np.linalg.norm(NAMED - centre * (LIGHTNESS, CHROMA, CHROMA), axis=1).argmin()]


def colour(picture, box):
    """The main colour's name in `box` (left, top, right, bottom, shares) of a picture uint8 (h, w, 3)."""
    small = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    lit = small.reshape(-1, 3) / np.float32(255)
    pixels = lab(np.clip(lit / max(0.5, np.quantile(lit.max(1), BRIGHT)), 0, 1))
    cv2.setRNGSeed(SEED)
    how = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.5)
    _, group, centres = cv2.kmeans(pixels, GROUPS, None, how, 3, cv2.KMEANS_PP_CENTERS)
    y, x = (np.mgrid[:SIDE, :SIDE] + 0.5) / SIDE
    left, top, right, bottom = box
    across, down = (2 * x - left - right) / (right - left), (2 * y - top - bottom) / (bottom - top)
    inside = (across ** 2 + down ** 2 < 1).ravel()
    outside = ((np.abs(across) > 1) | (np.abs(down) > 1)).ravel()
    names, group = Counter(), group.ravel()
    for n, centre in enumerate(centres):
        within, without = inside[group == n].sum(), outside[group == n].sum()
        if outside.sum() > 0.08 * SIDE ** 2 and without / outside.sum() > within / inside.sum():
            continue
        names[named(centre)] += int(within)
    if not names:
        return named(pixels[inside].mean(0))
    return names.most_common(1)[0][0]


def picture(photos, image):
    return cv2.imread(str(photos / "validation" / f"{image}.jpg"))[..., ::-1]


def asked(photos):
    """Names of COUNT validation photos, every few of them, in the order of photos.csv."""
    rows = [r["image"] for r in csv.DictReader(open(photos / "photos.csv")) if r["split"] == "validation"]
    return [rows[i * len(rows) // COUNT] for i in range(COUNT)]


def kept():
    if not KEPT.exists():
        return {}
    return {r["image"]: r for r in csv.DictReader(open(KEPT))}


def sheet(path, photos, rows):
    """The photos with their labels, and the model's own where it is another."""
    cells = []
    for image, label, seen in rows:
        shown = picture(photos, image)
        scale = CELL / max(shown.shape[:2])
        small = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        cell = np.full((CELL + 28, CELL, 3), 255, np.uint8)
        cell[:small.shape[0], :small.shape[1]] = small
        cv2.putText(cell, label, (2, CELL + 11), cv2.FONT_HERSHEY_SIMPLEX, .4, (0, 0, 0), 1, cv2.LINE_AA)
        cv2.putText(cell, f"({seen})" if seen != label else "", (2, CELL + 24), cv2.FONT_HERSHEY_SIMPLEX, .38, (200, 0, 0), 1, cv2.LINE_AA)
        cells.append(cell)
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % ACROSS)
    lines = [np.hstack(cells[i:i + ACROSS]) for i in range(0, len(cells), ACROSS)]
    cv2.imwrite(str(path), np.vstack(lines)[..., ::-1])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    args.add_argument("seen", type=Path)
    args.add_argument("--photos", type=Path, required=True)
    args.add_argument("--sheet", type=Path, help="draw the photos that nobody looked at yet, 60 at most")
    args = args.parse_args()
    seen = {Path(r["image"]).stem: r for r in csv.DictReader(open(args.seen)) if r["main"] == "true"}
    known, rows = kept(), []
    for image in asked(args.photos):
        if known.get(image, {}).get("by") == "eye":
            rows.append(known[image])
        elif image in seen:
            box = [float(seen[image][side]) for side in ("left", "top", "right", "bottom")]
            rows.append({"image": image, "colour": colour(picture(args.photos, image), box), "by": "rule"})
    with open(KEPT, "w", newline="") as f:
        out = csv.DictWriter(f, ["image", "colour", "by"], lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    told = [(r["image"], r["colour"], seen.get(r["image"], {}).get("colours", "nothing").split(" ")[0]) for r in rows]
    if args.sheet:
        unseen = {r["image"] for r in rows if r["by"] == "rule"}
        sheet(args.sheet, args.photos, [t for t in told if t[0] in unseen][:60])
    print(json.dumps({by: share([(t[1], t[2]) for t, r in zip(told, rows) if by in ("all", r["by"])]) for by in ("all", "rule", "eye")}))


def share(pairs):
    right = sum(label == seen for label, seen in pairs)
    return {"photos": len(pairs), "agree": right, "share": round(right / len(pairs), 4) if pairs else None}


if __name__ == "__main__":
    main()
