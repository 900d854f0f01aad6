"""The index: qdrant-client's local mode, in this process and in memory."""
from dataclasses import dataclass

import numpy as np
from qdrant_client import QdrantClient, models

from catalog import MERCHANT
from photo import DETAIL_SIDE, read_picture, within

NAME = "products"
BATCH = 32
LEG_DEPTH = 160  # points that each leg gives
# What each leg counts, and the constant of reciprocal rank fusion: as Vitrine is set for its small models.
FUSION = models.RrfQuery(rrf=models.Rrf(k=60, weights=[0.1, 1.0]))
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
        """What can be bought of these kinds: by words and by picture, fused by reciprocal rank."""
        of_kind = models.FieldCondition(key="category", match=models.MatchAny(any=categories))
        available = models.FieldCondition(key="available", match=models.MatchValue(value=True))
        condition = models.Filter(must=[of_kind, OF_MERCHANT, available])
        legs = [
            models.Prefetch(query=vector.tolist(), using=name, filter=condition, limit=LEG_DEPTH)
            for name, vector in (("words", words), ("picture", picture))
        ]
        return self.hits(words, picture, prefetch=legs, query=FUSION, limit=limit)

    def nearest(self, words, picture, limit):
        """What looks most like it, of whatever kind."""
        condition = models.Filter(must=[OF_MERCHANT])
        return self.hits(words, picture, query=picture.tolist(), using="picture", query_filter=condition, limit=limit)

    def hits(self, words, picture, **query):
        """Products and versions, each with its cosine in words and in pictures."""
        points = self.client.query_points(NAME, with_payload=["product", "version"], with_vectors=True, **query).points
        return [
            Hit(
                point.payload["product"],
                point.payload["version"],
                float(np.dot(point.vector["words"], words)),
                float(np.dot(point.vector["picture"], picture)),
            )
            for point in points
        ]


def embedded(name, things, embed):
    """The vectors of all, telling how far it is."""
    vectors = []
    for at in range(0, len(things), BATCH):
        vectors.append(embed(things[at : at + BATCH]))
        print(f"\r  {name}: {min(at + BATCH, len(things))} of {len(things)} embedded", end="", flush=True)
    print()
    return np.concatenate(vectors)
