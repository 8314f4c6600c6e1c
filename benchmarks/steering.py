"""Steering: what filters, words and explanations cost over a catalogue of the usual size."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.engines import MATCHES, QUERIES, MixedEmbeddings
from benchmarks.serving import enlarge
from benchmarks.timing import Timing, alternate
from pipeline.artifacts import open_built
from pipeline.building import build
from pipeline.catalogue import STARTER_CATALOGUE, open_catalogue
from pipeline.encoder import load_encoder
from pipeline.index import Metric
from pipeline.index.search import make_index
from pipeline.recommender import Query, Recommender
from pipeline.settings import STARTER
from pipeline.words import learn_words

SHARES = (1.0, 0.5, 0.1, 0.01, 0.001)
"""Of the items, that a filter lets pass."""
ROUNDS = 40


@dataclass(frozen=True)
class SteeringRow:
    """One way to steer.

    Attributes:
        what: Which.
        time: What it takes.
        note: What else to know.
    """

    what: str
    time: Timing
    note: str = ""


def measure_steering(items: int, work: Path) -> list[SteeringRow]:
    """Filter, learn words and explain, over so many items, the starter's many times over.

    Args:
        items: How many.
        work: For what is built.
    """
    encoder = load_encoder(STARTER, home=work / "home")
    starter = build(open_catalogue(STARTER_CATALOGUE), encoder, work / "built")
    large = open_built(enlarge(starter, items, work / "large"))
    explained = Recommender(encoder, starter)
    picture = work / "photo.png"
    picture.write_bytes(starter.thumbnail(0))

    def explain() -> None:
        explained.explain(Query(pictures=[picture]), starter.ids[1])

    first, words = _once(explain), _once(lambda: learn_words(large))
    return [
        *_filtered(starter.embeddings, items),
        SteeringRow(f"words of {items:,} items learned", words),
        SteeringRow("an explanation", alternate({"it": explain}, ROUNDS)["it"]),
        SteeringRow("the first, which makes the network ready", first),
    ]


def _filtered(real: np.ndarray, items: int) -> list[SteeringRow]:
    """The nearest by cosine among what a filter lets pass, in processor time of one thread."""
    mixed = MixedEmbeddings(real)
    index, _ = make_index(mixed.draw(items), Metric.COSINE)
    queries = itertools.cycle(mixed.draw(QUERIES))
    generator = np.random.default_rng(5)

    def search(allowed: np.ndarray | None) -> Callable[[], object]:
        return lambda: index.search(next(queries)[None], MATCHES, allowed)

    passing = {share: generator.random(items) < share for share in SHARES}
    runs = {
        f"{items:,} items, {share:.1%} of them pass": search(None if share == 1 else allowed)
        for share, allowed in passing.items()
    }
    with threadpool_limits(1):
        times = alternate(runs, ROUNDS, time.process_time)
    return [SteeringRow(what, taken, index.name) for what, taken in times.items()]


def _once(run: Callable[[], object]) -> Timing:
    started = time.perf_counter()
    run()
    return Timing.of([time.perf_counter() - started])
