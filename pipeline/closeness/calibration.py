"""Calibration: from a built catalogue to the few numbers that tell what a distance to it means.

The method is conformal anomaly detection (Laxhammar and Falkman 2010; Vovk, Gammerman and Shafer
2005, *Algorithmic Learning in a Random World*; as a test of outliers, Bates, Candès, Lei, Romano
and Sesia 2023, *Annals of Statistics* 51(1)): a query is compared with what is known to belong
here, by a number that says how odd it is, and is called an anomaly where fewer than a promised
share of those are as odd. Nothing is assumed of how the numbers are spread; what is promised holds
for queries that are like the calibration's, which is why that has two groups:

- **items**, each against all others: the distance to its nearest, leave-one-out.
- **items as photos taken at home show them** (`pipeline.scenes.photographed`), again with the item
  itself left out, since a person's garment is not the shop's own picture of it.

The bound is the wider of the two groups', so the promise holds in each.

How odd a query is, is told by two numbers, each tested at half the promised rate. The distance
finds kinds of garments that the catalogue lacks. The length of the embedding finds pictures of no
garment: features that a network has learnt answer weakly to what it was not taught (Vaze, Han,
Vedaldi and Zisserman 2022, *Open-Set Recognition: A Good Closed-Set Classifier Is All You Need?*).
"""

from __future__ import annotations

import io
import math

import numpy as np
from PIL import Image

from pipeline.artifacts import BuiltCatalogue, ClosenessRecord
from pipeline.closeness.judging import distances_of
from pipeline.encoder import Encoder
from pipeline.index import Index, Metric, open_index
from pipeline.scenes import photographed
from pipeline.spreading import spread

FALSE_ALARMS = 0.05
"""The share of queries that may wrongly be called unlike anything, promised."""
EACH_TEST = FALSE_ALARMS / 2
ITEMS = 1000
"""Items that are asked with; a bound at 2.5 % is then off by about half a percent."""
FEWEST, MOST = 40, 120
"""Photographed items: forty are the fewest whose largest distance bounds 2.5 %."""
CHUNK = 100
KEPT = 201
"""Distances that are kept, evenly spaced in rank: closeness in steps of half a percent."""
PHOTO_GAP = {Metric.COSINE: 1.9, Metric.EUCLIDEAN: 1.45}
PHOTO_LENGTH = 0.9
"""How much further than drawn scenes real photos lie, and how much shorter their embeddings are.
Measured, not derived: with 543 held-out phone photos of clothes and a catalogue of studio photos,
of which at most 5 % are beyond either."""


def calibrate_closeness(built: BuiltCatalogue, encoder: Encoder) -> tuple[ClosenessRecord, ...]:
    """Measure what distances to a catalogue mean, by every metric.

    Args:
        built: The catalogue; its thumbnails are photographed.
        encoder: The encoder that made it.

    Returns:
        One record a metric.
    """
    rows, photos = photographed_items(built, encoder)
    return tuple(
        record_closeness(open_index(built, metric), built.embeddings, rows, photos)
        for metric in Metric
    )


def photographed_items(built: BuiltCatalogue, encoder: Encoder) -> tuple[np.ndarray, np.ndarray]:
    """Embed items as photos taken at home would show them; the same ones for the same catalogue.

    Returns:
        The row of each photo's item, ``(m,)`` int64, and the embeddings, ``(m, dimension)``.
    """
    generator = np.random.default_rng(len(built))
    count = min(max(len(built), FEWEST), MOST)
    rows = np.linspace(0, len(built) - 1, count).astype(np.int64)
    photos = [photographed(_open(built.thumbnail(row)), generator) for row in rows.tolist()]
    return rows, encoder.encode(photos)


def record_closeness(
    index: Index, embeddings: np.ndarray, rows: np.ndarray, photos: np.ndarray
) -> ClosenessRecord:
    """Measure what distances mean by one metric.

    Args:
        index: Searches the embeddings.
        embeddings: ``(n, dimension)`` float32.
        rows: The row of each photo's item, ``(m,)``.
        photos: Photographed items, embedded, ``(m, dimension)`` float32.
    """
    count = len(embeddings)
    sample = spread(count, ITEMS)
    asked = np.asarray(embeddings[sample])
    own = _nearest(index, asked, sample, count) if count > 1 else np.empty(0)
    taken = _nearest(index, photos, rows, count)
    farthest = max(_bound(own), _bound(taken)) * PHOTO_GAP[index.metric]
    lengths = [np.linalg.norm(group, axis=1) for group in (asked, photos)]
    shortest = min(-_bound(-group) for group in lengths) * PHOTO_LENGTH
    kept = spread(len(own), KEPT)
    return ClosenessRecord(
        metric=index.metric.value,
        distances=tuple(_plain(distance) for distance in np.sort(own)[kept]),
        farthest=_plain(farthest),
        shortest=_plain(shortest),
    )


def _nearest(index: Index, queries: np.ndarray, own: np.ndarray, count: int) -> np.ndarray:
    """The distance of each query to its nearest item but its own, where there is another."""
    # A scan holds a product for every query and item.
    parts = np.array_split(queries, 1 + len(queries) // CHUNK)
    answers = [index.search(part, min(2, count)) for part in parts if len(part)]
    found = np.concatenate([rows for rows, _ in answers])
    distances = distances_of(np.concatenate([scores for _, scores in answers]), index.metric)
    is_own = found[:, 0] == own
    nearest: np.ndarray = np.where(is_own, distances[:, -1], distances[:, 0]).clip(min=0)
    return nearest


def _bound(group: np.ndarray) -> float:
    """What at most `EACH_TEST` of new members of a group exceed: its conformal quantile.

    Groups of fewer than 39 promise less: their largest member is the bound.
    """
    if not len(group):
        return -math.inf
    rank = math.ceil((len(group) + 1) * (1 - EACH_TEST))
    return float(np.sort(group)[min(rank, len(group)) - 1])


def _plain(number: float) -> float:
    """Six digits: no record grows by digits that mean nothing."""
    return float(f"{number:.6g}")


def _open(thumbnail: bytes) -> Image.Image:
    return Image.open(io.BytesIO(thumbnail)).convert("RGB")
