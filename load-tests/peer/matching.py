"""The shop's products for a garment, by the rules of services/core/src/matching.rs."""
from dataclasses import dataclass

from vocabulary import NEAR_CATEGORIES, NEAR_COLOURS

LIMIT = 5  # matches for a garment
POINTS = 40  # that a search reads, since some fall away when offers are joined
AGREEMENT_SHARE = 0.6  # of attributes, beside the cosine of words
PICTURE_SHARE = 0.7  # of how alike pictures look, beside words and attributes, as Vitrine is set for its small models
LEAD = 2.0  # how much a lead over the next product counts in being the same one
SAME_AHEAD = 0.5  # what it adds to be taken for the same product


@dataclass(frozen=True)
class Ranked:
    worth: float
    match: dict


class Matcher:
    def __init__(self, catalog, index, min_similarity, grades):
        self.catalog, self.index = catalog, index
        self.min_similarity, self.grades = min_similarity, grades

    def find(self, garment, words, picture):
        """In its own kinds first, then in neighbouring ones if those have too few, and among all for what looks very
        much like it."""
        nearest = self.index.nearest(words, picture, POINTS)
        same = self.same_product(nearest)
        ranked = self.ranked(garment, self.index.among(garment.kinds, words, picture, POINTS), same)
        if len(ranked) < LIMIT and garment.near_kinds:
            ranked += self.ranked(garment, self.index.among(garment.near_kinds, words, picture, POINTS), same)
        known = {found.match["product_id"] for found in ranked}
        alike = [hit for hit in nearest if hit.product not in known and self.is_alike(hit, same)]
        if alike:
            ranked = sorted(ranked + self.ranked(garment, alike, same), key=lambda found: -found.worth)
        return [found.match for found in ranked[:LIMIT]]

    def same_product(self, hits):
        """The product that stands out from every other, if it is near enough."""
        if not hits:
            return None
        first = hits[0]
        lead = next((first.picture - hit.picture for hit in hits if hit.product != first.product), 0.0)
        return first.product if first.picture + LEAD * lead >= self.grades["same"] else None

    def is_alike(self, hit, same):
        return hit.product == same or hit.picture >= self.grades["very_similar"]

    def grade(self, hit, same):
        if hit.product == same:
            return "same"
        grades = (grade for grade in ("very_similar", "similar") if hit.picture >= self.grades[grade])
        return next(grades, None)

    def ranked(self, garment, hits, same):
        """Hits joined with what can be bought now; one match a product, the best first."""
        best = {}
        for hit in hits:
            if hit.similarity < self.min_similarity and not self.is_alike(hit, same):
                continue
            version = self.catalog.versions[hit.product, hit.version]
            own, others = version.offers()
            if not own:
                continue
            words = (1 - AGREEMENT_SHARE) * hit.similarity + AGREEMENT_SHARE * agreement(garment, version)
            worth = (1 - PICTURE_SHARE) * words + PICTURE_SHARE * hit.picture
            worth += SAME_AHEAD if hit.product == same else 0.0
            if hit.product not in best or best[hit.product].worth < worth:
                best[hit.product] = Ranked(worth, self.as_match(version, own, others, hit, same))
        return sorted(best.values(), key=lambda found: -found.worth)

    def as_match(self, version, own, others, hit, same):
        product, grade = version.product, self.grade(hit, same)
        match = {
            "product_id": product["id"],
            "title": product["title"],
            "brand": product["brand"],
            "category": product["category"],
            "colours": list(version.colours),
            "link": product["link"],
            "price": min((offer["price"] for offer in own), key=lambda price: price["amount"]),
            "variants": own + others,
            "similarity": hit.similarity,
        }
        if grade:
            match["looks_alike"] = {"grade": grade, "cosine": hit.picture, "same_product": hit.product == same}
        return match


def agreement(garment, version):
    """How many of the garment's attributes the product shares, 0 to 1."""
    product = version.product
    reached, possible = 0.0, 6.0
    if product["category"] in garment.kinds:
        reached += 3.0
    elif product["category"] in NEAR_CATEGORIES[garment.category]:
        reached += 1.5
    yours, theirs = garment.colours[0], version.colours[0]
    if yours == theirs:
        reached += 3.0
    elif yours in version.colours or theirs in garment.colours:
        reached += 2.1
    elif theirs in NEAR_COLOURS[yours]:
        reached += 1.5
    for name in ("pattern", "sleeve", "length"):
        yours, theirs = getattr(garment, name), product[name]
        if yours and theirs:
            possible += 1.0
            reached += yours == theirs
    return reached / possible
