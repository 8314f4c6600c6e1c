"""Garments: how often each of several in a photo is offered, and a second where there is one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from benchmarks.timing import Timing, alternate
from pipeline.catalogue import Catalogue, split_catalogue
from pipeline.evaluation.queries.grounds import bedspread, wall, wood
from pipeline.recommender.framing import SURE
from pipeline.scenes import Seen, garment_mask, garments_apart
from pipeline.scenes.garments.boxes import box_around
from tests.support.flat_lay import SIZE, Box, flat_lay, garment_of

FOUND = 0.5
"""The least intersection over union of a box that has found a garment."""
LAYS = 100
"""Flat lays of a ground and a number of garments."""
LAID = ("Topwear", "Bottomwear", "Dress", "Shoes", "Sandal", "Flip Flops", "Bags", "Headwear")
"""Kinds of product that a flat lay is made of, one of a kind."""
TIMED = 40


@dataclass(frozen=True)
class GarmentsRow:
    """Pictures of one kind.

    Attributes:
        what: Which.
        pictures: How many.
        garments: How many garments flat lays show, all together; 0 for photos of one.
        found: How many of those were offered in a box that fits.
        offered: In how many pictures boxes were offered; for photos of one, several.
    """

    what: str
    pictures: int
    garments: int
    found: int
    offered: int


def measure_garments(
    photos: Catalogue, phones: Catalogue
) -> tuple[list[GarmentsRow], dict[str, Timing]]:
    """Look at flat lays of held-out studio photos, and at held-out photos of one garment.

    Args:
        photos: Studio photos, as `ashraq/fashion-product-images-small` has them.
        phones: Photos taken at home, as the clothing dataset has them.

    Returns:
        A row a kind of picture; and the seconds of a core that the parts of looking at a phone
        photo take.
    """
    held, at_home = split_catalogue(photos)[1], split_catalogue(phones)[1]
    shoes = [row for row in at_home if phones.attributes_of(row).get("label") == "Shoes"]
    grounds = {"white": _white, "wall": wall, "wood": wood, "bedspread": bedspread}
    rows = [
        _lays(f"{count} garment{'s'[: count - 1]}, {name}", photos, held, grounds[name], count)
        for name in grounds
        for count in (1, 2, 3)
    ]
    rows.append(_alone("studio photos", photos, held))
    rows.append(_alone("phone photos", phones, at_home))
    rows.append(_alone("of them, of shoes", phones, shoes))
    pictures = [np.asarray(phones.read_picture(row)) for row in at_home[:TIMED]]
    return rows, _timed(pictures)


def _white(size: tuple[int, int], _generator: np.random.Generator) -> np.ndarray:
    """A studio's ground."""
    return np.full((size[1], size[0], 3), 255, np.uint8)


def _lays(
    what: str,
    photos: Catalogue,
    held: Sequence[int],
    ground: Callable[[tuple[int, int], np.random.Generator], np.ndarray],
    count: int,
) -> GarmentsRow:
    generator = np.random.default_rng(count)
    of_kind = {
        kind: [row for row in held if photos.attributes_of(row).get("subCategory") == kind]
        for kind in LAID
    }
    found = offered = 0
    for _ in range(LAYS):
        garments: list[Image.Image] = []
        for kind in generator.permutation(LAID).tolist():
            if not of_kind[kind]:
                continue
            cut = garment_of(photos.read_picture(int(generator.choice(of_kind[kind]))))
            garments += [cut] if cut is not None else []
        picture, true = flat_lay(garments[:count], ground(SIZE, generator), generator)
        boxes = _boxes(Seen.of(np.asarray(picture)), count)
        offered += bool(boxes)
        found += sum(any(_overlap(box, one) >= FOUND for box in boxes) for one in true)
    return GarmentsRow(what, LAYS, LAYS * count, found, offered)


def _boxes(seen: Seen, count: int) -> list[Box]:
    """What is offered: of one garment its own box, where it is surely told."""
    if count > 1:
        return garments_apart(seen)
    mask, confidence = garment_mask(seen)
    (left, top, right, bottom), (height, width) = box_around(mask), mask.shape
    box = (left / width, top / height, right / width, bottom / height)
    return [box] if confidence >= SURE else []


def _alone(what: str, catalogue: Catalogue, rows: Sequence[int]) -> GarmentsRow:
    seen = (Seen.of(np.asarray(catalogue.read_picture(row))) for row in rows)
    return GarmentsRow(what, len(rows), 0, 0, sum(bool(garments_apart(one)) for one in seen))


def _timed(pictures: list[np.ndarray]) -> dict[str, Timing]:
    number = {"of": 0}

    def following() -> np.ndarray:
        number["of"] += 1
        return pictures[number["of"] % len(pictures)]

    seen = [Seen.of(picture) for picture in pictures]
    return alternate(
        {
            "the mask of one garment": lambda: garment_mask(following()),
            "telling several apart": lambda: garments_apart(seen[number["of"] % len(seen)]),
        },
        TIMED,
        time.process_time,
    )


def _overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, across) * max(0.0, down)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return both / (sum(areas) - both)
