"""The index: qdrant-client's local mode, in this process and in memory."""
from collections import Counter
from dataclasses import dataclass

import numpy as np
from qdrant_client import QdrantClient, models

from catalog import MERCHANT
from photo import DETAIL_SIDE, read_picture, within

NAME = "products"
BATCH = 32
LEG_DEPTH = 160  # points that each leg gives
WEIGHTS = {"words": 0.1, "picture": 1.0}  # what each leg counts, as Vitrine is set for its small models
OF_MERCHANT = models.FieldCondition(key="merchant", match=models.MatchValue(value=MERCHANT))


@dataclass(frozen=True, slots=True)
class Hit:
    """A version that was found, with its cosines to what was asked."""

    product: str
    version: str
    similarity: float
    picture: float


class Index:
    def __init__(self, catalog, words, pictures):
        self.client = QdrantClient(":memory:")
        self.fill(catalog, words, pictures)

    def fill(self, catalog, words, pictures):
        versions, products = list(catalog.versions.values()), list(catalog.products.values())
        texts = [version.search_text for version in versions]
        word_vectors = embedded("texts", texts, words.embed)
        shown = [within(read_picture(catalog.picture(product)), DETAIL_SIDE) for product in products]
        picture_vectors = embedded("pictures", shown, pictures.embed)
        by_product = dict(zip((product["id"] for product in products), picture_vectors))

        def dense(vectors):
            return models.VectorParams(size=vectors.shape[1], distance=models.Distance.COSINE)

        self.client.create_collection(NAME, {"words": dense(word_vectors), "picture": dense(picture_vectors)})
        points = [
            models.PointStruct(
                id=number,
                vector={"words": vector.tolist(), "picture": by_product[version.product["id"]].tolist()},
                payload={
                    "merchant": MERCHANT,
                    "product": version.product["id"],
                    "version": version.key,
                    "category": version.product["category"],
                    "available": bool(version.offers()[0]),
                },
            )
            for number, (version, vector) in enumerate(zip(versions, word_vectors))
        ]
        self.client.upsert(NAME, points)

    def among(self, categories, words, picture, limit):
        """What can be bought of these kinds: by words and by picture, each leg's scores brought to 0 to 1 and added."""
        of_kind = models.FieldCondition(key="category", match=models.MatchAny(any=categories))
        available = models.FieldCondition(key="available", match=models.MatchValue(value=True))
        condition = models.Filter(must=[of_kind, OF_MERCHANT, available])
        worth = Counter()
        for name, vector in (("words", words), ("picture", picture)):
            found = self.client.query_points(
                NAME, query=vector.tolist(), using=name, query_filter=condition, limit=LEG_DEPTH, with_payload=False
            ).points
            scores = np.array([point.score for point in found])
            lead = scores - scores.min(initial=1.0)
            for point, share in zip(found, lead / (lead.max(initial=0.0) or 1.0)):
                worth[point.id] += WEIGHTS[name] * float(share)
        best = sorted(worth, key=lambda number: (-worth[number], number))[:limit]
        points = self.client.retrieve(NAME, best, with_payload=["product", "version"], with_vectors=True)
        by_id = {point.id: point for point in points}
        return [hit(by_id[number], words, picture) for number in best]

    def nearest(self, words, picture, limit):
        """What looks most like it, of whatever kind."""
        condition = models.Filter(must=[OF_MERCHANT])
        points = self.client.query_points(
            NAME,
            query=picture.tolist(),
            using="picture",
            query_filter=condition,
            limit=limit,
            with_payload=["product", "version"],
            with_vectors=True,
        ).points
        return [hit(point, words, picture) for point in points]


def hit(point, words, picture):
    """A point's product and version with its cosines."""
    similarity, alike = (float(np.dot(point.vector[n], v)) for n, v in (("words", words), ("picture", picture)))
    return Hit(point.payload["product"], point.payload["version"], similarity, alike)


def embedded(name, things, embed):
    """The vectors of all, telling how far it is."""
    vectors = []
    for at in range(0, len(things), BATCH):
        vectors.append(embed(things[at : at + BATCH]))
        print(f"\r  {name}: {min(at + BATCH, len(things))} of {len(things)} embedded", end="", flush=True)
    print()
    return np.concatenate(vectors)
