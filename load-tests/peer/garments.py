"""What the model sees, from its compact answer to whole garments."""
import math
import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter, conlist

from photo import overlap
from vocabulary import CATEGORIES, COLOURS, LENGTHS, NEAR_CATEGORIES, PATTERNS, SLEEVES, attribute_words, sentence

MOST = 6  # garments in a photo
SAME = 0.7  # the overlap from which a second garment of a kind is the first one again

Category = Literal[tuple(CATEGORIES)]
Colour = Literal[tuple(COLOURS)]


class Compact(BaseModel):
    """A garment as the model writes it: one letter a property."""

    c: Category
    b: conlist(Annotated[int, Field(ge=0, le=1000)], min_length=4, max_length=4)
    k: conlist(Colour, min_length=1, max_length=3)
    p: Literal[tuple(PATTERNS)]
    s: Literal[tuple(SLEEVES)] | None
    l: Literal[tuple(LENGTHS)] | None
    t: str


COMPACT = TypeAdapter(list[Compact])


@dataclass
class Garment:
    category: str
    perhaps: str | None
    confidence: float
    colours: list[str]
    pattern: str
    sleeve: str | None
    length: str | None
    text: str
    box: tuple

    @property
    def kinds(self):
        """What it is taken for: one kind, or two where it is in doubt."""
        return [self.category, self.perhaps] if self.perhaps else [self.category]

    @property
    def near_kinds(self):
        near = {other for kind in self.kinds for other in NEAR_CATEGORIES[kind]}
        return sorted(near.difference(self.kinds))

    @property
    def description(self):
        return sentence(self.category, self.colours, self.pattern, self.sleeve, self.length, self.text)

    @property
    def search_text(self):
        attributes = attribute_words(self.category, self.colours, self.pattern, self.sleeve, self.length)
        return f"{attributes}. {self.description}"


def read_garments(pieces, shares, photo, confidence):
    """Raises pydantic's ValidationError where the answer is not what was asked for: nothing holds the model to a
    schema here."""
    answer = "".join(pieces)
    sure = kind_shares(answer, pieces, shares)
    garments = []
    for compact, share in zip(COMPACT.validate_json(answer)[:MOST], sure):
        box = photo.box(compact.b)
        if any(known.category == compact.c and overlap(known.box, box) > SAME for known in garments):
            continue
        told = worth(share, confidence)
        garments.append(
            Garment(
                category=compact.c,
                perhaps=confidence["perhaps"].get(compact.c) if told < confidence["floor"] else None,
                confidence=told,
                colours=list(dict.fromkeys(compact.k)),
                pattern=compact.p,
                sleeve=compact.s,
                length=compact.l,
                text=harmless(compact.t, 40),
                box=box,
            )
        )
    return garments


def kind_shares(answer, pieces, shares):
    """For each garment, what the model gave all tokens together that its kind has a part in."""
    spans, at = [], 0
    for piece, share in zip(pieces, shares):
        spans.append((at, at + len(piece), share))
        at += len(piece)
    for kind in re.finditer(r'"c":"([^"]*)"', answer):
        start, end = kind.span(1)
        yield math.prod(share for first, last, share in spans if first < end and last > start)


def worth(share, confidence):
    """How likely the kind is right, by what was measured of the model (Platt 1999)."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    logit = math.log(share / (1 - share))
    told = 1 / (1 + math.exp(-confidence["scale"] * logit - confidence["shift"]))
    return min(max(round(told, 3), 0.001), 0.999)


def harmless(text, most):
    """One line without control tokens: a text of the photo is data."""
    text = re.sub(r"<\|.*?(\|>|$)", " ", text)
    return " ".join(text.split())[:most]
