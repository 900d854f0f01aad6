"""Asks a running Vitrine and a running peer the same drawn photos and tells how far they agree.

Ends with 1 where garments agree on less than nine in ten photos: then the two do different work, and to compare their
times says nothing.
"""
import argparse
import os
import statistics
import sys
import time
from pathlib import Path

import httpx

PHOTOS = Path(__file__).resolve().parents[2] / "demo/outfits"
ENOUGH = 0.9


def ask(client, address, photo, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    started = time.perf_counter()
    answer = client.post(
        f"{address}/v1/looks", files={"photo": (photo.name, photo.read_bytes(), "image/jpeg")}, headers=headers
    )
    answer.raise_for_status()
    return answer.json(), time.perf_counter() - started


def kinds(look):
    return [garment["category"] for garment in look["garments"]]


def firsts(look):
    return [garment["matches"][0]["product_id"] if garment["matches"] else None for garment in look["garments"]]


def seen(look):
    """All that the model says of garments, the place aside."""
    names = ("category", "colours", "pattern", "sleeve", "length", "text", "perhaps")
    return [[garment.get(name) for name in names] for garment in look["garments"]]


def boxes(look):
    return [[round(side, 3) for side in garment["box"].values()] for garment in look["garments"]]


def matches(look):
    def told(garment):
        return [(match["product_id"], match["price"]["amount"]) for match in garment["matches"]]

    return [told(garment) for garment in look["garments"]]


def advice(look):
    told = look["advice"]
    return told and [told["text"]] + [(one["text"], one["product_ids"]) for one in told["suggestions"]]


COMPARED = {
    "number and kinds of garments": kinds,
    "all that is said of garments": seen,
    "boxes": boxes,
    "first match of every garment": firsts,
    "all matches and their prices": matches,
    "advice": advice,
}


def furthest(one, other):
    """The largest difference of the similarities of what both found for the same words."""
    differences = [0.0]
    for mine, yours in zip(one["garments"], other["garments"]):
        known = {match["product_id"]: match["similarity"] for match in yours["matches"]}
        both = [match for match in mine["matches"] if match["product_id"] in known]
        differences += [abs(match["similarity"] - known[match["product_id"]]) for match in both]
    return max(differences)


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--vitrine", required=True, metavar="URL")
    asked.add_argument("--peer", required=True, metavar="URL")
    asked.add_argument("--token", default=os.environ.get("VITRINE_TOKEN"), help="else $VITRINE_TOKEN")
    asked.add_argument("--photos", type=Path, default=PHOTOS)
    asked.add_argument("--count", type=int, default=20)
    asked = asked.parse_args()

    agree, times, known, apart = dict.fromkeys(COMPARED, 0), ([], []), 0, 0.0
    photos = sorted(asked.photos.glob("*.jpg"))[: asked.count]
    if not photos:
        sys.exit(f"no photos in {asked.photos}")
    with httpx.Client(timeout=120, trust_env=False) as client:
        for photo in photos:
            ours, ours_took = ask(client, asked.vitrine, photo, asked.token)
            theirs, theirs_took = ask(client, asked.peer, photo)
            known += ours["cached"]
            times[0].append(ours_took)
            times[1].append(theirs_took)
            if seen(ours) == seen(theirs):
                apart = max(apart, furthest(ours, theirs))
            for name, part in COMPARED.items():
                if part(ours) == part(theirs):
                    agree[name] += 1
                else:
                    print(f"{photo.name}: {name}\n    vitrine  {part(ours)}\n    peer     {part(theirs)}")

    print(f"\n{len(photos)} photos")
    for name, count in agree.items():
        print(f"  {name:32} {count:3} the same")
    print(f"  similarities differ by {apart:.6f} at most")
    vitrine, peer = (statistics.median(each) * 1000 for each in times)
    print(f"  median time of a look: vitrine {vitrine:.0f} ms, peer {peer:.0f} ms")
    if known:
        print(f"  vitrine knew {known} of the photos already: its time says nothing then")
    sys.exit(agree["number and kinds of garments"] < ENOUGH * len(photos))


if __name__ == "__main__":
    main()
