"""Draws docs/answer.webp: a photo, the garments seen in it, their best matches and the advice, as one answer has them.

    vitrine look demo/photos/outfit.jpg --json | python docs/make_answer_picture.py

Reads the answer from standard input. Needs Pillow 11 or later (`pip install pillow`) and the DejaVu fonts.
"""
import json
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

ROOT = Path(__file__).resolve().parents[1]
PHOTO, CATALOG, PICTURE = ROOT / "demo/photos/outfit.jpg", ROOT / "demo/catalog", ROOT / "docs/answer.webp"

WIDTH, EDGE, GAP = 1600, 40, 24
PHOTO_SIDE, CARDS = 500, 3
PAPER, CARD, LINE = "#f6f5f2", "#ffffff", "#dedbd3"
INK, SOFT, GOOD, OTHER = "#22211f", "#6f6b63", "#2c7a4b", "#a8552a"
MARKS = ["#1f5fbf", "#c22f6d", "#27803f", "#b36a00", "#6c3fb5", "#00808a"]


def font(size, bold=False):
    return ImageFont.truetype("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf", size)


TITLE, HEAD, NAME, BODY, TINY = font(21, True), font(18, True), font(16, True), font(17), font(14)
SIDE, LEADING = 100, 21  # of a product's picture; of a line of reasons


def wrapped(draw, text, face, width):
    """The text in lines of at most `width` pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if draw.textlength(longer, face) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def paragraph(draw, at, text, face, width, ink=INK, leading=1.4):
    """Writes wrapped text; returns the y below it."""
    x, y = at
    for line in wrapped(draw, text, face, width):
        draw.text((x, y), line, ink, face)
        y += round(face.size * leading)
    return y


def badge(draw, at, number, ink):
    x, y = at
    draw.rounded_rectangle((x, y, x + 28, y + 28), 7, ink)
    draw.text((x + 14, y + 14), str(number), "white", HEAD, anchor="mm")


def money(price):
    return f"{price['amount'] / 100:.2f} {price['currency']}"


def rounded(picture, radius):
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *picture.size), radius, 255)
    return mask


def photo(canvas, draw, look, at):
    """The photo with a numbered box for each garment; returns the y below it."""
    picture = ImageOps.contain(ImageOps.exif_transpose(Image.open(PHOTO)).convert("RGB"), (PHOTO_SIDE, PHOTO_SIDE), Image.LANCZOS)
    canvas.paste(picture, at, rounded(picture, 12))
    for number, garment in enumerate(look["garments"], 1):
        box, ink = garment["box"], MARKS[(number - 1) % len(MARKS)]
        left, right = (round(at[0] + box[side] * picture.width) for side in ("left", "right"))
        top, bottom = (round(at[1] + box[side] * picture.height) for side in ("top", "bottom"))
        draw.rectangle((left - 2, top - 2, right + 2, bottom + 2), outline="white", width=7)
        draw.rectangle((left, top, right, bottom), outline=ink, width=3)
        badge(draw, (left - 2, top - 2), number, ink)
    return at[1] + picture.height


def why(draw, match, width):
    """The reasons in lines: (sign, colour, text), without a sign where a line goes on."""
    signs = {"same": ("=", GOOD), "similar": ("≈", GOOD), "differs": ("≠", OTHER)}
    lines = []
    for reason in match["reasons"][:4]:
        sign, ink = signs[reason["kind"]]
        for text in wrapped(draw, reason["text"].removeprefix("differs: "), TINY, width - 48):
            lines.append((sign, ink, text))
            sign = ""
    return lines


def card(canvas, draw, match, box):
    """One product: its picture, title, price, how alike it is, and why."""
    left, top, right, bottom = box
    draw.rounded_rectangle(box, 12, CARD, LINE)
    picture = Image.open(CATALOG / match["image_link"]).convert("RGB").resize((SIDE, SIDE), Image.LANCZOS)
    canvas.paste(picture, (left + 12, top + 12), rounded(picture, 8))
    x = left + SIDE + 24
    y = paragraph(draw, (x, top + 12), match["title"], NAME, right - x - 8, leading=1.25)
    draw.text((x, y + 4), money(match["price"]), INK, BODY)
    draw.text((x, y + 28), f"cosine {match['similarity']:.2f}", SOFT, TINY)
    y = top + SIDE + 22
    for sign, ink, text in why(draw, match, right - left):
        draw.text((left + 14, y), sign, ink, TINY)
        draw.text((left + 34, y), text, INK, TINY)
        y += LEADING


def row(canvas, draw, garment, number, at, width):
    """One garment and its matches; returns the y below them."""
    left, top = at
    badge(draw, at, number, MARKS[(number - 1) % len(MARKS)])
    draw.text((left + 40, top + 2), garment["description"].rstrip("."), INK, TITLE)
    found = garment["matches"][:CARDS]
    if not found:
        draw.text((left + 40, top + 40), garment.get("note", "nothing close"), SOFT, BODY)
        return top + 70
    each = (width - GAP // 2 * (CARDS - 1)) // CARDS
    bottom = top + 40 + SIDE + 32 + LEADING * max(len(why(draw, match, each)) for match in found)
    for column, match in enumerate(found):
        x = left + column * (each + GAP // 2)
        card(canvas, draw, match, (x, top + 40, x + each, bottom))
    return bottom


def advice(draw, look, at, width):
    x, y = at
    if not look.get("advice"):
        return y
    draw.text((x, y), "Advice", INK, TITLE)
    y = paragraph(draw, (x, y + 36), look["advice"]["text"], BODY, width)
    for suggestion in look["advice"]["suggestions"]:
        draw.ellipse((x + 2, y + 12, x + 8, y + 18), fill=INK)
        y = paragraph(draw, (x + 20, y + 4), suggestion["text"], BODY, width - 20)
        y = paragraph(draw, (x + 20, y), ", ".join(suggestion["product_ids"]), TINY, width - 20, SOFT)
    return y


def main():
    look = json.load(sys.stdin)
    right = EDGE + PHOTO_SIDE + GAP * 2
    canvas = Image.new("RGB", (WIDTH, 4000), PAPER)
    draw = ImageDraw.Draw(canvas)
    y = photo(canvas, draw, look, (EDGE, EDGE))
    y = advice(draw, look, (EDGE, y + GAP), PHOTO_SIDE)
    told = [look["model"].split("+")[0]] + [degraded["reason"] for degraded in look["degraded"]]
    left_end = paragraph(draw, (EDGE, y + 14), "; ".join(told), TINY, PHOTO_SIDE, SOFT)
    y = EDGE - GAP
    for number, garment in enumerate(look["garments"], 1):
        y = row(canvas, draw, garment, number, (right, y + GAP), WIDTH - EDGE - right)
    canvas.crop((0, 0, WIDTH, max(left_end, y) + EDGE)).save(PICTURE, quality=80, method=6)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} kB")


main()
