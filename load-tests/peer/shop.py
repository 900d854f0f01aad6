"""The way of a look: describe, embed, search, join, advise."""
import time
import uuid
from contextlib import contextmanager
from itertools import chain, zip_longest

from pydantic import BaseModel

from catalog import Catalog
from garments import read_garments
from index import Index
from matching import Matcher
from models import Pictures, Vlm, Words
from photo import Photo
from vocabulary import CATEGORIES, COLOURS

DESCRIPTION_TOKENS = 1024
ADVICE_TOKENS = 512
CANDIDATES = 8  # products that the stylist is told of


class Suggestion(BaseModel):
    text: str
    product_ids: list[str]


class Advice(BaseModel):
    text: str
    suggestions: list[Suggestion]


class Shop:
    def __init__(self, demo):
        self.vlm = Vlm(demo / "model/vlm")
        self.words = Words(demo / "model/embedder")
        self.pictures = Pictures(demo / "model/pictures")
        self.catalog = Catalog(demo / "catalog")
        self.matcher = Matcher(
            self.catalog,
            Index(self.catalog, self.words, self.pictures),
            self.words.card["min_similarity"],
            self.pictures.card["grades"],
        )

    def look(self, picture):
        timings, started = {}, time.perf_counter()
        photo = Photo(picture, self.vlm.card["photo_side"])
        with timed(timings, "describe"):
            garments = self.describe(photo)
        with timed(timings, "embed"):
            vectors = self.vectors(garments, photo)
        with timed(timings, "search"):
            matches = [self.matcher.find(*seen) for seen in vectors]
        with timed(timings, "advise"):
            advice = self.advise(photo, matches)
        timings["total"] = millis(started)
        return {
            "id": str(uuid.uuid4()),
            "garments": [
                told(number, garment, found) for number, (garment, found) in enumerate(zip(garments, matches), 1)
            ],
            "advice": advice,
            "model": self.vlm.card["name"],
            "cached": False,
            "timings": timings,
            "degraded": [{"part": "model", "reason": self.vlm.card["purpose"]}],
        }

    def describe(self, photo):
        pieces, shares = self.vlm.ask(photo.square, self.vlm.card["describe_prompt"], DESCRIPTION_TOKENS)
        return read_garments(pieces, shares, photo, self.vlm.card["confidence"])

    def vectors(self, garments, photo):
        """All garments in one pass of each model: nobody waits for the first one."""
        if not garments:
            return []
        words = self.words.embed([garment.search_text for garment in garments])
        pictures = self.pictures.embed([photo.part(garment.box) for garment in garments])
        return list(zip(garments, words, pictures))

    def advise(self, photo, matches):
        candidates = best_of_each(matches)
        if not candidates:
            return None
        handles = {f"p{number}": match for number, match in enumerate(candidates, 1)}
        lines = [
            f"{handle} {COLOURS[match['colours'][0]]} {CATEGORIES[match['category']]}\n"
            for handle, match in handles.items()
        ]
        pieces, _ = self.vlm.ask(photo.square, "Advice:\n" + "".join(lines), ADVICE_TOKENS)
        advice = Advice.model_validate_json("".join(pieces))
        for suggestion in advice.suggestions:
            known = [handles[handle]["product_id"] for handle in suggestion.product_ids if handle in handles]
            suggestion.product_ids = list(dict.fromkeys(known))
        advice.suggestions = [suggestion for suggestion in advice.suggestions if suggestion.product_ids]
        return advice.model_dump()


def best_of_each(matches):
    """The best match of each garment first, then the second best of each."""
    best = {}
    for match in filter(None, chain.from_iterable(zip_longest(*matches))):
        best.setdefault(match["product_id"], match)
    return list(best.values())[:CANDIDATES]


def told(number, garment, matches):
    left, top, right, bottom = garment.box
    seen = {
        "id": f"g{number}",
        "category": garment.category,
        "colours": garment.colours,
        "pattern": garment.pattern,
        "sleeve": garment.sleeve,
        "length": garment.length,
        "description": garment.description,
        "text": garment.text,
        "box": {"left": left, "top": top, "right": right, "bottom": bottom},
        "confidence": garment.confidence,
        "perhaps": garment.perhaps,
        "matches": matches,
    }
    # What a garment does not have is left out, as Vitrine does.
    return {name: value for name, value in seen.items() if value is not None}


@contextmanager
def timed(timings, step):
    started = time.perf_counter()
    yield
    timings[step] = millis(started)


def millis(since):
    return round((time.perf_counter() - since) * 1000)
