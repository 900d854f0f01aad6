"""The exam: a shop of drawn products, and photos in each of which one of them is to be found. Seeds that training never uses."""
from dataclasses import dataclass

import numpy as np

from draw import draw_product, draw_spec
from pictures_scene import products, query, with_others

TEST, VALIDATION = 96_000_000, 97_000_000
PRODUCT_SIDE, QUERY_SIDES = 160, (224, 321)


@dataclass
class Query:
    """A photo uint8 (side, side, 3), which product it shows, and the box of that, shares of the side."""
    picture: np.ndarray
    product: int
    box: tuple


def shop(seed, count):
    """The products' words, and their pictures uint8 (count, PRODUCT_SIDE, PRODUCT_SIDE, 3)."""
    made = products(seed, count)
    return made, np.stack([draw_product(p, PRODUCT_SIDE) for p in made])


def ask(seed, made, number):
    """The query of that number: a product of chance among garments that the shop does not sell."""
    attempt = 0
    while True:
        rng = np.random.default_rng([seed, 2, number, attempt])
        at = int(rng.integers(len(made)))
        scene = query(rng, with_others(rng, made[at], lambda: draw_spec(rng)), int(rng.integers(*QUERY_SIDES)))
        for garment in scene.garments:
            if garment.piece == made[at].piece:
                return Query(scene.picture, at, garment.box)
        attempt += 1


def exam(seed, count, queries):
    made, pictures = shop(seed, count)
    return made, pictures, [ask(seed, made, n) for n in range(queries)]


def off_by_some(rng, box):
    """The box as a model would give it: each edge off by about 3 % of the size, which overlaps by about 0.9 (IoU)."""
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    return tuple(np.clip(np.array(box) + rng.normal(0, 0.03, 4) * size, 0, 1))
