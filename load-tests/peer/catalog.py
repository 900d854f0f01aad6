"""The shop's products and their offers, in memory."""
import json
from dataclasses import dataclass
from functools import cached_property

from vocabulary import attribute_words

MERCHANT = "demo"


def minor_units(price):
    """`79.90 EUR` as `{"amount": 7990, "currency": "EUR"}`. All demo prices have two digits after the point."""
    amount, currency = price.split()
    whole, _, cents = amount.partition(".")
    return {"amount": int(whole) * 100 + int(cents or 0), "currency": currency}


def offered(variant):
    """A variant that can be bought now, with the price that is paid now; else none."""
    if variant["availability"] not in ("in_stock", "limited_stock") or variant["stock"] == 0:
        return None
    return {
        "id": variant["id"],
        "colours": variant["colours"],
        "size": variant["size"],
        "price": minor_units(variant["sale_price"] or variant["price"]),
        "availability": variant["availability"],
    }


@dataclass(frozen=True)
class Version:
    """The variants of a product that share a colour: what is matched with a garment as one thing."""

    product: dict
    colours: tuple

    @cached_property
    def key(self):
        return "+".join(self.colours)

    @cached_property
    def search_text(self):
        product = self.product
        attributes = attribute_words(
            product["category"], self.colours, product["pattern"], product["sleeve"], product["length"]
        )
        parts = [product["title"], attributes, product["brand"], product["material"], product["gender"]]
        parts += [", ".join(product["tags"]), product["description"][:300]]
        return ". ".join(part for part in parts if part and part.strip())

    def offers(self):
        """What of this version can be bought now, and what of the product's other colours."""
        offers = [offer for variant in self.product["variants"] if (offer := offered(variant))]
        own = [offer for offer in offers if tuple(offer["colours"]) == self.colours]
        return own, [offer for offer in offers if tuple(offer["colours"]) != self.colours]


class Catalog:
    def __init__(self, folder):
        lines = (folder / "products.jsonl").read_text().splitlines()
        self.products = {product["id"]: product for product in map(json.loads, lines)}
        self.folder = folder
        self.versions = {}
        for product in self.products.values():
            for variant in product["variants"]:
                version = Version(product, tuple(variant["colours"]))
                self.versions.setdefault((product["id"], version.key), version)

    def picture(self, product):
        return self.folder / product["image_link"]
